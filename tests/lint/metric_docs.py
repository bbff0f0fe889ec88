# SPDX-License-Identifier: MIT
"""The metrics of the exposition, and the words of sahut-etl-metrics(7) about each.

The table in src/daemon/metrics.c has the name, the type, the sentence and the labels of each metric; the manual must have
the same ones, and no other metric. The values of labels stand in tables of names, as the states of /healthz do; the manual
must name each of them.
"""
import re

MANUAL = "docs/sahut-etl-metrics.7.scd"
# Where the values of a label stand: the function that names them, and its file.
NAMES = {"by_kind": ("src/engine/cycle_kind.c", None), "by_outcome": ("src/daemon/stats.c", "stats_outcome_name"),
         "by_exception": ("src/daemon/stats.c", "stats_exception_name"), "by_event": ("src/daemon/stats.c", "stats_event_name"),
         "by_row": ("src/daemon/stats.c", "stats_row_name")}


def joined(literals):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals))


def served(code):
    """{name: (labels, type, sentence)} of the table."""
    keys = dict(re.findall(r'static const struct label (\w+) = \{ "(\w+)"', code))
    table = re.search(r"(?ms)^\} table\[\] = \{\n(.*?)^\};", code).group(1)
    found = {}
    for name, kind, sentence, source, labels in re.findall(
            r'\{ "(\w+)", "(\w+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*(SOURCE_\w+),(.*?)\s\},', table, re.S):
        own = [keys[label] for label in re.findall(r"&(\w+)", labels)]
        if source == "SOURCE_BUILD":
            own = re.findall(r'put_label\(out, &separator, "(\w+)"', re.search(r"(?ms)^static void put_build\(.*?^\}", code).group(0))
        elif source in ("SOURCE_WORKSPACE", "SOURCE_HEALTH"):
            own.insert(0, "workspace")
        found[name] = (own, kind, joined(sentence))
    return found


def told(manual):
    """The same of the manual."""
    plain = manual.replace("\\", "")
    return {m[0]: (re.findall(r"\w+", m[1]), m[2], m[3])
            for m in re.findall(r"(?m)^\*(\w+)\*(\{[^}]*\})? \((\w+)\)\n\t(.*)$", plain)}


def values(read):
    """(label, value) of each value that a label can have."""
    for label, (path, function) in NAMES.items():
        if function:
            body = re.search(rf"(?ms)^const char \*{function}\(.*?^\}}", read(path)).group(0)
            found = re.findall(r'\] = "(\w+)"', body)
        else:
            kinds = re.search(r"(?s)enum cycle_kind \{(.*?)\bCYCLE_SCHEDULED\b", read("src/engine/cycle_kind.h")).group(1)
            found = [re.search(rf'\[{kind}\] = \{{ "(\w+)"', read(path)).group(1) for kind in re.findall(r"\bCYCLE_\w+", kinds)]
        for value in found:
            yield label, value


def complaints(read):
    """The places where the two differ."""
    code, manual = read("src/daemon/metrics.c"), read(MANUAL)
    ours, theirs = served(code), told(manual)
    rows = len(re.findall(r'(?m)^\t\{ "(?:sahut_etl|process)_\w+"', code))
    found = [] if rows == len(ours) > 40 else [f"src/daemon/metrics.c: {len(ours)} metrics were read, of {rows}"]
    found += [f"{MANUAL}: {name} is not there" for name in sorted(ours.keys() - theirs.keys())]
    found += [f"{MANUAL}: there is no metric {name}" for name in sorted(theirs.keys() - ours.keys())]
    for name in sorted(ours.keys() & theirs.keys()):
        for part, a, b in zip(("labels", "type", "sentence"), ours[name], theirs[name]):
            if a != b:
                found.append(f"{MANUAL}: the {part} of {name}: {b}, and the program has {a}")
    labels = re.search(r"(?ms)^# LABELS\n(.*?)^# ", manual).group(1)
    terms = {m[0]: m[1] for m in re.findall(r"(?ms)^_(\w+)_\n(.*?)(?=^_|\Z)", labels)}
    keys = dict(re.findall(r'static const struct label (\w+) = \{ "(\w+)"', code))
    found += [f"src/daemon/metrics.c: the values of {label} are in no list of tests/lint/metric_docs.py" for label in keys.keys() - NAMES.keys()]
    states = re.findall(r'\[HEALTH_\w+\] = "([^"]+)"', read("src/daemon/health.c"))
    health = re.findall(r"(?m)^\*([^*]+)\*$", re.search(r"(?ms)^# HEALTH\n(.*?)^# ", manual).group(1))
    found += [f"{MANUAL}: HEALTH: {state}" for state in sorted(set(states) ^ set(health))]
    for label, value in values(read):
        if f"*{value}*" not in terms.get(keys[label], ""):
            found.append(f"{MANUAL}: LABELS: _{keys[label]}_ does not name *{value}*")
    return found

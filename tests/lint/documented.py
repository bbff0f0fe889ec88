#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Documented, or the build fails. usage: documented.py [BUILD]

Asks the sources and the program for all that there is (commands, options, exit
codes, environment, configuration keys, metrics) and looks for it in the manuals
and in the sample configuration; the defaults that these tell have to be true.
Without a build only the sources are asked: keys, metrics, exit codes, environment.
"""
import os
import re
import subprocess
import sys
import tempfile

import metric_docs

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SAMPLE = "etc/sahut-etl.yaml"
COMMANDS = "docs/sahut-etl.8.scd"
KEYS = "docs/sahut-etl.yaml.5.scd"
# Where else the environment is read than by getenv("..."): libpq's, which are its own manual's.
OF_LIBPQ = r"PG[A-Z]+"


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


class Tap:
    number = failed = 0

    def check(self, promise, complaints):
        self.number += 1
        self.failed += bool(complaints)
        print(f"{'not ok' if complaints else 'ok'} {self.number} - documented: {promise}")
        for complaint in complaints:
            print(f"#   {complaint}")


# ---- the command line ----

class Help:
    """What `PROGRAM WORDS --help` lists."""

    def __init__(self, program, *words):
        done = subprocess.run([program, *words, "--help"], capture_output=True, text=True)
        self.text = done.stdout if done.returncode == 0 else ""
        # "  -c, --config FILE  the configuration file"
        self.options = re.findall(r"(?m)^  (?:-(\w), |    )--([\w-]+)(?: ([A-Z][^ ]*))?", self.text)
        # "  sync [--full]   one cycle, ..."
        self.commands = re.findall(r"(?m)^  ([a-z][\w-]*)((?: [^ ]+)*)   *\S", self.text)


def commands_of(program):
    """The words of every command, () first: those whose verbs are in the synopsis stand for each verb."""
    found = [()]
    for name, synopsis in Help(program).commands:
        verbs = re.match(r" ([a-z]+(?:\|[a-z]+)+)( |$)", synopsis)
        options = any(option != "help" for _, option, _ in Help(program, name).options)
        found += [(name, v) for v in verbs.group(1).split("|")] if verbs and not options else [(name,)]
    return found


def section_of(manual, words):
    """The text below the heading of a command; for () the section OPTIONS."""
    heading = r"# OPTIONS" if not words else r"## " + " ".join(words)
    found = re.search(rf"(?ms)^{re.escape(heading)}\n(.*?)(?=^##? |\Z)", manual)
    return found.group(1) if found else None


def command_line(tap, program):
    manual, missing = read(COMMANDS), []
    for words in commands_of(program):
        name, section = " ".join(words) or "sahut-etl", section_of(manual, words)
        if section is None:
            missing.append(f"{COMMANDS}: there is no \"## {name}\"")
            continue
        for letter, option, value in Help(program, *words).options:
            if option == "help" and words:
                continue
            term = (rf"\*-{letter}\*(?: _[^_]+_)?, " if letter else "") + rf"\*--{option}\*" + (r" _" if value else "")
            if not re.search(rf"(?m)^{term}", section):
                missing.append(f"{COMMANDS}: {name} --{option}{' (-' + letter + ')' if letter else ''}{' ' + value if value else ''}")
        # And nothing that is not there.
        known = {o for _, o, _ in Help(program, *words).options}
        missing += [f"{COMMANDS}: {name} has no --{o}" for o in re.findall(r"(?m)^(?:\*-\w\*.*?, )?\*--([\w-]+)\*", section) if o not in known]
    tap.check("every command and option is in sahut-etl(8), and no other", missing)
    headings = re.findall(r"(?m)^## ([a-z ]+)$", manual)
    tap.check("sahut-etl(8) explains no command that there is not",
              [h for h in headings if tuple(h.split()) not in commands_of(program)])


def surroundings(tap):
    manual = read(COMMANDS)
    codes = re.findall(r"EXIT_\w+ = (\d+)", read("src/port/err_policy.h"))
    tap.check("every exit code is in sahut-etl(8)", [c for c in codes if not re.search(rf"(?m)^\*{c}\*", manual)])
    # `case ... then 'paused' ... else 'well' end as state`, and a workspace that the warehouse does not know.
    states = re.search(r"(?s)\bcase (.*?) end as state,", read("sql/status/workspaces.sql")).group(1)
    states = set(re.findall(r"(?:\bthen|\belse) '([a-z ]+)'", states)) | {"never ran"}
    told = re.findall(r"(?m)^\t[01]: (.*)$", section_of(manual, ("status",)))
    told = {word for line in told for word in line.split(", ") if not word.startswith("and any")}
    tap.check("every state of `status` is in sahut-etl(8), and no other", sorted(states ^ told))
    names = set()
    for directory, _, files in os.walk(os.path.join(TOP, "src")):
        for f in files:
            if f.endswith(".c") and not directory.endswith("sandbox"):
                names.update(re.findall(r'getenv\("(\w+)"\)', read(os.path.join(directory, f))))
    tap.check("every variable of the environment is in sahut-etl(8)",
              [n for n in sorted(names) if not re.fullmatch(OF_LIBPQ, n) and f"*{n}*" not in manual])


# ---- the configuration ----

def tables():
    """The tables of keys: {table: [(name, type, fallback, table below)]}."""
    found = {}
    for path in ("src/config/config.c", "src/config/business_hours.c", "src/config/attributes.c"):
        for table, body in re.findall(r"(?ms)^static const struct key (\w+)\[\] = \{\n(.*?)\n\};", read(path)):
            rows = re.findall(r'\{ "(\w+)", (KEY_\w+),(.*?)(?=\},\n|\},?\s*\Z)', body, re.S)
            found[table] = [(name, kind, (re.search(r'\.fallback = "([^"]*)"', rest) or [None, None])[1],
                             (re.search(r"\.keys = (\w+)", rest) or [None, None])[1]) for name, kind, rest in rows]
    return found


OWN_LISTS = {"targets": "target_keys", "channel_hours": "channel_keys", "attributes": "attribute_keys"}    # lists that are read by a function of their own


def keys(found, table="root_keys", where=""):
    """(path, fallback) of each key: warehouse.conninfo, workspaces[].name."""
    for name, kind, fallback, below in found[table]:
        path = where + name
        listed = kind == "KEY_LIST"
        if kind == "KEY_OWN" and name in OWN_LISTS:
            below, listed = OWN_LISTS[name], True
        yield path + ("[]" if listed else ""), fallback
        if below:
            yield from keys(found, below, path + ("[]." if listed else "."))


def uncommented(sample):
    """With the keys that stand behind a "#" set."""
    return re.sub(r"(?m)^( *)#(?=[-\w])", r"\1", sample)


def sample_keys(text):
    """{path: value} by indentation, which is all that the sample needs."""
    found, open_keys = {}, []
    for line in text.split("\n"):
        match = re.match(r"( *)(- )?(\w+):(?: +(.*))?$", line)
        if not match:
            continue
        indent = len(match[1]) + len(match[2] or "")
        open_keys = [k for k in open_keys if k[0] < indent]
        if match[2] and open_keys and not open_keys[-1][1].endswith("[]"):
            found[open_keys[-1][1] + "[]"] = found.pop(open_keys[-1][1], None)
            open_keys[-1] = (open_keys[-1][0], open_keys[-1][1] + "[]")
        path = open_keys[-1][1] + "." + match[3] if open_keys else match[3]
        found[path] = (match[4] or "").strip().strip('"')
        open_keys.append((indent, path))
    return found


def configuration(tap):
    wanted, manual = dict(keys(tables())), read(KEYS)
    sample = sample_keys(uncommented(read(SAMPLE)))
    tap.check("the tables of keys were found", [] if len(wanted) > 40 else [f"only {len(wanted)} keys"])
    tap.check("every key is in the sample, and no other", [f"{SAMPLE}: {k}" for k in sorted(wanted.keys() ^ sample.keys())])
    tap.check("the sample shows the defaults", [f"{SAMPLE}: {k} is {sample[k]}, the default is {v}" for k, v in wanted.items()
                                                if v and sample.get(k) not in (None, v)])
    terms = dict(re.findall(r"(?ms)^\*([\w\[\].]+)\*[^\n]*\n(.*?)(?=^\*[\w\[\].]+\*|^#|\Z)", manual))
    terms = {k.replace("\\", ""): v for k, v in terms.items()}
    tap.check("every key is in sahut-etl.yaml(5), and no other", [f"{KEYS}: {k}" for k in sorted(wanted.keys() ^ terms.keys())])
    tap.check("sahut-etl.yaml(5) tells the defaults", [f"{KEYS}: {k}: \"Default: {v}\" is not there" for k, v in wanted.items()
                                                      if v and f"Default: {v}" not in terms.get(k, "").replace("\\", "")])
    lines = read(SAMPLE).split("\n")
    tap.check("every key of the sample has a sentence above it",
              [f"{SAMPLE}:{i + 1}: {line.strip()}" for i, line in enumerate(lines)
               if re.match(r" *#?(- )?\w+:( |$)", line) and not re.match(r" *# \S", lines[i - 1])])


def loads(tap, program):
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "sahut-etl.yaml")
        for name in ("api-key", "pg-password", "pii-key", "metabase-key", "metabase-password", "proxy-login", "notify-url"):
            with open(os.open(os.path.join(directory, name), os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
                f.write("https://example.id/secret\n" if name == "notify-url" else "secret\n")
        for what, text in (("as it is", read(SAMPLE)), ("with every key set", uncommented(read(SAMPLE)))):
            with open(path, "w") as f:
                f.write(text)
            done = subprocess.run([program, "-c", path, "check", "--offline"], capture_output=True, text=True)
            tap.check(f"the sample loads, {what}", (done.stdout + done.stderr).splitlines() if done.returncode else [])


# ---- metrics ----

def metrics(tap):
    tap.check("sahut-etl-metrics(7) has the metrics, their types, sentences and labels, and no others", metric_docs.complaints(read))
    alerts = re.findall(r"- alert: (\w+)", read("etc/prometheus/sahut-etl.rules.yml"))
    told = re.findall(r"(?m)^### (\w+)$", read("docs/OPERATIONS.md"))
    tap.check("docs/OPERATIONS.md says what to do at each alert", sorted(set(alerts) ^ set(told)))


# ---- the pages ----

def pages(tap, build):
    """What the manuals look like once they are made."""
    complaints = []
    made = sorted(f for f in os.listdir(os.path.join(build, "docs")) if re.search(r"\.\d$", f)) if os.path.isdir(os.path.join(build, "docs")) else []
    for name in made:
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", os.path.join(build, "docs", name)], capture_output=True, text=True)
        # scdoc writes one paragraph macro too many before each list, which shows nowhere.
        complaints += [line for line in (done.stdout + done.stderr).splitlines() if "skipping paragraph macro" not in line]
    tap.check(f"mandoc finds nothing wrong with {len(made)} pages", complaints if made else ["no page was made"])


def main():
    tap = Tap()
    surroundings(tap)
    configuration(tap)
    metrics(tap)
    if len(sys.argv) > 1:
        build = os.path.abspath(sys.argv[1])
        program = os.path.join(build, "sahut-etl")
        command_line(tap, program)
        loads(tap, program)
        pages(tap, build)
    else:
        print("# commands and options are compared with a build: documented.py build, or ./dev check")
    return tap.failed > 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: MIT
"""The columns of the views in sql/migrations/, and the places that repeat their names.

Each column of a view has a comment, and no comment is of a column that is not there; sahut-etl-schema(7) and etc/dbt, which
./dev dictionary writes from a warehouse, have the columns of the schema sahut_report in the order of the view. The end-to-end
tests ask a server for the same; this asks the text, in a second and with the name of the place.
"""
import re

import report_words

MANUAL = "docs/sahut-etl-schema.7.scd"
SOURCES = "etc/dbt/models/sources.yml"
# A view that a function makes: of all columns of another one but these, and behind them the configured fields.
SHAPED = {"sahut_report.conversation_times": ("sahut_etl.conversation_row", ("extra", "workspace_id"))}


def bare(sql):
    """The text without comments; "--option" in a text is none."""
    return re.sub(r"(?m)(^|\s)-- .*$", r"\1", sql)


def views(texts):
    """{view: its columns} of the statements of TEXTS."""
    found = {}
    for text in texts:
        for name, select in re.findall(r"create (?:or replace )?view ([\w.]+) as\s(.*?);\n", bare(text), re.S):
            found[name] = report_words.columns(select)
    for name, (source, without) in SHAPED.items():
        found[name] = [c for c in found[source] if c not in without]
    return found


def commented(texts):
    """{relation: the columns that have a comment}, and the relations whose columns are commented by a loop."""
    found, loops = {}, set()
    for text in texts:
        for relation, column in re.findall(r"comment on column ([\w.]+)\.(\w+)\s+is\b", text):
            found.setdefault(relation, []).append(column)
        loops |= set(re.findall(r"'comment on column ([\w.]+)\.%I is", text))
    return found, loops


def in_manual(text):
    plain = text.replace("\\", "")
    return {name: re.findall(r"(?m)^\*(\w+)\* \(", body) for name, body in re.findall(r"(?ms)^## (\w+\.\w+)\n(.*?)(?=^#|\Z)", plain)}


def in_sources(text):
    return {f"sahut_report.{name}": re.findall(r"(?m)^          - name: (\w+)$", body)
            for name, body in re.findall(r"(?ms)^      - name: (\w+)\n(.*?)(?=^      - name: |\Z)", text)}


def differences(place, view, wanted, found):
    gone, more = [c for c in wanted if c not in found], [c for c in found if c not in wanted]
    yield from (f"{place}: {view} lacks {c}" for c in gone)
    yield from (f"{place}: {view} has no {c}" for c in more)
    if not gone and not more and wanted != found:
        yield f"{place}: {view}: the columns stand in another order than those of the view"


def complaints(texts, manual, sources):
    """A line for each difference. TEXTS are those of the migrations."""
    known = views(texts)
    comments, loops = commented(texts)
    told, listed = in_manual(manual), in_sources(sources)
    found = [] if len(known) > 30 else [f"only {len(known)} views were found in sql/migrations/"]
    for view, columns in known.items():
        if view not in loops:
            found += differences("sql/migrations: comments", view, sorted(columns), sorted(comments.get(view, [])))
        if view.startswith("sahut_report."):
            found += differences(MANUAL, view, columns, told.get(view, []))
            found += differences(SOURCES, view, columns, listed.get(view, []))
    return found

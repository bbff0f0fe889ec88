# SPDX-License-Identifier: MIT
"""The words for kinds of cycles, strategies and verdicts, wherever they are listed.

The program writes them into the warehouse by the tables of names below. The comments of the columns that hold them list
them, and reports show kinds and verdicts in both languages; a word that a list lacks is one that a reader cannot look up.
"""
import re

KINDS, STRATEGIES, VERDICTS = "src/engine/cycle_kind.c", "src/engine/plan.c", "src/engine/action.c"
MANUAL = "docs/sahut-etl.8.scd"
ETL, VIEWS, TEXTS = "sql/migrations/0001_etl.sql", "sql/migrations/0004_views.sql", "src/report/report_text.c"


def comment(text, column):
    found = re.search(rf"(?s)comment on column {re.escape(column)} is\s+(.*?);\n", text).group(1)
    return set(re.findall(r"[a-z_]+", "".join(re.findall(r"'((?:[^']|'')*)'", found))))


def texts(table, prefix):
    return set(re.findall(rf'(?m)^\t{{ "{prefix}_(\w+)",', table))


def complaints(read):
    """A line for each word that a list lacks, and for each text of a word that is none."""
    kinds = set(re.findall(r'(?m)^\t\[CYCLE_\w+\] = \{ "(\w+)"', read(KINDS)))
    scheduled = re.search(r"(?s)enum cycle_kind \{(.*?)\bCYCLE_SCHEDULED\b", read("src/engine/cycle_kind.h")).group(1)
    scheduled = {name for entry, name in re.findall(r'(?m)^\t\[(CYCLE_\w+)\] = \{ "(\w+)"', read(KINDS)) if entry in re.findall(r"\bCYCLE_\w+", scheduled)}
    strategies = set(re.findall(r'\[STRATEGY_\w+\] = "(\w+)"', read(STRATEGIES)))
    verdicts = set(re.findall(r'\[VERDICT_\w+\] = "(\w+)"', read(VERDICTS)))
    purposes = kinds | {"command"}
    etl, views, table = read(ETL), read(VIEWS), read(TEXTS)
    lists = [(f"{ETL}: {c}", words, comment(etl, f"sahut_etl.{c}")) for c, words in (
        ("run.kind", kinds), ("request_ledger.purpose", purposes), ("run.strategy", strategies), ("run.verdict", verdicts))]
    lists += [(f"{VIEWS}: {c}", words, comment(views, f"sahut_report.{c}")) for c, words in (
        ("sync_runs.kind", kinds), ("sync_runs.strategy", strategies))]
    texts_of = [(f"{TEXTS}: {prefix}_", words, texts(table, prefix)) for prefix, words in (("kind", purposes), ("verdict", verdicts))]
    lists += texts_of
    manual = read(MANUAL)
    lists += [(f"{MANUAL}: {term}", words, set(re.findall(r"[a-z_]+", re.search(rf"(?ms)^\*{term}\*[^\n]*\n(.*?)\n\n", manual).group(1))))
              for term, words in (("strategy", strategies), ("running", scheduled))]
    found = [] if min(len(kinds), len(strategies), len(verdicts)) > 5 else ["the tables of names were not found"]
    found += [f"{place} lacks {word}" for place, words, there in lists for word in sorted(words - there)]
    return found + [f"{place}{word}: there is no such word" for place, words, there in texts_of for word in sorted(there - words)]

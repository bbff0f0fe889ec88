#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The fault matrices as tables for tests/FAULTS.md, from the rows that the tests run.

usage: matrix.py --write     puts them into the document, between its marks
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

DOCUMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "FAULTS.md")


def line(row, *cells):
    """A row of a table; a star stands for what only ./dev check --all waits for."""
    name = getattr(row, "values", row)[0]
    return f"| `{name}`{'*' if getattr(row, 'marks', ()) else ''} | {' | '.join(str(c) for c in cells)} |"


def once(rows):
    yield "| once, in the middle of a load | sent again |"
    yield "|---|---|"
    for row in rows:
        _, _, retried, throttled = getattr(row, "values", row)
        yield line(row, "no" if retried == 0 else "after the silence that was asked for" if throttled else "yes")


def ends(rows, title):
    yield f"| {title} | exit | kind of the failure |"
    yield "|---|---|---|"
    for row in rows:
        _, _, code, _, kind = getattr(row, "values", row)
        yield line(row, code, kind or ("none, it goes on" if code == 0 else "said before there is a cycle, or with the connection gone"))


def phases(rows):
    yield "| told to end | exit |"
    yield "|---|---|"
    for row in rows:
        name, _, command, code = row.values
        yield f"| `{command}-{name}`{'*' if row.marks else ''} | {code} |"


def tables():
    """By the name of the mark."""
    import test_faults_http as http
    import test_faults_pg as pg
    import test_faults_process as process
    return {
        "http-once": once(http.TRANSIENT),
        "http-for-good": ends(http.LASTING, "for good"),
        "pg": ends(pg.ROWS, "PostgreSQL"),
        "process": phases(process.EACH),
    }


def filled(text):
    """The document with its tables as they should be."""
    for mark, rows in tables().items():
        begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
        block = "\n".join([begin, *rows, end])
        text, n = re.subn(re.escape(begin) + ".*?" + re.escape(end), lambda _: block, text, flags=re.S)
        assert n == 1, f"{mark} is not marked in the document"
    return text


if __name__ == "__main__":
    with open(DOCUMENT) as f:
        document = f.read()
    with open(DOCUMENT, "w") as f:
        f.write(filled(document))

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The map in docs/ARCHITECTURE.md: each module in one line, from the first sentence of its header.

usage: map.py [--write]

Without an option it compares (TAP); --write puts the map between its two marks.
"""
import os
import re
import sys

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PAGE = os.path.join(TOP, "docs", "ARCHITECTURE.md")
FOLDERS = ("base", "port", "engine", "source", "warehouse", "sync", "config", "report", "metabase", "daemon", "cli")
BEGIN, END = "<!-- map: written by tests/lint/map.py -->\n", "<!-- end of the map -->\n"


def sentence(path):
    """The first sentence of a header, or None."""
    with open(path, encoding="utf-8") as f:
        found = re.search(r"/\*\n \* [\w.]+ -- (.*?[.?]\"?)(?=\s)", f.read(), re.S)
    return found and re.sub(r"\s*\n \*\s+", " ", found.group(1))


def modules(folder):
    """(name, sentence) of each; a command has no header, and needs no line: its manual page has one."""
    directory = os.path.join(TOP, "src", folder)
    for name in sorted(n[:-2] for n in os.listdir(directory) if n.endswith(".h")):
        yield name, sentence(os.path.join(directory, name + ".h"))


def written():
    lines = []
    for folder in FOLDERS:
        lines += [f"### src/{folder}", "", "| module | |", "|---|---|"]
        lines += [f"| `{name}` | {text or 'has no first sentence'} |" for name, text in modules(folder)]
        lines.append("")
    return "\n".join(lines)


def main():
    with open(PAGE, encoding="utf-8") as f:
        page = f.read()
    before, rest = page.split(BEGIN)
    old, after = rest.split(END)
    new = written()
    if "--write" in sys.argv[1:]:
        with open(PAGE, "w", encoding="utf-8") as f:
            f.write(before + BEGIN + new + END + after)
        return 0
    silent = [f"src/{f}/{n}.h" for f in FOLDERS for n, text in modules(f) if not text]
    print(f"{'not ok' if silent else 'ok'} 1 - map: every header begins with a sentence")
    print(f"{'not ok' if old != new else 'ok'} 2 - map: the map in ARCHITECTURE is current")
    for path in silent:
        print(f"#   {path}")
    if old != new:
        print("#   run ./dev map")
    return 1 if silent or old != new else 0


if __name__ == "__main__":
    sys.exit(main())

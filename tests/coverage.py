#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Lines and branches of src/ that a test has been through, from what gcov has counted.

usage: coverage.py BUILD [--least-lines N] [--least-branches N] [--missing]

BUILD was configured with --enable-coverage. With --missing every line that no
test has reached is shown, and every one with a branch that was never taken.

What is not reached has to be argued: tests/COVERAGE.md has a row for each
function with such lines, and one that it does not know is a failure. What
cannot be taken by construction is left out of the count by the rules below,
and by nothing else.
"""
import argparse
import collections
import glob
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
FOLDERS = ("base", "port", "engine", "source", "warehouse", "sync", "config", "report", "metabase", "daemon", "cli")
ARGUED = "tests/COVERAGE.md"

# Whose branches are not counted; tests/COVERAGE.md says the same in words.
NO_BRANCH = (
    # The other side of an assert is a bug.
    re.compile(r"^\s*(?:static_)?assert\("),
    # The compiler's switch over the ways in which a scope is left; each way is counted where it stands.
    re.compile(r"^\s*CLEANUP\(\w+\) [^?&|]*$"),
)


class Source:
    """One file: {line: times}, {(line, number): times}, and [(first line, last line, name)]."""

    def __init__(self, name):
        self.name = name
        with open(os.path.join(TOP, name)) as f:
            self.text = [""] + f.read().split("\n")
        self.lines, self.branches, self.functions = {}, {}, set()

    def add(self, found):
        """What one object says; a file that is in several counts once."""
        for line in found["lines"]:
            n = line["line_number"]
            self.lines[n] = max(self.lines.get(n, 0), line["count"])
            if any(rule.search(self.text[n]) for rule in NO_BRANCH):
                continue
            for i, branch in enumerate(line["branches"]):
                self.branches[n, i] = max(self.branches.get((n, i), 0), branch["count"])
        for function in found["functions"]:
            self.functions.add((function["start_line"], function["end_line"], function["name"]))

    def function(self, n):
        return next((name for first, last, name in self.functions if first <= n <= last), "")

    def unreached(self):
        return [n for n in sorted(self.lines) if not self.lines[n]]

    def untaken(self):
        """{line: (not taken, of)} of lines that were reached."""
        all, never = collections.Counter(), collections.Counter()
        for (n, _), count in self.branches.items():
            all[n] += 1
            never[n] += not count
        return {n: (never[n], all[n]) for n in sorted(all) if never[n] and self.lines[n]}

    def sums(self):
        return (sum(1 for c in self.lines.values() if c), len(self.lines),
                sum(1 for c in self.branches.values() if c), len(self.branches))


def read(build):
    """The sources of src/ by name."""
    sources = {}
    notes = [os.path.abspath(p) for p in glob.glob(os.path.join(build, "src", "*", "*.gcno"))]
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(["gcov", "--json-format", "--branch-probabilities", *notes], cwd=directory, capture_output=True, text=True)
        # Counters that a program was killed over are left out, and told.
        for line in done.stderr.splitlines():
            print(f"#   gcov: {line}")
        for path in glob.glob(os.path.join(directory, "*.gcov.json.gz")):
            with gzip.open(path) as f:
                found = json.load(f)
            for file in found["files"]:
                name = os.path.relpath(os.path.realpath(os.path.join(found["current_working_directory"], file["file"])), TOP)
                if name.startswith("src/"):
                    sources.setdefault(name, Source(name)).add(file)
    return sources


def argued():
    """{(file, function)} of the rows `| file.c | function, function | why |`."""
    with open(os.path.join(TOP, ARGUED)) as f:
        rows = re.findall(r"(?m)^\| `(src/[\w/.]+)` \| ([^|]+) \| [^|]+ \|$", f.read())
    return {(file, function) for file, functions in rows for function in re.findall(r"`(\w+)`", functions)}


def share(hit, all):
    return 100.0 * hit / all if all else 100.0


def show(source):
    """What was not reached, and where a branch was not taken, as the source has it."""
    untaken = source.untaken()
    for n in sorted(set(source.unreached()) | set(untaken)):
        what = "%d of %d" % untaken[n] if n in untaken else "never"
        print(f"#       {what:>8} {n:4} {source.text[n].expandtabs(4)}")


def folder_sums(sources, folder, missing):
    sums = [0, 0, 0, 0]
    for name in sorted(sources):
        if not name.startswith(f"src/{folder}/"):
            continue
        part = sources[name].sums()
        sums = [a + b for a, b in zip(sums, part)]
        print(f"#   {name:36} {share(*part[:2]):6.1f} % of {part[1]:4} lines {share(*part[2:]):6.1f} % of {part[3]:4} branches")
        if missing:
            show(sources[name])
    return sums


def check_argued(sources, number):
    """Whether each function with lines that are not reached is in the list; one that need not be there is told."""
    rows = argued()
    open_ones = {(s.name, s.function(n)) for s in sources.values() for n in s.unreached()}
    for file, function in sorted(rows - open_ones):
        print(f"#   reached this time: {function} in {file}")
    for file, function in sorted(open_ones - rows):
        print(f"#   not reached and not argued: {function} in {file}")
    ok = open_ones <= rows
    print(f"{'ok' if ok else 'not ok'} {number} - coverage: what is not reached is argued in {ARGUED}: {len(open_ones & rows)} functions")
    return ok


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--least-lines", type=float, default=0)
    parser.add_argument("--least-branches", type=float, default=0)
    parser.add_argument("--missing", action="store_true")
    options = parser.parse_args()
    sources = read(options.build)
    total, ok = [0, 0, 0, 0], True
    for i, what in enumerate((*FOLDERS, "all of it"), 1):
        sums = folder_sums(sources, what, options.missing) if what in FOLDERS else total
        total = [a + b for a, b in zip(total, sums)]
        of_lines, of_branches = share(*sums[:2]), share(*sums[2:])
        well = of_lines >= options.least_lines and of_branches >= options.least_branches
        ok = ok and well
        print(f"{'ok' if well else 'not ok'} {i} - coverage: {what}: {of_lines:.1f} % of {sums[1]} lines, {of_branches:.1f} % of {sums[3]} branches")
    return 0 if check_argued(sources, len(FOLDERS) + 2) and ok else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Lines and branches of src/ that a test has been through, from what gcov has counted.

usage: coverage.py BUILD [--least-lines N] [--least-branches N] [--missing]

BUILD was configured with --enable-coverage. With --missing every line that no
test has reached is listed. Branches that only the compiler sees (of a call
that may not return) are left out by gcov's own -b figures of "never executed"
lines: they count as not taken.
"""
import argparse
import collections
import glob
import gzip
import json
import os
import subprocess
import sys
import tempfile

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
LAYERS = ("base", "port", "sync", "daemon", "sandbox")


def counts(build):
    """{source: ({line: times}, {(line, number): times})}; a source that is in several objects counts once."""
    lines, branches = collections.defaultdict(dict), collections.defaultdict(dict)
    notes = [os.path.abspath(p) for p in glob.glob(os.path.join(build, "src", "*", "*.gcno"))]
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["gcov", "--json-format", "--branch-probabilities", *notes], cwd=directory, capture_output=True, check=True)
        for path in glob.glob(os.path.join(directory, "*.gcov.json.gz")):
            with gzip.open(path) as f:
                found = json.load(f)
            for source in found["files"]:
                name = os.path.relpath(os.path.realpath(os.path.join(found["current_working_directory"], source["file"])), TOP)
                if not name.startswith("src/"):
                    continue
                for line in source["lines"]:
                    n = line["line_number"]
                    lines[name][n] = max(lines[name].get(n, 0), line["count"])
                    for i, branch in enumerate(line["branches"]):
                        branches[name][n, i] = max(branches[name].get((n, i), 0), branch["count"])
    return lines, branches


def share(hit, all):
    return 100.0 * hit / all if all else 100.0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--least-lines", type=float, default=0)
    parser.add_argument("--least-branches", type=float, default=0)
    parser.add_argument("--missing", action="store_true")
    options = parser.parse_args()
    lines, branches = counts(options.build)
    failed = 0
    for i, layer in enumerate(LAYERS, 1):
        sums = [0, 0, 0, 0]
        for name in sorted(lines):
            if not name.startswith(f"src/{layer}/"):
                continue
            part = [sum(1 for c in lines[name].values() if c), len(lines[name]), sum(1 for c in branches[name].values() if c), len(branches[name])]
            sums = [a + b for a, b in zip(sums, part)]
            print(f"#   {name:36} {share(*part[:2]):6.1f} % of {part[1]:4} lines {share(*part[2:]):6.1f} % of {part[3]:4} branches")
            if options.missing:
                print(f"#       not reached: {', '.join(str(n) for n in sorted(lines[name]) if not lines[name][n])}")
        of_lines, of_branches = share(*sums[:2]), share(*sums[2:])
        short = layer in ("base", "port", "sync") and (of_lines < options.least_lines or of_branches < options.least_branches)
        failed += short
        print(f"{'not ok' if short else 'ok'} {i} - coverage: {layer}: {of_lines:.1f} % of {sums[1]} lines, {of_branches:.1f} % of {sums[3]} branches")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

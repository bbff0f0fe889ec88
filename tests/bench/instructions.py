#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Instructions per conversation, counted by callgrind, beside what is written down in instructions.txt.

usage: instructions.py BUILD [--write]
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
KEPT = os.path.join(HERE, "instructions.txt")
KINDS = ("decode", "encode", "sweep")
PAGES = 60
# Another compiler or library may count differently by so much; more is a change of ours.
TOLERANCE = 0.05

HEAD = f"""# Instructions per conversation, by `./dev instructions`: pages of 100, the same ones every time, built with -O2.
# decode: a page's text to staged rows, json-c and encoding included; encode: a conversation to rows for COPY;
# sweep: what the engine does in a first load. A count beyond {TOLERANCE:.0%} of these is a regression, or a reason to write new ones.
"""


def count(program, kind):
    with tempfile.TemporaryDirectory() as directory:
        out = os.path.join(directory, "out")
        done = subprocess.run(["valgrind", "--tool=callgrind", f"--toggle-collect=count_{kind}", f"--callgrind-out-file={out}",
                               program, kind, str(PAGES)], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        with open(out) as f:
            return int(re.search(r"^(?:summary|totals): (\d+)", f.read(), re.M)[1]) / (PAGES * 100)


def main():
    program = os.path.join(sys.argv[1], "tests/bench/micro")
    counts = {kind: count(program, kind) for kind in KINDS}
    if "--write" in sys.argv:
        with open(KEPT, "w") as f:
            f.write(HEAD + "".join(f"{kind} {n:.0f}\n" for kind, n in counts.items()))
        return
    with open(KEPT) as f:
        kept = {k: float(n) for k, n in (line.split() for line in f if line.strip() and not line.startswith("#"))}
    bad = 0
    for kind, n in counts.items():
        change = n / kept[kind] - 1
        bad += change > TOLERANCE
        print(f"{kind:8} {n:10,.0f}  written down {kept[kind]:10,.0f}  {change:+6.1%}{'  REGRESSION' if change > TOLERANCE else ''}")
    raise SystemExit(1 if bad else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Drives every fuzzing harness for a while, and says how many inputs it took without a finding.

usage: run.py BUILD [--minutes N] [--only NAME] [--keep]

What the harnesses find interesting stays in BUILD/corpus; --keep copies the
smallest set of files that covers the same code to tests/fuzz/corpus. An
input that breaks something is left in BUILD/findings.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# What an input costs is proportional to its length, so none is longer than it takes to reach every branch.
LONGEST = {"address": 256, "config": 1500, "html": 256, "json_sanitize": 1024, "page": 1500, "position": 1024, "yaml": 1500}
LONGEST_OTHERWISE = 512
# A kept corpus is read by people and copied with every clone.
MOST_KEPT = 150


def harnesses(build):
    directory = os.path.join(build, "tests", "fuzz")
    return sorted(n for n in os.listdir(directory) if n.startswith("fuzz_") and "." not in n)


def environment():
    return {**os.environ, "ASAN_OPTIONS": "quarantine_size_mb=16:malloc_context_size=8",
            "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1", "SAHUT_DATA": os.path.join(HERE, "..", "data")}


def drive(build, program, seconds):
    name = program[len("fuzz_"):]
    corpus, findings = os.path.join(build, "corpus", name), os.path.join(build, "findings", name + "-")
    os.makedirs(corpus, exist_ok=True)
    os.makedirs(os.path.dirname(findings), exist_ok=True)
    command = [os.path.join(build, "tests", "fuzz", program), f"-max_total_time={seconds}", f"-max_len={LONGEST.get(name, LONGEST_OTHERWISE)}", "-print_final_stats=1",
               "-timeout=10", f"-artifact_prefix={findings}", corpus, os.path.join(HERE, "corpus", name)]
    with open(os.path.join(build, f"{program}.log"), "w+", errors="replace") as log:
        code = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, env=environment()).returncode
        log.seek(0)
        text = log.read()
    runs = re.search(r"number_of_executed_units: (\d+)", text)
    return code, int(runs.group(1)) if runs else 0, text


def keep(build, program):
    """The smallest corpus that covers what was covered, its smallest files first."""
    name = program[len("fuzz_"):]
    new, kept = os.path.join(build, "merged", name), os.path.join(HERE, "corpus", name)
    shutil.rmtree(new, ignore_errors=True)
    os.makedirs(new)
    subprocess.run([os.path.join(build, "tests", "fuzz", program), "-merge=1", f"-max_len={LONGEST.get(name, LONGEST_OTHERWISE)}", new, kept, os.path.join(build, "corpus", name)],
                   capture_output=True, env=environment(), check=True)
    files = sorted(os.listdir(new), key=lambda n: os.path.getsize(os.path.join(new, n)))[:MOST_KEPT]
    shutil.rmtree(kept)
    os.makedirs(kept)
    for n in files:
        shutil.copy(os.path.join(new, n), os.path.join(kept, n[:12]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--only")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    programs = [p for p in harnesses(options.build) if options.only in (None, p[len("fuzz_"):])]
    seconds = max(1, int(options.minutes * 60 / len(programs)))
    total = failed = 0
    for i, program in enumerate(programs, 1):
        code, runs, text = drive(options.build, program, seconds)
        total += runs
        failed += code != 0
        print(f"{'not ok' if code else 'ok'} {i} - fuzz: {program}: {runs} inputs", flush=True)
        if code:
            print("\n".join("#   " + line for line in text.split("\n")[-40:]))
        elif options.keep:
            keep(options.build, program)
    print(f"# {total} inputs in all")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

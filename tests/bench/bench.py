#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The benchmark: every figure that is promised, beside what it is measured against, in one run.

usage: bench.py BUILD [--quick | --long] [--only PART,...] [--json FILE] [--conversations N] [--rounds N]
"""
import argparse
import json
import os
import platform
import subprocess
import sys
import time

import rig as rigs

import frugal
import life
import loads
import memory

PARTS = ("loads", "requests", "rest", "writes", "life", "memory", "hundred")
COLUMNS = ("figure", "median", "spread", "goal", "", "what, and against what")


def machine():
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), platform.processor())
    postgres = subprocess.run([os.path.join(rigs_bindir(), "postgres"), "--version"], capture_output=True, text=True).stdout.strip()
    return {"processors": os.cpu_count(), "model": model, "kernel": platform.release(), "postgres": postgres,
            "settings": rigs.SETTINGS, "load before": os.getloadavg()[0]}


def rigs_bindir():
    import cluster
    return cluster.bindir()


def steal():
    with open("/proc/stat") as f:
        fields = [int(x) for x in f.readline().split()[1:]]
    return fields[7], sum(fields)


def show(figures):
    rows = [list(COLUMNS)] + [f.row() for f in figures]
    widths = [max(len(r[i]) for r in rows) for i in range(len(COLUMNS) - 1)]
    for row in rows:
        print("  ".join(c.rjust(w) if i in (1, 2, 3) else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths))) + "  " + row[-1])


def run_part(part, rig, options):
    """The figures of one part, and where the long runs are asked for, of all its sizes."""
    quick, rounds = options.quick, options.rounds
    if part == "loads":
        return loads.Loads(rig, options.conversations, rounds, 30 if quick else 200).run()
    if part == "requests":
        return sum((frugal.requests(rig, n, 1 if quick else rounds) for n in ((1000, 10000) if quick else (1000, 100000))), [])
    if part == "rest":
        return sum((frugal.rest(rig, n, 1 if quick else rounds) for n in ((1000, 10000) if quick else (1000, 10000, 100000))), [])
    if part == "writes":
        return frugal.writes(rig, 10000 if quick else 100000, rounds)
    if part == "life":
        return life.run(rig, rounds, 10 if quick else 60)
    if part == "memory":
        sizes = (1000, 20000) if quick else (1000, 20000, 200000)
        return sum((memory.at_size(rig, n) for n in sizes + ((1000000,) if options.long else ())), [])
    return memory.hundred(rig, 100 if quick else 1000)


def parse():
    arguments = argparse.ArgumentParser(prog="bench")
    arguments.add_argument("build")
    arguments.add_argument("--quick", action="store_true", help="smaller: about three minutes on a machine with nothing else to do")
    arguments.add_argument("--long", action="store_true", help="memory at a million conversations, too")
    arguments.add_argument("--only", default=",".join(PARTS), help="of " + ", ".join(PARTS))
    arguments.add_argument("--json", default="bench.json", help="where the figures go, for machines")
    arguments.add_argument("--conversations", type=int, help="how many the first loads have")
    arguments.add_argument("--rounds", type=int, default=3, help="of each, taken in turns")
    options = arguments.parse_args()
    options.conversations = options.conversations or (10000 if options.quick else 100000)
    options.parts = options.only.split(",")
    if not set(options.parts) <= set(PARTS):
        arguments.error("--only: of " + ", ".join(PARTS))
    return options


def main():
    options = parse()
    where, figures, began, stolen = machine(), [], time.monotonic(), steal()
    print(f"{where['processors']} x {where['model']}; {where['postgres']}; load {where['load before']:.1f}; settings {where['settings']}", flush=True)
    rig = rigs.Rig(options.build)
    try:
        for part in options.parts:
            start = time.monotonic()
            figures += run_part(part, rig, options)
            print(f"# {part}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    finally:
        rig.end()
    stolen = [b - a for a, b in zip(stolen, steal())]
    where["stolen %"] = round(100 * stolen[0] / max(1, stolen[1]), 1)
    where["load after"] = os.getloadavg()[0]
    show(figures)
    missed = [f for f in figures if f.met is False]
    print(f"\n{time.monotonic() - began:.0f} s; load {where['load before']:.1f} before, {where['load after']:.1f} after; "
          f"{where['stolen %']} % of the processors' time stolen; {len(missed)} missed")
    with open(options.json, "w") as f:
        json.dump({"machine": where, "figures": [x.data() for x in figures]}, f, indent=1, default=lambda m: m.__dict__)


if __name__ == "__main__":
    main()

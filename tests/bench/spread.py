#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What several machines cost: a warehouse that Citus spreads over a coordinator and two workers, beside a plain one.

Both are databases on the coordinator's cluster, mirror the same API, and do each thing in turns. Without Citus it says so.

usage: spread.py BUILD [--conversations N] [--rounds N]
"""
import argparse
import json
import os
import re
import sys
import tempfile
import time

from rig import TOP, Figure, children, ticks

import citus
import frugal
from bench import show
from etl import Etl
from sandbox import Sandbox

NAMES = ("spread", "plain")
BOARDS = os.path.join(TOP, "etc", "metabase")


class Both:
    """Two warehouses of one API whose clock stands still but for what is advanced."""

    def __init__(self, build, directory, conversations):
        self.build, self.dir, self.round, self.etls = build, directory, 0, {}
        self.machines = citus.Machines()
        self.sandbox = Sandbox(os.path.join(build, "sahut-sandbox"), conversations=conversations, ago="40d")
        self.sandbox.control("clock", {"speed": 0})

    def anew(self):
        """Two empty warehouses; those of before are gone."""
        for name in self.etls:
            self.drop(name)
        self.machines.create_database("spread")
        self.machines.coordinator.create_database("plain")
        self.round += 1
        for name in NAMES:
            folder = os.path.join(self.dir, f"{name}{self.round}")
            os.mkdir(folder)
            self.etls[name] = Etl(os.path.join(self.build, "sahut-etl"), folder, self.machines.coordinator, name, self.sandbox.base_url)
        self.etls["plain"].run("migrate")
        self.etls["spread"].run("migrate", "--distributed")

    def drop(self, name):
        for machine in [self.machines.coordinator, *self.machines.workers]:
            machine.drop_database(name)

    def stop(self):
        self.sandbox.stop()
        self.machines.stop()

    def processor(self):
        """Seconds of processor time of all servers until now."""
        used = 0
        for machine in [self.machines.coordinator, *self.machines.workers]:
            with open(os.path.join(machine.data, "postmaster.pid")) as f:
                postmaster = int(f.readline())
            used += ticks(postmaster, True) + sum(ticks(p, True) for p in children(postmaster))
        return used

    def taken(self, work):
        """Seconds by the clock and of the servers' processor time that WORK takes with each, in turns; the first one changes."""
        took = {}
        for name in NAMES if time.monotonic_ns() & 1024 else reversed(NAMES):
            began, used = time.monotonic(), self.processor()
            work(name)
            took[name] = time.monotonic() - began
            took[name, "processor"] = self.processor() - used
        return took

    def turn(self, *command):
        return self.taken(lambda name: self.etls[name].run(*command, timeout=36000))

    def load(self):
        """Seconds of a first load from its start to its end, and those of the days of reports after it."""
        self.anew()
        loads, days = {}, {}
        for name in NAMES if self.round % 2 else reversed(NAMES):
            began, used = time.time(), self.processor()
            self.etls[name].run("sync", timeout=36000)
            loads[name, "processor"] = self.processor() - used
            whole = time.time() - began
            loads[name] = self.etls[name].one("select extract(epoch from ended_at)::float8 from sahut_etl.run where kind = 'first_load'") - began
            days[name] = whole - loads[name]
        return loads, days

    def cards(self):
        """Seconds for all queries of the dashboards, without their filters, as a reader and in one session."""
        with open(os.path.join(BOARDS, "dashboards.json")) as f:
            boards = json.load(f)["dashboards"]
        queries = []
        for name in sorted(os.listdir(BOARDS)):
            if name.endswith(".sql") and any(c.get("key") == name[:-4] for d in boards for c in d["cards"]):
                with open(os.path.join(BOARDS, name)) as f:
                    queries.append(re.sub(r"\[\[.*?\]\]", "", f.read()))

        def ask(name):
            connection = self.machines.coordinator.connect(name, user="pembaca")
            with connection.cursor() as cursor:
                for query in queries:
                    cursor.execute(query)
                    cursor.fetchall()
            connection.close()

        return self.taken(ask)


def ratio(name, rounds, most, what):
    """Where other programs want the processors, each of the many steps between machines waits for one: the second row is of no clock."""
    both = "; ".join(f"{t['spread']:.2f} s and {t['plain']:.2f} s" for t in rounds)
    yield Figure(name, "x", [t["spread"] / t["plain"] for t in rounds], what, most=most, note=both)
    if ("plain", "processor") in rounds[0]:
        both = "; ".join(f"{t['spread', 'processor']:.2f} s and {t['plain', 'processor']:.2f} s" for t in rounds)
        yield Figure(f"{name}: processor", "x", [t["spread", "processor"] / max(0.01, t["plain", "processor"]) for t in rounds],
                     "the servers' processor time", note=both)


def measure(both, conversations, rounds):
    taken = [both.load() for _ in range(rounds)]
    loads = [t[0] for t in taken]
    plain = ", ".join(f"{conversations / t['plain']:,.0f}" for t in loads)
    yield Figure("first load", "conv/s", [conversations / t["spread"] for t in loads],
                 f"{conversations:,} conversations, start, end and keys included", least=1700, note=f"plain: {plain}")
    plain = ", ".join(f"{1e6 * t['plain', 'processor'] / conversations:,.0f}" for t in loads)
    yield Figure("first load: processor", "us", [1e6 * t["spread", "processor"] / conversations for t in loads],
                 "the servers' processor time for a conversation, days of reports included", note=f"plain: {plain}")
    yield from ratio("days of reports after it", [t[1] for t in taken], 5, "every day of a year")
    for name in NAMES:
        both.etls[name].sql("vacuum analyze")
    # As autovacuum does within minutes.
    for worker in both.machines.workers:
        both.machines.on(worker, "spread", "vacuum analyze")
    idle, changed = [], []
    for _ in range(rounds):
        both.sandbox.control("clock", {"advance": 900})
        frugal.change(both.sandbox, 100)
        changed.append(both.turn("sync"))
        # Until what changed is older than a scan looks back.
        both.sandbox.control("clock", {"advance": 3600})
        both.turn("sync")
        both.sandbox.control("clock", {"advance": 900})
        idle.append(both.turn("sync"))
    yield from ratio("idle cycle", idle, 2, "whole command")
    yield from ratio("100 changed", changed, 2.5, "whole command")
    yield from ratio("full sweep, nothing changed", [both.turn("sync", "--full") for _ in range(rounds)], 5, f"{conversations:,} conversations")
    both.sandbox.control("clock", {"advance": 3 * 86400})
    both.turn("sync")
    yield from ratio("--rebuild-reports", [both.turn("migrate", "--rebuild-reports") for _ in range(rounds)], 5, "all days")
    both.machines.sql("spread", "create role pembaca login in role sahut_reader")
    yield from ratio("dashboards", [both.cards() for _ in range(rounds)], 2, "all cards, one session of a reader")


def main():
    arguments = argparse.ArgumentParser(prog="spread")
    arguments.add_argument("build")
    arguments.add_argument("--conversations", type=int, default=100000)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    if citus.bindir() is None:
        sys.exit("no PostgreSQL with Citus here; $SAHUT_CITUS names the folder of its programs")
    with tempfile.TemporaryDirectory(prefix="sahut-spread-", dir=os.environ.get("SAHUT_BENCH_DIR")) as directory:
        both, figures, load = Both(os.path.abspath(options.build), directory, options.conversations), [], os.getloadavg()[0]
        try:
            for figure in measure(both, options.conversations, options.rounds):
                figures.append(figure)
                print(f"# {figure.name}: {figure.values}", file=sys.stderr, flush=True)
        finally:
            both.stop()
    print(f"{os.cpu_count()} processors; load {load:.1f} before, {os.getloadavg()[0]:.1f} after")
    show(figures)


if __name__ == "__main__":
    main()

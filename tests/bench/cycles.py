#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The same cycles by two builds of the program: does a cycle cost more than it did?

Both load the same conversations from sandboxes of one seed into databases of one cluster. Then, in turns, a cycle with
nothing new and one with the same changes; of each the database's processor time, and the difference of the two: that is
the merge and the days of reports that it makes untrue. Ratios, since nothing else on this machine stays the same.

usage: cycles.py BUILD OTHER_BUILD [--conversations N] [--changes N] [--rounds N]
"""
import argparse
import os
import statistics
import sys

from rig import Etl, Rig

from frugal import change

TABLES = "select coalesce(sum(blks_hit + blks_read), 0)::bigint from pg_stat_database where datname = current_database()"


class Side:
    """A build with its own database, and a sandbox that changes as the other one's does."""

    def __init__(self, rig, build, conversations):
        self.rig, self.sandbox = rig, rig.sandbox(conversations, ago="9d")
        rig.n += 1
        name = f"side{rig.n}"
        rig.cluster.create_database(name)
        directory = os.path.join(rig.dir, name)
        os.makedirs(directory)
        self.etl = Etl(os.path.join(os.path.abspath(build), "sahut-etl"), directory, rig.cluster, name, self.sandbox.base_url)
        self.etl.run("migrate")
        self.etl.run("sync", timeout=36000)
        self.etl.sql("vacuum analyze")
        self.costs, self.walls = [], []

    def cycle(self):
        self.rig.settle()
        before = self.etl.one(TABLES)
        measured = self.rig.measure(self.etl.command("sync"))
        return measured.database, measured.wall, self.etl.one(TABLES) - before

    def round(self, changes):
        self.sandbox.control("clock", {"advance": 3600})
        idle = self.cycle()
        self.sandbox.control("clock", {"advance": 600})
        change(self.sandbox, changes)
        busy = self.cycle()
        self.costs.append(tuple(b - i for b, i in zip(busy, idle)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("other")
    parser.add_argument("--conversations", type=int, default=20000)
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=10)
    args = parser.parse_args()
    rig = Rig(args.build)
    try:
        sides = [Side(rig, build, args.conversations) for build in (args.build, args.other)]
        for n in range(args.rounds):
            for side in sides if n % 2 == 0 else sides[::-1]:
                side.round(args.changes)
        for i, what in enumerate(("database's processor time, s", "clock, s", "buffers")):
            new, old = ([c[i] for c in side.costs] for side in sides)
            ratios = [a / b for a, b in zip(new, old)]
            print(f"{what:32s} {statistics.median(new):12,.2f} {statistics.median(old):12,.2f}   ratio {statistics.median(ratios):.2f}, "
                  f"{min(ratios):.2f} to {max(ratios):.2f}", flush=True)
    finally:
        rig.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())

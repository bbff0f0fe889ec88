#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Kills the program at random moments while the source changes, and checks the warehouse after each.

usage: ./dev torture, or torture.py BUILD [--kills N] [--seed N] [--seconds N]

In rounds. A source of a few hundred conversations, in an order that the seed chooses, changes with every list that is
read. The program (a cycle, a full sweep, or the daemon) is started and killed with SIGKILL at a random moment. After
each kill nothing may be vouched for that is not there, and nothing called deleted that exists. Then the source rests,
the program is started again and left alone, and the warehouse must equal the source: no row lost, doubled, stale or
falsely deleted. --seconds ends earlier when the time is over.
"""
import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from cluster import Cluster  # noqa: E402
from etl import Etl, assert_equal  # noqa: E402
from sandbox import Sandbox  # noqa: E402
from truth import assert_promise, assert_quiet, forget  # noqa: E402

ORDERS = ["updated_desc", "updated_asc", "created_desc", "created_asc", "id_asc", "heap"]
DRIFT = "create=2,update=6,resolve=4,reopen=2,reassign=2,relabel=2,snooze=1,silent=1"
COMMANDS = [["sync"], ["sync"], ["sync", "--full"], ["run"]]

# A world is left for another after so many kills.
ROUND = 50

# A moment is chosen in the time that a command is busy, and of that in no more than this (seconds): what lasts longer waits.
MOST_LASTED = 0.5

# More than this is not believed to be deleted in a week (the fuse: 20, of so few conversations).
MOST_DELETED = 20


class Round:
    """One source and one warehouse."""

    def __init__(self, build, cluster, directory, chance):
        self.chance = chance
        self.order = chance.choice(ORDERS)
        self.sandbox = Sandbox(os.path.join(build, "sahut-sandbox"), conversations=chance.choice([90, 250, 400]), order=self.order,
                               seed=chance.randrange(1000), drift=DRIFT, ago="1d")
        self.sandbox.control("config", {"per_page_max": chance.choice([25, 50, 100])})
        dbname = f"torture{os.getpid()}"
        cluster.create_database(dbname)
        os.makedirs(directory)
        self.etl = Etl(os.path.join(build, "sahut-etl"), directory, cluster, dbname, self.sandbox.base_url)
        self.etl.run("migrate")
        # How long each command was last seen to take, in seconds; a daemon never ends, and is busy for so long.
        self.lasted = {" ".join(c): 0.1 for c in COMMANDS}
        self.deleted = 0

    def kill(self):
        """One kill, at a moment of which a run has so many."""
        if self.chance.random() < 0.1:
            forget(self.etl)
        if self.deleted < MOST_DELETED and self.chance.random() < 0.4:
            self.deleted += len(self.sandbox.change("delete", 1))
        self.sandbox.control("config", {"drift_per_request": self.chance.choice([0, 0.2, 1, 3])})
        self.etl.let_a_minute_pass()
        command = self.chance.choice(COMMANDS)
        name = " ".join(command)
        began = time.monotonic()
        process = subprocess.Popen(self.etl.command("-q", *command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.etl.environment())
        try:
            process.wait(self.chance.uniform(0, self.lasted[name] * 1.1))
            self.lasted[name] = min(MOST_LASTED, time.monotonic() - began)
        except subprocess.TimeoutExpired:
            self.lasted[name] = min(MOST_LASTED, self.lasted[name] * 1.05)
        process.send_signal(signal.SIGKILL)
        killed = process.wait(30) == -signal.SIGKILL
        assert_promise(self.etl, self.sandbox)
        return killed

    def recover(self):
        """The source rests, and the program is let do its work."""
        self.sandbox.control("config", {"drift_per_request": 0})
        # What has happened so far becomes old enough to be vouched for, and what is gone to be suspected.
        self.sandbox.control("clock", {"advance": 600})
        if self.etl.one("select count(*) from sahut_etl.sweep where state = 'running'"):
            # It goes on where it was, and knows nothing of what has been deleted behind it since.
            self.etl.run("-q", "sync", "--full", expect=None)
        # Silent edits and deletions are seen by full sweeps alone, and without an order a cycle may prove nothing at first.
        self.etl.run("-q", "sync", "--full", expect=None)
        assert_equal(self.etl, self.sandbox)
        assert_promise(self.etl, self.sandbox)


def torture(build, cluster, directory, kills, seed, seconds=None):
    """Kills the program so many times; how often it was really running then, and the seed in any failure."""
    chance = random.Random(seed)
    deadline = time.monotonic() + seconds if seconds else None
    done = hit = 0
    while done < kills and (not deadline or time.monotonic() < deadline):
        here = Round(build, cluster, os.path.join(directory, str(done)), chance)
        try:
            for _ in range(min(ROUND, kills - done)):
                done += 1
                hit += here.kill()
                # Now and then it is killed again before it has recovered.
                if chance.random() < 0.7 or done == kills:
                    here.recover()
            here.recover()
            assert_quiet(here.etl)
        except AssertionError as failure:
            raise AssertionError(f"seed {seed}, kill {done}, order {here.order}: {failure}") from failure
        finally:
            here.sandbox.stop()
    return done, hit


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--seconds", type=float)
    options = parser.parse_args()
    began = time.monotonic()
    print(f"# seed {options.seed}", flush=True)
    cluster = Cluster()
    try:
        with tempfile.TemporaryDirectory() as directory:
            kills, hit = torture(options.build, cluster, directory, options.kills, options.seed, options.seconds)
    except AssertionError as failure:
        print(f"not ok - torture: {str(failure)[:3000]}".replace("\n", "\n#   "))
        return 1
    finally:
        cluster.stop()
    print(f"ok - {kills} kills in {time.monotonic() - began:.0f} s, {hit} of them while it ran; seed {options.seed}: nothing lost")
    return 0


if __name__ == "__main__":
    sys.exit(main())

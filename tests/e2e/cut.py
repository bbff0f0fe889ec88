#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Cuts the program off at its n-th operation, for every n, and looks what the restart makes of it.

usage: ./dev cut, or cut.py BUILD [--sample N] [--seed N] [--only STAGE[/WAY[/N]]]

The program that is built with a fuse (tests/cut/fuse.c) counts what it calls of libpq and libcurl, and at the n-th
call it is killed, loses the connection, or is refused. Five stages: a first load of a small workspace with small pages,
a cycle that follows changes, a full sweep that finds deletions and silent edits, a cycle that reads messages, and a
daemon to which events come: from the first one on, until it has looked where they point to, has read the messages of
which they spoke, and was told to end. After each cut the warehouse must promise nothing that it does not hold; then some
more happens at the source, the program is started again, and the warehouse must equal it. --sample does N cuts chosen
by the seed instead of all.
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from cluster import Cluster  # noqa: E402
from daemon import Daemon, wait_for  # noqa: E402
from etl import Etl, assert_equal, usec  # noqa: E402
from sandbox import Sandbox  # noqa: E402
from test_messages import assert_equal as assert_messages  # noqa: E402
from truth import assert_promise, assert_quiet, forget  # noqa: E402
from webhook import Webhook  # noqa: E402

STAGES = {"first_load": ["sync"], "incremental": ["sync"], "full": ["sync", "--full"], "messages": ["sync", "--messages"],
          "hints": ["run"]}
WAYS = ["kill", "disconnect", "error"]
KINDS = ["create", "update", "resolve", "reopen", "reassign", "relabel", "snooze"]

# So many cuts one source sees; with two deletions each, no more than are believed in a week (the fuse).
LIFE = 9

# How a run may end that was cut: killed; or recovered, unavailable, later, or with its data refused (a COPY that is garbage).
# Never as a bug (70), by abort() or with a finding of a sanitizer.
ENDS = {"kill": {-9}, "disconnect": {0, 69, 75}, "error": {0, 65, 69, 75}}


class Cut:
    """One sandbox and one warehouse for all the cuts."""

    def __init__(self, build, cluster, directory):
        self.build = build
        self.fused = os.path.join(build, "sahut-etl-fused")
        self.lengths = {}
        self.hook, self.armed = Webhook(directory), os.path.join(directory, "armed")
        dbname = f"cut{os.getpid()}"
        cluster.create_database(dbname)
        self.etl = Etl(os.path.join(build, "sahut-etl"), directory, cluster, dbname, "http://127.0.0.1:1", messages="{read: all, since: 3650d, share: 100%}",
                       schedule="{incremental: 1h, verify: 1d}", webhook=self.hook.conf())
        self.etl.run("migrate")
        self.sandbox = None
        self.begin()

    def begin(self):
        """A new source: it grows with each cut, and the number of operations with it."""
        self.stop()
        self.sandbox = Sandbox(os.path.join(self.build, "sahut-sandbox"), conversations=140, seed=5, ago="1d")
        # Pages of 25 are many pages of few.
        self.sandbox.control("config", {"per_page_max": 25})
        self.etl.workspaces[0]["base_url"] = self.sandbox.base_url
        self.etl.write()
        self.age = 0

    def stop(self):
        if self.sandbox:
            self.sandbox.stop()

    def prepare(self, stage):
        """The state in which the run begins that will be cut. What happened before is old enough to be vouched for."""
        self.age += 1
        if self.age == LIFE:
            self.begin()
        if stage == "first_load" or self.age == 0:
            forget(self.etl)
        if stage == "first_load":
            return
        self.etl.run("sync")
        for kind in KINDS:
            self.sandbox.change(kind, 1)
        self.sandbox.change("update", 30)
        if stage == "full":
            self.sandbox.change("delete", 2)
            self.sandbox.change("silent", 2)
        if stage == "messages":
            self.talk()
        self.sandbox.control("clock", {"advance": 600})
        if stage == "messages":
            self.etl.run("sync")
        if stage == "hints":
            # Nothing is due but that of which events will speak.
            self.etl.run("sync")
            self.etl.run("sync", "--messages")

    def talk(self):
        """New messages, one that is late, and one that is gone from the middle of a list that was read."""
        items = self.sandbox.dump()["conversations"]
        for item, kind in zip(items[self.age::14], ("incoming", "outgoing", "bot", "note", "bad", "strange") * 2):
            self.sandbox.control("message", {"id": item["id"], "type": kind, "late": 300 if kind == "bot" else 0})
        self.sandbox.control("message", {"id": items[self.age]["id"], "remove": 1})

    def tell(self):
        """Four conversations change, and one of them and two others have a message more; an event speaks of each. What is to be there."""
        changed = self.sandbox.change("reopen", 2) + self.sandbox.change("resolve", 1) + self.sandbox.change("create", 1)
        spoken = changed[:1] + [i["id"] for i in self.sandbox.dump()["conversations"][self.age::60][:2]]
        for id in spoken:
            self.sandbox.control("message", {"id": id, "type": "incoming"})
        with open(self.armed, "w"):
            pass
        for id in changed:
            self.hear("conversation.updated", id)
        for id in spoken:
            self.hear("message.created", id)
        there = {i["id"]: i for i in self.sandbox.dump()["conversations"]}
        talk = self.sandbox.control("messages")
        return {i: usec(there[i]["updated_at"]) for i in changed}, [talk[i][-1]["id"] for i in spoken]

    def hear(self, event, id):
        """A daemon that was killed meanwhile hears nothing."""
        try:
            assert self.hook.tell(id, event=event) == 200
        except OSError:
            pass

    def is_there(self, changed, messages):
        rows = self.etl.sql("select id, updated_at from sahut.conversation where id = any(%s)", list(changed))
        return dict(rows) == changed and self.etl.one("select count(*) from sahut.message where id = any(%s)", messages) == len(messages)

    def listen(self, way, n):
        """As run(), of a daemon to which events come; when all they spoke of is there, it is told to end."""
        if os.path.exists(self.armed):
            os.unlink(self.armed)
        plain, self.etl.program = self.etl.program, self.fused
        try:
            daemon = Daemon(self.etl, environment={"SAHUT_FUSE_AT": str(n), "SAHUT_FUSE_DO": way, "SAHUT_FUSE_WHEN": self.armed})
        finally:
            self.etl.program = plain
        try:
            wait_for(lambda: refuses(self.hook), "the listener")
            changed, messages = self.tell()
            wait_for(lambda: not daemon.running() or self.is_there(changed, messages), "the changes", 90)
            code = daemon.stop() if daemon.running() else daemon.process.returncode
        finally:
            daemon.end()
        burned = [line for line in daemon.text().splitlines() if line.startswith("fuse: ")]
        assert code == (-9 if way == "kill" and burned and n else 0), (code, daemon.text())
        return code, burned[0][6:] if burned else ""

    def run(self, stage, way, n):
        """The end of a run that is cut at its n-th operation, and what burned; "" when it came to its end before."""
        if stage == "hints":
            return self.listen(way, n)
        environment = {**self.etl.environment(), "SAHUT_FUSE_AT": str(n), "SAHUT_FUSE_DO": way}
        done = subprocess.run([self.fused, "-c", self.etl.config, *STAGES[stage]], capture_output=True, text=True, timeout=60, env=environment)
        burned = [line for line in done.stderr.splitlines() if line.startswith("fuse: ")]
        assert done.returncode in (ENDS[way] if burned and n else {0}), (done.returncode, done.stderr)
        return done.returncode, burned[0][6:] if burned else ""

    def cut(self, stage, way, n):
        """One cut and what follows. What burned; "" when there is no n-th operation."""
        self.prepare(stage)
        _, burned = self.run(stage, way, n)
        assert_promise(self.etl, self.sandbox)
        if n % 2:
            # A conversation that was open is not any more, and one is new.
            self.sandbox.change("resolve", 1)
            self.sandbox.change("create", 1)
        if stage in ("full", "first_load") and self.etl.one("select count(*) from sahut_etl.sweep where state = 'running'"):
            # It goes on where it was cut, and knows nothing of what happened behind it since: it may end without a proof.
            done = self.etl.run("sync", expect=None)
            assert done.returncode in (0, 75), (done.returncode, done.stderr)
        if stage == "hints":
            # Hints are lost with the process; what they spoke of is not.
            self.sandbox.control("clock", {"advance": 600})
        else:
            self.etl.run(*STAGES[stage])
        if stage in ("messages", "hints"):
            # The list says what is true, of each message once; the conversations that changed after the cut come with the next cycle.
            self.etl.run("sync")
            self.etl.run("sync", "--messages")
            assert_messages(self.etl, self.sandbox)
        assert_equal(self.etl, self.sandbox)
        assert_promise(self.etl, self.sandbox)
        assert_quiet(self.etl)
        return burned

    def length(self, stage, way):
        """How many operations a run has that is not cut, more or less."""
        if (stage, way) not in self.lengths:
            self.prepare(stage)
            _, told = self.run(stage, way, 0)
            self.lengths[stage, way] = int(told.split()[0])
        return self.lengths[stage, way]


def refuses(hook):
    """Whether the daemon listens; nobody has signed."""
    try:
        return hook.post(b"{}", "0" * 64) == 401
    except OSError:
        return False


def attempt(cut, stage, way, n):
    """What burned, or None for a failure, which has been said."""
    try:
        return cut.cut(stage, way, n)
    except (AssertionError, subprocess.TimeoutExpired) as failure:
        print(f"not ok - cut {stage}/{way}/{n}\n#   {str(failure)[:2000]}".replace("\n", "\n#   "), flush=True)
        return None


def every(cut, only):
    """All cuts, stage by stage: how many there were, and how many failed."""
    cuts = failed = 0
    for stage in only[:1] or STAGES:
        for way in only[1:2] or WAYS:
            n, began = 0, time.monotonic()
            while True:
                n += 1
                burned = attempt(cut, stage, way, n)
                if burned == "":
                    break
                cuts += 1
                failed += burned is None
            print(f"# {stage}, {way}: cut at each of {n - 1} operations in {time.monotonic() - began:.0f} s", flush=True)
    return cuts, failed


def sample(cut, how_many, chance):
    # A daemon that waits for events takes minutes: ./dev cut has it.
    stages = [stage for stage in STAGES if stage != "hints"]
    cuts = failed = 0
    while cuts < how_many:
        stage, way = stages[cuts % len(stages)], WAYS[cuts // len(stages) % len(WAYS)]
        burned = attempt(cut, stage, way, chance.randint(1, cut.length(stage, way)))
        cuts += 1
        failed += burned is None
    return cuts, failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--only")
    options = parser.parse_args()
    cluster = Cluster()
    try:
        with tempfile.TemporaryDirectory() as directory:
            cut = Cut(options.build, cluster, directory)
            only = options.only.split("/") if options.only else []
            if only[2:]:
                cuts, failed = 1, int(attempt(cut, only[0], only[1], int(only[2])) is None)
            elif options.sample:
                print(f"# seed {options.seed}")
                cuts, failed = sample(cut, options.sample, random.Random(options.seed))
            else:
                cuts, failed = every(cut, only)
            cut.stop()
    finally:
        cluster.stop()
    print(f"{'not ok' if failed else 'ok'} - {cuts} cuts, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The program under valgrind, end to end: a first load, cycles, a full sweep, verify, reports, the daemon. No error, nothing lost.

usage: ./dev analyze, or memcheck.py BUILD, of a build without sanitizers.
"""
import os
import re
import signal
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from cluster import Cluster  # noqa: E402
from daemon import Daemon, wait_for  # noqa: E402
from etl import Etl, assert_equal  # noqa: E402
from sandbox import Sandbox  # noqa: E402

VALGRIND = ["valgrind", "-q", "--leak-check=full", "--show-leak-kinds=definite,indirect", "--errors-for-leak-kinds=definite,indirect", "--track-fds=no"]

# What is run after the first load and a few changes.
COMMANDS = [
    ["check"], ["plan"], ["status"], ["status", "--json"], ["explain", "%ID%"], ["conversations", "list"], ["conversations", "get", "%ID%"],
    ["report", "volume"], ["report", "-f", "json", "workload"], ["report", "-f", "csv", "backlog"], ["report", "-f", "html", "-o", "%DIR%/r.html", "volume"],
    ["verify"], ["verify", "--full"], ["sync", "--full"]]


class Watched(Etl):
    """A program that valgrind watches."""

    logs = 0

    def command(self, *args):
        self.logs += 1
        return [*VALGRIND, f"--log-file={self.dir}/valgrind-{self.logs}", self.program, "-c", self.config, *args]

    def found(self):
        """What valgrind had to say since it was last asked."""
        text, names = "", sorted(n for n in os.listdir(self.dir) if n.startswith("valgrind-"))
        assert names, "valgrind did not run"
        for name in names:
            path = os.path.join(self.dir, name)
            with open(path, errors="replace") as f:
                text += f.read()
            os.unlink(path)
        return text


class Run:
    def __init__(self, build, cluster, directory):
        self.number = self.failed = 0
        self.sandbox = Sandbox(os.path.join(build, "sahut-sandbox"), conversations=330, ago="1d")
        cluster.create_database("memcheck")
        self.etl = Watched(os.path.join(build, "sahut-etl"), directory, cluster, "memcheck", self.sandbox.base_url)

    def say(self, what, found):
        self.number += 1
        self.failed += bool(found)
        print(f"{'not ok' if found else 'ok'} {self.number} - memcheck: {what}")
        print("".join(f"#   {line}\n" for line in found.splitlines()[:40]), end="", flush=True)

    def command(self, *args):
        some = self.sandbox.dump()["conversations"][0]
        told = [a.replace("%ID%", some["id"]).replace("%DIR%", self.etl.dir).replace("%CONTACT%", (some["contact"] or {}).get("id", "-")) for a in args]
        done = self.etl.run(*told, expect=None, timeout=600)
        wrong = "" if done.returncode in (0, 1) else f"ended with {done.returncode}: {done.stderr}\n"
        self.say(" ".join(args), wrong + self.etl.found())

    def daemon(self):
        daemon = Daemon(self.etl)
        cycles = "select count(*) from sahut_etl.run where state = 'ok'"
        before = self.etl.one(cycles)
        wait_for(lambda: self.etl.one(cycles) > before, "a cycle", 300)
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: re.search("event=reloaded", daemon.text()), "a reload", 120)
        daemon.process.terminate()
        code = daemon.process.wait(120)
        self.say("run", ("" if code == 0 else daemon.text()) + self.etl.found())

    def all(self):
        self.command("migrate")
        self.command("sync")
        for kind in ("create", "update", "resolve", "reassign", "relabel", "delete"):
            self.sandbox.change(kind, 3)
        self.sandbox.control("clock", {"advance": 600})
        self.command("sync")
        for command in COMMANDS:
            self.command(*command)
        assert_equal(self.etl, self.sandbox)
        self.daemon()
        self.command("erase", "%CONTACT%")
        self.sandbox.stop()


def main():
    cluster = Cluster()
    try:
        with tempfile.TemporaryDirectory() as directory:
            run = Run(sys.argv[1], cluster, directory)
            run.all()
    finally:
        cluster.stop()
    return run.failed > 0


if __name__ == "__main__":
    sys.exit(main())

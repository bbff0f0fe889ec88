#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How soon the daemon is ready, and how soon it stops. usage: stop.py BUILD [TIMES]

A workspace of 20,000 conversations is loaded by a daemon that is told to end again and again, at
moments spread over all phases of the load; in the end the warehouse has to equal the source.
Prints the slowest of each; exits with 1 when one took too long.
"""
import os
import random
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from cluster import Cluster  # noqa: E402
from daemon import Daemon, wait_for  # noqa: E402
from etl import Etl, assert_equal  # noqa: E402
from sandbox import Sandbox  # noqa: E402

READY_MOST, STOP_MOST = 0.050, 0.100


def ready_after(daemon, began):
    """Seconds on the clock, and seconds of processor time, which a busy machine does not lengthen."""
    while "READY=1" not in daemon.notified():
        time.sleep(0.0005)
    with open(f"/proc/{daemon.pid}/schedstat") as f:
        return time.monotonic() - began, int(f.read().split()[0]) / 1e9


def main():
    build, times = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20
    chance = random.Random(1)
    sandbox = Sandbox(os.path.join(build, "sahut-sandbox"), conversations=20000, latency=5)
    cluster = Cluster()
    ready, worked, stopped, missed = [], [], [], 0
    try:
        cluster.create_database("stop")
        etl = Etl(os.path.join(build, "sahut-etl"), tempfile.mkdtemp(prefix="sahut-stop-"), cluster, "stop", sandbox.base_url, max_in_flight=2)
        etl.run("migrate")
        for _ in range(times):
            began = time.monotonic()
            daemon = Daemon(etl, notify=True)
            for figures, seconds in zip((ready, worked), ready_after(daemon, began)):
                figures.append(seconds)
            time.sleep(chance.uniform(0, 8))
            began = time.monotonic()
            daemon.send(signal.SIGTERM)
            assert daemon.process.wait(30) == 0, daemon.text()
            stopped.append(time.monotonic() - began)
            daemon.end()
        print(f"       stopped {times} times, {etl.one('select count(*) from sahut.conversation')} of 20000 conversations by then")
        daemon = Daemon(etl)
        wait_for(lambda: etl.sql("select 1 from sahut_etl.workspace where certified_at is not null and live_count = 20000"), "the load", 600)
        daemon.stop()
        assert_equal(etl, sandbox)
        print("       equal in the end")
        for what, figures, most in (("ready", ready, READY_MOST), ("ready, processor time,", worked, READY_MOST),
                                    ("stopped", stopped, STOP_MOST)):
            figures.sort()
            missed += figures[-1] > most
            print(f"{'ok    ' if figures[-1] <= most else 'MISSED'} {what} after {1000 * figures[-1]:.0f} ms at the latest, "
                  f"{1000 * figures[len(figures) // 2]:.0f} ms in the middle (at most {1000 * most:.0f} ms)")
    finally:
        cluster.stop()
        sandbox.stop()
    return missed > 0


if __name__ == "__main__":
    sys.exit(main())

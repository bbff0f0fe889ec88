#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A hundred workspaces in one daemon: are they on time, and what does that take? usage: hundred.py BUILD [SECONDS]

Each has 1,000 conversations, a key and a quota of its own; the API takes 50 ms for an
answer. All are loaded, then followed every minute for SECONDS (180) while they change; then the
schedule is made an hourly one by a reload, and what the daemon does while nothing is due is
counted. Prints figures and whether each goal is met; exits with 1 when one is not.
"""
import os
import re
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

from cluster import Cluster  # noqa: E402
from daemon import Daemon, wait_for  # noqa: E402
from etl import Etl  # noqa: E402
from sandbox import Sandbox  # noqa: E402

N, CONVERSATIONS, LATENCY = 100, 1000, 50
RSS_MOST = 64 << 20
CONNECTIONS_MOST = 4


def status_of(pid, name):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(rf"(?m)^{name}:\s*(\d+)", f.read()).group(1))


def wakeups(pid):
    return status_of(pid, "voluntary_ctxt_switches")


class Goals:
    missed = 0

    def check(self, what, value, most, unit=""):
        met = value <= most
        self.missed += not met
        print(f"{'ok    ' if met else 'MISSED'} {what}: {value:g}{unit} (at most {most:g}{unit})", flush=True)


def main():
    build = os.path.abspath(sys.argv[1])
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 180
    goals = Goals()
    keys = [f"sk_live_{i}" for i in range(1, N)]
    sandbox = Sandbox(os.path.join(build, "sahut-sandbox"), conversations=CONVERSATIONS, latency=LATENCY, drift_per_second=0.05,
                      workspaces=[f"key={k},conversations={CONVERSATIONS},seed={i},latency={LATENCY},drift-per-second=0.05"
                                  for i, k in enumerate(keys, 2)])
    cluster = Cluster()
    directory = tempfile.mkdtemp(prefix="sahut-hundred-")
    daemon = None
    try:
        cluster.create_database("hundred")
        settings = {"requests_per_minute": 60, "schedule": "{incremental: 1m, verify: 15m}"}
        etl = Etl(os.path.join(build, "sahut-etl"), directory, cluster, "hundred", sandbox.base_url, **settings)
        for i, key in enumerate(keys):
            etl.add(f"w{i:02}", sandbox.base_url, key=key, **settings)
        etl.run("migrate")
        began = time.monotonic()
        daemon = Daemon(etl)
        wait_for(lambda: etl.one("select count(*) from sahut_etl.workspace where certified_at is not null") == N, "all to be loaded", 900)
        print(f"       all loaded after {time.monotonic() - began:.0f} s, resident {status_of(daemon.pid, 'VmRSS') / 1024:.1f} MiB", flush=True)

        since = etl.one("select clock_timestamp()")
        time.sleep(seconds)
        gaps = etl.sql("""
            select coalesce(max(extract(epoch from gap)), 0)::float, count(*) from (
                select began_at - lag(began_at) over (partition by workspace_id order by id) as gap
                from sahut_etl.run where kind in ('incremental', 'verify', 'repair') and began_at > %s) x""", since)[0]
        behind = etl.one("select max(extract(epoch from clock_timestamp() - began_at))::float from"
                         " (select distinct on (workspace_id) began_at from sahut_etl.run order by workspace_id, id desc) x")
        failed = etl.one("select count(*) from sahut_etl.run where state in ('failed', 'partial')")
        connections = etl.one("select count(*) from pg_stat_activity where application_name = 'sahut-etl' and datname = 'hundred'")
        print(f"       {gaps[1]} cycles in {seconds} s, {sandbox.stats()['requests']} requests of the first workspace")
        # A minute, its jitter of a twentieth, and what the cycles before it may take.
        goals.check("longest time between two cycles of a workspace", gaps[0], 66, " s")
        goals.check("longest time since a cycle began", behind, 66, " s")
        goals.check("cycles that failed", failed, 0)
        goals.check("database connections", connections, CONNECTIONS_MOST)
        goals.check("largest resident memory", status_of(daemon.pid, "VmHWM") / 1024, RSS_MOST / (1 << 20), " MiB")

        for workspace in etl.workspaces:
            workspace["schedule"] = "{incremental: 6h, verify: 12h}"
        etl.write()
        daemon.send(signal.SIGHUP)
        daemon.wait_text("event=reloaded")
        wait_for(lambda: etl.one("select count(*) from sahut_etl.schedule where running is null and next_at > now() + interval '90 seconds'") == N,
                 "nothing to be due", 1800)
        before, at = wakeups(daemon.pid), time.monotonic()
        time.sleep(30)
        goals.check("wake-ups a second while nothing is due", (wakeups(daemon.pid) - before) / (time.monotonic() - at), 1)

        at = time.monotonic()
        daemon.send(signal.SIGTERM)
        daemon.process.wait(10)
        goals.check("time to stop", 1000 * (time.monotonic() - at), 100, " ms")
    finally:
        if daemon:
            daemon.end()
        cluster.stop()
        sandbox.stop()
    return goals.missed > 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: MIT
"""The daemon as a process: how soon it is ready and gone, how often it wakes, what its unit may do."""
import os
import re
import signal
import subprocess
import time

from rig import Figure

from daemon import Daemon, wait_for


def switches(pid):
    with open(f"/proc/{pid}/status") as f:
        return sum(int(line.split()[1]) for line in f if "voluntary_ctxt_switches" in line and not line.startswith("non"))


def started(etl):
    """A daemon, and the milliseconds until it said READY."""
    began = time.monotonic()
    daemon = Daemon(etl, notify=True)
    daemon.socket.settimeout(10)
    while "READY=1" not in "\n".join(daemon.heard):
        daemon.heard.append(daemon.socket.recv(4096).decode())
    return daemon, 1000 * (time.monotonic() - began)


def stopped(daemon):
    """Milliseconds from SIGTERM to its end."""
    began = time.monotonic()
    daemon.send(signal.SIGTERM)
    daemon.process.wait(30)
    took = 1000 * (time.monotonic() - began)
    daemon.end()
    return took


def phases(rig, etl, sandbox, rounds):
    """Stops in whatever it may be doing: while it starts, while replies are awaited, while PostgreSQL merges, at rest."""
    found = {"starting": [], "waiting for a reply": [], "merging": [], "at rest": []}
    for _ in range(rounds):
        daemon, _ = started(etl)
        found["starting"].append(stopped(daemon))

        sandbox.control("config", {"latency_ms": 3000})
        sandbox.reset_stats()
        daemon, _ = started(etl)
        wait_for(lambda: sandbox.stats()["requests"] > 0, "a request")
        found["waiting for a reply"].append(stopped(daemon))
        sandbox.control("config", {"latency_ms": 0})

        bigger = rig.etl(rig.database(), sandbox)
        daemon, _ = started(bigger)
        wait_for(lambda: rig.sql("postgres", f"select 1 from pg_stat_activity where datname = '{bigger.dbname}' and state = 'active' and query ~* '(insert|copy)'"),
                 "a merge")
        found["merging"].append(stopped(daemon))
        rig.drop(bigger.dbname)
    return found


def idle(etl, seconds):
    """Wake-ups a second of a daemon that has nothing to do."""
    daemon, _ = started(etl)
    wait_for(lambda: etl.sql("select 1 from sahut_etl.schedule where running is null and next_at > now() + interval '1 minute'"), "a rest", 120)
    time.sleep(1)
    before = switches(daemon.pid)
    time.sleep(seconds)
    woken = (switches(daemon.pid) - before) / seconds
    return woken, stopped(daemon)


def exposure(build):
    unit = os.path.join(build, "systemd", "sahut-etl.service")
    try:
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", unit], capture_output=True, text=True, timeout=60)
    except FileNotFoundError:
        return []
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    return [Figure("unit's exposure", "", [float(found[1])], "systemd-analyze security, 0 is none and 10 is all", most=1.2)] if found else []


def run(rig, rounds, seconds):
    sandbox = rig.sandbox(20000)
    etl = rig.etl(rig.database(), sandbox, schedule="{incremental: 1h, verify: 12h, full: \"02:30\"}")
    etl.run("sync", timeout=3600)
    ready = []
    for _ in range(max(5, rounds)):
        daemon, took = started(etl)
        ready.append(took)
        stopped(daemon)
    woken, rest = idle(etl, seconds)
    found = phases(rig, etl, sandbox, rounds)
    found["at rest"].append(rest)
    rows = [Figure("ready", "ms", ready, "from the start of the process to READY=1", most=50)]
    rows += [Figure(f"stopped, {phase}", "ms", values, "from SIGTERM to the end of the process", most=100) for phase, values in found.items()]
    rows.append(Figure("idle", "/s", [woken], f"wake-ups within {seconds} s at rest", most=1))
    return rows + exposure(rig.build)

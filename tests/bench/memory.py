# SPDX-License-Identifier: MIT
"""Resident memory, at its highest, of every kind of run and every size."""
import time

from rig import Figure


def at_size(rig, n):
    """The most that was resident in a first load, a sweep, a cycle and a verify of N conversations."""
    sandbox = rig.sandbox(n)
    etl = rig.etl(rig.database(), sandbox)
    kinds = {"first load": ["sync"], "full sweep": ["sync", "--full"], "verify": ["verify"], "status": ["status"], "plan": ["plan"]}
    rows = []
    for name, command in kinds.items():
        measured = rig.measure(etl.command(*command))
        rows.append(Figure(f"memory, {name}", "MiB", [measured.rss], f"{n:,} conversations; most that was resident", most=16))
    for report in ("volume", "workload", "backlog", "replies", "freshness"):
        measured = rig.measure(etl.command("report", report), expect=None)
        if "unknown command" not in measured.out and "no such command" not in measured.out:
            rows.append(Figure(f"memory, report {report}", "MiB", [measured.rss], f"{n:,} conversations", most=16))
    sandbox.stop()
    rig.drop(etl.dbname)
    return rows


def highest(pid):
    with open(f"/proc/{pid}/status") as f:
        for line in f:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    raise RuntimeError("no VmHWM")


def hundred(rig, each):
    """One daemon that loads a hundred workspaces and follows them."""
    from daemon import Daemon, wait_for
    sandbox = rig.sandbox(each, workspaces=[f"key=k{i},conversations={each},seed={i + 2}" for i in range(99)])
    etl = rig.etl(rig.database(), sandbox)
    for i in range(99):
        etl.add(f"w{i}", sandbox.base_url, key=f"k{i}")
    daemon = Daemon(etl)
    try:
        wait_for(lambda: etl.one("select count(*) from sahut_etl.workspace where certified_at is not null") == 100, "a hundred first loads", 600)
        time.sleep(2)
        rss = highest(daemon.pid)
        connections = etl.one(f"select count(*) from pg_stat_activity where datname = '{etl.dbname}' and application_name like 'sahut%'")
    finally:
        daemon.end()
    sandbox.stop()
    rig.drop(etl.dbname)
    return [Figure("memory, a hundred workspaces", "MiB", [rss], f"one daemon, {each} conversations in each", most=64),
            Figure("connections, a hundred workspaces", "", [connections], "to the database, from one daemon", most=4)]

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A large warehouse, loaded for real once: what grows with it, and how.

Loads N conversations, then a cycle with 1,000 changed, one in which a hundred of them are old and carry another label, cycles
without news, a full sweep that finds nothing, a verify, what reports ask, and vacuum.
With --versions the history is made longer first, by SQL: so many more versions of every conversation, in the past.

usage: scale.py BUILD N [--no-keys] [--versions K] [--minutes M]
"""
import argparse
import os
import signal
import subprocess
import time

import frugal
from memory import highest
from rig import Rig

REPORTS = {
    "agent_workload_now": "select * from sahut_report.agent_workload_now",
    "daily_volume, 30 days": "select day, sum(created_count) from sahut_report.daily_volume where day > (select max(created_day) - 30 from sahut_report.conversations) group by 1",
    "conversations of a day": "select count(*) from sahut_report.conversations where created_day = (select max(created_day) - 7 from sahut_report.conversations)",
    "data_freshness": "select * from sahut_report.data_freshness",
    "daily_backlog, 30 days": "select * from sahut_report.daily_backlog where day > current_date - 30",
    "health": "select * from sahut_report.health",
}

SIZES = """
select coalesce(sum(pg_table_size(c.oid)), 0)::bigint, coalesce(sum(pg_indexes_size(c.oid)), 0)::bigint
from pg_class c where c.relkind = 'r' and c.relnamespace::regnamespace::text like 'sahut%'"""

LONGER = """
insert into sahut.conversation_version (conversation_id, version_no, workspace_id, status, assignee_id, team_id, channel_id, valid_from,
    valid_to, not_before, observed_at, source_updated_at, is_estimated, run_id)
select conversation_id, -{k}, workspace_id, 'open', assignee_id, team_id, channel_id, valid_from - interval '{k} days',
    valid_from - interval '{k} days' + interval '1 day', not_before - interval '{k} days', observed_at, source_updated_at, true, run_id
from sahut.conversation_version where version_no = 1"""


# Nothing is known of when those that are older than the first load were resolved: as if it were.
RESOLVED = """
insert into sahut.conversation_event (conversation_id, workspace_id, version_no, event_type, occurred_at, occurred_day, not_before, observed_at,
    is_estimated, from_status, to_status, to_assignee_id, to_team_id, channel_id)
select c.id, c.workspace_id, 1, 'resolved', c.updated_at, (c.updated_at at time zone w.timezone)::date, c.updated_at, c.updated_at, false,
    'open', 'resolved', c.assignee_id, c.team_id, c.channel_id
from sahut.conversation c join sahut_etl.workspace w on w.id = c.workspace_id where c.status = 'resolved' and c.origin = 'backfill'"""

# Evenly over the last year: of each of so many days one.
OLD = """
select (array_agg(id order by id))[1] from sahut.conversation
where status = 'resolved' and created_day > (select max(created_day) - 365 from sahut.conversation)
group by created_day order by hashtext(created_day::text) limit 100"""


def say(what, value):
    print(f"{time.strftime('%H:%M:%S')}  load {os.getloadavg()[0]:4.1f}  {what:44} {value}", flush=True)


def load(rig, etl, minutes):
    """The first load, with its speed and its memory on the way; stopped when it takes too long."""
    began = time.monotonic()
    process = subprocess.Popen(etl.command("sync"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    last, last_rows = began, 0
    while process.poll() is None:
        time.sleep(min(20, max(1, (time.monotonic() - began) / 10)))
        try:
            rss = highest(process.pid)
        except (OSError, RuntimeError):
            break
        rows = etl.one("select coalesce(sum(rows_seen), 0)::bigint from sahut_etl.sweep")
        now = time.monotonic()
        if rows - last_rows >= 100000:
            say(f"{rows:,} loaded", f"{(rows - last_rows) / (now - last):,.0f} conv/s now, {rows / (now - began):,.0f} in all, at most {rss:.1f} MiB resident")
            last, last_rows = now, rows
        if minutes and now - began > 60 * minutes:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            say("stopped: out of time", f"{rows:,} rows")
            return False
    process.wait()
    say("first load", f"{time.monotonic() - began:.0f} s, exit {process.returncode} {process.stderr.read()[-300:]}")
    return process.returncode == 0


def timed(what, function):
    began = time.monotonic()
    got = function()
    say(what, f"{time.monotonic() - began:.2f} s" + (f"  {got}" if got else ""))


def size(etl):
    table, index = etl.sql(SIZES)[0]
    return f"{table / 2**20:,.0f} MiB of tables, {index / 2**20:,.0f} MiB of indexes"


def after(rig, etl, sandbox):
    cost = frugal.Cost(rig, etl, sandbox)

    def run(*command):
        got = cost.of(*command)
        m = got.pop("measured")
        # The run begins right before its first request; the last day is stored right before the process ends.
        since = m.ended - etl.one("select extract(epoch from max(began_at))::float8 from sahut_etl.run")
        return (f"{since:.2f} s from its first request, {m.cpu + m.database:.2f} s of processor; {got['requests']} requests, "
                f"WAL {got['wal'] / 1024:,.0f} KiB, {got['buffers']:,} buffers, {got['dead']} dead, {m.rss:.1f} MiB resident")

    say("size", size(etl))
    timed("vacuum analyze", lambda: etl.sql("vacuum analyze"))
    timed("a cycle, nothing new", lambda: run("sync"))
    sandbox.control("clock", {"advance": 900})
    frugal.change(sandbox, 1000)
    timed("a cycle, 1,000 changed", lambda: run("sync"))
    sandbox.control("clock", {"advance": 900})
    timed("resolutions before the first load, by SQL", lambda: etl.sql(RESOLVED))
    timed("every day of reports anew", lambda: etl.run("migrate", "--rebuild-reports", timeout=36000).returncode)
    old = [row[0] for row in etl.sql(OLD)]
    for _ in range(5):
        # What was changed before is read once more, by the cycle after it.
        sandbox.control("clock", {"advance": 600})
        etl.run("sync")
        sandbox.control("clock", {"advance": 600})
        frugal.change(sandbox, 1000 - len(old))
        for conversation in old:
            sandbox.change("relabel", 1, id=conversation)
        timed(f"a cycle, 1,000 changed, {len(old)} old ones relabelled", lambda: run("sync"))
        assert etl.one("select count(*) from sahut_etl.report_queue q join sahut_etl.report_workspace w on q.day < w.live_day") == 0
    # A scan looks back for a while, since a change may be shown late; then what was read is read no more.
    for minutes in (0, 10, 20, 30):
        timed(f"a cycle, nothing new, {minutes} minutes later", lambda: run("sync"))
        sandbox.control("clock", {"advance": 600})
    timed("a verify", lambda: run("verify"))
    for name, query in REPORTS.items():
        timed(f"report: {name}", lambda query=query: f"{len(etl.sql(query))} rows")
    timed("a full sweep, nothing changed", lambda: run("sync", "--full"))
    timed("vacuum", lambda: etl.sql("vacuum"))
    say("size", size(etl))


def main():
    arguments = argparse.ArgumentParser(prog="scale")
    arguments.add_argument("build")
    arguments.add_argument("conversations", type=int)
    arguments.add_argument("--no-keys", action="store_true", help="without foreign keys")
    arguments.add_argument("--versions", type=int, default=0)
    arguments.add_argument("--minutes", type=float, default=0, help="give up the first load after so many")
    options = arguments.parse_args()
    rig = Rig(options.build)
    try:
        sandbox = rig.sandbox(options.conversations)
        etl = rig.etl(rig.database("without_keys" if options.no_keys else "with_keys"), sandbox)
        say("begins", f"{options.conversations:,} conversations, foreign keys {'dropped' if options.no_keys else 'declared'}")
        if load(rig, etl, options.minutes):
            for k in range(options.versions):
                timed(f"versions, {k + 1} more of each, by SQL", lambda k=k: etl.sql(LONGER.format(k=k)))
            after(rig, etl, sandbox)
    finally:
        rig.end()


if __name__ == "__main__":
    main()

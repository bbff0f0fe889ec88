#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How fast the reports are at a million conversations with three million versions.

A year of a busy workspace is written straight into the tables (psql would take no less), every day is computed, and
then: each card of the dashboards, each statement of the reports and each question of an analyst, with 90 days, warm; the refresh of a day; a
batch of 100 changed conversations through the program's own merge, and the days that it touched.

Prints a line for each figure, with its goal. usage: reports.py [--conversations N] [--keep DIRECTORY]
"""
import argparse
import json
import os
import re
import subprocess
import sys
import time

import psycopg2

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))

from cluster import Cluster  # noqa: E402
from etl import Etl  # noqa: E402
from story import Story, assert_identity, assert_stored_days_are_true  # noqa: E402

BUILD = os.environ.get("SAHUT_BUILD", os.path.join(HERE, "..", "..", "build"))
NOW = "2026-11-25 05:00+00"

# A year of conversations: a third at night, an assignee after some minutes, resolved after some hours or days, one of
# eight reopened, one of six pending in between; the last two of a hundred are not resolved yet.
WORLD = """
select setseed(0.5);
insert into sahut_etl.workspace (id, name, timezone, base_url, history_started_at, active_as_of, complete_as_of, certified_at, seen_at, live_count)
values (1, 'utama', 'Asia/Jakarta', 'http://127.0.0.1/v1', timestamptz '{now}' - interval '366 days', '{now}', '{now}', '{now}', '{now}', {n});
update sahut_etl.workspace set settings = jsonb_build_object('hours', (select jsonb_agg(jsonb_build_object('day', d, 'opens', o, 'closes', o + 240))
    from generate_series(1, 5) d cross join (values (480), (780)) x(o)), 'dates', '[]'::jsonb, 'holidays', '[]'::jsonb, 'channels',
    '[{{"channel_type": "whatsapp", "hours": [{{"day": 6, "opens": 480, "closes": 720}}]}}]'::jsonb);
select sahut_etl.set_work(1, '{now}');
insert into sahut_etl.target values (1, 1, 'first_assignment', 900, 'whatsapp', null), (1, 2, 'first_assignment', 3600, null, null),
    (1, 3, 'first_resolution', 28800, null, 'vip'), (1, 4, 'first_resolution', 86400, null, null);
insert into sahut.channel select 1, 'ch' || i, (array['whatsapp', 'instagram', 'email', 'webchat'])[1 + i % 4], 'Kanal ' || i, '{now}'
    from generate_series(1, 12) i;
insert into sahut.agent select 1, 'ag' || i, 'Agen ' || i, '{now}' from generate_series(1, 60) i;
insert into sahut.team select 1, 'tm' || i, 'Tim ' || i, '{now}' from generate_series(1, 6) i;
insert into sahut.label select 1, 'label ' || i, timestamptz '{now}' from generate_series(1, 18) i union all select 1, 'vip', '{now}';
insert into sahut.contact (workspace_id, id, first_seen_at) select 1, 'ct' || i, '{now}' from generate_series(1, {n} * 2 / 5) i;

create temp table life as
select 'conv_' || lpad(i::text, 8, '0') as id, created_at, 'ch' || (1 + floor(12 * r1 * r1))::int as channel_id,
    'ct' || (1 + floor({n} * 2 / 5 * r2))::bigint as contact_id, 'ag' || (1 + floor(60 * r3))::int as agent_id,
    'ag' || (1 + floor(60 * r4))::int as other_id, case when r1 > 0.6 then 'tm' || (1 + floor(6 * r2))::int end as team_id,
    created_at + (5 + 7200 * r4 * r4 * r4) * interval '1 second' as assigned_at,
    case when i <= {n} * 0.98 or r5 < 0.3 then least(created_at + (600 + 86400 * 4 * r5 * r5 * r5 * r5) * interval '1 second' + interval '2 hours',
        timestamptz '{now}' - interval '1 minute') end as resolved_at,
    r6 < 0.125 as reopens, r7 < 0.17 as pends, r8 < 0.12 as moves,
    case when r9 < 0.5 then '{{}}'::text[] when r9 < 0.8 then array['label ' || (10 + floor(9 * r8))::int]
        else array['label ' || (10 + floor(9 * r8))::int, 'vip'] end as labels
from (
    select i, timestamptz '{now}' - interval '365 days' + ((i - 1 + random()) / {n}) * interval '364 days 23 hours 50 minutes' as created_at, random() as r1,
        random() as r2, random() as r3, random() as r4, random() as r5, random() as r6, random() as r7, random() as r8, random() as r9
    from generate_series(1, {n}) i) x;

create temp table state as
select id, row_number() over (partition by id order by at, place)::integer as version_no, at, status, assignee_id, team_id, channel_id
from (
    select id, 1 as place, created_at as at, 'open' as status, null as assignee_id, team_id, channel_id from life
    union all select id, 2, assigned_at, 'open', agent_id, team_id, channel_id from life where assigned_at < coalesce(resolved_at, '{now}')
    union all select id, 3, assigned_at + (resolved_at - assigned_at) * 0.4, 'pending', agent_id, team_id, channel_id
        from life where pends and assigned_at < resolved_at
    union all select id, 4, assigned_at + (resolved_at - assigned_at) * 0.7, 'open', other_id, team_id, channel_id
        from life where moves and assigned_at < resolved_at
    union all select id, 5, resolved_at, 'resolved', case when moves then other_id else agent_id end, team_id, channel_id
        from life where resolved_at is not null
    union all select id, 6, resolved_at + interval '20 hours', 'open', agent_id, team_id, channel_id
        from life where reopens and resolved_at + interval '30 hours' < '{now}'
    union all select id, 7, resolved_at + interval '26 hours', 'resolved', agent_id, team_id, channel_id
        from life where reopens and resolved_at + interval '30 hours' < '{now}'
) x;
create index on state (id, version_no);
analyze life, state;

set session_replication_role = replica;
insert into sahut.conversation (id, workspace_id, status, channel_id, contact_id, assignee_id, team_id, labels, created_at, created_day, updated_at,
    origin, history_known_from, version_no, status_since, first_assigned_at, first_resolved_at, last_resolved_at, first_assigned_estimated,
    first_resolved_estimated, first_assigned_business_seconds, first_resolved_business_seconds, counted_to, open_usec, pending_usec, unassigned_usec,
    open_work_usec, pending_work_usec, unassigned_work_usec, assignees, first_team_id, last_team_id, first_labels, resolved_labels, resolution_count,
    reopen_count, first_seen_at, last_written_at)
select l.id, 1, s.status, l.channel_id, l.contact_id, s.assignee_id, l.team_id, l.labels, l.created_at,
    (l.created_at at time zone 'Asia/Jakarta')::date, s.at, 'observed', l.created_at, s.version_no, s.at, m.assigned, m.resolved, m.last_resolved,
    case when m.assigned is not null then false end, case when m.resolved is not null then false end,
    extract(epoch from m.assigned - l.created_at)::bigint * 2 / 5, extract(epoch from m.resolved - l.created_at)::bigint / 3,
    s.at, m.open, m.pending, m.nobody, m.open * 2 / 5, m.pending * 2 / 5, m.nobody * 2 / 5, case when l.moves then array[l.agent_id, l.other_id]
    else array[l.agent_id] end, l.team_id, l.team_id, l.labels, case when m.resolved is not null then l.labels end,
    m.resolutions, greatest(0, m.resolutions - (s.status = 'resolved')::int), l.created_at, s.at
from life l
join (select distinct on (id) * from state order by id, version_no desc) s on s.id = l.id
join (select id, min(at) filter (where assignee_id is not null) as assigned, min(at) filter (where status = 'resolved') as resolved,
        max(at) filter (where status = 'resolved') as last_resolved, count(*) filter (where status = 'resolved')::integer as resolutions,
        sum(usec) filter (where status = 'open')::bigint as open, sum(usec) filter (where status = 'pending')::bigint as pending,
        sum(usec) filter (where assignee_id is null and status <> 'resolved')::bigint as nobody
    from (select *, extract(epoch from lead(at) over (partition by id order by version_no) - at) * 1000000 as usec from state) z group by id
    ) m on m.id = l.id;
insert into sahut.conversation_label (conversation_id, workspace_id, label_name, since)
select id, 1, unnest(labels), created_at from life;
insert into sahut.conversation_version (conversation_id, version_no, workspace_id, status, assignee_id, team_id, channel_id, valid_from, valid_to,
    not_before, observed_at, source_updated_at, is_estimated)
select id, version_no, 1, status, assignee_id, team_id, channel_id, at, lead(at) over (partition by id order by version_no), at - interval '40 seconds',
    at + interval '40 seconds', at, false from state;
insert into sahut.conversation_event (conversation_id, workspace_id, version_no, event_type, occurred_at, occurred_day, not_before, observed_at,
    is_estimated, from_status, to_status, from_assignee_id, to_assignee_id, from_team_id, to_team_id, channel_id)
select x.id, 1, x.version_no, e.kind, x.at, (x.at at time zone 'Asia/Jakarta')::date, x.at - interval '40 seconds', x.at + interval '40 seconds', false,
    x.was, x.status, x.had, x.assignee_id, x.team_id, x.team_id, x.channel_id
from (select s.*, lag(status) over w as was, lag(assignee_id) over w as had from state s window w as (partition by id order by version_no)) x
cross join lateral (
    select 'created' as kind where x.was is null
    union all select case when x.status = 'resolved' then 'resolved' when x.was = 'resolved' then 'reopened' else 'status_changed' end
        where x.was <> x.status
    union all select case when x.had is null then 'assigned' else 'reassigned' end where x.was is not null and x.had is distinct from x.assignee_id
) e;
insert into sahut.resolution (conversation_id, version_no, workspace_id, cycle_no, created_at, from_at, resolved_at, resolved_day, assignee_id,
    team_id, channel_id, business_seconds, is_estimated, reopened_at, reopened_version_no)
select x.id, x.version_no, 1, row_number() over (partition by x.id order by x.version_no), l.created_at,
    coalesce(lag(x.next_at) over (partition by x.id order by x.version_no), l.created_at), x.at, (x.at at time zone 'Asia/Jakarta')::date,
    x.assignee_id, x.team_id, x.channel_id, extract(epoch from x.at - l.created_at)::bigint / 3, false, x.next_at, x.next_no
from (select s.*, lead(at) over w as next_at, lead(version_no) over w as next_no from state s window w as (partition by id order by version_no)) x
join life l on l.id = x.id
where x.status = 'resolved';
-- One to three turns of the customer each; in what is not resolved one of four still waits for the last answer.
insert into sahut_etl.message_state (workspace_id, read, since, history_at, history_done, moved_count)
values (1, 'replies', interval '400 days', timestamptz '{now}' - interval '400 days', true, 1000)
on conflict (workspace_id) do update set read = 'replies', since = excluded.since, history_at = excluded.history_at, history_done = true;
create temp table talk as
select l.id, k.n, k.n = l.turns as is_last, l.created_at + (k.n - 1) * interval '3 hours' as from_at, 60 + 14000 * random() ^ 3 as took,
    random() < 0.2 as by_bot, l.agent_id, l.resolved_at is null and random() < 0.25 as waits
from (select *, 1 + (hashtext(id) & 1) + (hashtext(id) >> 1 & 1) as turns from life) l
cross join lateral generate_series(1, l.turns) k(n);
insert into sahut.turn (conversation_id, turn_no, workspace_id, from_at, customer_messages, reply_count, reply_at, reply_sender_type,
    reply_sender_id, agent_reply_at, agent_reply_id, bot_reply_at, last_at, from_day, reply_work_usec)
select id, n, 1, from_at, 1, case when x.reply_at is null then 0 else 1 end, x.reply_at, case when x.reply_at is null then null
    when by_bot then 'bot' else 'agent' end, case when x.reply_at is not null and not by_bot then agent_id end,
    case when not by_bot then x.reply_at end, case when x.reply_at is not null and not by_bot then agent_id end,
    case when by_bot then x.reply_at end, coalesce(x.reply_at, from_at), (from_at at time zone 'Asia/Jakarta')::date,
    case when x.reply_at is not null then (took * 400000)::bigint end
from talk
cross join lateral (select case when not (is_last and waits) then from_at + took * interval '1 second' end as reply_at) x;
insert into sahut_etl.message_reading (conversation_id, workspace_id, is_unresolved, changed_at, read_at, read_changed_at, message_count,
    last_message_at, waits, first_customer_at, first_human_reply_at, reply_count, talked_at, waiting_since)
select c.id, 1, c.status <> 'resolved', c.updated_at, '{now}', c.updated_at, 2 * t.n, t.last_at, t.waiting_since is not null, c.created_at,
    t.first_at, t.n, t.last_at, t.waiting_since
from sahut.conversation c
join (select conversation_id, count(*)::integer as n, max(last_at) as last_at, min(agent_reply_at) as first_at,
        max(from_at) filter (where reply_at is null) as waiting_since from sahut.turn group by 1) t on t.conversation_id = c.id;
set session_replication_role = origin;
drop table life, state, talk;
"""


TOP = os.path.join(HERE, "..", "..")
LAST = "between date '2026-11-25' - 89 and date '2026-11-25'"


def read(*path):
    with open(os.path.join(TOP, *path)) as f:
        return re.sub(r"(?m)^--.*$", "", f.read())


def cards():
    """The statements of the dashboards as Metabase sends them, with their filter of days, and no other, filled in."""
    for board in json.loads(read("etc", "metabase", "dashboards.json"))["dashboards"]:
        for card in board["cards"]:
            if "key" not in card:
                continue
            sql = re.sub(r"@([^@']+)@", r"\1", read("etc", "metabase", card.get("sql", card["key"]) + ".sql"))
            if "day" in card.get("tags", {}):
                table, column = card["tags"]["day"].split(".")
                sql = re.sub(r"\[\[(.*?){{day}}\]\]", rf"\1sahut_report.{table}.{column} {LAST}", sql)
            yield "card: " + card["key"], re.sub(r"\[\[.*?\]\]", "", sql)


# What --channel, --agent, --team and --label leave: one of the busiest each; a label of a fifth of all, and one of a twentieth.
PARTS = {"": ["null"] * 4, " of a channel": ["'{ch1}'", "null", "null", "null"], " of an agent": ["null", "'{ag1}'", "null", "null"],
         " of a team": ["null", "null", "'{tm1}'", "null"], " of a label": ["null", "null", "null", "'{label 12}'"],
         " of a fifth by label": ["null", "null", "null", "'{vip}'"], " of all four": ["'{ch6}'", "'{ag1}'", "'{tm4}'", "'{vip}'"]}


def reports():
    """The statements of `report`, with a period of 90 days; what each takes stands in src/warehouse/report_query.c."""
    for name, takes in re.findall(r'\{ "(\w+)",\s*sql_report_\w+,\s*([A-Z0| ]+) \}', read("src", "warehouse", "report_query.c")):
        sql, period = read("sql", "report", name + ".sql"), "PERIOD" in takes
        for part, wanted in PARTS.items() if "PARTS" in takes else [("", [])]:
            values = ["'utama'"] + ["'2026-08-28'", "'2026-11-25'"] * period + wanted + ["'86400'"] * ("SINCE" in takes)
            yield "report: " + name + part, re.sub(r"\$(\d)", lambda m: values[int(m[1]) - 1], sql)


def asked():
    """All that is asked of the reports' views: by the dashboards, by the program, and by analysts."""
    yield from ((name, sql, True) for name, sql in cards())
    # The program asks as the owner; a list of all rows is no figure, and has no goal.
    yield from ((name, sql, False) for name, sql in reports())
    yield from (("question: " + name, sql.format(day=LAST), True) for name, sql in QUESTIONS)


QUESTIONS = [
    ("created", "select coalesce(sum(created_count), 0) from sahut_report.daily_volume where day {day}"),
    ("median first resolution", "select percentile_cont(0.5) within group (order by cycle_duration_seconds) from sahut_report.resolutions where is_first_resolution and resolved_day {day}"),
    ("unresolved now", "select count(*) from sahut_report.conversations where is_unresolved"),
    ("volume per day", "select day, sum(created_count), sum(resolved_count), sum(reopened_count) from sahut_report.daily_volume where day {day} group by day order by day"),
    ("backlog per day and status", "select day, status, sum(conversation_count) from sahut_report.daily_backlog where day {day} group by day, status order by day"),
    ("created per day and channel type", "select day, channel_type, sum(created_count) from sahut_report.daily_volume where day {day} group by day, channel_type order by day"),
    ("created by weekday and hour", "select day_of_week, hour_of_day, sum(created_count) from sahut_report.hourly_volume where day {day} group by 1, 2 order by 1, 2"),
    ("resolution time per week", "select date_trunc('week', resolved_day::timestamp)::date, percentile_cont(0.5) within group (order by cycle_duration_seconds), percentile_cont(0.9) within group (order by cycle_duration_seconds) from sahut_report.resolutions where is_history_complete and resolved_day {day} group by 1 order by 1"),
    ("age of the backlog now", "select age_bucket, count(*) from sahut_report.conversations where is_unresolved group by 1 order by 1"),
    ("conversations per label", "select label_name, sum(created_count) from sahut_report.daily_label_volume where day {day} group by 1 order by 2 desc limit 20"),
    ("labels used together", "select label_a, label_b, conversation_count from sahut_report.label_pairs order by conversation_count desc limit 50"),
    ("new and returning contacts per week", "select date_trunc('week', day::timestamp)::date, sum(new_contact_count), sum(returning_contact_count) from sahut_report.daily_volume where day {day} group by 1 order by 1"),
    ("unassigned now", "select count(*), max(age_hours) from sahut_report.conversations where is_active and is_unassigned"),
    ("workload now", "select agent_name, open_count, pending_count, snoozed_count from sahut_report.agent_workload_now where unresolved_count > 0 order by active_count desc limit 40"),
    ("oldest unresolved", "select id, channel_name, status, assignee_name, age_hours, hours_in_status, reopen_count, label_list from sahut_report.conversations where is_unresolved order by created_at limit 50"),
    ("agents in the period", "select agent_name, sum(assigned_in_count), sum(handed_off_count), sum(resolved_count), sum(reopened_count), sum(active_hours), avg(average_concurrent), max(peak_concurrent) from sahut_report.daily_agent_workload where day {day} group by 1 order by 4 desc"),
    ("average concurrent per agent and day", "select day, agent_name, average_concurrent from sahut_report.daily_agent_workload where day {day} order by day"),
    ("unassigned backlog", "select day, sum(conversation_count), max(oldest_age_hours) from sahut_report.daily_backlog where is_unassigned and status in ('open', 'pending') and day {day} group by day order by day"),
    ("time to first assignment per day", "select created_day, percentile_cont(0.5) within group (order by first_assignment_duration_seconds), percentile_cont(0.9) within group (order by first_assignment_duration_seconds) from sahut_report.conversations where is_history_complete and first_assigned_at is not null and created_day {day} group by 1 order by 1"),
    ("handoffs between agents", "select from_assignee_name, coalesce(to_assignee_name, '(nobody)'), count(*) from sahut_report.conversation_events where event_type in ('reassigned', 'unassigned') and occurred_day {day} group by 1, 2 order by 3 desc limit 100"),
    ("resolution time by agent", "select coalesce(agent_name, '(unassigned)'), count(*), percentile_cont(0.5) within group (order by cycle_duration_seconds), percentile_cont(0.5) within group (order by cycle_business_duration_seconds), avg(was_reopened_within_7d::int) from sahut_report.resolutions where is_history_complete and resolved_day {day} group by 1 order by 2 desc"),
    ("targets met and breached", "select metric, result, count(*) from sahut_report.sla_results where from_day {day} group by 1, 2 order by 1, 2"),
    ("one row a conversation, a month", "select * from sahut_report.conversation_times where created_day between '2026-10-26' and '2026-11-25'"),
    ("targets of agents", "select done_by_agent_name, metric, count(*) filter (where result = 'met'), count(*) from sahut_report.sla_results where from_day {day} group by 1, 2"),
    ("freshness", "select * from sahut_report.data_freshness"),
    ("health", "select * from sahut_report.health"),
    ("timing precision, 30 days", "select occurred_day, percentile_cont(0.5) within group (order by uncertainty_seconds), percentile_cont(0.95) within group (order by uncertainty_seconds), avg(is_estimated::int) from sahut_report.conversation_events where event_type <> 'created' and occurred_day > date '2026-11-25' - 30 group by 1 order by 1"),
    ("calendar", "select * from sahut_report.calendar where day {day}"),
    ("how many came in per day and channel last month", "select created_day, channel_name, count(*) from sahut_report.conversations where created_day between '2026-10-01' and '2026-10-31' group by 1, 2 order by 1, 2"),
]


def say(name, value, unit, goal=None, text=""):
    verdict = "" if goal is None else ("  ok" if value <= goal else "  MISSED") + f" (goal {goal:g} {unit})"
    print(f"{name:58s} {value:10.3f} {unit}{verdict}{text}", flush=True)
    return goal is None or value <= goal


def measured(action):
    began = time.monotonic()
    result = action()
    return time.monotonic() - began, result


def processor_time(pid):
    """Of one process: what it took even when the machine has other work. Helpers of a parallel plan are not in it."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def build(cluster, dbname, n):
    cluster.create_database(dbname)
    etl = Etl(os.path.join(BUILD, "sahut-etl"), cluster.dir, cluster, dbname, "http://127.0.0.1:1/v1")
    etl.run("migrate")
    subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", cluster.conninfo(dbname)], input=WORLD.format(n=n, now=NOW), text=True, check=True,
                   stdout=subprocess.DEVNULL)
    return etl


def ask(etl, ok):
    connection = etl.cluster.connect(etl.dbname)
    cursor = connection.cursor()
    # As the login of a BI tool should have it: compiling takes longer than these questions.
    cursor.execute("set jit = off")
    pid = connection.get_backend_pid()
    slowest = (0, "")
    for name, sql, is_reader in asked():
        times = []
        cursor.execute("set role sahut_reader" if is_reader else "reset role")
        for _ in range(3 if " of a" in name else 4):
            before = processor_time(pid)
            took, _rows = measured(lambda: (cursor.execute(sql), cursor.fetchall()))
            times.append((took, processor_time(pid) - before))
        best, busy = min(times[1:])
        is_list = name.startswith("report: conversations")
        if not is_list:
            slowest = max(slowest, (best, name))
        goal = None if is_list else 2.0 if name.startswith("question: one row") else 1.0
        ok = say(name, best, "s", goal, f"; processor {busy:.2f} s") and ok
    say("slowest question", slowest[0], "s", 1.0, ": " + slowest[1])
    connection.close()
    return ok


def refresh(etl, ok):
    connection = etl.cluster.connect(etl.dbname)
    cursor = connection.cursor()
    pid = connection.get_backend_pid()
    times = []
    for back in (1, 2, 30, 100, 200, 300):
        before = processor_time(pid)
        took, _ = measured(lambda: cursor.execute(
            "select sahut_etl.refresh_flows(1, d, d), sahut_etl.refresh_labels(1, d, d), sahut_etl.refresh_stock(1, d)"
            " from (select date '2026-11-25' - %s) x(d)", (back,)))
        times.append((took, processor_time(pid) - before))
    connection.close()
    return say("refresh of a day, slowest of 6", max(times)[0], "s", 1.0, f"; processor {max(times)[1]:.2f} s") and ok


class Timed(Story):
    """Counts from the first statement of the merge to the end of the commit: what the program waits for after its COPY."""
    took = busy = began = 0

    def stage(self, observed, items, gone):
        super().stage(observed, items, gone)
        self.began, self.busy_before = time.monotonic(), processor_time(self.connection.get_backend_pid())

    def sql(self, query, *parameters):
        rows = super().sql(query, *parameters)
        if query == "commit":
            self.took, self.busy = time.monotonic() - self.began, processor_time(self.connection.get_backend_pid()) - self.busy_before
        return rows


def batch(etl, ok):
    """Changes as a cycle of a busy minute brings them: 100 conversations, most of them recent; a few of them late, or old."""
    story = Timed(etl)
    story.certified = story.complete = None
    times, day_times, days = [], [], 0
    for minute in range(1, 7):
        rows = story.sql("""
            select c.id, c.status, c.created_at, c.channel_id, c.contact_id, c.assignee_id, c.team_id, c.labels from (
                (select * from sahut.conversation where status <> 'resolved' limit 400)
                union all (select * from sahut.conversation where workspace_id = 1 and created_day > date '2026-11-20' limit 400)
                union all (select * from sahut.conversation tablesample system (0.01))) c
            order by random() limit 100""")
        moment = story.one("select timestamptz %s + %s * interval '1 minute'", NOW, minute)
        items = [{"id": r[0], "status": "open" if r[1] == "resolved" else "resolved", "created_at": r[2], "updated_at": moment, "channel": (r[3], None, None),
                  "contact": r[4], "assignee": ("ag%d" % (1 + i % 60), None), "team": r[6] and (r[6], None),
                  "labels": sorted(set(r[7]) ^ ({"vip"} if i % 10 == 0 else set()))} for i, r in enumerate(rows)]
        story.certified = story.complete = moment
        story.see(moment.isoformat(), *items)
        times.append((story.took, story.busy))
        days += len(story.pending())
        took, _ = measured(story.refresh)
        day_times.append(took)
    wall, busy = sorted(times)[len(times) // 2]
    ok = say("a batch of 100 changed conversations, median of 6", wall * 1000, "ms", 150, f"; processor {busy * 1000:.0f} ms") and ok
    ok = say("its days refreshed, slowest of 6", max(day_times), "s", 2.0, f"; {days} days in all") and ok
    story.close()
    return ok


class Left:
    """A cluster that is there already, and the database in it."""
    dbname = "bench"

    def __init__(self, directory, port):
        self.cluster = self
        self.dir, self.port = directory, port

    def connect(self, dbname="bench", user="postgres"):
        connection = psycopg2.connect(host=self.dir, port=self.port, user=user, dbname=dbname)
        connection.autocommit = True
        return connection


def left_behind(directory, port):
    return Left(directory, port)


def measure(etl):
    print(f"load average of the machine: {os.getloadavg()[0]:.1f}")
    ok = refresh(etl, True)
    ok = ask(etl, ok)
    ok = batch(etl, ok)
    connection = etl.cluster.connect(etl.dbname)
    cursor = connection.cursor()
    say("days on which the backlog adds up", assert_identity(lambda q, *p: (cursor.execute(q, p or None), cursor.fetchall())[1]), "days")
    connection.close()
    return 0 if ok else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--conversations", type=int, default=1000000)
    parser.add_argument("--keep", action="store_true", help="leave the cluster running, and say where")
    parser.add_argument("--use", metavar="DIRECTORY:PORT", help="a cluster that --keep has left; it is not written anew")
    args = parser.parse_args()
    if args.use:
        return measure(left_behind(*args.use.rsplit(":", 1)))
    cluster = Cluster(base=os.environ.get("SAHUT_BENCH_DIR"), shared_buffers="1GB", work_mem="16MB", effective_cache_size="3GB", autovacuum="off", max_wal_size="16GB")
    ok = False
    try:
        took, etl = measured(lambda: build(cluster, "bench", args.conversations))
        say("a year is written", took, "s")
        connection = cluster.connect("bench")
        cursor = connection.cursor()
        took, _ = measured(lambda: cursor.execute("vacuum (analyze)"))
        say("vacuum and analyze", took, "s")
        cursor.execute("select count(*) from sahut.conversation_version")
        say("versions", cursor.fetchone()[0] / 1e6, "million")
        cursor.execute("select sahut_etl.queue_all(1, false)")
        took, _ = measured(lambda: etl.run("migrate", "--rebuild-reports", timeout=3600))
        say("every day computed anew (migrate --rebuild-reports)", took, "s")
        cursor.execute("vacuum (analyze)")
        cursor.execute("select pg_database_size('bench') / 1e6")
        say("the database", float(cursor.fetchone()[0]), "MB")
        ok = measure(etl) == 0
    finally:
        if args.keep:
            print(f"left running: --use {cluster.dir}:{cluster.port}")
        else:
            cluster.stop()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: MIT
"""A history told batch by batch, merged by the program's own SQL at instants that the test chooses.

The API's part is played by rows put into the staging tables, so that a test can say to the second what was seen
when; everything behind the staging tables is what the daemon runs.
"""
import glob
import json
import os
from datetime import datetime, timedelta, timezone

SQL = os.path.join(os.path.dirname(__file__), "..", "..", "sql")


def at(text):
    """2026-03-02 01:00 is UTC."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def usec(moment):
    return None if moment is None else int((moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) / timedelta(microseconds=1))


def statement(path):
    with open(os.path.join(SQL, path)) as f:
        return "".join(line for line in f if not line.startswith("--"))


MERGE = "\n".join(statement(os.path.relpath(p, SQL)) for p in sorted(glob.glob(os.path.join(SQL, "merge", "*.sql"))))
PREPARED = {
    "batch": ("integer, bigint, bigint, integer, smallint, integer, bigint", "warehouse/batch.sql"),
    "advance": ("integer, jsonb", "warehouse/advance_workspace.sql"),
    "reports": ("integer", "warehouse/advance_reports.sql"),
    "register": ("text, text, text, bigint, jsonb", "warehouse/workspace.sql"),
    "refresh": ("integer", "report_refresh/next_of_workspace.sql"),
}


def conversation(id, status="open", created=None, updated=None, channel=("wa", "whatsapp", "WA Toko"), contact=None,
                 assignee=None, team=None, labels=()):
    """An item as the API would show it; times as text, UTC."""
    return {"id": id, "status": status, "created_at": at(created), "updated_at": at(updated or created), "channel": channel,
            "contact": contact, "assignee": assignee, "team": team, "labels": sorted(labels, key=lambda s: s.encode())}


class Story:
    def __init__(self, etl, name="utama", zone="Asia/Jakarta", session_zone="UTC", lookback=120, settings=None):
        self.etl = etl
        self.connection = etl.cluster.connect(etl.dbname)
        self.cursor = self.connection.cursor()
        self.cursor.execute(statement("session.sql"))
        self.cursor.execute(f"set timezone = '{session_zone}'")
        for plan, (types, path) in PREPARED.items():
            self.cursor.execute(f"prepare {plan}({types}) as {statement(path)}")
        self.name, self.zone, self.lookback, self.settings = name, zone, timedelta(seconds=lookback), settings
        self.batch, self.seq, self.certified, self.complete = 0, 0, None, None
        self.known = {}
        self.register()
        self.cursor.execute("select sahut_etl.take_lease(%s, 'story')", (self.id,))

    def close(self):
        self.connection.close()

    def register(self, **changed):
        for key, value in changed.items():
            setattr(self, key, value)
        self.id = self.one("execute register(%s, %s, 'http://127.0.0.1/v1', %s, %s)", self.name, self.zone,
                           int(self.lookback / timedelta(microseconds=1)), json.dumps(self.settings) if self.settings else None)
        return self.id

    def sql(self, query, *parameters):
        self.cursor.execute(query, parameters or None)
        return self.cursor.fetchall() if self.cursor.description else None

    def one(self, query, *parameters):
        return self.sql(query, *parameters)[0][0]

    # ---- what happens ----

    def stage(self, observed, items, gone):
        for item in items:
            self.seq += 1
            channel, contact, assignee, team = item["channel"], item["contact"], item["assignee"], item["team"]
            if channel:
                self.sql("insert into stage_channel (seq, id, type, name) values (%s, %s, %s, %s)", self.seq, *channel)
            if assignee:
                self.sql("insert into stage_agent (seq, id, name) values (%s, %s, %s)", self.seq, *assignee)
            if team:
                self.sql("insert into stage_team (seq, id, name) values (%s, %s, %s)", self.seq, *team)
            if contact:
                self.sql("insert into stage_contact (seq, id) values (%s, %s)", self.seq, contact)
            self.sql("insert into stage_conversation (seq, page, observed_at, id, status, channel_id, contact_id, assignee_id, team_id, created_at, "
                     "updated_at, labels, extra) values (%s, 1, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", self.seq, observed,
                     item["id"], item["status"], channel and channel[0], contact, assignee and assignee[0], team and team[0],
                     item["created_at"], item["updated_at"], item["labels"], json.dumps(item["extra"]) if item.get("extra") else None)
        for id in gone:
            self.seq += 1
            self.sql("insert into stage_gone (seq, id, observed_at) values (%s, %s, %s)", self.seq, id, observed)

    def see(self, when, *items, gone=(), complete=True, first_load_ends=False):
        """A batch observed at WHEN; with COMPLETE everything up to then, less the lookback, is known."""
        observed = at(when)
        if first_load_ends:
            self.certified = observed
        if complete and self.certified:
            self.complete = observed - self.lookback
        self.batch += 1
        self.sql("begin")
        self.sql("execute batch(%s, null, null, %s, null, null, %s)", self.id, self.batch, usec(observed))
        self.stage(observed, items, gone)
        self.cursor.execute(MERGE)
        memory = {"watermark": usec(self.complete), "complete_as_of": usec(self.complete), "active_as_of": usec(self.complete),
                  "certified_at": usec(self.certified), "lookback": int(self.lookback / timedelta(microseconds=1)), "largest_total": 0,
                  "last_total": 0, "per_page": 100, "list_order": "unknown", "order_evidence": {}, "needs_full": "", "uncertified": 0,
                  "tried_at": None, "audit_due": False, "filterless": False, "list_depth": 0, "list_parts": 0, "list_beyond": 0}
        self.sql("execute advance(%s, %s)", self.id, json.dumps(memory))
        self.sql("execute reports(%s)", self.id)
        self.sql("commit")

    def change(self, when, id, after=120, **changes):
        """A conversation changes at WHEN; a minute before, the old state was looked at, and so many seconds AFTER the new one is."""
        moment = at(when)
        item = dict(self.known[id]) if id in self.known else None
        if item is None:
            item = conversation(id, **{"created": when, **changes})
        else:
            for key, value in changes.items():
                item[key] = value
            item["updated_at"] = moment
        self.known[id] = item
        self.see((moment - timedelta(minutes=1)).isoformat())
        self.see((moment + timedelta(seconds=after)).isoformat(), item)

    # ---- what follows ----

    def pending(self):
        return [r[0] for r in self.sql("select day from sahut_etl.report_queue where workspace_id = %s order by 1", self.id)]

    def refresh(self):
        """Computes what is queued; returns how many days that were."""
        n = 0
        while self.pending():
            self.sql("execute refresh(%s)", self.id)
            n += 1
            assert n < 10000
        return n


# ---- what must hold in every warehouse at every moment when nothing is queued ----

IDENTITY = """
with w as (select * from sahut_etl.report_workspace where name = %s),
day as (select w.history_day + i as day from w, generate_series(0, w.last_day - w.history_day) i),
backlog as (select day, sum(conversation_count) as n from sahut_report.daily_backlog where workspace_name = %s group by day),
volume as (
    select day, sum(created_count) as created, sum(resolved_count) as resolved, sum(reopened_count) as reopened
    from sahut_report.daily_volume where workspace_name = %s group by day)
select day, coalesce(b.n, 0), coalesce(lag(b.n) over (order by day), 0), coalesce(created, 0), coalesce(reopened, 0), coalesce(resolved, 0)
from day left join backlog b using (day) left join volume using (day)
order by day"""


IDENTITY_OF = """
with w as (select * from sahut_etl.report_workspace where name = %s),
flow as (
    select day, KEY as key, sum(created_count) as created, sum(reopened_count) as reopened, sum(moved_in_count) as moved_in,
        sum(resolved_count) as resolved, sum(moved_out_count) as moved_out
    from sahut_report.daily_flow where workspace_name = %s group by 1, 2),
backlog as (select day, KEY as key, sum(conversation_count) as n from sahut_report.daily_backlog where workspace_name = %s group by 1, 2),
keys as (select key from flow union select key from backlog),
day as (select w.history_day + i as day, i from w, generate_series(0, w.last_day - w.history_day) i)
select k.key, d.day, coalesce(b.n, 0), coalesce(y.n, 0), coalesce(created, 0), coalesce(reopened, 0), coalesce(moved_in, 0), coalesce(resolved, 0),
    coalesce(moved_out, 0)
from keys k cross join day d
left join backlog b on b.key = k.key and b.day = d.day
left join backlog y on y.key = k.key and y.day = d.day - 1
left join flow f on f.key = k.key and f.day = d.day
where d.i > 0 and %s::text is not null
order by 1, 2"""


def assert_identity(sql, name="utama"):
    """backlog(d) = backlog(d-1) + created(d) + reopened(d) - resolved(d), for every day after the first. Returns how many days."""
    rows = sql(IDENTITY, name, name, name)
    broken = [r for r in rows[1:] if r[1] != r[2] + r[3] + r[4] - r[5]]
    assert not broken, f"day, backlog, before, created, reopened, resolved: {broken[:5]}"
    for key in ("channel_id", "assignee_id", "team_id", "concat_ws(':', coalesce(channel_id, ''), coalesce(assignee_id, ''), coalesce(team_id, ''))"):
        broken = [r for r in sql(IDENTITY_OF.replace("KEY", f"coalesce({key}, '')"), name, name, name, name)
                  if r[2] != r[3] + r[4] + r[5] + r[6] - r[7] - r[8]]
        assert not broken, f"{key}, day, backlog, before, created, reopened, moved in, resolved, moved out: {broken[:5]}"
    return len(rows) - 1


STORED = [("day_volume", "volume_of"), ("hour_volume", "hours_of"), ("day_label", "labels_of"), ("day_label_pair", "label_pairs_of"),
          ("day_backlog", "backlog_of"), ("day_agent", "workload_of"), ("day_flow", "flow_of")]


def assert_stored_days_are_true(sql, name="utama"):
    """What is stored is what would be computed now, for all days that are over."""
    for table, function in STORED:
        wrong = sql(f"""
            with w as (select * from sahut_etl.report_workspace where name = %s),
            day as (
                select distinct day from (
                    select created_day as day from sahut.conversation union select occurred_day from sahut.conversation_event
                    union select day from sahut_etl.{table} union select w.history_day + i from w, generate_series(0, w.live_day - w.history_day) i
                ) x where day < (select live_day from w))
            select d.day, x.kind, x.row
            from w, day d cross join lateral (
                (select 'stored' as kind, row(t.*)::text as row from sahut_etl.{table} t where t.workspace_id = w.id and t.day = d.day
                    except all select 'stored', row(f.*)::text from sahut_etl.{function}(w.id, d.day, d.day) f)
                union all
                (select 'computed', row(f.*)::text from sahut_etl.{function}(w.id, d.day, d.day) f
                    except all select 'computed', row(t.*)::text from sahut_etl.{table} t where t.workspace_id = w.id and t.day = d.day)
            ) x order by 1, 2 limit 6""", name)
        assert not wrong, f"{table}: {wrong}"


def assert_history_is_sound(sql):
    """Versions follow one another without a gap, bounds hold, one is current, and events and milestones agree with them."""
    assert sql("""select conversation_id from sahut.conversation_version
        where not (not_before <= valid_from and valid_from <= observed_at)""") == []
    assert sql("""
        select conversation_id, version_no from (
            select v.*, lead(valid_from) over w as next_from, lead(version_no) over w as next_no
            from sahut.conversation_version v window w as (partition by conversation_id order by version_no)) x
        where valid_to is distinct from next_from or next_no <> version_no + 1""") == []
    assert sql("""
        select c.id from sahut.conversation c left join sahut.conversation_version v on v.conversation_id = c.id and v.valid_to is null
        where v.version_no is distinct from c.version_no
        or (v.status, v.assignee_id, v.team_id, v.channel_id) is distinct from (c.status, c.assignee_id, c.team_id, c.channel_id)""") == []
    assert sql("""
        select c.id from sahut.conversation c
        left join lateral (
            select count(*) filter (where event_type = 'resolved') as resolved, count(*) filter (where event_type = 'reopened') as reopened,
                count(*) filter (where event_type = 'reassigned') as reassigned, count(*) filter (where event_type = 'unassigned') as unassigned,
                min(occurred_at) filter (where event_type = 'resolved') as first_resolved,
                max(occurred_at) filter (where event_type = 'resolved') as last_resolved,
                min(occurred_at) filter (where event_type in ('assigned', 'reassigned') or (event_type = 'created' and to_assignee_id is not null))
                    as first_assigned,
                (array_agg(row(to_assignee_id, to_team_id)::text order by id) filter (where event_type in ('assigned', 'reassigned')
                    or (event_type = 'created' and to_assignee_id is not null)))[1] as assigned_to,
                (array_agg(row(to_assignee_id, to_team_id)::text order by id) filter (where event_type = 'resolved'))[1] as resolved_by
            from sahut.conversation_event e where e.conversation_id = c.id) e on true
        where (c.resolution_count, c.reopen_count, c.reassignment_count, c.unassignment_count, c.first_resolved_at, c.last_resolved_at,
            c.first_assigned_at, coalesce(row(c.first_assigned_to, c.first_assigned_team_id)::text, ''),
            coalesce(row(c.first_resolved_by, c.first_resolved_team_id)::text, '')) is distinct from (e.resolved, e.reopened, e.reassigned,
            e.unassigned, e.first_resolved, e.last_resolved, e.first_assigned, coalesce(e.assigned_to, '(,)'), coalesce(e.resolved_by, '(,)'))""") == []
    assert sql("""
        select c.id, r.n, c.resolution_count from sahut.conversation c
        cross join lateral (select count(*) as n, count(reopened_at) as reopened, bool_or(r.is_deleted) as gone
            from sahut.resolution r where r.conversation_id = c.id) r
        where r.n <> c.resolution_count or r.reopened > c.reopen_count or (r.n > 0 and r.gone <> (c.deleted_at is not null))""") == []
    # What merges added up is what the versions come to.
    assert sql("""
        select c.id, x.*, c.counted_to, c.open_usec, c.pending_usec, c.snoozed_usec, c.unassigned_usec
        from sahut.conversation c
        left join sahut_etl.stays_of(array(select id from sahut.conversation)) x on x.id = c.id
        where (c.counted_to, c.open_usec, c.pending_usec, c.snoozed_usec, c.unassigned_usec, c.open_work_usec, c.pending_work_usec,
            c.snoozed_work_usec, c.unassigned_work_usec, c.assigned_pending_work_usec, c.assigned_snoozed_work_usec,
            c.resolved_pending_work_usec, c.resolved_snoozed_work_usec)
        is distinct from (x.counted_to, x.open_usec, x.pending_usec, x.snoozed_usec, x.unassigned_usec, x.open_work_usec, x.pending_work_usec,
            x.snoozed_work_usec, x.unassigned_work_usec, x.assigned_pending_work_usec, x.assigned_snoozed_work_usec,
            x.resolved_pending_work_usec, x.resolved_snoozed_work_usec)""") == []
    assert sql("""
        select c.id, c.assignees, c.first_team_id, c.last_team_id, v.agents, v.first_team, v.last_team
        from sahut.conversation c
        join lateral (
            select array(select y.assignee_id from (select a.assignee_id, max(a.version_no) as last_no from sahut.conversation_version a
                where a.conversation_id = c.id and a.assignee_id is not null group by 1) y order by y.last_no) as agents,
                (array_agg(team_id order by version_no) filter (where team_id is not null))[1] as first_team,
                (array_agg(team_id order by version_no desc) filter (where team_id is not null))[1] as last_team
            from sahut.conversation_version v where v.conversation_id = c.id) v on true
        where (coalesce(c.assignees, '{}'), c.first_team_id, c.last_team_id) is distinct from (v.agents, v.first_team, v.last_team)""") == []

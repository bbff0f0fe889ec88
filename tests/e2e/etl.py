# SPDX-License-Identifier: MIT
"""sahut-etl with a configuration of its own, and its warehouse compared with the truth."""
import json
import os
import signal
import subprocess
import textwrap
import time


class Etl:
    """One configuration in one directory, one database."""

    def __init__(self, program, directory, cluster, dbname, base_url, **workspace):
        self.program = program
        self.dir = str(directory)
        self.cluster = cluster
        self.dbname = dbname
        self.config = os.path.join(self.dir, "sahut-etl.yaml")
        self.workspaces = []
        self.extra = ""
        self.conninfo = cluster.conninfo(dbname)
        self.add("utama", base_url, **workspace)

    def add(self, name, base_url, key="sk_live_sandbox", **settings):
        key_file = os.path.join(self.dir, f"key-{name}")
        with open(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
            f.write(key + "\n")
        settings.setdefault("requests_per_minute", 1000000)
        settings.setdefault("timezone", "Asia/Jakarta")
        self.workspaces.append({"name": name, "base_url": base_url, "api_key_file": key_file, **settings})
        self.write()

    def write(self):
        lines = ["warehouse:", f'  conninfo: "{self.conninfo}"', "workspaces:"]
        for workspace in self.workspaces:
            for i, (key, value) in enumerate(workspace.items()):
                lines.append(f"  {'-' if i == 0 else ' '} {key}: {value}")
        with open(self.config, "w") as f:
            f.write("\n".join(lines) + "\n" + textwrap.dedent(self.extra))

    def command(self, *args):
        return [self.program, "-c", self.config, *args]

    def environment(self):
        return {**os.environ, "UBSAN_OPTIONS": "print_stacktrace=1"}

    def run(self, *args, expect=0, timeout=120, stdin=None):
        """Runs a command and returns what it did; EXPECT is the exit code, or None for any."""
        done = subprocess.run(self.command(*args), capture_output=True, text=True, timeout=timeout, env=self.environment(), input=stdin)
        if expect is not None:
            assert done.returncode == expect, (args, done.returncode, done.stdout, done.stderr)
        return done

    def start(self, *args):
        return subprocess.Popen(self.command(*args), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment())

    def kill(self, process, how=signal.SIGKILL):
        process.send_signal(how)
        process.wait(30)
        process.stdout.close()
        process.stderr.close()

    def sql(self, query, *parameters):
        """All rows of a query."""
        connection = self.cluster.connect(self.dbname)
        try:
            with connection.cursor() as cursor:
                # Without parameters a percent sign in the query is one.
                cursor.execute(query, parameters or None)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def counted(self, query):
        """Rows of a query of pg_stat_*, when all backends have gone: each tells what it did as it goes, a moment after its program."""
        deadline = time.monotonic() + 30
        while self.one("""select count(*) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"""):
            assert time.monotonic() < deadline, "backends that stay"
            time.sleep(0.02)
        return self.sql(query)

    def one(self, query, *parameters):
        return self.sql(query, *parameters)[0][0]

    def let_a_minute_pass(self):
        """For the quota. Each process leases a second of it, and one that is killed does not give it back: after sixty starts in a minute
        the next one waits."""
        self.one("with gone as (delete from sahut_etl.quota returning 1) select count(*) from gone")

    def status(self, name="utama"):
        rows = json.loads(self.run("status", "--json").stdout)
        return next(r for r in rows if r["workspace"] == name)


# ---- the truth and the warehouse, in one form ----

KNOWN = {"id", "status", "channel", "contact", "assignee", "labels", "created_at", "updated_at", "team"}


def usec(text):
    from datetime import datetime
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def expected(item):
    """What the warehouse must hold of an item as the API shows it."""
    channel, contact = item.get("channel") or {}, item.get("contact") or {}
    assignee, team = item.get("assignee") or {}, item.get("team") or {}
    extra = {k: v for k, v in item.items() if k not in KNOWN and k not in ("history", "raw")}
    return {
        "status": item["status"],
        "channel": (channel.get("id"), channel.get("type"), channel.get("name")),
        "contact": (contact.get("id"), contact.get("name"), contact.get("phone")),
        "assignee": (assignee.get("id"), assignee.get("name")),
        "team": (team.get("id"), team.get("name")),
        "labels": sorted(set(item.get("labels") or []), key=lambda s: s.encode()),
        "created_at": usec(item["created_at"]),
        "updated_at": usec(item["updated_at"]),
        "extra": extra or None,
    }


HELD = """
select c.id, c.status, c.channel_id, ch.type, ch.name, c.contact_id, p.name, p.phone, c.assignee_id, a.name, c.team_id, t.name,
    c.labels, c.created_at, c.updated_at, c.extra,
    (select coalesce(array_agg(l.label_name order by l.label_name), '{}') from sahut.conversation_label l where l.conversation_id = c.id)
from sahut.conversation c
join sahut_etl.workspace w on w.id = c.workspace_id
left join sahut.channel ch on ch.workspace_id = c.workspace_id and ch.id = c.channel_id
left join sahut_pii.contact p on p.workspace_id = c.workspace_id and p.contact_id = c.contact_id
left join sahut.agent a on a.workspace_id = c.workspace_id and a.id = c.assignee_id
left join sahut.team t on t.workspace_id = c.workspace_id and t.id = c.team_id
where c.deleted_at is null and w.name = %s
"""


def held(etl, name="utama"):
    """What the warehouse holds, by id, in the form of expected()."""
    rows = {}
    for r in etl.sql(HELD, name):
        rows[r[0]] = {
            "status": r[1], "channel": r[2:5], "contact": r[5:8], "assignee": r[8:10], "team": r[10:12], "labels": list(r[12]),
            "created_at": r[13], "updated_at": r[14], "extra": r[15],
        }
        assert list(r[12]) == list(r[16]), f"{r[0]}: the labels of the row and of the bridge differ"
    return rows


def assert_equal(etl, sandbox, name="utama", key=None):
    """The warehouse equals the sandbox, field by field; its history is sound and ends in the present state."""
    truth = {c["id"]: expected(c) for c in sandbox.dump(key)["conversations"]}
    ours = held(etl, name)
    assert sorted(ours) == sorted(truth), (
        f"missing: {sorted(set(truth) - set(ours))[:5]}, too many: {sorted(set(ours) - set(truth))[:5]}")
    wrong = [(i, ours[i], truth[i]) for i in truth if ours[i] != truth[i]]
    assert not wrong, f"{len(wrong)} differ; first: {wrong[0]}"
    assert_history(etl, sandbox.dump(key), name)


def assert_history(etl, dump, name="utama"):
    bad = etl.sql("""
        select c.id from sahut.conversation c join sahut_etl.workspace w on w.id = c.workspace_id
        left join sahut.conversation_version v on v.conversation_id = c.id and v.valid_to is null
        where w.name = %s and (v.version_no is distinct from c.version_no
            or (v.status, v.assignee_id, v.team_id, v.channel_id) is distinct from (c.status, c.assignee_id, c.team_id, c.channel_id))""", name)
    assert not bad, f"the current version is not the present state of {bad[:5]}"
    gaps = etl.sql("""
        select conversation_id, version_no from (
            select v.*, lead(valid_from) over w as next_from, lead(version_no) over w as next_no
            from sahut.conversation_version v window w as (partition by conversation_id order by version_no)) x
        where valid_to is distinct from next_from or next_no <> version_no + 1""")
    assert not gaps, f"versions do not follow one another: {gaps[:5]}"
    # Every change that was seen lies between what the warehouse says of it.
    truth = {c["id"]: c["history"] for c in dump["conversations"]}
    versions = etl.sql("""
        select conversation_id, version_no, status, assignee_id, not_before, valid_from, observed_at from sahut.conversation_version
        where version_no > 1 and not is_estimated order by 1, 2""")
    for conversation, number, status, assignee, not_before, valid_from, observed_at in versions:
        if conversation not in truth:
            continue
        states = truth[conversation]
        times = [usec(s["at"]) for s in states if s["status"] == status and s["assignee_id"] == assignee]
        assert any(not_before <= t <= observed_at for t in times), (
            f"{conversation} version {number} ({status}, {assignee}): no true change between {not_before} and {observed_at}: {states}")

# SPDX-License-Identifier: MIT
"""The warehouse on several machines, for real: a coordinator and workers with Citus, beside a plain PostgreSQL that is fed alike.

`./dev distributed` runs this. Where no PostgreSQL with Citus is to be found, everything here is skipped: no archive of Debian
has it. $SAHUT_CITUS names the folder of the programs of one. The tests are one story, in their order.
"""
import os
import re
import signal
import time

import pytest

import citus
import season
from daemon import Daemon, loaded, wait_for
from etl import Etl, assert_equal
from sandbox import Sandbox
from story import assert_stored_days_are_true
from test_messages import ALL
from test_metabase import CARDS, TOP, file_of

BUILD = os.environ.get("SAHUT_BUILD", os.path.join(os.path.dirname(__file__), "..", "..", "build"))

pytestmark = [pytest.mark.slow,
              pytest.mark.skipif(citus.bindir() is None, reason="no PostgreSQL with Citus here; $SAHUT_CITUS names the folder of its programs")]

SECOND = "sk_live_two"
KINDS = ("update", "resolve", "reassign", "relabel", "create", "reopen", "snooze", "silent")


class Both:
    """One command for two warehouses."""

    def __init__(self, *etls):
        self.etls = etls

    def run(self, *args, **how):
        return [etl.run(*args, **how) for etl in self.etls]


class Story:
    """A sandbox whose clock stands still but for what is advanced, and two warehouses that mirror it."""

    def __init__(self, directory, conversations):
        self.machines = citus.Machines()
        self.sandbox = Sandbox(os.path.join(BUILD, "sahut-sandbox"), conversations=conversations, ago="40d",
                               workspaces=[f"key={SECOND},conversations=150,seed=7"])
        self.sandbox.control("clock", {"speed": 0})
        self.machines.create_database("spread")
        self.machines.coordinator.create_database("plain")
        self.spread, self.plain = (self.etl(directory, name) for name in ("spread", "plain"))
        self.both = Both(self.spread, self.plain)

    def etl(self, directory, dbname):
        folder = directory / dbname
        folder.mkdir()
        return Etl(os.path.join(BUILD, "sahut-etl"), folder, self.machines.coordinator, dbname, self.sandbox.base_url)

    def stop(self):
        self.sandbox.stop()
        self.machines.stop()


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    told = Story(tmp_path_factory.mktemp("citus"), 2000)
    yield told
    told.stop()


def test_the_warehouse_is_distributed(story):
    story.plain.run("migrate")
    story.spread.run("migrate", "--distributed")
    assert story.spread.sql("""select count(*) from pg_dist_partition where partmethod = 'h'""") == [(7,)]
    assert len(story.spread.sql("select distinct nodeport from citus_shards where table_name = 'sahut.conversation'::regclass")) == 2
    assert "nothing to do" in story.spread.run("migrate").stdout


def test_days_of_work_end_equal(story):
    """A first load, then ten days of a shop's work with cycles in between, so that days with backlog and workload are over."""
    story.both.run("sync")
    season.live(story.sandbox, story.both, days=10)
    for etl in story.both.etls:
        assert_equal(etl, story.sandbox)


def test_every_kind_of_drift_ends_equal(story):
    for kind in KINDS:
        story.sandbox.change(kind, 15)
        story.sandbox.control("clock", {"advance": 300})
        story.both.run("sync")
    for seconds in (80000, 500000, 800000):
        story.sandbox.change("backdate", 1, seconds=seconds)
    story.both.run("sync", "--full")
    story.sandbox.change("delete", 5)
    story.sandbox.control("clock", {"advance": 3600})
    story.both.run("verify", "--full", "--repair")
    story.both.run("sync", "--full")
    story.both.run("verify")
    for etl in story.both.etls:
        assert_equal(etl, story.sandbox)


DAYS = ("day_volume", "hour_volume", "day_label", "day_label_pair", "day_backlog", "day_agent", "day_flow")

# What both hold of the same source. Numbers of rows and of runs are each warehouse's own, and so is the moment of its cycle.
OWN = {"id", "run_id", "sweep_id", "began_at", "ended_at", "observed_at", "queued_at", "raw_hash",
       "not_before", "first_seen_at", "last_seen_at", "last_written_at", "seen_at", "history_known_from", "first_run_id", "last_run_id"}


def rows_of(etl, relation, own=(), where=""):
    columns = [r[0] for r in etl.sql("""select a.attname from pg_attribute a where a.attrelid = %s::regclass and a.attnum > 0
        and not a.attisdropped order by a.attnum""", relation) if r[0] not in OWN | set(own)]
    listed = ", ".join(f"t.{c}::text" for c in columns)
    return columns, sorted(etl.sql(f"select {listed} from {relation} t {where}"), key=repr)


def compared(story, relation, own=(), where=""):
    columns, theirs = rows_of(story.plain, relation, own, where)
    _, ours = rows_of(story.spread, relation, own, where)
    odd = [(a, b) for a, b in zip(ours, theirs) if a != b]
    assert len(ours) == len(theirs), f"{relation}: {len(ours)} rows on several machines, {len(theirs)} on one"
    named = {c: (x, y) for c, x, y in zip(columns, *odd[0]) if x != y} if odd else {}
    assert not odd, f"{relation}: {len(odd)} differ; first {named}"
    return len(ours)


def test_both_hold_the_same_rows(story):
    for table in ("conversation", "conversation_version", "conversation_event", "conversation_label", "resolution", "channel", "agent",
                  "team", "label", "contact"):
        own = {"id"} if table == "conversation_event" else set()
        assert compared(story, f"sahut.{table}", own) > 0, table
    assert compared(story, "sahut_pii.contact") > 0
    for table in DAYS:
        assert compared(story, f"sahut_etl.{table}") > 0, table


def test_messages_are_read_and_are_the_same(story):
    """From here on; a few are due again, so that days are not known whole."""
    for etl in story.both.etls:
        etl.workspaces[0]["messages"] = ALL
        etl.write()
        etl.run("sync", "--messages", timeout=600)
        assert etl.one("select sahut_etl.make_messages_due(1, array(select id from sahut.conversation order by id limit 9))") > 0
        assert etl.one("select max(unread_count) from sahut_report.message_days") > 0
    assert compared(story, "sahut.message", {"reading"}) > 0
    assert compared(story, "sahut.turn") > 0


def views(etl):
    return [r[0] for r in etl.sql("select viewname from pg_views where schemaname = 'sahut_report' order by 1")]


@pytest.fixture(scope="module")
def reader(story):
    """The sessions of a login role with the right to read reports."""
    story.spread.sql("create role pembaca login in role sahut_reader")

    def read(query):
        connection = story.machines.coordinator.connect("spread", user="pembaca")
        try:
            with connection.cursor() as cursor:
                cursor.execute("set statement_timeout = '60s'")
                cursor.execute(query)
                return cursor.fetchall()
        finally:
            connection.close()

    return read


def test_the_reader_sees_in_every_view_the_rows_of_one_machine(story, reader):
    of_now = {"age_hours", "waiting_hours", "seconds_behind", "id", "changed_at", "waiting_seconds", "known_until"}
    for view in views(story.spread):
        rows = reader(f"select * from sahut_report.{view}")
        assert len(rows) == story.plain.one(f"select count(*) from sahut_report.{view}"), view
        if view not in ("data_freshness", "health", "sync_runs", "conversation_events"):
            compared(story, f"sahut_report.{view}", of_now)


@pytest.mark.parametrize("key", [c["key"] for c in CARDS])
def test_every_card_runs_as_the_reader(story, reader, key):
    values = {"day": "date '2020-01-01'", "workspace": "'utama'", "channel": "'x'", "channel_type": "'whatsapp'", "agent": "'x'", "team": "'x'"}
    card = next(c for c in CARDS if c["key"] == key)
    with open(os.path.join(TOP, file_of(card))) as f:
        sql = f.read()
    off = re.sub(r"\[\[.*?\]\]", "", sql)
    on = sql.replace("[[", "").replace("]]", "")
    for tag, target in card["tags"].items():
        table, column = target.split(".")
        on = on.replace("{{%s}}" % tag, f'"sahut_report"."{table}"."{column}" >= {values[tag]}')
    for query in (off, on):
        reader(query)


@pytest.mark.parametrize("topic", ["volume", "workload", "backlog", "replies", "freshness"])
@pytest.mark.parametrize("form", ["table", "csv", "json", "html"])
def test_every_report_in_every_format(story, topic, form):
    ours, theirs = (etl.run("report", topic, "--format", form).stdout for etl in story.both.etls)
    if topic != "freshness" and form in ("csv", "json"):
        assert ours == theirs


def a_conversation(etl):
    """The filters that one conversation passes, which has everything that can be asked for."""
    row = etl.sql("""select c.channel_id, c.assignee_id, c.team_id, c.labels[1] from sahut.conversation c
        where num_nulls(c.channel_id, c.assignee_id, c.team_id, c.labels[1]) = 0 and c.deleted_at is null order by c.id limit 1""")[0]
    return dict(zip(("--channel", "--agent", "--team", "--label"), row))


@pytest.mark.parametrize("topic, taken", [
    ("volume", ("--channel", "--team", "--label")), ("workload", ("--agent",)), ("backlog", ("--channel", "--agent", "--team")),
    ("replies", ("--channel", "--agent", "--team", "--label")), ("conversations", ("--channel", "--agent", "--team", "--label"))])
@pytest.mark.parametrize("form", ["csv", "html"])
def test_every_report_with_each_of_its_filters(story, topic, taken, form):
    of_one = a_conversation(story.plain)
    if form == "html" and topic == "conversations":
        form = "json"
    for filters in [taken] if form == "html" else [(f,) for f in taken] + [taken]:
        for values in (of_one, {**of_one, "--channel": "-", "--agent": "-", "--team": "-"}):
            arguments = [a for f in filters for a in (f, values[f])]
            ours, theirs = (etl.run("report", topic, "--format", form, *arguments).stdout for etl in story.both.etls)
            if form != "html":
                assert ours == theirs, arguments


def test_every_command_works(story):
    one = story.spread.one("select id from sahut.conversation order by id limit 1")
    for command in (["status"], ["status", "--json"], ["plan"], ["explain", one], ["migrate", "--rebuild-reports"], ["check"]):
        story.spread.run(*command)
    story.plain.run("migrate", "--rebuild-reports")
    for table in DAYS:
        compared(story, f"sahut_etl.{table}")


def test_hours_and_zones_change(story):
    for etl in story.both.etls:
        etl.workspaces[0]["timezone"] = "Asia/Makassar"
        etl.workspaces[0]["business_hours"] = '{mon-fri: "08:00-17:00"}'
        etl.write()
        etl.run("sync")
    for table in DAYS:
        compared(story, f"sahut_etl.{table}")
    compared(story, "sahut.conversation")


def test_a_worker_that_dies_in_a_sweep_loses_nothing(story):
    story.sandbox.change("update", 200)
    story.sandbox.control("clock", {"advance": 600})
    worker = story.machines.workers[0]
    worker.halt("immediate")
    failed = story.spread.run("sync", "--full", expect=69)
    assert "127.0.0.1" in failed.stderr
    worker.start()
    story.spread.run("sync", "--full")
    assert_equal(story.spread, story.sandbox)
    for machine in [story.machines.coordinator, *story.machines.workers]:
        assert story.machines.on(machine, "spread", "select count(*) from pg_prepared_xacts") == [(0,)]


def test_a_daemon_that_is_killed_in_the_middle_goes_on(story, tmp_path):
    """kill -9 in the middle of a full sweep and of a cycle; afterwards the same."""
    story.sandbox.change("update", 300)
    daemon = Daemon(story.spread)
    wait_for(lambda: story.spread.one("select count(*) from sahut_etl.run where state = 'running'") > 0, "a cycle")
    daemon.process.send_signal(signal.SIGKILL)
    daemon.process.wait(30)
    story.sandbox.control("clock", {"advance": 600})
    story.spread.run("sync", "--full")
    assert_equal(story.spread, story.sandbox)


def test_a_third_worker_takes_its_share_while_the_daemon_runs(story):
    daemon = Daemon(story.spread)
    try:
        story.machines.add_worker("spread")
        story.spread.sql("select citus_rebalance_start()")
        wait_for(lambda: story.spread.one("select coalesce(bool_and(state in ('finished', 'cancelled')), true) from pg_dist_background_job"),
                 "the rebalance", 180)
        assert story.spread.one("select count(distinct nodeport) from citus_shards where table_name = 'sahut.conversation'::regclass") == 3
        story.sandbox.change("update", 50)
        story.sandbox.control("clock", {"advance": 600})
        # And it goes again, as OPERATIONS has it.
        story.spread.sql("select citus_drain_node('127.0.0.1', %s)", story.machines.workers[-1].port)
        story.spread.sql("select citus_remove_node('127.0.0.1', %s)", story.machines.workers[-1].port)
        assert story.spread.one("select count(distinct nodeport) from citus_shards where table_name = 'sahut.conversation'::regclass") == 2
    finally:
        daemon.end()
    story.spread.run("sync", "--full")
    assert_equal(story.spread, story.sandbox)


def test_old_conversations_that_change_move_their_days_alike(story):
    """A relabel, a deletion and a late one: what they add to stored days and take from them is computed on both."""
    for etl in story.both.etls:
        etl.run("sync", "--full")
    story.sandbox.change("relabel", 40)
    story.sandbox.change("delete", 4)
    story.sandbox.change("backdate", 3, seconds=600000)
    story.sandbox.control("clock", {"advance": 3600})
    story.both.run("sync", "--full")
    assert_stored_days_are_true(story.plain.sql)
    for table in ("day_label", "day_label_pair", "day_volume", "hour_volume"):
        compared(story, f"sahut_etl.{table}")


def test_a_second_workspace_comes(story, reader):
    """Of another zone, and with messages of its own; the first one goes on beside it."""
    for etl in story.both.etls:
        etl.add("kedua", story.sandbox.base_url, key=SECOND, timezone="America/New_York", messages=ALL)
        etl.run("sync", timeout=600)
        etl.run("-w", "kedua", "sync", "--messages", timeout=600)
    story.sandbox.control("clock", {"advance": 3600})
    for key in (None, SECOND):
        story.sandbox.change("create", 20, key=key)
        story.sandbox.change("update", 20, key=key)
        story.sandbox.change("resolve", 10, key=key)
        story.sandbox.change("delete", 2, key=key)
    story.sandbox.control("clock", {"advance": 86400})
    story.both.run("sync")
    story.both.run("sync", "--full")
    story.both.run("verify")
    for etl in story.both.etls:
        assert_equal(etl, story.sandbox)
        assert_equal(etl, story.sandbox, "kedua", SECOND)
    # Its number is each warehouse's own; the first one is 1 in both.
    for table in ("conversation", "conversation_version", "conversation_label", "resolution", "message", "turn"):
        assert compared(story, f"sahut.{table}", {"reading", "workspace_id"}, "where t.workspace_id <> 1") > 0, table
    for table in DAYS:
        compared(story, f"sahut_etl.{table}", {"workspace_id"})
    for view in ("conversations", "daily_volume", "daily_backlog", "daily_agent_workload", "replies", "message_days"):
        rows = f"select count(*) from sahut_report.{view} where workspace_name = 'kedua'"
        assert reader(rows)[0][0] == story.plain.one(rows) > 0, view
    for topic in ("volume", "workload", "backlog", "replies"):
        ours, theirs = (etl.run("-w", "kedua", "report", topic, "--format", "csv").stdout for etl in story.both.etls)
        assert ours == theirs, topic


def test_a_contact_is_erased(story):
    contact = story.spread.one("select contact_id from sahut_pii.contact where phone is not null order by 1 limit 1")
    for etl in story.both.etls:
        etl.run("erase", contact)
        assert etl.one("select count(*) from sahut_pii.contact where contact_id = %s", contact) == 0


def test_a_workspace_is_renamed_onto_an_empty_one(story):
    for etl in story.both.etls:
        etl.sql("insert into sahut_etl.workspace (name, timezone, base_url) values ('baru', 'UTC', 'x')")
        etl.sql("insert into sahut.agent (workspace_id, id, name, first_seen_at) values (%s, 'a', 'A', now())",
                etl.one("select id from sahut_etl.workspace where name = 'baru'"))
        etl.sql("select sahut_etl.rename_workspace('utama', 'baru')")
        assert etl.sql("select name from sahut_etl.workspace order by 1") == [("baru",), ("kedua",)]
        etl.sql("select sahut_etl.rename_workspace('baru', 'utama')")

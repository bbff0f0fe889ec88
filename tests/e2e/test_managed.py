# SPDX-License-Identifier: MIT
"""Servers that are set up by somebody else: publications, row security, limits, rights, and triggers of other people's."""
import json
import os
import re

import psycopg2
import pytest

from cluster import Cluster
from conftest import BUILD
from daemon import wait_for
from etl import Etl, assert_equal
from truth import assert_promise

WRITER = "managed_writer"


@pytest.fixture(scope="module")
def logical():
    """A server that others replicate from."""
    cluster = Cluster(wal_level="logical", max_connections="30")
    with cluster.connect().cursor() as cursor:
        cursor.execute(f"create role {WRITER} login")
    yield cluster
    cluster.stop()


@pytest.fixture
def managed(logical, sandboxes, tmp_path):
    made = []

    def make(before="", migrate=True, **workspace):
        dbname = f"managed{len(made)}_{os.getpid()}"
        logical.create_database(dbname)
        made.append(dbname)
        sandbox = sandboxes(conversations=300)
        (tmp_path / dbname).mkdir()
        etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path / dbname, logical, dbname, sandbox.base_url, **workspace)
        if before:
            etl.sql(before)
        if migrate:
            etl.run("migrate")
            etl.sql(f"grant sahut_writer to {WRITER}")
        etl.conninfo = logical.conninfo(dbname, WRITER)
        etl.write()
        return sandbox, etl

    yield make
    for dbname in made:
        logical.drop_database(dbname)


def created(etl, view="daily_volume"):
    return etl.one(f"select coalesce(sum(created_count), 0) from sahut_report.{view}")


def change_everything(sandbox):
    sandbox.control("clock", {"advance": 3600})
    for kind in ("create", "update", "resolve", "reassign"):
        sandbox.change(kind, 20)


# ---- publications ----

def test_no_table_is_without_what_tells_its_rows_apart(managed):
    """Else nothing can be updated or deleted there under a publication for all tables."""
    sandbox, etl = managed()
    assert etl.sql("""select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('sahut', 'sahut_pii', 'sahut_report', 'sahut_etl') and c.relkind in ('r', 'p') and c.relreplident <> 'f'
        and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)""") == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_publication_for_all_tables(managed, when):
    publication = "create publication everything for all tables"
    sandbox, etl = managed(before=publication if when == "before" else "")
    if when == "after":
        etl.sql(publication)
    etl.run("sync")
    assert created(etl) == created(etl, "hourly_volume") == 300
    change_everything(sandbox)
    etl.run("sync")
    etl.run("sync", "--full")
    etl.run("verify")
    assert created(etl) == 320
    assert etl.one("select count(*) from sahut_etl.report_queue q join sahut_etl.report_workspace w on w.id = q.workspace_id where q.day < w.live_day") == 0
    gone = sandbox.change("delete", 3) if hasattr(sandbox, "change") else None
    assert gone is None or gone is not False
    etl.run("sync", "--full")
    etl.run("erase", etl.one("select min(contact_id) from sahut.conversation where contact_id is not null"))
    etl.run("report", "volume")
    owner = etl.conninfo
    etl.conninfo = etl.cluster.conninfo(etl.dbname)
    etl.write()
    etl.run("migrate", "--rebuild-reports")
    etl.sql("select sahut_etl.rename_workspace('utama', 'pusat')")
    etl.sql("select sahut_etl.rename_workspace('pusat', 'utama')")
    etl.conninfo = owner
    etl.write()
    etl.run("sync")
    assert_promise(etl, sandbox)


# ---- whatever keeps the days of reports from being computed ----

def by_trigger(etl):
    etl.sql("""create function public.no() returns trigger language plpgsql as $$ begin raise exception 'audited: not on a Sunday'; end $$;
        create trigger no before insert on sahut_etl.day_volume for each row execute function public.no()""")
    return "drop trigger no on sahut_etl.day_volume; drop function public.no", 65, "audited: not on a Sunday"


def by_right(etl):
    etl.sql("revoke insert on sahut_etl.day_volume from sahut_writer")
    return "grant insert on sahut_etl.day_volume to sahut_writer", 77, "permission denied"


def by_identity(etl):
    etl.sql("alter table sahut_etl.day_volume replica identity default; create publication p for all tables")
    return "drop publication p; alter table sahut_etl.day_volume replica identity full", 78, "replica identity"


def by_function_gone(etl):
    etl.sql("alter function sahut_etl.refresh_flows rename to elsewhere")
    return "alter function sahut_etl.elsewhere rename to refresh_flows", 78, "does not exist"


@pytest.mark.parametrize("kept", [by_trigger, by_right, by_identity, by_function_gone])
def test_days_that_cannot_be_computed_are_loud(managed, kept):
    sandbox, etl = managed()
    undo, code, says = kept(etl)
    for _ in range(2):
        done = etl.run("sync", expect=code)
        assert says in done.stderr and "reports" in done.stderr, done.stderr
        assert says in etl.run("-q", "sync", expect=code).stderr
    assert_equal(etl, sandbox)
    # Whoever looks, sees it.
    seen = etl.status()
    assert seen["state"] == "reports late" and seen["report_days_late"] > 0 and says in seen["report_error"], seen
    text = etl.run("status").stdout
    assert "not up to date since" in text and says in text
    assert etl.sql("select state from sahut_report.health where item = 'reports'") == [("red",)]
    for name in ("volume", "workload", "backlog", "freshness"):
        done = etl.run("report", name)
        assert re.match(r"! utama: Days .*\d{4}-\d\d-\d\d.*cannot be computed since", done.stdout.splitlines()[0]), done.stdout[:300]
        assert "cannot be computed since" in done.stderr
        done = etl.run("report", name, "--format", "csv")
        assert done.stdout.splitlines()[0].startswith("# utama: Days "), done.stdout[:300]
        assert "cannot be computed since" in json.loads(etl.run("report", name, "--format", "json").stdout)[0]["warning"]
        assert "cannot be computed since" in etl.run("report", name, "--format", "html").stdout
    # And when it is over, nothing is left of it.
    etl.sql(undo)
    etl.run("sync")
    assert etl.status()["state"] == "well" and etl.status()["report_error"] is None
    assert etl.sql("select state from sahut_report.health where item = 'reports'") == [("green",)]
    assert not etl.run("report", "volume").stdout.startswith("!")
    assert isinstance(json.loads(etl.run("report", "volume", "--format", "json").stdout), list)


def test_the_daemon_shows_days_that_cannot_be_computed(managed, daemons):
    from urllib.error import HTTPError
    from urllib.request import urlopen

    from cluster import free_port
    sandbox, etl = managed(schedule="{incremental: 5s, verify: 1h}")
    port = free_port()
    etl.extra = f"metrics: {{listen: '127.0.0.1:{port}'}}"
    etl.write()
    undo, code, says = by_right(etl)
    daemon = daemons(etl)
    daemon.wait_text("event=reports_late")
    assert says in daemon.text()

    def metrics():
        return urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    wait_for(lambda: re.search(r'sahut_etl_report_failures\{workspace="utama"\} [1-9]', metrics()), "the metric")
    etl.sql("update sahut_etl.report_failure set failures = 2")
    etl.sql(undo)
    assert daemon.stop() == 0
    with pytest.raises((HTTPError, OSError)):
        urlopen(f"http://127.0.0.1:{port}/healthz")

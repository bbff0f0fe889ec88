# SPDX-License-Identifier: MIT
"""One writer a workspace, by a lease that only our roles can have: nobody else stops it, and nobody is waited for without end."""
import os
import re
import time

import psycopg2
import pytest

from daemon import loaded, wait_for
from etl import assert_equal

FAST = {"schedule": "{incremental: 5s, verify: 1h}"}


@pytest.fixture
def session(cluster):
    """Opens sessions, as a role; they end with the test."""
    opened = []

    def begin(etl, user="postgres", autocommit=True):
        opened.append(cluster.connect(etl.dbname, user))
        opened[-1].autocommit = autocommit
        return opened[-1].cursor()

    yield begin
    for connection in opened:
        connection.close()


@pytest.fixture
def stranger(cluster):
    connection = cluster.connect()
    with connection.cursor() as cursor:
        cursor.execute("drop role if exists lease_stranger")
        cursor.execute("create role lease_stranger login")
    yield "lease_stranger"
    with connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'lease_stranger'")
        cursor.execute("drop role lease_stranger")
    connection.close()


def take(cursor, holder, name="utama"):
    cursor.execute("select (sahut_etl.take_lease(w.id, %s)).taken, pg_backend_pid() from sahut_etl.workspace w where w.name = %s", (holder, name))
    taken, pid = cursor.fetchone()
    assert taken
    return pid


@pytest.mark.parametrize("shared", ["", "_shared"])
def test_advisory_locks_of_a_stranger_stop_nothing(pair, daemons, session, stranger, shared):
    sandbox, etl = pair(conversations=120, workspace=FAST)
    etl.run("sync")
    its = session(etl, stranger)
    for key in (0, 1, 2):
        its.execute(f"select pg_advisory_lock{shared}(1396786261, {key}), pg_advisory_lock{shared}((1396786261::bigint << 32) + {key})")
    etl.run("migrate", timeout=30)
    sandbox.change("create", 5)
    etl.run("sync", timeout=30)
    assert_equal(etl, sandbox)
    daemon = daemons(etl)
    daemon.wait_text("works on 1 workspace")
    sandbox.change("create", 5)
    loaded(etl, 130)
    assert etl.status()["state"] == "well" and "daemon" in etl.status()["holder"]
    done = etl.run("check")
    pid = its.connection.info.backend_pid
    seen = re.search(rf"session {pid} of role lease_stranger \(without a name, first seen (\S+Z)\)", done.stdout)
    assert seen and "stops nobody" in done.stdout, done.stdout
    # From then on, and not anew with each run.
    etl.run("sync", timeout=30)
    assert seen.group() in etl.run("check").stdout
    assert etl.one("select stranger = %s and stranger_seen_at < %s::timestamptz + interval '1 second' from sahut_etl.workspace_lease", pid, seen.group(1))
    its.execute("select pg_advisory_unlock_all()")
    assert "lease_stranger" not in etl.run("check").stdout
    etl.run("sync", timeout=30)
    assert etl.sql("select stranger, stranger_seen_at from sahut_etl.workspace_lease") == [(None, None)]


def test_a_stranger_that_calls_stops_nothing(pair, daemons, session, stranger):
    sandbox, etl = pair(conversations=100, workspace=FAST)
    daemon = daemons(etl)
    loaded(etl, 100)
    its = session(etl, stranger)
    for payload in ("", "1", "x" * 7900, "-1", "99999999999999999999"):
        for _ in range(100):
            its.execute("select pg_notify('sahut_etl_command_request', %s)", (payload,))
    sandbox.change("create", 5)
    loaded(etl, 105)
    assert daemon.running()
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        its.execute("insert into sahut_etl.command_request (workspace_id, kind, asked_by) values (1, 'full', 'me')")


@pytest.mark.parametrize("holder", ["daemon on elsewhere, process 4711", "sync on elsewhere, process 4711"])
def test_who_has_it_and_does_nothing_is_waited_for_ten_seconds_and_named(pair, session, holder):
    """A ghost: a pooler's session, a host that died. It was a daemon, or it was not."""
    sandbox, etl = pair(conversations=20)
    etl.run("sync")
    its = session(etl)
    pid = take(its, holder)
    began = time.monotonic()
    done = etl.run("sync", expect=75, timeout=60)
    assert 9 < time.monotonic() - began < 30
    assert f"{holder} (session {pid} of role postgres)" in done.stderr and f"select pg_terminate_backend({pid})" in done.stderr
    assert etl.one("select count(*) from sahut_etl.command_request where ended_at is null") == 0
    assert etl.status()["holder"] == holder and etl.status()["holder_session"] == pid
    # As it says.
    etl.sql(f"select pg_terminate_backend({pid})")
    etl.run("sync", timeout=30)


def test_a_lease_ends_with_its_time_and_what_is_committed_under_it_then_is_refused(pair, session):
    sandbox, etl = pair(conversations=20)
    etl.run("sync")
    its = session(etl)
    take(its, "sync on elsewhere, process 1")
    its.execute("select sahut_etl.must_hold(id) from sahut_etl.workspace")
    etl.sql("update sahut_etl.workspace_lease set held_until = now() - interval '1 second'")
    # Nobody wanted it yet.
    its.execute("select sahut_etl.must_hold(id) from sahut_etl.workspace")
    etl.sql("update sahut_etl.workspace_lease set held_until = now() - interval '1 second'")
    sandbox.change("create", 3)
    etl.run("sync")
    with pytest.raises(psycopg2.Error) as refused:
        its.execute("select sahut_etl.must_hold(id) from sahut_etl.workspace")
    assert refused.value.pgcode == "SE001"
    assert_equal(etl, sandbox)


@pytest.mark.parametrize("what", ["backend_started_at = backend_started_at - interval '1 hour'", "role_name = 'somebody'"])
def test_a_session_of_the_same_number_is_another_one(pair, session, what):
    sandbox, etl = pair(conversations=20)
    etl.run("sync")
    its = session(etl)
    take(its, "daemon on elsewhere, process 1")
    etl.sql(f"update sahut_etl.workspace_lease set {what}")
    assert etl.status()["holder"] is None
    etl.run("sync", timeout=30)


def test_the_number_of_a_session_in_another_database_holds_nothing(pair, cluster):
    """When it began, it shows to nobody but its own role and administrators: number, role and database have to tell."""
    sandbox, etl = pair(conversations=20)
    etl.run("sync")
    other = cluster.connect("postgres")
    with other.cursor() as cursor:
        cursor.execute("select pg_backend_pid(), backend_start from pg_stat_get_activity(pg_backend_pid())")
        pid, began = cursor.fetchone()
    etl.sql("""update sahut_etl.workspace_lease set holder = 'daemon on elsewhere, process 1', role_name = current_user, backend = %s,
        backend_started_at = %s, held_since = now(), held_until = now() + interval '10 minutes'""", pid, began)
    etl.run("sync", timeout=30)
    other.close()


def test_a_row_that_lies_in_an_open_transaction_is_named(pair, session):
    sandbox, etl = pair(conversations=20)
    etl.run("sync")
    its = session(etl, autocommit=False)
    its.execute("select pg_backend_pid() from sahut_etl.workspace_lease for update")
    pid = its.fetchone()[0]
    done = etl.run("sync", expect=75, timeout=60)
    assert f"session {pid} of role postgres" in done.stderr and f"pg_terminate_backend({pid})" in done.stderr
    its.connection.rollback()
    etl.run("sync", timeout=30)


@pytest.fixture
def prepared(session):
    """Leaves transactions behind that belong to no session any more; they end with the test."""
    made = []

    def leave(etl, user, what, name):
        its = session(etl, user)
        its.execute(f"begin; {what}")
        its.execute("prepare transaction %s", (name,))
        made.append((its, name))

    yield leave
    for its, name in made:
        its.execute("select from pg_prepared_xacts where gid = %s", (name,))
        if its.rowcount:
            its.execute("rollback prepared %s", (name,))


def test_a_prepared_transaction_is_named_where_it_is_in_the_way(pair, prepared):
    """It has no session that could be ended."""
    sandbox, etl = pair(conversations=20)
    etl.run("sync")
    name = "it's \x1b[31m mine"
    ends = "rollback prepared 'it''s \\x1b[31m mine'"
    prepared(etl, "postgres", "select from sahut_etl.workspace_lease for update", name)
    done = etl.run("sync", expect=75, timeout=60)
    assert "prepared transaction of role postgres, of " in done.stderr and ends in done.stderr, done.stderr
    assert "workspace_lease" in done.stderr and "just ended" not in done.stderr
    etl.sql("rollback prepared %s", name)
    prepared(etl, "postgres", "lock table sahut.conversation, sahut_etl.report_queue in share mode", "another")
    sandbox.change("create", 3)
    for args in (["sync"], ["migrate", "--rebuild-reports"]):
        done = etl.run(*args, expect=75, timeout=120)
        assert "prepared transaction of role postgres, of " in done.stderr and "rollback prepared 'another'" in done.stderr, (args, done.stderr)
        assert "ShareLock on sahut" in done.stderr


def test_a_strangers_prepared_transaction_stops_nothing_and_is_named(pair, stranger, prepared):
    sandbox, etl = pair(conversations=20)
    prepared(etl, stranger, "select pg_advisory_xact_lock(1396786261, 0), pg_advisory_xact_lock(1396786261, 1); lock table pg_settings", "strange")
    etl.run("migrate", timeout=30)
    etl.run("sync", timeout=30)
    etl.run("sync", timeout=30)
    assert_equal(etl, sandbox)
    assert etl.status()["state"] == "well"
    done = etl.run("check", timeout=30)
    assert "prepared transaction of role lease_stranger, of " in done.stdout and "stops nobody" in done.stdout
    assert "rollback prepared 'strange'" in done.stdout


def test_migrate_waits_for_nobody_without_end(warehouse, session):
    etl = warehouse("http://127.0.0.1:9/v1")
    its = session(etl, autocommit=False)
    its.execute("lock table sahut_etl.migration in access share mode; lock table sahut_etl.migration in row exclusive mode; select pg_backend_pid()")
    pid = its.fetchone()[0]
    began = time.monotonic()
    done = etl.run("migrate", expect=75, timeout=60)
    assert 9 < time.monotonic() - began < 30
    assert f"process {pid} of postgres" in done.stderr and f"end it: select pg_terminate_backend({pid})" in done.stderr
    its.connection.rollback()
    etl.run("migrate", timeout=30)


def test_every_command_that_waits_for_a_lock_names_who_has_it(pair, session):
    sandbox, etl = pair(conversations=20)
    etl.run("sync")
    contact = etl.one("select contact_id from sahut_pii.contact limit 1")
    its = session(etl, autocommit=False)
    tables = [t for t, in etl.sql("""select c.oid::regclass::text from pg_class c where c.relkind = 'r'
        and c.relnamespace::regnamespace::text in ('sahut', 'sahut_pii', 'sahut_report', 'sahut_etl')""")]
    its.execute(f"lock table {', '.join(tables)} in share mode")
    pid = its.connection.info.backend_pid
    for args in (["sync"], ["verify"], ["pause"], ["erase", contact], ["rejected", "--accept", "c_1"], ["rejected", "--retry", "c_1"],
                 ["migrate"], ["migrate", "--rebuild-reports"]):
        done = etl.run(*args, expect=None, timeout=150)
        if done.returncode != 0:
            assert f"{pid} of" in done.stderr and f"pg_terminate_backend({pid})" in done.stderr, (args, done.returncode, done.stderr)
        print(args, done.returncode, done.stderr[-300:])


def test_who_reads_is_named_to_a_migration_and_not_to_a_merge(warehouse, session):
    etl = warehouse("http://127.0.0.1:9/v1")
    its = session(etl, autocommit=False)
    its.execute("select pg_backend_pid() from sahut_report.channels")
    pid = its.connection.info.backend_pid
    with open(os.path.join(os.path.dirname(__file__), "..", "..", "sql", "warehouse", "lock_holder.sql")) as f:
        text = f.read()
    assert etl.sql(text.replace("$1", "0")) == []
    assert etl.one(text.replace("$1", "1")).startswith(f"process {pid} of postgres")


def test_two_that_migrate_at_once_both_succeed(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1", migrate=False)
    both = [etl.start("migrate") for _ in range(3)]
    for process in both:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, (out, err)
    assert etl.one("select count(*) from sahut_etl.migration") == etl.one("select max(version) from sahut_etl.migration")
    assert "privileges: all that is needed" in etl.run("check", expect=None).stdout


def test_a_workspace_that_nobody_works_on_shows_everywhere(pair, daemons):
    sandbox, etl = pair(conversations=50, workspace=FAST)
    health = "select state, detail from sahut_report.health where item = 'work'"
    etl.run("sync")
    assert etl.sql(health) == [("green", "by command, or by a timer")]
    daemon = daemons(etl)
    daemon.wait_text("works on 1 workspace")
    wait_for(lambda: etl.sql(health) == [("green", "a process works on it")], "health to be green")
    assert "no process works on it" not in etl.run("check").stdout
    daemon.kill()
    wait_for(lambda: etl.sql(health) == [("red", "no process works on it")], "health to be red")
    assert etl.status()["state"] == "unattended"
    assert "utama had a daemon, and no process works on it" in etl.run("check").stdout


def test_a_command_request_is_acknowledged_while_the_daemon_is_busy(pair, daemons):
    """A load that takes longer than the ten seconds: who asks goes on waiting, and gets what it asked for."""
    sandbox, etl = pair(conversations=6000, latency=200, workspace={**FAST, "max_in_flight": 1})
    daemon = daemons(etl)
    daemon.wait_text("works on 1 workspace")
    process = etl.start("sync")
    wait_for(lambda: etl.one("select count(*) from sahut_etl.command_request where heard_at is not null and taken_at is null"), "the daemon to hear")
    time.sleep(11)
    assert process.poll() is None
    sandbox.control("config", {"latency_ms": 0})
    assert process.wait(60) == 0
    process.stdout.close()
    process.stderr.close()
    assert etl.one("select state from sahut_etl.command_request") == "done"
    assert daemon.running()

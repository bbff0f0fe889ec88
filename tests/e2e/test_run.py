# SPDX-License-Identifier: MIT
"""The daemon: it follows, it does what commands hand to it, it keeps what it holds, and it can be killed."""
import signal
import time

import pytest

from daemon import loaded, wait_for
from etl import assert_equal

FAST = {"schedule": "{incremental: 5s, verify: 1m}"}


def test_it_loads_and_then_follows(pair, daemons):
    sandbox, etl = pair(conversations=300, workspace=FAST)
    daemon = daemons(etl)
    loaded(etl, 300)
    sandbox.change("create", 7)
    sandbox.change("update", 5)
    loaded(etl, 307)
    wait_for(lambda: etl.one("select running is null from sahut_etl.schedule"), "the cycle to end")
    assert daemon.stop() == 0
    assert_equal(etl, sandbox)


def test_it_loads_no_library_that_only_other_commands_need(pair, daemons):
    sandbox, etl = pair(conversations=50, workspace=FAST)
    daemon = daemons(etl)
    loaded(etl, 50)
    with open(f"/proc/{daemon.pid}/maps") as f:
        maps = f.read()
    assert "libcurl" in maps and "libsmartcols" not in maps


def test_a_command_hands_its_work_to_the_daemon(pair, daemons):
    sandbox, etl = pair(conversations=250, workspace={"schedule": "{incremental: 1h}"})
    daemons(etl)
    loaded(etl, 250)
    sandbox.change("silent", 3)
    done = etl.run("sync", "--full")
    assert "daemon" in done.stderr
    assert_equal(etl, sandbox)
    assert etl.sql("select kind, state from sahut_etl.command_request") == [("full", "done")]


def test_a_command_request_comes_before_what_is_due_and_survives_the_daemon(pair, daemons):
    sandbox, etl = pair(conversations=250, workspace={"schedule": "{incremental: 1h}"})
    daemon = daemons(etl)
    loaded(etl, 250)
    daemon.kill()
    workspace = etl.one("select id from sahut_etl.workspace")
    etl.sql("insert into sahut_etl.command_request (workspace_id, kind, asked_by) values (%s, 'full', 'a test')", workspace)
    daemons(etl)
    wait_for(lambda: etl.one("select state from sahut_etl.command_request") == "done", "the command_request")
    kinds = [k for (k,) in etl.sql("select kind from sahut_etl.run order by id")]
    assert kinds[:2] == ["first_load", "full"]


def test_two_workspaces_of_one_daemon_do_not_wait_for_each_other(sandboxes, warehouse, daemons):
    slow = sandboxes(conversations=5000, latency=5000)
    fast = sandboxes(conversations=200, key="sk_live_fast")
    etl = warehouse(slow.base_url, max_in_flight=1, **FAST)
    etl.add("cepat", fast.base_url, key="sk_live_fast", **FAST)
    daemons(etl)
    loaded(etl, 200, "cepat")
    fast.change("create", 5)
    loaded(etl, 205, "cepat")
    assert etl.one("select certified_at is null from sahut_etl.workspace where name = 'utama'")


def test_stopped_in_the_middle_of_a_load_it_goes_on_where_it_was(pair, daemons):
    sandbox, etl = pair(conversations=4000, latency=20, workspace={"max_in_flight": 1, **FAST})
    daemon = daemons(etl)
    wait_for(lambda: etl.one("select coalesce(max(batches), 0) from sahut_etl.sweep"), "a batch")
    assert daemon.stop() == 0
    before = etl.one("select count(*) from sahut.conversation")
    assert 0 < before < 4000
    sandbox.reset_stats()
    daemons(etl)
    loaded(etl, 4000)
    assert_equal(etl, sandbox)
    assert sandbox.stats()["by_kind"]["list"] <= 40 - before // 100 + 5


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_with_success(pair, daemons, how):
    _, etl = pair(conversations=100, workspace=FAST)
    daemon = daemons(etl)
    loaded(etl, 100)
    assert daemon.stop(how) == 0
    assert "stopping" in daemon.text()


def test_it_outlives_the_warehouse(pair, daemons):
    sandbox, etl = pair(conversations=150, workspace=FAST)
    daemon = daemons(etl)
    loaded(etl, 150)
    etl.sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'sahut-etl'")
    sandbox.change("create", 5)
    loaded(etl, 155)
    assert daemon.running()


def test_it_says_that_it_is_ready_before_anything_can_be_reached(tmp_path, daemons, warehouse):
    etl = warehouse("http://127.0.0.1:9/v1", **FAST)
    daemon = daemons(etl, notify=True)
    daemon.wait_notified("READY=1")
    wait_for(lambda: etl.one("select count(trouble) from sahut_etl.schedule"), "the trouble to be written down")
    assert daemon.stop() == 0
    assert "STOPPING=1" in daemon.notified()


def test_a_schema_of_another_version_ends_it(sandboxes, warehouse, daemons):
    sandbox = sandboxes(conversations=10)
    etl = warehouse(sandbox.base_url, migrate=False)
    daemon = daemons(etl)
    assert daemon.wait() == 78
    assert "migrate" in daemon.text()


def test_old_records_are_removed(pair, daemons):
    _, etl = pair(conversations=100, workspace=FAST)
    etl.run("sync")
    workspace = etl.one("select id from sahut_etl.workspace")
    etl.sql("""insert into sahut_etl.run (workspace_id, kind, state, began_at, ended_at)
        select %s, 'incremental', 'ok', now() - interval '100 days', now() - interval '100 days' from generate_series(1, 1200)""", workspace)
    etl.sql("""insert into sahut_etl.rejected_item (workspace_id, fingerprint, reason, item, first_seen_at, last_seen_at)
        values (%s, 'old', '$.x: y', '{}', now() - interval '40 days', now() - interval '40 days'),
            (%s, 'new', '$.x: y', '{}', now() - interval '20 days', now() - interval '20 days')""", workspace, workspace)
    daemons(etl)
    wait_for(lambda: etl.one("select count(*) from sahut_etl.run where ended_at < now() - interval '90 days'") == 0, "old runs to go", 60)
    # What they said goes; that they are missing stays known, since nothing is complete around them.
    wait_for(lambda: etl.sql("select fingerprint, reason, item from sahut_etl.rejected_item order by 1") == [
        ("new", "$.x: y", "{}"), ("old", "$.x: kept no longer", '"expired"')], "old items to be emptied", 60)


def test_a_list_that_changes_its_order_is_learned_anew(pair, daemons):
    """Demoted and said once, what was published taken back, everything read, the new order learned, and equal in the end."""
    sandbox, etl = pair(conversations=900, ago="2h", workspace={**FAST, "lookback": "10s"})
    daemon = daemons(etl)
    loaded(etl, 900)
    assert etl.status()["order"] == "updated_desc"
    sandbox.control("clock", {"advance": 3600})
    wait_for(lambda: etl.one("select complete_as_of - certified_at > interval '30 minutes' from sahut_etl.workspace"), "it to follow")
    published = etl.one("select complete_as_of from sahut_etl.workspace")
    sandbox.control("config", {"order": "created_asc"})
    wait_for(lambda: etl.one("select list_order from sahut_etl.workspace") == "created_asc", "the new order")
    # Taken back, before it rose again by the sweep that learned the order.
    assert etl.one("select count(*) from sahut_etl.run where verdict = 'demoted'") == 1
    assert etl.one("select complete_as_of >= %s from sahut_etl.workspace", published)
    sandbox.change("update", 9)
    sandbox.change("resolve", 4)
    etl.run("sync", "--full")
    assert daemon.stop() == 0
    assert_equal(etl, sandbox)
    said = daemon.text()
    assert said.count("order_demoted") == 1 and said.count("order_learned") == 2


def test_a_workspace_that_was_renamed_keeps_what_it_holds(pair, daemons):
    sandbox, etl = pair(conversations=150, workspace=FAST)
    etl.run("sync")
    etl.workspaces[0]["name"] = "baru"
    etl.write()
    daemon = daemons(etl)
    daemon.wait_text("holds workspaces that are not configured: utama")
    wait_for(lambda: etl.one("select count(*) from sahut_etl.rejected_item") > 0, "items that another workspace holds")
    with pytest.raises(Exception, match="end it first"):
        etl.sql("select sahut_etl.rename_workspace('utama', 'baru')")
    daemon.stop()
    # The server hears of the end a moment later, and the locks go with the sessions.
    wait_for(lambda: etl.one("select count(*) from pg_stat_activity where datname = current_database() and application_name = 'sahut-etl'") == 0,
             "the daemon's sessions to end")
    etl.sql("select sahut_etl.rename_workspace('utama', 'baru')")
    sandbox.change("create", 5)
    daemons(etl)
    loaded(etl, 155, "baru")
    assert etl.sql("select name from sahut_etl.workspace") == [("baru",)]
    assert etl.one("select count(*) from sahut_etl.rejected_item") == 0
    assert_equal(etl, sandbox, "baru")


def test_a_schedule_that_the_quota_cannot_bear_is_said_with_the_sum(pair, daemons):
    _, etl = pair(conversations=300, order="heap", workspace={"schedule": "{incremental: 5s, verify: 1m}"})
    etl.run("sync")
    etl.workspaces[0]["requests_per_minute"] = 5
    etl.write()
    daemon = daemons(etl)
    daemon.wait_text("event=schedule_tight")
    assert daemon.text().count("event=schedule_tight") == 1
    line = next(l for l in daemon.text().splitlines() if "schedule_tight" in l)
    assert "level=warning" in line and "4 requests a minute" in line
    wait_for(lambda: etl.one("select advice is not null from sahut_etl.schedule"), "the advice")


def test_what_a_verify_finds_different_is_repaired_at_once(pair, daemons):
    sandbox, etl = pair(conversations=450, workspace={"schedule": "{incremental: 1h, verify: 12h}"})
    daemon = daemons(etl)
    loaded(etl, 450)
    gone = sandbox.change("delete", 3)
    assert etl.run("verify", expect=None).returncode == 1
    wait_for(lambda: etl.one("select live_count from sahut_etl.workspace") == 447, "the repair")
    wait_for(lambda: etl.one("select running is null from sahut_etl.schedule"), "its end")
    assert {r[0] for r in etl.sql("select id from sahut.conversation where deleted_at is not null")} == set(gone)
    kinds = [k for (k,) in etl.sql("select kind from sahut_etl.run order by id")]
    assert kinds == ["first_load", "verify", "repair"]
    assert daemon.stop() == 0
    assert_equal(etl, sandbox)


# ---- what is handed to the daemon, and does not end well ----

def handed(etl):
    wait_for(lambda: etl.sql("select 1 from sahut_etl.command_request where ended_at is null"), "the command_request to be asked for")


def test_what_the_daemon_could_not_do_is_told(pair, daemons):
    sandbox, etl = pair(conversations=120, workspace={"schedule": "{incremental: 1h}"})
    daemons(etl)
    loaded(etl, 120)
    sandbox.fault("status", status=403, body='{"error": {"code": "forbidden", "message": "no"}}', times=0)
    done = etl.run("sync", "--full", expect=77)
    assert "utama: the daemon: " in done.stderr and "403" in done.stderr
    assert etl.sql("select kind, state from sahut_etl.command_request") == [("full", "failed")]


@pytest.mark.parametrize("command", [["sync", "--full"], ["verify", "--full"]], ids=" ".join)
def test_who_does_not_wait_any_more_takes_the_request_back(pair, daemons, command):
    sandbox, etl = pair(conversations=120, workspace={"schedule": "{incremental: 1h}"})
    daemon = daemons(etl)
    loaded(etl, 120)
    daemon.send(signal.SIGSTOP)
    process = etl.start(*command)
    handed(etl)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 75
    daemon.send(signal.SIGCONT)
    assert etl.sql("select 1 from sahut_etl.command_request where ended_at is null") == []


def test_a_command_request_whose_daemon_dies_is_done_by_who_asked(pair, daemons):
    sandbox, etl = pair(conversations=120, workspace={"schedule": "{incremental: 1h}"})
    daemon = daemons(etl)
    loaded(etl, 120)
    sandbox.change("silent", 3)
    daemon.send(signal.SIGSTOP)
    process = etl.start("sync", "--full")
    handed(etl)
    daemon.kill()
    said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert_equal(etl, sandbox)
    assert etl.sql("select 1 from sahut_etl.command_request where ended_at is null") == []


@pytest.mark.parametrize("command", [["sync"], ["verify"], ["verify", "--full", "--repair"]], ids=" ".join)
def test_a_command_is_told_to_end_in_the_middle(pair, command):
    sandbox, etl = pair(conversations=1200, latency=0)
    etl.run("sync")
    sandbox.control("config", {"latency_ms": 3000})
    sandbox.reset_stats()
    process = etl.start(*command)
    wait_for(lambda: sandbox.stats()["requests"] >= 1, "the first request")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 75
    sandbox.control("config", {"latency_ms": 0})
    etl.run("sync")
    assert_equal(etl, sandbox)

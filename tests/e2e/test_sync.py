# SPDX-License-Identifier: MIT
"""The main job: a workspace in PostgreSQL, equal to what the API shows."""
import json
import re
import signal
import time

import pytest

from etl import assert_equal

ORDERS = ["updated_desc", "updated_asc", "created_desc", "created_asc", "id_asc", "id_desc", "heap", "ties"]


def test_first_load_equals_the_source(pair):
    sandbox, etl = pair(conversations=2500)
    etl.run("sync")
    assert_equal(etl, sandbox)
    assert etl.one("select count(*) from sahut_report.conversations") == 2500


def test_second_run_with_nothing_changed_writes_no_conversation(pair):
    sandbox, etl = pair(conversations=700)
    etl.run("sync")
    before = etl.sql("select id, xmin::text, ctid::text from sahut.conversation order by 1")
    tables = """select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables
        where schemaname in ('sahut', 'sahut_pii') order by 1"""
    written = etl.counted(tables)
    etl.run("sync")
    assert etl.sql("select id, xmin::text, ctid::text from sahut.conversation order by 1") == before
    assert etl.counted(tables) == written
    assert_equal(etl, sandbox)


@pytest.mark.parametrize("order", ORDERS)
def test_changes_are_followed_in_every_order(pair, order):
    sandbox, etl = pair(conversations=450, order=order)
    etl.run("sync", expect=None)
    for kind in ("create", "update", "resolve", "reopen", "reassign", "relabel", "snooze"):
        sandbox.change(kind, 5)
    etl.run("sync", "--full", expect=None)
    assert_equal(etl, sandbox)


def test_a_list_without_any_order_is_never_called_complete(pair):
    sandbox, etl = pair(conversations=450, order="shuffle")
    done = etl.run("sync", expect=None)
    missing = 450 - etl.one("select count(*) from sahut.conversation")
    assert done.returncode == (75 if missing else 0)
    assert etl.one("select complete_as_of is null from sahut_etl.workspace") == bool(missing)


def test_silent_edits_and_deletions_are_found_by_a_full_sweep(pair):
    sandbox, etl = pair(conversations=450)
    etl.run("sync")
    sandbox.change("silent", 5)
    gone = sandbox.change("delete", 3)
    etl.run("sync", "--full")
    assert_equal(etl, sandbox)
    assert {r[0] for r in etl.sql("select id from sahut.conversation where deleted_at is not null")} == set(gone)
    assert etl.one("select silent_edit_count from sahut_etl.workspace") == 5
    assert {r[0] for r in etl.sql("select conversation_id from sahut.conversation_event where event_type = 'deleted'")} == set(gone)


def test_a_list_that_moves_while_it_is_read_loses_nothing(pair):
    sandbox, etl = pair(conversations=1500, drift_per_request=3, drift="create=2,update=6,resolve=4,reopen=1,reassign=2,relabel=2,snooze=1,delete=1")
    etl.run("sync", expect=None)
    sandbox.control("config", {"drift_per_request": 0})
    # What was created and deleted within the lookback may still be on its way to a replica; later it is asked for.
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", "--full")
    assert_equal(etl, sandbox)


def test_killed_in_the_middle_it_goes_on_where_it_was(pair):
    sandbox, etl = pair(conversations=4000, latency=20, workspace={"max_in_flight": 1})
    process = etl.start("sync")
    deadline = time.monotonic() + 30
    while not etl.one("select coalesce(max(batches), 0) from sahut_etl.sweep") and time.monotonic() < deadline:
        time.sleep(0.02)
    etl.kill(process, signal.SIGKILL)
    loaded = etl.one("select count(*) from sahut.conversation")
    assert 0 < loaded < 4000
    sandbox.reset_stats()
    etl.run("sync")
    assert_equal(etl, sandbox)
    # The last page is full: it is looked behind that.
    assert sandbox.stats()["by_kind"]["list"] <= 40 - loaded // 100 + 3
    assert etl.one("select state from sahut_etl.run order by id limit 1") == "interrupted"


def test_a_full_sweep_ends_when_all_it_missed_are_too_young_to_be_suspected(pair):
    sandbox, etl = pair(conversations=300)
    etl.run("sync")
    new = sandbox.change("create", 1)
    etl.run("sync")
    sandbox.change("delete", id=new[0])
    etl.run("sync", "--full")
    assert etl.sql("select state from sahut_etl.run order by id")[-1] == ("ok",)
    assert etl.one("select count(*) from sahut_etl.sweep_seen") == 0
    sandbox.control("clock", {"advance": 300})
    etl.run("sync", "--full")
    assert_equal(etl, sandbox)


def test_what_a_full_sweep_asks_for_by_itself(pair):
    """Ids as strangers choose them, an answer that is none, and one that is of another conversation, into which it was merged."""
    sandbox, etl = pair(conversations=300, ago="1h")
    etl.run("sync")
    first, second, third = (c["id"] for c in sandbox.dump()["conversations"][:3])
    shown = {i: json.loads(etl.run("conversations", "get", i).stdout) for i in (first, second, third)}
    strange = 'a"b\\c,{}'
    sandbox.control("item", {"id": first, "raw": json.dumps({**shown[first], "id": strange})})
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", "--full")
    assert etl.sql("select deleted_at is null from sahut.conversation where id = %s", strange) == [(True,)]
    # It is called as before, and another one has become part of a third.
    sandbox.control("item", {"id": first, "raw": json.dumps(shown[first])})
    sandbox.control("item", {"id": second, "raw": json.dumps({**shown[second], "id": "conv_other"})})
    sandbox.control("clock", {"advance": 600})
    said = etl.run("-v", "sync", "--full").stderr
    assert re.search(rf'level=debug msg="utama: conversation {second}"', said)
    gone = dict(etl.sql("select id, deleted_at is not null from sahut.conversation where id = any(%s)", [strange, first, second, third, "conv_other"]))
    assert gone == {strange: True, first: False, second: True, third: False, "conv_other": False}
    # An answer that cannot be read proves nothing.
    sandbox.control("item", {"id": third, "raw": json.dumps({**shown[third], "id": "conv_third"})})
    for body in ('{"data": {"id": 7}}', "<html>", "{}"):
        sandbox.control("fault", method="DELETE")
        sandbox.fault("status", match="get", status=200, body=body, times=0)
        sandbox.control("clock", {"advance": 600})
        etl.run("sync", "--full", expect=65)
        assert etl.sql("select deleted_at is null from sahut.conversation where id = %s", third) == [(True,)]


def test_a_copy_that_was_older_than_what_was_held_is_looked_at_again(pair):
    """The stale copy is asked of the warehouse, the conversation of the API, and then there is none."""
    sandbox, etl = pair(conversations=300)
    etl.run("sync")
    one, gone = (c["id"] for c in sandbox.dump()["conversations"][:2])
    for i in (one, gone):
        etl.sql("insert into sahut_etl.stale_copy (workspace_id, conversation_id, seen_at) select workspace_id, id, now() from sahut.conversation where id = %s", i)
    sandbox.change("silent", id=one)
    sandbox.change("delete", id=gone)
    sandbox.control("clock", {"advance": 600})
    sandbox.reset_stats()
    etl.run("sync")
    assert sandbox.stats()["by_kind"].get("get") >= 2
    assert etl.one("select count(*) from sahut_etl.stale_copy") == 0
    assert_equal(etl, sandbox)


def test_killed_while_it_asks_for_what_a_sweep_missed_it_goes_on(pair):
    sandbox, etl = pair(conversations=300)
    etl.run("sync")
    gone = sandbox.change("delete", 3)
    sandbox.fault("delay", match="get", times=0, ms=20000)
    process = etl.start("sync", "--full")
    deadline = time.monotonic() + 30
    while not sandbox.stats()["by_kind"].get("get") and time.monotonic() < deadline:
        time.sleep(0.02)
    etl.kill(process, signal.SIGKILL)
    assert etl.one("select state from sahut_etl.sweep order by id desc limit 1") == "running"
    sandbox.control("fault", method="DELETE")
    etl.run("sync")
    etl.run("sync", "--full")
    assert etl.one("select state from sahut_etl.sweep order by id desc limit 1") == "certified"
    assert etl.one("select count(*) from sahut_etl.sweep_seen") == 0
    assert {r[0] for r in etl.sql("select id from sahut.conversation where deleted_at is not null")} == set(gone)
    assert_equal(etl, sandbox)


def test_two_workspaces_in_one_warehouse(sandboxes, warehouse):
    sandbox = sandboxes(conversations=300, workspaces=["key=sk_live_two,conversations=450,seed=7,order=id_asc"])
    etl = warehouse(sandbox.base_url)
    etl.add("kedua", sandbox.base_url, key="sk_live_two", timezone="Asia/Makassar")
    etl.run("sync")
    assert_equal(etl, sandbox)
    assert_equal(etl, sandbox, "kedua", "sk_live_two")


def test_an_id_that_another_workspace_holds_is_rejected(sandboxes, warehouse):
    sandbox = sandboxes(conversations=120)
    etl = warehouse(sandbox.base_url)
    etl.run("sync")
    etl.add("lain", sandbox.base_url)
    etl.run("-w", "lain", "sync", expect=None)
    assert etl.one("select count(*) from sahut.conversation") == 120
    assert etl.one("select count(*) from sahut_etl.rejected_item where reason like '%workspace \"utama\"%'") == 120


@pytest.mark.parametrize("n", [0, 1, 99, 100, 101, 200])
def test_sizes_around_a_page(pair, n):
    sandbox, etl = pair(conversations=n)
    etl.run("sync")
    assert_equal(etl, sandbox)
    assert etl.one("select complete_as_of is not null from sahut_etl.workspace")

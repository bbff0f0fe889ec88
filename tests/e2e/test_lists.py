# SPDX-License-Identifier: MIT
"""Lists that do not show everything: what they show is held, what is proven is proven, and what is missing is named."""
import signal

import pytest

from daemon import Daemon, wait_for
from etl import assert_equal, held, usec

BEYOND = ["400", "404", "422", "empty", "repeat"]


def verdict(etl):
    return etl.one("select verdict from sahut_etl.run order by id desc limit 1")


def certified(etl):
    return etl.one("select certified_at is not null from sahut_etl.workspace")


# ---- lists that stop at a depth ------------------------------------------------

@pytest.mark.parametrize("order,beyond", [("updated_desc", b) for b in BEYOND] + [
    ("updated_asc", "422"), ("updated_asc", "repeat"), ("id_asc", "400")])
def test_a_list_deeper_than_its_pages_go_is_read_by_its_parts(pair, order, beyond):
    """1,200 behind a depth of 700: the resolved ones alone are deeper, and their channels are not."""
    sandbox, etl = pair(conversations=1200, order=order)
    sandbox.control("config", {"depth": 700, "beyond": beyond})
    etl.run("sync")
    assert verdict(etl) == "certified" and certified(etl)
    assert etl.sql("select list_depth, list_beyond from sahut_etl.workspace") == [(700, 0)]
    assert_equal(etl, sandbox)
    sandbox.change("create", 3)
    sandbox.change("resolve", 3)
    sandbox.change("delete", 2)
    etl.run("sync", expect=None)
    sandbox.control("clock", {"advance": 600})
    etl.run("verify", "--repair")
    etl.run("sync", "--full")
    assert verdict(etl) == "certified"
    assert_equal(etl, sandbox)


def test_one_part_that_is_too_deep_is_named_and_all_else_is_held(pair):
    sandbox, etl = pair(conversations=3000)
    sandbox.control("config", {"depth": 100})
    etl.run("sync", expect=75)
    assert not certified(etl)
    parts = etl.sql("select status, channel_id, assignee_id, unassigned, api, read from sahut_etl.deep_part order by place")
    assert parts and all(read == 100 < api for _, _, _, _, api, read in parts)
    lost, ours = {}, held(etl)
    for c in sandbox.dump()["conversations"]:
        if c["id"] not in ours:
            key = c["status"], c["channel"]["id"], (c["assignee"] or {}).get("id"), c["assignee"] is None
            lost[key] = lost.get(key, 0) + 1
    assert lost and set(lost) <= {p[:4] for p in parts}
    assert sum(lost.values()) <= etl.one("select list_beyond from sahut_etl.workspace") == sum(p[4] - p[5] for p in parts)
    # What comes in is held all the same.
    fresh = sandbox.change("create", 3)
    etl.run("sync", expect=75)
    assert not set(fresh) - set(held(etl))


def test_a_page_that_is_refused_once_is_no_depth(pair):
    sandbox, etl = pair(conversations=700)
    sandbox.fault("status", after=3, times=1, status=422)
    etl.run("sync")
    assert etl.sql("select list_depth, certified_at is not null from sahut_etl.workspace") == [(0, True)]
    assert_equal(etl, sandbox)


def test_a_first_page_that_is_refused_fails(pair):
    sandbox, etl = pair(conversations=700)
    sandbox.fault("status", times=0, status=422)
    done = etl.run("sync", expect=65)
    assert "422" in done.stderr


# ---- lists that keep conversations to themselves --------------------------------------

def unlisted(etl):
    return {r[0] for r in etl.sql("select id from sahut.conversation where unlisted_since is not null")}


def test_what_is_archived_is_unlisted_after_two_looks_and_not_asked_for_ever(pair):
    sandbox, etl = pair(conversations=600, order="id_asc", ago="3h")
    etl.run("sync")
    hidden = set(sandbox.change("archive", 12))
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", "--full", expect=75)
    assert verdict(etl) == "uncertified" and not unlisted(etl)
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", "--full")
    assert verdict(etl) == "certified" and unlisted(etl) == hidden
    assert etl.one("select count(*) from sahut.conversation where deleted_at is not null") == 0
    # The counts agree again, and of the unlisted a few are asked for a night.
    sandbox.reset_stats()
    etl.run("verify")
    assert sandbox.stats()["requests"] == 5
    sandbox.control("clock", {"advance": 600})
    sandbox.reset_stats()
    etl.run("sync", "--full")
    assert sandbox.stats()["by_kind"]["get"] == 5
    back = sandbox.change("unarchive", 3)
    gone = sandbox.change("delete", id=(hidden - set(back)).pop())
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", "--full", expect=None)
    assert unlisted(etl) <= hidden - set(back)
    for _ in range(3):
        sandbox.control("clock", {"advance": 600})
        etl.run("sync", "--full")
    assert unlisted(etl) == hidden - set(back) - set(gone)
    assert_equal(etl, sandbox)


def test_deletions_that_are_not_believed_are_not_read_for_again(pair):
    sandbox, etl = pair(conversations=400)
    etl.run("sync")
    sandbox.change("update", 60)
    etl.run("sync")
    newest = sorted(sandbox.dump()["conversations"], key=lambda c: c["updated_at"])[-45:]
    for c in newest:
        sandbox.change("delete", id=c["id"])
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", expect=None)
    etl.run("sync", "--full", expect=None)
    assert etl.one("select count(*) from sahut.conversation where deleted_at is not null") == 0
    for _ in range(2):
        sandbox.reset_stats()
        etl.run("sync")
        assert (verdict(etl), sandbox.stats()["requests"]) == ("complete", 1)
    etl.run("verify", "--full", "--repair")
    assert_equal(etl, sandbox)


# ---- lists that do not say how many there are, and filters that do nothing ----------------

def test_a_total_in_a_string_is_a_total(pair):
    sandbox, etl = pair(conversations=400)
    sandbox.control("config", {"total": "text"})
    etl.run("sync")
    assert verdict(etl) == "certified"
    etl.run("verify")
    assert_equal(etl, sandbox)


@pytest.mark.parametrize("total", ["null", "missing"])
def test_without_a_total_all_is_held_and_nothing_is_proven(pair, total):
    sandbox, etl = pair(conversations=750)
    sandbox.control("config", {"total": total})
    etl.run("sync", expect=75)
    assert_equal(etl, sandbox)
    assert etl.sql("select certified_at, complete_as_of, unproven from sahut_etl.workspace") == [(None, None, "untold")]
    etl.run("verify", expect=None)
    assert not certified(etl)


@pytest.mark.slow
def test_without_a_total_a_load_that_is_killed_goes_on_where_it_was(pair):
    """Begun anew each time it would never end where something ends it again and again."""
    sandbox, etl = pair(conversations=1900, latency=400, workspace={"max_in_flight": 1})
    sandbox.control("config", {"total": "null"})
    process = etl.start("sync")
    wait_for(lambda: etl.one("select count(*) from sahut.conversation") > 300, "a batch")
    etl.kill(process, signal.SIGKILL)
    loaded = etl.one("select count(*) from sahut.conversation")
    assert 300 < loaded < 1900
    sandbox.reset_stats()
    etl.run("sync", expect=75)
    assert_equal(etl, sandbox)
    # Begun anew it would be its nineteen pages, and three looks behind the last one.
    assert sandbox.stats()["by_kind"]["list"] < 19 + 3
    assert not certified(etl)


def test_filters_that_do_nothing_are_noticed_and_not_used(pair):
    sandbox, etl = pair(conversations=700, order="id_asc", ago="3h")
    sandbox.control("config", {"filters": "ignored"})
    etl.run("sync", expect=None)
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", expect=None)
    assert etl.one("select filterless from sahut_etl.workspace")
    for _ in range(2):
        sandbox.control("clock", {"advance": 600})
        sandbox.reset_stats()
        etl.run("sync")
        assert (verdict(etl), sandbox.stats()["requests"] <= 10) == ("certified", True)
    sandbox.reset_stats()
    etl.run("verify")
    assert sandbox.stats()["requests"] <= 6
    assert_equal(etl, sandbox)
    sandbox.control("config", {"filters": "heeded"})
    etl.run("verify")
    etl.run("verify", "--repair", expect=None)
    assert_equal(etl, sandbox)


def test_a_part_that_cannot_be_counted_leaves_its_whole(pair):
    sandbox, etl = pair(conversations=1500, order="id_asc", resolved=98)
    sandbox.control("config", {"unassigned_refused": True})
    etl.run("sync")
    free = [c["id"] for c in sandbox.dump()["conversations"] if c["status"] == "resolved" and not c["assignee"]][:2]
    for i in free:
        sandbox.change("delete", id=i)
    sandbox.control("clock", {"advance": 600})
    etl.run("verify", expect=1)
    etl.run("verify", "--repair")
    assert_equal(etl, sandbox)


@pytest.mark.slow
@pytest.mark.parametrize("deep", [False, True])
def test_a_day_behind_a_depth(pair, deep):
    """12,000 behind a depth of 10,000, or with a part that is deeper still, and a daemon for a day of the API's time."""
    sandbox, etl = pair(conversations=12000, resolved=97, ago="2d", workspace={
        "schedule": "{incremental: 5s, verify: 1m}"})
    sandbox.control("config", {"depth": 300 if deep else 10000})
    etl.run("sync", expect=75 if deep else 0, timeout=600)
    first = sandbox.stats()["requests"]
    sandbox.reset_stats()
    began = usec(sandbox.dump()["now"])
    sandbox.control("config", {"drift_per_second": 5})
    sandbox.control("clock", {"speed": 900})
    daemon = Daemon(etl)
    try:
        wait_for(lambda: (usec(sandbox.dump()["now"]) - began).total_seconds() > 43200, "half a day", 300)
        etl.run("sync", "--full", expect=None, timeout=300)
        wait_for(lambda: (usec(sandbox.dump()["now"]) - began).total_seconds() > 86400, "the other half", 300)
        sandbox.control("config", {"drift_per_second": 0})
        day = sandbox.stats()["requests"]
        sandbox.control("clock", {"speed": 1, "advance": 600})
        runs = etl.sql("select strategy, verdict, count(*), sum(requests) from sahut_etl.run group by 1, 2 order by 1, 2")
        print(first, day, runs, etl.sql("select * from sahut_etl.deep_part"))
        assert day < 48 * 1440
        assert daemon.stop() == 0
    finally:
        daemon.end()
    etl.run("sync", expect=None)
    truth, ours = sandbox.dump()["conversations"], held(etl)
    lost = [c for c in truth if c["id"] not in ours]
    if not deep:
        etl.run("sync", "--full")
        assert verdict(etl) == "certified" and not lost
        assert_equal(etl, sandbox)
    else:
        assert len(lost) <= etl.one("select list_beyond from sahut_etl.workspace")
        parts = {p for p, in etl.sql("select concat_ws('/', status, channel_id, assignee_id) from sahut_etl.deep_part")}
        assert lost and {"/".join(filter(None, (c["status"], c["channel"]["id"], (c["assignee"] or {}).get("id")))) for c in lost} <= parts


def test_an_updated_at_that_goes_backwards_is_believed_after_two_looks(pair):
    sandbox, etl = pair(conversations=300, order="id_asc", ago="6h")
    etl.run("sync")
    for c in sandbox.dump()["conversations"][:3]:
        sandbox.change("set_back", id=c["id"], seconds=86400)
    before = held(etl)
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", "--full")
    assert held(etl) == before
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", "--full")
    assert_equal(etl, sandbox)


def test_counts_that_are_more_than_the_whole_take_back_what_was_published(pair):
    """The whole list leaves a status out from some day on: an audit sees it, and no sweep certifies it afterwards."""
    sandbox, etl = pair(conversations=900, ago="3h")
    etl.run("sync")
    certified_at = etl.one("select certified_at from sahut_etl.workspace")
    sandbox.control("clock", {"advance": 600})
    etl.run("sync")
    assert etl.one("select complete_as_of > certified_at from sahut_etl.workspace")
    sandbox.control("config", {"leaves_out": "snoozed"})
    sandbox.change("snooze", 5)
    sandbox.control("clock", {"advance": 600})
    etl.run("verify", expect=1)
    assert etl.sql("select unproven, complete_as_of from sahut_etl.workspace") == [("parts", certified_at)]
    for _ in range(2):
        sandbox.control("clock", {"advance": 600})
        etl.run("sync", "--full", expect=75)
        assert etl.one("select complete_as_of from sahut_etl.workspace") == certified_at
    sandbox.control("config", {"leaves_out": "none"})
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", "--full")
    assert certified(etl) and etl.one("select unproven from sahut_etl.workspace") is None
    assert_equal(etl, sandbox)

# SPDX-License-Identifier: MIT
"""Lists that do not show everything: what they show is held, what is proven is proven, and what is missing is named."""
import pytest

from etl import assert_equal, held

BEYOND = ["400", "404", "422", "empty", "repeat"]


def verdict(etl):
    return etl.one("select verdict from sahut_etl.run order by id desc limit 1")


def certified(etl):
    return etl.one("select certified_at is not null from sahut_etl.workspace")


def missing(etl, sandbox):
    return {c["id"] for c in sandbox.dump()["conversations"]} - set(held(etl))


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
    lost = {}
    for c in sandbox.dump()["conversations"]:
        if c["id"] not in held(etl):
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

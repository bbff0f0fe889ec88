# SPDX-License-Identifier: MIT
"""The counts of the API against the warehouse's: cheap when they agree, exact where they do not."""
import json

import pytest

from etl import assert_equal

# Its tests move the clock on by more than a few minutes.
AGO = "3h"

CHANGED = "select id, xmin::text, ctid::text from sahut.conversation order by 1"


def requests(sandbox):
    return sandbox.stats()["requests"]


def delete_resolved(sandbox, key=None):
    """One of those that no cycle of changes looks at again, where the list has no order to rely on."""
    resolved = next(c["id"] for c in sandbox.dump(key)["conversations"] if c["status"] == "resolved")
    sandbox.change("delete", id=resolved, key=key)


def verify(etl, *options, expect):
    done = etl.run("verify", "--json", *options, expect=expect)
    return json.loads(done.stdout)[0]


def test_an_equal_workspace_costs_five_requests_and_no_write(pair):
    sandbox, etl = pair(conversations=1200)
    etl.run("sync")
    before = etl.sql(CHANGED), etl.one("select count(*) from sahut_etl.run")
    sandbox.reset_stats()
    found = verify(etl, expect=0)
    assert found["verdict"] == "equal" and found["cells"] == []
    assert [(c["status"], c["api"]) for c in found["counts"]] == [(c["status"], c["held"]) for c in found["counts"]]
    assert found["counts"][0] == {"status": None, "api": 1200, "held": 1200}
    assert requests(sandbox) == found["requests"] == 5
    assert (etl.sql(CHANGED), etl.one("select count(*) from sahut_etl.run")) == before


def test_changes_that_a_cycle_explains_are_no_difference(pair):
    sandbox, etl = pair(conversations=700)
    etl.run("sync")
    sandbox.change("create", 3)
    sandbox.change("resolve", 4)
    assert verify(etl, expect=0)["verdict"] == "equal"
    assert_equal(etl, sandbox)


@pytest.mark.slow
def test_what_was_deleted_and_what_was_hidden_is_named_and_mended(pair):
    """In 50,000 of which 98 % are resolved, finding and mending both costs at most a tenth of reading everything."""
    sandbox, etl = pair(conversations=50000, resolved=98)
    etl.run("sync", timeout=300)
    gone = sandbox.change("delete", 1)
    # One that began long ago and is shown only now: no scan of what changed can see it.
    hidden = sandbox.change("backdate", 1, seconds=90 * 86400)
    sandbox.control("clock", {"advance": 600})
    sandbox.reset_stats()
    found = verify(etl, expect=1)
    assert found["verdict"] == "different" and 1 <= len(found["cells"]) <= 4
    assert sum(abs(c["api"] - c["held"]) for c in found["cells"]) in (1, 2)
    assert all(c["api"] != c["held"] for c in found["cells"])
    verify(etl, "--repair", expect=0)
    assert requests(sandbox) <= 50
    assert {r[0] for r in etl.sql("select id from sahut.conversation where deleted_at is not null")} == set(gone)
    assert etl.one("select count(*) from sahut.conversation where id = %s", hidden[0]) == 1
    assert_equal(etl, sandbox)
    assert verify(etl, expect=0)["verdict"] == "equal"


def test_differences_that_remain_end_with_1(pair):
    sandbox, etl = pair(conversations=400, order="id_asc")
    etl.run("sync")
    delete_resolved(sandbox)
    assert verify(etl, expect=1)["verdict"] == "different"
    assert verify(etl, expect=1)["verdict"] == "different"
    done = etl.run("verify", expect=1)
    assert "the counts differ" in done.stdout and "differs" in done.stdout


def test_full_finds_what_counts_cannot_show(pair):
    sandbox, etl = pair(conversations=500, order="id_asc")
    etl.run("sync")
    sandbox.change("silent", 2)
    assert verify(etl, expect=0)["verdict"] == "equal"
    assert verify(etl, "--full", expect=0)["verdict"] == "equal"
    assert_equal(etl, sandbox)
    assert etl.one("select silent_edit_count from sahut_etl.workspace") == 2


def test_more_deletions_than_are_believable_want_a_person(pair):
    sandbox, etl = pair(conversations=400)
    etl.run("sync")
    sandbox.change("delete", 60)
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", "--full", expect=None)
    assert etl.one("select count(*) from sahut.conversation where deleted_at is not null") == 0
    etl.run("verify", "--full", "--repair")
    assert etl.one("select count(*) from sahut.conversation where deleted_at is not null") == 60
    assert_equal(etl, sandbox)


@pytest.mark.parametrize("order", ["updated_desc", "id_asc", *(pytest.param(o, marks=pytest.mark.slow) for o in ("updated_asc", "created_desc"))])
def test_a_list_that_stands_otherwise_than_relied_on_is_noticed_by_a_verify(pair, order):
    other = "id_asc" if order.startswith("updated") else "updated_desc"
    sandbox, etl = pair(conversations=800, order=order)
    etl.run("sync")
    if etl.status()["order"] == "unknown":
        return
    sandbox.control("config", {"order": other})
    for _ in range(6):
        etl.run("verify", expect=None)
        etl.run("sync", expect=None)
    etl.run("sync", "--full", expect=None)
    assert etl.status()["order"] != order
    sandbox.change("update", 5)
    etl.run("sync", *(["--full"] if etl.status()["order"] == "unknown" else []))
    assert_equal(etl, sandbox)


def test_two_workspaces_are_compared_each_for_itself(sandboxes, warehouse):
    sandbox = sandboxes(conversations=300, workspaces=["key=sk_live_two,conversations=250,seed=7,order=id_asc"])
    etl = warehouse(sandbox.base_url)
    etl.add("kedua", sandbox.base_url, key="sk_live_two")
    etl.run("sync")
    delete_resolved(sandbox, "sk_live_two")
    done = etl.run("verify", "--json", expect=1)
    assert [(w["workspace"], w["verdict"]) for w in json.loads(done.stdout)] == [("utama", "equal"), ("kedua", "different")]


def test_beside_a_daemon_what_goes_beyond_a_look_is_the_daemons(pair):
    from daemon import Daemon, wait_for
    sandbox, etl = pair(conversations=400, order="id_asc", workspace={"schedule": "{incremental: 1h, verify: 1d}"})
    daemon = Daemon(etl)
    try:
        wait_for(lambda: etl.one("select count(*) from sahut_etl.workspace where certified_at is not null") == 1, "the first load")
        assert verify(etl, expect=0)["verdict"] == "equal"
        assert etl.one("select count(*) from sahut_etl.command_request") == 0
        delete_resolved(sandbox)
        sandbox.control("clock", {"advance": 600})
        found = verify(etl, expect=1)
        assert found["verdict"] == "different" and found["cells"]
        assert [k for k, in etl.sql("select kind from sahut_etl.command_request order by id")] == ["verify"]
        # What was found the daemon repairs by itself; who asks for it meanwhile waits for the same.
        assert verify(etl, "--repair", expect=0)["verdict"] == "equal"
        assert daemon.stop() == 0
    finally:
        daemon.end()
    assert_equal(etl, sandbox)

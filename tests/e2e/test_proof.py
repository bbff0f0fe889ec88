# SPDX-License-Identifier: MIT
"""What proves that nothing is missing, before lists whose totals are not true and that keep a part to themselves."""
import json
import re

import pytest

from etl import assert_equal

# Its tests move the clock on by more than a few minutes.
AGO = "3h"

BEHIND = {"deeper": {}, "empty": {"beyond": "empty"}, "repeat": {"beyond": "repeat"}}


def instants(etl):
    return etl.sql("select complete_as_of, certified_at, unproven from sahut_etl.workspace")[0]


def relabel_many(sandbox, n):
    """As a bulk action does: all within a moment."""
    for conversation in sandbox.dump()["conversations"][:n]:
        sandbox.change("relabel", id=conversation["id"])


@pytest.mark.parametrize("most", [100, 300, 777])
@pytest.mark.parametrize("behind", BEHIND)
def test_a_total_that_stops_counting_proves_nothing(pair, behind, most):
    sandbox, etl = pair(conversations=1200, order="id_asc")
    sandbox.control("config", dict(total_most=most, **({"depth": most, **BEHIND[behind]} if BEHIND[behind] else {})))
    for _ in range(2):
        etl.run("sync", expect=None)
        sandbox.control("clock", {"advance": 900})
        etl.run("sync", "--full", expect=None)
        assert instants(etl)[:2] == (None, None)


@pytest.mark.parametrize("status", ["snoozed", "resolved"])
def test_a_list_that_leaves_a_status_out_proves_nothing(pair, status):
    sandbox, etl = pair(conversations=900)
    sandbox.control("config", dict(leaves_out=status))
    etl.run("sync", expect=None)
    assert instants(etl) == (None, None, "parts")
    # Where nothing is left out any more, all of it is proven at once.
    sandbox.control("config", dict(leaves_out="none"))
    sandbox.control("clock", {"advance": 900})
    etl.run("sync", "--full")
    assert instants(etl)[2] is None
    assert_equal(etl, sandbox)


def test_what_is_held_and_answers_but_stands_in_no_list_refutes_a_sweep(pair):
    sandbox, etl = pair(conversations=900)
    etl.run("sync")
    before = instants(etl)[0]
    sandbox.control("config", dict(leaves_out="resolved"))
    sandbox.control("clock", {"advance": 900})
    etl.run("sync", "--full", expect=None)
    complete, certified, unproven = instants(etl)
    assert complete == certified == before and unproven in ("unlisted", "parts")


def test_a_change_that_comes_too_late_is_counted_and_teaches(pair):
    sandbox, etl = pair(conversations=300, workspace={"lookback": "10s"})
    etl.run("sync")
    sandbox.control("clock", {"advance": 600})
    sandbox.change("reassign", 20, late=60)
    sandbox.control("clock", {"advance": 20})
    etl.run("sync")
    sandbox.control("clock", {"advance": 60})
    etl.run("sync")
    etl.run("sync")
    late, lookback = etl.sql("select late_arrival_count, extract(epoch from lookback)::integer from sahut_etl.workspace")[0]
    assert late > 0 and lookback > 10


def test_a_lookback_in_the_configuration_counts(pair):
    sandbox, etl = pair(conversations=50, workspace={"lookback": "10s"})
    etl.run("sync")
    etl.sql("update sahut_etl.workspace set lookback = interval '20 minutes'")
    etl.run("sync")
    assert etl.one("select extract(epoch from lookback)::integer from sahut_etl.workspace") == 1200
    etl.workspaces[0]["lookback"] = "30s"
    etl.write()
    etl.run("sync")
    assert etl.one("select extract(epoch from lookback)::integer from sahut_etl.workspace") == 30


def test_after_a_bulk_action_a_cycle_at_rest_costs_one_request(pair):
    sandbox, etl = pair(conversations=1500, workspace={"lookback": "10s"})
    etl.run("sync")
    sandbox.control("clock", {"advance": 600})
    relabel_many(sandbox, 700)
    for _ in range(2):
        sandbox.control("clock", {"advance": 30})
        etl.run("sync")
    for _ in range(3):
        sandbox.control("clock", {"advance": 30})
        sandbox.reset_stats()
        etl.run("sync")
        assert sandbox.stats()["requests"] == 1
    assert_equal(etl, sandbox)


def test_a_repair_says_that_counts_agree_only_after_counting(pair):
    sandbox, etl = pair(conversations=600, order="id_asc")
    etl.run("sync")
    sandbox.control("clock", {"advance": 600})
    shown = sandbox.dump()["conversations"]
    channels = sorted({c["channel"]["id"] for c in shown})
    one = [c["id"] for c in shown if c["channel"]["id"] == channels[0] and c["status"] == "resolved"]
    other = [c["id"] for c in shown if c["channel"]["id"] == channels[1] and c["status"] == "resolved"]
    sandbox.change("delete", id=one[0])
    etl.run("verify", expect=1)
    for i in other[:5]:
        sandbox.change("delete", id=i)
    sandbox.control("clock", {"advance": 600})
    found = json.loads(etl.run("verify", "--repair", "--json", expect=None).stdout)[0]
    counted = {c["status"]: (c["api"], c["held"]) for c in found["counts"]}
    if found["verdict"] == "equal":
        assert all(api == held for api, held in counted.values())
        assert_equal(etl, sandbox)
    else:
        etl.run("verify", "--repair")
        assert_equal(etl, sandbox)


def test_of_what_was_never_proven_a_verify_does_not_say_that_all_is_well(pair):
    sandbox, etl = pair(conversations=600, order="id_asc")
    sandbox.change("create", 3)
    etl.run("sync", expect=75)
    assert instants(etl)[1] is None
    done = etl.run("verify", expect=75)
    assert "not proven" in done.stdout
    # A person's sync does not stand behind the back-off that the daemon keeps.
    sandbox.control("clock", {"advance": 600})
    etl.run("sync")
    assert instants(etl)[1] is not None
    etl.run("verify")
    assert_equal(etl, sandbox)


def test_a_total_that_was_told_before_proves_what_a_sweep_saw(pair):
    """By id, and with conversations younger than the lookback: the first response of the sweep proves nothing."""
    sandbox, etl = pair(conversations=600, order="id_asc")
    etl.run("sync")
    first = instants(etl)[1]
    assert first is not None and etl.one("select totals_told like '%%=600;%%' from sahut_etl.workspace")
    sandbox.control("clock", {"advance": 600})
    etl.run("sync")
    sandbox.control("clock", {"advance": 600})
    sandbox.change("create", 5)
    etl.run("sync", "--full")
    assert instants(etl)[1] > first and instants(etl)[2] is None
    assert etl.one("select passes from sahut_etl.sweep order by id desc limit 1") == 1
    assert_equal(etl, sandbox)


def planned(etl):
    """What plan says that the next cycle costs at most."""
    return int(re.search(r"next cycle +\S+ +(?:\d+ to )?(\d+) ", etl.run("plan").stdout)[1])


def test_plan_counts_what_the_next_scan_reads_again(pair):
    sandbox, etl = pair(conversations=1500)
    etl.run("sync")
    sandbox.control("clock", {"advance": 600})
    relabel_many(sandbox, 700)
    etl.run("sync")
    most = planned(etl)
    assert most >= 7
    sandbox.reset_stats()
    etl.run("sync")
    assert 7 <= sandbox.stats()["requests"] <= most
    for _ in range(2):
        sandbox.control("clock", {"advance": 300})
        etl.run("sync")
    assert planned(etl) == 1


def planned_sweep(etl):
    return int(re.search(r"full sweep +\S+ +(?:\d+ to )?(\d+) ", etl.run("plan").stdout)[1])


@pytest.mark.parametrize("order, odd", [("id_asc", {"total": "estimate"}), ("updated_desc", {"total": "estimate"}), ("ties", {}), ("shuffle", {})])
def test_plan_says_what_a_list_costs_that_is_read_again_and_again(pair, order, odd):
    """Estimated totals, and ties in another order at each request: nothing is disturbed, and each cycle costs what plan said."""
    sandbox, etl = pair(conversations=1500, order=order, ago="3h")
    sandbox.control("config", odd)
    etl.run("sync", expect=None)
    for arguments in (["sync", "--full"], ["sync", "--full"], ["sync"]):
        sandbox.control("clock", {"advance": 300})
        most = planned_sweep(etl) if len(arguments) > 1 else max(planned(etl), planned_sweep(etl))
        sandbox.reset_stats()
        etl.run(*arguments, expect=None)
        assert sandbox.stats()["requests"] <= most, arguments


@pytest.mark.slow
def test_after_a_bulk_relabel_of_20000_a_cycle_at_rest_costs_one_request(pair):
    """At 48 requests a minute, under the usual lookback, with a cycle a minute of the API's time."""
    sandbox, etl = pair(conversations=20000, ago="3h")
    etl.run("sync", timeout=600)
    sandbox.control("clock", {"advance": 600})
    relabel_many(sandbox, 20000)
    etl.workspaces[0]["requests_per_minute"] = 60
    etl.write()
    etl.let_a_minute_pass()
    costs, plans = [], []
    for _ in range(8):
        plans.append(planned(etl))
        sandbox.reset_stats()
        etl.run("sync", timeout=1200)
        costs.append(sandbox.stats()["requests"])
        assert sandbox.stats()["peak_60s"] <= 48
        sandbox.control("clock", {"advance": 60})
    print(costs, plans)
    assert costs[2:] == [1] * 6 and all(cost <= most for cost, most in zip(costs[1:], plans[1:]))
    assert_equal(etl, sandbox)

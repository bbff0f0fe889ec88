# SPDX-License-Identifier: MIT
"""What a cycle costs in requests, whatever the size of the workspace; and every order with every kind of change."""
import pytest

from etl import assert_equal

KINDS = ["create", "update", "resolve", "reopen", "reassign", "relabel", "snooze", "silent", "delete"]
ORDERS = ["updated_desc", "updated_asc", "created_desc", "created_asc", "id_asc", "id_desc", "heap", "ties"]


def cost(sandbox, etl, *options):
    sandbox.reset_stats()
    etl.run("sync", *options, timeout=300)
    return sandbox.stats()["requests"]


@pytest.mark.parametrize("order,extra", [("updated_desc", 0), ("updated_asc", 1)])
@pytest.mark.parametrize("size", [1000, 8000, pytest.param(50000, marks=pytest.mark.slow)])
def test_a_cycle_costs_the_same_in_a_large_workspace_as_in_a_small_one(pair, order, extra, size):
    sandbox, etl = pair(conversations=size, order=order, ago="2h")
    etl.run("sync", timeout=300)
    assert cost(sandbox, etl) <= 1 + extra
    # Time passes, so that the first load is older than the lookback.
    sandbox.control("clock", {"advance": 3600})
    for kind in ("update", "resolve", "reassign"):
        sandbox.change(kind, 10)
    assert cost(sandbox, etl) <= 2 + extra
    assert cost(sandbox, etl) <= 1 + extra
    assert_equal(etl, sandbox)


def test_without_an_order_by_update_a_cycle_costs_what_is_not_resolved(pair):
    sandbox, etl = pair(conversations=20000, order="id_asc", resolved=97, ago="2h")
    etl.run("sync", timeout=300)
    hot = sum(c["status"] != "resolved" for c in sandbox.dump()["conversations"])
    assert 550 <= hot <= 650
    sandbox.control("clock", {"advance": 3600})
    ids = [c["id"] for c in sandbox.dump()["conversations"] if c["status"] == "open"]
    for i, one in enumerate(ids[:25]):
        sandbox.change("set", id=one, **({"status": "resolved"} if i % 2 else {"labels": ["refund"]}))
    assert cost(sandbox, etl) <= 12 + 25
    assert_equal(etl, sandbox)


def test_a_label_that_changes_silently_on_a_resolved_one_is_found_by_what_reads_everything(pair):
    sandbox, etl = pair(conversations=600, order="id_asc")
    etl.run("sync")
    for command in (("sync", "--full"), ("verify", "--full")):
        one = next(c["id"] for c in sandbox.dump()["conversations"] if c["status"] == "resolved")
        sandbox.change("relabel", id=one, labels=[command[0]], silent=True)
        etl.run(*command)
        assert_equal(etl, sandbox)
    assert etl.status()["silent_edits"] == 2


@pytest.mark.parametrize("order", [*ORDERS[:2], "id_asc", *(pytest.param(o, marks=pytest.mark.slow) for o in ORDERS[2:] if o != "id_asc")])
def test_every_kind_of_change_in_every_order_ends_equal(pair, order):
    """Each kind alone, while the list is read; and no conversation that exists is ever called deleted."""
    sandbox, etl = pair(conversations=330, order=order, seed=3, ago="3h")
    etl.run("sync", expect=None)
    for kind in KINDS:
        # Fewer deletions than the fuse allows.
        sandbox.control("config", {"drift": f"{kind}=1", "drift_per_request": 0.4 if kind == "delete" else 1.5})
        etl.run("sync", expect=None)
        etl.run("sync", "--full", expect=None)
        there = {c["id"] for c in sandbox.dump()["conversations"]}
        buried = {r[0] for r in etl.sql("select id from sahut.conversation where deleted_at is not null")}
        sandbox.control("config", {"drift_per_request": 0})
        assert not buried & {c["id"] for c in sandbox.dump()["conversations"]} & there, kind
        sandbox.control("clock", {"advance": 600})
        etl.run("sync", "--full")
        assert_equal(etl, sandbox)

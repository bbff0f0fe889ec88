# SPDX-License-Identifier: MIT
"""Items that cannot be loaded: nothing is said to be complete around them until they load, are gone, or a person accepts them."""
import json
import re

import pytest

from daemon import Daemon, wait_for
from etl import assert_equal

INSTANTS = "select complete_as_of, active_as_of from sahut_etl.workspace where name = %s"


def instants(etl, name="utama"):
    return etl.sql(INSTANTS, name)[0]


def spoil(sandbox, etl, conversation, **wrong):
    """The API shows it with values of another type from now on."""
    now = json.loads(etl.run("conversations", "get", conversation).stdout)
    sandbox.control("item", {"id": conversation, "raw": json.dumps({**now, **wrong})})


def cure(sandbox, conversation):
    sandbox.control("item", {"id": conversation, "raw": None})


def rejected(etl):
    return {r["id"]: r for r in json.loads(etl.run("rejected", "--json").stdout)}


@pytest.fixture
def loaded(pair):
    sandbox, etl = pair(conversations=450)
    etl.run("sync")
    return sandbox, etl


def test_one_odd_item_holds_both_instants_until_it_loads(loaded):
    sandbox, etl = loaded
    odd = sandbox.change("update", 1)[0]
    spoil(sandbox, etl, odd, created_at=1700000000)
    before = instants(etl)
    sandbox.control("clock", {"advance": 200})
    sandbox.change("create", 3)
    for _ in range(2):
        done = etl.run("sync", expect=65)
        assert "verdict=rejected" in done.stderr
        assert instants(etl) == before
    sandbox.control("clock", {"advance": 200})
    etl.run("sync", "--full", expect=65)
    assert instants(etl) == before
    # What is good is loaded all the same.
    assert etl.one("select count(*) from sahut.conversation") == 453
    row = etl.status()
    assert row["state"] == "rejected" and row["rejected"] == 1
    assert rejected(etl)[odd]["state"] == "holds"
    assert re.search(rf"(?m)^utama +{odd} +holds .*\$\.data.*created_at", etl.run("rejected").stdout)
    # It is mended without a word: no scan of what changed shows it again.
    cure(sandbox, odd)
    sandbox.change("update", 120)
    sandbox.control("clock", {"advance": 20})
    etl.run("sync")
    assert instants(etl) > before and etl.status()["state"] == "well" and rejected(etl) == {}
    assert etl.run("rejected").stdout == "everything could be loaded\n"
    assert_equal(etl, sandbox)


def test_one_that_is_accepted_is_a_known_exception(loaded):
    sandbox, etl = loaded
    first, second = sandbox.change("update", 2)
    for odd in (first, second):
        spoil(sandbox, etl, odd, labels="none")
    before = instants(etl)
    sandbox.control("clock", {"advance": 200})
    etl.run("sync", expect=65)
    assert "1 others still hold the instants" in etl.run("rejected", "--accept", first).stdout
    etl.run("sync", expect=65)
    assert instants(etl) == before
    assert "the next cycle moves the instants" in etl.run("rejected", "--accept", second).stdout
    sandbox.reset_stats()
    etl.run("sync")
    # And nothing that is accepted is asked for again.
    assert sandbox.stats()["requests"] == 1
    assert instants(etl) > before
    assert {r["state"] for r in rejected(etl).values()} == {"accepted"}
    # It is accepted as long as it cannot be loaded; then it is held as any other.
    sandbox.control("clock", {"advance": 60})
    etl.run("sync", "--full")
    cure(sandbox, first)
    cure(sandbox, second)
    etl.run("sync", "--full")
    assert rejected(etl) == {}
    assert_equal(etl, sandbox)


def test_one_that_is_wanted_is_fetched_again(loaded):
    sandbox, etl = loaded
    odd = sandbox.change("update", 1)[0]
    spoil(sandbox, etl, odd, channel=7)
    etl.run("sync", expect=65)
    done = etl.run("rejected", "--retry", odd, expect=65)
    assert f"utama: {odd} could not be loaded again: $.data" in done.stdout and ".channel: " in done.stdout
    etl.run("rejected", "--accept", odd)
    cure(sandbox, odd)
    assert f"{odd} is rejected no longer" in etl.run("rejected", "--retry", odd).stdout
    assert_equal(etl, sandbox)
    for option in ("--retry", "--accept"):
        assert "has the id conv_nobody" in etl.run("rejected", option, "conv_nobody", expect=64).stderr


def test_one_that_is_gone_holds_nothing(loaded):
    sandbox, etl = loaded
    odd = sandbox.change("create", 1)[0]
    spoil(sandbox, etl, odd, labels="none")
    before = instants(etl)
    etl.run("sync", expect=65)
    sandbox.change("delete", id=odd)
    sandbox.control("clock", {"advance": 200})
    etl.run("sync")
    assert instants(etl) > before and rejected(etl) == {}
    assert_equal(etl, sandbox)


def test_one_without_an_id_waits_for_a_full_sweep(loaded):
    sandbox, etl = loaded
    odd = sandbox.change("update", 1)[0]
    spoil(sandbox, etl, odd, id=7)
    etl.run("sync", expect=65)
    [mark] = [i for i in rejected(etl) if i.startswith("item:")]
    assert "sync --full" in etl.run("rejected", "--retry", mark, expect=64).stderr
    cure(sandbox, odd)
    sandbox.control("clock", {"advance": 200})
    etl.run("sync", "--full")
    assert rejected(etl) == {}
    assert_equal(etl, sandbox)


@pytest.mark.parametrize("order", ["updated_desc", "updated_asc", "created_desc", "id_asc"])
def test_a_field_that_changes_its_type_moves_nothing_and_loses_nothing(pair, order):
    sandbox, etl = pair(conversations=450, order=order)
    etl.run("sync")
    before = instants(etl)
    sandbox.change("create", 10)
    sandbox.change("resolve", 10)
    sandbox.control("clock", {"advance": 200})
    sandbox.control("config", {"mistyped": True})
    for arguments in (("sync",), ("sync", "--full"), ("sync",), ("verify", "--full")):
        done = etl.run(*arguments, expect=65)
        assert "more than a few" in done.stderr and "created_at" in done.stderr
        assert instants(etl) == before
    row = etl.status()
    assert row["state"] == "failing" and "more than a few" in row["last_error"]
    assert etl.one("select state from sahut_report.health where item = 'last run'") == "red"
    assert etl.one("select count(*) from sahut.conversation where deleted_at is null") == 450
    sandbox.control("config", {"mistyped": False})
    etl.run("sync")
    assert etl.status()["state"] == "well" and rejected(etl) == {}
    if order.startswith("updated"):
        assert instants(etl) > before
    etl.run("sync", "--full")
    assert_equal(etl, sandbox)


def test_a_page_that_was_none_is_read_again(loaded):
    """A scan of one page would have moved the watermark past what it could not load, in the very batch that found it out."""
    sandbox, etl = loaded
    odd = sandbox.change("update", 8)
    for conversation in odd:
        spoil(sandbox, etl, conversation, labels="none")
    before = etl.one("select watermark from sahut_etl.workspace")
    sandbox.control("clock", {"advance": 200})
    sandbox.change("create", 3)
    assert "more than a few" in etl.run("sync", expect=65).stderr
    assert etl.one("select watermark from sahut_etl.workspace") == before
    for conversation in odd:
        cure(sandbox, conversation)
    sandbox.change("update", 300)
    etl.run("sync")
    assert rejected(etl) == {}
    assert_equal(etl, sandbox)


def test_what_is_held_as_it_was_makes_no_audit_differ(loaded):
    """A conversation that was accepted as it cannot be loaded is counted by the API with a status that nobody knows here."""
    sandbox, etl = loaded
    odd = sandbox.change("resolve", 2)
    new = sandbox.change("create", 1)
    for conversation in odd + new:
        spoil(sandbox, etl, conversation, labels="none")
        etl.run("sync", expect=65)
    for conversation in odd + new:
        etl.run("rejected", "--accept", conversation)
    etl.run("sync")
    sandbox.control("clock", {"advance": 60})
    sandbox.reset_stats()
    assert "the counts agree" in etl.run("verify").stdout
    assert sandbox.stats()["requests"] == 5


def test_a_verify_says_of_no_count_that_it_differs_when_all_that_is_missing_could_not_be_loaded(loaded):
    sandbox, etl = loaded
    odd = sandbox.change("create", 1)[0]
    spoil(sandbox, etl, odd, created_at=1700000000)
    sandbox.control("clock", {"advance": 200})
    etl.run("sync", expect=65)
    said = etl.run("verify", expect=65).stdout
    assert "the counts agree, but for items that could not be loaded" in said
    assert re.search(r"(?m)^all .* 1 +not loaded$", said) and "differs" not in said, said


def test_from_the_first_load_on_nothing_is_loaded_and_nothing_is_said(pair):
    sandbox, etl = pair(conversations=300)
    sandbox.control("config", {"mistyped": True})
    for _ in range(2):
        etl.run("sync", expect=65)
    assert instants(etl) == (None, None) and etl.one("select count(*) from sahut.conversation") == 0
    sandbox.control("config", {"mistyped": False})
    etl.run("sync")
    assert_equal(etl, sandbox)


def test_a_second_workspace_with_the_same_key_is_told_so(sandboxes, warehouse):
    sandbox = sandboxes(conversations=350)
    etl = warehouse(sandbox.base_url)
    etl.run("sync")
    etl.add("lain", sandbox.base_url)
    for _ in range(2):
        done = etl.run("-w", "lain", "sync", expect=65)
        assert re.search(r'workspace ."utama." holds a conversation with this id; have both the same key', done.stderr)
    assert instants(etl, "lain") == (None, None) and etl.status("lain")["state"] == "failing"
    assert etl.one("select count(*) from sahut.conversation") == 350
    assert_equal(etl, sandbox)


def test_a_daemon_goes_on_around_one_and_is_not_well(loaded):
    sandbox, etl = loaded
    odd = sandbox.change("update", 1)[0]
    spoil(sandbox, etl, odd, labels="none")
    etl.workspaces[0]["schedule"] = "{incremental: 5s, verify: 1h}"
    etl.write()
    daemon = Daemon(etl)
    try:
        wait_for(lambda: etl.status()["state"] == "rejected", "the item to be seen")
        new = sandbox.change("create", 1)[0]
        wait_for(lambda: etl.one("select count(*) from sahut.conversation where id = %s", new) == 1, "what is new")
        etl.run("sync", expect=65)
        etl.run("rejected", "--accept", odd)
        etl.run("sync")
        assert daemon.stop() == 0
    finally:
        daemon.end()
    # It is said when it begins to be so, and not in every cycle.
    assert daemon.text().count("could not be loaded") <= 2

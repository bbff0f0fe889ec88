# SPDX-License-Identifier: MIT
"""What is said of how complete a workspace is: the same in status, exit codes, health, metrics, reports and views."""
import json
import os
import re

import pytest

from daemon import Daemon, wait_for
from etl import assert_equal
from test_rejected import spoil
from xlsx import Workbook

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def said(etl):
    """The state, as status, data_freshness and health have it."""
    row = etl.status()
    fresh = etl.sql("select proof_state, may_be_counted from sahut_report.data_freshness")[0]
    health = etl.sql("select state, detail from sahut_report.health where item = 'proof'")[0]
    assert (row["proof"], row["may_be_counted"]) == fresh and health[1].startswith(f"{row['proof']}: {row['proof_why']}")
    return row["state"], row["proof"], health[0]


def first_line(etl, *args):
    return etl.run("report", "volume", *args).stdout.splitlines()[0]


def busy(sandbox, etl):
    """By id, and with conversations younger than the lookback: loaded, and not proven."""
    sandbox.change("create", 3)
    return etl.run("-q", "sync", expect=75)


def test_what_comes_in_is_loading(pair):
    sandbox, etl = pair(conversations=400)
    sandbox.fault("status", match="list", after=2, times=0, status=500)
    etl.run("sync", expect=69)
    assert said(etl)[1] == "loading"
    assert "nothing yet" in etl.status()["may_be_counted"]
    assert first_line(etl).startswith("! utama: The first load has not ended.")


def test_what_is_loaded_and_not_proven_says_why_and_what_next(pair):
    sandbox, etl = pair(conversations=600, ago="3h", order="id_asc")
    done = busy(sandbox, etl)
    assert "utama: not proven: fewer conversations were seen" in done.stderr and "tries it at once" not in done.stdout
    assert said(etl) == ("not proven", "unproven", "amber")
    text = etl.run("status").stdout
    assert re.search(r"(?m)^utama +not proven ", text)
    assert re.search(r"(?m)^utama: fewer .*; .*read again .*sync --full.* \(since 20.*\)\. To be counted meanwhile: the held rows", text)
    etl.run("-q", "status", "--check", expect=1)
    # Reports show what is held, and say first that it is a lower bound.
    assert first_line(etl).startswith("! utama: Loaded, and not proven complete (since ")
    assert "batas bawah" in first_line(etl, "--lang", "id")
    assert etl.one("select sum(created_count) from sahut_report.daily_volume") == etl.one("select live_count from sahut_etl.workspace")
    assert "lower bound" in etl.run("report", "volume", "--format", "html").stdout
    warned = json.loads(etl.run("report", "volume", "--format", "json").stdout)[0]["warning"]
    assert "not proven complete" in warned
    sandbox.control("clock", {"advance": 600})
    etl.run("sync")
    assert said(etl) == ("well", "proven", "green")
    assert not etl.run("report", "volume").stdout.startswith("!")
    assert etl.status()["proof_since"] is None
    etl.run("-q", "status", "--check")


def test_what_cannot_be_proven_is_not_stuck(pair):
    """A list without a total, under a daemon: changes, audits, reports and their days go on."""
    sandbox, etl = pair(conversations=300, workspace={"schedule": "{incremental: 5s, verify: 1m}"})
    sandbox.control("config", {"total": "null"})
    daemon = Daemon(etl)
    try:
        wait_for(lambda: etl.status()["state"] == "not proven", "the load")
        new = set(sandbox.change("create", 4))
        wait_for(lambda: etl.one("select count(*) from sahut.conversation where id = any(%s)", list(new)) == 4, "what is new")
        wait_for(lambda: etl.one("select count(*) from sahut_etl.run where kind = 'verify' and state = 'ok'"), "an audit", 100)
        assert "does not say how many" in etl.run("status").stdout
        assert etl.one("select sum(created_count) from sahut_report.daily_volume") >= 300
        assert daemon.stop() == 0
    finally:
        daemon.end()


def test_an_api_without_a_clock_is_not_proven_and_says_so(pair):
    sandbox, etl = pair(conversations=300)
    sandbox.control("config", {"no_date": True})
    done = etl.run("sync", expect=75)
    assert "does not say at what time it answers" in done.stderr
    assert said(etl)[1] == "unproven"
    assert_equal(etl, sandbox)
    sandbox.control("config", {"no_date": False})
    etl.run("sync")
    assert said(etl)[1] == "proven"


def test_what_was_proven_and_is_not_any_more(pair):
    sandbox, etl = pair(conversations=900, ago="3h")
    etl.run("sync")
    sandbox.control("config", {"leaves_out": "resolved"})
    sandbox.control("clock", {"advance": 900})
    etl.run("sync", "--full", expect=75)
    assert said(etl) == ("demoted", "demoted", "red")
    assert etl.status()["proof_since"]
    assert first_line(etl).startswith("! utama: No longer proven complete (since ")
    assert "\x1b" not in etl.run("status").stdout


def test_an_accepted_item_is_named_wherever_completeness_is_said(pair):
    sandbox, etl = pair(conversations=300)
    etl.run("sync")
    odd = sandbox.dump()["conversations"][0]["id"]
    spoil(sandbox, etl, odd, created_at=5)
    etl.run("sync", "--full", expect=65)
    assert said(etl)[:2] == ("rejected", "rejected")
    etl.run("rejected", "--accept", odd)
    etl.run("sync", "--full")
    assert said(etl) == ("excepted", "excepted", "amber")
    text = etl.run("status").stdout
    assert re.search(r"(?m)^utama +well but for 1 ", text)
    assert "1 items that could not be loaded and were accepted" in text
    etl.run("status", "--check")
    assert first_line(etl).startswith("! utama: Complete, but for: 1 items that could not be loaded, which was accepted.")
    assert etl.sql("select accepted_item_count, unlisted_count from sahut_report.data_freshness") == [(1, 0)]


@pytest.mark.parametrize("mended_by", ["repair", "full"])
def test_what_a_verify_found_is_not_well_until_it_is_mended(pair, mended_by):
    sandbox, etl = pair(conversations=600, ago="3h", order="updated_desc")
    etl.run("sync")
    sandbox.control("clock", {"advance": 600})
    etl.run("verify")
    assert said(etl) == ("well", "proven", "green")
    oldest = sorted(sandbox.dump()["conversations"], key=lambda c: c["updated_at"])[:2]
    for conversation in oldest:
        sandbox.change("delete", 1, id=conversation["id"])
    etl.run("verify", expect=1)
    assert said(etl) == ("differs", "differs", "red")
    etl.run("-q", "status", "--check", expect=1)
    assert re.search(r"(?m)^utama: its counts differed when they were last compared: 598 at the API, 600 here; .*verify --repair",
                     etl.run("status").stdout)
    assert first_line(etl).startswith("! utama: The counts differ from those of Sahut (since ")
    assert first_line(etl, "--lang", "id").startswith("! utama: Jumlahnya berbeda")
    # Nor does a cycle that sees nothing end well: it is known that something is wrong.
    done = etl.run("-q", "sync", expect=75)
    assert "utama: not equal: its counts differed" in done.stderr
    assert etl.sql("select state from sahut_report.health where item = 'counts'") == [("red",)]
    etl.run(*(["verify", "--repair"] if mended_by == "repair" else ["sync", "--full"]))
    assert_equal(etl, sandbox)
    assert said(etl) == ("well", "proven", "green")
    assert etl.sql("select state from sahut_report.health where item = 'counts'") == [("green",)]
    etl.run("status", "--check")
    etl.run("-q", "sync")


def test_a_difference_is_not_forgotten_when_old_runs_are_tidied_away(pair):
    sandbox, etl = pair(conversations=600, ago="3h", order="updated_desc")
    etl.run("sync")
    sandbox.control("clock", {"advance": 600})
    oldest = min(sandbox.dump()["conversations"], key=lambda c: c["updated_at"])
    sandbox.change("delete", 1, id=oldest["id"])
    etl.run("verify", expect=1)
    etl.run("-q", "sync", expect=75)
    with open(os.path.join(TOP, "sql", "retention", "runs.sql"), encoding="utf-8") as f:
        tidy = re.sub(r"(?m)^--.*", "", f.read()).replace("$1::bigint", "0").replace("$2::integer", "1000")
    assert etl.one(tidy) > 0
    assert said(etl) == ("differs", "differs", "red")


def test_what_stands_in_no_list_is_named_wherever_completeness_is_said(pair):
    sandbox, etl = pair(conversations=600, ago="3h", order="id_asc")
    etl.run("sync")
    hidden = sandbox.change("archive", 12)
    for _ in range(2):
        sandbox.control("clock", {"advance": 600})
        etl.run("sync", "--full", expect=None)
    assert said(etl) == ("excepted", "excepted", "amber")
    assert "12 conversations that stand in no list" in etl.run("status").stdout
    assert "12 conversations that stand in no list" in first_line(etl)
    assert etl.one("select unlisted_count from sahut_report.data_freshness") == 12
    assert etl.one("select count(*) from sahut_report.conversations where unlisted_since is not null") == len(hidden)


def test_a_part_that_is_too_deep_is_named_in_status_and_reports(pair):
    sandbox, etl = pair(conversations=3000)
    sandbox.control("config", {"depth": 100})
    etl.run("sync", expect=75)
    beyond = etl.one("select list_beyond from sahut_etl.workspace")
    text = etl.run("status").stdout
    assert beyond > 0 and f"{beyond} conversations lie deeper" in text
    assert re.search(r"(?m)^utama: too deep to be read: resolved, channel", text)
    assert f"{beyond} conversations that lie too deep" in first_line(etl)
    assert etl.one("select beyond_depth_count from sahut_report.data_freshness") == beyond


@pytest.mark.parametrize("order", ["updated_desc", "id_asc"])
def test_the_daemon_says_the_same(pair, order):
    from cluster import free_port
    from test_metrics import get, number
    sandbox, etl = pair(conversations=300, order=order, workspace={"schedule": "{incremental: 5s, verify: 1h}"})
    sandbox.control("config", {"total": "null"})
    port = free_port()
    etl.extra = f'metrics: {{listen: "127.0.0.1:{port}"}}\n'
    etl.write()
    daemon = Daemon(etl)
    try:
        wait_for(lambda: "not proven" in get(port, "/healthz")[1], "the words")
        assert number(port, 'sahut_etl_proven{workspace="utama"}') == 0
        sandbox.control("config", {"total": "number"})
        assert etl.run("sync", "--full", expect=None).returncode in (0, 75)
        wait_for(lambda: number(port, 'sahut_etl_proven{workspace="utama"}') == 1, "the proof", 60)
        assert number(port, 'sahut_etl_exceptions{workspace="utama",exception="unlisted"}') == 0
        assert daemon.stop() == 0
    finally:
        daemon.end()


# ---- every state in every place -------------------------------------------------------

def come_to_loading(sandbox, etl):
    sandbox.fault("status", match="list", after=2, times=0, status=500)
    etl.run("sync", expect=69)


def come_to_unproven(sandbox, etl):
    sandbox.control("config", {"total": "null"})
    etl.run("sync", expect=75)


def come_to_proven(sandbox, etl):
    etl.run("sync")
    sandbox.control("clock", {"advance": 900})


def come_to_demoted(sandbox, etl):
    come_to_proven(sandbox, etl)
    sandbox.control("config", {"leaves_out": "resolved"})
    etl.run("sync", "--full", expect=75)


def come_to_rejected(sandbox, etl):
    come_to_proven(sandbox, etl)
    odd = sandbox.dump()["conversations"][0]["id"]
    spoil(sandbox, etl, odd, created_at=5)
    etl.run("sync", "--full", expect=65)
    return odd


def come_to_accepted(sandbox, etl):
    etl.run("rejected", "--accept", come_to_rejected(sandbox, etl))
    etl.run("sync", "--full")


def come_to_unlisted(sandbox, etl):
    etl.run("sync")
    sandbox.change("archive", 7)
    for _ in range(2):
        sandbox.control("clock", {"advance": 900})
        etl.run("sync", "--full", expect=None)


def come_to_disputed(sandbox, etl):
    etl.run("sync")
    sandbox.change("update", 60)
    etl.run("sync")
    for c in sorted(sandbox.dump()["conversations"], key=lambda c: c["updated_at"])[-45:]:
        sandbox.change("delete", id=c["id"])
    sandbox.control("clock", {"advance": 900})
    etl.run("sync", "--full", expect=None)


def come_to_too_deep(sandbox, etl):
    sandbox.control("config", {"depth": 100})
    etl.run("sync", expect=75)


def come_to_differs(sandbox, etl):
    come_to_proven(sandbox, etl)
    oldest = min(sandbox.dump()["conversations"], key=lambda c: c["updated_at"])
    sandbox.change("delete", 1, id=oldest["id"])
    etl.run("verify", expect=1)


# how it comes to the state, the state, its word in status, health, exit of `-q sync` (None: not asked for) and of `status --check`,
# and the words by which a report begins (None: by no warning)
STATES = [
    (come_to_loading, "loading", "failing", "amber", None, 1, "The first load has not ended."),
    (come_to_unproven, "unproven", "not proven", "amber", 75, 1, "Loaded, and not proven complete (since "),
    (come_to_too_deep, "unproven", "not proven", "amber", 75, 1, "Loaded, and not proven complete: "),
    (come_to_demoted, "demoted", "demoted", "red", 75, 1, "No longer proven complete (since "),
    (come_to_rejected, "rejected", "rejected", "red", 65, 1, ""),
    (come_to_differs, "differs", "differs", "red", 75, 1, "The counts differ from those of Sahut (since "),
    (come_to_accepted, "excepted", "excepted", "amber", 0, 0, "Complete, but for: 1 items that could not be loaded"),
    (come_to_unlisted, "excepted", "excepted", "amber", 0, 0, "Complete, but for: 7 conversations that stand in no list"),
    (come_to_disputed, "excepted", "excepted", "amber", 0, 0, "Complete, but for: 45 "),
    (come_to_proven, "proven", "well", "green", 0, 0, None),
]


@pytest.mark.parametrize("come, state, word, health, code, checked, begins", STATES, ids=[row[0].__name__[len("come_to_"):] for row in STATES])
def test_each_state_is_said_in_every_place(pair, tmp_path, come, state, word, health, code, checked, begins):
    sandbox, etl = pair(conversations=3000 if come is come_to_too_deep else 1200, ago="6h", order="updated_desc")
    come(sandbox, etl)
    assert said(etl) == (word, state, health)
    row = etl.status()
    assert state == "loading" or (row["proof_since"] is not None) == (state in ("unproven", "demoted", "differs"))
    done = etl.run("-q", "status", "--check", expect=checked)
    assert done.stdout == ""
    if code is not None:
        done = etl.run("-q", "sync", expect=code)
        assert done.stdout == "" and ("utama" in done.stderr) == (code != 0), done.stderr
        assert said(etl) == (word, state, health)
    # Each form of a report says it first, or says nothing.
    warning = f"utama: {begins}"
    text = etl.run("report", "volume").stdout.splitlines()[0]
    rows = json.loads(etl.run("report", "volume", "--format", "json").stdout)
    html = etl.run("report", "volume", "--format", "html").stdout
    csv = etl.run("report", "volume", "--format", "csv")
    file = tmp_path / "volume.xlsx"
    etl.run("report", "volume", "--format", "xlsx", "--output", file)
    about = " ".join(str(v) for r in Workbook(file).table("About") for v in r.values())
    if begins is None:
        assert not text.startswith("!") and "warning" not in rows[0] and "utama: " not in about and csv.stderr == ""
        return
    assert text.startswith(f"! {warning}")
    assert warning in rows[0]["warning"] and begins in html and warning in about and warning in csv.stderr
    assert not csv.stdout.startswith("!")


# ---- a timer instead of a daemon ------------------------------------------------------

def kinds(etl, since):
    return [k for k, in etl.sql("select kind from sahut_etl.run where id > %s order by id", since)]


def last_run(etl):
    return etl.one("select max(id) from sahut_etl.run")


def test_a_timer_compares_counts_repairs_and_sweeps_at_night(pair):
    """258 old conversations appear below the place where a scan stops; a sync does not see them, and a timer's does."""
    sandbox, etl = pair(conversations=900, ago="3h", order="id_asc")
    etl.run("sync", "--due")
    assert kinds(etl, 0) == ["first_load", "verify"]
    done = last_run(etl)
    # Nothing is due.
    sandbox.control("clock", {"advance": 300})
    etl.run("sync", "--due")
    assert kinds(etl, done) == ["incremental"]
    # Deletions that no cycle of changes can see; a quarter of an hour later counts are compared, and mended.
    resolved = [c["id"] for c in sandbox.dump()["conversations"] if c["status"] == "resolved"][:5]
    for i in resolved:
        sandbox.change("delete", id=i)
    sandbox.control("clock", {"advance": 1200})
    etl.sql("update sahut_etl.run set ended_at = ended_at - interval '20 minutes'")
    done = last_run(etl)
    etl.run("sync", "--due")
    assert kinds(etl, done) == ["incremental", "verify", "repair"]
    assert_equal(etl, sandbox)
    # A night has passed.
    etl.sql("update sahut_etl.run set ended_at = ended_at - interval '2 days'")
    sandbox.control("clock", {"advance": 1200})
    done = last_run(etl)
    etl.run("sync", "--due")
    assert kinds(etl, done) == ["incremental", "full", "verify"]
    assert said(etl) == ("well", "proven", "green")


def test_a_timer_leaves_the_rest_to_a_daemon_that_works(pair):
    sandbox, etl = pair(conversations=200, workspace={"schedule": "{incremental: 5s, verify: 1h}"})
    daemon = Daemon(etl)
    try:
        wait_for(lambda: etl.status()["state"] == "well", "the load")
        etl.sql("update sahut_etl.run set ended_at = ended_at - interval '2 days'")
        etl.run("sync", "--due")
        assert daemon.stop() == 0
    finally:
        daemon.end()

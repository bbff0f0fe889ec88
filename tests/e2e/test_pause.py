# SPDX-License-Identifier: MIT
"""A workspace is paused and let go on without a file being edited, with a daemon and without."""
import signal
import time

import pytest

from cluster import free_port
from daemon import loaded, wait_for
from etl import assert_equal
from test_metrics import get, number

FAST = {"schedule": "{incremental: 5s, verify: 1h}"}


def runs(etl, name="utama"):
    return etl.one("select count(*) from sahut_etl.run r join sahut_etl.workspace w on w.id = r.workspace_id where w.name = %s", name)


def test_it_is_written_down_and_kept_without_a_daemon(pair):
    sandbox, etl = pair(conversations=120)
    # Before anything was read, too.
    done = etl.run("pause")
    assert "utama: paused" in done.stdout and done.stderr == ""
    state = etl.status()
    assert state["state"] == "paused" and state["paused_at"] and state["paused_by"].startswith("pause on ")
    done = etl.run("sync", expect=75)
    assert f"utama: paused since {state['paused_at']} by pause on " in done.stderr and "sahut-etl resume" in done.stderr
    assert runs(etl) == 0 and sandbox.stats()["requests"] == 0
    assert "was paused already, since" in etl.run("pause").stdout
    assert etl.status()["paused_at"] == state["paused_at"]
    shown = etl.run("status", "--check").stdout
    assert f"utama: paused since {state['paused_at']} by pause on " in shown
    done = etl.run("wait", "--until-complete", expect=75)
    assert "paused since" in done.stderr and "sahut-etl resume" in done.stderr
    assert "goes on, after a pause since" in etl.run("resume").stdout
    assert "was not paused" in etl.run("resume").stdout
    etl.run("sync")
    assert_equal(etl, sandbox)
    assert etl.status()["paused_at"] is None and etl.status()["state"] == "well"


def test_what_only_looks_works_and_what_writes_says_so(pair):
    sandbox, etl = pair(conversations=120)
    etl.run("sync")
    etl.run("pause")
    etl.run("verify")
    etl.run("report", "volume")
    sandbox.change("create", 3)
    for command in (["sync", "--full"], ["verify", "--repair"], ["verify", "--full"]):
        assert "paused since" in etl.run(*command, expect=75).stderr
    assert etl.sql("select item, state from sahut_report.health where item = 'work'") == [("work", "amber")]


def test_a_daemon_stands_still_and_goes_on(pair, daemons):
    sandbox, etl = pair(conversations=120, workspace=FAST)
    port = free_port()
    etl.extra = f'metrics: {{listen: "127.0.0.1:{port}"}}\n'
    etl.write()
    daemon = daemons(etl)
    loaded(etl, 120)
    etl.run("-w", "utama", "pause")
    daemon.wait_text("utama: is paused")
    wait_for(lambda: etl.one("select count(*) from sahut_etl.run where state = 'running'") == 0, "rest")
    n, began = runs(etl), time.monotonic()
    sandbox.change("create", 3)
    assert get(port, "/healthz")[:1] == (200,) and "utama: paused since 20" in get(port, "/healthz")[1]
    assert number(port, 'sahut_etl_paused_timestamp_seconds{workspace="utama"}') > 1.7e9
    assert number(port, 'sahut_etl_workspace_healthy{workspace="utama"}') == 1
    assert etl.status()["state"] == "paused" and etl.status()["next_at"] is None
    # Another process, and a reload, change nothing; nor does who asks by hand.
    assert "paused since" in etl.run("sync", expect=75).stderr
    daemon.send(signal.SIGHUP)
    daemon.wait_text("is in force")
    assert daemon.stop() == 0
    daemon = daemons(etl)
    daemon.wait_text("works on 1 workspace")
    wait_for(lambda: time.monotonic() - began > 11, "two intervals")
    assert runs(etl) == n
    etl.run("resume")
    daemon.wait_text("utama: goes on")
    loaded(etl, 123)
    assert number(port, 'sahut_etl_paused_timestamp_seconds{workspace="utama"}') is None
    assert_equal(etl, sandbox)


def test_a_first_load_stops_after_its_batch_and_goes_on(pair, daemons):
    sandbox, etl = pair(conversations=10000, latency=300, workspace=FAST)
    daemon = daemons(etl)
    wait_for(lambda: etl.sql("select 1 from sahut_etl.workspace where live_count > 0"), "a batch")
    etl.run("pause")
    wait_for(lambda: etl.sql("select state from sahut_etl.run order by id desc limit 1") == [("partial",)], "the end of the cycle")
    before = sandbox.stats()["requests"]
    held = etl.one("select live_count from sahut_etl.workspace")
    assert 0 < held < 10000 and etl.status()["failures"] == 0
    assert sandbox.stats()["requests"] == before
    etl.run("resume")
    loaded(etl, 10000)
    assert_equal(etl, sandbox)
    # It did not begin anew.
    assert sandbox.stats()["requests"] < 180


def test_one_of_two_and_an_unknown_one(pair):
    _, etl = pair(conversations=10)
    etl.add("kedua", etl.workspaces[0]["base_url"])
    etl.run("-w", "kedua", "pause")
    etl.run("-w", "utama", "sync")
    assert etl.status("kedua")["state"] == "paused" and etl.status()["state"] == "well"
    etl.run("-w", "nope", "pause", expect=64)
    etl.run("-w", "nope", "resume", expect=64)
    assert etl.run("pause").stdout.count("paused") >= 2
    assert etl.run("resume").stdout.count("goes on") == 2

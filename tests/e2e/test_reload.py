# SPDX-License-Identifier: MIT
"""SIGHUP: another configuration while the daemon runs."""
import os
import signal
import time

from daemon import loaded, wait_for
from etl import assert_equal

FAST = {"schedule": "{incremental: 5s, verify: 1h}"}
SELDOM = {"schedule": "{incremental: 1h, verify: 1h}"}


def reload(daemon):
    """Until systemd has been told that it is over."""
    before = daemon.notified().count("READY=1")
    daemon.send(signal.SIGHUP)
    wait_for(lambda: daemon.notified().count("READY=1") > before, "READY=1 after the reload")


def test_systemd_is_told_first_and_last(pair, daemons):
    _, etl = pair(conversations=10, workspace=SELDOM)
    daemon = daemons(etl, notify=True)
    loaded(etl, 10)
    reload(daemon)
    lines = [l for l in daemon.notified().split("\n") if not l.startswith("STATUS")]
    start = lines.index("RELOADING=1")
    assert lines[start + 1].startswith("MONOTONIC_USEC=") and abs(int(lines[start + 1].split("=")[1]) / 1e6 - time.clock_gettime(time.CLOCK_MONOTONIC)) < 60
    assert lines[start + 2] == "READY=1"


def test_a_new_workspace_starts_and_a_removed_one_ends(sandboxes, warehouse, daemons):
    sandbox = sandboxes(conversations=120, workspaces=["key=sk_live_two,conversations=130,seed=7"])
    etl = warehouse(sandbox.base_url, **FAST)
    daemon = daemons(etl, notify=True)
    loaded(etl, 120)
    etl.add("kedua", sandbox.base_url, key="sk_live_two", **FAST)
    reload(daemon)
    loaded(etl, 130, "kedua")
    assert_equal(etl, sandbox, "kedua", "sk_live_two")
    etl.workspaces.pop(0)
    etl.write()
    reload(daemon)
    held = "select w.name from sahut_etl.workspace w join sahut_etl.lease_in_force l on l.workspace_id = w.id"
    wait_for(lambda: etl.sql(held) == [("kedua",)], "the lock of the removed one to be given back")
    etl.run("-w", "kedua", "status")
    assert daemon.running()


def test_one_that_is_removed_while_it_loads_ends_after_its_batch(sandboxes, warehouse, daemons):
    sandbox = sandboxes(conversations=2500, latency=30, workspaces=["key=sk_live_two,conversations=130,seed=7"])
    etl = warehouse(sandbox.base_url, max_in_flight=1, **FAST)
    etl.add("kedua", sandbox.base_url, key="sk_live_two", **FAST)
    daemon = daemons(etl, notify=True)
    wait_for(lambda: etl.one("select coalesce(max(batches), 0) from sahut_etl.sweep w where rows_seen > 200"), "a batch")
    removed = etl.workspaces.pop(0)
    etl.write()
    reload(daemon)
    wait_for(lambda: etl.one("select count(*) from sahut_etl.run where state = 'partial'") == 1, "the load to stop")
    loaded(etl, 130, "kedua")
    etl.workspaces.append(removed)
    etl.write()
    sandbox.control("config", {"latency_ms": 0})
    reload(daemon)
    loaded(etl, 2500)
    assert_equal(etl, sandbox)
    assert etl.one("select count(*) from sahut_etl.sweep where state = 'certified'") == 2


def test_a_bad_file_is_reported_and_the_old_one_stays(pair, daemons):
    sandbox, etl = pair(conversations=150, workspace=FAST)
    daemon = daemons(etl, notify=True)
    loaded(etl, 150)
    etl.extra = "retention: {runs: soon, moons: 3}\nextra: 1\n"
    etl.write()
    reload(daemon)
    text = daemon.text()
    assert "retention.runs" in text and "retention.moons" in text and "stays as it was" in text
    sandbox.change("create", 5)
    loaded(etl, 155)
    etl.extra = ""
    etl.write()
    reload(daemon)
    assert "is in force" in daemon.text()


def test_another_key_is_used_from_the_next_request_on(sandboxes, warehouse, daemons):
    sandbox = sandboxes(conversations=120)
    etl = warehouse(sandbox.base_url, **FAST)
    with open(etl.workspaces[0]["api_key_file"], "w") as f:
        f.write("sk_wrong")
    daemon = daemons(etl, notify=True)
    daemon.wait_text("401")
    with open(etl.workspaces[0]["api_key_file"], "w") as f:
        f.write(sandbox.key)
    reload(daemon)
    loaded(etl, 120)
    daemon.wait_text("works again")


def test_a_load_that_is_slowed_down_goes_on_with_the_new_quota(pair, daemons):
    sandbox, etl = pair(conversations=1500, workspace={"requests_per_minute": 60, "reserve": "0%", **FAST})
    daemon = daemons(etl, notify=True)
    wait_for(lambda: sandbox.stats()["requests"] > 1, "the load to begin")
    etl.workspaces[0]["requests_per_minute"] = 100000
    etl.write()
    reload(daemon)
    loaded(etl, 1500)
    assert_equal(etl, sandbox)


def test_an_interval_that_becomes_shorter_counts_at_once(pair, daemons):
    sandbox, etl = pair(conversations=120, workspace=SELDOM)
    daemon = daemons(etl, notify=True)
    loaded(etl, 120)
    wait_for(lambda: etl.one("select running is null from sahut_etl.schedule"), "the load to end")
    sandbox.change("create", 5)
    etl.workspaces[0].update(FAST)
    etl.write()
    reload(daemon)
    loaded(etl, 125)


def test_another_warehouse_is_gone_to(pair, warehouse, daemons):
    sandbox, etl = pair(conversations=120, workspace=SELDOM)
    other = warehouse(sandbox.base_url)
    daemon = daemons(etl, notify=True)
    loaded(etl, 120)
    first, etl.dbname, etl.conninfo = etl.dbname, other.dbname, other.conninfo
    etl.write()
    reload(daemon)
    loaded(etl, 120)
    etl.dbname = first
    assert etl.one("select count(*) from pg_stat_activity where datname = current_database() and application_name = 'sahut-etl'") == 0


def test_many_reloads_leave_nothing_behind(pair, daemons):
    _, etl = pair(conversations=50, workspace=SELDOM)
    daemon = daemons(etl, notify=True)
    loaded(etl, 50)
    reload(daemon)
    files = len(os.listdir(f"/proc/{daemon.pid}/fd"))
    for _ in range(100):
        reload(daemon)
    assert len(os.listdir(f"/proc/{daemon.pid}/fd")) == files
    # A build with sanitizers looks for leaks at the end.
    assert daemon.stop() == 0
    assert "Sanitizer" not in daemon.text()


def test_while_the_warehouse_is_gone_another_one_can_be_named(pair, daemons):
    sandbox, etl = pair(conversations=60, workspace=SELDOM)
    right, etl.conninfo = etl.conninfo, "host=/nowhere dbname=nowhere"
    etl.write()
    daemon = daemons(etl, notify=True)
    daemon.wait_text("event=warehouse_lost")
    etl.conninfo = right
    etl.write()
    reload(daemon)
    loaded(etl, 60)
    assert daemon.stop() == 0


def test_while_the_warehouse_is_gone_it_can_be_told_to_end(pair, daemons):
    sandbox, etl = pair(conversations=60, workspace=SELDOM)
    etl.conninfo = "host=/nowhere dbname=nowhere"
    etl.write()
    daemon = daemons(etl)
    daemon.wait_text("event=warehouse_lost")
    assert daemon.stop() == 0


def test_a_command_request_that_a_new_configuration_breaks_off_is_done_with_the_new_one(pair, daemons):
    sandbox, etl = pair(conversations=1500, workspace={**SELDOM, "max_in_flight": 1})
    daemon = daemons(etl, notify=True)
    loaded(etl, 1500)
    sandbox.change("silent", 3)
    sandbox.control("config", {"latency_ms": 300})
    process = etl.start("sync", "--full")
    wait_for(lambda: etl.sql("select 1 from sahut_etl.command_request where taken_at is not null"), "the command_request to begin")
    etl.workspaces[0]["max_in_flight"] = 3
    etl.write()
    reload(daemon)
    sandbox.control("config", {"latency_ms": 0})
    said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert_equal(etl, sandbox)


def test_a_configuration_without_the_workspace_that_was_asked_for_is_not_taken(pair, daemons):
    sandbox, etl = pair(conversations=60, workspace=SELDOM)
    daemon = daemons(etl, "-w", "utama", notify=True)
    loaded(etl, 60)
    etl.workspaces[0]["name"] = "lain"
    etl.write()
    reload(daemon)
    daemon.wait_text('has no workspace')
    assert daemon.running() and etl.one("select count(*) from sahut_etl.workspace where name = 'lain'") == 0
    assert daemon.stop() == 0

# SPDX-License-Identifier: MIT
"""Two daemons on one warehouse: one works, the other waits, and nothing is done twice or left out."""
import signal

import pytest

from daemon import Daemon, wait_for
from etl import Etl, assert_equal

FAST = {"schedule": "{incremental: 5s, verify: 1h}"}


@pytest.fixture
def two(pair, request):
    """Two daemons with one configuration; the first one works when the second begins."""
    running = []

    def start(**options):
        sandbox, etl = pair(workspace=FAST, **options)
        for expected in ("works on", "standby for"):
            running.append(Daemon(etl, notify=True))
            wait_for(lambda: expected in running[-1].text(), expected)
        return sandbox, etl, *running

    yield start
    for daemon in running:
        daemon.end()


def live(etl):
    rows = etl.sql("select live_count from sahut_etl.workspace where certified_at is not null")
    return rows[0][0] if rows else None


def holders(etl):
    """The processes that hold a workspace's lock."""
    return etl.sql("select pid from pg_locks where locktype = 'advisory' and classid = 1396786261 and objid > 0 and granted")


def assert_no_double_work(etl):
    """Runs of one workspace never overlap."""
    assert etl.one("""select count(*) from sahut_etl.run a join sahut_etl.run b on a.workspace_id = b.workspace_id and a.id < b.id
        where b.began_at < coalesce(a.ended_at, a.began_at)""") == 0


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_second_takes_over_when_the_first_ends(two, how):
    sandbox, etl, first, second = two(conversations=200)
    wait_for(lambda: live(etl) == 200, "the load")
    assert "process %d" % first.pid in second.text()
    assert "standby" in second.notified()
    first.send(how)
    first.wait()
    sandbox.change("create", 5)
    second.wait_text("works on 1 workspace")
    wait_for(lambda: live(etl) == 205, "the second to go on")
    assert second.stop() == 0
    assert_equal(etl, sandbox)
    assert_no_double_work(etl)


def test_killed_in_the_middle_of_a_load_the_second_goes_on_from_there(two):
    sandbox, etl, first, second = two(conversations=4000, latency=20)
    wait_for(lambda: etl.one("select coalesce(max(batches), 0) from sahut_etl.sweep"), "a batch")
    first.kill()
    before = etl.one("select count(*) from sahut.conversation")
    assert before < 4000
    wait_for(lambda: live(etl) == 4000, "the second to end the load")
    assert etl.one("select count(*) from sahut_etl.sweep") == 1
    assert second.stop() == 0
    assert_equal(etl, sandbox)
    assert_no_double_work(etl)


def test_only_one_works(two):
    sandbox, etl, first, second = two(conversations=150)
    wait_for(lambda: etl.one("select count(*) from sahut_etl.run where state = 'ok'") >= 2, "two cycles")
    assert len(holders(etl)) == 1
    assert_no_double_work(etl)
    assert first.running() and second.running()


def test_a_first_that_lost_its_connection_writes_nothing_more(two):
    sandbox, etl, first, second = two(conversations=150)
    wait_for(lambda: live(etl) == 150, "the load")
    # A first that does not hear of it: stopped, its connections cut by the server.
    first.send(signal.SIGSTOP)
    etl.sql("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 1396786261 and objid > 0 and granted")
    second.wait_text("works on 1 workspace")
    sandbox.change("create", 5)
    first.send(signal.SIGCONT)
    wait_for(lambda: live(etl) == 155, "the second to go on")
    first.wait_text("standby")
    assert len(holders(etl)) == 1
    assert_no_double_work(etl)
    second.stop()
    sandbox.change("create", 5)
    wait_for(lambda: live(etl) == 160, "the first to take over again")


def test_two_daemons_share_what_each_is_configured_for(sandboxes, warehouse):
    sandbox = sandboxes(conversations=120, workspaces=["key=sk_live_two,conversations=130,seed=7", "key=sk_live_three,conversations=140,seed=8"])
    one = warehouse(sandbox.base_url, **FAST)
    one.add("kedua", sandbox.base_url, key="sk_live_two", **FAST)
    directory = one.dir + "-other"
    import os
    os.mkdir(directory)
    other = Etl(one.program, directory, one.cluster, one.dbname, sandbox.base_url, **FAST)
    other.workspaces.clear()
    other.add("kedua", sandbox.base_url, key="sk_live_two", **FAST)
    other.add("ketiga", sandbox.base_url, key="sk_live_three", **FAST)
    daemons = [Daemon(one)]
    try:
        daemons[0].wait_text("works on 2 workspaces")
        daemons.append(Daemon(other))
        daemons[1].wait_text("works on 1 of 2 workspaces and is standby")
        wait_for(lambda: etl_counts(one) == [("kedua", 130), ("ketiga", 140), ("utama", 120)], "all of them")
    finally:
        for daemon in daemons:
            daemon.end()


def etl_counts(etl):
    return etl.sql("select name, live_count from sahut_etl.workspace order by 1")


def test_the_server_is_told_to_notice_a_host_that_died(pair):
    """Over TCP; a UNIX socket's peer dies with its host."""
    sandbox, etl = pair(conversations=100, latency=50)
    with open(etl.config) as f:
        text = f.read()
    with open(etl.config, "w") as f:
        f.write(text.replace(f"host={etl.cluster.dir}", "host=127.0.0.1"))
    daemon = Daemon(etl)
    try:
        daemon.wait_text("works on")
        # What a session has set nobody else can ask for; the kernel tells of the socket.
        port = etl.cluster.port
        wait_for(lambda: keepalives(port), "keepalives on the server's side")
        assert all(k <= 10 for k in keepalives(port))
    finally:
        daemon.end()


def keepalives(port):
    """Seconds until the next probe, of connections that the server keeps alive."""
    import re
    import subprocess
    out = subprocess.run(["ss", "-tnoH", "state", "established", f"sport = :{port}"], capture_output=True, text=True).stdout
    return [float(m) for m in re.findall(r"timer:\(keepalive,([\d.]+)sec", out)]

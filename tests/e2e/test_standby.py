# SPDX-License-Identifier: MIT
"""Two daemons on one warehouse: one works, the other waits, and nothing is done twice or left out."""
import os
import resource
import shutil
import signal
import subprocess
import time

import pytest

from cluster import Cluster
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
    """The sessions that have a workspace's lease."""
    return etl.sql("select backend from sahut_etl.lease_in_force")


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
    etl.sql("select pg_terminate_backend(backend) from sahut_etl.lease_in_force")
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


# ---- a host that dies ----


def ip(*args, check=True):
    return subprocess.run(["ip", *args], check=check, capture_output=True, text=True)


@pytest.fixture
def other_host():
    """A network of its own, joined to ours by a cable that can be cut; (name, our address, cable)."""
    number = os.getpid() % 200 + 20
    name, cable, net = f"sahut{os.getpid()}", f"sahut{number}", f"10.213.{number}"
    made = shutil.which("ip") and os.geteuid() == 0 and ip("netns", "add", name, check=False).returncode == 0
    if not made:
        pytest.skip("no network namespace can be made here")
    try:
        if ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name, check=False).returncode != 0:
            pytest.skip("no virtual cable can be made here")
        ip("addr", "add", f"{net}.1/24", "dev", cable)
        ip("link", "set", cable, "up")
        for command in (["addr", "add", f"{net}.2/24", "dev", "eth0"], ["link", "set", "eth0", "up"], ["link", "set", "lo", "up"]):
            ip("-n", name, *command)
        yield name, f"{net}.1", cable
    finally:
        ip("netns", "del", name, check=False)
        ip("link", "del", cable, check=False)


def test_a_host_that_dies_is_noticed_within_ten_seconds(other_host, sandboxes, tmp_path):
    """Not one packet says so: the server has to find out that nobody is there."""
    name, address, cable = other_host
    cluster = Cluster(listen_addresses=f"127.0.0.1,{address}")
    running = []
    try:
        with open(os.path.join(cluster.data, "pg_hba.conf"), "a") as f:
            f.write(f"host all all {address}/24 trust\n")
        cluster.create_database("standby")
        cluster.connect().cursor().execute("select pg_reload_conf()")
        sandbox = sandboxes(conversations=150)
        program = os.path.join(os.environ.get("SAHUT_BUILD", os.path.join(os.path.dirname(__file__), "..", "..", "build")), "sahut-etl")
        etls = []
        for where in ("there", "here"):
            (tmp_path / where).mkdir()
            etls.append(Etl(program, tmp_path / where, cluster, "standby", sandbox.base_url, **FAST))
        there, here = etls
        here.run("migrate")
        with open(there.config) as f:
            text = f.read()
        with open(there.config, "w") as f:
            f.write(text.replace(f"host={cluster.dir}", f"host={address} sslmode=disable"))
        running.append(Daemon(there, program=["ip", "netns", "exec", name]))
        running[0].wait_text("works on 1 workspace")
        running.append(Daemon(here))
        running[1].wait_text("standby")
        assert sandbox.stats()["requests"] == 0
        # The API cannot be reached from there, so its session is quiet: only probes tell.
        ip("link", "set", cable, "down")
        cut = time.monotonic()
        running[1].wait_text("works on 1 workspace")
        took = time.monotonic() - cut
        wait_for(lambda: live(here) == 150, "the load")
        print(f"took over after {took:.1f} s")
        assert running[0].running()
    finally:
        for daemon in running:
            daemon.end()
        cluster.stop()


def test_whoever_waits_for_a_lock_sleeps_while_the_warehouse_is_busy(sandboxes, warehouse):
    """The second workspace's lock is another's; the first one's merge takes two seconds. Counted is the processor's time."""
    sandbox = sandboxes(conversations=100, ago="2h", workspaces=["key=sk_live_two,conversations=100,seed=7"])
    etl = warehouse(sandbox.base_url)
    etl.run("sync")
    etl.add("kedua", sandbox.base_url, key="sk_live_two")
    etl.run("sync")
    etl.sql("""create function public.slow() returns trigger language plpgsql as $$ begin perform pg_sleep(2); return null; end $$;
        create trigger slow after update on sahut.conversation for each statement execute function public.slow()""")
    sandbox.control("clock", {"advance": 3600})
    sandbox.change("update", 5)
    other = etl.cluster.connect(etl.dbname)
    try:
        with other.cursor() as cursor:
            cursor.execute("select sahut_etl.take_lease(id, 'sync on elsewhere, process 1') from sahut_etl.workspace where name = 'kedua'")
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            etl.run("sync", expect=75)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
    finally:
        other.close()
    assert etl.one("select rows_changed from sahut_etl.run where kind = 'incremental' and rows_changed > 0 order by id desc limit 1") > 0
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1

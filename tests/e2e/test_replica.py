# SPDX-License-Identifier: MIT
"""Reports read a streaming standby while the daemon writes to the primary; and several daemons share many workspaces."""
import os
import subprocess

import pytest

from cluster import Cluster, bindir, free_port
from daemon import Daemon, wait_for
from etl import Etl, held

BUILD = os.environ.get("SAHUT_BUILD", os.path.join(os.path.dirname(__file__), "..", "..", "build"))

VIEWS = "select relname from pg_class where relkind = 'v' and relnamespace = 'sahut_report'::regnamespace order by 1"


class Replica(Cluster):
    """A standby that follows a primary by streaming."""

    def __init__(self, primary):
        self.__dict__.update(primary.__dict__)
        self.data = os.path.join(primary.dir, "standby")
        self.port = free_port()
        self._run("pg_basebackup", "-h", primary.dir, "-p", str(primary.port), "-U", "postgres", "-D", self.data, "-R", "-X", "stream", "--no-sync",
                  "--checkpoint=fast")
        self.start()

    def start(self):
        options = " ".join(f"-c {k}={v}" for k, v in self.settings.items())
        self._run("pg_ctl", "-D", self.data, "-w", "-l", os.path.join(self.dir, "standby-log"), "-o",
                  f"-k {self.dir} -p {self.port} {options} -c hot_standby_feedback=on", "start")


@pytest.fixture
def primary():
    primary = Cluster(wal_level="replica", max_wal_senders="4", hot_standby="on")
    yield primary
    primary.stop()


@pytest.mark.slow
def test_reports_read_a_streaming_standby(primary, sandboxes, tmp_path):
    sandbox = sandboxes(conversations=3000, ago="3h")
    primary.create_database("sahut")
    etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path, primary, "sahut", sandbox.base_url)
    etl.run("migrate")
    etl.run("sync")
    standby = Replica(primary)
    try:
        (tmp_path / "reader").mkdir()
        reader = Etl(etl.program, tmp_path / "reader", standby, "sahut", sandbox.base_url)
        # A long read on the standby goes on while the primary changes what it reads.
        connection = standby.connect("sahut")
        connection.autocommit = False
        cursor = connection.cursor()
        cursor.execute("set transaction isolation level repeatable read")
        cursor.execute("select count(*) from sahut_report.conversations")
        before = cursor.fetchone()
        sandbox.control("clock", {"advance": 3600})
        for kind in ("create", "update", "resolve", "reassign"):
            sandbox.change(kind, 100)
        etl.run("sync")
        etl.sql("vacuum")
        cursor.execute("select count(*) from sahut_report.conversations")
        assert cursor.fetchone() == before
        connection.close()
        target = etl.one("select pg_current_wal_lsn()::text")
        wait_for(lambda: reader.one(f"select pg_last_wal_replay_lsn() >= '{target}'"), "the standby")
        assert held(reader) == held(etl)
        for (view,) in etl.sql(VIEWS):
            count = f"select count(*) from sahut_report.{view}"
            assert reader.one(count) == etl.one(count), view
        # It says itself that nothing can be written there.
        refused = reader.run("sync", expect=None)
        assert refused.returncode != 0 and "read-only" in refused.stderr, refused.stderr
    finally:
        subprocess.run(["runuser", "-u", standby.user, "--", os.path.join(bindir(), "pg_ctl"), "-D", standby.data, "-m", "immediate", "stop"]
                       if os.geteuid() == 0 else [os.path.join(bindir(), "pg_ctl"), "-D", standby.data, "-m", "immediate", "stop"],
                       cwd="/", capture_output=True)


HOLDERS = """
select backend, count(*) from sahut_etl.lease_in_force group by 1 order by 2"""


@pytest.mark.slow
def test_several_daemons_share_a_hundred_workspaces(sandboxes, warehouse):
    """Each has one writer at any time; when a daemon dies the others take what it had, and every workspace goes on."""
    n = 100
    sandbox = sandboxes(conversations=50, workspaces=[f"key=k{i},conversations=50,seed={i + 2}" for i in range(n - 1)])
    etl = warehouse(sandbox.base_url, schedule="{incremental: 5s, verify: 1h, full: \"02:30\"}")
    for i in range(n - 1):
        etl.add(f"w{i}", sandbox.base_url, key=f"k{i}", schedule="{incremental: 5s, verify: 1h, full: \"02:30\"}")
    daemons = [Daemon(etl) for _ in range(3)]
    try:
        wait_for(lambda: etl.one("select count(*) from sahut_etl.workspace where certified_at is not null") == n, "all first loads", 300)
        assert sum(r[1] for r in etl.sql(HOLDERS)) == n
        daemons[0].kill()
        killed_at = etl.one("select now()")
        wait_for(lambda: sum(r[1] for r in etl.sql(HOLDERS)) == n, "those of the dead to be taken over", 120)
        wait_for(lambda: etl.sql("select count(distinct workspace_id) from sahut_etl.run where began_at > %s and state = 'ok'", killed_at)[0][0] == n,
                 "a cycle in every workspace", 300)
        # Nobody else's work was interrupted, and nothing was written twice.
        assert etl.one("select count(*) from sahut.conversation") == 50 * n
        assert etl.one("select count(*) from (select workspace_id from sahut_etl.run where state = 'running' group by 1 having count(*) > 1) x") == 0
    finally:
        for daemon in daemons:
            daemon.end()

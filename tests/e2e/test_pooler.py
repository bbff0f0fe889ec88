# SPDX-License-Identifier: MIT
"""pgbouncer between us and the warehouse: one session each is as good as none; one for each transaction is refused."""
import os
import shutil
import subprocess
import tempfile

import psycopg2
import pytest

from cluster import free_port
from daemon import Daemon, wait_for
from etl import assert_equal
from truth import assert_promise, assert_quiet

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not shutil.which("pgbouncer", path="/usr/sbin:/usr/bin"), reason="pgbouncer is not installed")]

CONFIG = """
[databases]
* = host={server} port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {dir}/users
pool_mode = {mode}
server_round_robin = {round_robin}
default_pool_size = 4
logfile = {dir}/log
pidfile = {dir}/pid
"""


class Pooler:
    def __init__(self, cluster, mode, round_robin=0):
        self.dir, self.port, self.cluster = tempfile.mkdtemp(), free_port(), cluster
        with open(f"{self.dir}/users", "w") as f:
            f.write('"postgres" ""\n')
        with open(f"{self.dir}/ini", "w") as f:
            f.write(CONFIG.format(server=cluster.dir, server_port=cluster.port, port=self.port, dir=self.dir, mode=mode, round_robin=round_robin))
        user = ()
        if os.geteuid() == 0:
            user = ("-u", "postgres")
            subprocess.run(["chown", "-R", "postgres", self.dir], check=True)
        self.process = subprocess.Popen(["/usr/sbin/pgbouncer", "-q", *user, f"{self.dir}/ini"], stderr=subprocess.DEVNULL)
        wait_for(self.answers, "pgbouncer")

    def answers(self):
        try:
            psycopg2.connect(f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres").close()
            return True
        except psycopg2.Error:
            return False

    def warm_up(self, dbname):
        """Four sessions are there, so that statements may go to any of them."""
        connections = [psycopg2.connect(self.conninfo(dbname)) for _ in range(4)]
        for connection in connections:
            connection.cursor().execute("select 1")
        for connection in connections:
            connection.close()

    def conninfo(self, dbname):
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={dbname} sslmode=disable"

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.dir)


@pytest.fixture
def pooled(pair, cluster):
    poolers = []

    def make(mode, round_robin=0):
        sandbox, etl = pair(conversations=330)
        poolers.append(Pooler(cluster, mode, round_robin))
        direct = etl.conninfo
        etl.conninfo = poolers[0].conninfo(etl.dbname)
        etl.write()
        return sandbox, etl, direct, poolers[0]

    yield make
    for pooler in poolers:
        if pooler.process.poll() is None:
            pooler.stop()


def test_a_session_for_each_client_is_as_good_as_none(pooled):
    sandbox, etl, direct, pooler = pooled("session")
    etl.run("sync")
    for _ in range(3):
        sandbox.change("update", 30)
        sandbox.change("resolve", 5)
        sandbox.control("clock", {"advance": 600})
        etl.run("sync")
        assert_equal(etl, sandbox)
        assert_promise(etl, sandbox)
    etl.run("verify")
    etl.run("status")
    # The lock is the session's: who comes past the pooler finds it, and asks the daemon, which hears it.
    daemon = Daemon(etl)
    try:
        daemon.wait_text("event=working")
        etl.conninfo = direct
        etl.write()
        etl.run("sync", "--full")
        assert daemon.running()
    finally:
        daemon.process.terminate()
        assert daemon.process.wait(30) == 0
    etl.run("sync", "--full")
    assert_equal(etl, sandbox)
    pooler.stop()
    assert_quiet(etl)


@pytest.mark.parametrize("round_robin", [0, 1])
@pytest.mark.parametrize("mode", ["transaction", "statement"])
@pytest.mark.parametrize("command", ["sync", "run", "check", "status"])
def test_a_session_for_each_transaction_is_refused(pooled, mode, command, round_robin):
    """Whichever session a statement is led to; and nothing is left behind in one, since it is somebody else's next."""
    sandbox, etl, direct, pooler = pooled(mode, round_robin)
    if mode == "transaction":
        pooler.warm_up(etl.dbname)
    for _ in range(3):
        done = etl.run(command, expect=78)
        assert "session mode" in done.stderr + done.stdout, done
    assert etl.one("select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = %s)",
                   etl.dbname) == 0
    if mode == "transaction":
        for _ in range(8):
            connection = psycopg2.connect(pooler.conninfo(etl.dbname))
            with connection.cursor() as cursor:
                cursor.execute("select current_setting('search_path'), current_setting('jit'), current_setting('lock_timeout')")
                assert cursor.fetchone() == ('"$user", public', "on", "0")
            connection.close()
    assert etl.one("select count(*) from sahut.conversation") == 0
    etl.conninfo = direct
    etl.write()
    etl.run("sync")
    assert_equal(etl, sandbox)
    assert_promise(etl, sandbox)
    pooler.stop()
    assert_quiet(etl)


def test_a_pool_of_one_session_is_refused_in_time(pooled, cluster):
    """The second connection waits for the session that the first one has: that ends, too."""
    sandbox, etl, direct, pooler = pooled("transaction")
    with open(f"{pooler.dir}/ini", "a") as f:
        f.write("default_pool_size = 1\n")
    os.kill(pooler.process.pid, 1)
    assert "session mode" in etl.run("sync", expect=78, timeout=60).stderr

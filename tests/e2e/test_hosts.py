# SPDX-License-Identifier: MIT
"""Several servers, and names with several addresses: one that cannot be used is left for the next one, whatever is wrong with it."""
import os
import shutil
import signal
import socket
import subprocess
import time

import pytest

from cluster import Cluster, free_port
from conftest import BUILD
from daemon import Daemon, wait_for
from etl import Etl, assert_equal
from netns import Netns
from test_faults_pg import message
from truth import assert_promise

FAST = {"schedule": "{incremental: 5s, verify: 1h}"}
WRITER = "hosts_writer"


def ready(cluster):
    """A database with a role that is nobody's superuser, so that the limits of connections hold for it."""
    with cluster.connect().cursor() as cursor:
        cursor.execute(f"create role {WRITER} login")
        cursor.execute("create database hosts")


@pytest.fixture
def server():
    cluster = Cluster(max_connections="20")
    ready(cluster)
    yield cluster
    cluster.stop()


class Listener:
    """A port that accepts and then says what it was told to, or nothing, for as long as it lives."""

    def __init__(self, says=None, backlog=8, then="closes"):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(backlog)
        self.port = self.socket.getsockname()[1]
        self.kept, self.says, self.then = [], says, then
        self.pid = 0
        if says is not None:
            self.pid = os.fork()
            if self.pid == 0:
                self.talk()

    def talk(self):
        while True:
            there, _ = self.socket.accept()
            self.kept.append(there)
            there.recv(4096)
            there.sendall(self.says)
            if self.then == "closes":
                there.close()
            while self.then == "trickles":
                time.sleep(0.3)
                try:
                    there.sendall(b"N")
                except OSError:
                    break

    def fill(self):
        """Those that wait to be accepted fill the queue, so that the SYN of any other is dropped."""
        while True:
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", self.port))
            self.kept.append(one)
            time.sleep(0.05)
            try:
                one.getpeername()
            except OSError:
                return self

    def stop(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        for one in [self.socket, *self.kept]:
            one.close()


@pytest.fixture
def listeners():
    made = []

    def make(**how):
        made.append(Listener(**how))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def scene(server, sandboxes, tmp_path):
    sandbox = sandboxes(conversations=230)
    etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path, server, "hosts", sandbox.base_url, **FAST)
    etl.run("migrate")
    etl.sql(f"grant sahut_writer to {WRITER}")

    def first(port, host="127.0.0.1", more=""):
        etl.conninfo = f"host={host},{server.dir} port={port},{server.port} dbname=hosts user={WRITER} connect_timeout=2 {more}"
        etl.write()

    return sandbox, etl, server, first


def refuses(listeners, cluster):
    return free_port()


def accepts_and_is_silent(listeners, cluster):
    return listeners().port


def drops_packets(listeners, cluster):
    return listeners(backlog=0).fill().port


def full(listeners, cluster):
    return listeners(says=message("53300", "sorry, too many clients already")).port


def shuts_down(listeners, cluster):
    return listeners(says=message("57P03", "the database system is shutting down")).port


def starts_up(listeners, cluster):
    return listeners(says=message("57P03", "the database system is starting up")).port


def speaks_another_language(listeners, cluster):
    return listeners(says=b"HTTP/1.1 400 Bad Request\r\n\r\n").port


def wants_a_password(listeners, cluster):
    return listeners(says=message("28P01", 'password authentication failed for user "w"')).port


def has_no_such_database(listeners, cluster):
    return listeners(says=message("3D000", 'database "hosts" does not exist')).port


def does_not_know_the_role(listeners, cluster):
    return listeners(says=message("28000", 'role "w" does not exist')).port


def lets_nobody_in(listeners, cluster):
    return listeners(says=message("28000", 'no pg_hba.conf entry for host "127.0.0.1"')).port


def recovers(listeners, cluster):
    return listeners(says=message("57P03", "the database system is not yet accepting connections")).port


def breaks_off(listeners, cluster):
    return listeners(says=b"").port


def asks_for_a_password_and_is_silent(listeners, cluster):
    return listeners(says=b"R\0\0\0\x0c\0\0\0\x05salt", then="waits").port


def lets_in_and_is_silent(listeners, cluster):
    """Whatever is asked: it is ready, and does not answer."""
    return listeners(says=b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I", then="waits").port


def says_a_byte_now_and_then(listeners, cluster):
    """An error of many bytes, of which one comes each 0.3 s: a deadline is for all of it."""
    return listeners(says=b"E\0\0\x40\0", then="trickles").port


FIRST = [refuses, accepts_and_is_silent, drops_packets, full, shuts_down, starts_up, speaks_another_language, wants_a_password, has_no_such_database,
         does_not_know_the_role, lets_nobody_in, recovers, breaks_off, asks_for_a_password_and_is_silent, lets_in_and_is_silent,
         says_a_byte_now_and_then]


@pytest.mark.parametrize("first_is", FIRST)
def test_a_first_host_that_cannot_be_used_is_left(scene, listeners, first_is):
    sandbox, etl, server, first = scene
    first(first_is(listeners, server), more="sslmode=disable")
    etl.run("sync")
    assert_equal(etl, sandbox)
    assert etl.status()["rows"] == 230
    etl.run("check")
    etl.run("report", "volume")


@pytest.mark.parametrize("says, then", [(b"S", "waits"), (b"N", "closes"), (b"S", "closes"), (b"", "closes"), (b"G", "waits")])
@pytest.mark.parametrize("sslmode", ["prefer", "require"])
def test_a_first_host_whose_tls_cannot_be_used_is_left(scene, listeners, sslmode, says, then):
    """Its handshake never ends, or it has none; the next one, on a socket, needs none."""
    sandbox, etl, server, first = scene
    first(listeners(says=says, then=then).port, more=f"sslmode={sslmode}")
    etl.run("sync")
    assert etl.status()["rows"] == 230


def by_uri(etl, port, server, tmp_path):
    etl.conninfo = f"postgresql://{WRITER}@127.0.0.1:{port},localhost:{server.port}/hosts?connect_timeout=2&sslmode=disable"


def by_addresses(etl, port, server, tmp_path):
    etl.conninfo = f"hostaddr=127.0.0.1,127.0.0.1 port={port},{server.port} dbname=hosts user={WRITER} connect_timeout=2 sslmode=disable"


def by_names_and_addresses(etl, port, server, tmp_path):
    etl.conninfo = (f"host=one.example,two.example hostaddr=127.0.0.1,127.0.0.1 port={port},{server.port} dbname=hosts user={WRITER} "
                    "connect_timeout=2 sslmode=disable")


def by_service(etl, port, server, tmp_path):
    (tmp_path / "services").write_text(f"[warehouse]\nhost=127.0.0.1,{server.dir}\nport={port},{server.port}\ndbname=hosts\nuser={WRITER}\n"
                                       "connect_timeout=2\nsslmode=disable\n")
    etl.conninfo = "service=warehouse"
    return {"PGSERVICEFILE": str(tmp_path / "services")}


def by_environment(etl, port, server, tmp_path):
    etl.conninfo = f"dbname=hosts user={WRITER}"
    return {"PGHOST": f"127.0.0.1,{server.dir}", "PGPORT": f"{port},{server.port}", "PGCONNECT_TIMEOUT": "2", "PGSSLMODE": "disable"}


@pytest.mark.parametrize("first_is", [refuses, accepts_and_is_silent, starts_up])
@pytest.mark.parametrize("way", [by_uri, by_addresses, by_names_and_addresses, by_service, by_environment])
def test_however_the_hosts_are_named(scene, listeners, tmp_path, monkeypatch, way, first_is):
    sandbox, etl, server, first = scene
    for name, value in (way(etl, first_is(listeners, server), server, tmp_path) or {}).items():
        monkeypatch.setenv(name, value)
    etl.write()
    etl.run("sync")
    etl.run("check")
    assert etl.status()["rows"] == 230


@pytest.mark.parametrize("first_is", [accepts_and_is_silent, drops_packets])
def test_the_daemon_works_past_a_silent_one(scene, listeners, daemons, first_is):
    sandbox, etl, server, first = scene
    first(first_is(listeners, server))
    daemon = daemons(etl)
    daemon.wait_text("works on 1 workspace")
    wait_for(lambda: etl.one("select count(*) from sahut_etl.workspace where certified_at is not null"), "the load")
    assert daemon.stop() == 0
    assert_equal(etl, sandbox)


def test_migrate_goes_past_one_as_well(server, sandboxes, listeners, tmp_path):
    etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path, server, "hosts", sandboxes(conversations=10).base_url)
    etl.conninfo = f'host=127.0.0.1,{server.dir} port={listeners().port},{server.port} dbname=hosts user=postgres connect_timeout=2'
    etl.write()
    etl.run("migrate")
    etl.run("sync")


def test_a_standby_and_a_read_only_one_are_left(scene):
    sandbox, etl, server, first = scene
    other = Cluster(default_transaction_read_only="on")
    try:
        with other.connect().cursor() as cursor:
            cursor.execute("set default_transaction_read_only = off")
            cursor.execute(f"create role {WRITER} login")
            cursor.execute("create database hosts")
        first(other.port, more="sslmode=disable")
        etl.run("sync")
        assert_equal(etl, sandbox)
        etl.conninfo = f"host={other.dir} port={other.port} dbname=hosts user={WRITER}"
        etl.write()
        assert "read-only" in etl.run("sync", expect=69).stderr
    finally:
        other.stop()


def test_the_order_of_attributes_is_kept_for_a_list(scene):
    """prefer-standby takes a primary only where no host is a standby: two rounds, not one."""
    sandbox, etl, server, first = scene
    etl.run("sync")
    standby = Cluster(log_connections="on")
    try:
        standby.halt()
        shutil.rmtree(standby.data)
        standby._run("pg_basebackup", "-h", server.dir, "-p", str(server.port), "-U", "postgres", "-D", standby.data, "-X", "stream", "--no-sync",
                     "--checkpoint=fast")
        with open(os.path.join(standby.data, "standby.signal"), "w"):
            pass
        if os.geteuid() == 0:
            shutil.chown(os.path.join(standby.data, "standby.signal"), standby.user, standby.user)
        standby.start()
        where = f"host={server.dir},{standby.dir} port={server.port},{standby.port} dbname=hosts user={WRITER}"
        for attrs, there in (("prefer-standby", True), ("standby", True), ("any", False), ("primary", False), ("read-only", True)):
            etl.conninfo = f"{where} target_session_attrs={attrs}"
            etl.write()
            before = seen(standby)
            etl.run("status")
            assert (seen(standby) > before) == there, attrs
    finally:
        standby.stop()


def seen(cluster):
    """How many sessions the database had so far."""
    wait_for(lambda: one(cluster, "select count(*) from pg_stat_activity where datname = 'hosts'") == 0, "sessions to end")
    with open(os.path.join(cluster.dir, "log")) as f:
        return f.read().count("connection authorized: user=" + WRITER)


def one(cluster, query):
    with cluster.connect().cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def test_what_each_said_is_told(scene, listeners):
    sandbox, etl, server, first = scene
    full_up, silent = full(listeners, server), accepts_and_is_silent(listeners, server)
    closed = refuses(listeners, server)
    etl.conninfo = (f"host=127.0.0.1,127.0.0.1,127.0.0.1,/nowhere port={full_up},{silent},{closed},5432 dbname=hosts user={WRITER} "
                    "connect_timeout=2 sslmode=disable")
    etl.write()
    for command in ("sync", "status", "check"):
        done = etl.run(command, expect=69)
        said = done.stderr + done.stdout
        for part in ("too many clients", "does not answer within 2 s", "Connection refused", "No such file", str(full_up), str(silent), str(closed)):
            assert part in said, said


@pytest.fixture
def names(tmp_path):
    """A file system in which a name has the addresses that are wanted."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        pytest.skip("names of one's own need root and a mount namespace")
    hosts, switch = tmp_path / "hosts", tmp_path / "nsswitch.conf"
    switch.write_text("hosts: files\n")

    def program(*addresses):
        hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{a} warehouse.test\n" for a in addresses))
        inside = f'mount --bind {hosts} /etc/hosts && mount --bind {switch} /etc/nsswitch.conf && exec "$@"'
        return ["unshare", "-m", "sh", "-c", inside, "sh"]

    return program


def test_a_name_whose_first_address_drops_packets(scene, names):
    """As a name with AAAA and A where IPv6 leads nowhere."""
    sandbox, etl, server, first = scene
    silent = socket.socket()
    silent.bind(("127.0.0.9", server.port))
    silent.listen(0)
    kept = []
    try:
        for _ in range(3):
            kept.append(socket.socket())
            kept[-1].setblocking(False)
            kept[-1].connect_ex(("127.0.0.9", server.port))
        etl.conninfo = f"host=warehouse.test port={server.port} dbname=hosts user={WRITER} connect_timeout=2 sslmode=disable"
        etl.write()
        for addresses in (("127.0.0.9", "127.0.0.1"), ("127.0.0.8", "127.0.0.1"), ("127.0.0.8", "127.0.0.9", "127.0.0.1")):
            for command in ("sync", "status"):
                done = subprocess.run([*names(*addresses), *etl.command(command)], capture_output=True, text=True, timeout=60, env=etl.environment())
                assert done.returncode == 0, (addresses, done.stderr)
        done = subprocess.run([*names("127.0.0.9", "127.0.0.8"), *etl.command("status")], capture_output=True, text=True, timeout=60,
                              env=etl.environment())
        assert done.returncode == 69 and "127.0.0.9" in done.stderr and "127.0.0.8" in done.stderr, done.stderr
    finally:
        for one_socket in [silent, *kept]:
            one_socket.close()
    assert_equal(etl, sandbox)


# ---- a writer at work that goes away ----

class Two:
    """Two writable copies of one warehouse, each on a network of its own; the daemon prefers the first."""

    def __init__(self, sandbox, tmp_path):
        self.sandbox, self.nets, self.clusters, self.cables = sandbox, [], [], []
        number = os.getpid() % 200 + 20
        for i in (0, 1):
            net = Netns()
            net.name = f"sahut-h{os.getpid()}-{i}"
            assert net.make()
            self.nets.append(net)
            cable, address = f"sahh{number}x{i}", f"10.21{4 + i}.{number}"
            subprocess.run(["ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", net.name], check=True)
            subprocess.run(["ip", "addr", "add", f"{address}.1/24", "dev", cable], check=True)
            subprocess.run(["ip", "link", "set", cable, "up"], check=True)
            subprocess.run(["ip", "-n", net.name, "addr", "add", f"{address}.2/24", "dev", "eth0"], check=True)
            subprocess.run(["ip", "-n", net.name, "link", "set", "eth0", "up"], check=True)
            with net:
                self.clusters.append(Cluster(listen_addresses="'*'", max_connections="20"))
            with open(os.path.join(self.clusters[i].data, "pg_hba.conf"), "a") as f:
                f.write(f"host all all {address}.0/24 trust\n")
            one(self.clusters[i], "select pg_reload_conf()")
            self.cables.append((cable, f"{address}.2"))
        self.etls = []
        for i, cluster in enumerate(self.clusters):
            ready(cluster)
            (tmp_path / str(i)).mkdir()
            self.etls.append(Etl(os.path.join(BUILD, "sahut-etl"), tmp_path / str(i), cluster, "hosts", sandbox.base_url, **FAST))
            self.etls[i].run("migrate")
            self.etls[i].sql(f"grant sahut_writer to {WRITER}")
        self.etl = self.etls[0]
        self.etl.conninfo = (f"host={self.cables[0][1]},{self.cables[1][1]} port={self.clusters[0].port},{self.clusters[1].port} dbname=hosts "
                             f"user={WRITER} sslmode=disable")
        self.etl.write()

    def works_on(self, i):
        """Whether a cycle has ended there."""
        return self.etls[i].one("select count(*) from sahut_etl.run where state = 'ok'") > 0

    def stop(self):
        for i, cluster in enumerate(self.clusters):
            subprocess.run(["ip", "link", "set", self.cables[i][0], "up"])
            cluster.stop()
        for i, net in enumerate(self.nets):
            net.remove()
            subprocess.run(["ip", "link", "del", self.cables[i][0]], capture_output=True)


@pytest.fixture
def two_servers(sandboxes, tmp_path):
    probe = Netns()
    if os.geteuid() != 0 or not shutil.which("ip") or not probe.make():
        pytest.skip("no network namespace can be made here")
    probe.remove()
    both = Two(sandboxes(conversations=120), tmp_path)
    yield both
    both.stop()


def killed(both):
    with open(os.path.join(both.clusters[0].data, "postmaster.pid")) as f:
        os.kill(int(f.readline()), signal.SIGKILL)
    both.clusters[0].halt = lambda mode: None


def silent(both):
    subprocess.run(["ip", "link", "set", both.cables[0][0], "down"], check=True)
    subprocess.run(["ip", "link", "set", both.cables[0][0], "up"], check=True)
    subprocess.run(["ip", "-n", both.nets[0].name, "link", "set", "eth0", "down"], check=True)
    # What is known of the neighbour is kept, so that packets go out and nobody answers.


def read_only(both):
    for statement in ("alter system set default_transaction_read_only = on", "select pg_reload_conf()"):
        connection = both.clusters[0].connect()
        connection.cursor().execute(statement)
        connection.close()


def demoted(both):
    """It comes back as a standby."""
    cluster = both.clusters[0]
    with both.nets[0]:
        cluster.halt("fast")
        path = os.path.join(cluster.data, "standby.signal")
        with open(path, "w"):
            pass
        shutil.chown(path, cluster.user, cluster.user)
        cluster.start()


def frozen(both):
    """All of its processes are stopped; its host goes on to accept connections, and to acknowledge each byte."""
    cluster = both.clusters[0]
    with open(os.path.join(cluster.data, "postmaster.pid")) as f:
        postmaster = int(f.readline())
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(postmaster)], capture_output=True, text=True).stdout.split()
    stopped = [postmaster, *map(int, children)]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)

    def end(_):
        for pid in reversed(stopped):
            os.kill(pid, signal.SIGKILL)
    cluster.halt = end


@pytest.mark.slow
@pytest.mark.parametrize("fails, within", [(killed, 15), (silent, 45), (frozen, 45), (demoted, 15), (read_only, 15)])
def test_a_writer_is_left_in_time(two_servers, daemons, fails, within):
    """The one test that measures time, since time is the promise; the figure is printed."""
    daemon = daemons(two_servers.etl)
    wait_for(lambda: two_servers.works_on(0), "cycles on the first")
    assert not two_servers.works_on(1)
    began = time.monotonic()
    fails(two_servers)
    wait_for(lambda: one(two_servers.clusters[1], f"select count(*) from pg_stat_activity where usename = '{WRITER}'") > 0, "the second",
             seconds=within + 30)
    took = time.monotonic() - began
    wait_for(lambda: two_servers.works_on(1), "a cycle on the second", seconds=60)
    print(f"{fails.__name__}: on the next one after {took:.1f} s")
    assert took < within
    assert daemon.stop() == 0
    assert_promise(two_servers.etls[1], two_servers.sandbox)
    assert_equal(two_servers.etls[1], two_servers.sandbox)

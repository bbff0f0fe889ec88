# SPDX-License-Identifier: MIT
"""What PostgreSQL, and the wire to it, can do to us: one row, one case.

Each row: a first load and some changes; the fault; a full sweep that meets it and ends with the exit code and the words of the row.
After that nothing may be vouched for that is not held, nothing may be left open in the database; and when the fault is
over, a cycle ends equal.
"""
import os
import pwd
import re
import signal
import subprocess
import threading
import time

import psycopg2
import pytest

import proxy as wire
from cluster import Cluster
from conftest import BUILD
from etl import Etl, assert_equal
from netns import Netns
from proxy import Proxy
from truth import assert_promise, assert_quiet

WRITER = "etl_writer"

# How the parts of a commit look on the wire.
IN_COPY, COMMIT, MERGE = b"PGCOPY\n", b"commit\x00", b"must_hold"

slow = pytest.mark.slow


@pytest.fixture(scope="module")
def own():
    """A cluster that may be killed and started again, with a role that is nobody's superuser."""
    cluster = Cluster(max_connections="30")
    with open(os.path.join(cluster.data, "pg_hba.conf")) as f:
        rules = f.read()
    with open(os.path.join(cluster.data, "pg_hba.conf"), "w") as f:
        f.write("host all etl_password 127.0.0.1/32 scram-sha-256\n" + rules)
    connection = cluster.connect()
    with connection.cursor() as cursor:
        cursor.execute(f"select pg_reload_conf(); create role {WRITER} login; create role etl_password login password 'right'")
    connection.close()
    yield cluster
    cluster.stop()


class At:
    """The scene: a sandbox, a warehouse, and the wire between it and us."""

    def __init__(self, cluster, directory, sandbox):
        self.cluster, self.sandbox, self.directory = cluster, sandbox, directory
        dbname = "faults"
        cluster.create_database(dbname)
        self.etl = Etl(os.path.join(BUILD, "sahut-etl"), directory, cluster, dbname, sandbox.base_url)
        self.etl.run("migrate")
        self.etl.sql(f"grant sahut_writer to {WRITER}, etl_password")
        self.wire = Proxy(("127.0.0.1", cluster.port))
        self.program = self.etl.program
        self.environment = {}
        self.meanwhile = None
        self.healing = []
        self.set()

    def set(self, **keywords):
        """The conninfo, with some keywords of one's own."""
        keywords = {"host": "127.0.0.1", "port": self.wire.port, "user": WRITER, "dbname": self.etl.dbname, "connect_timeout": 2, **keywords}
        self.etl.conninfo = " ".join(f"{k}={v}" for k, v in keywords.items())
        self.etl.write()

    def sql(self, query, undo=None):
        self.etl.sql(query)
        if undo:
            self.healing.append(lambda: self.etl.sql(undo))

    def blocked(self):
        """Waits until a merge waits for a lock."""
        self.wait_for("select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")

    def wait_for(self, query):
        eventually(lambda: self.etl.sql(query))

    def heal(self):
        self.wire.heal()
        while self.healing:
            self.healing.pop()()
        self.set()

    def sync(self):
        process = subprocess.Popen([self.program, "-c", self.etl.config, "sync", "--full"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env={**self.etl.environment(), **self.environment})
        if self.meanwhile:
            self.meanwhile()
        out, err = process.communicate(timeout=60)
        return process.returncode, err


@pytest.fixture
def at(own, tmp_path, sandboxes):
    scene = At(own, tmp_path, sandboxes(conversations=330))
    yield scene
    scene.heal()
    scene.wire.stop()


# ---- things that happen ----

def on_wire(kind, **how):
    return lambda at: at.wire.spoil(kind, **how)


def backends(at):
    return [r[0] for r in at.etl.sql(f"select pid from pg_stat_activity where usename = '{WRITER}'")]


def terminate(at):
    at.etl.sql(f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{WRITER}'")


def slay(at):
    """SIGKILL of a backend: PostgreSQL then throws everybody out and starts all over."""
    witness = at.cluster.connect()
    os.kill(backends(at)[0], signal.SIGKILL)
    eventually(lambda: not is_alive(lambda: witness))
    eventually(lambda: is_alive(at.cluster.connect))


def is_alive(connect):
    """Whether a statement can be run on what CONNECT gives."""
    try:
        connect().cursor().execute("select 1")
        return True
    except psycopg2.Error:
        return False


def eventually(look):
    deadline = time.monotonic() + 30
    while not look():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)


def restart(mode):
    def go(at):
        at.cluster.halt(mode)
        at.cluster.start()
    return go


def just_before(text, action):
    """What is done while TEXT is on its way to PostgreSQL."""
    def set_up(at):
        done = threading.Event()
        at.wire.spoil(wire.meanwhile, answer=False, before=text, held=lambda: (action(at), done.set()))
        at.meanwhile = lambda: done.wait(30)
    return set_up


def while_merging(action):
    """What is done while the merge stands in the middle, waiting for a lock."""
    def set_up(at):
        holder = at.cluster.connect(at.etl.dbname)
        holder.autocommit = False
        holder.cursor().execute("set deadlock_timeout = '60s'; lock table sahut.conversation in exclusive mode")

        def meanwhile():
            at.blocked()
            try:
                action(at, holder)
            finally:
                holder.close()
        at.meanwhile = meanwhile
    return set_up


def die(action):
    return while_merging(lambda at, holder: action(at))


def cancel(at):
    at.etl.sql(f"select pg_cancel_backend(pid) from pg_stat_activity where usename = '{WRITER}' and wait_event_type = 'Lock'")


def deadlock(at, holder):
    """We hold what the merge wants, and now want what it holds; its own detector strikes first."""
    holder.cursor().execute("lock table sahut.contact in exclusive mode")
    holder.rollback()


def refuse(state, times):
    """A trigger that refuses to write a conversation, with that SQLSTATE, so many times."""
    def set_up(at):
        at.sql(f"""
            create sequence public.refusals;
            grant usage on sequence public.refusals to {WRITER};
            create function public.refuse() returns trigger language plpgsql as $$ begin
                if nextval('public.refusals') <= {times} then
                    raise exception using errcode = '{state}', message = 'refused by a trigger';
                end if;
                return null;
            end $$;
            create trigger refuse before insert or update on sahut.conversation for each statement execute function public.refuse()""",
               "drop trigger refuse on sahut.conversation; drop function public.refuse; drop sequence public.refusals")
    return set_up


def read_only(at):
    """As after a failover behind the same address: sessions that are there already are told, too."""
    def back():
        at.etl.sql("alter system reset default_transaction_read_only")
        at.etl.sql("select pg_reload_conf()")
        eventually(lambda: at.etl.one("show default_transaction_read_only") == "off")
    at.healing.append(back)
    at.etl.sql("alter system set default_transaction_read_only = on")
    at.etl.sql("select pg_reload_conf()")
    eventually(lambda: at.etl.one("show default_transaction_read_only") == "on")


def furnish(standby, at):
    with standby.connect().cursor() as cursor:
        for statement in ("set default_transaction_read_only = off", f"create role {WRITER} login", f"create database {at.etl.dbname}"):
            cursor.execute(statement)


def failover(at):
    """Two hosts, of which the first takes no writes."""
    standby = Cluster(default_transaction_read_only="on")
    at.healing.append(standby.stop)
    furnish(standby, at)
    at.set(host="127.0.0.1,127.0.0.1", port=f"{standby.port},{at.wire.port}")


def only_a_standby(at):
    standby = Cluster(default_transaction_read_only="on")
    at.healing.append(standby.stop)
    furnish(standby, at)
    at.set(port=standby.port)


def disk_full(at):
    """The tables move to a file system that has just room for them."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    place = os.path.join(at.cluster.dir, "small")
    os.makedirs(place, exist_ok=True)
    options = f"size=8m,uid={pwd.getpwnam(at.cluster.user).pw_uid}"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    at.healing.append(lambda: subprocess.run(["umount", "-l", place], check=True))
    at.sql(f"create tablespace small location '{place}'", "drop tablespace small")
    at.sql("alter table sahut.conversation set tablespace small", "alter table sahut.conversation set tablespace pg_default")
    filler = os.open(os.path.join(place, "filler"), os.O_WRONLY | os.O_CREAT)
    at.healing.append(lambda: os.unlink(os.path.join(place, "filler")))
    try:
        while True:
            os.write(filler, b"x" * 4096)
    except OSError:
        os.close(filler)


def smart_shutdown(at):
    """It shuts down, and waits for a session that does not end."""
    holder = at.cluster.connect(at.etl.dbname)
    stopping = threading.Thread(target=lambda: at.cluster.halt("smart"))
    stopping.start()
    eventually(lambda: not is_alive(at.cluster.connect))

    def over():
        holder.close()
        stopping.join()
        at.cluster.start()
    at.healing.append(over)


def message(state, text):
    """A FATAL of PostgreSQL's, as it stands on the wire."""
    fields = b"SFATAL\x00VFATAL\x00C" + state.encode() + b"\x00M" + text.encode() + b"\x00\x00"
    return b"E" + (len(fields) + 4).to_bytes(4, "big") + fields


def starting_up(at):
    at.set(sslmode="disable")
    at.wire.spoil(wire.say, times=0, held=message("57P03", "the database system is starting up"))


def fewer_connections(at):
    at.sql(f"alter role {WRITER} connection limit 1", f"alter role {WRITER} connection limit -1")


def password(text):
    def set_up(at):
        at.set(user="etl_password")
        at.environment = {"PGPASSWORD": text} if text else {}
    return set_up


def lock_of_another(at):
    holder = at.cluster.connect(at.etl.dbname)
    holder.cursor().execute("select sahut_etl.take_lease(id, 'sync on elsewhere, process 1') from sahut_etl.workspace")
    at.healing.append(holder.close)


def stuck(at):
    """PostgreSQL goes on breathing, and never answers the merge."""
    at.wire.spoil(wire.black_hole, upon=MERGE)
    # Nobody waits ten minutes here: the deadline is another's, in the program that is built with a fuse.
    at.program = os.path.join(BUILD, "sahut-etl-fused")
    at.environment = {"SAHUT_FUSE_DEADLINE": "1"}


def old_server(at):
    at.set(sslmode="disable")
    new = str(at.etl.one("show server_version")).encode()
    at.wire.spoil(wire.replace, times=0, held=(b"server_version\x00" + new, b"server_version\x00" + b"12" + new[2:]))


# name, what happens, exit, what is said, kind of error in the run (None: there is no run, or it is not the run that failed)
ROWS = [
    ("refused", lambda at: at.set(port=1), 69, "(?i)connection refused", None),
    ("no_such_host", lambda at: at.set(host="sahut.invalid"), 69, "sahut.invalid", None),
    ("no_such_database", lambda at: at.set(dbname="nowhere"), 69, 'database "nowhere" does not exist', None),
    pytest.param("no_such_role", lambda at: at.set(user="nobody_here"), 77, 'role "nobody_here" does not exist', None, marks=slow),
    ("password_missing", password(None), 77, "(?i)no password supplied", None),
    ("password_wrong", password("wrong"), 77, "(?i)password authentication failed", None),
    ("tls_not_offered", lambda at: at.set(sslmode="require"), 69, "server does not support SSL", None),
    ("too_many_connections", fewer_connections, 69, "too many connections for role", None),
    ("shutting_down", smart_shutdown, 69, "the database system is shutting down", None),
    ("starting_up", starting_up, 69, "the database system is starting up", None),
    ("old_server", old_server, 78, "PostgreSQL 12; 13 or newer is needed", None),
    ("black_hole_when_connecting", on_wire(wire.black_hole, times=0), 69, "does not answer", None),
    pytest.param("reset_when_connecting", on_wire(wire.reset, times=0, after=3), 69, "database: ", None, marks=slow),
    ("terminated_in_copy", just_before(IN_COPY, terminate), 69, "57P01", "unavailable"),
    ("terminated_in_merge", die(terminate), 69, "57P01", "unavailable"),
    ("terminated_before_commit", just_before(COMMIT, terminate), 69, "57P01", "unavailable"),
    ("killed_in_copy", just_before(IN_COPY, slay), 69, "57P02|server closed the connection", None),
    ("killed_in_merge", die(slay), 69, "57P02|server closed the connection", None),
    ("killed_before_commit", just_before(COMMIT, slay), 69, "57P02|server closed the connection", None),
    ("restart_fast_in_merge", die(restart("fast")), 69, "57P01", None),
    ("restart_immediate_in_merge", die(restart("immediate")), 69, "57P02|server closed the connection", None),
    ("reset_in_copy", on_wire(wire.reset, answer=False, before=IN_COPY), 69, "database: ", None),
    ("reset_in_merge", on_wire(wire.reset, upon=MERGE), 69, "database: ", None),
    ("reset_before_commit", on_wire(wire.reset, answer=False, before=COMMIT), 69, "database: ", None),
    ("commit_done_and_nobody_heard", on_wire(wire.reset, upon=COMMIT), 69, "database: ", None),
    ("commit_done_and_the_answer_cut", on_wire(wire.truncate, upon=COMMIT), 69, "server closed the connection", None),
    ("stuck_in_merge", stuck, 69, "no answer within 1 seconds", None),
    ("merge_is_slow", on_wire(wire.delay, upon=MERGE, seconds=1), 0, "", None),
    ("read_only", just_before(IN_COPY, read_only), 69, "25006|read-only", None),
    ("only_a_standby", only_a_standby, 69, "read-only", None),
    ("failover_to_the_next_host", failover, 0, "", None),
    ("disk_full", disk_full, 69, "53100", "unavailable"),
    ("deadlock", while_merging(deadlock), 0, "", None),
    ("serialization_failure", refuse("40001", 1), 0, "", None),
    ("serialization_failure_for_good", refuse("40001", 999), 75, "40001", "conflict"),
    ("cancelled", die(cancel), 75, "57014", "busy"),
    pytest.param("lock_timeout", refuse("55P03", 999), 75, "55P03", "busy", marks=slow),
    pytest.param("out_of_memory", refuse("53200", 999), 69, "53200", "unavailable", marks=slow),
    pytest.param("io_error", refuse("58030", 999), 69, "58030", "unavailable", marks=slow),
    ("corrupt_table", refuse("XX001", 999), 69, "XX001", "unavailable"),
    pytest.param("internal_error", refuse("XX000", 999), 69, "XX000", "unavailable", marks=slow),
    ("check_violation", refuse("23514", 999), 65, "23514", "data"),
    pytest.param("numeric_out_of_range", refuse("22003", 999), 65, "22003", "data", marks=slow),
    ("privilege_missing", lambda at: at.sql("revoke insert on sahut.conversation_label, sahut.conversation from sahut_writer",
                                            "grant insert on sahut.conversation_label, sahut.conversation to sahut_writer"),
     77, "42501.*sahut-etl check", "denied"),
    ("schema_privilege_missing", lambda at: at.sql("revoke usage on schema sahut_etl from sahut_writer", "grant usage on schema sahut_etl to sahut_writer"),
     77, "grant usage on schema sahut_etl to", None),
    ("temporary_tables_refused", lambda at: at.sql(f"revoke temporary on database {at.etl.dbname} from public",
                                                   f"grant temporary on database {at.etl.dbname} to public"),
     77, "42501.*sahut-etl check", None),
    ("table_gone", lambda at: at.sql("alter table sahut.conversation_label rename to elsewhere", "alter table sahut.elsewhere rename to conversation_label"),
     78, "42P01", "config"),
    ("column_gone", lambda at: at.sql("alter table sahut.conversation rename status to elsewhere", "alter table sahut.conversation rename elsewhere to status"),
     78, "42703", None),
    ("schema_newer", lambda at: at.sql("insert into sahut_etl.migration (version, name, checksum) values (9999, 'x', 'x')",
                                       "delete from sahut_etl.migration where version = 9999"), 78, "newer than this program's", None),
    ("schema_older", lambda at: at.sql("update sahut_etl.migration set version = -version", "update sahut_etl.migration set version = -version"),
     78, "sahut-etl migrate", None),
    pytest.param("lock_of_another", lock_of_another, 75, "another process works on it", None, marks=slow),
    pytest.param("lock_timeout_for_real", while_merging(lambda at, holder: time.sleep(12)), 75,
                 r"55P03.*; process \d+ of postgres \(without a name\) holds ExclusiveLock on sahut.conversation", "busy", marks=slow),
    pytest.param("lock_timeout_and_what_is_run", lambda at: (
        at.sql(f"grant pg_read_all_stats to {WRITER}", f"revoke pg_read_all_stats from {WRITER}"), while_merging(lambda at, holder: time.sleep(12))(at)), 75,
                 r"55P03.*; process \d+ of postgres \(without a name, which does nothing in its transaction since .*lock table sahut.conversation",
                 "busy", marks=slow),
]


@pytest.mark.parametrize("name, happens, exits, says, kind", ROWS, ids=[getattr(row, "values", row)[0] for row in ROWS])
def test_fault(at, name, happens, exits, says, kind):
    at.etl.run("sync")
    at.sandbox.change("update", 20)
    at.sandbox.change("resolve", 5)
    at.sandbox.change("create", 30)
    at.sandbox.control("clock", {"advance": 600})
    happens(at)
    code, err = at.sync()
    assert code == exits, err
    assert re.search(says, err), err
    assert sum(1 for line in err.splitlines() if "level=" in line) <= 2, err
    if kind:
        assert f" error={kind}" in err, err
    if name not in ("shutting_down", "table_gone", "column_gone"):
        assert_promise(at.etl, at.sandbox)
    at.heal()
    if kind:
        assert at.etl.one("select error_kind from sahut_etl.run order by id desc limit 1") in (kind, None)
    assert_promise(at.etl, at.sandbox)
    at.etl.run("sync")
    assert_equal(at.etl, at.sandbox)
    assert_promise(at.etl, at.sandbox)
    assert_quiet(at.etl)


def test_no_transaction_is_open_while_the_api_is_waited_for(at):
    """idle_in_transaction_session_timeout cannot strike: there is nothing to strike at."""
    at.sandbox.control("config", {"latency_ms": 150})
    process = at.etl.start("sync")
    looked = 0
    while process.poll() is None:
        idle = at.etl.sql(f"""select xact_start, state, query from pg_stat_activity where usename = '{WRITER}'
            and state like 'idle in transaction%%' and state_change < clock_timestamp() - interval '100 ms'""".replace("%%", "%"))
        assert not idle, idle
        looked += 1
        time.sleep(0.01)
    process.communicate()
    assert process.returncode == 0 and looked > 20


def test_a_cycle_that_failed_while_a_batch_was_merged_stays_failed(at):
    """The batch is committed after the failure has been written down, and must not say that the run goes on."""
    at.etl.run("sync")
    at.sandbox.change("update", 200)
    holder = at.cluster.connect(at.etl.dbname)
    holder.autocommit = False
    holder.cursor().execute("lock table sahut.conversation in exclusive mode")
    at.sandbox.fault("status", match="list", after=1, times=0, status=401)
    # Built with a fuse, it commits each page.
    process = subprocess.Popen([os.path.join(BUILD, "sahut-etl-fused"), "-c", at.etl.config, "sync", "--full"], stderr=subprocess.PIPE, text=True,
                               env=at.etl.environment())
    at.blocked()
    at.wait_for("select id from sahut_etl.run where state = 'failed'")
    holder.close()
    assert process.communicate(timeout=60) and process.returncode == 77
    assert at.etl.sql("select state, error_kind, ended_at is not null from sahut_etl.run order by id desc limit 1") == [("failed", "denied", True)]
    assert at.etl.one("select pages from sahut_etl.run order by id desc limit 1") == 1


def test_told_to_end_while_postgresql_stands_still(at):
    """Not even a cancel would be answered: it ends without asking."""
    with open(os.path.join(at.cluster.data, "postmaster.pid")) as f:
        server = int(f.readline())
    holder = at.cluster.connect(at.etl.dbname)
    holder.autocommit = False
    holder.cursor().execute("lock table sahut.conversation in exclusive mode")
    at.etl.conninfo = at.cluster.conninfo(at.etl.dbname, WRITER)
    at.etl.write()
    process = at.etl.start("sync")
    try:
        at.blocked()
        stopped = [server, *(r[0] for r in at.etl.sql("select pid from pg_stat_activity where pid <> pg_backend_pid()"))]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        process.terminate()
        out, err = process.communicate(timeout=10)
        assert process.returncode == 75, err
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
        process.kill()
        holder.close()
    at.etl.run("sync")
    assert_equal(at.etl, at.sandbox)
    assert_quiet(at.etl)


@pytest.fixture
def cable():
    netns = Netns()
    if os.geteuid() != 0 or not netns.make():
        pytest.skip("no network of one's own can be made here")
    yield netns
    netns.remove()


@slow
@pytest.mark.parametrize("where", ["in_merge", "in_copy"])
def test_the_cable_is_pulled(own, tmp_path, sandboxes, cable, where):
    """The host of PostgreSQL is gone from the network: keepalives, or what is not acknowledged, tell."""
    with cable:
        at = At(own, tmp_path, sandboxes(conversations=330))
        at.wire.stop()
        at.wire = Proxy(os.path.join(own.dir, f".s.PGSQL.{own.port}"))
        at.set(keepalives_idle=1, keepalives_interval=1, keepalives_count=2, tcp_user_timeout=2000)
        if where == "in_merge":
            while_merging(lambda at, holder: pull(at, cable))(at)
        else:
            just_before(b"copy pg_temp.stage_conversation", lambda at: cable.set("down"))(at)
        code, err = at.sync()
        assert code == 69 and "database: " in err, err
        cable.set("up")
        at.wire.cut_all()
        at.wire.stop()
        at.etl.conninfo = own.conninfo(at.etl.dbname)
        at.etl.write()
        terminate(at)
        at.etl.run("sync")
        assert_equal(at.etl, at.sandbox)
        assert_quiet(at.etl)


def pull(at, cable):
    """The server goes on with its work, and nobody hears of it; the lock is free long after we have gone."""
    cable.set("down")
    time.sleep(6)


@slow
def test_the_daemon_outlives_the_database(at):
    """It says once that the warehouse is lost, once that it is back, and goes on; the API is left alone meanwhile."""
    at.etl.run("sync")
    at.etl.workspaces[0]["schedule"] = "{incremental: 5s}"
    at.etl.write()
    log = open(os.path.join(at.etl.dir, "log"), "w+")
    process = subprocess.Popen(at.etl.command("run"), stderr=log, env=at.etl.environment())
    try:
        at.wait_for("select id from sahut_etl.run where id > 1 and state = 'ok'")
        at.cluster.halt("fast")
        at.sandbox.change("update", 20)
        time.sleep(1)
        at.sandbox.reset_stats()
        time.sleep(7)
        assert at.sandbox.stats()["requests"] == 0
        at.cluster.start()
        last = at.etl.one("select max(id) from sahut_etl.run")
        at.wait_for(f"select id from sahut_etl.run where id > {last} and state = 'ok'")
        assert_equal(at.etl, at.sandbox)
    finally:
        process.terminate()
        assert process.wait(10) == 0
    log.seek(0)
    said = log.read()
    assert said.count("event=warehouse_lost") == 1 and said.count("event=warehouse_back") == 1, said

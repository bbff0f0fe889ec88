# SPDX-License-Identifier: MIT
"""Neighbours of what test_managed.py has: other settings of servers and sessions, things that administrators put into our schemas, names that have to
be quoted, and hosts where something is missing."""
import os
import re
import resource
import shlex
import shutil
import subprocess
import tempfile

import psycopg2
import pytest

from cluster import Cluster, bindir
from conftest import BUILD
from daemon import Daemon, loaded, wait_for
from etl import Etl, assert_equal
from test_security import certificate, openssl
from truth import assert_promise

# Its tests move the clock on by more than a few minutes.
AGO = "3h"
WRITER = "elsewhere_writer"


def needs_namespace():
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode != 0:
        pytest.skip("no mount namespace can be made here")


def sql(cluster, *statements, dbname="postgres"):
    connection = psycopg2.connect(host=cluster.dir, port=cluster.port, user="postgres", dbname=dbname)
    connection.autocommit = True
    for statement in statements:
        connection.cursor().execute(statement)
    connection.close()


def installed(cluster, sandbox, directory, dbname, writer=WRITER):
    """A warehouse as INSTALL.md makes it: an owner that is no superuser, and a daemon's role that has the one grant."""
    quoted, owner = f'"{writer}"', f"owner_{os.getpid()}"
    directory.mkdir(exist_ok=True)
    sql(cluster, f"drop role if exists {quoted}", f"create role {quoted} login", f"drop role if exists {owner}", f"create role {owner} login createrole",
        f'create database "{dbname}" template template0 encoding \'UTF8\' owner {owner}')
    etl = Etl(os.path.join(BUILD, "sahut-etl"), directory, cluster, dbname, sandbox.base_url)
    as_role(etl, owner)
    etl.run("migrate")
    sql(cluster, f"grant sahut_writer to {quoted}", dbname=dbname)
    as_role(etl, writer)
    return etl


def as_role(etl, role):
    # A quote needs a backslash, and that another one in YAML.
    dbname = etl.dbname.replace("'", "\\\\'")
    etl.conninfo = f"host={etl.cluster.dir} port={etl.cluster.port} user='{role}' dbname='{dbname}'"
    etl.write()


def change(sandbox):
    sandbox.control("clock", {"advance": 200})
    for kind in ("create", "update", "resolve", "reassign"):
        sandbox.change(kind, 10)


def lives(etl, sandbox):
    """A first load, changes, a sweep, the proof, reports and an erasure: all as on any other server."""
    etl.run("check")
    etl.run("sync")
    change(sandbox)
    etl.run("sync")
    sandbox.change("delete", 2)
    etl.run("sync", "--full")
    etl.run("verify")
    etl.run("report", "workload")
    etl.run("report", "volume", "--format", "csv")
    etl.run("status")
    assert etl.status()["state"] == "well"
    assert etl.one("select sum(created_count) from sahut_report.daily_volume") == len(sandbox.dump()["conversations"])
    assert_promise(etl, sandbox)
    assert_equal(etl, sandbox)


# ---- servers ----

SERVERS = {
    "the least of everything": {"max_locks_per_transaction": "10", "max_connections": "10", "max_prepared_transactions": "0", "max_wal_senders": "0",
                                "wal_level": "minimal", "max_worker_processes": "1", "max_parallel_workers": "0", "shared_buffers": "1MB",
                                "work_mem": "64kB", "maintenance_work_mem": "1MB", "max_wal_size": "32MB"},
    "nothing is tracked": {"track_activities": "off", "track_counts": "off", "autovacuum": "off", "track_io_timing": "off"},
    "everything is told": {"shared_preload_libraries": "auto_explain,pg_stat_statements", "auto_explain.log_min_duration": "0",
                           "auto_explain.log_analyze": "on", "auto_explain.log_nested_statements": "on", "log_statement": "all",
                           "log_min_duration_statement": "0", "log_duration": "on", "log_lock_waits": "on", "log_connections": "on"},
    "another clock": {"timezone": "Pacific/Kiritimati", "log_timezone": "Asia/Kathmandu", "datestyle": "SQL,DMY",
                      "intervalstyle": "sql_standard", "default_transaction_isolation": "serializable", "synchronous_commit": "off"},
}


@pytest.mark.parametrize("how", SERVERS)
def test_a_server_that_is_set_up_otherwise(sandboxes, tmp_path, how):
    cluster = Cluster(**SERVERS[how])
    try:
        sandbox = sandboxes(conversations=200)
        lives(installed(cluster, sandbox, tmp_path / "etl", "kept"), sandbox)
        if how == "everything is told":
            with open(os.path.join(cluster.dir, "log"), errors="replace") as f:
                log = f.read()
            people = {(c.get("contact") or {}).get(k) for c in sandbox.dump()["conversations"] for k in ("name", "phone")} - {None, ""}
            assert len(log) > 100000 and not [p for p in people if p in log]
    finally:
        cluster.stop()


@pytest.fixture(scope="module")
def server():
    cluster = Cluster(listen_addresses="'::1,127.0.0.1'")
    yield cluster
    cluster.stop()


@pytest.fixture
def kept(server, sandboxes, tmp_path):
    """A warehouse on a server of everybody's, which a test may spoil."""
    made = []

    def make(dbname=f"kept_{os.getpid()}", writer=WRITER, conversations=200):
        server.drop_database(dbname)
        made.append((dbname, writer))
        sandbox = sandboxes(conversations=conversations)
        return sandbox, installed(server, sandbox, tmp_path / "etl", dbname, writer)

    yield make
    for dbname, writer in made:
        server.drop_database(dbname)
        sql(server, f'drop role "{writer}"')


def setting(name, value):
    return f'alter database "{{db}}" set {name} = {value}'


SESSIONS = {
    "an error ends the session": [setting("exit_on_error", "on")],
    "a commit is not waited for": [setting("synchronous_commit", "off"), setting("commit_delay", "1000")],
    "strict functions": [setting("plpgsql.extra_errors", "'all'"), setting("plpgsql.check_asserts", "on")],
    "functions prefer columns": [setting("plpgsql.variable_conflict", "'use_column'")],
    "functions prefer variables": [setting("plpgsql.variable_conflict", "'use_variable'")],
    "a planner that does not look": [setting("join_collapse_limit", "1"), setting("from_collapse_limit", "1"), setting("geqo_threshold", "2"),
                                     setting("default_statistics_target", "10000"), setting("constraint_exclusion", "on")],
    "no index is used": [setting("enable_indexscan", "off"), setting("enable_bitmapscan", "off"), setting("enable_indexonlyscan", "off")],
    "nothing is compressed, all is dense": [setting("default_toast_compression", "'pglz'"), setting("gin_fuzzy_search_limit", "1"),
                                            setting("vacuum_cost_delay", "100")],
}


@pytest.mark.parametrize("how", SESSIONS)
def test_sessions_that_are_set_up_otherwise(kept, how):
    sandbox, etl = kept()
    for statement in SESSIONS[how]:
        try:
            etl.sql(statement.format(db=etl.dbname))
        except psycopg2.errors.UndefinedObject:
            pytest.skip("it has no such setting")
    lives(etl, sandbox)


def test_a_library_that_is_not_there(kept):
    """Every session of the role ends before it begins: said as it is, and over when it is over."""
    sandbox, etl = kept()
    sql(etl.cluster, f"alter role {WRITER} set session_preload_libraries = 'nosuch'")
    try:
        for command in ("sync", "status", "check"):
            done = etl.run(command, expect=69)
            assert "nosuch" in done.stdout + done.stderr, done
    finally:
        sql(etl.cluster, f"alter role {WRITER} reset session_preload_libraries")
    lives(etl, sandbox)


# ---- catalogs that not everybody may read ----

CATALOGS = ["pg_roles", "pg_database", "pg_stat_activity", "pg_settings", "pg_user", "pg_locks", "pg_auth_members", "pg_tablespace", "pg_shadow"]


def test_catalogs_that_a_host_of_many_has_closed(kept):
    sandbox, etl = kept()
    for catalog in CATALOGS:
        etl.sql(f"revoke all on pg_catalog.{catalog} from public")
    for command in ("sync", "status"):
        assert "sahut-etl check names the right that is missing" in etl.run(command, expect=77).stderr
    for statement in re.findall(r"as an administrator: (grant .*;)", etl.run("check", expect=77).stdout):
        etl.sql(statement)
    lives(etl, sandbox)


# ---- what an administrator puts into our schemas ----

THINGS = {
    "a column": ["alter table sahut.conversation add column note text", "alter table sahut_pii.contact add column note text",
                 "alter table sahut_etl.day_volume add column note text default 'x'"],
    "a column that is computed": ["alter table sahut.conversation add column is_open boolean generated always as (status = 'open') stored"],
    "a column that may not be empty": ["alter table sahut.conversation add column weight integer not null default 1"],
    "indexes and statistics": ["create index on sahut.conversation (status, assignee_id)", "create index on sahut_etl.day_volume (created_count)",
                               "create statistics sahut.more on status, assignee_id from sahut.conversation"],
    "views upon it": ["create view public.mine as select * from sahut.conversation", "create view public.days as select * from sahut_report.daily_volume",
                      "create materialized view public.kept as select * from sahut_report.conversations"],
    "tables that refer to it": ["create table public.note (id text collate \"C\" references sahut.conversation (id) on delete cascade, text text)",
                                "insert into public.note select id, 'x' from sahut.conversation limit 5"],
    "a trigger that copies": ["create table public.audit (at timestamptz, who text, id text)",
                              "create function public.audit() returns trigger language plpgsql security definer as $$ begin "
                              "insert into public.audit values (now(), session_user, new.id); return new; end $$",
                              "create trigger audit after insert or update on sahut.conversation for each row execute function public.audit()"],
    "a rule": ["create table public.seen (id text)", "grant insert on public.seen to public",
               "create rule seen as on update to sahut.conversation do also insert into public.seen values (new.id)"],
    "a child of a table": ["create table public.old_conversation () inherits (sahut.conversation)"],
    "tables without a log": ["alter table sahut_etl.request_ledger set unlogged"],
}


@pytest.mark.parametrize("what", THINGS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_things_of_somebody_elses_in_our_schemas(kept, what, when):
    """Before the first load, or after it."""
    sandbox, etl = kept()
    if when == "after":
        etl.run("sync")
    for statement in THINGS[what]:
        etl.sql(statement)
    lives(etl, sandbox)
    etl.run("erase", etl.one("select min(contact_id) from sahut.conversation where contact_id is not null"))
    etl.run("verify", "--full", "--repair", expect=None)
    etl.sql("select sahut_etl.remove_workspace('utama')")


def test_a_trigger_with_a_code_of_its_own(kept):
    """Whatever SQLSTATE it makes up, the row is put aside, and all else is loaded."""
    sandbox, etl = kept()
    bad = min(c["id"] for c in sandbox.dump()["conversations"])
    etl.sql("create function public.no() returns trigger language plpgsql as $$ begin raise exception 'not this one' using errcode = 'ZX042'; end $$")
    etl.sql(f"create trigger no before insert on sahut.conversation for each row when (new.id = '{bad}') execute function public.no()")
    done = etl.run("sync", expect=65)
    assert "1 items could not be loaded" in done.stderr, done.stderr
    assert etl.sql("select conversation_id, reason from sahut_etl.rejected_item")[0][0] == bad
    assert etl.one("select count(*) from sahut.conversation") == 199
    etl.sql("drop trigger no on sahut.conversation")
    etl.run("sync")
    assert_equal(etl, sandbox)


# ---- names ----

@pytest.mark.parametrize("dbname, writer", [("Sahut Data", "sahut-etl"), ("it's", "Ops Team"), ("a-b", "user"), ("gudang_é", "1st")])
def test_names_that_have_to_be_quoted(kept, dbname, writer):
    """And what is advised can be pasted."""
    sandbox, etl = kept(dbname, writer)
    cluster = etl.cluster
    for spoil in (f'alter role "{writer}" nologin', f'revoke connect on database "{dbname}" from public', f'revoke sahut_writer from "{writer}"',
                  f'alter role "{writer}" connection limit 0', f'alter role "{writer}" set default_transaction_read_only = on',
                  f'revoke temporary on database "{dbname}" from public', f'alter role "{writer}" noinherit'):
        sql(cluster, spoil)
        done = etl.run("check", expect=None)
        assert done.returncode in (69, 77), (spoil, done)
        advised = re.findall(r'(?:alter role|grant|alter database) [^;,\n]*', done.stdout)
        assert advised, (spoil, done.stdout)
        for statement in advised:
            sql(cluster, statement, dbname=dbname)
        if "noinherit" in spoil:
            continue
        etl.run("check")
    cluster.drop_database(dbname)
    done = etl.run("check", expect=69)
    command = re.search(r"createdb .*", done.stdout).group(0)
    assert shlex.split(command)[-1] == dbname, command


# ---- ways to the server ----

@pytest.fixture(scope="module")
def authorities(tmp_path_factory):
    directory = str(tmp_path_factory.mktemp("authorities"))
    openssl(directory, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "30",
            "-addext", "basicConstraints=critical,CA:TRUE")
    certificate(directory, "server", names="DNS:localhost,IP:127.0.0.1")
    certificate(directory, WRITER, names=f"DNS:{WRITER}")
    return directory


def hba(cluster, *lines):
    with open(os.path.join(cluster.data, "pg_hba.conf"), "w") as f:
        f.write("local all all trust\n" + "".join(line + "\n" for line in lines))
    sql(cluster, "select pg_reload_conf()")


@pytest.fixture
def guarded(sandboxes, tmp_path, authorities):
    """A server that speaks TLS."""
    # Where PostgreSQL's user may enter.
    directory = tempfile.mkdtemp(prefix="sahut-tls-")
    subprocess.run(f"cp {authorities}/* {directory}; chmod 600 {directory}/*.key; chmod 755 {directory}", shell=True, check=True)
    if os.geteuid() == 0:
        shutil.chown(f"{directory}/server.key", "postgres")
    cluster = Cluster(ssl="on", ssl_cert_file=f"{directory}/server.pem", ssl_key_file=f"{directory}/server.key", ssl_ca_file=f"{directory}/ca.pem")
    sandbox = sandboxes(conversations=60)
    etl = installed(cluster, sandbox, tmp_path / "etl", "kept")

    def way(more, password=None):
        etl.conninfo = f"host=localhost port={cluster.port} user={WRITER} dbname=kept {more}"
        if password:
            with open(os.open(os.path.join(etl.dir, "pg-password"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
                f.write(password + "\n")
            etl.conninfo += '"\n  password_file: "pg-password'
        etl.write()

    yield sandbox, etl, way, directory
    cluster.stop()
    shutil.rmtree(directory)


def test_a_server_that_wants_tls(guarded):
    """As managed ones do: what keeps us out is our own sslmode, and that is said."""
    sandbox, etl, way, directory = guarded
    hba(etl.cluster, f"hostssl kept {WRITER} 0.0.0.0/0 trust")
    for mode, code in (("disable", 77), ("prefer", 0), ("require", 0), (f"verify-full sslrootcert={directory}/ca.pem", 0)):
        way(f"sslmode={mode}")
        done = etl.run("check", expect=code)
        assert code == 0 or "take sslmode=disable out of warehouse.conninfo" in done.stdout, done.stdout
    lives(etl, sandbox)


def test_a_server_that_rejects_or_wants_a_certificate(guarded):
    sandbox, etl, way, directory = guarded
    tls = f"sslmode=verify-full sslrootcert={directory}/ca.pem"
    hba(etl.cluster, f"host kept {WRITER} 0.0.0.0/0 reject", "host all all 0.0.0.0/0 trust")
    way(tls)
    assert "a line with reject comes first" in etl.run("check", expect=77).stdout
    hba(etl.cluster, f"hostssl kept {WRITER} 0.0.0.0/0 cert")
    assert "sslcert=FILE sslkey=FILE" in etl.run("check", expect=77).stdout
    way(f"{tls} sslcert={directory}/{WRITER}.pem sslkey={directory}/{WRITER}.key")
    lives(etl, sandbox)


@pytest.mark.parametrize("kind", ["md5", "scram-sha-256"])
def test_passwords_of_each_kind(guarded, kind):
    sandbox, etl, way, directory = guarded
    sql(etl.cluster, f"set password_encryption = '{kind}'", f"alter role {WRITER} password 'kunci'")
    hba(etl.cluster, f"host kept {WRITER} 0.0.0.0/0 {kind}")
    way("sslmode=disable", "salah")
    assert "password_file" in etl.run("check", expect=77).stdout
    way("sslmode=disable", "kunci")
    lives(etl, sandbox)
    sql(etl.cluster, f"alter role {WRITER} valid until '2000-01-01'")
    etl.run("sync", expect=77)


def test_a_way_by_ipv6_alone(kept):
    sandbox, etl = kept()
    if not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("this machine has no IPv6")
    for host in ("host=::1", "hostaddr=::1"):
        etl.conninfo = f"{host} port={etl.cluster.port} user={WRITER} dbname={etl.dbname}"
        etl.write()
        etl.run("check")
    lives(etl, sandbox)


# ---- a provider that makes no roles ----

def test_a_provider_of_one_role(server, sandboxes, tmp_path):
    """Nobody can make the roles: said each time, and all works as the one role there is."""
    cluster = Cluster()
    try:
        sql(cluster, "create role sole login", "create database sole owner sole template template0")
        sandbox = sandboxes(conversations=200)
        etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path, cluster, "sole", sandbox.base_url)
        as_role(etl, "sole")
        for _ in range(2):
            assert "create role sahut_writer nologin" in etl.run("migrate", expect=77).stderr
        lives(etl, sandbox)
    finally:
        cluster.stop()


class Zoneless(Cluster):
    """A server without the zones of Asia, as one on Debian 13 is without those of tzdata-legacy."""

    def start(self):
        run = self._run
        zones = [d for d in ("/usr/share/zoneinfo/Asia", os.path.join(bindir(), "../share/postgresql/timezone/Asia")) if os.path.isdir(d)]
        hide = "; ".join(f"mount -t tmpfs none {d}" for d in zones)

        def hidden(program, *args):
            script = os.path.join(self.dir, "hidden")
            with open(script, "w") as f:
                f.write(f"#!/bin/sh\n{hide}\nexec runuser -u {self.user} -- {os.path.join(bindir(), program)} \"$@\"\n")
            subprocess.run(["unshare", "-m", "sh", script, *args], check=True, cwd="/", stdout=subprocess.DEVNULL)
        self._run = hidden
        try:
            super().start()
        finally:
            self._run = run


def test_a_zone_that_the_server_does_not_know(sandboxes, tmp_path):
    """While the host of the daemon knows it: said before anything is read, and over when it is another one."""
    needs_namespace()
    cluster = Zoneless()
    try:
        sandbox = sandboxes(conversations=60)
        etl = installed(cluster, sandbox, tmp_path / "etl", "kept")
        assert 'the database knows no time zone "Asia/Jakarta"' in etl.run("check", expect=78).stdout
        done = etl.run("sync", expect=78)
        assert "Asia/Jakarta" in done.stderr and "timezone" in done.stderr, done.stderr
        etl.workspaces[0]["timezone"] = "Australia/Perth"
        etl.write()
        etl.run("sync")
        lives(etl, sandbox)
    finally:
        cluster.stop()


# ---- hosts ----

def inside(etl, script, *args, expect=0, environment=None):
    """A command in a mount namespace of its own, after SCRIPT was run there."""
    command = ["unshare", "-m", "sh", "-ec", script + '\nexec "$@"', "sh", *etl.command(*args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env={**etl.environment(), **(environment or {})}, cwd="/")
    assert expect is None or done.returncode == expect, (args, done.returncode, done.stdout, done.stderr)
    return done


HOSTS = {
    "nothing can be written": "mount -o remount,bind,ro /",
    "no zones, no /etc/localtime, no locales": "mount -t tmpfs none /usr/share/zoneinfo; mount -t tmpfs none /usr/lib/locale",
    "no /proc": "umount -l /proc 2>/dev/null || mount -t tmpfs none /proc",
    "no names": "mount --bind /dev/null /etc/passwd; mount --bind /dev/null /etc/group; mount --bind /dev/null /etc/hosts; "
                "mount --bind /dev/null /etc/nsswitch.conf; mount --bind /dev/null /etc/resolv.conf",
}


@pytest.mark.parametrize("how", HOSTS)
def test_a_host_where_something_is_missing(kept, how):
    needs_namespace()
    sandbox, etl = kept()
    script = HOSTS[how]
    with open(etl.program, "rb") as f:
        if how == "no /proc" and b"__asan_init" in f.read():
            pytest.skip("sanitizers cannot do without /proc")
    inside(etl, script, "check")
    inside(etl, script, "sync")
    change(sandbox)
    inside(etl, script, "sync")
    inside(etl, script, "verify")
    inside(etl, script, "status")
    for form in ("table", "csv", "json", "html"):
        assert inside(etl, script, "report", "volume", "--format", form).stdout
    assert_equal(etl, sandbox)


def test_a_user_that_has_no_name(kept):
    """As in a container whose user is any number."""
    if os.geteuid() != 0:
        pytest.skip("it needs root")
    sandbox, etl = kept()
    with tempfile.TemporaryDirectory(prefix="sahut-") as directory:
        # Where that user may enter.
        os.chmod(directory, 0o755)
        etl.dir = shutil.copytree(etl.dir, os.path.join(directory, "etc"))
        etl.config = os.path.join(etl.dir, "sahut-etl.yaml")
        etl.workspaces[0]["api_key_file"] = "key-utama"
        etl.write()
        as_nobody_in_particular(etl)
    assert_equal(etl, sandbox)


def as_nobody_in_particular(etl):
    subprocess.run(["chown", "-R", "4711", etl.dir], check=True)

    def run(*args, expect=0, environment=None):
        done = subprocess.run(["setpriv", "--reuid=4711", "--regid=4711", "--clear-groups", *etl.command(*args)], capture_output=True, text=True,
                              timeout=120, cwd="/", env=environment or {"PATH": "/usr/bin:/bin"})
        assert done.returncode == expect, (args, done)
        return done
    run("check")
    run("sync")
    run("status")
    run("report", "workload")


ENVIRONMENTS = {
    "zone": {"TZ": "Pacific/Kiritimati"}, "no such zone": {"TZ": "Mars/Olympus"}, "a zone of its own rules": {"TZ": "XYZ-25:61ABC,J1/-167,J2/167"},
    "C": {"LC_ALL": "C", "LANG": "C"}, "no such locale": {"LC_ALL": "xx_YY.UTF-8"}, "nothing at all": None,
    "libpq's": {"PGHOST": "nowhere.invalid", "PGPORT": "1", "PGUSER": "nobody", "PGDATABASE": "nothing", "PGSSLMODE": "verify-full",
                "PGAPPNAME": "x", "PGCONNECT_TIMEOUT": "1", "PGREQUIREAUTH": "none", "PGCHANNELBINDING": "disable"},
}


@pytest.mark.parametrize("what", ENVIRONMENTS)
def test_an_environment_of_another_host(kept, what):
    sandbox, etl = kept(conversations=100)
    etl.run("sync")
    wanted = {args: etl.run(*args).stdout for args in (("report", "volume", "--format", "csv"), ("report", "workload", "--format", "json"))}
    environment = {**etl.environment(), **ENVIRONMENTS[what]} if ENVIRONMENTS[what] is not None else {}
    change(sandbox)
    for args in (("check",), ("sync", "--full"), ("verify",), ("status", "--json")):
        done = subprocess.run(etl.command(*args), capture_output=True, text=True, timeout=60, env=environment)
        assert done.returncode == 0, (args, done)
    for args in wanted:
        was = etl.run(*args).stdout
        assert subprocess.run(etl.command(*args), capture_output=True, text=True, env=environment).stdout == was
    assert_equal(etl, sandbox)


@pytest.mark.parametrize("most", [64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]])
def test_a_host_with_few_or_many_descriptors(kept, daemons, most):
    """A program that closes each that there may be would take minutes."""
    sandbox, etl = kept(conversations=100)
    program = os.path.join(etl.dir, "password")
    with open(program, "w") as f:
        f.write("#!/bin/sh\necho any\n")
    os.chmod(program, 0o755)
    etl.conninfo += f'"\n  password_command: "{program}'
    etl.write()
    daemon = Daemon(etl, program=["prlimit", f"--nofile={most}:{most}"])
    try:
        loaded(etl, 100)
        assert daemon.stop() == 0
    finally:
        daemon.end()
    assert_equal(etl, sandbox)

# SPDX-License-Identifier: MIT
"""Servers that are set up by somebody else: publications, row security, limits, rights, and triggers of other people's."""
import json
import os
import re

import psycopg2
import pytest

from cluster import Cluster
from conftest import BUILD
from daemon import wait_for
from etl import Etl, assert_equal
from truth import assert_promise

WRITER = "managed_writer"


@pytest.fixture(scope="module")
def logical():
    """A server that others replicate from."""
    cluster = Cluster(wal_level="logical", max_connections="30")
    with cluster.connect().cursor() as cursor:
        cursor.execute(f"create role {WRITER} login")
    yield cluster
    cluster.stop()


@pytest.fixture
def managed(logical, sandboxes, tmp_path):
    made = []

    def make(before="", migrate=True, ago="0s", **workspace):
        dbname = f"managed{len(made)}_{os.getpid()}"
        logical.create_database(dbname)
        made.append(dbname)
        sandbox = sandboxes(conversations=300, ago=ago)
        (tmp_path / dbname).mkdir()
        etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path / dbname, logical, dbname, sandbox.base_url, **workspace)
        if before:
            etl.sql(before)
        if migrate:
            etl.run("migrate")
            etl.sql(f"grant sahut_writer to {WRITER}")
        etl.conninfo = logical.conninfo(dbname, WRITER)
        etl.write()
        return sandbox, etl

    yield make
    for dbname in made:
        logical.drop_database(dbname)


def version(etl):
    return int(etl.one("show server_version_num")) // 10000


def created(etl, view="daily_volume"):
    return etl.one(f"select coalesce(sum(created_count), 0) from sahut_report.{view}")


def change_everything(sandbox):
    sandbox.control("clock", {"advance": 200})
    for kind in ("create", "update", "resolve", "reassign"):
        sandbox.change(kind, 20)


# ---- publications ----

def test_no_table_is_without_what_tells_its_rows_apart(managed):
    """Else nothing can be updated or deleted there under a publication for all tables."""
    sandbox, etl = managed()
    assert etl.sql("""select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('sahut', 'sahut_pii', 'sahut_report', 'sahut_etl') and c.relkind in ('r', 'p') and c.relreplident <> 'f'
        and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)""") == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_publication_for_all_tables(managed, when):
    publication = "create publication everything for all tables"
    sandbox, etl = managed(before=publication if when == "before" else "")
    if when == "after":
        etl.sql(publication)
    etl.run("sync")
    assert created(etl) == created(etl, "hourly_volume") == 300
    change_everything(sandbox)
    etl.run("sync")
    etl.run("sync", "--full")
    etl.run("verify")
    assert created(etl) == 320
    assert etl.one("select count(*) from sahut_etl.report_queue q join sahut_etl.report_workspace w on w.id = q.workspace_id where q.day < w.live_day") == 0
    gone = sandbox.change("delete", 3) if hasattr(sandbox, "change") else None
    assert gone is None or gone is not False
    etl.run("sync", "--full")
    etl.run("erase", etl.one("select min(contact_id) from sahut.conversation where contact_id is not null"))
    etl.run("report", "volume")
    owner = etl.conninfo
    etl.conninfo = etl.cluster.conninfo(etl.dbname)
    etl.write()
    etl.run("migrate", "--rebuild-reports")
    etl.sql("select sahut_etl.rename_workspace('utama', 'pusat')")
    etl.sql("select sahut_etl.rename_workspace('pusat', 'utama')")
    etl.conninfo = owner
    etl.write()
    etl.run("sync")
    assert_promise(etl, sandbox)


# ---- whatever keeps the days of reports from being computed ----

def by_trigger(etl):
    etl.sql("""create function public.no() returns trigger language plpgsql as $$ begin raise exception 'audited: not on a Sunday'; end $$;
        create trigger no before insert on sahut_etl.day_volume for each row execute function public.no()""")
    return "drop trigger no on sahut_etl.day_volume; drop function public.no", 65, "audited: not on a Sunday"


def by_right(etl):
    etl.sql("revoke insert on sahut_etl.day_volume from sahut_writer")
    return "grant insert on sahut_etl.day_volume to sahut_writer", 77, "permission denied"


def by_identity(etl):
    etl.sql("alter table sahut_etl.day_volume replica identity default; create publication p for all tables")
    return "drop publication p; alter table sahut_etl.day_volume replica identity full", 78, "replica identity"


def by_function_gone(etl):
    etl.sql("alter function sahut_etl.refresh_flows rename to elsewhere")
    return "alter function sahut_etl.elsewhere rename to refresh_flows", 78, "does not exist"


@pytest.mark.parametrize("kept", [by_trigger, by_right, by_identity, by_function_gone])
def test_days_that_cannot_be_computed_are_loud(managed, kept):
    sandbox, etl = managed()
    undo, code, says = kept(etl)
    for _ in range(2):
        done = etl.run("sync", expect=code)
        assert says in done.stderr and "reports" in done.stderr, done.stderr
        assert says in etl.run("-q", "sync", expect=code).stderr
    assert_equal(etl, sandbox)
    # Whoever looks, sees it.
    seen = etl.status()
    assert seen["state"] == "reports late" and seen["report_days_late"] > 0 and says in seen["report_error"], seen
    text = etl.run("status").stdout
    assert "not up to date since" in text and says in text
    assert etl.sql("select state from sahut_report.health where item = 'reports'") == [("red",)]
    for name in ("volume", "workload", "backlog", "freshness"):
        done = etl.run("report", name)
        assert re.match(r"! utama: Days .*\d{4}-\d\d-\d\d.*cannot be computed since", done.stdout.splitlines()[0]), done.stdout[:300]
        assert "cannot be computed since" in done.stderr
        done = etl.run("report", name, "--format", "csv")
        assert done.stdout.splitlines()[0].startswith("# utama: Days "), done.stdout[:300]
        assert "cannot be computed since" in json.loads(etl.run("report", name, "--format", "json").stdout)[0]["warning"]
        assert "cannot be computed since" in etl.run("report", name, "--format", "html").stdout
    # And when it is over, nothing is left of it.
    etl.sql(undo)
    etl.run("sync")
    assert etl.status()["state"] == "well" and etl.status()["report_error"] is None
    assert etl.sql("select state from sahut_report.health where item = 'reports'") == [("green",)]
    assert not etl.run("report", "volume").stdout.startswith("!")
    assert isinstance(json.loads(etl.run("report", "volume", "--format", "json").stdout), list)


def test_the_daemon_shows_days_that_cannot_be_computed(managed, daemons):
    from urllib.error import HTTPError
    from urllib.request import urlopen

    from cluster import free_port
    sandbox, etl = managed(schedule="{incremental: 5s, verify: 1h}")
    port = free_port()
    etl.extra = f"metrics: {{listen: '127.0.0.1:{port}'}}"
    etl.write()
    undo, code, says = by_right(etl)
    daemon = daemons(etl)
    daemon.wait_text("event=reports_late")
    assert says in daemon.text()

    def metrics():
        return urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    wait_for(lambda: re.search(r'sahut_etl_report_failures\{workspace="utama"\} [1-9]', metrics()), "the metric")
    etl.sql("update sahut_etl.report_failure set failures = 2")
    etl.sql(undo)
    assert daemon.stop() == 0
    with pytest.raises((HTTPError, OSError)):
        urlopen(f"http://127.0.0.1:{port}/healthz")


# ---- what check says, and that it helps ----

def remedies(etl, code):
    """What check names: what stands behind each arrow."""
    done = etl.run("check", expect=code)
    return re.findall(r"(?m)^  -> (?:an administrator must run: |as an administrator: |as the tables' owner: )?(.*)$", done.stdout)


def test_days_that_cannot_be_computed_are_in_check(managed):
    sandbox, etl = managed()
    undo, code, says = by_trigger(etl)
    etl.run("sync", expect=code)
    done = etl.run("check", expect=code)
    assert says in done.stdout and "reports" in done.stdout and "trigger no on sahut_etl.day_volume is not ours" in done.stdout, done.stdout
    etl.sql(undo)
    etl.run("sync")
    etl.run("check")


ALL = "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any (%s) and c.relkind = 'r'"


@pytest.mark.parametrize("schemas", [["sahut", "sahut_pii", "sahut_etl"], ["sahut", "sahut_pii"], ["sahut_etl"], ["sahut_report"]])
@pytest.mark.parametrize("loaded", [False, True])
def test_row_security_is_no_empty_warehouse(managed, schemas, loaded):
    """Rows that are invisible are not rows that are not there: loud in every command, and check has the one statement that mends it."""
    sandbox, etl = managed()
    if loaded:
        etl.run("sync")
    tables = [r[0] for r in etl.sql(ALL, schemas)]
    if not tables:
        pytest.skip("that schema has views alone")
    for table in tables:
        etl.sql(f"alter table {table} enable row level security")
    for command in ("sync", "status", "verify"):
        done = etl.run(command, expect=None)
        assert done.returncode in (0, 77) and (done.returncode == 77 or command == "status"), (command, done)
        assert "migrate" not in done.stderr, done.stderr
        if done.returncode:
            assert "row-level security" in done.stderr, done.stderr
    named = remedies(etl, 77)
    etl.sql(named[0])
    etl.run("check")
    etl.run("sync", "--full")
    assert_equal(etl, sandbox)


def test_a_role_that_does_not_inherit(managed):
    """Before PostgreSQL 16 it is the role that inherits or not, since then it is each grant."""
    sandbox, etl = managed()
    etl.sql(f"alter role {WRITER} noinherit")
    if version(etl) >= 16:
        etl.sql(f"grant sahut_writer to {WRITER} with inherit false")
    try:
        done = etl.run("sync", expect=77)
        named = remedies(etl, 77)
        assert named[0] in (f"alter role {WRITER} inherit;", f"grant sahut_writer to {WRITER} with inherit true;")
        assert named[0] in done.stderr, done.stderr
        etl.sql(named[0])
        etl.run("check")
        etl.run("sync")
        assert_equal(etl, sandbox)
    finally:
        etl.sql(f"alter role {WRITER} inherit")


def test_a_grant_that_is_missing_is_said_by_the_command_itself(managed):
    sandbox, etl = managed()
    etl.sql(f"revoke sahut_writer from {WRITER}")
    for command in ("sync", "status", "report volume", "run"):
        assert f"grant sahut_writer to {WRITER};" in etl.run(*command.split(), expect=77 if command != "run" else None, timeout=20).stderr \
            if command != "run" else True
    etl.sql(remedies(etl, 77)[0])
    etl.run("sync")


@pytest.mark.parametrize("by, reset", [
    (f"alter role {WRITER} set default_transaction_read_only = on", f"alter role {WRITER} reset default_transaction_read_only;"),
    ("alter database {db} set default_transaction_read_only = on", "alter database {db} reset default_transaction_read_only;"),
    (f"alter role {WRITER} in database {{db}} set default_transaction_read_only = on",
     f"alter role {WRITER} in database {{db}} reset default_transaction_read_only;")])
def test_read_only_by_whom(managed, by, reset):
    sandbox, etl = managed()
    owner = etl.cluster.connect(etl.dbname)
    owner.cursor().execute("set default_transaction_read_only = off")
    owner.cursor().execute(by.format(db=etl.dbname))
    for _ in range(2):
        assert "read-only" in etl.run("sync", expect=69).stderr
    named = remedies(etl, 69)
    assert named == [reset.format(db=etl.dbname)]
    owner.cursor().execute(named[0])
    etl.run("check")
    etl.run("sync")


@pytest.mark.parametrize("limit, reset", [(f"alter role {WRITER} connection limit 0", f"alter role {WRITER} connection limit -1"),
                                          ("alter database {db} connection limit 0", "alter database {db} connection limit -1"),
                                          ("alter database {db} allow_connections false", "alter database {db} allow_connections true")])
@pytest.mark.parametrize("password", [False, True])
def test_no_connection_left_is_no_wrong_password(managed, limit, reset, password):
    """Whether a password was asked for or not."""
    sandbox, etl = managed()
    cluster = etl.cluster
    if password:
        with open(os.path.join(cluster.data, "pg_hba.conf")) as f:
            rules = f.read()
        with open(os.path.join(cluster.data, "pg_hba.conf"), "w") as f:
            f.write(f"host all {WRITER} 127.0.0.1/32 scram-sha-256\n" + rules.replace(f"host all {WRITER} 127.0.0.1/32 scram-sha-256\n", ""))
        with open(os.open(os.path.join(etl.dir, "pg-password"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            f.write("right\n")
        postgres(cluster, f"select pg_reload_conf(); set password_encryption = 'scram-sha-256'; alter role {WRITER} password 'right'")
        etl.conninfo = f'host=127.0.0.1 port={cluster.port} user={WRITER} dbname={etl.dbname}"\n  password_file: "pg-password'
        etl.write()
        wait_for(lambda: etl.run("status", expect=None).returncode == 0, "the password")
    postgres(cluster, limit.format(db=etl.dbname))
    try:
        for command in ("sync", "status", "check"):
            done = etl.run(command, expect=69)
            said = done.stdout + done.stderr
            assert "pg_hba.conf" not in said and reset.format(db=etl.dbname) in said, said
    finally:
        postgres(cluster, reset.format(db=etl.dbname))
    etl.run("sync")
    assert_equal(etl, sandbox)


def postgres(cluster, statements):
    connection = cluster.connect()
    for statement in statements.split(";"):
        if statement.strip():
            connection.cursor().execute(statement)
    connection.close()


# ---- migrate ----

ROLES = ["sahut_writer", "sahut_reader", "sahut_analyst", "sahut_pii_reader"]


@pytest.fixture
def owned(logical, sandboxes, tmp_path):
    """A database whose owner is nobody in particular, and does not own the right to make schemas."""
    dbname, owner = f"owned_{os.getpid()}", f"owner_{os.getpid()}"
    logical.create_database(dbname)
    postgres(logical, f"create role {owner} login")
    # Another database of the cluster has a warehouse already, so that the roles are there.
    for role in ROLES:
        if not logical_has(logical, role):
            postgres(logical, f"create role {role} nologin")
    etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path, logical, dbname, sandboxes(conversations=120).base_url)
    etl.conninfo = logical.conninfo(dbname, owner)
    etl.write()
    yield etl, owner
    logical.drop_database(dbname)
    postgres(logical, f"drop role {owner}")


def logical_version(cluster):
    connection = cluster.connect()
    try:
        return connection.server_version // 10000
    finally:
        connection.close()


def logical_has(cluster, role):
    connection = cluster.connect()
    with connection.cursor() as cursor:
        cursor.execute("select from pg_roles where rolname = %s", (role,))
        return cursor.fetchone() is not None


def advised(done):
    """The statement behind "as an administrator: "."""
    return re.search(r"as an administrator: (.*;)", done.stderr).group(1)


def test_an_owner_who_may_not_make_schemas_is_told_the_grant(owned):
    etl, owner = owned
    for _ in range(2):
        done = etl.run("migrate", expect=77)
        assert advised(done) == f"grant create on database {etl.dbname} to {owner};"
    etl.sql(advised(done))
    etl.run("migrate")


def test_schemas_that_an_administrator_made_are_used(owned):
    etl, owner = owned
    for schema in ("sahut", "sahut_pii", "sahut_report", "sahut_etl"):
        etl.sql(f"create schema {schema}")
    done = etl.run("migrate", expect=77)
    assert "belongs to somebody else" in done.stderr
    for schema in ("sahut", "sahut_pii", "sahut_report", "sahut_etl"):
        etl.sql(f"alter schema {schema} owner to {owner}")
    etl.run("migrate")
    etl.run("sync")


def test_a_schema_with_something_else_in_it_is_left_alone(owned):
    etl, owner = owned
    etl.sql(f"create schema sahut authorization {owner}; create table sahut.conversation (mine text); grant create on database {etl.dbname} to {owner}")
    done = etl.run("migrate", expect=78)
    assert "alter schema sahut rename to sahut_before" in done.stderr
    assert etl.one("select count(*) from pg_attribute where attrelid = 'sahut.conversation'::regclass and attnum > 0") == 1


def test_roles_that_the_owner_may_not_make(logical, owned, tmp_path_factory):
    """Said with the statements, and the exit status shows it: a script would go on."""
    cluster = Cluster()
    try:
        postgres(cluster, "create role plain login")
        postgres(cluster, "create database plain owner plain")
        etl = owned[0]
        etl.conninfo = cluster.conninfo("plain", "plain")
        etl.write()
        for _ in range(2):
            done = etl.run("migrate", expect=77)
            assert all(f"create role {role} nologin;" in done.stderr for role in ROLES), done.stderr
        for role in ROLES:
            postgres(cluster, f"create role {role} nologin")
        assert "grants" in etl.run("migrate").stdout
        assert "nothing to do" in etl.run("migrate").stdout
        etl.run("sync")
    finally:
        cluster.stop()


@pytest.mark.parametrize("encoding, code", [("LATIN1", 78), ("SQL_ASCII", 0), ("UTF8", 0)])
def test_the_encoding_of_the_database(logical, sandboxes, tmp_path, encoding, code):
    dbname = f"encoded_{encoding.lower()}"
    logical.drop_database(dbname)
    postgres(logical, f"create database {dbname} template template0 encoding '{encoding}' locale 'C'")
    try:
        sandbox = sandboxes(conversations=120)
        etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path, logical, dbname, sandbox.base_url)
        done = etl.run("migrate", expect=code)
        checked = etl.run("check", expect=code)
        if code:
            assert f"createdb -E UTF8 -T template0 {dbname}" in done.stderr and f"createdb -E UTF8 -T template0 {dbname}" in checked.stdout
            assert etl.one("select to_regnamespace('sahut_etl') is null")
        else:
            etl.run("sync")
            assert (encoding in checked.stdout) == (encoding == "SQL_ASCII"), checked.stdout
    finally:
        logical.drop_database(dbname)


def test_a_schema_of_another_wording_is_said_by_check(managed):
    sandbox, etl = managed()
    etl.sql("update sahut_etl.migration set checksum = 'x' where version = 2")
    assert "another wording" in etl.run("check", expect=78).stdout
    etl.conninfo = etl.cluster.conninfo(etl.dbname)
    etl.write()
    assert "another wording" in etl.run("migrate", expect=78).stderr


def test_a_newer_schema_has_one_remedy(managed):
    sandbox, etl = managed()
    etl.sql("insert into sahut_etl.migration (version, name, checksum) values (9999, 'x', 'x')")
    done = etl.run("check", expect=78)
    assert "install a newer sahut-etl" in done.stdout and "migrate" not in done.stdout, done.stdout


# ---- administrators and their roles ----

@pytest.fixture
def administered(sandboxes, tmp_path):
    """A server on which nobody but an administrator that is no superuser does anything; statements as a role, in a database."""
    cluster = Cluster()

    def sql(statements, role="postgres", dbname="postgres"):
        connection = cluster.connect(dbname, role)
        try:
            with connection.cursor() as cursor:
                for statement in statements.split("; "):
                    cursor.execute(statement)
        finally:
            connection.close()

    def make(dbname, role):
        (tmp_path / dbname).mkdir(exist_ok=True)
        etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path / dbname, cluster, dbname, sandboxes(conversations=120, ago="0s").base_url)
        as_role(etl, role)
        return etl

    def as_role(etl, role):
        etl.conninfo = cluster.conninfo(etl.dbname, role)
        etl.write()

    yield sql, make, as_role
    cluster.stop()


def test_administrators_that_are_no_superusers(administered):
    """The first makes the roles, and grants them; the second, of another database, uses what is there and may grant it to nobody."""
    sql, make, as_role = administered
    sql("create role first login createrole createdb; create role second login createrole createdb")
    for admin in ("first", "second"):
        sql(f"create database of_{admin} template template0", admin)
        sql(f"create role daemon_{admin} login", admin)
        etl = make(f"of_{admin}", admin)
        for _ in range(2):
            etl.run("migrate")
        as_role(etl, f"daemon_{admin}")
        named = remedies(etl, 77)
        assert named == [f"grant sahut_writer to daemon_{admin};"]
        # Before PostgreSQL 16 who may make roles may grant each of them.
        if admin == "second" and version(etl) >= 16:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                sql(named[0], "second")
            sql("grant sahut_writer to second with admin option", "first")
        sql(named[0], admin)
        etl.run("check")
        etl.run("sync")
        assert etl.status()["rows"] == 120


def test_a_group_owns_the_database(administered):
    """Its members act for it, by themselves or by a role that is set when they log in."""
    sql, make, as_role = administered
    sql("create role keepers createrole; create role one login in role keepers; create role two login noinherit in role keepers; "
        "alter role two set role keepers; create role daemon login; create database kept template template0 owner keepers")
    etl = make("kept", "two")
    for role in ("two", "one", "two"):
        as_role(etl, role)
        etl.run("migrate")
    assert etl.one("select count(*) from pg_class where relnamespace = 'sahut'::regnamespace and pg_get_userbyid(relowner) <> 'keepers'") == 0
    sql("grant sahut_writer to daemon")
    for setting in ("alter role daemon set role sahut_writer", "alter role daemon noinherit"):
        sql(setting)
        as_role(etl, "daemon")
        etl.run("check")
        etl.run("sync")
        etl.run("verify")
        assert etl.status()["state"] == "well"


def test_who_is_no_member_of_the_owner_is_told(administered):
    """A member acts for it whether it inherits or not; anybody else is told the statement that helps, and it does."""
    sql, make, as_role = administered
    sql("create role keepers createrole; create role two login noinherit in role keepers; create role stranger login; "
        "create database kept template template0 owner keepers")
    for name in ROLES:
        sql(f"create role {name} nologin")
    etl = make("kept", "stranger")
    sql(advised(etl.run("migrate", expect=77)))
    etl.run("migrate")
    sql("create database other template template0 owner keepers")
    make("other", "two").run("migrate")


def test_a_role_for_reports_that_was_there_before(administered):
    """sahut_reader as somebody's login, with settings of its own."""
    sql, make, as_role = administered
    sql("create role sahut_reader login connection limit 2; alter role sahut_reader set search_path = ''; "
        "alter role sahut_reader set default_transaction_read_only = on; alter role sahut_reader set datestyle = 'German'; "
        "alter role sahut_reader set timezone = 'Pacific/Kiritimati'; alter role sahut_reader set statement_timeout = '20s'; "
        "create database kept template template0")
    etl = make("kept", "postgres")
    etl.run("migrate")
    etl.run("sync")
    etl.run("check")
    reader = etl.cluster.connect("kept", "sahut_reader")
    with reader.cursor() as cursor:
        cursor.execute("select c.oid::regclass::text from pg_class c where c.relnamespace = 'sahut_report'::regnamespace and c.relkind = 'v'")
        views = [name for name, in cursor.fetchall()]
        for view in views:
            cursor.execute(f"select * from {view} limit 100")
        cursor.execute("select sum(created_count), min(day)::text ~ '^[0-9]' from sahut_report.daily_volume")
        assert len(views) > 15 and cursor.fetchone()[0] == 120
    reader.close()


# ---- what an administrator has set up ----

HARDENED = {
    "nothing for everybody": "alter default privileges revoke execute on functions from public; alter default privileges revoke usage on types from public; "
                             "revoke all on schema public from public; revoke temporary on database {db} from public",
    "no public schema": "drop schema public",
    "the longest words": "alter database {db} set search_path = ''; alter database {db} set quote_all_identifiers = on",
    "no room of its own": "alter database {db} set default_tablespace = 'nowhere'; alter database {db} set temp_tablespaces = 'nowhere'",
    "small means": "alter database {db} set work_mem = '64kB'; alter database {db} set temp_buffers = '800kB'; "
                   "alter database {db} set enable_hashjoin = off; alter database {db} set enable_mergejoin = off; alter database {db} set enable_sort = off",
    "a strict one": "alter database {db} set default_transaction_isolation = 'serializable'; alter database {db} set check_function_bodies = on; "
                    "alter database {db} set \"plpgsql.extra_warnings\" = 'all'; alter database {db} set plpgsql.extra_errors = 'strict_multi_assignment'",
    "another table format": "alter database {db} set default_toast_compression = 'pglz'",
}


@pytest.mark.parametrize("how", HARDENED)
def test_a_database_that_was_set_up_by_somebody_else(managed, logical, how):
    """Before there is anything of ours in it; whatever is missing then, check names."""
    sandbox, etl = managed(migrate=False)
    if how == "another table format" and version(etl) < 14:
        pytest.skip("it has one alone")
    for statement in HARDENED[how].format(db=etl.dbname).split("; "):
        etl.sql(statement)
    etl.conninfo = logical.conninfo(etl.dbname)
    etl.write()
    etl.run("migrate")
    etl.sql(f"grant sahut_writer to {WRITER}")
    etl.conninfo = logical.conninfo(etl.dbname, WRITER)
    etl.write()
    if "temporary" in HARDENED[how]:
        named = remedies(etl, 77)
        assert named == [f"grant temporary on database {etl.dbname} to {WRITER};"]
        etl.sql(named[0])
    etl.run("check")
    etl.run("sync")
    change_everything(sandbox)
    etl.run("sync")
    etl.run("sync", "--full")
    etl.run("verify")
    etl.run("report", "workload")
    assert created(etl) == created(etl, "hourly_volume") == 320
    assert_equal(etl, sandbox)


def test_a_role_whose_triggers_are_off(managed):
    """Neither foreign keys nor our own triggers are looked at: said, and nothing depends on it."""
    sandbox, etl = managed()
    etl.sql(f"alter role {WRITER} set session_replication_role = replica")
    try:
        assert f"alter role {WRITER} reset session_replication_role;" in remedies(etl, 0)
        etl.run("sync")
        change_everything(sandbox)
        etl.run("sync")
        etl.run("sync", "--full")
        assert created(etl) == 320
        assert_equal(etl, sandbox)
    finally:
        etl.sql(f"alter role {WRITER} reset session_replication_role")


def test_a_platform_that_turns_row_security_on_for_each_new_table(managed, logical):
    """As an event trigger of its own; a later migration meets it, too."""
    sandbox, etl = managed(migrate=False, before="""
        create function public.rls() returns event_trigger language plpgsql as $$ declare r record; begin
            for r in select * from pg_event_trigger_ddl_commands() where command_tag = 'CREATE TABLE' and schema_name <> 'pg_temp' loop
                execute format('alter table %s enable row level security', r.object_identity); end loop; end $$;
        create event trigger rls on ddl_command_end when tag in ('CREATE TABLE') execute function public.rls()""")
    etl.conninfo = logical.conninfo(etl.dbname)
    etl.write()
    etl.run("migrate")
    etl.sql(f"grant sahut_writer to {WRITER}")
    etl.conninfo = logical.conninfo(etl.dbname, WRITER)
    etl.write()
    etl.run("sync", expect=77)
    etl.sql(remedies(etl, 77)[0])
    etl.run("check")
    etl.run("sync")
    assert_equal(etl, sandbox)


def test_a_policy_that_hides_a_part_hides_nothing(managed):
    """Rows that are invisible would be loaded again, or be called gone: it is refused before that, and nothing is deleted."""
    sandbox, etl = managed()
    etl.sql("alter table sahut.conversation enable row level security; create policy part on sahut.conversation using (status <> 'resolved') with check (true)")
    etl.run("sync", expect=77)
    etl.sql("drop policy part on sahut.conversation; alter table sahut.conversation disable row level security")
    etl.run("sync")
    etl.sql("alter table sahut.conversation enable row level security; create policy part on sahut.conversation using (status <> 'resolved') with check (true)")
    for command in (["sync"], ["sync", "--full"], ["verify", "--full", "--repair"]):
        assert "row-level security" in etl.run(*command, expect=77).stderr
    assert etl.one("select count(*) from sahut.conversation where deleted_at is not null") == 0
    etl.sql(remedies(etl, 77)[0])
    etl.run("sync", "--full")
    assert_equal(etl, sandbox)


def test_row_security_that_is_forced_on_the_owner(managed, logical):
    sandbox, etl = managed()
    etl.sql(f"alter database {etl.dbname} owner to {WRITER}")
    for table, in etl.sql(ALL, ["sahut", "sahut_pii", "sahut_etl"]):
        etl.sql(f"alter table {table} owner to {WRITER}; alter table {table} enable row level security; alter table {table} force row level security")
    try:
        etl.run("sync", expect=77)
        etl.sql(remedies(etl, 77)[0])
        etl.run("sync")
        assert_equal(etl, sandbox)
    finally:
        etl.sql(f"alter database {etl.dbname} owner to postgres")


def test_an_audit_that_the_daemon_may_not_write_through(managed):
    """Temporary tables are definitions, too: it is said that it is somebody's event trigger, and its name."""
    sandbox, etl = managed()
    etl.sql("""create table public.audit (at timestamptz, tag text);
        create function public.audit() returns event_trigger language plpgsql as $$ begin insert into public.audit values (now(), tg_tag); end $$;
        create event trigger audit on ddl_command_end execute function public.audit()""")
    done = etl.run("sync", expect=77)
    assert "event trigger" in done.stderr, done.stderr
    assert "event trigger audit" in etl.run("check", expect=None).stdout
    etl.sql(f"grant insert on public.audit to {WRITER}")
    etl.run("sync")
    assert_equal(etl, sandbox)


def test_publications_of_other_kinds(managed):
    sandbox, etl = managed(ago="1h")
    publications = ["create publication most for all tables with (publish = 'insert, update, delete')"]
    if version(etl) >= 15:
        publications += ["create publication several for tables in schema sahut, sahut_report, sahut_etl, sahut_pii",
                         "create publication part for table sahut.conversation (id, status) where (id <> '')"]
    for n, publication in enumerate(publications):
        etl.sql(publication)
        sandbox.control("clock", {"advance": 200})
        sandbox.change("create", 5)
        sandbox.change("reassign", 5)
        etl.run("sync")
        etl.run("sync", "--full")
        etl.run("verify")
        assert created(etl) == 300 + 5 * (n + 1)
        etl.sql(f"drop publication {publication.split()[2]}")
    assert_promise(etl, sandbox)
    assert_equal(etl, sandbox)


@pytest.mark.parametrize("encoding", ["LATIN2", "WIN1252", "EUC_JP", "MULE_INTERNAL"])
def test_other_encodings_are_refused_as_well(logical, tmp_path, encoding):
    dbname = f"encoded_{encoding.lower()}"
    logical.drop_database(dbname)
    postgres(logical, f"create database {dbname} template template0 encoding '{encoding}' locale 'C'")
    try:
        etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path, logical, dbname, "http://127.0.0.1:9/v1")
        for command in ("migrate", "check"):
            done = etl.run(command, expect=78)
            assert f"createdb -E UTF8 -T template0 {dbname}" in done.stderr + done.stdout
    finally:
        logical.drop_database(dbname)


LOCALES = ["locale_provider icu icu_locale 'tr-TR'", "locale_provider icu icu_locale 'id-ID'", "locale_provider builtin builtin_locale 'C.UTF-8'"]


@pytest.mark.parametrize("locale", LOCALES)
def test_databases_that_sort_otherwise(logical, sandboxes, tmp_path, locale):
    if logical_version(logical) < (17 if "builtin" in locale else 15):
        pytest.skip("it has no such provider")
    logical.drop_database("sorted")
    try:
        postgres(logical, f"create database sorted template template0 encoding 'UTF8' locale 'C' {locale}")
    except (psycopg2.errors.SyntaxError, psycopg2.errors.FeatureNotSupported, psycopg2.errors.WrongObjectType) as error:
        pytest.skip(f"it has no such provider: {error}")
    try:
        sandbox = sandboxes(conversations=250)
        etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path, logical, "sorted", sandbox.base_url)
        etl.run("migrate")
        etl.run("sync")
        change_everything(sandbox)
        etl.run("sync")
        etl.run("verify")
        etl.run("report", "workload")
        assert_equal(etl, sandbox)
    finally:
        logical.drop_database("sorted")


@pytest.mark.parametrize("setting, reset, said", [
    (f"alter role {WRITER} nologin", f"alter role {WRITER} login", "not permitted to log in"),
    ("revoke connect on database {db} from public", f"grant connect on database {{db}} to {WRITER}", "permission denied for database"),
    ("alter system set default_transaction_read_only = on; select pg_reload_conf()",
     "alter system reset default_transaction_read_only; select pg_reload_conf()", "read-only")])
def test_a_refusal_has_the_one_command_that_mends_it(managed, setting, reset, said):
    sandbox, etl = managed()
    owner = etl.cluster.connect(etl.dbname)
    owner.cursor().execute("set default_transaction_read_only = off")
    for statement in setting.format(db=etl.dbname).split("; "):
        owner.cursor().execute(statement)
    mended = [s.strip() for s in reset.format(db=etl.dbname).split(";")]
    try:
        wait_for(lambda: said in etl.run("sync", expect=None).stderr, said)
        done = etl.run("check", expect=None)
        assert done.returncode in (69, 77) and all(statement in done.stdout for statement in mended), done.stdout
    finally:
        for statement in mended:
            owner.cursor().execute(statement)
        owner.close()
    wait_for(lambda: etl.run("check", expect=None).returncode == 0, "an end of it")
    etl.run("sync")
    assert_equal(etl, sandbox)


# ---- a commit that waits ----

@pytest.mark.slow
@pytest.mark.parametrize("command", ["sync", "run"])
def test_a_commit_that_waits_for_a_standby_is_named(logical, managed, command):
    sandbox, etl = managed()
    connection = logical.connect()
    connection.cursor().execute("set synchronous_commit = off")
    connection.cursor().execute("alter system set synchronous_standby_names = 'gone'")
    connection.cursor().execute("select pg_reload_conf()")
    process = etl.start(command)
    try:
        seen = []

        def said():
            seen.append(process.stderr.readline())
            return "has not answered for 30 s" in seen[-1]
        os.set_blocking(process.stderr.fileno(), False)
        wait_for(said, "the line", seconds=60)
        assert "SyncRep" in seen[-1] and "synchronous_standby_names" in seen[-1], seen
    finally:
        connection.cursor().execute("alter system reset synchronous_standby_names")
        connection.cursor().execute("select pg_reload_conf()")
        if command == "run":
            wait_for(lambda: etl.one("select count(*) from sahut_etl.run where state = 'ok'"), "a cycle")
            process.terminate()
        assert process.wait(60) == 0
    assert_equal(etl, sandbox)

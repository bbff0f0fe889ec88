# SPDX-License-Identifier: MIT
"""Who is trusted with what in the database: every role of a server tries all that it can reach, gains nothing and stops nothing.

docs/SECURITY.md has the roles and what each of them is kept from.
"""
import json
import os
import re
import subprocess

import psycopg2
import pytest

from cluster import Cluster, bindir
from conftest import BUILD
from daemon import loaded, wait_for
from etl import Etl, assert_equal

SCHEMAS = ["sahut", "sahut_pii", "sahut_report", "sahut_etl"]

# Functions that run as the warehouse's owner: the tables that each one reads, and whether it makes its statements at run time.
# Of those that do, no table may be one that the daemon's role writes: they are put together from constants and the catalogue.
DEFINERS = {
    "backlog_of": {"sahut.conversation", "sahut.conversation_version", "sahut.status", "sahut_etl.report_workspace", "sahut_etl.workspace"},
    "flow_of": {"sahut.conversation", "sahut.conversation_event", "sahut.conversation_version", "sahut.status", "sahut_etl.report_workspace",
                "sahut_etl.workspace"},
    "first_day": {"sahut.conversation"},
    "hours_of": {"sahut.conversation", "sahut.conversation_event", "sahut_etl.workspace"},
    "keep_statistics": {"pg_catalog.pg_attribute", "pg_catalog.pg_class", "pg_catalog.pg_index"},
    "label_pairs_of": {"sahut.conversation", "sahut.conversation_event"},
    "labels_of": {"sahut.conversation", "sahut.conversation_event"},
    "restore_foreign_keys": {"pg_catalog.pg_constraint", "pg_catalog.pg_dist_partition"},
    "drop_foreign_keys": set(),
    "target_place": set(),
    "unknown_statuses": {"sahut.status"},
    "volume_of": {"sahut.conversation", "sahut.conversation_event", "sahut.resolution"},
    "attribute_boolean": set(),
    "attribute_date": set(),
    "attribute_number": set(),
    "attribute_text": set(),
    "business_seconds": set(),
    "business_seconds_of": set(),
    "hours_no_of": {"sahut.channel", "sahut_etl.work_hours"},
    "messages_move": set(),
    "messages_to_come": {"sahut.conversation", "sahut_etl.message_reading", "sahut_etl.message_state", "sahut_etl.workspace"},
    "work_at": {"sahut_etl.work_span"},
    "work_usec": {"sahut_etl.work_hours"},
    "workload_of": {"sahut.conversation", "sahut.conversation_event", "sahut.conversation_version", "sahut.status", "sahut_etl.report_workspace",
                    "sahut_etl.workspace"},
}
MAKES_STATEMENTS = {"keep_statistics", "restore_foreign_keys", "drop_foreign_keys"}

# Runs as its caller, which gives it the names of our own tables and columns, as constants.
BY_CONSTANTS = {"add_changes"}

# The columns of a view, which the configuration chooses, are made by migrate as the owner. Nobody else may call these.
OWNERS = {"shape_rows", "take_attributes"}

# What a view computes runs for whoever reads the view; all else is the daemon's.
FOR_READERS = {"backlog_of", "first_day", "flow_of", "hours_of", "label_pairs_of", "labels_of", "unknown_statuses", "volume_of", "workload_of",
               "attribute_boolean", "attribute_date", "attribute_number", "attribute_text", "business_seconds", "business_seconds_of",
               "hours_no_of", "messages_move", "messages_to_come", "target_place", "work_at", "work_usec"}

FUNCTIONS = """
select p.proname, p.prosecdef, pg_get_userbyid(p.proowner), coalesce(p.proconfig, '{}'), l.lanname, p.prosrc, p.provolatile, p.oid::regprocedure::text,
    array(select coalesce(r.rolname, 'public') from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        left join pg_roles r on r.oid = a.grantee where a.privilege_type = 'EXECUTE' and a.grantee <> p.proowner order by 1)
from pg_proc p join pg_language l on l.oid = p.prolang
where p.pronamespace = any (array(select n.oid from pg_namespace n where n.nspname = any (%s)))
order by 1"""

READ = r"\b(?:from|join)\s+((?:sahut|sahut_pii|sahut_report|sahut_etl|pg_catalog)\.\w+)(?!\s*\(|\w)"


def functions(etl):
    names = ("name", "definer", "owner", "settings", "language", "text", "volatile", "signature", "granted")
    return [dict(zip(names, row)) for row in etl.sql(FUNCTIONS, SCHEMAS)]


@pytest.fixture
def etl(warehouse):
    return warehouse("http://127.0.0.1:9/v1")


def test_each_function_that_runs_as_its_owner_is_known(etl):
    owner = etl.one("select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'sahut_etl'")
    found = functions(etl)
    assert {f["name"] for f in found if f["definer"]} == set(DEFINERS)
    for f in found:
        assert f["owner"] == owner, f
        readers = ["sahut_analyst", "sahut_reader"] if f["name"] in FOR_READERS else []
        assert f["granted"] == ([] if f["name"] in OWNERS else readers + ["sahut_writer"]), f
        if f["definer"]:
            assert "search_path=pg_catalog, pg_temp" in f["settings"], f
            assert (f["volatile"] == "v") == (f["name"] in MAKES_STATEMENTS), f


def test_they_read_what_is_declared(etl):
    for f in functions(etl):
        if f["definer"]:
            read = set(re.findall(READ, re.sub("(?m)--.*$", "", f["text"])))
            # Of a view that PL/pgSQL reads, the tables behind it are declared as well.
            assert read == DEFINERS[f["name"]] if f["language"] == "sql" else read <= DEFINERS[f["name"]], f["name"]


def tables_of(etl, signature):
    """Those that a function reads, itself or by a function of PL/pgSQL that it calls and that runs with its rights."""
    seen = etl.sql("select type, schema || '.' || name, oid from plpgsql_show_dependency_tb(%s::regprocedure)", signature)
    tables = {name for kind, name, _ in seen if kind == "RELATION"}
    for called, in etl.sql("""select p.oid::regprocedure::text from pg_proc p join pg_language l on l.oid = p.prolang
            where p.oid = any (%s::oid[]) and l.lanname = 'plpgsql' and not p.prosecdef""", [oid for kind, _, oid in seen if kind == "FUNCTION"]):
        tables |= tables_of(etl, called)
    return tables


def test_plpgsql_check_says_the_same(etl):
    if not etl.one("select exists (select from pg_available_extensions where name = 'plpgsql_check')"):
        pytest.skip("plpgsql_check is not installed")
    etl.sql("create extension plpgsql_check")
    for f in functions(etl):
        if f["language"] != "plpgsql":
            continue
        if f["definer"]:
            # What is not there cannot be looked at: that is Citus's.
            assert tables_of(etl, f["signature"]) == DEFINERS[f["name"]] - {"pg_catalog.pg_dist_partition"}, f["name"]
        for level, message in etl.sql("select level, message from plpgsql_check_function_tb(%s::regprocedure, security_warnings => true)", f["signature"]):
            assert level != "security" or f["name"] in MAKES_STATEMENTS | BY_CONSTANTS | OWNERS, (f["name"], message)
            # Nor are the tables of the daemon's session here.
            assert level != "error" or "pg_dist_partition" in message or "pg_temp." in message, (f["name"], message)


def test_who_makes_statements_reads_nothing_that_the_daemon_writes(etl):
    for f in functions(etl):
        text = re.sub("(?m)--.*$", "", f["text"])
        if f["definer"]:
            assert bool(re.search(r"\bexecute\b", text, re.I)) == (f["name"] in MAKES_STATEMENTS), f["name"]
    for name in MAKES_STATEMENTS:
        for table in DEFINERS[name]:
            assert table.startswith("pg_catalog."), (name, table)
    # And what they call is a constant.
    called = {c for f in functions(etl) if f["name"] in MAKES_STATEMENTS for c in re.findall(r"sahut_etl\.(\w+)\(", f["text"])}
    assert called == {"foreign_keys"}
    text = next(f["text"] for f in functions(etl) if f["name"] == "foreign_keys")
    assert not re.search(r"\b(from|select|execute)\b", text, re.I)


# ---- what each role tries ------------------------------------------------------

READS = {"stranger": set(), "sahut_reader": {"sahut_report"}, "sahut_analyst": {"sahut", "sahut_report"}, "sahut_pii_reader": {"sahut_pii"},
         "sahut_writer": set(SCHEMAS)}

# All that a role could change of the server and the warehouse, beside rows.
CATALOGUE = """
select 'role', rolname::text, to_jsonb(r) - 'rolpassword' - 'oid' from pg_roles r
union all select 'member', roleid::regrole::text, to_jsonb(m) from pg_auth_members m
union all select 'class', c.oid::regclass::text, jsonb_build_array(c.relowner, array(select a::text from unnest(c.relacl) a order by 1), c.relkind, c.relrowsecurity, c.relhastriggers, c.reloptions)
    from pg_class c where c.relnamespace::regnamespace::text = any (%s)
union all select 'key', c.conname::text, to_jsonb(pg_get_constraintdef(c.oid)) from pg_constraint c where c.connamespace::regnamespace::text = any (%s)
union all select 'function', p.oid::regprocedure::text, jsonb_build_array(p.proowner, p.proacl, p.prosrc, p.proconfig)
    from pg_proc p where p.pronamespace::regnamespace::text = any (%s)
union all select 'schema', n.nspname::text, jsonb_build_array(n.nspowner, n.nspacl) from pg_namespace n where n.nspname not like 'pg\\_%%temp%%'
union all select 'setting', s.setdatabase::text || s.setrole::text, to_jsonb(s.setconfig) from pg_db_role_setting s
order by 1, 2, 3"""


def catalogue(etl):
    return [(kind, name, str(what)) for kind, name, what in etl.sql(CATALOGUE, SCHEMAS, SCHEMAS, SCHEMAS)]


@pytest.fixture
def login(cluster):
    """Makes a login that is a member of a role, or of none; they end with the test."""
    made = []

    def make(role):
        name = f"trust_{role}"
        connection = cluster.connect()
        with connection.cursor() as cursor:
            cursor.execute(f"drop role if exists {name}")
            cursor.execute(f"create role {name} login" + ("" if role == "stranger" else f" in role {role}"))
        connection.close()
        made.append(name)
        return name

    yield make
    connection = cluster.connect()
    with connection.cursor() as cursor:
        for name in made:
            cursor.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", (name,))
            cursor.execute(f"drop role if exists {name}")
    connection.close()


def attempt(cursor, statement, *parameters):
    """The SQLSTATE that a statement ends with; None when it is done."""
    try:
        cursor.execute(statement, parameters or None)
    except psycopg2.Error as error:
        return error.pgcode or "lost"
    return None


def has_a_limit_of_notifications():
    version = subprocess.run([os.path.join(bindir(), "postgres"), "--version"], capture_output=True, text=True).stdout
    return int(re.search(r"(\d+)", version).group(1)) >= 17


def relations(etl):
    return etl.sql("""select n.nspname, c.relname, c.relkind::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = any (%s) and c.relkind in ('r', 'v') order by 1, 2""", SCHEMAS)


@pytest.mark.parametrize("role", READS)
def test_a_role_has_the_rights_that_are_meant_and_no_other(etl, login, role):
    name = login(role)
    for schema, relation, kind in relations(etl):
        rights = {r for r in ("select", "insert", "update", "delete", "truncate", "references", "trigger")
                  if etl.one("select has_table_privilege(%s, format('%%I.%%I', %s, %s), %s)", name, schema, relation, r)}
        meant = {"select"} if schema in READS[role] else set()
        if role == "sahut_writer" and (schema, relation) not in (("sahut_etl", "migration"), ("sahut_etl", "attribute")):
            meant = {"select", "insert", "update", "delete"}
        assert rights == meant, (schema, relation)
    for schema in SCHEMAS:
        assert etl.one("select has_schema_privilege(%s, %s, 'usage')", name, schema) == (schema in READS[role])
        assert not etl.one("select has_schema_privilege(%s, %s, 'create')", name, schema)


HOSTILE = """sahut.channel add constraint zz check (true); alter role {role} superuser; copy (select 1) to program 'touch {mark}'; alter table sahut.channel"""


@pytest.mark.parametrize("role", READS)
def test_a_role_that_tries_everything_changes_nothing_but_its_rows(pair, login, role, tmp_path):
    sandbox, etl = pair(conversations=50)
    etl.run("sync")
    name, mark = login(role), tmp_path / "pwned"
    tmp_path.chmod(0o777)
    before = catalogue(etl)
    connection = etl.cluster.connect(etl.dbname, name)
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = '5s'")
        hostile = HOSTILE.format(role=name, mark=mark)
        # Its texts, wherever it may put one.
        for schema, table, column in etl.sql("""select n.nspname, c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
                join pg_namespace n on n.oid = c.relnamespace where n.nspname = any (%s) and c.relkind = 'r' and a.attnum > 0
                and a.atttypid in ('text'::regtype, 'jsonb'::regtype)""", SCHEMAS):
            attempt(cursor, f'update {schema}.{table} set "{column}" = %s', hostile)
        # Every function, with nothing, with a workspace, with its text.
        for f in functions(etl):
            arguments = f["signature"][f["signature"].index("(") + 1:-1]
            kinds = [a for a in arguments.split(",") if a]
            for value in (None, "1", hostile):
                values = ", ".join("null::" + k if value is None else "%s::text::" + k for k in kinds)
                attempt(cursor, f"select sahut_etl.{f['name']}({values})", *([value] * len(kinds) if value is not None else []))
        for statement in (f"alter role {name} superuser", f"grant pg_execute_server_program to {name}", f"grant sahut_writer to {name} with admin option",
                          f"copy (select 1) to program 'touch {mark}'", "set session authorization postgres", "set role postgres",
                          f"alter database \"{etl.dbname}\" set search_path = x", "create schema mine", "alter system set port = 1",
                          "create function sahut_etl.f() returns integer language sql as 'select 1'", "create trigger t before insert on sahut.channel "
                          "for each row execute function suppress_redundant_updates_trigger()", "create event trigger e on ddl_command_start "
                          "execute function suppress_redundant_updates_trigger()", "create rule r as on select to sahut.channel do instead select 1",
                          "alter table sahut.channel enable row level security", "comment on table sahut.channel is 'mine'",
                          "create policy p on sahut.channel", "lock table pg_catalog.pg_class in access exclusive mode", "vacuum full pg_catalog.pg_class"):
            attempt(cursor, statement)
    connection.close()
    after = catalogue(etl)
    # VACUUM of what is not one's own is refused with a warning; nothing else may have come to pass either.
    assert set(after) == set(before), set(after) ^ set(before)
    assert not mark.exists()


SHAPED = "select attname, atttypid::regtype::text from pg_attribute where attrelid = 'sahut_report.conversation_times'::regclass and attnum > 0"


@pytest.mark.parametrize("role", READS)
def test_only_the_owner_decides_about_columns(warehouse, login, role):
    """The columns of one view follow from rows; those, and the functions that make it, are the owner's."""
    etl = warehouse("http://127.0.0.1:9/v1")
    etl.sql("""select sahut_etl.take_attributes('{"utama": [{"name": "amount", "path": "a.amount", "type": "number"}]}')""")
    cursor = etl.cluster.connect(etl.dbname, login(role)).cursor()
    before, own, rows = catalogue(etl), etl.sql(SHAPED), etl.sql("select * from sahut_etl.attribute")
    for statement in ("insert into sahut_etl.attribute values ('utama', 'x', '{x}', 'text')", "update sahut_etl.attribute set type = 'text'",
                      "delete from sahut_etl.attribute", "truncate sahut_etl.attribute", "select sahut_etl.shape_rows()",
                      "select sahut_etl.take_attributes('{}')", "alter table sahut_etl.attribute drop constraint attribute_name_check",
                      "create or replace view sahut_report.conversation_times as select 1 as id", "drop view sahut_report.conversation_times"):
        assert attempt(cursor, statement) == "42501", statement
    assert (catalogue(etl), etl.sql(SHAPED), etl.sql("select * from sahut_etl.attribute")) == (before, own, rows)


def test_a_configuration_names_columns_and_nothing_else(warehouse):
    """Whoever writes the configuration is trusted with columns: no text of it is ever a part of a statement."""
    etl = warehouse("http://127.0.0.1:9/v1")
    own, before = etl.sql(SHAPED), catalogue(etl)
    cursor = etl.cluster.connect(etl.dbname).cursor()
    hostile = HOSTILE.format(role="trust", mark="/nowhere")

    def take(*attributes, workspace="utama"):
        told = {workspace: [dict(zip(("name", "path", "type"), a)) for a in attributes]}
        return attempt(cursor, "select sahut_etl.take_attributes(%s)", json.dumps(told))

    for word in (hostile, 'a" from pg_authid; --', "a b", "A", "a'", "", "1a", "a" * 60, "a\n", "ctid; drop", "é", "a--", "a/**/"):
        assert take((word, "x", "text")) == "23514", word
    for kind in (hostile, "text); drop", "regclass", "name", "", "Text", "text\n", "xml"):
        assert take(("fine", "x", kind)) == "23514", kind
    taken = [column for column, _ in own if re.fullmatch("[a-z][a-z0-9_]*", column)]
    words = ["select", "from", "table", "user", "b", "x", "rolpassword", "oid", "a" * 59, *taken]
    for setting in ("standard_conforming_strings = off", "search_path = pg_temp, public, pg_catalog", "backslash_quote = on", "quote_all_identifiers = on"):
        attempt(cursor, "set " + setting)
    for path in (hostile, "'; " + hostile, "}'::text[]) end) as x, pg_authid.* from pg_authid --", "\\'; select 1 --", "$$", "%I", "%L", "%s", "{}", '"', "a\n--", "\\", ""):
        assert take(*[(word, path, ("text", "number", "date", "boolean")[i % 4]) for i, word in enumerate(words)], workspace=path) is None, path
        columns = etl.sql(SHAPED + " and not attisdropped")
        assert columns[:len(own)] == own and {c for c, _ in columns[len(own):]} <= set(words)
        assert {t for _, t in columns[len(own):]} <= {"text", "numeric", "date", "boolean"}
        etl.sql("select * from sahut_report.conversation_times")
    # More columns than a view may have: an error, and the view stays.
    assert take(*[(f"c{i}", "x", "text") for i in range(2000)]) == "54011"
    assert take() is None
    assert etl.sql(SHAPED) == own and catalogue(etl) == before


# ---- what a role can hold on to ------------------------------------------------

MODES = ["access exclusive", "exclusive", "share row exclusive", "share", "share update exclusive", "row exclusive", "row share", "access share"]
STRENGTHS = ["update", "no key update", "share", "key share"]
NUMBER = 1396786261  # "SAHU"


def taken(cursor, statement):
    """Whether a statement is done within an open transaction, which goes on either way."""
    cursor.execute("savepoint s")
    if attempt(cursor, statement) is None:
        return True
    cursor.execute("rollback to s")
    return False


def hold_all(cursor, etl, tables):
    """Every lock that the role can have, in an open transaction, the strongest of each; returns those of tables."""
    for key in (0, 1, 2):
        for call in (f"({NUMBER}, {key})", f"(({NUMBER}::bigint << 32) + {key})", f"({key}, {NUMBER})", f"({key})"):
            for kind in ("", "_shared", "_xact", "_xact_shared"):
                assert taken(cursor, f"select pg_advisory_{'xact_' if 'xact' in kind else ''}lock{kind.replace('_xact', '')}{call}")
    held = {}
    for name in tables:
        mode = next((m for m in MODES if taken(cursor, f"lock table {name} in {m} mode")), None)
        if mode:
            held[name] = mode
        for strength in STRENGTHS:
            taken(cursor, f"select from {name} for {strength}")
    return held


# The strongest lock of a table of ours. The writer's are those of the daemon itself, whose work is not done behind its back:
# a session of its role that locks a table is waited for, and named (test_faults_pg.py).
OURS_AT_MOST = {"stranger": None, "sahut_reader": "access share", "sahut_analyst": "access share", "sahut_pii_reader": "access share"}
# Of the catalogue, one view can be locked by everybody, as everybody may update it.
EVERYBODYS = {"pg_settings": "access exclusive"}


@pytest.mark.parametrize("role", READS)
def test_nothing_that_a_role_holds_on_to_stops_anything(pair, daemons, login, role):
    """One transaction that stays open, with all that it can lock; one session that listens, and one that calls."""
    sandbox, etl = pair(conversations=80, workspace={"schedule": "{incremental: 5s, verify: 1d}"})
    name = login(role)
    sessions = [etl.cluster.connect(etl.dbname, name) for _ in range(3)]
    holder, listener, caller = [s.cursor() for s in sessions]
    sessions[0].autocommit = False
    holder.execute("set statement_timeout = '5s'; set lock_timeout = '50ms'; create temp table mine (id integer); select lo_create(0)")
    ours = [f"{s}.{t}" for s, t, _ in relations(etl)]
    theirs = [n for n, in etl.sql("""select c.oid::regclass::text from pg_class c where c.relkind in ('r', 'v')
        and c.relnamespace::regnamespace::text in ('pg_catalog', 'information_schema')""")]
    held = hold_all(holder, etl, theirs if role == "sahut_writer" else ours + theirs)
    assert {t: m for t, m in held.items() if t in theirs and m != "access share"} == EVERYBODYS
    assert {m for t, m in held.items() if t in ours} == ({OURS_AT_MOST[role]} if OURS_AT_MOST.get(role) else set())
    for channel in ("sahut_etl_command_request", "x"):
        listener.execute(f"listen {channel}")
    sessions[1].autocommit = False
    listener.execute("select 1")

    # The first load, all commands, and a daemon, meanwhile.
    etl.run("migrate", timeout=60)
    etl.run("sync", timeout=60)
    assert_equal(etl, sandbox)
    for command in (["sync", "--full"], ["verify"], ["verify", "--repair"], ["report", "volume"], ["status"], ["migrate", "--rebuild-reports"],
                    ["erase", etl.one("select contact_id from sahut_pii.contact limit 1")]):
        etl.run(*command, timeout=60)
    assert "✗" not in etl.run("check", timeout=60).stdout
    daemon = daemons(etl)
    daemon.wait_text("works on 1 workspace")
    for n in range(100):
        caller.execute("select pg_notify('sahut_etl_command_request', %s)", (str(n) * 1000,))
    # It ends no session of ours, and none can be told to.
    for pid, in etl.sql("""select pid from pg_stat_activity where datname = current_database() and usename <> %s
            and pid <> pg_backend_pid()""", name):
        assert attempt(caller, f"select pg_terminate_backend({pid})") == attempt(caller, f"select pg_cancel_backend({pid})") == "42501"
    for statement in (f"select pg_terminate_backend({sessions[0].info.backend_pid})", "set role sahut_owner", "set role postgres",
                      "set session_replication_role = replica", f"alter role {name} set statement_timeout = 1", "prepare transaction 'x'",
                      f"reassign owned by {name} to {name}", "alter default privileges grant all on tables to public", f"drop owned by {name}",
                      "create operator pg_catalog.= (leftarg = text, rightarg = text, function = textne)", "create publication p for all tables",
                      "create extension dblink", "select pg_reload_conf()", "select pg_switch_wal()", "checkpoint",
                      "select pg_create_physical_replication_slot('s')", "select pg_logical_emit_message(true, 'a', 'b')"):
        attempt(caller, statement)
    sandbox.change("create", 5)
    loaded(etl, 85)
    etl.run("sync", timeout=60)
    assert daemon.running()
    assert etl.status()["state"] == "well"
    for s in sessions:
        s.close()
    assert daemon.stop() == 0


def test_a_queue_of_notifications_that_a_stranger_fills_stops_no_cycle(sandboxes, tmp_path, daemons):
    cluster = Cluster(max_notify_queue_pages=64) if has_a_limit_of_notifications() else None
    if not cluster:
        pytest.skip("before PostgreSQL 17 the queue has eight gigabytes")
    try:
        admin = cluster.connect()
        with admin.cursor() as cursor:
            cursor.execute("create role stranger login")
        cluster.create_database("gudang")
        sandbox = sandboxes(conversations=50)
        etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path, cluster, "gudang", sandbox.base_url, schedule="{incremental: 5s, verify: 1d}")
        etl.run("migrate")
        daemon = daemons(etl)
        loaded(etl, 50)
        deaf = cluster.connect("gudang", "stranger")
        deaf.autocommit = False
        with deaf.cursor() as cursor:
            cursor.execute("listen z")
            deaf.commit()
            cursor.execute("select 1")
        loud = cluster.connect("gudang", "stranger").cursor()
        while attempt(loud, "select count(pg_notify('z', repeat('x', 7900) || i)) from generate_series(1, 20) i") is None:
            pass
        for command in (["sync"], ["sync", "--full"], ["pause"], ["resume"]):
            done = etl.run(*command, expect=75, timeout=60)
            assert "queue of notifications is full" in done.stderr and "pg_terminate_backend(PID)" in done.stderr, done.stderr
        # Whoever has the oldest transaction may be a backup: the process that is to be ended is the one that the log names.
        named = re.findall(r"The server process with PID (\d+) is among those", open(os.path.join(cluster.dir, "log")).read())
        assert named and set(named) == {str(deaf.info.backend_pid)}, named
        for command in (["verify"], ["migrate"], ["report", "volume"]):
            etl.run(*command, timeout=60)
        sandbox.change("create", 5)
        loaded(etl, 55)
        assert daemon.running()
        deaf.close()
        wait_for(lambda: etl.run("sync", expect=None).returncode == 0, "room in the queue")
        assert daemon.stop() == 0
        assert_equal(etl, sandbox)
        admin.close()
    finally:
        cluster.stop()


# ---- an owner without a superuser's rights -----------------------------------------

def test_an_owner_that_may_little_is_enough_for_everything(sandboxes, tmp_path):
    """On a server of its own, where the roles are not there yet: an administrator makes two roles and a database, and goes home."""
    cluster = Cluster()
    try:
        admin = cluster.connect()
        with admin.cursor() as cursor:
            cursor.execute("create role pemilik login createrole")
            cursor.execute("create role etl login")
            cursor.execute("create database gudang owner pemilik")
        sandbox = sandboxes(conversations=300, ago="4d")
        etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path, cluster, "gudang", sandbox.base_url)
        etl.conninfo = cluster.conninfo("gudang", "etl")
        etl.write()
        with open(etl.config) as f:
            text = f.read()
        with open(etl.config, "w") as f:
            f.write(text.replace("workspaces:", f'  owner_conninfo: "{cluster.conninfo("gudang", "pemilik")}"\nworkspaces:', 1))
        etl.run("migrate")
        owner = cluster.connect("gudang", "pemilik")
        with owner.cursor() as cursor:
            cursor.execute("grant sahut_writer to etl")
        etl.run("sync")
        sandbox.control("clock", {"advance": 3 * 86400})
        sandbox.change("delete", 1)
        sandbox.change("resolve", 9)
        etl.run("sync", "--full")
        etl.run("verify")
        etl.run("verify", "--repair")
        etl.run("erase", etl.one("select contact_id from sahut_pii.contact limit 1"))
        etl.run("migrate", "--rebuild-reports")
        etl.run("report", "volume")
        with owner.cursor() as cursor:
            cursor.execute("select sahut_etl.rename_workspace('utama', 'lain')")
        etl.workspaces[0]["name"] = "lain"
        with open(etl.config) as f:
            text = f.read()
        with open(etl.config, "w") as f:
            f.write(text.replace("name: utama", "name: lain"))
        etl.run("sync")
        done = etl.run("check")
        assert "✗" not in done.stdout and "superuser" not in done.stdout
        assert etl.one("select count(*) from pg_roles where rolsuper and rolname <> 'postgres'") == 0
        owner.close()
        admin.close()
    finally:
        cluster.stop()


def test_an_owner_that_is_a_superuser_is_advised_against(etl):
    assert "owner: postgres, a superuser; a role that may do nothing else is better" in etl.run("check", expect=None).stdout


def test_the_warehouse_is_the_database_owners_whoever_migrates(warehouse, cluster):
    etl = warehouse("http://127.0.0.1:9/v1", migrate=False)
    connection = cluster.connect()
    with connection.cursor() as cursor:
        cursor.execute("drop role if exists trust_owner")
        cursor.execute("create role trust_owner")
        cursor.execute(f'alter database "{etl.dbname}" owner to trust_owner')
    try:
        etl.run("migrate")
        etl.run("migrate")
        owners = etl.sql("""select distinct pg_get_userbyid(c.relowner) from pg_class c where c.relnamespace::regnamespace::text = any (%s)
            union select pg_get_userbyid(p.proowner) from pg_proc p where p.pronamespace::regnamespace::text = any (%s)""", SCHEMAS, SCHEMAS)
        assert owners == [("trust_owner",)]
        assert "superuser" not in etl.run("check", expect=None).stdout
    finally:
        cluster.drop_database(etl.dbname)
        with connection.cursor() as cursor:
            cursor.execute("drop role trust_owner")
        connection.close()

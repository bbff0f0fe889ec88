# SPDX-License-Identifier: MIT
"""The warehouse on whichever PostgreSQL is there: a life of it, every view, function, card and statement, a dump and its way back.

./dev check runs this on the server that is installed, ./dev platforms on each version from 13 to 18.
"""
import glob
import json
import os
import re
import subprocess

import psycopg2
import pytest

from etl import assert_equal
from story import SQL

CARDS = os.path.join(os.path.dirname(__file__), "..", "..", "etc", "metabase")
SCHEMAS = ("sahut_report", "sahut", "sahut_pii", "sahut_etl")
READERS = {"sahut_report": "sahut_reader", "sahut": "sahut_analyst", "sahut_pii": "sahut_pii_reader", "sahut_etl": "postgres"}
CHANGES = (("create", 20), ("update", 30), ("reassign", 10), ("resolve", 12), ("reopen", 5), ("relabel", 10), ("snooze", 5))

RELATIONS = """
select c.oid::regclass::text, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(%s) and c.relkind in ('r', 'p', 'v', 'm') order by 1"""
FUNCTIONS = """
select p.oid::regproc::text, p.proargtypes::regtype[]::text[] from pg_proc p
where p.pronamespace::regnamespace::text = any(%s) and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype order by 1"""

# Views that are also read as a stock PostgreSQL reads them, whose plans are compiled when they look dear.
COMPILED = ("sahut_report.conversations", "sahut_report.replies", "sahut_report.data_freshness")

# An argument of each type that a function of ours takes: the workspace's number, days and instants of its life.
ARGUMENTS = {
    "integer": "(select min(id) from sahut_etl.workspace)", "bigint": "1", "smallint": "1::smallint", "boolean": "true", "text": "'UTC'",
    "date": "(select max(created_day) from sahut.conversation)", "timestamp with time zone": "now()", "interval": "interval '1 day'",
    "jsonb": "'{}'", "text[]": "array['x']", "integer[]": "array[1]", "bigint[]": "array[1]", "date[]": "array[current_date]",
    "time without time zone[]": "array_fill(time '08:00', array[7])", "timestamp with time zone[]": "array[now()]",
    "sahut_etl.message_reading": "null::sahut_etl.message_reading", "sahut_etl.rejected_message": "null::sahut_etl.rejected_message",
}
# What a function may say of arguments that were made up: something of its own, or of what they are.
REFUSALS = ("SE", "P0", "22", "23", "55")


def change(sandbox):
    for kind, n in CHANGES:
        sandbox.change(kind, n)


@pytest.fixture
def lived(pair):
    """A workspace that was loaded and followed for a while."""
    sandbox, etl = pair(conversations=400, ago="1h")
    etl.run("sync")
    change(sandbox)
    etl.run("sync")
    return sandbox, etl


def server(etl):
    return etl.one("select current_setting('server_version_num')::integer") // 10000


def test_a_life_of_it(lived):
    sandbox, etl = lived
    assert_equal(etl, sandbox)
    for command in (("sync",), ("sync", "--full")):
        change(sandbox)
        if "--full" in command:
            sandbox.change("delete", 5)
            sandbox.control("clock", {"advance": 600})
        etl.run(*command)
        assert_equal(etl, sandbox)
    sandbox.change("delete", 5)
    sandbox.control("clock", {"advance": 600})
    etl.run("verify", "--repair", expect=None)
    assert json.loads(etl.run("verify", "--json").stdout)[0]["verdict"] == "equal"
    assert_equal(etl, sandbox)
    conversation = sandbox.dump()["conversations"][0]["id"]
    for command in (("status",), ("status", "--json"), ("plan",), ("check",), ("explain", conversation), ("migrate",),
                    ("migrate", "--rebuild-reports"), ("sync",)):
        etl.run(*command)
    assert_equal(etl, sandbox)


def test_every_report_in_every_form(lived):
    _, etl = lived
    for topic in ("volume", "workload", "backlog", "replies", "freshness"):
        for form in ("table", "csv", "json", "html"):
            etl.run("report", topic, "--format", form)


def test_every_table_and_view_as_those_who_may_read_it(lived):
    _, etl = lived
    relations = etl.sql(RELATIONS, list(SCHEMAS))
    assert {schema for _, schema in relations} == set(SCHEMAS)
    columns = dict(etl.sql("""select attrelid::regclass::text, array_agg(quote_ident(attname) order by attnum) from pg_attribute
        where attrelid = any(%s::regclass[]) and attnum > 0 and not attisdropped group by 1""", [r for r, _ in relations]))
    connection = etl.cluster.connect(etl.dbname)
    with connection.cursor() as cursor:
        cursor.execute("set default_transaction_read_only = on")
        for relation, schema in relations:
            cursor.execute(f"set role {READERS[schema]}; set jit = {'on' if relation in COMPILED else 'off'}; select * from {relation}")
            # A condition on a column may be tried on rows that the view leaves out.
            for column in columns[relation]:
                cursor.execute(f"set jit = off; select x.{column}::text from {relation} x where x.{column} is not null order by 1")
    connection.close()


def test_every_function_answers_or_refuses_and_takes_nothing_down(lived):
    _, etl = lived
    functions = etl.sql(FUNCTIONS, list(SCHEMAS))
    assert len(functions) > 30
    connection = etl.cluster.connect(etl.dbname)
    connection.autocommit = False
    for name, types in functions:
        arguments = ", ".join(ARGUMENTS[t] for t in types)
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"select * from {name}({arguments})")
        except psycopg2.Error as error:
            # Some work on tables that a merge has made in its own session.
            assert error.pgcode and (error.pgcode.startswith(REFUSALS) or "pg_temp" in str(error)), (name, error.pgcode, str(error))
        connection.rollback()
    connection.close()


# ---- what the planner makes of it ----

def statements():
    """The queries of the cards and of the program that one statement makes up, by file, with their parameters as they stand."""
    for path in sorted(glob.glob(os.path.join(CARDS, "*.sql"))):
        with open(path) as f:
            yield path, re.sub(r"\[\[.*?\]\]", "", f.read())
    for path in sorted(glob.glob(os.path.join(SQL, "*", "*.sql"))):
        if os.sep + "migrations" + os.sep in path:
            continue
        with open(path) as f:
            text = "".join(line for line in f if not line.startswith("--")).strip().rstrip(";")
        if re.match(r"(with|select|insert|update|delete)\b", text) and ";" not in text:
            yield path, text


def plan(cursor, statement, options):
    """How it would be run, or None where it needs tables that only exist for a moment, or Citus."""
    try:
        cursor.execute(f"explain ({options}) {statement}")
    except (psycopg2.errors.UndefinedTable, psycopg2.errors.UndefinedFunction, psycopg2.errors.IndeterminateDatatype):
        cursor.connection.rollback()
        return None
    rows = cursor.fetchall()
    cursor.connection.rollback()
    return rows


def test_no_statement_joins_a_table_to_itself_for_nothing(lived):
    """PostgreSQL 18 leaves such a join out, and 18.4 crashes over one below a LATERAL: no plan of ours may depend on it."""
    _, etl = lived
    if server(etl) < 18:
        pytest.skip("PostgreSQL leaves out joins of a table to itself from 18 on")
    connection = etl.cluster.connect(etl.dbname)
    connection.autocommit = False
    cursor = connection.cursor()
    queries = [(name, f"select * from {name}") for name, _ in etl.sql(RELATIONS, list(SCHEMAS))] + list(statements())
    planned = 0
    for name, query in queries:
        cursor.execute("set local enable_self_join_elimination = off")
        kept = plan(cursor, query, "generic_plan, costs off")
        planned += kept is not None
        assert kept == plan(cursor, query, "generic_plan, costs off"), f"{name} joins a table to itself"
    assert planned > 100
    connection.close()


# ---- out and in again ----

def clients(version):
    """pg_dump and psql for a server of VERSION: of the same version, else of the next newer one."""
    found = {}
    paths = glob.glob("/usr/lib/postgresql/*/bin/pg_dump")
    if "SAHUT_CLIENTS" in os.environ:
        paths += glob.glob(os.environ["SAHUT_CLIENTS"] + "/*/pg_dump")
    for path in paths:
        said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
        found.setdefault(int(re.search(r"(\d+)\.", said).group(1)), os.path.dirname(path))
    fit = [v for v in found if v >= version]
    return (min(fit), found[min(fit)]) if fit else (None, None)


def dumped(etl, directory):
    """The database as a script, as its server's own pg_dump would write it."""
    at = ["-h", "127.0.0.1", "-p", str(etl.cluster.port), "-U", "postgres"]
    done = subprocess.run([os.path.join(directory, "pg_dump"), *at, "-d", etl.dbname], capture_output=True, check=True)
    # A newer pg_dump sets what an older server does not know.
    return at, re.sub(rb"(?m)^SET transaction_timeout = 0;\n|^\\(un)?restrict .*\n", b"", done.stdout)


def test_a_dump_is_restored_and_goes_on(lived):
    sandbox, etl = lived
    version, directory = clients(server(etl))
    if not version:
        pytest.skip(f"there is no pg_dump for PostgreSQL {server(etl)}")
    at, script = dumped(etl, directory)
    name = etl.dbname + "_restored"
    etl.cluster.create_database(name)
    try:
        done = subprocess.run([os.path.join(directory, "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", *at, "-d", name], input=script, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        etl.dbname, etl.conninfo = name, etl.cluster.conninfo(name)
        etl.write()
        assert_equal(etl, sandbox)
        etl.run("check")
        change(sandbox)
        etl.run("sync")
        assert_equal(etl, sandbox)
        for topic in ("volume", "workload", "backlog", "replies", "freshness"):
            etl.run("report", topic)
    finally:
        etl.cluster.drop_database(name)

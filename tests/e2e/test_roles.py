# SPDX-License-Identifier: MIT
"""Who may do what: the roles that migrate makes, as those who log in with them find them."""
import re

import psycopg2
import pytest

from story import assert_stored_days_are_true

SCHEMAS = ["sahut", "sahut_pii", "sahut_report", "sahut_etl"]
READS = {"sahut_reader": {"sahut_report"}, "sahut_analyst": {"sahut_report", "sahut"}, "sahut_pii_reader": {"sahut_pii"}}


@pytest.fixture
def login(cluster):
    """Makes a login that is a member of a role; they end with the test."""
    made = []

    def make(role):
        name = f"{role}_login"
        connection = cluster.connect()
        connection.cursor().execute(f"drop role if exists {name}")
        connection.cursor().execute(f"create role {name} login in role {role}")
        connection.close()
        made.append(name)
        return name

    yield make
    connection = cluster.connect()
    for name in made:
        for (db,) in query(connection, "select datname from pg_database where datallowconn"):
            other = cluster.connect(db)
            other.cursor().execute(f"drop owned by {name}")
            other.close()
        connection.cursor().execute(f"drop role if exists {name}")
    connection.close()


def query(connection, sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall() if cursor.description else None


def denied(connection, sql):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(connection, sql)


OBJECTS = """select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any(%s) and c.relkind in ('r', 'v') order by 1, 2"""


def test_readers_read_every_column_of_their_schemas_and_nothing_else(pair, login):
    sandbox, etl = pair(conversations=200, ago="4d")
    etl.run("sync")
    sandbox.control("clock", {"advance": 2 * 86400})
    etl.run("sync")
    for role in READS:
        reads_its_own(etl, login, role)


# A right that is missing; before it is looked for, a view or a column into which nobody can write.
WRITE_REFUSALS = (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ObjectNotInPrerequisiteState, psycopg2.errors.GeneratedAlways,
                  psycopg2.errors.FeatureNotSupported)


def reads_its_own(etl, login, role):
    connection = etl.cluster.connect(etl.dbname, login(role))
    for schema, name in etl.sql(OBJECTS, SCHEMAS):
        if schema not in READS[role]:
            denied(connection, f"select * from {schema}.{name}")
            continue
        # Every column is computed, since a function in a view runs with the reader's rights.
        rows = query(connection, f"select * from {schema}.{name}")
        assert rows == [] or schema != "sahut_report" or rows[0][0] is not None
        for statement in (f"insert into {schema}.{name} select * from {schema}.{name}", f"delete from {schema}.{name}"):
            with pytest.raises(WRITE_REFUSALS):
                query(connection, statement)
    for schema in SCHEMAS:
        denied(connection, f"create table {schema}.mine (id integer)")
    denied(connection, "select sahut_etl.refresh_next(1)")
    denied(connection, "select sahut_etl.queue_all(1, true)")
    connection.close()


def test_the_writer_can_do_its_work_and_no_ddl(sandboxes, warehouse, login):
    sandbox = sandboxes(conversations=300, ago="4d")
    etl = warehouse(sandbox.base_url)
    name = login("sahut_writer")
    with open(etl.config) as f:
        text = f.read()
    with open(etl.config, "w") as f:
        f.write(text.replace("user=postgres", f"user={name}").replace(
            "workspaces:", f'  owner_conninfo: "{etl.cluster.conninfo(etl.dbname)}"\nworkspaces:', 1))
    etl.run("migrate")
    etl.run("sync")
    sandbox.control("clock", {"advance": 3 * 86400})
    sandbox.change("delete", 1)
    sandbox.change("resolve", 5)
    etl.run("sync", "--full")
    assert etl.one("select pending_day_count from sahut_report.data_freshness") == 0
    assert_stored_days_are_true(etl.sql)
    contact = etl.one("select contact_id from sahut_pii.contact limit 1")
    etl.run("erase", contact)
    assert "✗" not in etl.run("check").stdout
    connection = etl.cluster.connect(etl.dbname, name)
    for statement in ("create table sahut.mine (id integer)", "drop table sahut.label", "alter table sahut.label add column x integer",
                      "truncate sahut.label", "create function sahut_etl.f() returns integer language sql as 'select 1'",
                      "update sahut_etl.migration set name = 'x'", "drop view sahut_report.conversations", "create role r2"):
        denied(connection, statement)
    connection.close()


MISSING = [
    ("revoke insert on sahut.conversation from sahut_writer", "grant insert on sahut.conversation to {writer}"),
    ("revoke usage on schema sahut_pii from sahut_writer", "grant usage on schema sahut_pii to {writer}"),
    ("revoke execute on function sahut_etl.lease from sahut_writer", "grant execute on function sahut_etl.lease(integer,integer,integer,bigint,text,integer,integer,boolean) to {writer}"),
    ("revoke usage on all sequences in schema sahut_etl from sahut_writer", "grant usage on all sequences in schema sahut_etl to {writer}"),
    ("revoke select on sahut_report.daily_volume from sahut_reader", "grant select on sahut_report.daily_volume to sahut_reader"),
    ("revoke usage on schema sahut from sahut_analyst", "grant usage on schema sahut to sahut_analyst"),
    ("revoke select on all tables in schema sahut_pii from sahut_pii_reader", "grant select on all tables in schema sahut_pii to sahut_pii_reader"),
    ("revoke execute on function sahut_etl.backlog_of from sahut_reader", "grant execute on function sahut_etl.backlog_of(integer,date,date,text[]) to sahut_reader"),
]


def test_check_prints_the_grant_that_is_missing_and_that_grant_helps(sandboxes, warehouse, login):
    sandbox = sandboxes(conversations=10)
    etl = warehouse(sandbox.base_url)
    writer = login("sahut_writer")
    with open(etl.config) as f:
        text = f.read()
    with open(etl.config, "w") as f:
        f.write(text.replace("user=postgres", f"user={writer}"))
    assert "✗" not in etl.run("check").stdout
    for revoke, grant in MISSING:
        grant = grant.format(writer=writer)
        etl.sql(revoke)
        done = etl.run("check", expect=77)
        assert re.findall(r"administrator must run: (.*);\n", done.stdout) == [grant], (revoke, done.stdout)
        etl.sql(grant)
        assert "✗" not in etl.run("check").stdout, grant


def test_what_a_later_migration_makes_can_be_read(warehouse, login):
    etl = warehouse("http://127.0.0.1:1/v1")
    etl.sql("create table sahut_report.later (id integer); create view sahut_report.seen as select 1 as id; create table sahut.more (id integer)")
    reader, analyst = etl.cluster.connect(etl.dbname, login("sahut_reader")), etl.cluster.connect(etl.dbname, login("sahut_analyst"))
    query(reader, "select * from sahut_report.later, sahut_report.seen")
    query(analyst, "select * from sahut_report.later, sahut.more")
    denied(reader, "select * from sahut.more")
    for connection in (reader, analyst):
        connection.close()
    # And what somebody took away comes back with migrate.
    etl.sql("revoke all on all tables in schema sahut_report from sahut_reader")
    etl.run("migrate")
    connection = etl.cluster.connect(etl.dbname, "sahut_reader_login")
    query(connection, "select * from sahut_report.conversations")
    connection.close()


def test_an_analysts_first_hour(pair, login):
    """Each question is one short query, without a join, and the answer is that of the API."""
    sandbox, etl = pair(conversations=600)
    etl.run("sync")
    connection = etl.cluster.connect(etl.dbname, login("sahut_reader"))
    dump = sandbox.dump()["conversations"]
    came = query(connection, """
        select created_day, channel_name, count(*) from sahut_report.conversations
        where created_day >= (select data_day from sahut_report.data_freshness) - 30 group by 1, 2""")
    assert sum(r[2] for r in came) > 100
    rolled = query(connection, """
        select day, channel_name, created_count from sahut_report.daily_volume
        where created_count > 0 and day >= (select data_day from sahut_report.data_freshness) - 30""")
    assert sorted(came) == sorted(rolled)
    holds = dict(query(connection, "select agent_name, active_count from sahut_report.agent_workload_now"))
    truth = {}
    for c in dump:
        if c["status"] in ("open", "pending"):
            name = (c.get("assignee") or {"name": None})["name"]
            truth[name] = truth.get(name, 0) + 1
    assert {k: v for k, v in holds.items() if v} == truth
    assert query(connection, """
        select created_day, avg(first_assignment_duration_seconds) / 60 as minutes from sahut_report.conversations
        where first_assignment_duration_seconds is not null and not is_first_assignment_estimated group by 1""") == []
    new = sandbox.change("create", 3)
    etl.run("sync")
    assigned = [c for c in sandbox.dump()["conversations"] if c["id"] in new and c.get("assignee")]
    assert query(connection, "select count(*) from sahut_report.conversations where first_assignment_duration_seconds = 0") == [(len(assigned),)]
    # The comments that explain the answers are there for whoever reads.
    assert query(connection, """select col_description('sahut_report.conversations'::regclass, attnum) from pg_attribute
        where attrelid = 'sahut_report.conversations'::regclass and attname = 'first_assignment_duration_seconds'""")[0][0].startswith("Seconds from creation")
    connection.close()

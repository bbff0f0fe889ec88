# SPDX-License-Identifier: MIT
"""Whatever a role, a database, a server, the environment or a service file set for a session: what comes out of the program is the same."""
import json
import os
import re

import pytest

from etl import assert_equal

WRITER = "sessions_writer"

# Each of them changes what some statement gives out, or whether it ends.
SETTINGS = {
    "datestyle": "German", "intervalstyle": "sql_standard", "timezone": "Pacific/Kiritimati", "extra_float_digits": "-15",
    "bytea_output": "escape", "standard_conforming_strings": "off", "search_path": "public, pg_catalog", "client_encoding": "LATIN1",
    "statement_timeout": "200ms", "lock_timeout": "50ms", "idle_in_transaction_session_timeout": "1s", "idle_session_timeout": "1s",
    "transaction_timeout": "1s", "exit_on_error": "on",
    "row_security": "on", "jit": "on", "jit_above_cost": "0", "default_transaction_isolation": "serializable",
    "default_transaction_deferrable": "on", "array_nulls": "off", "transform_null_equals": "on", "quote_all_identifiers": "on",
    "xmloption": "document", "plan_cache_mode": "force_generic_plan", "timezone_abbreviations": "Australia", "escape_string_warning": "off",
}

PIECES = [
    ("status", "--json"), ("status",), ("plan",), ("verify", "--json"), ("explain", "ID"), ("check",),
    *[("report", topic, "--format", form) for topic in ("volume", "workload", "backlog", "freshness") for form in ("table", "csv", "json")],
]


def same(text):
    """A text without what changes from one moment to the next."""
    # What was asked for so far stands at the end of a plan.
    text = re.sub(r"(?s)(the quota would allow).*", r"\1", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d\d:\d\d(:\d\d)?|\d+ requests?|\d+(\.\d+)? ?(ms|min|s|m|h|d)\b|(?<=_seconds\":)\d+", "-", text)
    # Requests of today: each look costs some.
    return re.sub(r"process \d+|[ ]+|(?<=requests_today\":)\d+|(?m:\d+$)", " ", text)


@pytest.fixture
def scene(pair, cluster):
    sandbox, etl = pair(conversations=250)
    # A setting is younger than the oldest server.
    for setting in set(SETTINGS) - {name for name, in etl.sql("select lower(name) from pg_settings")}:
        del SETTINGS[setting]
    etl.sql(f"""do $$ begin if not exists (select from pg_roles where rolname = '{WRITER}') then create role {WRITER} login; end if; end $$;
        grant sahut_writer to {WRITER}; grant create on schema public to {WRITER}""")
    plain = f"{cluster.conninfo(etl.dbname, WRITER)}"
    etl.conninfo = plain
    etl.write()
    etl.run("sync")
    etl.run("verify")
    identity = etl.one("select min(id) from sahut.conversation")
    yield sandbox, etl, plain, [[part if part != "ID" else identity for part in piece] for piece in PIECES]
    for setting in SETTINGS:
        etl.sql(f"alter role {WRITER} reset {setting}")


def outputs(etl, pieces, environment=None):
    old = dict(os.environ)
    os.environ.update(environment or {})
    try:
        said = {" ".join(piece): same(etl.run(*piece).stdout) for piece in pieces}
        # How long ago things were.
        return {name: re.sub(r"(?<![\d-])\d+(?![\d-])", "N", text) if "freshness" in name else text for name, text in said.items()}
    finally:
        os.environ.clear()
        os.environ.update(old)


def by_role(etl, plain, tmp_path):
    for name, value in SETTINGS.items():
        etl.sql(f"alter role {WRITER} set {name} = {value if name == 'search_path' else repr(value)}")
    return {}


def by_database(etl, plain, tmp_path):
    for name, value in SETTINGS.items():
        etl.sql(f"alter database {etl.dbname} set {name} = {value if name == 'search_path' else repr(value)}")
    return {}


def by_role_in_database(etl, plain, tmp_path):
    for name, value in SETTINGS.items():
        etl.sql(f"alter role {WRITER} in database {etl.dbname} set {name} = {value if name == 'search_path' else repr(value)}")
    return {}


def options():
    return " ".join(f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in SETTINGS.items() if name != "client_encoding")


def by_environment(etl, plain, tmp_path):
    return {"PGOPTIONS": options(), "PGTZ": "Pacific/Kiritimati", "PGDATESTYLE": "German", "PGCLIENTENCODING": "LATIN1"}


def by_conninfo(etl, plain, tmp_path):
    etl.conninfo = f"{plain} options='{options().replace(chr(92), chr(92) * 4)}'"
    etl.write()
    return {}


def by_service(etl, plain, tmp_path):
    service = tmp_path / "service.conf"
    service.write_text("[warehouse]\n" + "\n".join(plain.split(" ")) + f"\noptions={options()}\nclient_encoding=LATIN1\n")
    etl.conninfo = "service=warehouse"
    etl.write()
    return {"PGSERVICEFILE": str(service)}


@pytest.mark.parametrize("how", [by_role_in_database, by_environment, by_service,
                                 *(pytest.param(how, marks=pytest.mark.slow) for how in (by_role, by_database, by_conninfo))])
def test_what_comes_out_does_not_depend_on_the_session(scene, tmp_path, how):
    sandbox, etl, plain, pieces = scene
    wanted = outputs(etl, pieces)
    environment = how(etl, plain, tmp_path)
    got = outputs(etl, pieces, environment)
    for piece in wanted:
        assert got[piece] == wanted[piece], piece
    sandbox.control("clock", {"advance": 600})
    sandbox.change("update", 20)
    sandbox.change("create", 20)
    old = dict(os.environ)
    os.environ.update(environment)
    try:
        etl.run("sync")
        etl.run("sync", "--full")
        etl.run("verify")
        etl.run("erase", etl.one("select min(contact_id) from sahut.conversation where contact_id is not null"))
    finally:
        os.environ.clear()
        os.environ.update(old)
    etl.conninfo = plain
    etl.write()
    etl.run("sync", "--full")
    assert etl.one("select count(*) from sahut.conversation") == 270


def test_an_owner_with_a_short_timeout_migrates(warehouse, cluster):
    etl = warehouse("http://127.0.0.1:1/v1", migrate=False)
    etl.sql(f"create role {etl.dbname} login createrole; alter database {etl.dbname} owner to {etl.dbname}")
    try:
        for setting in ("statement_timeout = '20ms'", "lock_timeout = '10ms'", "default_transaction_isolation = 'serializable'",
                        "search_path = ''", "datestyle = 'SQL, DMY'", "default_transaction_deferrable = on", "check_function_bodies = off"):
            etl.sql(f"alter role {etl.dbname} set {setting}")
        etl.conninfo = cluster.conninfo(etl.dbname, etl.dbname)
        etl.write()
        etl.run("migrate")
        etl.run("migrate", "--rebuild-reports")
    finally:
        etl.sql(f"reassign owned by {etl.dbname} to postgres")
        etl.sql(f"drop owned by {etl.dbname}; drop role {etl.dbname}")


def test_read_only_set_off_on_purpose_goes_on_working(scene):
    """The role is read-only; the conninfo says that this session is not."""
    sandbox, etl, plain, pieces = scene
    etl.sql(f"alter role {WRITER} set default_transaction_read_only = on")
    try:
        assert "read-only" in etl.run("sync", expect=69).stderr
        etl.conninfo = f"{plain} options='-c default_transaction_read_only=off'"
        etl.write()
        sandbox.control("clock", {"advance": 600})
        sandbox.change("create", 5)
        etl.run("sync")
        assert etl.one("select count(*) from sahut.conversation") == 255
    finally:
        etl.sql(f"alter role {WRITER} reset default_transaction_read_only")


def test_the_json_of_a_report_has_days_of_iso(scene):
    sandbox, etl, plain, pieces = scene
    etl.sql(f"alter role {WRITER} set datestyle = 'SQL, DMY'")
    days = json.dumps(json.loads(etl.run("report", "volume", "--format", "json").stdout))
    assert re.search(r"\d{4}-\d\d-\d\d", days) and not re.search(r"\d\d/\d\d/\d{4}", days)
    assert_equal(etl, sandbox)

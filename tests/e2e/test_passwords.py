# SPDX-License-Identifier: MIT
"""A password that changes under a daemon: in its file, or from a program that makes tokens."""
import os
import stat

import pytest

from cluster import Cluster
from conftest import BUILD
from daemon import wait_for
from etl import Etl, assert_equal

WRITER = "token_writer"


@pytest.fixture
def scene(sandboxes, tmp_path):
    cluster = Cluster()
    with open(os.path.join(cluster.data, "pg_hba.conf")) as f:
        rules = f.read()
    with open(os.path.join(cluster.data, "pg_hba.conf"), "w") as f:
        f.write(f"host all {WRITER} 127.0.0.1/32 scram-sha-256\n" + rules)
    execute(cluster, "select pg_reload_conf()", f"create role {WRITER} login password 'first'", "create database tokens")
    sandbox = sandboxes(conversations=120)
    etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path, cluster, "tokens", sandbox.base_url, schedule="{incremental: 5s, verify: 1h}")
    etl.run("migrate")
    etl.sql(f"grant sahut_writer to {WRITER}")
    wait_for(lambda: "scram" in etl.one("select string_agg(auth_method, ' ') from pg_hba_file_rules"), "pg_hba.conf")
    yield sandbox, etl, cluster
    cluster.stop()


def execute(cluster, *statements):
    connection = cluster.connect()
    for statement in statements:
        connection.cursor().execute(statement)
    connection.close()


def write(path, text, mode=0o600):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as f:
        f.write(text)


def configure(etl, line):
    etl.conninfo = f'host=127.0.0.1 port={etl.cluster.port} user={WRITER} dbname=tokens sslmode=disable"\n  {line[:-1]}'
    etl.write()


def end_sessions(cluster):
    execute(cluster, f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{WRITER}'")


def sessions(etl):
    return etl.one(f"select count(*) from pg_stat_activity where usename = '{WRITER}'")


def test_a_password_that_is_rotated_needs_no_reload(scene, daemons):
    sandbox, etl, cluster = scene
    write(os.path.join(etl.dir, "pw"), "first\n")
    configure(etl, 'password_file: "pw"')
    daemon = daemons(etl)
    wait_for(lambda: etl.one("select count(*) from sahut_etl.run where state = 'ok'"), "a cycle")
    execute(cluster, f"alter role {WRITER} password 'second'")
    write(os.path.join(etl.dir, "pw"), "second\n")
    end_sessions(cluster)
    wait_for(lambda: sessions(etl) == 2, "the daemon to be back")
    # A file that is not there for a moment is no end, either.
    os.rename(os.path.join(etl.dir, "pw"), os.path.join(etl.dir, "away"))
    end_sessions(cluster)
    daemon.wait_text("event=warehouse_lost")
    os.rename(os.path.join(etl.dir, "away"), os.path.join(etl.dir, "pw"))
    wait_for(lambda: sessions(etl) == 2, "the daemon to be back")
    assert daemon.stop() == 0
    assert "second" not in daemon.text() and "first" not in daemon.text().replace("first_load", "")


def token(etl, body):
    path = os.path.join(etl.dir, "token")
    write(path, f"#!/bin/sh\n{body}\n", 0o700)
    os.chmod(path, stat.S_IRWXU)
    return path


def test_a_token_is_made_for_each_connection(scene, daemons):
    sandbox, etl, cluster = scene
    path = token(etl, 'echo x >>"$(dirname "$0")/asked"; cat "$(dirname "$0")/now"')
    write(os.path.join(etl.dir, "now"), "first\n")
    configure(etl, f'password_command: "{path} --for warehouse"')
    etl.run("sync")
    etl.run("status")
    etl.run("check")
    daemon = daemons(etl)
    wait_for(lambda: sessions(etl) == 2, "the daemon")
    execute(cluster, f"alter role {WRITER} password 'other'")
    write(os.path.join(etl.dir, "now"), "other\n")
    end_sessions(cluster)
    wait_for(lambda: sessions(etl) == 2, "the daemon to be back")
    assert daemon.stop() == 0
    with open(os.path.join(etl.dir, "asked")) as f:
        assert len(f.readlines()) >= 5
    assert_equal(etl, sandbox)


@pytest.mark.parametrize("body, code, says", [
    ("exit 3", 69, "ended with 3"), ("kill -9 $$", 69, "ended by signal 9"), ("true", 69, "is empty"), ("printf 'a\\nb\\n'", 69, "control character"),
    ("head -c 10000 /dev/zero | tr '\\0' x", 69, "too much"), ("echo secretwrong", 77, "password authentication failed")])
def test_a_program_that_gives_no_token_is_said(scene, body, code, says):
    sandbox, etl, cluster = scene
    configure(etl, f'password_command: "{token(etl, body)}"')
    for command in ("sync", "status"):
        done = etl.run(command, expect=code)
        assert says in done.stderr and "secretwrong" not in done.stderr, done.stderr


def test_a_program_that_is_not_there(scene):
    sandbox, etl, cluster = scene
    configure(etl, 'password_command: "/nowhere/token"')
    assert "/nowhere/token: No such file" in etl.run("sync", expect=69).stderr
    configure(etl, 'password_command: "token"')
    assert "whole path" in etl.run("check", "--offline", expect=78).stderr


def test_a_program_that_does_not_end_is_ended(scene, daemons):
    """Told to stop, the daemon does not leave it behind."""
    sandbox, etl, cluster = scene
    path = token(etl, 'echo $$ >"$(dirname "$0")/pid"; sleep 600')
    configure(etl, f'password_command: "{path}"')
    daemon = daemons(etl)
    where = os.path.join(etl.dir, "pid")
    wait_for(lambda: os.path.exists(where) and open(where).read().strip(), "the program")
    assert daemon.stop() == 0
    pid = int(open(where).read())
    wait_for(lambda: not os.path.exists(f"/proc/{pid}"), "its end")

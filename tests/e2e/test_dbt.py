# SPDX-License-Identifier: MIT
"""etc/dbt with a real dbt: its connection, the freshness of its sources, and tests of what adds up, against a loaded warehouse."""
import os
import shutil
import subprocess
import sys

import pytest

from conftest import BUILD
from etl import Etl

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.join(HERE, "..", "..", "etc", "dbt")
DBT = os.environ.get("SAHUT_DBT") or shutil.which("dbt")
wants_dbt = pytest.mark.skipif(not DBT, reason="no dbt on the PATH, and SAHUT_DBT names none")

sys.path.insert(0, os.path.join(HERE, ".."))
import dictionary  # noqa: E402


def test_the_sources_are_those_of_the_warehouse(cluster, tmp_path):
    """./dev dictionary writes them anew."""
    name = f"dbt_{os.getpid()}"
    cluster.create_database(name)
    etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path, cluster, name, "http://127.0.0.1:9/v1")
    etl.run("migrate")
    with open(os.path.join(PROJECT, "models", "sources.yml")) as f:
        assert f.read() == dictionary.write_sources(etl), "run ./dev dictionary"


@pytest.fixture
def dbt(pair, tmp_path):
    """A warehouse with a few days of history, and dbt that looks at it as a reader."""
    sandbox, etl = pair(conversations=200)
    etl.run("sync")
    for _ in range(3):
        for kind in ("create", "resolve", "reopen"):
            sandbox.change(kind, 8)
        etl.run("sync")
    etl.sql("drop role if exists dbt_reader; create role dbt_reader login; grant sahut_reader to dbt_reader")
    project = tmp_path / "dbt"
    shutil.copytree(PROJECT, project)
    socket = dict(word.split("=", 1) for word in etl.cluster.conninfo(etl.dbname).split())
    env = {**os.environ, "SAHUT_HOST": socket["host"], "SAHUT_PORT": socket.get("port", "5432"), "SAHUT_DBNAME": etl.dbname, "SAHUT_USER": "dbt_reader",
           "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "HOME": str(tmp_path), "DO_NOT_TRACK": "1"}

    def run(*args, fails=False):
        done = subprocess.run([DBT, "--no-use-colors", *args], cwd=project, env=env, capture_output=True, text=True, timeout=300)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout

    yield etl, run
    etl.sql("revoke sahut_reader from dbt_reader; drop role dbt_reader")


@wants_dbt
def test_dbt_finds_all_well_and_sees_what_is_not(dbt):
    etl, run = dbt
    assert "All checks passed" in run("debug")
    etl.sql("update sahut_etl.workspace set active_as_of = now() - interval '1 minute'")
    assert "PASS freshness of sahut.data_freshness" in run("source", "freshness")
    built = run("build")
    assert "ERROR=0" in built and "WARN=0" in built and "backlog_adds_up" in built
    # A workspace that stands still, and a figure that is wrong.
    etl.sql("update sahut_etl.workspace set active_as_of = now() - interval '2 hours'")
    assert "ERROR STALE" in run("source", "freshness", fails=True)
    etl.sql("update sahut_etl.day_volume set created_count = created_count + 1 where ctid in (select ctid from sahut_etl.day_volume limit 1)")
    assert "FAIL 1 hours_add_up" in run("build", "--select", "hours_add_up", fails=True)

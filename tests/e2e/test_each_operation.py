# SPDX-License-Identifier: MIT
"""Each command is refused each of its operations, one after the other: it says so in a sentence, and works when it is asked again.

The program with a fuse (tests/cut/fuse.c) has the n-th of its statements refused, its COPY spoilt, its connection not
made, or its answer lost. tests/e2e/cut.py does that to cycles, and more thoroughly.
"""
import os
import subprocess

import pytest

from conftest import BUILD
from daemon import Daemon, loaded, wait_for
from etl import Etl, assert_equal
from metabase_mock import Metabase
from sandbox import Sandbox
from test_metabase import settings

# Recovered, its data refused (a COPY that is garbage), unavailable, later, out of memory on the far side; and a comparison that came to no end.
ENDS = {0, 1, 65, 69, 75}


@pytest.fixture(scope="module")
def shop(cluster, tmp_path_factory):
    """A small workspace and its warehouse, which all commands here use."""
    sandbox = Sandbox(os.path.join(BUILD, "sahut-sandbox"), conversations=60, ago="6h")
    dbname = f"refused_{os.getpid()}"
    cluster.create_database(dbname)
    etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path_factory.mktemp("etl"), cluster, dbname, sandbox.base_url)
    etl.run("migrate")
    etl.run("sync")
    etl.sandbox = sandbox
    yield etl
    sandbox.stop()


def fused(etl, command, n, stdin=None):
    """(exit code, stdout, what was said, whether the fuse burned) of a run whose n-th operation is refused."""
    environment = {**etl.environment(), "SAHUT_FUSE_AT": str(n), "SAHUT_FUSE_DO": "error"}
    done = subprocess.run([os.path.join(BUILD, "sahut-etl-fused"), "-c", etl.config, *command], capture_output=True, text=True, timeout=60,
                          env=environment, input=stdin)
    said = [line for line in done.stderr.splitlines() if not line.startswith("fuse: ")]
    return done.returncode, done.stdout, said, len(said) < len(done.stderr.splitlines())


def refuse(etl, command, n):
    """Whether there is an n-th operation; it was refused, and the command ended as it should."""
    code, out, said, burned = fused(etl, command, n)
    if not burned:
        assert code == 0, (n, said)
        return False
    assert code in ENDS, (n, code, said)
    # What failed is said, by what it is; a command that did its work has its figures, or nothing to say.
    assert code in (0, 1) or any(line.startswith(("sahut-etl: ", "✗ ")) or "level=" in line for line in said + out.splitlines()), (n, code, out, said)
    assert "sk_live_sandbox" not in out + "".join(said)
    return True


def refuse_each(etl, command, begin=lambda: None, step=1):
    """How many operations the command has, each of which (or each STEP-th) was refused."""
    n = 1
    while begin() or refuse(etl, command, n):
        n += step
        assert n < 2000
    return n - 1


COMMANDS = [
    ["status"],
    ["plan"],
    ["check"],
    ["verify"],
    ["verify", "--json"],
    ["report", "volume"],
    ["report", "freshness", "--format", "json"],
    ["report", "workload", "--format", "html"],
    ["report", "backlog", "--format", "csv"],
    ["erase", "ct_nobody"],
    ["migrate"],
    ["migrate", "--rebuild-reports"],
    ["conversations", "list"],
    ["conversations", "list", "--all"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_it_says_so_and_works_again(shop, command):
    assert refuse_each(shop, command) >= 2


def test_explain(shop):
    conversation = shop.one("select min(id) from sahut.conversation")
    assert refuse_each(shop, ["explain", conversation]) >= 2


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_a_repair(shop, step):
    """Whatever was refused, the last one leaves nothing that differs."""
    def begin():
        shop.sandbox.change("silent", 1)
        shop.sandbox.control("clock", {"advance": 600})

    assert refuse_each(shop, ["verify", "--full", "--repair"], begin, step) >= 2
    shop.run("verify", "--full", "--repair")
    assert_equal(shop, shop.sandbox)


def test_tables_are_made_whole_or_not_at_all(warehouse):
    """What a migration that was refused leaves behind is what the next one finds, and goes on from."""
    etl = warehouse("http://127.0.0.1:9/v1", migrate=False)

    def begin():
        etl.sql("drop schema if exists sahut, sahut_pii, sahut_report, sahut_etl cascade")

    assert refuse_each(etl, ["migrate"], begin) >= 2
    begin()
    assert refuse(etl, ["migrate"], 4)
    etl.run("migrate")
    assert "nothing" in etl.run("migrate", "--dry-run").stdout


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.slow)])
def test_dashboards(cluster, shop, step):
    mock = Metabase(cluster, shop.dbname)
    try:
        settings(shop, mock)
        assert refuse_each(shop, ["metabase", "apply"], step=step) >= 2
        shop.run("metabase", "apply")
        mock.clear()
        shop.run("metabase", "apply")
        assert mock.writes() == []
    finally:
        mock.stop()


def follow(etl, n, running):
    """A daemon whose n-th operation is refused."""
    etl.program = os.path.join(BUILD, "sahut-etl-fused")
    running.append(Daemon(etl, environment={"SAHUT_FUSE_AT": str(n), "SAHUT_FUSE_DO": "error"}))


@pytest.mark.parametrize("which", [[1, 3, 8, 11, 13, 14, 21, 34, 55], *(pytest.param(list(range(n, n + 20)), marks=pytest.mark.slow) for n in range(1, 181, 20))])
def test_the_daemon_goes_on(sandboxes, warehouse, which):
    """All of them at once, since most of it is waiting."""
    running = []
    pairs = [(sandbox, warehouse(sandbox.base_url, schedule="{incremental: 5s, verify: 1h}")) for sandbox in (sandboxes(conversations=60) for _ in which)]
    try:
        for (_, etl), n in zip(pairs, which):
            follow(etl, n, running)
        for (sandbox, etl), daemon, n in zip(pairs, running, which):
            wait_for(lambda: "fuse: " in daemon.text(), f"the fuse of {n} to burn")
            loaded(etl, 60)
            sandbox.change("create", 2)
        for (sandbox, etl), daemon in zip(pairs, running):
            loaded(etl, 62)
            assert daemon.stop() == 0
            assert_equal(etl, sandbox)
    finally:
        for daemon in running:
            daemon.end()

# SPDX-License-Identifier: MIT
"""Fixtures: one cluster for all tests, a database, a sandbox and a configuration for each."""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from cluster import Cluster  # noqa: E402
from daemon import Daemon  # noqa: E402
from etl import Etl  # noqa: E402
from sandbox import AGO, Sandbox  # noqa: E402

BUILD = os.environ.get("SAHUT_BUILD", os.path.join(os.path.dirname(__file__), "..", "..", "build"))


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: waits for a timeout of the program's own; for ./dev check --all")


@pytest.fixture(scope="session")
def cluster():
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture
def sandboxes(request):
    """Starts sandboxes; those of a test end with it. They begin as long ago as the test's file says in AGO, if it does."""
    running = []

    def start(**options):
        options.setdefault("ago", getattr(request.module, "AGO", AGO))
        running.append(Sandbox(os.path.join(BUILD, "sahut-sandbox"), **options))
        return running[-1]

    yield start
    for sandbox in running:
        sandbox.stop()


@pytest.fixture(scope="session")
def migrated_database(cluster, tmp_path_factory):
    """A database as `migrate` leaves it. Hundreds of tests begin with a copy of it, which takes a fifth of the time."""
    name = f"migrated{os.getpid()}"
    cluster.create_database(name)
    Etl(os.path.join(BUILD, "sahut-etl"), tmp_path_factory.mktemp("migrated"), cluster, name, "http://127.0.0.1:1/").run("migrate")
    return name


@pytest.fixture
def warehouse(cluster, migrated_database, tmp_path, request):
    """Makes a configuration with a database of its own, migrated unless asked otherwise."""
    made = []

    def make(base_url, migrate=True, **workspace):
        dbname = f"t{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**8}_{len(made)}"
        made.append(dbname)
        cluster.create_database(dbname, template=migrated_database if migrate else None)
        directory = tmp_path / f"etl{len(made)}"
        directory.mkdir()
        return Etl(os.path.join(BUILD, "sahut-etl"), directory, cluster, dbname, base_url, **workspace)

    yield make
    for dbname in made:
        cluster.drop_database(dbname)


UNTIMED = ("heap", "id_asc")


@pytest.fixture
def pair(sandboxes, warehouse, request):
    """A sandbox and a warehouse that mirrors it."""

    def make(**options):
        settings = options.pop("workspace", {})
        if options.get("order") in UNTIMED:
            options.setdefault("ago", getattr(request.module, "AGO", "19m"))
        sandbox = sandboxes(**options)
        if options.get("order") in UNTIMED:
            # A list in no order of time is proven complete when nothing in it is younger than the lookback, and now and then one is.
            sandbox.control("clock", {"advance": 600})
        return sandbox, warehouse(sandbox.base_url, **settings)

    return make


@pytest.fixture
def daemons():
    """Starts daemons; those of a test end with it."""
    running = []

    def start(etl, *args, **more):
        running.append(Daemon(etl, *args, **more))
        return running[-1]

    yield start
    for daemon in running:
        daemon.end()


# ---- TAP, so that all tests can be counted in one way ----

def pytest_terminal_summary(terminalreporter):
    number = 0
    for outcome, word in (("passed", "ok"), ("failed", "not ok"), ("error", "not ok"), ("skipped", "ok")):
        for report in terminalreporter.stats.get(outcome, []):
            number += 1
            reason = f" # SKIP {report.longrepr[2]}" if outcome == "skipped" else ""
            terminalreporter.write_line(f"{word} {number} - {report.nodeid}{reason}")

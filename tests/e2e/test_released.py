# SPDX-License-Identifier: MIT
"""A warehouse that a released version left is migrated by this one, loses nothing, and is followed on."""
import glob
import gzip
import hashlib
import os
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from cluster import bindir  # noqa: E402
from etl import expected, held  # noqa: E402
from released import CHANGES, MIGRATIONS, TOP, WORKSPACE, WORLD  # noqa: E402

RELEASED = sorted(glob.glob(os.path.join(TOP, "tests", "data", "released", "*", "migrations.sha256")))
VERSIONS = [os.path.basename(os.path.dirname(path)) for path in RELEASED] or [
    pytest.param("", marks=pytest.mark.skip(reason="no version is released yet"))]

KEPT = """select (select count(*) from sahut.conversation), (select count(*) from sahut.conversation_version),
    (select count(*) from sahut.conversation_event), (select count(*) from sahut.message)"""


def of(version, name):
    return os.path.join(TOP, "tests", "data", "released", version, name)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_migrations_of_a_released_version_are_as_they_were(version):
    with open(of(version, "migrations.sha256"), encoding="utf-8") as f:
        frozen = dict(reversed(line.split()) for line in f)
    for name, checksum in frozen.items():
        with open(os.path.join(MIGRATIONS, name), "rb") as f:
            assert hashlib.sha256(f.read()).hexdigest() == checksum, f"{name} was released: write a new migration"
    later = sorted(set(os.listdir(MIGRATIONS)) - set(frozen))
    assert later == [] or later[0] > max(frozen), "a migration between released ones"


@pytest.fixture
def restored(cluster, sandboxes, warehouse):
    def make(version):
        sandbox = sandboxes(**WORLD)
        etl = warehouse(sandbox.base_url, migrate=False, **WORKSPACE)
        with gzip.open(of(version, "warehouse.sql.gz")) as f:
            subprocess.run([os.path.join(bindir(), "psql"), "-qX", "-v", "ON_ERROR_STOP=1", "-d", etl.conninfo],
                           input=f.read(), stdout=subprocess.DEVNULL, check=True)
        return sandbox, etl
    return make


@pytest.mark.parametrize("version", VERSIONS)
def test_a_dump_of_a_released_version_is_migrated_and_followed_on(restored, version):
    sandbox, etl = restored(version)
    before = etl.sql(KEPT)[0]
    days = etl.sql("select workspace_name, day, sum(created_count) from sahut_report.daily_volume group by 1, 2 order by 1, 2")
    etl.run("migrate")
    assert etl.sql(KEPT)[0] == before and min(before) > 0
    assert etl.sql("select workspace_name, day, sum(created_count) from sahut_report.daily_volume group by 1, 2 order by 1, 2") == days
    # The world of the same seed, whose times are of today: every row is another one, by the same ids.
    etl.sql("update sahut_etl.workspace set base_url = %s", sandbox.base_url)
    for kind in CHANGES:
        sandbox.change(kind, 5)
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", "--full", expect=None)
    etl.run("sync", "--full", expect=None)
    assert held(etl, "utama") == {c["id"]: expected(c) for c in sandbox.dump()["conversations"]}
    assert etl.sql(KEPT)[0][1] >= before[1]
    etl.run("migrate", "--rebuild-reports")
    etl.run("check")

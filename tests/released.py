#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Keeps of a released version what later ones are tested against.

usage: released.py BUILD VERSION

Writes tests/data/released/VERSION: `migrations.sha256`, the checksums of the
migrations, which are frozen from then on, and `warehouse.sql.gz`, a dump of
a small warehouse that was loaded and followed by this version, with its
history, days, messages and business hours. tests/e2e/test_released.py holds
later versions against both.
"""
import gzip
import hashlib
import os
import subprocess
import sys
import tempfile

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(TOP, "tests", "e2e"))

from cluster import Cluster, bindir  # noqa: E402
from etl import Etl  # noqa: E402
from sandbox import Sandbox  # noqa: E402

MIGRATIONS = os.path.join(TOP, "sql", "migrations")
# The same world for the dump and for the later version that goes on from it.
WORLD = {"conversations": 120, "seed": 41, "ago": "3h"}
WORKSPACE = {"messages": "{read: replies, since: 3650d, share: 100%}"}
CHANGES = ("create", "update", "resolve", "reopen", "reassign", "relabel", "snooze", "delete")


def checksums():
    """A line of sha256sum(1) for each migration."""
    lines = []
    for name in sorted(os.listdir(MIGRATIONS)):
        with open(os.path.join(MIGRATIONS, name), "rb") as f:
            lines.append(f"{hashlib.sha256(f.read()).hexdigest()}  {name}\n")
    return "".join(lines)


def live(etl, sandbox):
    """A load, messages, and some changes that are followed."""
    etl.run("sync", "--full")
    etl.run("sync", "--messages")
    for kind in CHANGES:
        sandbox.change(kind, 5)
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", "--full", expect=None)
    etl.run("sync", "--messages")


def dump(cluster, name):
    """The warehouse as SQL, readable by each later psql."""
    program = [os.path.join(bindir(), "pg_dump"), "--no-owner", "-d", cluster.conninfo(name)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    # What newer clients write and older servers do not know.
    return "".join(line for line in done.stdout.splitlines(True) if not line.startswith(("\\restrict", "\\unrestrict")))


def main():
    build, version = os.path.abspath(sys.argv[1]), sys.argv[2]
    directory = os.path.join(TOP, "tests", "data", "released", version)
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "migrations.sha256"), "w", encoding="utf-8") as f:
        f.write(checksums())
    os.environ["SAHUT_BUILD"] = build
    cluster = Cluster()
    sandbox = Sandbox(os.path.join(build, "sahut-sandbox"), **WORLD)
    try:
        cluster.create_database("released")
        with tempfile.TemporaryDirectory() as own:
            etl = Etl(os.path.join(build, "sahut-etl"), own, cluster, "released", sandbox.base_url, **WORKSPACE)
            etl.run("migrate")
            live(etl, sandbox)
            etl.run("sync")
        with gzip.GzipFile(os.path.join(directory, "warehouse.sql.gz"), "wb", mtime=0) as f:
            f.write(dump(cluster, "released").encode())
    finally:
        sandbox.stop()
        cluster.stop()


if __name__ == "__main__":
    main()

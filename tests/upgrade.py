# SPDX-License-Identifier: MIT
"""PostgreSQL's major upgrades by pg_upgrade, one warehouse through all of them: 13, 15, 17, 18, on the Debians that have them.

Each Debian has the PostgreSQL of the one before it as well, as one that was upgraded does, and a C library that sorts by newer rules: the change of a
collation's version is a real one. Between two upgrades the warehouse is followed; docs/OPERATIONS.md's commands are run as they stand there.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import platforms

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "e2e"))

from cluster import free_port  # noqa: E402
from etl import Etl, assert_equal, held  # noqa: E402
from sandbox import Sandbox  # noqa: E402

# Each Debian, the one before it, and what each has of PostgreSQL.
STEPS = [("bullseye", "", 0, 13), ("bookworm", "bullseye", 13, 15), ("trixie", "bookworm", 15, 17), ("forky", "trixie", 17, 18)]
LOCALE = "id_ID.UTF-8"

# A system that nothing is written to, but for what PostgreSQL keeps, which is the same in all of them.
ENTER = r"""
mount --bind "$1" "$2"
mount -o remount,bind,ro "$2"
mount -t proc proc "$2/proc"
for d in sys dev; do mount --rbind /$d "$2/$d"; mount --make-rslave "$2/$d"; done
for d in tmp run dev/shm usr/lib/locale; do mount -t tmpfs -o mode=1777 tmpfs "$2/$d"; done
mount --bind "$3" "$2/var/lib/postgresql"
exec chroot "$2" /usr/bin/env -i HOME=/var/lib/postgresql PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C bash -ec "$4"
"""


def system(suite, before, old, new):
    packages = [f"postgresql-{new}", "locales"] + ([f"postgresql-{old}"] if old else [])
    return platforms.debian(suite, packages, older=before)


class Server:
    """A cluster that moves from one system to the next; for Etl it is one of cluster.py's."""

    def __init__(self):
        # Its path is that of the socket.
        self.dir = tempfile.mkdtemp(prefix="sahut-up-", dir="/tmp")
        self.place = tempfile.mkdtemp(prefix="sahut-up-", dir="/tmp")
        os.chmod(self.dir, 0o755)
        self.port, self.root, self.version, self.runs = free_port(), None, 0, False

    def run(self, script):
        """As PostgreSQL's user of the present system."""
        script = (f"localedef -i {LOCALE.split('.')[0]} -f UTF-8 {LOCALE}; chown -R postgres: /var/lib/postgresql; "
                  f"exec runuser -u postgres -- bash -ec {shlex.quote('cd; ' + script)}")
        command = ["unshare", "--mount", "bash", "-ec", ENTER, "enter", self.root, self.place, self.dir, script]
        # What is started goes on, and must not keep a pipe of ours.
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
            out.seek(0)
            text = out.read()
        if done.returncode:
            raise RuntimeError(f"{script}: {text}")
        return text

    def programs(self, version):
        return f"/usr/lib/postgresql/{version}/bin"

    def make(self, version):
        # PostgreSQL 18 has checksums unless it is told otherwise; what is upgraded has them or not in both.
        without = " --no-data-checksums" if version >= 18 else ""
        self.run(f"{self.programs(version)}/initdb -D {version} -A trust -E UTF8 --locale={LOCALE} -U postgres --no-sync{without}")

    def start(self):
        self.run(f"{self.programs(self.version)}/pg_ctl -D {self.version} -w -l log -o '-k /var/lib/postgresql -p {self.port} -c fsync=off "
                 "-c listen_addresses=' start")
        self.runs = True

    def halt(self):
        self.run(f"{self.programs(self.version)}/pg_ctl -D {self.version} -m fast -w stop")
        self.runs = False

    def upgrade(self, new):
        self.make(new)
        self.run(f"{self.programs(new)}/pg_upgrade -b {self.programs(self.version)} -B {self.programs(new)} -d {self.version} -D {new} -U postgres "
                 "-s /var/lib/postgresql -o '-c fsync=off' -O '-c fsync=off'")
        self.version = new

    def conninfo(self, dbname="postgres", user="postgres"):
        return f"host={self.dir} port={self.port} user={user} dbname={dbname}"

    def connect(self, dbname="postgres", user="postgres"):
        import psycopg2
        connection = psycopg2.connect(self.conninfo(dbname, user))
        connection.autocommit = True
        return connection

    def stop(self):
        if self.runs:
            self.halt()
        shutil.rmtree(self.dir, ignore_errors=True)
        shutil.rmtree(self.place, ignore_errors=True)


def documented():
    """The two commands of OPERATIONS.md, for a server that is elsewhere."""
    with open(os.path.join(platforms.TOP, "docs", "OPERATIONS.md"), encoding="utf-8") as f:
        section = re.search(r"(?s)\n### PostgreSQL's next major version\n(.*?)\n##", f.read()).group(1)
    commands = re.findall(r"(?m)^    sudo -u postgres (.*)$", section)
    assert [c.split()[0] for c in commands] == ["reindexdb", "psql"], commands
    return commands


def versions(etl):
    """Of the collation: as it is written down, and as the library has it."""
    return etl.sql("select datcollversion, pg_database_collation_actual_version(oid) from pg_database where datname = current_database()")[0]


def follow(etl, sandbox):
    sandbox.control("clock", {"advance": 200})
    for kind in ("create", "update", "resolve"):
        sandbox.change(kind, 20)
    etl.run("sync")
    etl.run("sync", "--full")
    etl.run("verify")
    etl.run("check")
    assert_equal(etl, sandbox)


def reports(etl):
    return [etl.run("report", topic, "--from", "2024-01-01", "--format", "csv").stdout for topic in ("volume", "backlog")]


def settle(server, etl):
    """What an administrator does afterwards."""
    reindex, refresh = documented()
    at = f"-h /var/lib/postgresql -p {server.port} -U postgres "
    server.run(f"{server.programs(server.version)}/{reindex.replace(' ', ' ' + at, 1)}")
    if server.version >= 15:
        server.run(f"{server.programs(server.version)}/{refresh.replace(' ', ' ' + at, 1)}")
        is_now = versions(etl)
        assert is_now[0] == is_now[1], is_now


def hop(results, server, step, etl, sandbox):
    suite, before, old, new = step
    server.halt()
    server.root = system(*step)
    server.start()
    # On the new library, before anything was done about it.
    sorts = f", which sorts as of {versions(etl)[1]} and was told {versions(etl)[0]}" if old >= 15 else ""
    follow(etl, sandbox)
    results.check(f"PostgreSQL {old} goes on on {suite}{sorts}", True)
    held_before, told_before = held(etl), reports(etl)
    server.halt()
    server.upgrade(new)
    server.start()
    assert held(etl) == held_before and reports(etl) == told_before
    follow(etl, sandbox)
    settle(server, etl)
    follow(etl, sandbox)
    results.check(f"pg_upgrade from PostgreSQL {old} to {new} on {suite}: the same rows and reports, and it goes on, before REINDEX and after it",
                  int(etl.one("show server_version_num")) // 10000 == new)


def run(results, build):
    server, directory = Server(), tempfile.mkdtemp()
    sandbox = Sandbox(os.path.join(build, "sahut-sandbox"), conversations=400, ago="12h")
    try:
        server.root, server.version = system(*STEPS[0]), STEPS[0][3]
        server.make(server.version)
        server.start()
        connection = server.connect()
        connection.cursor().execute("create database sahut template template0")
        connection.cursor().execute('create role "sahut-etl" login')
        connection.close()
        etl = Etl(os.path.join(build, "sahut-etl"), directory, server, "sahut", sandbox.base_url)
        etl.run("migrate")
        etl.sql('grant sahut_writer to "sahut-etl"')
        etl.conninfo = server.conninfo("sahut", "sahut-etl")
        etl.write()
        etl.run("sync")
        follow(etl, sandbox)
        results.check(f"a warehouse on PostgreSQL {server.version}", True)
        for step in STEPS[1:]:
            hop(results, server, step, etl, sandbox)
    finally:
        sandbox.stop()
        server.stop()
        shutil.rmtree(directory)

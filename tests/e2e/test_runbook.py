# SPDX-License-Identifier: MIT
"""Each procedure of docs/OPERATIONS.md, run as it stands there. sudo and systemctl stand in for the real ones; PostgreSQL's programs are real."""
import os
import re
import shutil
import subprocess

import pytest

from cluster import Cluster, bindir
from conftest import BUILD
from etl import Etl, assert_equal, held

# Its tests move the clock on by more than a few minutes.
AGO = "3h"

PAGE = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "OPERATIONS.md")

SUDO = """#!/bin/sh
while [ $# -gt 0 ]; do case $1 in -u) shift 2;; -*) shift;; *) break;; esac; done
exec "$@"
"""
SYSTEMCTL = '#!/bin/sh\necho "$@" >>"$STUBS/systemctl.log"\n'
SUDOEDIT = '#!/bin/sh\nsed -i "$EDIT" "$SAHUT_ETL_CONFIG"\n'


def commands(heading):
    """The indented lines of a section, and of it alone."""
    with open(PAGE) as f:
        text = f.read()
    section = re.search(rf"(?ms)^##+ {re.escape(heading)}\n(.*?)(?=^##|\Z)", text).group(1)
    found = [line[4:] for line in section.splitlines() if line.startswith("    ")]
    assert found, f"no commands under {heading}"
    return "\n".join(found).replace("OWNER", "postgres")


class Machine:
    """A server called by PGHOST and PGPORT, with a database sahut as INSTALL.md makes it."""

    def __init__(self, directory):
        self.dir = str(directory)
        self.cluster = Cluster()
        for name, text in (("sudo", SUDO), ("systemctl", SYSTEMCTL), ("sudoedit", SUDOEDIT),
                           ("sahut-etl", f'#!/bin/sh\nexec {os.path.abspath(os.path.join(BUILD, "sahut-etl"))} "$@"\n')):
            path = os.path.join(self.dir, name)
            with open(path, "w") as f:
                f.write(text)
            os.chmod(path, 0o755)
        self.config = ""

    def run(self, script, expect=0, **environment):
        programs = bindir()
        done = subprocess.run(["bash", "-ec", script], cwd=self.dir, capture_output=True, text=True, timeout=120, env={
            **os.environ, "PATH": f"{self.dir}:{programs}:{os.environ['PATH']}", "STUBS": self.dir, "PGHOST": self.cluster.dir,
            "PGPORT": str(self.cluster.port), "PGUSER": "postgres", "PGDATABASE": "postgres", "SAHUT_ETL_CONFIG": self.config, **environment})
        assert expect is None or done.returncode == expect, (script, done.stdout, done.stderr)
        return done

    def systemctl(self):
        with open(os.path.join(self.dir, "systemctl.log")) as f:
            return f.read().split("\n")[:-1]


@pytest.fixture
def machines(tmp_path):
    made = []

    def make():
        directory = tmp_path / f"machine{len(made)}"
        directory.mkdir()
        made.append(Machine(directory))
        return made[-1]

    yield make
    for machine in made:
        machine.cluster.stop()


@pytest.fixture
def scene(machines, sandboxes, tmp_path):
    """Installed, loaded, with some history."""
    machine = machines()
    sandbox = sandboxes(conversations=250)
    machine.run('createdb -E UTF8 -T template0 sahut; createuser sahut-etl')
    (tmp_path / "etc").mkdir()
    etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path / "etc", machine.cluster, "sahut", sandbox.base_url)
    etl.run("migrate")
    etl.sql('grant sahut_writer to "sahut-etl"')
    etl.conninfo = machine.cluster.conninfo("sahut", "sahut-etl")
    etl.write()
    machine.config = etl.config
    etl.run("sync")
    sandbox.control("clock", {"advance": 600})
    sandbox.change("resolve", 10)
    etl.run("sync")
    return machine, sandbox, etl


def rights(cluster):
    connection = cluster.connect("sahut")
    with connection.cursor() as cursor:
        cursor.execute("""select c.oid::regclass::text, array(select unnest(c.relacl)::text order by 1) from pg_class c
            join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('sahut', 'sahut_pii', 'sahut_report', 'sahut_etl') order by 1""")
        return cursor.fetchall()


def test_renaming(scene):
    machine, sandbox, etl = scene
    machine.run(commands("Renaming a workspace"), EDIT="s/name: utama/name: pusat/")
    assert machine.systemctl() == ["stop sahut-etl", "start sahut-etl"]
    sandbox.change("create", 3)
    etl.run("sync")
    assert_equal(etl, sandbox, "pusat")
    assert etl.one("select count(*) from sahut_etl.workspace") == 1 and etl.one("select count(*) from sahut_etl.rejected_item") == 0


def test_removing(scene, sandboxes):
    machine, sandbox, etl = scene
    script = commands("Removing a workspace")
    done = machine.run(script, expect=1)
    assert 'there is no workspace "lama"' in done.stderr
    assert_equal(etl, sandbox)
    other = sandboxes(conversations=40, seed=2)
    etl.add("lama", other.base_url)
    etl.run("sync")
    etl.run("verify")
    machine.run(script)
    assert etl.sql("select name from sahut_etl.workspace") == [("utama",)]
    assert_equal(etl, sandbox)
    etl.workspaces.pop()
    etl.write()
    etl.run("sync", "--full")
    assert_equal(etl, sandbox)


def test_backup_and_restore_on_the_same_server(scene):
    machine, sandbox, etl = scene
    before, allowed = held(etl), rights(machine.cluster)
    machine.run(commands("Backup and restore"))
    done = machine.run(commands("Restoring on the same server"))
    assert done.stdout + done.stderr == ""
    assert held(etl) == before and rights(machine.cluster) == allowed
    sandbox.control("clock", {"advance": 600})
    sandbox.change("update", 20)
    etl.run("check")
    etl.run("sync")
    assert_equal(etl, sandbox)
    machine.run("sudo -u postgres dropdb sahut_before")


def test_moving_to_another_server(scene, machines):
    machine, sandbox, etl = scene
    before, allowed = held(etl), rights(machine.cluster)
    machine.run(commands("Backup and restore"))
    there = machines()
    shutil.copy(os.path.join(machine.dir, "sahut.dump"), there.dir)
    done = there.run(commands("Restoring on another server, or moving there"))
    assert done.stdout + done.stderr == ""
    machine.cluster.halt()
    etl.cluster = there.cluster
    etl.conninfo = there.cluster.conninfo("sahut", "sahut-etl")
    etl.write()
    assert held(etl) == before and rights(there.cluster) == allowed
    etl.run("check")
    sandbox.control("clock", {"advance": 600})
    sandbox.change("update", 20)
    etl.run("sync")
    etl.run("verify")
    assert_equal(etl, sandbox)
    machine.cluster.start()


def test_leaving(scene):
    machine, sandbox, etl = scene
    machine.run(commands("Leaving"))
    connection = machine.cluster.connect()
    with connection.cursor() as cursor:
        cursor.execute("select rolname from pg_roles where rolname like 'sahut%'")
        assert cursor.fetchall() == []
        cursor.execute("select datname from pg_database where datname like 'sahut%'")
        assert cursor.fetchall() == []


def test_no_command_touches_what_is_not_ours(scene):
    """A lock of somebody else's, in another database of the server, ends with nobody's help."""
    machine, sandbox, etl = scene
    other = machine.cluster.connect()
    with other.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(1396786261, 1), pg_advisory_lock(42)")
    machine.run(commands("Renaming a workspace"), EDIT="s/name: utama/name: pusat/")
    with open(PAGE) as f:
        page = f.read()
    for statement in re.findall(r"(?m)^    (select .*(?:\n    .*)*?;)$", page):
        etl.sql(statement.replace("NAME", "pusat"))
    with other.cursor() as cursor:
        cursor.execute("select 1")
        assert cursor.fetchone() == (1,)


def test_the_key_of_another_workspace_by_mistake(sandboxes, warehouse):
    """What is held stays, and with the right key back a full sweep ends equal."""
    sandbox = sandboxes(conversations=250, workspaces=["key=sk_live_two,conversations=130,seed=7"])
    etl = warehouse(sandbox.base_url)
    etl.run("sync")
    etl.add("utama", sandbox.base_url, key="sk_live_two")
    del etl.workspaces[0]
    etl.write()
    etl.run("sync", expect=None)
    etl.run("sync", "--full", expect=None)
    deleted = etl.one("select count(*) from sahut.conversation where deleted_at is not null")
    print("with the wrong key:", etl.status()["state"], deleted, "deleted")
    assert deleted == 0
    etl.add("utama", sandbox.base_url)
    del etl.workspaces[0]
    etl.write()
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", "--full", expect=None)
    etl.run("verify", "--full", "--repair")
    truth = {c["id"] for c in sandbox.dump()["conversations"]}
    ours = set(held(etl))
    print("afterwards:", len(ours & truth), "of", len(truth), "ours,", len(ours - truth), "of the other one's")
    assert truth == ours


def test_another_server_with_the_same_workspace(sandboxes, warehouse):
    one, two = sandboxes(conversations=250), sandboxes(conversations=250)
    etl = warehouse(one.base_url)
    etl.run("sync")
    etl.workspaces[0]["base_url"] = two.base_url
    etl.write()
    two.control("clock", {"advance": 600})
    two.change("update", 20)
    etl.run("sync")
    etl.run("sync", "--full")
    assert_equal(etl, two)

# SPDX-License-Identifier: MIT
"""Each procedure of docs/OPERATIONS.md, run as it stands there. sudo and systemctl stand in for the real ones; PostgreSQL's programs are real."""
import os
import re
import shutil
import subprocess

import pytest

from cluster import Cluster, bindir
from conftest import BUILD
from daemon import loaded, wait_for
from etl import Etl, assert_equal, expected, held
from test_replica import Replica

# Its tests move the clock on by more than a few minutes.
AGO = "3h"

PAGE = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "OPERATIONS.md")

SUDO = """#!/bin/sh
while [ $# -gt 0 ]; do case $1 in -u) shift 2;; -*) shift;; *) break;; esac; done
exec "$@"
"""
# A reload is a signal to the daemon of the test, where it has one.
SYSTEMCTL = '#!/bin/sh\necho "$@" >>"$STUBS/systemctl.log"\n[ "$1" != reload ] || [ -z "$DAEMON" ] || kill -HUP "$DAEMON"\n'
# /etc/sahut-etl is that of the test, and its files are the caller's.
INSTALL = """#!/bin/sh
for last; do :; done
umask 077
exec cat >"$ETC/${last#/etc/sahut-etl/}"
"""
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
        for name, text in (("sudo", SUDO), ("systemctl", SYSTEMCTL), ("sudoedit", SUDOEDIT), ("install", INSTALL),
                           ("sahut-etl", f'#!/bin/sh\nexec {os.path.abspath(os.path.join(BUILD, "sahut-etl"))} "$@"\n')):
            path = os.path.join(self.dir, name)
            with open(path, "w") as f:
                f.write(text)
            os.chmod(path, 0o755)
        self.config = ""

    def run(self, script, expect=0, stdin="", **environment):
        """In a session without a terminal, so that who asks for a password reads STDIN."""
        programs = bindir()
        done = subprocess.run(["bash", "-ec", script], cwd=self.dir, capture_output=True, text=True, timeout=120, input=stdin, start_new_session=True, env={
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
    """Installed, loaded, with some history; the API has another workspace as well."""
    machine = machines()
    sandbox = sandboxes(conversations=250, workspaces=["key=sk_live_two,conversations=130,seed=7"])
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


def each(machine, heading, *stdins, **environment):
    """The commands of a section, one after the other, each with what is typed; the last one's end is returned."""
    script = commands(heading).splitlines()
    assert len(script) == len(stdins), script
    for command, stdin in zip(script, stdins):
        done = machine.run(command, stdin=stdin, **environment)
    return done


def test_a_new_key(scene, daemons):
    machine, sandbox, etl = scene
    etl.workspaces[0].update(schedule="{incremental: 5s, verify: 1h}", api_key_file="api-key")
    etl.write()
    each(machine, "A new key", "sk_withdrawn\n", "", ETC=etl.dir)
    daemon = daemons(etl)
    daemon.wait_text("401")
    each(machine, "A new key", sandbox.key + "\n", "", ETC=etl.dir, DAEMON=str(daemon.pid))
    sandbox.change("create", 3)
    loaded(etl, 253)
    assert machine.systemctl() == ["reload sahut-etl"] * 2 and sandbox.key not in daemon.text()


def test_a_new_password_of_the_database(scene, daemons):
    machine, sandbox, etl = scene
    with open(os.path.join(machine.cluster.data, "pg_hba.conf"), "r+") as f:
        rules = f.read()
        f.seek(0)
        f.write("host all sahut-etl 127.0.0.1/32 scram-sha-256\n" + rules)
    etl.sql("select pg_reload_conf()")
    etl.sql("""set password_encryption = 'scram-sha-256'; alter role "sahut-etl" password 'pertama'""")
    etl.conninfo = f'host=127.0.0.1 port={machine.cluster.port} user=sahut-etl dbname=sahut sslmode=disable"\n  password_file: "pg-password'
    etl.workspaces[0].update(schedule="{incremental: 5s, verify: 1h}")
    etl.write()
    machine.run("install x /etc/sahut-etl/pg-password", stdin="pertama\n", ETC=etl.dir)
    daemon = daemons(etl)
    loaded(etl, 250)
    # As the document has it, twice the same.
    done = each(machine, "A new password of the database", "kedua\n", "kedua\nkedua\n", "", ETC=etl.dir)
    assert "✗" not in done.stdout
    machine.cluster.connect().cursor().execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'sahut-etl'")
    sandbox.change("create", 3)
    loaded(etl, 253)
    assert daemon.running() and "pertama" not in daemon.text() and "kedua" not in daemon.text()
    etl.sql("""alter role "sahut-etl" password 'ketiga'""")
    assert etl.run("status", expect=77).returncode == 77


def test_upgrading(scene):
    """What it says where no migration is due; with one, the packages are tried by ./dev container."""
    machine, sandbox, etl = scene
    script = commands("Upgrading").splitlines()
    etl.conninfo = machine.cluster.conninfo("sahut")
    etl.write()
    assert script[1:3] == ["sudo -u postgres sahut-etl migrate", "sudo systemctl restart sahut-etl"]
    assert "nothing to do" in machine.run("\n".join(script[1:3])).stdout
    assert machine.systemctl() == ["restart sahut-etl"]


def test_changing_the_configuration(scene, daemons):
    machine, sandbox, etl = scene
    daemon = daemons(etl)
    loaded(etl, 250)
    machine.run(commands("Changing the configuration"), DAEMON=str(daemon.pid))
    daemon.wait_text("reload")
    etl.extra = "nonsense: 1\n"
    etl.write()
    assert "nonsense" in machine.run(commands("Changing the configuration"), expect=78).stderr
    assert daemon.running()


def test_dropping_names_that_are_stored(scene):
    machine, sandbox, etl = scene
    machine.run(commands("Dropping names or phones that are stored already"))
    assert etl.one("select count(*) from sahut_pii.contact where name is not null") == 0
    assert etl.one("select count(*) from sahut_pii.contact where phone is not null") > 0


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
        if "citus_" not in statement:  # of a distributed warehouse
            etl.sql(statement.replace("NAME", "pusat"))
    with other.cursor() as cursor:
        cursor.execute("select 1")
        assert cursor.fetchone() == (1,)


def test_the_key_of_another_workspace_by_mistake(scene, daemons):
    """What is held stays, and with the right key back a repair ends equal."""
    machine, sandbox, etl = scene
    etl.workspaces[0].update(api_key_file="api-key", schedule="{incremental: 5s, verify: 1h}")
    etl.write()
    key = commands("A new key").splitlines()[0]
    machine.run(key, stdin=sandbox.key + "\n", ETC=etl.dir)
    etl.run("sync")
    machine.run(key, stdin="sk_live_two\n", ETC=etl.dir)
    for arguments in ([], ["--full"]):
        etl.run("sync", *arguments, expect=None)
    assert etl.one("select count(*) from sahut.conversation where deleted_at is not null") == 0
    sandbox.control("clock", {"advance": 600})
    daemon = daemons(etl)
    each(machine, "The key of another workspace, by mistake", sandbox.key + "\n", "", "", ETC=etl.dir, DAEMON=str(daemon.pid))
    assert_equal(etl, sandbox)


def test_another_address_of_the_api(scene, sandboxes):
    machine, one, etl = scene
    two = sandboxes(conversations=250)
    two.control("clock", {"advance": 1200})
    two.change("update", 250)
    machine.run(commands("Another address of the API"), EDIT=f"s|base_url: .*|base_url: {two.base_url}|")
    # As it is, and not as it came about: that was elsewhere.
    assert held(etl) == {c["id"]: expected(c) for c in two.dump()["conversations"]}


def test_after_a_major_upgrade(scene):
    """With another library of collations under it, of which PostgreSQL warns: the commands end it, and nothing of ours has changed."""
    machine, sandbox, etl = scene
    if int(etl.one("show server_version_num")) < 150000:
        pytest.skip("it keeps no version of a database's collation")
    machine.run(commands("Backup and restore"))
    restore = commands("Restoring on the same server").replace("createdb ", "createdb --locale-provider=icu --icu-locale=id-ID ")
    machine.run(restore)
    machine.run("dropdb sahut_before")
    before = held(etl)
    etl.sql("update pg_database set datcollversion = '1' where datname = 'sahut'")
    warned = etl.run("status").stderr
    machine.run(commands("PostgreSQL's next major version"))
    assert "version" not in etl.run("status").stderr and "version" not in machine.run("psql -d sahut -c 'select 1'").stderr
    print("with another collation a command said:", warned)
    assert held(etl) == before
    etl.run("check")
    etl.run("verify")
    assert_equal(etl, sandbox)


def test_new_rules_of_time_zones(scene):
    """Days that were computed by other rules are computed again."""
    machine, sandbox, etl = scene
    etl.sql("update sahut_etl.day_volume set created_count = created_count + 1000")
    etl.conninfo = machine.cluster.conninfo("sahut")
    etl.write()
    machine.run(commands("New rules of time zones"))
    assert etl.one("select sum(created_count) from sahut_report.daily_volume") == 250


def test_a_contact_is_forgotten_everywhere(scene, machines):
    """In the warehouse, on a standby, and in a dump that was made before, once it is restored."""
    machine, sandbox, etl = scene
    machine.run(commands("Backup and restore"))
    contact, phone = etl.sql("select contact_id, phone from sahut_pii.contact where phone is not null order by 1 limit 1")[0]
    forget = commands("A contact is to be forgotten").replace("cont_01HX", contact)
    standby = Replica(machine.cluster)
    try:
        seen = "select count(*) from sahut_pii.contact where phone = %s"

        def there():
            with standby.connect("sahut").cursor() as cursor:
                cursor.execute(seen, (phone,))
                return cursor.fetchone()[0]
        wait_for(there, "the standby")
        machine.run(forget)
        wait_for(lambda: not there(), "the standby")
    finally:
        standby.halt()
    assert etl.one(seen, phone) == 0
    machine.run(commands("Restoring on the same server"))
    assert etl.one(seen, phone) == 1
    machine.run(forget)
    assert etl.one(seen, phone) == 0
    etl.run("sync", "--full")
    assert etl.one(seen, phone) == 0


def test_room_for_a_year(scene):
    machine, sandbox, etl = scene
    said = machine.run(commands("Room for a year")).stdout
    sizes = re.findall(r"(\d+) (?:kB|MB|GB)", said)
    assert len(sizes) == 2 and int(sizes[1]) >= int(sizes[0]), said


# ---- what is named for each alert ----

def alerts():
    with open(os.path.join(os.path.dirname(PAGE), "..", "etc", "prometheus", "sahut-etl.rules.yml")) as f:
        return re.findall(r"alert: (\w+)", f.read())


def test_each_alert_has_its_section_and_no_other():
    with open(PAGE) as f:
        assert sorted(re.findall(r"(?m)^### (SahutEtl\w+)", f.read())) == sorted(alerts())


def test_what_is_to_be_done_for_an_alert_can_be_done(scene):
    """Each command that its section names does something here: none is unknown, and none takes options that are not there."""
    machine, sandbox, etl = scene
    with open(PAGE) as f:
        page = f.read()
    first = etl.one("select min(id) from sahut.conversation")
    for alert in alerts():
        section = re.search(rf"(?ms)^### {alert}\n(.*?)(?=^##|\Z)", page).group(1)
        named = [" ".join(c.split()) for c in re.findall(r"`((?:sudo -u [\w-]+ )?sahut-etl [^`]+)`", section)]
        assert named or alert == "SahutEtlThrottled"
        for command in named:
            command = command.replace("NAME", "utama").replace("OWNER", "postgres").replace("ID", first)
            done = machine.run(command, expect=None)
            # Who may not migrate, has no notify and no rejected item is told so.
            allowed = (0, 1) if not re.search("migrate|notify|rejected --", command) else (0, 1, 64, 77, 78)
            assert done.returncode in allowed and "unknown" not in done.stderr.lower() and "usage:" not in done.stderr, (alert, command, done)

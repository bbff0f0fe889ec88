# SPDX-License-Identifier: MIT
"""Several machines as a careful administrator sets them up: the owner is no superuser, and machines know each other by TLS and passwords.

`./dev distributed` runs this, too.
"""
import os
import shutil
import tempfile

import pytest

import citus
from conftest import BUILD
from etl import Etl, assert_equal
from sandbox import Sandbox
from test_security import certificate, openssl

pytestmark = [pytest.mark.slow,
              pytest.mark.skipif(citus.bindir() is None, reason="no PostgreSQL with Citus here; $SAHUT_CITUS names the folder of its programs")]

OWNER, WRITER, READER = "pemilik", "sahut-etl", "pembaca"
PASSWORDS = {"postgres": "admin-secret", OWNER: "owner-secret", WRITER: "writer-secret", READER: "reader-secret"}

# From one machine to another by TLS and with a password, and in no other way.
HBA = """local all all trust
hostssl all all 127.0.0.1/32 scram-sha-256
"""


class Careful:
    """A coordinator and two workers; KNOWN says from where a machine has the passwords for another: authinfo or pgpass."""

    def __init__(self, known):
        self.known = known
        # The servers' user reads from it.
        self.dir = tempfile.mkdtemp(prefix="sahut-careful-")
        os.chmod(self.dir, 0o755)
        self.pass_file = os.path.join(self.dir, "pgpass")
        self.write_pass_file()
        # Read by the servers' libpq, as ~/.pgpass of their user would be.
        os.environ["PGPASSFILE"] = self.pass_file
        try:
            self.machines = citus.Machines()
        finally:
            del os.environ["PGPASSFILE"]
        self.every = [self.machines.coordinator, *self.machines.workers]

    def set_up(self):
        for machine in self.every:
            self.machines.on(machine, "postgres", f"alter role postgres password '{PASSWORDS['postgres']}'")
            machine.create_database("gudang")
            self.machines.on(machine, "gudang", "create extension citus")
        self.make_certificates()
        for machine in self.every:
            self.close_doors(machine)
        self.tell_passwords(["postgres"])
        self.machines.sql("gudang", f"select citus_set_coordinator_host('127.0.0.1', {self.machines.coordinator.port})")
        for worker in self.machines.workers:
            self.machines.sql("gudang", f"select citus_add_node('127.0.0.1', {worker.port})")
        self.make_roles()
        self.tell_passwords([OWNER, WRITER, READER])

    def write_pass_file(self):
        with open(self.pass_file, "w") as f:
            if self.known == "pgpass":
                f.writelines(f"127.0.0.1:*:*:{role}:{password}\n" for role, password in PASSWORDS.items())
        self.give_to_server(self.pass_file)

    @staticmethod
    def give_to_server(path):
        os.chmod(path, 0o600)
        if os.geteuid() == 0:
            shutil.chown(path, "postgres", "postgres")

    def make_roles(self):
        """In this database, after its extension: so Citus carries them to the workers, with their passwords."""
        for role in (OWNER, WRITER, READER):
            self.machines.sql("gudang", f"""create role "{role}" login password '{PASSWORDS[role]}'""")
        self.machines.sql("gudang", f'alter role "{OWNER}" createrole')
        self.machines.sql("gudang", f'alter database gudang owner to "{OWNER}"')

    def make_certificates(self):
        openssl(self.dir, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "30")
        openssl(self.dir, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "other.key", "-out", "other.pem", "-subj", "/CN=other")
        certificate(self.dir, "node")

    def trust(self, ca):
        for machine in self.every:
            self.machines.on(machine, "postgres", f"alter system set citus.node_conninfo = 'sslmode=verify-full sslrootcert={self.dir}/{ca}.pem'")
            self.machines.on(machine, "postgres", "select pg_reload_conf()")

    def close_doors(self, machine):
        for kind in ("pem", "key"):
            path = os.path.join(machine.data, f"node.{kind}")
            shutil.copy(os.path.join(self.dir, f"node.{kind}"), path)
            self.give_to_server(path)
        for setting in ("ssl = on", "ssl_cert_file = 'node.pem'", "ssl_key_file = 'node.key'", "log_connections = on"):
            self.machines.on(machine, "postgres", f"alter system set {setting}")
        self.machines.on(machine, "postgres", f"alter system set citus.node_conninfo = 'sslmode=verify-full sslrootcert={self.dir}/ca.pem'")
        with open(os.path.join(machine.data, "pg_hba.conf"), "w") as f:
            f.write(HBA)
        machine.halt()
        os.environ["PGPASSFILE"] = self.pass_file
        try:
            machine.start()
        finally:
            del os.environ["PGPASSFILE"]

    def tell_passwords(self, roles):
        if self.known == "authinfo":
            for machine in self.every:
                for role in roles:
                    self.machines.on(machine, "gudang", f"insert into pg_dist_authinfo values (0, '{role}', 'password={PASSWORDS[role]}')")

    def stop(self):
        self.machines.stop()
        shutil.rmtree(self.dir)


@pytest.fixture(params=["authinfo", "pgpass"])
def careful(request):
    made = Careful(request.param)
    try:
        made.set_up()
        yield made
    finally:
        made.stop()


def connections(machine):
    """What the machine's log says of each connection from another one."""
    with open(os.path.join(machine.dir, "log")) as f:
        return [line for line in f if "connection authorized" in line and "application_name=citus_internal" in line]


def test_an_owner_without_superuser_with_passwords_and_tls(careful, tmp_path):
    machines, coordinator = careful.machines, careful.machines.coordinator
    sandbox = Sandbox(os.path.join(BUILD, "sahut-sandbox"), conversations=400, ago="3h")
    try:
        for name in ("owner", "daemon"):
            (tmp_path / name).mkdir()
        owner, daemon = (Etl(os.path.join(BUILD, "sahut-etl"), tmp_path / name, coordinator, "gudang", sandbox.base_url) for name in ("owner", "daemon"))
        owner.conninfo, daemon.conninfo = coordinator.conninfo("gudang", OWNER), coordinator.conninfo("gudang", WRITER)
        owner.write()
        daemon.write()
        owner.run("migrate", "--distributed")
        for role, group in ((WRITER, "sahut_writer"), (READER, "sahut_reader")):
            connection = coordinator.connect("gudang", user=OWNER)
            connection.cursor().execute(f'grant {group} to "{role}"')
            connection.close()
        owner.run("migrate", "--distributed")
        assert owner.one("select count(*) from pg_class where relnamespace = 'sahut'::regnamespace and relowner <> %s::regrole", OWNER) == 0
        daemon.run("sync")
        sandbox.change("update", 40)
        sandbox.control("clock", {"advance": 900})
        daemon.run("sync")
        daemon.run("verify")
        daemon.run("sync", "--full")
        assert_equal(daemon, sandbox)
        assert daemon.run("check", expect=None).stdout.count("✗") == 0
        assert daemon.run("report", "volume", "--format", "csv").stdout.count("\n") > 1
        connection = coordinator.connect("gudang", user=READER)
        cursor = connection.cursor()
        cursor.execute("select count(*) from sahut_report.conversations")
        assert cursor.fetchall() == [(400,)]
        connection.close()
        owner.run("migrate", "--rebuild-reports")
        for worker in machines.workers:
            told = connections(worker)
            assert {role for role in PASSWORDS if any(f"user={role} " in line for line in told)} == set(PASSWORDS)
            assert all("SSL enabled" in line for line in told)
        # A machine that cannot prove who it is gets no password, and the message says why.
        careful.trust("other")
        refused = daemon.run("sync", expect=None)
        assert refused.returncode != 0 and "certificate verify failed" in refused.stderr
        careful.trust("ca")
        daemon.run("sync")
    finally:
        sandbox.stop()


def test_a_password_that_a_worker_does_not_take_is_named(careful, tmp_path):
    machines, coordinator = careful.machines, careful.machines.coordinator
    (tmp_path / "owner").mkdir()
    owner = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path / "owner", coordinator, "gudang", "http://127.0.0.1:9/v1")
    owner.conninfo = coordinator.conninfo("gudang", OWNER)
    owner.write()
    owner.run("migrate", "--distributed")
    worker = machines.workers[0]
    machines.on(worker, "postgres", f"""alter role "{OWNER}" password 'another'""")
    said = owner.run("check", expect=None).stdout
    assert f"127.0.0.1:{worker.port}" in said and "pg_hba.conf there, .pgpass here" in said, said

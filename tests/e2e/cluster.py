# SPDX-License-Identifier: MIT
"""A throw-away PostgreSQL cluster: a private directory, a unix socket, no password."""
import glob
import os
import pwd
import shutil
import subprocess
import tempfile

import psycopg2

# What every cluster of ours runs with: nothing here has to survive a power cut.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "4GB",
    "max_connections": "60",
    # Compiling takes longer than any query over the few rows of a test; test_server.py has it on.
    "jit": "off",
    "max_prepared_transactions": "8",
}


def bindir():
    """The server programs: those in $SAHUT_POSTGRES, else of the newest PostgreSQL that is installed."""
    chosen = os.environ.get("SAHUT_POSTGRES")
    if chosen:
        return chosen
    found = glob.glob("/usr/lib/postgresql/*/bin/pg_ctl")
    if found:
        return os.path.dirname(max(found, key=lambda p: int(p.split("/")[4])))
    return os.path.dirname(shutil.which("pg_ctl"))


def free_port():
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def memory():
    """A directory in memory, where there is room in it: hundreds of databases are made and removed."""
    try:
        free = os.statvfs("/dev/shm")
    except OSError:
        return None
    return "/dev/shm" if free.f_bavail * free.f_frsize > 4 << 30 else None


class Cluster:
    """Started when made; stop() ends it and removes everything."""

    def __init__(self, base=None, **settings):
        self.dir = tempfile.mkdtemp(prefix="sahut-pg-", dir=base or memory())
        self.port = free_port()
        self.settings = {**SETTINGS, **settings}
        # PostgreSQL refuses to run as root; Debian's package has made a user for it.
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self.dir, self.user, self.user)
            os.chmod(self.dir, 0o755)
        self.data = os.path.join(self.dir, "data")
        self._make()
        self.start()

    def _make(self):
        """Like initdb, but that is run once for a build directory: what it makes is copied from then on."""
        build = os.environ.get("SAHUT_BUILD")
        made = build and os.path.join(build, "initdb" + bindir().replace("/", "-") + "-" + self.user)
        if made and os.path.isdir(made):
            subprocess.run(["cp", "-a", made, self.data], check=True)
            return
        self._run("initdb", "-D", self.data, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", "postgres", "--no-sync")
        if made:
            copy = f"{made}.{os.getpid()}"
            subprocess.run(["cp", "-a", self.data, copy], check=True)
            try:
                os.rename(copy, made)
            except OSError:  # another worker was faster
                shutil.rmtree(copy)

    def _run(self, program, *args):
        command = [os.path.join(bindir(), program), *args]
        if os.geteuid() == 0:
            command = ["runuser", "-u", self.user, "--", *command]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        options = " ".join(f"-c {k}={v}" for k, v in self.settings.items())
        self._run("pg_ctl", "-D", self.data, "-w", "-l", os.path.join(self.dir, "log"), "-o",
                  f"-k {self.dir} -p {self.port} {options}", "start")

    def halt(self, mode="fast"):
        self._run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def stop(self):
        try:
            self.halt("immediate")
        except RuntimeError:
            pass
        shutil.rmtree(self.dir, ignore_errors=True)

    def conninfo(self, dbname="postgres", user="postgres"):
        return f"host={self.dir} port={self.port} user={user} dbname={dbname}"

    def connect(self, dbname="postgres", user="postgres"):
        connection = psycopg2.connect(self.conninfo(dbname, user))
        connection.autocommit = True
        return connection

    def create_database(self, name, template=None):
        self.drop_database(name)
        self._execute(f'create database "{name}"' + (f' template "{template}"' if template else ""))

    def drop_database(self, name):
        self._execute(f'drop database if exists "{name}" with (force)')

    def _execute(self, statement):
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

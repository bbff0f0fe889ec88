#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The container: built by buildah from packaging/container/Containerfile, and run by podman as compose.yaml has it.

usage: image.py BUILD

The base image is a Debian 13 that debootstrap makes, as no registry may be asked; PostgreSQL is a throw-away cluster of
this machine with the roles that packaging/container/roles.sh makes, the API is the sandbox of BUILD. Metabase is not
run. Needs root. Prints TAP.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import platforms

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "e2e"))

from cluster import Cluster  # noqa: E402
from sandbox import Sandbox  # noqa: E402

TOP = platforms.TOP
PLACE = os.path.join(TOP, "packaging", "container")
BASE, IMAGE = "localhost/sahut-etl-debian:trixie", "localhost/sahut-etl-tried"
UID = 8480
PASSWORDS = {"owner-password": "pemilik", "pg-password": "rahasia", "daemon-password": "rahasia", "metabase-password": "dasbor"}

# As compose.yaml has it: nothing is writable, nothing may be gained. The rest is for machines whose limits cannot be
# raised and whose cgroups are not podman's.
RUN = ["podman", "run", "--rm", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--network=host", "--cgroups=disabled",
       "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"]
# podman wants a pure cgroup2 even where it is told to leave it alone.
PURE = "umount -l -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; exec \"$@\""


def build(results):
    if subprocess.run(["podman", "image", "exists", BASE]).returncode:
        root = platforms.debian("trixie", [])
        pack = subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE)
        subprocess.run(["podman", "import", "-q", "-", BASE], stdin=pack.stdout, check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as tree:
        platforms.copy_tree(tree)
        results.step("the container is built", ["buildah", "bud", "--isolation", "chroot", "--build-arg", f"DEBIAN={BASE}",
                                                "-f", os.path.join(tree, "packaging/container/Containerfile"), "-t", IMAGE, tree])


class Trial:
    def __init__(self, results, directory, cluster, sandbox):
        self.results, self.dir, self.cluster, self.sandbox = results, directory, cluster, sandbox

    def secrets(self):
        where = os.path.join(self.dir, "secrets")
        os.mkdir(where)
        texts = {**PASSWORDS, "api-key": self.sandbox.key, "pgpass": f"127.0.0.1:{self.cluster.port}:*:postgres:{PASSWORDS['owner-password']}"}
        for name, text in texts.items():
            path = os.path.join(where, name)
            with open(path, "w") as f:
                f.write(text + "\n")
            os.chmod(path, 0o400)
            if name in ("api-key", "pg-password", "pgpass"):
                os.chown(path, UID, UID)
        return where

    def prepare(self):
        """What compose.yaml's PostgreSQL does at its start, and a configuration that leads to this machine."""
        self.where = self.secrets()
        self.cluster.create_database("sahut")
        with open(os.path.join(PLACE, "roles.sh")) as f:
            script = f.read().replace("/run/secrets", self.where).replace("psql ", f"psql -q -h {self.cluster.dir} -p {self.cluster.port} ")
        subprocess.run(["bash", "-ec", script], check=True)
        with self.cluster.connect() as connection, connection.cursor() as cursor:
            cursor.execute("alter role postgres password %s", (PASSWORDS["owner-password"],))
        with open(os.path.join(self.cluster.data, "pg_hba.conf"), "w") as f:
            f.write("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
        self.cluster._run("pg_ctl", "-D", self.cluster.data, "reload")
        with open(os.path.join(PLACE, "sahut-etl.yaml")) as f:
            text = f.read().replace("host=postgresql", f"host=127.0.0.1 port={self.cluster.port}")
        text = text.replace("  - name: utama\n", f"  - name: utama\n    base_url: {self.sandbox.base_url}\n").replace("minute: 60", "minute: 100000")
        self.config = os.path.join(self.dir, "sahut-etl.yaml")
        with open(self.config, "w") as f:
            f.write(text)
        os.chmod(self.config, 0o644)

    def command(self, *args, environment=()):
        secrets = [f"--volume={self.where}/{name}:/run/secrets/{name}:ro" for name in ("api-key", "pg-password", "pgpass")]
        return ["unshare", "-m", "sh", "-c", PURE, "sh", *RUN, *environment, f"--volume={self.config}:/etc/sahut-etl/sahut-etl.yaml:ro", *secrets,
                IMAGE, *args]

    def follows(self):
        self.results.step("the container migrates as the owner", self.command("migrate", environment=["--env", "PGPASSFILE=/run/secrets/pgpass"]))
        self.results.step("check finds nothing amiss in it", self.command("check"))
        name = ["--name", f"sahut-etl-{os.getpid()}"]
        with open(os.path.join(self.dir, "log"), "w") as log:
            process = subprocess.Popen(self.command("run", environment=name), stdout=log, stderr=subprocess.STDOUT)
        try:
            loaded = self.wait_for(lambda: self.rows() == len(self.sandbox.dump()["conversations"]))
            self.results.check("the daemon in it loads everything", loaded, open(os.path.join(self.dir, "log")).read())
            healthy = ["bash", os.path.join(PLACE, "healthy")]
            self.results.check("its health check says that it is well", self.wait_for(lambda: subprocess.run(healthy).returncode == 0))
            user = subprocess.run(["pgrep", "-x", "-u", str(UID), "sahut-etl"], capture_output=True, text=True).stdout.split()
            self.results.check("it is not root", len(user) == 1)
        finally:
            for pid in subprocess.run(["pgrep", "-x", "-u", str(UID), "sahut-etl"], capture_output=True, text=True).stdout.split():
                os.kill(int(pid), 15)
            self.results.check("SIGTERM ends it with 0", process.wait(60) == 0, open(os.path.join(self.dir, "log")).read())
        self.results.check("no secret is in what it said", not re.search("|".join([*PASSWORDS.values(), self.sandbox.key]),
                                                                         open(os.path.join(self.dir, "log")).read()))

    def rows(self):
        with self.cluster.connect("sahut") as connection, connection.cursor() as cursor:
            cursor.execute("select count(*) from sahut.conversation")
            return cursor.fetchone()[0]

    @staticmethod
    def wait_for(condition, seconds=120):
        end = time.monotonic() + seconds
        while not (kept := condition()) and time.monotonic() < end:
            time.sleep(0.2)
        return kept


def main():
    results = platforms.Results()
    missing = [p for p in ("buildah", "podman", "crun") if not shutil.which(p)]
    if missing or os.geteuid() != 0:
        results.skip("the container", f"{missing[0]} is not here" if missing else "it needs root")
        return 0
    build(results)
    if results.failed:
        return 1
    directory = tempfile.mkdtemp(prefix="sahut-image-")
    os.chmod(directory, 0o755)
    cluster = Cluster(password_encryption="scram-sha-256")
    sandbox = Sandbox(os.path.join(os.path.abspath(sys.argv[1]), "sahut-sandbox"), conversations=500)
    try:
        trial = Trial(results, directory, cluster, sandbox)
        trial.prepare()
        trial.follows()
    finally:
        sandbox.stop()
        cluster.stop()
        shutil.rmtree(directory)
    return results.failed > 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: MIT
"""A name server that never answers: whoever asks it gives up in time, and can be told to end meanwhile."""
import os
import random
import signal
import socket
import subprocess
import time

import pytest

from daemon import wait_for
from etl import assert_equal

# What resolv.conf says: two attempts of so many seconds, the second one no longer with a single server.
TIMEOUT, ATTEMPTS = 3, 2


class Silent:
    """A name server on an address of its own, where it counts the questions; and a file system in which it is the only one."""

    def __init__(self, directory):
        self.address = f"127.{random.randrange(1, 255)}.{random.randrange(256)}.{random.randrange(1, 255)}"
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.address, 53))
        self.socket.setblocking(False)
        self.asked = 0
        self.files = {"/etc/resolv.conf": f"nameserver {self.address}\noptions timeout:{TIMEOUT} attempts:{ATTEMPTS}\n",
                      "/etc/nsswitch.conf": "hosts: files dns\n"}
        self.mounts = []
        for path, text in self.files.items():
            ours = os.path.join(str(directory), os.path.basename(path))
            with open(ours, "w") as f:
                f.write(text)
            self.mounts.append(f"mount --bind {ours} {path}")

    def questions(self):
        try:
            while True:
                self.socket.recv(512)
                self.asked += 1
        except BlockingIOError:
            return self.asked

    def start(self, etl, *args):
        inside = " && ".join(self.mounts) + ' && exec "$@"'
        return subprocess.Popen(["unshare", "-m", "sh", "-c", inside, "sh", *etl.command(*args)], stderr=subprocess.PIPE, stdout=subprocess.PIPE,
                                text=True, env=etl.environment())


@pytest.fixture
def silent(tmp_path):
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        pytest.skip("a resolver of one's own needs root and a mount namespace")
    server = Silent(tmp_path)
    yield server
    server.socket.close()


@pytest.fixture
def scene(pair, silent):
    sandbox, etl = pair(conversations=50)
    return sandbox, etl, silent


def nowhere(etl, what):
    """The API, or the warehouse, is a name that has to be asked for."""
    if what == "api":
        etl.workspaces[0]["base_url"] = "https://api.silent.example/v1"
    else:
        etl.conninfo = f"host=pg.silent.example dbname={etl.dbname} user=postgres connect_timeout=4 sslmode=disable"
    etl.write()


@pytest.mark.parametrize("what, within", [("api", 2), ("warehouse", TIMEOUT * ATTEMPTS * 2)])
@pytest.mark.parametrize("command, code", [("sync", 75), ("run", 0)])
def test_told_to_end_while_a_name_is_looked_up(scene, what, within, command, code):
    sandbox, etl, silent = scene
    nowhere(etl, what)
    process = silent.start(etl, command)
    wait_for(silent.questions, "a question to the name server")
    told = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    took = time.monotonic() - told
    print(took, err)
    assert process.returncode == code, err
    assert took < within, err


@pytest.mark.slow
@pytest.mark.parametrize("what, most", [("api", 120), ("warehouse", TIMEOUT * ATTEMPTS * 4)])
def test_a_name_that_nobody_knows_ends_the_cycle_in_time(scene, what, most):
    sandbox, etl, silent = scene
    url, conninfo = etl.workspaces[0]["base_url"], etl.conninfo
    nowhere(etl, what)
    began = time.monotonic()
    process = silent.start(etl, "sync")
    _, err = process.communicate(timeout=300)
    took = time.monotonic() - began
    print(took, err)
    assert process.returncode == 69, err
    assert "silent.example" in err
    assert took < most
    etl.workspaces[0]["base_url"], etl.conninfo = url, conninfo
    etl.write()
    etl.run("sync")
    assert_equal(etl, sandbox)

# SPDX-License-Identifier: MIT
"""From a key and an empty PostgreSQL to rows: init, and what it says comes next; wait, for scripts."""
import os
import pty
import re
import stat
import subprocess

import pytest

from conftest import BUILD
from etl import Etl

PROGRAM = os.path.abspath(os.path.join(BUILD, "sahut-etl"))


def init(path, *args, expect=0, stdin=None):
    done = subprocess.run([PROGRAM, "-c", str(path), "init", *args], capture_output=True, text=True, input=stdin if stdin is not None else "", timeout=30)
    assert done.returncode == expect, (done.stdout, done.stderr)
    return done


def check(path, expect=0):
    return subprocess.run([PROGRAM, "-c", str(path), "check", "--offline"], capture_output=True, text=True, timeout=30).returncode == expect


def test_with_options_it_writes_what_check_accepts(tmp_path):
    path = tmp_path / "sahut-etl.yaml"
    done = init(path, "--key-file", "-", "--timezone", "Asia/Makassar", "--name", 'toko "satu"', "--conninfo", "host=db.test dbname='my db'",
                "--requests-per-minute", "120", stdin="sk_live_x\n")
    assert "sudo -u postgres sahut-etl migrate" in done.stdout and "sk_live_x" not in done.stdout + done.stderr
    assert check(path)
    assert stat.S_IMODE(os.stat(tmp_path / "api-key").st_mode) == 0o400
    assert (tmp_path / "api-key").read_text() == "sk_live_x"
    assert "sk_live_x" not in path.read_text()
    assert sorted(os.listdir(tmp_path)) == ["api-key", "sahut-etl.yaml"]


def test_what_is_there_stays(tmp_path):
    path = tmp_path / "sahut-etl.yaml"
    path.write_text("mine")
    assert "there already" in init(path, "--key-file", "-", stdin="k\n", expect=78).stderr
    assert path.read_text() == "mine" and not (tmp_path / "api-key").exists()


@pytest.mark.parametrize("args, stdin, code, says", [
    (["--timezone", "Mars/Base"], "k\n", 78, "timezone"), (["--requests-per-minute", "many"], "k\n", 78, "requests_per_minute"),
    (["--conninfo", "host=x password=y"], "k\n", 78, "password"), (["--conninfo", "nonsense"], "k\n", 78, "conninfo"), ([], "", 78, "holds no key"),
    ([], "\n", 78, "empty")])
def test_what_is_refused_leaves_nothing_behind(tmp_path, args, stdin, code, says):
    done = init(tmp_path / "sahut-etl.yaml", "--key-file", "-", *args, stdin=stdin, expect=code)
    assert says in done.stderr, done.stderr
    assert os.listdir(tmp_path) == []


def test_where_nobody_can_be_asked_the_key_has_to_be_given(tmp_path):
    assert "--key-file" in init(tmp_path / "sahut-etl.yaml", expect=64).stderr
    assert os.listdir(tmp_path) == []


def test_it_asks(tmp_path):
    """On a terminal: each question has its default, and the key is not shown."""
    path = str(tmp_path / "sahut-etl.yaml")
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(PROGRAM, [PROGRAM, "-c", path, "init"])
    seen = b""
    for prompt, answer in ((b"Name", b"pusat"), (b"PostgreSQL", b""), (b"Time zone", b"Asia/Tokyo"), (b"Requests", b""), (b"API key", b"sk_live_typed")):
        while prompt not in seen:
            seen += os.read(fd, 1024)
        while not seen.rstrip().endswith(b":"):
            seen += os.read(fd, 1024)
        os.write(fd, answer + b"\n")
    try:
        while chunk := os.read(fd, 1024):
            seen += chunk
    except OSError:
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, seen
    os.close(fd)
    assert b"sk_live_typed" not in seen
    text = open(path).read()
    assert '"pusat"' in text and '"Asia/Tokyo"' in text and "host=/run/postgresql dbname=sahut" in text
    assert (tmp_path / "api-key").read_text() == "sk_live_typed" and check(path)


def test_what_it_writes_loads(sandboxes, cluster, tmp_path):
    """The file as it is, but for the address of the API, which is the real one's."""
    sandbox = sandboxes(conversations=120)
    cluster.create_database("init_loads")
    path = tmp_path / "sahut-etl.yaml"
    init(path, "--key-file", "-", "--conninfo", cluster.conninfo("init_loads"), stdin="sk_live_sandbox\n")
    path.write_text(re.sub(r"( +)api_key_file", rf"\1base_url: {sandbox.base_url}\n\1api_key_file", path.read_text()))
    for command in (["migrate"], ["check"], ["sync"], ["status", "--check"], ["wait", "--until-complete"]):
        done = subprocess.run([PROGRAM, "-c", str(path), *command], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    cluster.drop_database("init_loads")


def test_waiting_for_a_load_to_end(pair):
    sandbox, etl = pair(conversations=3000, latency=20)
    assert "--until-complete" in etl.run("wait", expect=64).stderr
    assert "not complete after 1s" in etl.run("wait", "--until-complete", "--timeout", "1s", expect=75).stderr
    waiting = etl.start("wait", "--until-complete", "--timeout", "2m")
    etl.run("sync")
    assert waiting.wait(30) == 0
    waiting.stdout.close()
    waiting.stderr.close()
    etl.run("wait", "--until-complete")
    etl.run("-w", "nope", "wait", "--until-complete", expect=64)
    assert isinstance(etl, Etl)

# SPDX-License-Identifier: MIT
"""status at a glance, and check as a doctor."""
import os
import pty
import re
import subprocess

import pytest

from daemon import Daemon, wait_for

FAST = {"schedule": "{incremental: 5s, verify: 1h}"}


@pytest.fixture
def daemons():
    running = []

    def start(etl, **more):
        running.append(Daemon(etl, **more))
        return running[-1]

    yield start
    for daemon in running:
        daemon.end()


def idle(etl):
    wait_for(lambda: etl.sql("select 1 from sahut_etl.schedule where running is null and next_at is not null"), "a cycle to end")


def on_terminal(etl, *args, **environment):
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    subprocess.run(etl.command(*args), stdout=theirs, stderr=theirs, env={**etl.environment(), "TERM": "xterm", **environment}, check=False)
    os.close(theirs)
    out = b""
    try:
        while chunk := os.read(ours, 65536):
            out += chunk
    except OSError:
        pass
    os.close(ours)
    return out.decode()


def test_what_runs_and_what_is_next(pair, daemons):
    _, etl = pair(conversations=120, workspace=FAST)
    daemon = daemons(etl)
    idle(etl)
    row = etl.status()
    assert row["state"] == "well" and row["next_kind"] in ("incremental", "verify") and row["next_at"] >= row["read_at"]
    assert row["holder"] == f"daemon on {os.uname().nodename}, process {daemon.pid}"
    assert row["failures"] == 0 and row["trouble"] is None
    assert (row["incremental_seconds"], row["verify_seconds"], row["full_at"]) == (5, 3600, "02:30")
    text = etl.run("status").stdout
    assert re.search(r"utama +well ", text) and f"at work: {row['holder']}" in text
    daemon.kill()
    wait_for(lambda: etl.status()["holder"] is None, "the lock to end")
    row = etl.status()
    assert row["state"] == "unattended" and row["running"] is None and row["next_at"] is None
    assert "no daemon works on it" in etl.run("status").stdout


def test_what_goes_wrong_is_shown(sandboxes, warehouse, daemons):
    sandbox = sandboxes(conversations=120)
    etl = warehouse(sandbox.base_url, **FAST)
    with open(etl.workspaces[0]["api_key_file"], "w") as f:
        f.write("sk_wrong")
    daemons(etl)
    wait_for(lambda: etl.sql("select 1 from sahut_etl.schedule where failures > 0"), "a failure")
    row = etl.status()
    assert row["state"] == "failing" and "401" in row["trouble"] and row["failures"] >= 1
    text = etl.run("status").stdout
    assert re.search(r"(?m)^utama: .*401.*\(\d+ times in .*\)$", text)
    assert "\x1b[31mutama" in on_terminal(etl, "status")


def test_without_a_daemon_it_is_what_the_last_command_did(pair):
    _, etl = pair(conversations=120)
    etl.run("sync")
    row = etl.status()
    assert (row["state"], row["holder"], row["next_at"], row["last_state"]) == ("well", None, None, "ok")


def test_colours_are_for_terminals_only(pair):
    _, etl = pair(conversations=10)
    etl.run("sync")
    assert "\x1b" not in etl.run("status").stdout
    assert "\x1b[1m" in on_terminal(etl, "status")
    assert "\x1b" not in on_terminal(etl, "status", NO_COLOR="1")
    assert "\x1b" not in on_terminal(etl, "status", TERM="dumb")
    assert "\x1b" not in on_terminal(etl, "status", "--json")


def test_no_name_and_no_error_steers_the_terminal(pair):
    _, etl = pair(conversations=10)
    etl.run("sync")
    etl.sql("update sahut_etl.workspace set holder = E'\\x1b[2J'")
    etl.sql("update sahut_etl.run set state = 'failed', error_text = E'\\x1b]0;x\\x07\\n\\rforged'")
    text = etl.run("status").stdout
    assert "\x1b" not in text and "\r" not in text and "\n" + "forged" not in text

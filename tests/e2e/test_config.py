# SPDX-License-Identifier: MIT
"""The configuration from several files, and shown as it is in force."""
import os
import re

import pytest

from daemon import wait_for
from etl import assert_equal


def write(etl, name, text, mode=0o644):
    path = os.path.join(etl.dir, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, mode)
    return path


@pytest.fixture
def several(sandboxes, warehouse):
    sandbox = sandboxes(conversations=60, workspaces=["key=sk_live_two,conversations=70,seed=7"])
    etl = warehouse(sandbox.base_url)
    key = write(etl, "key-two", "sk_live_two\n", 0o600)
    entry = f"workspaces:\n  - name: kedua\n    base_url: {sandbox.base_url}\n    api_key_file: {key}\n    requests_per_minute: 1000000\n"
    etl.extra = "include: conf.d/*.yaml\n"
    etl.write()
    return sandbox, etl, entry


def test_entries_of_other_files_are_workspaces(several, daemons):
    sandbox, etl, entry = several
    etl.run("check", "--offline")
    write(etl, "conf.d/20-kedua.yaml", entry)
    write(etl, "conf.d/10-retention.yaml", "retention: {runs: 30d}\n")
    write(etl, "conf.d/notes.txt", "no YAML: [\n")
    assert "2 workspaces" in etl.run("check", "--offline").stdout
    etl.run("sync")
    assert_equal(etl, sandbox, "utama")
    assert etl.one("select live_count from sahut_etl.workspace where name = 'kedua'") == 70
    daemon = daemons(etl)
    daemon.wait_text("works on 2 workspaces")
    os.unlink(os.path.join(etl.dir, "conf.d/20-kedua.yaml"))
    daemon.send(1)
    wait_for(lambda: "works on 1 workspace" in daemon.text().split("works on 2 workspaces")[-1] or "event=reloaded" in daemon.text(), "the reload")
    assert daemon.stop() == 0


@pytest.mark.parametrize("text, says", [
    ("workspaces:\n  - nme: x\n", r"conf.d/a.yaml:2:5: workspaces\[1\].nme: .*did you mean name"),
    ("warehouse: {conninfo: dbname=x}\n", r"conf.d/a.yaml:1:1: warehouse: it stands in .*sahut-etl.yaml:1, too"),
    ("include: other.yaml\n", r"conf.d/a.yaml:1:1: include: an included file cannot include others"),
    ("- a\n", r"conf.d/a.yaml:1:1: include: keys and values were expected"),
    ("a: [\n", r"include: .*conf.d/a.yaml:2:1"),
    ("log: {level: loud}\n", r"conf.d/a.yaml:1:14: log.level")])
def test_what_is_wrong_is_said_with_its_file(several, text, says):
    sandbox, etl, entry = several
    write(etl, "conf.d/a.yaml", text)
    done = etl.run("check", "--offline", expect=78)
    assert re.search(says, done.stderr), done.stderr


def test_a_file_that_anybody_may_write_is_refused(several):
    sandbox, etl, entry = several
    write(etl, "conf.d/a.yaml", entry, 0o666)
    assert "may be written by anybody" in etl.run("check", "--offline", expect=78).stderr


def test_a_file_that_is_named_has_to_be_there(several):
    sandbox, etl, entry = several
    etl.extra = "include: missing.yaml\n"
    etl.write()
    assert "missing.yaml: No such file" in etl.run("check", "--offline", expect=78).stderr


def test_the_configuration_in_force_is_shown(several):
    sandbox, etl, entry = several
    where = write(etl, "conf.d/kedua.yaml", entry + "http: {proxy: 'http://127.0.0.1:1'}\n")
    etl.conninfo = etl.conninfo + '"\n  password_command: "/usr/bin/token --secret hunter2'
    etl.write()
    text = etl.run("config").stdout
    assert re.search(rf"(?m)^warehouse.conninfo: host=.*  # {etl.config}:2$", text), text
    assert re.search(rf"(?m)^workspaces\[1\].name: kedua  # {where}:2$", text)
    assert re.search(r"(?m)^workspaces\[0\].reserve: 20%  # default$", text)
    assert re.search(r"(?m)^workspaces\[0\].api_key_file: .*key-utama  # ", text)
    assert "hunter2" not in text and "sk_live" not in text and "/usr/bin/token ..." in text
    assert "log.level" in text
    write(etl, "conf.d/z.yaml", "nonsense: 1\n")
    assert "nonsense" in etl.run("config", expect=78).stderr

# SPDX-License-Identifier: MIT
"""What the daemon says: each kind of entry is explained, nothing can be forged, complaints back off."""
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess

import pytest

from daemon import wait_for

TOP = os.path.join(os.path.dirname(__file__), "..", "..")
CATALOG = os.path.join(TOP, "systemd", "sahut-etl.catalog")


def read(path):
    with open(os.path.join(TOP, path)) as f:
        return f.read()


def events():
    """{id: name} of the table."""
    return {i: n for n, i in re.findall(r'\{ "(\w+)", "([0-9a-f]{32})" \}', read("src/daemon/events.c"))}


def entries():
    """{id: text} of the catalog."""
    parts = re.split(r"(?m)^-- ([0-9a-f]{32})$", read("systemd/sahut-etl.catalog"))
    return dict(zip(parts[1::2], parts[2::2]))


def test_every_event_is_explained_and_nothing_else():
    assert len(events()) == read("src/daemon/events.c").count('", "5c1f')
    assert entries().keys() == events().keys()


def test_every_explanation_names_a_command():
    for entry in entries().values():
        assert re.match(r"\nSubject: [^\n]+\nDefined-By: sahut-etl\nSupport: man:sahut-etl[\w.-]*\(\d\)\n\n", entry), entry
        assert re.search(r"(?m): (sahut-etl|systemctl|journalctl|select|ss) .*$|: select .*;$", entry), entry


def test_journalctl_reads_the_catalog(tmp_path):
    if not shutil.which("journalctl"):
        pytest.skip("journalctl is not installed")
    directory = tmp_path / "usr" / "lib" / "systemd" / "catalog"
    directory.mkdir(parents=True)
    (tmp_path / "var" / "lib" / "systemd" / "catalog").mkdir(parents=True)
    shutil.copy(CATALOG, directory)
    subprocess.run(["journalctl", f"--root={tmp_path}", "--update-catalog"], check=True, capture_output=True)
    listed = subprocess.run(["journalctl", f"--root={tmp_path}", "--list-catalog"], check=True, capture_output=True, text=True).stdout
    assert set(re.findall(r"(?m)^([0-9a-f]{32}) sahut-etl:", listed)) == events().keys()


FAST = {"schedule": "{incremental: 5s, verify: 1h}"}


def test_lines_of_json(pair, daemons):
    _, etl = pair(conversations=120, workspace=FAST)
    daemon = daemons(etl, environment={"SAHUT_ETL_LOG": "json"})
    daemon.wait_text('"cycle"')
    lines = [json.loads(line) for line in daemon.text().splitlines()]
    assert [l["event"] for l in lines][:2] == ["started", "working"]
    cycle = next(l for l in lines if l["event"] == "cycle")
    assert cycle["workspace"] == "utama" and cycle["verdict"] == "certified" and cycle["level"] == "info"


def test_nothing_from_the_api_begins_a_line(pair, daemons):
    sandbox, etl = pair(conversations=120, workspace=FAST)
    forged = '\n<0>forged\r\n\x1b[31mred level=error msg=forged\u2028forged'
    body = json.dumps({"error": {"code": "bad\nlevel=error", "message": forged}})
    sandbox.fault("status", status=400, body=body, times=0)
    daemon = daemons(etl)
    daemon.wait_text("forged")
    for line in daemon.text().splitlines():
        assert re.match(r"time=\S+ level=\w+ msg=", line), line
        assert "\x1b" not in line and "\u2028" not in line
        assert not re.search(r' level=error msg=forged"? ', re.sub(r'"(\\.|[^"\\])*"', "", line))


def test_a_complaint_is_said_once_and_its_end_once(pair, daemons):
    sandbox, etl = pair(conversations=120, workspace=FAST)
    sandbox.fault("status", status=403, body='{"error": {"code": "forbidden", "message": "no"}}', times=0)
    daemon = daemons(etl)
    wait_for(lambda: etl.sql("select failures from sahut_etl.schedule where failures >= 2"), "two failures")
    assert daemon.text().count("event=cycle_failed") == 1
    sandbox.control("fault", method="DELETE")
    # Another configuration is tried at once.
    etl.workspaces[0]["max_in_flight"] = 2
    etl.write()
    daemon.send(signal.SIGHUP)
    daemon.wait_text("works again")
    assert daemon.text().count("event=cycle_recovered") == 1
    assert daemon.text().count("event=cycle_failed") == 1


def test_a_cycle_is_one_line(pair, daemons):
    _, etl = pair(conversations=120, workspace=FAST)
    daemon = daemons(etl)
    wait_for(lambda: daemon.text().count("event=cycle ") >= 2, "two cycles")
    quiet = [l for l in daemon.text().splitlines() if "event=cycle " not in l]
    assert [re.search(r"event=(\w+)", l)[1] for l in quiet] == ["started", "working", "order_learned"] or \
        [re.search(r"event=(\w+)", l)[1] for l in quiet] == ["started", "working"]


def test_each_request_is_a_line_for_who_asks_for_it(pair):
    sandbox, etl = pair(conversations=250)
    quiet = etl.run("sync").stderr
    assert "level=debug" not in quiet
    sandbox.reset_stats()
    lines = [l for l in etl.run("-v", "sync", "--full").stderr.splitlines() if "level=debug" in l]
    assert len(lines) == sandbox.stats()["requests"] == 3
    assert all("http_status=200" in l and "workspace=utama" in l and sandbox.key not in l for l in lines)


# ---- the journal's own protocol ----

# A mount namespace of its own, in which the journal's socket is the test's.
IN_A_PLACE_OF_ITS_OWN = ["unshare", "-m", "sh", "-c", """
mount -t tmpfs none /run && mkdir -p /run/systemd/journal && mount --bind "$1" /run/systemd/journal && shift && exec "$@" """, "sh"]


def fields(entry):
    """A datagram of the journal's native protocol: NAME=value lines, or NAME, a length of eight bytes, and the value."""
    found = {}
    while entry:
        line, _, entry = entry.partition(b"\n")
        name, equals, value = line.partition(b"=")
        if not equals:
            length = int.from_bytes(entry[:8], "little")
            value, entry = entry[8:8 + length], entry[8 + length + 1:]
        found[name.decode()] = value.decode()
    return found


@pytest.fixture
def journal(tmp_path):
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode != 0:
        pytest.skip("no mount namespace can be made here")
    directory = tmp_path / "journal"
    directory.mkdir()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(str(directory / "socket"))
    listening.setblocking(False)
    yield str(directory), listening
    listening.close()


def run_under_systemd(etl, directory, *command):
    """As systemd starts a service: stderr is a stream of the journal's, and JOURNAL_STREAM says which. Returns what stderr got."""
    path = os.path.join(etl.dir, "stream")
    with open(path, "w") as stream:
        at = os.fstat(stream.fileno())
        subprocess.run([*IN_A_PLACE_OF_ITS_OWN, directory, *etl.command(*command)], stderr=stream, stdout=stream,
                       env={**etl.environment(), "JOURNAL_STREAM": f"{at.st_dev}:{at.st_ino}"})
    return open(path).read()


def test_the_journal_gets_fields(pair, journal):
    directory, listening = journal
    _, etl = pair(conversations=120)
    assert run_under_systemd(etl, directory, "-v", "sync") == ""
    got = []
    with contextlib.suppress(BlockingIOError):
        while True:
            got.append(fields(listening.recv(1 << 20)))
    [cycle] = [e for e in got if e.get("SAHUT_EVENT") == "cycle"]
    assert cycle["SAHUT_WORKSPACE"] == "utama" and cycle["SAHUT_NEW"] == "120" and cycle["SYSLOG_IDENTIFIER"] == "sahut-etl"
    assert events()[cycle["MESSAGE_ID"]] == "cycle" and cycle["PRIORITY"] == "6" and "120 conversations" in cycle["MESSAGE"]
    assert any(e["PRIORITY"] == "7" and "MESSAGE_ID" not in e for e in got)


def test_a_journal_that_stands_still_stops_nothing(pair, journal):
    """Nobody reads its socket any more: what is said goes to stderr, with its level in front."""
    directory, listening = journal
    listening.close()
    _, etl = pair(conversations=120)
    said = run_under_systemd(etl, directory, "sync")
    assert etl.one("select live_count from sahut_etl.workspace") == 120
    assert re.search(r"(?m)^<6>utama: 120 conversations", said)

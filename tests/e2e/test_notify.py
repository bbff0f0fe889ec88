# SPDX-License-Identifier: MIT
"""Told without Prometheus: a message when a workspace stops being well, and one when it is well again."""
import http.server
import json
import os
import re
import signal
import subprocess
import threading
import time

import pytest

from cluster import free_port
from daemon import Daemon, loaded, wait_for
from webhook import Webhook

FAST = {"schedule": "{incremental: 5s, verify: 1h}"}
SECRET = "T0secretsecret"
MARKER = "Q7zKmarker"
REFUSAL = '{"error": {"code": "forbidden", "message": "ask Budi, +62 812 555"}}'


class Receiver:
    """Somebody's webhook: keeps what is posted, and answers as it is told."""

    def __init__(self):
        self.got, self.status, self.headers, self.silent = [], 200, {}, threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, self.headers["Content-Type"], json.loads(body)))
                receiver.silent.wait(60 if receiver.status == 0 else 0)
                self.send_response(receiver.status or 200)
                for key, value in receiver.headers.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(b"no_service or whatever it says")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/services/{SECRET}"

    def stop(self):
        self.silent.set()
        self.server.shutdown()
        self.server.server_close()

    def states(self):
        return [(c["workspace"], c["state"]) for _, _, m in self.got for c in m["changes"]]


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


def tell(etl, url, **more):
    """Configures it."""
    path = os.path.join(etl.dir, "notify-url")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        f.write(url + "\n")
    settings = "".join(f", {key}: {value}" for key, value in more.items())
    etl.extra = f"notify: {{url_file: notify-url{settings}}}\n"
    etl.write()


def test_trouble_and_its_end_are_told_once_whatever_is_begun_anew(pair, daemons, receiver):
    sandbox, etl = pair(conversations=60, workspace=FAST)
    port = free_port()
    tell(etl, receiver.url, after="1s")
    etl.extra += f'metrics: {{listen: "127.0.0.1:{port}"}}\n'
    etl.write()
    first = daemons(etl)
    loaded(etl, 60)
    sandbox.fault("status", status=403, body=REFUSAL, times=0)
    wait_for(lambda: receiver.got, "a message")
    path, kind, message = receiver.got[0]
    assert path == f"/services/{SECRET}" and kind.startswith("application/json")
    assert message["source"] == "sahut-etl" and not message["test"] and message["text"].startswith(f"sahut-etl on {os.uname().nodename}: workspace utama is failing")
    assert [(c["workspace"], c["state"], c["trouble"]) for c in message["changes"]] == [("utama", "failing", True)]
    wait_for(lambda: etl.status()["told_state"] == "failing", "it to be written down")
    # Neither a reload nor another process says it again.
    first.send(signal.SIGHUP)
    first.wait_text("is in force")
    assert first.stop() == 0
    second = daemons(etl)
    wait_for(lambda: second.text().count("event=cycle_failed") >= 1, "a failure")
    began = etl.one("select max(id) from sahut_etl.run")
    wait_for(lambda: etl.one("select max(id) from sahut_etl.run") >= began + 1, "one more")
    assert receiver.states() == [("utama", "failing")]
    # And its end, by a process that did not see the beginning.
    sandbox.control("fault", method="DELETE")
    wait_for(lambda: len(receiver.got) == 2, "the end", 90)
    assert receiver.states() == [("utama", "failing"), ("utama", "well")] and "is well again" in receiver.got[1][2]["text"]
    from test_metrics import number
    wait_for(lambda: number(port, "sahut_etl_notifications_sent_total") == 1, "it to be counted")
    assert number(port, "sahut_etl_notifications_failed_total") == 0
    wait_for(lambda: etl.status()["told_state"] == "well", "it to be written down")
    assert second.stop() == 0
    assert SECRET not in first.text() + second.text() + etl.run("config").stdout
    assert "event=notified" in first.text()


def test_a_message_that_is_not_taken_is_tried_again_and_delays_no_cycle(pair, daemons, receiver):
    """Nobody answers, for as long as the deadline; then 500, then it is taken, by another URL."""
    sandbox, etl = pair(conversations=60, workspace=FAST)
    etl.add("kedua", etl.workspaces[0]["base_url"], **FAST)
    tell(etl, receiver.url, after="0s")
    receiver.status = 0
    daemon = daemons(etl)
    # Two workspaces cannot have the same conversations: the second is rejected from its beginning.
    wait_for(lambda: receiver.got, "a message")
    began = etl.one("select count(*) from sahut_etl.run")
    wait_for(lambda: etl.one("select count(*) from sahut_etl.run") >= began + 2, "cycles while it is on its way", 9)
    assert len(receiver.got) == 1
    daemon.wait_text("event=notify_failed")
    receiver.status = 500
    wait_for(lambda: len(receiver.got) == 2, "the second try", 60)
    receiver.status = 200
    tell(etl, receiver.url + "/other", after="0s", format="slack")
    daemon.send(signal.SIGHUP)
    wait_for(lambda: len(receiver.got) >= 3, "the third, at once", 20)
    path, _, message = receiver.got[2] if "changes" not in receiver.got[2][2] else receiver.got[-1]
    assert path.endswith("/other") and list(message) == ["text"] and "workspace kedua is " in message["text"]
    assert daemon.stop() == 0
    assert SECRET not in daemon.text() and daemon.text().count("event=notify_failed") == 1


def test_a_warehouse_that_does_not_answer_is_told(pair, daemons, receiver):
    _, etl = pair(conversations=60, workspace=FAST)
    tell(etl, receiver.url, after="1s")
    daemons(etl)
    loaded(etl, 60)
    connection = etl.cluster.connect()
    connection.cursor().execute(f'alter database "{etl.dbname}" allow_connections false')
    connection.cursor().execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (etl.dbname,))
    wait_for(lambda: receiver.states() == [(None, "no warehouse")], "the outage", 40)
    assert "the warehouse does not answer since" in receiver.got[0][2]["text"]
    connection.cursor().execute(f'alter database "{etl.dbname}" allow_connections true')
    connection.close()
    wait_for(lambda: receiver.states() == [(None, "no warehouse"), (None, "well")], "its end", 40)


def test_nothing_of_an_error_is_sent(pair, daemons, receiver):
    """The API may quote whatever it likes."""
    sandbox, etl = pair(conversations=60, workspace=FAST)
    tell(etl, receiver.url, after="0s")
    daemons(etl)
    loaded(etl, 60)
    sandbox.fault("status", status=403, body=REFUSAL, times=0)
    wait_for(lambda: receiver.got, "a message")
    assert set(receiver.got[0][2]["changes"][0]) == {"workspace", "state", "trouble", "since"}
    assert "Budi" in etl.status()["trouble"]
    assert "Budi" not in json.dumps(receiver.got) and "403" not in json.dumps(receiver.got) and etl.workspaces[0]["base_url"] not in json.dumps(receiver.got)


def test_nothing_of_a_person_or_a_message_is_told(pair, daemons, receiver, tmp_path):
    """Whatever the trouble is about: messages and events that carry texts, and a refusal that quotes a message and its sender."""
    hook = Webhook(tmp_path)
    sandbox, etl = pair(conversations=60, marker=MARKER, workspace={**FAST, "messages": "{read: all, since: 3650d, share: 100%}", "webhook": hook.conf()})
    tell(etl, receiver.url, after="0s")
    daemons(etl)
    loaded(etl, 60)
    contacts = [c["contact"] for c in sandbox.dump()["conversations"]]
    one = contacts[0]
    for kind in ("bad", "strange", "incoming"):
        sandbox.control("message", {"id": sandbox.dump()["conversations"][0]["id"], "type": kind})
    assert hook.post({"event": "message.created", "data": {"content": MARKER, "sender": one}}) == 200
    sandbox.fault("status", status=403, body=json.dumps({"error": {"code": "forbidden", "message": f"{MARKER} {one['name']} {one.get('phone')}"}}), times=0)
    wait_for(lambda: receiver.got, "a message")
    sandbox.control("fault", method="DELETE")
    wait_for(lambda: receiver.states()[-1:] == [("utama", "well")], "its end", 60)
    told = json.dumps(receiver.got, ensure_ascii=False)
    assert MARKER not in told
    assert not [c for c in contacts if c["name"] in told or (c.get("phone") or "no phone") in told]


# ---- notify test ----

@pytest.mark.parametrize("format", ["json", "slack"])
def test_one_is_sent_now(pair, receiver, format):
    _, etl = pair(conversations=1)
    tell(etl, receiver.url, format=format)
    done = etl.run("notify", "test")
    assert done.stdout == f"http://127.0.0.1:{receiver.server.server_port} has taken the message\n" and done.stderr == ""
    message = receiver.got[0][2]
    assert "this is a test" in message["text"] and (message["test"] if format == "json" else list(message) == ["text"])


@pytest.mark.parametrize("status, code, says", [
    (400, 65, "does not take the message (400); is notify.format right?"),
    (401, 77, "does not let us in (401)"), (403, 77, "does not let us in (403)"),
    (404, 78, "has nothing at that URL (404)"), (410, 78, "has nothing at that URL (410)"),
    (302, 78, "sends us on to another place (302)"),
    (429, 75, "asks for a pause (429)"), (500, 69, "is not well, it answers 500"), (503, 69, "is not well, it answers 503")])
def test_each_refusal_has_its_sentence(pair, receiver, status, code, says):
    _, etl = pair(conversations=1)
    tell(etl, receiver.url)
    receiver.status, receiver.headers = status, {"Location": f"http://127.0.0.1:1/{SECRET}"}
    done = etl.run("notify", "test", expect=code)
    assert done.stderr.startswith(f"sahut-etl: notify.url_file: http://127.0.0.1:{receiver.server.server_port} ") and says in done.stderr
    assert SECRET not in done.stderr and done.stdout == "" and "no_service" not in done.stderr


def test_who_is_not_there_and_who_is_silent(pair, receiver):
    _, etl = pair(conversations=1)
    tell(etl, f"http://127.0.0.1:{free_port()}/{SECRET}")
    done = etl.run("notify", "test", expect=69)
    assert "notify.url_file: http://127.0.0.1:" in done.stderr and SECRET not in done.stderr
    tell(etl, receiver.url)
    receiver.status = 0
    began = time.monotonic()
    done = etl.run("notify", "test", expect=69)
    assert time.monotonic() - began < 30 and SECRET not in done.stderr


@pytest.mark.parametrize("url, says", [
    (f"http://hooks.example.id/{SECRET}", "must hold a URL"), (f"hooks/{SECRET}", "must hold a URL"), (f"ftp://x/{SECRET}", "must hold a URL"),
    ("", "is empty")])
def test_a_url_that_is_none_is_refused_and_not_shown(pair, url, says):
    _, etl = pair(conversations=1)
    tell(etl, url)
    for command in (["notify", "test"], ["check", "--offline"], ["run"]):
        done = etl.run(*command, expect=78)
        assert "notify.url_file" in done.stderr + done.stdout and says in done.stderr + done.stdout
        assert SECRET not in done.stderr + done.stdout


def test_without_a_section_or_a_verb_it_says_what_is_missing(pair):
    _, etl = pair(conversations=1)
    assert "no section notify" in etl.run("notify", "test", expect=78).stderr
    etl.run("notify", expect=64)
    etl.run("notify", "tset", expect=64)
    etl.extra = "notify: {format: json}\n"
    etl.write()
    assert "notify.url_file" in etl.run("notify", "test", expect=78).stderr
    etl.extra = "notify: {url_file: nowhere, format: teams}\n"
    etl.write()
    done = etl.run("notify", "test", expect=78)
    assert 'json|slack was expected, not "teams"' in done.stderr and "nowhere" in done.stderr


# ---- by systemd and mail ----

@pytest.mark.parametrize("status, mailed", [("78", True), ("69", True), ("75", False)])
def test_a_unit_that_failed_is_mailed_and_one_that_goes_on_is_not(tmp_path, status, mailed):
    sendmail = tmp_path / "sendmail"
    sendmail.write_text(f"#!/bin/sh\ncat > {tmp_path}/mail\n")
    sendmail.chmod(0o755)
    script = os.path.join(os.path.dirname(__file__), "..", "..", "etc", "report", "mail-failure")
    environment = {**os.environ, "MAILTO": "ops@example.id", "MAILFROM": "etl@example.id", "SENDMAIL": str(sendmail),
                   "MONITOR_EXIT_STATUS": status, "MONITOR_SERVICE_RESULT": "exit-code"}
    subprocess.run([script, "sahut-etl.service"], check=True, env=environment)
    assert (tmp_path / "mail").exists() == mailed
    if mailed:
        mail = (tmp_path / "mail").read_text()
        assert re.search(r"(?m)^To: ops@example.id$", mail) and f"exit status {status}" in mail and "sahut-etl.service has failed" in mail
    done = subprocess.run([script, "sahut-etl.service"], env={**environment, "MAILTO": "a@b\nBcc: c@d"}, capture_output=True)
    assert done.returncode == 64

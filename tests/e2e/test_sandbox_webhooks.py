# SPDX-License-Identifier: MIT
"""The sandbox registers webhooks and sends their events: signed, again after a failure, repeated, overtaken, forged or not at all."""
import base64
import hashlib
import hmac
import http.server
import json
import threading
import time

import pytest

EVERYTHING = ["conversation.created", "conversation.updated", "conversation.resolved", "message.created"]


class Listener:
    """Whoever wants to hear. `answers` are the statuses of the next answers; then 200."""

    def __init__(self):
        outer, self.heard, self.answers, self.news = self, [], [], threading.Condition()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.news:
                    outer.heard.append((body, self.headers["X-Sahut-Signature"]))
                    status = outer.answers.pop(0) if outer.answers else 200
                    outer.news.notify_all()
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/events"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, n):
        with self.news:
            assert self.news.wait_for(lambda: len(self.heard) >= n, 60), (n, len(self.heard))
            return list(self.heard)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def listener():
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def sandbox(sandboxes):
    return sandboxes(conversations=100, resolved=50)


def register(sandbox, listener, events=EVERYTHING):
    status, answer, _ = sandbox.api("POST", "/webhooks", {"url": listener.url, "events": events})
    assert status == 201, answer
    return answer["data"]


def hook_state(sandbox):
    return sandbox.control("webhooks")


def wait_until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def digest(hook, body):
    return hmac.new(hook["secret"].encode(), body, hashlib.sha256).digest()


def test_a_webhook_is_registered_and_removed(sandbox, listener):
    hook = register(sandbox, listener, ["message.created"])
    assert hook["id"].startswith("wh_") and hook["secret"].startswith("whsec_") and hook["url"] == listener.url
    assert hook["events"] == ["message.created"] and hook["created_at"].endswith("Z")
    assert [h["id"] for h in hook_state(sandbox)["webhooks"]] == [hook["id"]]
    assert sandbox.api("DELETE", "/webhooks/" + hook["id"])[0] == 204
    assert sandbox.api("DELETE", "/webhooks/" + hook["id"])[0] == 404
    assert hook_state(sandbox)["webhooks"] == []
    assert sandbox.stats()["by_kind"]["webhook"] == 3


@pytest.mark.parametrize("body,status", [
    ({"url": "https://x.example/y"}, 400), ({"events": ["message.created"]}, 400), ({"url": 1, "events": ["message.created"]}, 400),
    ({"url": "http://x.example/", "events": ["message.created"]}, 422), ({"url": "https://x.example/", "events": []}, 422),
    ({"url": "https://x.example/", "events": ["message.deleted"]}, 422), ({"url": "https://x.example/", "events": "message.created"}, 400),
])
def test_what_makes_no_webhook_is_refused(sandbox, body, status):
    assert sandbox.api("POST", "/webhooks", body)[0] == status


def test_every_change_is_told_by_its_event(sandbox, listener):
    hook = register(sandbox, listener)
    (born,) = sandbox.change("create")
    (written,) = sandbox.change("update", id=born)
    sandbox.change("set", id=born, labels=["refund"])
    sandbox.change("resolve", id=born)
    heard = listener.wait(5)
    events = sorted((json.loads(body)["event"], born in body.decode()) for body, _ in heard)
    assert written == born and events == [("conversation.created", True), ("conversation.resolved", True), ("conversation.updated", True),
                                          ("conversation.updated", True), ("message.created", True)]
    for body, signature in heard:
        assert signature == digest(hook, body).hex()
    [told] = [json.loads(body)["data"] for body, _ in heard if json.loads(body)["event"] == "message.created"]
    assert told == {"conversation_id": born, "message": sandbox.control("messages")[born][-1]}


@pytest.mark.parametrize("form,write", [
    ("hex", lambda d: d.hex()), ("sha256", lambda d: "sha256=" + d.hex()), ("base64", lambda d: base64.b64encode(d).decode())])
def test_signatures_have_three_forms(sandbox, listener, form, write):
    hook = register(sandbox, listener)
    sandbox.control("config", {"webhook_signature": form})
    sandbox.change("update")
    ((body, signature),) = listener.wait(1)
    assert signature == write(digest(hook, body))


def test_what_is_not_taken_is_sent_again(sandbox, listener):
    register(sandbox, listener)
    sandbox.control("clock", {"speed": 300})
    listener.answers = [500, 302, 404]
    sandbox.change("update")
    heard = listener.wait(4)
    assert len({body for body, _ in heard}) == 1
    wait_until(lambda: hook_state(sandbox)["delivered"] == 1)
    assert hook_state(sandbox)["failed"] == 3 and hook_state(sandbox)["waiting"] == 0


def test_after_the_fifth_time_it_is_lost(sandbox, listener):
    register(sandbox, listener)
    sandbox.control("clock", {"speed": 20000})
    listener.answers = [500] * 6
    sandbox.change("update")
    wait_until(lambda: hook_state(sandbox)["lost"] == 1)
    assert len(listener.wait(6)) == 6 and hook_state(sandbox)["waiting"] == 0


def test_events_are_repeated_and_forged(sandbox, listener):
    hook = register(sandbox, listener)
    sandbox.control("config", {"webhook_repeat": 100, "webhook_forge": 100, "webhook_disorder_ms": 50})
    sandbox.change("update", n=10)
    heard = listener.wait(30)
    genuine = [body for body, signature in heard if signature == digest(hook, body).hex()]
    assert len(genuine) == 20 and len(set(genuine)) == 10
    assert hook_state(sandbox)["forged"] == 10 and hook_state(sandbox)["repeated"] == 10


def test_silence_and_a_removed_webhook_send_nothing(sandbox, listener):
    hook = register(sandbox, listener)
    sandbox.control("config", {"webhook_silent": True})
    sandbox.change("update", n=3)
    assert hook_state(sandbox)["left_out"] == 3
    sandbox.control("config", {"webhook_silent": False, "webhook_disorder_ms": 600000})
    sandbox.change("update", n=3)
    assert hook_state(sandbox)["waiting"] == 3
    assert sandbox.api("DELETE", "/webhooks/" + hook["id"])[0] == 204
    assert hook_state(sandbox)["waiting"] == 0 and listener.heard == []


def test_a_test_may_tell_what_it_likes(sandbox, listener):
    hook = register(sandbox, listener)
    sandbox.control("event", {"event": "conversation.updated", "id": "conv_nobody", "n": 2})
    sandbox.control("event", {"event": "conversation.updated", "id": "conv_nobody", "forged": True})
    heard = listener.wait(3)
    assert sorted(signature == digest(hook, body).hex() for body, signature in heard) == [False, True, True]
    assert all("conv_nobody" in body.decode() for body, _ in heard)

# SPDX-License-Identifier: MIT
"""sahut-sandbox keeps to the API's reference, and does to it what tests ask for.

The program under test is $SAHUT_SANDBOX, or the one of the build tree.
"""

import datetime
import email.utils
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

import pytest
import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("SAHUT_SANDBOX", str(ROOT / "build" / "sahut-sandbox"))
KEY = "sk_live_sandbox"
ORDERS = ["updated_desc", "updated_asc", "created_desc", "created_asc", "id_asc", "id_desc", "heap", "ties", "shuffle"]
STATUSES = ["open", "pending", "resolved", "snoozed"]


class Sandbox:
    """A running sahut-sandbox on a port of its own."""

    def __init__(self, directory, *args):
        port_file = directory / "port"
        self.process = subprocess.Popen(
            [PROGRAM, "--listen", "127.0.0.1:0", "--port-file", str(port_file), *map(str, args)],
            stdout=subprocess.PIPE, text=True)
        self.line = self.process.stdout.readline()
        self.port = int(port_file.read_text())
        self.url = f"http://127.0.0.1:{self.port}"
        self.session = requests.Session()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=10)
        self.process.stdout.close()
        self.session.close()
        return code

    def api(self, method, path, key=KEY, **kwargs):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return self.session.request(method, self.url + "/v1" + path, headers=headers, timeout=30, allow_redirects=False, **kwargs)

    def page(self, key=KEY, **params):
        reply = self.api("GET", "/conversations", key=key, params=params)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def all(self, key=KEY, **params):
        """Every item, page after page."""
        items, number = [], 1
        while True:
            page = self.page(key=key, page=number, per_page=100, **params)
            items += page["data"]
            if number >= page["meta"]["total_pages"]:
                return items
            number += 1

    def total(self, **params):
        return self.page(per_page=1, **params)["meta"]["total"]

    def get(self, conversation_id, key=KEY):
        reply = self.api("GET", "/conversations/" + conversation_id, key=key)
        assert reply.status_code == 200, reply.text
        return reply.json()["data"]

    def control(self, method, path, body=None, key=None, status=200):
        reply = self.session.request(method, self.url + "/_sandbox" + path, json=body, params={"key": key} if key else None, timeout=60)
        assert reply.status_code == status, reply.text
        return reply.json()

    def dump(self, key=None):
        return self.control("GET", "/dump", key=key)

    def truth(self, conversation_id):
        """What the dump says of one conversation, or None."""
        return next((c for c in self.dump()["conversations"] if c["id"] == conversation_id), None)

    def stats(self, key=None):
        return self.control("GET", "/stats", key=key)

    def change(self, **what):
        return self.control("POST", "/change", what)["ids"]

    def config(self, **what):
        self.control("POST", "/config", what)

    def advance(self, seconds):
        return self.control("POST", "/clock", {"advance": seconds})["now"]

    def fault(self, **what):
        self.control("POST", "/fault", what)

    def raw(self, path="/v1/conversations"):
        """One request on a connection of its own, where a broken reply shows as what it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {KEY}"})
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()


@pytest.fixture
def start(tmp_path):
    """Starts sandboxes and sees to it that they end well."""
    running = []

    def start_one(*args):
        directory = tmp_path / str(len(running))
        directory.mkdir()
        running.append(Sandbox(directory, *args))
        return running[-1]

    yield start_one
    for sandbox in running:
        if sandbox.process.poll() is None:
            assert sandbox.stop() == 0


@pytest.fixture
def sandbox(start):
    return start("--conversations", 1000)


def refuse(*args):
    done = subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=20)
    assert done.stdout == ""
    return done.returncode, done.stderr


def error_of(reply, status, code):
    assert reply.status_code == status, reply.text
    assert reply.headers["Content-Type"] == "application/json"
    error = reply.json()["error"]
    assert set(error) == {"code", "message", "status"}
    assert (error["code"], error["status"]) == (code, status)
    return error["message"]


def without_past(conversation):
    return {k: v for k, v in conversation.items() if k not in ("history", "raw")}


def seconds(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc).timestamp()


# ---- the program ------------------------------------------------------------


def test_says_where_it_listens_and_ends_on_sigterm(start):
    sandbox = start("--conversations", 10)
    assert sandbox.line == f"sahut-sandbox: http://127.0.0.1:{sandbox.port}/v1\n"
    assert sandbox.total() == 10
    began = time.monotonic()
    assert sandbox.stop() == 0
    assert time.monotonic() - began < 1


def test_listens_on_ipv6(tmp_path):
    with subprocess.Popen([PROGRAM, "--listen", "[::1]:0", "--conversations", "3"], stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        assert re.fullmatch(r"sahut-sandbox: http://\[::1\]:\d+/v1\n", line)
        reply = requests.get(line.split()[1] + "/conversations", headers={"Authorization": f"Bearer {KEY}"}, timeout=10)
        assert reply.json()["meta"]["total"] == 3
        process.terminate()
    assert process.returncode == 0


def test_help_names_every_option_and_version_its_libraries():
    text = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
    for option in ["listen", "port-file", "conversations", "seed", "key", "order", "resolved", "days", "requests-per-minute",
                   "latency", "drift", "drift-per-request", "drift-per-second", "late", "workspace", "i-know", "help", "version"]:
        assert f"--{option} " in text
    assert "libmicrohttpd" in subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("args, said", [
    (["--listen", "0.0.0.0:0"], "/_sandbox/"),
    (["--listen", "127.0.0.1"], "HOST:PORT"),
    (["--listen", "127.0.0.1:70000"], "HOST:PORT"),
    (["--order", "sideways"], "updated_desc"),
    (["--conversations", "many"], "whole number"),
    (["--resolved", "101"], "from 0 to 100"),
    (["--drift", "explode=1"], "explode"),
    (["--drift", "update"], "update=1"),
    (["--drift", "update=0"], "above 0"),
    (["--drift", "update=1000001"], "a weight is at most"),
    (["--drift", "update=1;create=1"], "is not KIND=WEIGHT"),
    (["--workspace", "key"], "is not NAME=VALUE"),
    (["--port-file", "x" * 4096], "too long"),
    (["--drift-per-request", "-1"], "number from 0"),
    (["--workspace", "conversations=3"], "key=KEY"),
    (["--workspace", "key=a,colour=blue"], "colour"),
    (["--workspace", "key=a", "--workspace", "key=a"], "two workspaces"),
    (["--workspace"], "needs a value"),
    (["--key", ""], "not a key"),
    (["--convesations", "3"], "did you mean --conversations"),
    (["operand"], "too many"),
])
def test_refuses_a_command_line_that_makes_no_sense(args, said):
    code, stderr = refuse(*args)
    assert code == 64
    assert stderr.startswith("sahut-sandbox: ") and said in stderr


def test_i_know_allows_other_addresses(tmp_path):
    with subprocess.Popen([PROGRAM, "--listen", "0.0.0.0:0", "--i-know"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("sahut-sandbox: http://0.0.0.0:")
        process.terminate()


def test_a_taken_port_and_a_strange_address_are_said(sandbox):
    code, stderr = refuse("--listen", f"127.0.0.1:{sandbox.port}")
    assert code == 71 and "in use" in stderr
    code, stderr = refuse("--listen", "localhost:0")
    assert code == 78 and "not an address" in stderr


# ---- the documented API -----------------------------------------------------


def test_an_item_has_the_documented_fields_and_sometimes_more(sandbox):
    items = sandbox.all()
    assert len(items) == 1000
    for item in items:
        assert set(item) - {"team", "custom_attributes"} == {
            "id", "status", "channel", "contact", "assignee", "labels", "created_at", "updated_at"}
        assert re.fullmatch(r"conv_[0-9a-z]{12}", item["id"])
        assert item["status"] in STATUSES
        assert set(item["channel"]) == {"id", "type", "name"}
        assert {"id", "name"} <= set(item["contact"]) <= {"id", "name", "phone"}
        assert item["assignee"] is None or set(item["assignee"]) == {"id", "name"}
        assert all(isinstance(label, str) for label in item["labels"]) and len(item["labels"]) <= 3
        assert seconds(item["created_at"]) <= seconds(item["updated_at"]) <= time.time()
    assert len({item["id"] for item in items}) == 1000
    with_team = [item for item in items if "team" in item]
    assert 250 < len(with_team) < 420 and {None} < {item["team"] and item["team"]["id"] for item in with_team}
    assert any("custom_attributes" in item for item in items)


def test_the_data_is_believable(start):
    sandbox = start("--conversations", 20000)
    items = sandbox.all()
    contacts = {}
    for item in items:
        assert contacts.setdefault(item["contact"]["id"], item["contact"]) == item["contact"]
    assert 8000 < len(contacts) < 16000
    phones = [contact.get("phone", "missing") for contact in contacts.values()]
    assert all(p in (None, "missing") or re.fullmatch(r"\+628\d{9,10}", p) for p in phones)
    assert None in phones and "missing" in phones
    assert len({contact["name"] for contact in contacts.values()}) > 500
    assert 0.96 < sum(item["status"] == "resolved" for item in items) / 20000 < 0.98
    assert {item["status"] for item in items} == set(STATUSES)
    assert len({item["channel"]["id"] for item in items}) == 5
    assert len({item["assignee"]["id"] for item in items if item["assignee"]}) == 12
    ages = [(time.time() - seconds(item["created_at"])) / 86400 for item in items]
    assert 175 < max(ages) < 181
    # More people write at ten in the morning in Jakarta than at three at night.
    hours = [datetime.datetime.utcfromtimestamp(seconds(item["created_at"]) + 7 * 3600).hour for item in items]
    assert hours.count(10) > 10 * hours.count(3)


def test_pages_have_the_documented_bounds(sandbox):
    assert sandbox.page()["meta"] == {"total": 1000, "page": 1, "per_page": 25, "total_pages": 40}
    assert len(sandbox.page()["data"]) == 25
    page = sandbox.page(per_page=500, page=10)
    assert page["meta"] == {"total": 1000, "page": 10, "per_page": 100, "total_pages": 10} and len(page["data"]) == 100
    page = sandbox.page(per_page=300, page=11)
    assert page["data"] == [] and page["meta"]["page"] == 11
    assert len(sandbox.page(per_page=99, page=11)["data"]) == 10
    assert sandbox.page(page=10**30)["data"] == []


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=", "page=1.5", "per_page=0", "per_page=ten",
                                   "status=closed", "status=", "status=Open"])
def test_invalid_values_are_bad_requests(sandbox, query):
    error_of(sandbox.api("GET", "/conversations?" + query), 400, "bad_request")


def test_an_empty_list_has_no_pages(start):
    sandbox = start("--conversations", 0)
    assert sandbox.page() == {"data": [], "meta": {"total": 0, "page": 1, "per_page": 25, "total_pages": 0}}
    assert len(sandbox.change(kind="create", n=2)) == 2
    assert sandbox.total() == 2


def test_filters_combine(sandbox):
    everything = sandbox.all()
    agents = {item["assignee"]["id"] if item["assignee"] else "unassigned" for item in everything}
    channels = {item["channel"]["id"] for item in everything}

    def expected(status=None, channel_id=None, assignee_id=None):
        return [item for item in everything
                if status in (None, item["status"]) and channel_id in (None, item["channel"]["id"])
                and assignee_id in (None, item["assignee"]["id"] if item["assignee"] else "unassigned")]

    for status in STATUSES:
        assert sandbox.all(status=status) == expected(status)
    for channel in channels:
        assert sandbox.all(channel_id=channel) == expected(None, channel)
    for agent in agents:
        assert sandbox.all(assignee_id=agent) == expected(None, None, agent)
    # More combinations than views are kept, and each of them changes while others are asked for.
    for _ in range(2):
        for channel in channels:
            for agent in agents:
                query = {"status": "resolved", "channel_id": channel, "assignee_id": agent}
                assert sandbox.total(**query) == len(expected(**query))
    assert sandbox.total(channel_id="ch_unknown") == sandbox.total(assignee_id="usr_unknown") == 0
    assert sandbox.total(assignee_id="usr_unknown", status="open") == 0


def test_one_conversation(sandbox):
    item = sandbox.page(page=7)["data"][3]
    assert sandbox.get(item["id"]) == item
    for wrong in ["conv_000000000000", item["id"][:-1], item["id"] + "0", "ct_" + item["id"][5:], "..", "a%2Fb", "%00"]:
        error_of(sandbox.api("GET", "/conversations/" + wrong), 404, "not_found")


@pytest.mark.parametrize("method, path", [("GET", ""), ("GET", "/contacts"), ("GET", "/conversation"), ("GET", "/conversationsx"),
                                          ("DELETE", "/conversations"), ("DELETE", "/conversations/x"), ("PUT", "/conversations/x"),
                                          ("GET", "/conversations/")])
def test_nothing_else_is_there(sandbox, method, path):
    error_of(sandbox.api(method, path), 404, "not_found")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", KEY, "Bearer sk_live_other", f"Bearer {KEY}x"])
def test_without_the_key_nothing_is_shown(sandbox, header):
    headers = {} if header is None else {"Authorization": header}
    for method in ["GET", "POST"]:
        error_of(requests.request(method, sandbox.url + "/v1/conversations", headers=headers, timeout=10), 401, "unauthorized")
    assert requests.get(sandbox.url + "/v1/conversations", headers={"authorization": f"bearer  {KEY}"}, timeout=10).status_code == 200
    assert sandbox.stats()["by_status"]["401"] == 2


def test_create(sandbox):
    some = sandbox.page()["data"][0]
    agent = next(item["assignee"] for item in sandbox.page()["data"] if item["assignee"])
    body = {"contact_id": some["contact"]["id"], "channel_id": some["channel"]["id"], "message": {"content": "Halo"}}
    reply = sandbox.api("POST", "/conversations", json=body)
    assert reply.status_code == 201
    item = reply.json()["data"]
    assert (item["contact"], item["channel"]) == (some["contact"], some["channel"])
    assert (item["status"], item["assignee"], item["labels"]) == ("open", None, [])
    assert abs(seconds(item["created_at"]) - time.time()) < 5 and item["created_at"] == item["updated_at"]
    assert sandbox.page()["data"][0] == item == sandbox.get(item["id"])
    assert sandbox.total() == 1001 and sandbox.total(assignee_id="unassigned", status="open") > 0

    body |= {"assignee_id": agent["id"], "message": {"template_id": "t1"}, "unknown": 1}
    assert sandbox.api("POST", "/conversations", json=body).json()["data"]["assignee"] == agent


@pytest.mark.parametrize("change, status, code", [
    ({"contact_id": None}, 400, "bad_request"),
    ({"contact_id": ...}, 400, "bad_request"),
    ({"channel_id": ...}, 400, "bad_request"),
    ({"channel_id": 3}, 400, "bad_request"),
    ({"message": "Halo"}, 400, "bad_request"),
    ({"message": {}}, 400, "bad_request"),
    ({"assignee_id": 3}, 400, "bad_request"),
    ({"contact_id": "ct_000000000000"}, 422, "validation_error"),
    ({"channel_id": "ch_000000000000"}, 422, "validation_error"),
    ({"assignee_id": "usr_000000000000"}, 422, "validation_error"),
])
def test_create_refuses(sandbox, change, status, code):
    some = sandbox.page()["data"][0]
    body = {"contact_id": some["contact"]["id"], "channel_id": some["channel"]["id"]} | change
    body = {k: v for k, v in body.items() if v is not ...}
    error_of(sandbox.api("POST", "/conversations", json=body), status, code)
    assert sandbox.total() == 1000


@pytest.mark.parametrize("body", ["", "{", "[]", "3", "{'a': 1}", '{"a": NaN}', "null"])
def test_a_body_must_be_a_json_object(sandbox, body):
    some = sandbox.page()["data"][0]["id"]
    error_of(sandbox.api("POST", "/conversations", data=body), 400, "bad_request")
    error_of(sandbox.api("PATCH", "/conversations/" + some, data=body), 400, "bad_request")


def test_a_body_may_be_large_but_not_too_large(sandbox):
    some = sandbox.page()["data"][0]["id"]
    body = json.dumps({"filler": "x" * 1000000})
    assert sandbox.api("PATCH", "/conversations/" + some, data=body).status_code == 200
    assert sandbox.api("PATCH", "/conversations/" + some, data=body + " " * 100000).status_code == 413

    def pieces():
        for _ in range(1100):
            yield b" " * 1000

    assert sandbox.api("PATCH", "/conversations/" + some, data=pieces()).status_code == 413


def test_update(sandbox):
    items = sandbox.all()
    agent = next(item["assignee"] for item in items if item["assignee"])
    team = next(item["team"] for item in items if item.get("team"))
    old = next(item for item in reversed(items) if item["status"] == "resolved" and "team" not in item)
    path = "/conversations/" + old["id"]
    sandbox.advance(1)

    new = sandbox.api("PATCH", path, json={"status": "open", "assignee_id": agent["id"], "team_id": team["id"],
                                           "labels": ["urgent", "refund", "Kuning 💛"]}).json()["data"]
    assert new["status"] == "open" and new["assignee"] == agent and new["team"] == team
    assert sorted(new["labels"]) == ["Kuning 💛", "refund", "urgent"]
    assert new["created_at"] == old["created_at"] and new["updated_at"] > old["updated_at"]
    assert sandbox.page()["data"][0] == new and sandbox.page(status="open")["data"][0] == new

    new = sandbox.api("PATCH", path, json={"assignee_id": None, "team_id": None, "labels": []}).json()["data"]
    assert (new["status"], new["assignee"], new["team"], new["labels"]) == ("open", None, None, [])

    sandbox.advance(5)
    assert sandbox.api("PATCH", path, json={}).json()["data"] == new
    assert sandbox.api("PATCH", path, json={"status": "open"}).json()["data"]["updated_at"] > new["updated_at"]


@pytest.mark.parametrize("body, status, code", [
    ({"status": "closed"}, 422, "validation_error"),
    ({"status": None}, 400, "bad_request"),
    ({"assignee_id": "usr_000000000000"}, 422, "validation_error"),
    ({"assignee_id": 7}, 400, "bad_request"),
    ({"team_id": "team_x"}, 422, "validation_error"),
    ({"labels": "urgent"}, 400, "bad_request"),
    ({"labels": ["urgent", 1]}, 400, "bad_request"),
    ({"labels": [""]}, 422, "validation_error"),
    ({"labels": ["x" * 65]}, 422, "validation_error"),
    ({"labels": [f"label {i}" for i in range(40)]}, 422, "validation_error"),
])
def test_update_refuses(sandbox, body, status, code):
    some = sandbox.page()["data"][0]
    error_of(sandbox.api("PATCH", "/conversations/" + some["id"], json={"status": "snoozed"} | body), status, code)
    assert sandbox.get(some["id"]) == some
    error_of(sandbox.api("PATCH", "/conversations/conv_000000000000", json=body), 404, "not_found")


def test_every_answer_is_dated_json(sandbox):
    for reply in [sandbox.api("GET", "/conversations"), sandbox.api("GET", "/conversations", key=None), sandbox.api("GET", "/x"),
                  sandbox.session.get(sandbox.url + "/_sandbox/stats"), sandbox.session.get(sandbox.url + "/_sandbox/nothing")]:
        assert reply.headers["Content-Type"] == "application/json"
        assert abs(email.utils.parsedate_to_datetime(reply.headers["Date"]).timestamp() - time.time()) < 5


# ---- orders -----------------------------------------------------------------


def sorted_as(order, items):
    by, _, direction = order.rpartition("_")
    items = sorted(items, key=lambda item: item["id"])
    return sorted(items, key=lambda item: item["id" if by == "id" else by + "_at"], reverse=direction == "desc")


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_holds_through_changes(start, order):
    sandbox = start("--conversations", 730, "--order", order)
    if order.startswith("updated"):
        sandbox.page(status="open")
    # Every conversation changes in the same few seconds, so that there are ties.
    for kind in ["update", "create", "resolve", "reopen", "silent", "delete"]:
        sandbox.change(kind=kind, n=60)
    for filter in [{}, {"status": "open"}, {"status": "resolved"}]:
        items = sandbox.all(**filter)
        if order not in ("ties", "shuffle"):
            assert len({item["id"] for item in items}) == len(items) == sandbox.total(**filter)
        if order[-4:] in ("_asc", "desc"):
            assert items == sorted_as(order, items)
        if order == "ties":
            assert [item["updated_at"] for item in items] == sorted((item["updated_at"] for item in items), reverse=True)


def test_heap_moves_what_changes_to_the_end(start):
    sandbox = start("--conversations", 300, "--order", "heap")
    before = [item["id"] for item in sandbox.all()]
    assert [item["id"] for item in sandbox.all()] == before
    for kind in ["update", "silent", "resolve"]:
        [moved] = sandbox.change(kind=kind)
        after = [item["id"] for item in sandbox.all()]
        assert after == [i for i in before if i != moved] + [moved]
        before = after


def test_ties_and_shuffle_differ_from_request_to_request(start):
    sandbox = start("--conversations", 50, "--order", "ties")
    tied = sandbox.change(kind="update", n=30)
    pages = [[item["id"] for item in sandbox.page(per_page=20)["data"]] for _ in range(5)]
    assert len(set(map(tuple, pages))) > 1
    newest = sandbox.get(tied[0])["updated_at"]
    assert all(item["updated_at"] >= newest for item in sandbox.page(per_page=len(set(tied)))["data"])

    sandbox.config(order="shuffle")
    pages = [tuple(item["id"] for item in sandbox.page(per_page=20, page=2)["data"]) for _ in range(5)]
    assert len(set(pages)) > 1 and all(len(set(page)) == 20 for page in pages)
    assert len({item["id"] for item in sandbox.page(per_page=50)["data"]}) == 50
    large = start("--conversations", 5000, "--order", "shuffle")
    pages = [{item["id"] for item in large.page(per_page=100, page=3)["data"]} for _ in range(3)]
    assert all(len(page) == 100 for page in pages) and pages[0] != pages[1]


# ---- changes ----------------------------------------------------------------


def changed(sandbox, kind, **what):
    """Makes one change some seconds from now and returns how its conversation was and is."""
    before = {item["id"]: item for item in sandbox.all()}
    sandbox.advance(10)
    [conversation_id] = sandbox.change(kind=kind, **what)
    return before.get(conversation_id), sandbox.truth(conversation_id), conversation_id


def differing(before, after):
    return {key for key in before.keys() | (after.keys() - {"history"}) if before.get(key) != after.get(key)}


@pytest.mark.parametrize("kind, differs", [
    ("update", {"updated_at"}),
    ("resolve", {"updated_at", "status"}),
    ("reopen", {"updated_at", "status"}),
    ("reassign", {"updated_at", "assignee"}),
    ("relabel", {"updated_at", "labels"}),
    ("snooze", {"updated_at", "status"}),
])
def test_a_change_moves_updated_at_and_what_it_says(sandbox, kind, differs):
    for _ in range(10):
        before, after, _ = changed(sandbox, kind)
        assert differing(before, after) == differs
        assert seconds(after["updated_at"]) >= seconds(before["updated_at"]) + 10
        if kind in ("resolve", "reopen"):
            assert after["status"] == {"resolve": "resolved", "reopen": "open"}[kind]
        assert len(after["history"]) >= 2 or kind == "update"


def test_a_silent_change_shows_only_in_itself(sandbox):
    seen = set()
    for _ in range(20):
        before, after, _ = changed(sandbox, "silent")
        assert differing(before, after) in ({"labels"}, {"assignee"})
        seen |= differing(before, after)
        assert after["history"][-1]["silent"] is True
        assert seconds(after["history"][-1]["at"]) > seconds(after["updated_at"])
    assert seen == {"labels", "assignee"}


def test_create_and_backdate_begin_conversations(sandbox):
    before, after, conversation_id = changed(sandbox, "create")
    assert before is None and after["status"] == "open" and after["created_at"] == after["updated_at"]
    assert len(after["history"]) == 1 and after["history"][0]["at"] == after["created_at"]
    assert sandbox.page()["data"][0]["id"] == conversation_id
    now = seconds(sandbox.dump()["now"])
    _, after, conversation_id = changed(sandbox, "backdate", seconds=86400)
    assert now - 86400 <= seconds(after["created_at"]) < now - 86300 and after["updated_at"] == after["created_at"]
    items = sandbox.all()
    assert conversation_id in [item["id"] for item in items] and items == sorted_as("updated_desc", items)
    assert len(sandbox.change(kind="backdate", seconds=5, n=3)) == 3


def test_delete_takes_a_row_away(sandbox):
    _, after, conversation_id = changed(sandbox, "delete")
    assert after is None and sandbox.total() == 999
    error_of(sandbox.api("GET", "/conversations/" + conversation_id), 404, "not_found")
    error_of(sandbox.api("PATCH", "/conversations/" + conversation_id, json={}), 404, "not_found")
    [deleted] = sandbox.dump()["deleted"]
    assert deleted["id"] == conversation_id and set(deleted) == {"id", "at"}


def test_merge_answers_with_the_other(sandbox):
    a, b, c = (item["id"] for item in sandbox.page()["data"][:3])
    assert sandbox.change(kind="merge", id=a, into=b) == [a]
    assert sandbox.get(a)["id"] == b and sandbox.total() == 999
    sandbox.change(kind="merge", id=b, into=c)
    assert sandbox.get(a) == sandbox.get(b) == sandbox.get(c)
    assert [(d["id"], d["merged_into"]) for d in sandbox.dump()["deleted"]] == [(a, b), (b, c)]
    sandbox.control("POST", "/change", {"kind": "merge", "id": c, "into": a}, status=404)
    sandbox.control("POST", "/change", {"kind": "merge", "id": c, "into": c}, status=400)
    sandbox.control("POST", "/change", {"kind": "merge", "id": c}, status=400)


def test_set_and_relabel_do_as_they_are_told(sandbox):
    items = sandbox.all()
    item = next(i for i in items if i["assignee"] and i["status"] == "resolved")
    other = next(i["assignee"] for i in items if i["assignee"] and i["assignee"] != item["assignee"])
    sandbox.advance(3)
    assert sandbox.change(kind="relabel", id=item["id"], labels=["garansi", "stok"]) == [item["id"]]
    assert sorted(sandbox.get(item["id"])["labels"]) == ["garansi", "stok"]
    before = sandbox.get(item["id"])
    sandbox.advance(3)
    sandbox.change(kind="set", id=item["id"], status="snoozed", assignee_id=other["id"], silent=True)
    after = sandbox.get(item["id"])
    assert differing(before, after) == {"status", "assignee"}
    assert (after["status"], after["assignee"]) == ("snoozed", other)
    sandbox.change(kind="set", id=item["id"], assignee_id=None)
    assert sandbox.get(item["id"])["assignee"] is None
    assert [h["status"] for h in sandbox.truth(item["id"])["history"]] == ["resolved", "resolved", "snoozed", "snoozed"]


@pytest.mark.parametrize("body, status", [
    ({}, 400), ([], 400), ({"kind": "explode"}, 400), ({"kind": "set", "status": "open"}, 400),
    ({"kind": "update", "n": 0}, 400), ({"kind": "update", "colour": 1}, 400), ({"kind": "set", "id": "conv_x"}, 404),
    ({"kind": "update", "id": 3}, 400), ({"kind": "update", "silent": "yes"}, 400), ({"kind": "update", "labels": 7}, 400),
    ({"kind": "update", "n": 2, "labels": [7]}, 400),
])
def test_a_change_that_makes_no_sense_is_refused(sandbox, body, status):
    sandbox.control("POST", "/change", body, status=status)
    assert sandbox.stats()["changes"] == 0


def test_a_kind_that_fits_nobody_changes_nothing(start):
    sandbox = start("--conversations", 30, "--resolved", 100)
    assert sandbox.change(kind="resolve", n=3) == []
    assert len(set(sandbox.change(kind="reopen", n=40))) == 30
    assert sandbox.total(status="open") == 30


def test_drift_before_each_list(start):
    sandbox = start("--conversations", 1000, "--drift-per-request", 2.5)
    for _ in range(100):
        sandbox.page(per_page=10)
        sandbox.page(per_page=1)
    assert 450 <= sandbox.stats()["changes"] <= 550
    sandbox.config(drift_per_request=0, drift="create=1")
    before = sandbox.stats()
    sandbox.page()
    assert sandbox.stats()["changes"] == before["changes"]
    sandbox.config(drift_per_request=1)
    sandbox.page()
    assert sandbox.stats()["conversations"] == before["conversations"] + 1


def test_drift_by_the_second(start):
    sandbox = start("--conversations", 1000, "--drift-per-second", 200)
    time.sleep(1)
    assert 100 < sandbox.stats()["changes"] < 2000
    sandbox.config(drift_per_second=0)
    resting = sandbox.stats()["changes"]
    time.sleep(0.2)
    assert sandbox.stats()["changes"] == resting


def test_drift_prefers_the_recent_and_the_unresolved(start):
    sandbox = start("--conversations", 4000, "--drift", "update=1", "--order", "created_desc")
    items = sandbox.all()
    recent = {item["id"] for item in items[:200]} | {item["id"] for item in items if item["status"] != "resolved"}
    hits = [i for _ in range(200) for i in sandbox.change(kind="update")]
    assert sum(i in recent for i in hits) > 140


def test_late_changes_carry_the_time_at_which_they_happened(sandbox):
    sandbox.advance(100)
    some = sandbox.page()["data"][0]
    [born] = sandbox.change(kind="create", late=60)
    sandbox.change(kind="set", id=some["id"], labels=["stok", "garansi", "refund"], late=30)
    sandbox.change(kind="delete", n=1, late=30)
    now = seconds(sandbox.dump()["now"])
    assert sandbox.stats()["awaited"] == 3 and sandbox.total() == 1000
    assert sandbox.get(some["id"]) == some
    error_of(sandbox.api("GET", "/conversations/" + born), 404, "not_found")

    sandbox.advance(31)
    changed_item = sandbox.get(some["id"])
    assert len(changed_item["labels"]) == 3 and now - 2 <= seconds(changed_item["updated_at"]) <= now
    assert sandbox.total() == 999 and sandbox.stats()["awaited"] == 1
    sandbox.advance(31)
    assert now - 2 <= seconds(sandbox.get(born)["created_at"]) <= now
    assert sandbox.total() == 1000 and sandbox.stats()["awaited"] == 0
    items = sandbox.all()
    assert items == sorted_as("updated_desc", items)


def test_an_awaited_change_is_not_lost_when_another_follows(sandbox):
    some = sandbox.page()["data"][0]["id"]
    sandbox.change(kind="set", id=some, status="snoozed", late=60)
    sandbox.api("PATCH", "/conversations/" + some, json={"labels": ["stok"]})
    item = sandbox.get(some)
    assert (item["status"], item["labels"]) == ("snoozed", ["stok"])
    assert sandbox.stats()["awaited"] == 0


def test_late_and_lag_of_drift(start):
    sandbox = start("--conversations", 1000, "--drift-per-request", 1, "--late", 100)
    for _ in range(40):
        sandbox.page()
    assert sandbox.stats()["changes"] == 40 and sandbox.stats()["awaited"] > 30
    sandbox.config(drift_per_request=0)
    sandbox.advance(101)
    assert sandbox.stats()["awaited"] == 0
    sandbox.config(late=0, lag_seconds=20, drift_per_request=1)
    sandbox.page()
    sandbox.config(drift_per_request=0)
    sandbox.advance(19)
    assert sandbox.stats()["awaited"] == 1
    sandbox.advance(2)
    assert sandbox.stats()["awaited"] == 0


def test_drift_leaves_alone_what_is_still_awaited(start):
    sandbox = start("--conversations", 3, "--drift", "relabel=1", "--drift-per-request", 5)
    sandbox.config(lag_seconds=60)
    sandbox.page()
    sandbox.page()
    assert sandbox.stats()["changes"] == sandbox.stats()["awaited"] == 3
    sandbox.config(drift_per_request=0)
    sandbox.advance(61)
    assert sandbox.stats()["awaited"] == 0
    assert [len(c["history"]) for c in sandbox.dump()["conversations"]] == [2, 2, 2]


# ---- control ----------------------------------------------------------------


def test_the_dump_equals_all_pages_at_rest(start):
    sandbox = start("--conversations", 500, "--drift-per-request", 3, "--drift",
                    "create=2,update=6,resolve=4,reopen=1,reassign=2,relabel=2,snooze=1,silent=1,delete=1")
    for _ in range(100):
        sandbox.page()
    sandbox.config(drift_per_request=0)
    dump = sandbox.dump()
    assert dump["order"] == "updated_desc"
    assert sandbox.all() == [without_past(c) for c in dump["conversations"]]
    assert dump["deleted"] and not {d["id"] for d in dump["deleted"]} & {c["id"] for c in dump["conversations"]}
    assert any(len(c["history"]) > 2 for c in dump["conversations"])
    for c in dump["conversations"]:
        past = c["history"]
        assert past == sorted(past, key=lambda state: state["at"])
        assert past[-1]["status"] == c["status"] and past[-1]["labels"] == c["labels"]
        assert past[-1]["assignee_id"] == (c["assignee"] and c["assignee"]["id"])
        assert past[-1]["team_id"] == (c.get("team") and c["team"]["id"])
        assert all({k: v for k, v in a.items() if k not in ("at", "silent")} !=
                   {k: v for k, v in b.items() if k not in ("at", "silent")} for a, b in zip(past, past[1:]))


def test_history_begins_with_the_state_at_the_start(sandbox):
    dump = sandbox.dump()
    start = {state["at"] for c in dump["conversations"] for state in c["history"]}
    assert len(start) == 1 and all(len(c["history"]) == 1 for c in dump["conversations"])
    before, after, _ = changed(sandbox, "resolve")
    assert [state["status"] for state in after["history"]] == [before["status"], "resolved"]
    assert after["history"][0]["at"] in start and after["history"][1]["at"] == after["updated_at"]


def test_stats_count_what_was_asked(sandbox):
    some = sandbox.page()["data"][0]["id"]
    sandbox.page(per_page=1)
    sandbox.get(some)
    sandbox.api("GET", "/conversations/x")
    sandbox.api("PATCH", "/conversations/" + some, json={"status": "open"})
    sandbox.api("POST", "/conversations", json={})
    sandbox.api("GET", "/elsewhere")
    stats = sandbox.stats()
    assert stats["requests"] == stats["peak_60s"] == 7
    assert stats["by_kind"] == {"list": 1, "count": 1, "get": 2, "messages": 0, "create": 1, "update": 1, "webhook": 0, "other": 1}
    assert stats["by_status"] == {"200": 4, "400": 1, "404": 2}
    assert stats["changes"] == 1 and stats["conversations"] == 1000
    sandbox.control("POST", "/stats/reset")
    assert sandbox.stats()["requests"] == sandbox.stats()["peak_60s"] == 0


def test_the_quota_is_a_sliding_minute(start):
    sandbox = start("--conversations", 10, "--requests-per-minute", 5)
    for _ in range(5):
        sandbox.page()
    reply = sandbox.api("GET", "/conversations")
    error_of(reply, 429, "rate_limited")
    assert 55 <= int(reply.headers["Retry-After"]) <= 60
    error_of(sandbox.api("GET", "/conversations", key="sk_live_other"), 401, "unauthorized")
    sandbox.dump()
    assert sandbox.stats()["by_status"] == {"200": 5, "401": 1, "429": 1}
    sandbox.config(requests_per_minute=7)
    sandbox.page()
    sandbox.page()
    error_of(sandbox.api("GET", "/conversations"), 429, "rate_limited")
    sandbox.config(requests_per_minute=0)
    sandbox.page()


def test_config_changes_what_it_names(sandbox):
    def date():
        return email.utils.parsedate_to_datetime(sandbox.api("GET", "/conversations").headers["Date"]).timestamp()

    sandbox.config(order="id_asc", per_page_max=10, date_skew_seconds=-3600)
    page = sandbox.page(per_page=100)
    assert page["meta"]["per_page"] == 10 and page["meta"]["total_pages"] == 100
    assert page["data"] == sorted_as("id_asc", page["data"])
    sandbox.change(kind="create", n=20)
    sandbox.change(kind="delete", n=20)
    items = sandbox.all()
    assert len(items) == 1000 and items == sorted_as("id_asc", items)
    assert -3605 < date() - time.time() < -3595
    sandbox.config(no_date=True)
    assert "Date" not in sandbox.api("GET", "/conversations").headers
    sandbox.config(no_date=False, latency_ms=80)
    began = time.monotonic()
    sandbox.page()
    assert 0.08 <= time.monotonic() - began < 0.5


@pytest.mark.parametrize("body", [{"order": "up"}, {"latency_ms": -1}, {"conversations": 3}, {"colour": 1}, {"late": "soon"},
                                  {"drift": "x"}, {"no_date": 1}, {"beyond": "never"}, {"requests_per_minute": 1.5}, [], {"order": None}])
def test_a_config_with_a_mistake_changes_nothing(sandbox, body):
    mixed = {"order": "id_asc"} | body if isinstance(body, dict) else body
    sandbox.control("POST", "/config", mixed, status=400)
    assert sandbox.dump()["order"] == "updated_desc"


def test_the_clock_goes_only_forwards(sandbox):
    now = sandbox.dump()["now"]
    assert seconds(sandbox.advance(3600)) - seconds(now) in (3600, 3601)
    date = sandbox.api("GET", "/conversations").headers["Date"]
    assert 3595 < email.utils.parsedate_to_datetime(date).timestamp() - time.time() < 3605
    [updated] = sandbox.change(kind="update")
    assert seconds(sandbox.get(updated)["updated_at"]) - seconds(now) >= 3600
    for wrong in [{"advance": -1}, {"advance": "1"}, {"forward": 1}]:
        sandbox.control("POST", "/clock", wrong, status=400)


@pytest.mark.parametrize("beyond", ["400", "404", "422", "empty", "repeat"])
def test_a_list_goes_no_deeper_than_it_is_told(sandbox, beyond):
    sandbox.config(depth=300, beyond=beyond)
    shown = [sandbox.page(page=n, per_page=100)["data"] for n in (1, 2, 3)]
    assert all(len(p) == 100 for p in shown)
    reply = sandbox.api("GET", "/conversations", params={"page": 4, "per_page": 100})
    if beyond.isdigit():
        error_of(reply, int(beyond), {"400": "bad_request", "404": "not_found", "422": "validation_error"}[beyond])
    else:
        assert reply.json()["data"] == (shown[2] if beyond == "repeat" else [])
        assert reply.json()["meta"]["total"] == 1000
    assert sandbox.total() == 1000 and len(sandbox.all(status="open")) == sandbox.total(status="open")


def test_a_list_keeps_things_to_itself(sandbox):
    count = {s: sandbox.total(status=s) for s in STATUSES}
    sandbox.config(leaves_out="resolved")
    assert sandbox.total() == 1000 - count["resolved"] and sandbox.total(status="resolved") == count["resolved"]
    assert all(c["status"] != "resolved" for c in sandbox.all())
    sandbox.config(leaves_out="none", window_seconds=30 * 86400)
    recent = sandbox.all()
    assert 0 < len(recent) < 1000 and sandbox.total(status="resolved") == sum(c["status"] == "resolved" for c in recent)
    sandbox.config(window_seconds=0)
    hidden = sandbox.change(kind="archive", n=7)
    assert len(hidden) == 7 and sandbox.total() == 993 and not set(hidden) & {c["id"] for c in sandbox.all()}
    assert all(sandbox.get(i)["id"] == i for i in hidden)
    assert sandbox.change(kind="unarchive", id=hidden[0]) == hidden[:1] and sandbox.total() == 994


def test_filters_and_totals_may_be_anything(sandbox):
    sandbox.config(filters="ignored")
    assert sandbox.total(status="open") == sandbox.total(channel_id="ch_x", status="open") == 1000
    sandbox.config(filters="heeded", unassigned_refused=True)
    error_of(sandbox.api("GET", "/conversations", params={"assignee_id": "unassigned"}), 400, "bad_request")
    for how, want in [("text", "1000"), ("null", None), ("number", 1000)]:
        sandbox.config(total=how)
        assert sandbox.page()["meta"]["total"] == want
    sandbox.config(total="missing")
    assert "total" not in sandbox.page()["meta"]
    sandbox.config(total="number", total_most=400)
    assert sandbox.total() == 400 and sandbox.page(page=10, per_page=100)["data"]


def test_lists_may_be_built_badly(sandbox):
    everything = [c["id"] for c in sandbox.all()]
    sandbox.config(filters="nothing")
    assert sandbox.total(status="open") == 0 and sandbox.total() == 1000
    sandbox.config(filters="assigned")
    assert all(c["assignee"] for c in sandbox.all(status="open")) and sandbox.total() == 1000
    sandbox.config(filters="null")
    assert sandbox.api("GET", "/conversations", params={"status": "open"}).json() is None and sandbox.total() == 1000
    sandbox.config(filters="heeded", total="page")
    assert sandbox.page(per_page=7)["meta"]["total"] == 7
    sandbox.config(total="unfiltered")
    assert sandbox.total(status="open") == 1000
    sandbox.config(total="number", per_page_least=120, per_page_untold=True)
    page = sandbox.page(per_page=100)
    assert len(page["data"]) == 120 and page["meta"]["per_page"] == 100
    sandbox.config(per_page_least=0, per_page_untold=False, pages_share=1)
    one, two = (sandbox.page(per_page=50, page=n)["data"] for n in (1, 2))
    assert one[-1] == two[0] and one[-1]["id"] == everything[49]
    sandbox.config(pages_share=0, twice="instead", twice_every=5)
    rows = [c["id"] for n in range(1, 11) for c in sandbox.page(per_page=100, page=n)["data"]]
    assert len(rows) == 1000 and len(set(rows)) < 1000
    sandbox.config(twice="beside")
    assert len({c["id"] for c in sandbox.page(per_page=100)["data"]}) < 100 and sandbox.total() == 1000
    sandbox.config(twice="counted")
    assert sandbox.total() > 1000
    sandbox.config(twice="never", ids="mixed", times="mixed")
    page = sandbox.page(per_page=100)["data"]
    assert {type(c["id"]) for c in page} == {int, str} and {c["updated_at"][-6:] for c in page} >= {"+07:00", "-03:30"}


def test_lists_or_gets_may_be_behind(sandbox):
    made = sandbox.change(kind="create")[0]
    sandbox.config(lists_late=60)
    assert sandbox.get(made)["id"] == made and made not in {c["id"] for c in sandbox.all()} and sandbox.total() == 1000
    sandbox.config(lists_late=0, gets_late=60)
    assert sandbox.total() == 1001
    error_of(sandbox.api("GET", f"/conversations/{made}"), 404, "not_found")
    sandbox.config(gets_late=0, total_seconds=60)
    assert sandbox.total() == 1001
    sandbox.change(kind="create")
    assert sandbox.total() == 1001 and len(sandbox.all()) == 1002


def test_the_clock_can_hurry(sandbox):
    now = seconds(sandbox.dump()["now"])
    sandbox.control("POST", "/clock", {"speed": 86400})
    while seconds(sandbox.dump()["now"]) - now < 3600:
        pass
    sandbox.control("POST", "/clock", {"speed": 1})


def test_a_raw_text_stands_in_for_an_item(sandbox):
    item = sandbox.page()["data"][4]
    sandbox.control("POST", "/item", {"id": item["id"], "raw": '{"id":"x","status":7}'})
    assert sandbox.get(item["id"]) == {"id": "x", "status": 7}
    assert sandbox.page()["data"][4] == {"id": "x", "status": 7}
    assert sandbox.truth(item["id"])["raw"] == '{"id":"x","status":7}'
    assert without_past(sandbox.truth(item["id"])) == item
    sandbox.control("POST", "/item", {"id": item["id"], "raw": "{broken"})
    assert "{broken" in sandbox.api("GET", "/conversations").text
    sandbox.control("POST", "/item", {"id": item["id"], "raw": None})
    assert sandbox.page()["data"][4] == item
    sandbox.control("POST", "/item", {"id": "conv_x", "raw": "1"}, status=404)


def test_control_refuses_what_it_does_not_know(sandbox):
    for method, path in [("GET", "/x"), ("POST", "/dump"), ("GET", "/change"), ("PUT", "/config")]:
        sandbox.control(method, path, {}, status=404)
    sandbox.control("GET", "/stats", key="sk_live_other", status=404)
    assert sandbox.session.post(sandbox.url + "/_sandbox/config", data="{").status_code == 400


# ---- faults -----------------------------------------------------------------


def test_status_faults(sandbox):
    sandbox.fault(match="list", kind="status", status=503, retry_after="7", after=1, times=2)
    sandbox.page()
    for _ in range(2):
        reply = sandbox.api("GET", "/conversations")
        error_of(reply, 503, "server_error")
        assert reply.headers["Retry-After"] == "7"
        sandbox.page(per_page=1)
    sandbox.page()
    sandbox.fault(kind="status", status=403, body="no", retry_after="-5", content_type="text/plain", times=0)
    for path in ["/conversations", "/conversations?per_page=1", "/conversations/x", "/x"]:
        reply = sandbox.api("GET", path)
        assert (reply.status_code, reply.text, reply.headers["Retry-After"]) == (403, "no", "-5")
        assert reply.headers["Content-Type"] == "text/plain"
    sandbox.control("DELETE", "/fault")
    sandbox.page()
    assert sandbox.stats()["by_status"] == {"200": 5, "403": 4, "503": 2}


def test_hang_up_cut_and_delay(sandbox):
    status, whole = sandbox.raw()
    assert status == 200
    sandbox.fault(kind="hang_up")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        sandbox.raw()
    for n in [1, 1000, len(whole) - 1]:
        sandbox.fault(kind="cut", bytes=n)
        with pytest.raises(http.client.IncompleteRead) as broken:
            sandbox.raw()
        assert broken.value.partial == whole[:n]
    sandbox.fault(kind="cut", bytes=len(whole))
    assert sandbox.raw() == (200, whole)
    sandbox.fault(kind="delay", ms=200)
    began = time.monotonic()
    assert sandbox.raw() == (200, whole)
    assert 0.2 <= time.monotonic() - began < 1
    assert sandbox.stats()["by_status"] == {"200": 6, "0": 1}


def test_body_redirect_and_empty(sandbox):
    sandbox.fault(kind="body", body="<html>", content_type="text/html")
    reply = sandbox.api("GET", "/conversations")
    assert (reply.status_code, reply.text, reply.headers["Content-Type"]) == (200, "<html>", "text/html")
    sandbox.fault(kind="redirect", location="http://127.0.0.1:1/elsewhere")
    reply = sandbox.api("GET", "/conversations")
    assert (reply.status_code, reply.headers["Location"]) == (302, "http://127.0.0.1:1/elsewhere")
    sandbox.fault(kind="empty")
    reply = sandbox.api("GET", "/conversations")
    assert (reply.status_code, reply.content) == (200, b"")


def test_faults_wait_for_their_endpoint_and_count_for_themselves(sandbox):
    some = sandbox.page()["data"][0]["id"]
    for match in ["count", "get", "update", "create"]:
        sandbox.fault(match=match, kind="status", status=500)
    sandbox.page()
    assert sandbox.api("GET", "/conversations?per_page=1").status_code == 500
    assert sandbox.api("GET", "/conversations/" + some).status_code == 500
    assert sandbox.api("PATCH", "/conversations/" + some, json={"status": "open"}).status_code == 500
    assert sandbox.api("POST", "/conversations", json={}).status_code == 500
    assert sandbox.stats()["changes"] == 0
    sandbox.fault(match="list", kind="status", status=501, after=0)
    sandbox.fault(match="list", kind="status", status=502, after=2)
    assert [sandbox.api("GET", "/conversations").status_code for _ in range(4)] == [501, 200, 502, 200]


@pytest.mark.parametrize("body", [{}, {"kind": "explode"}, {"kind": "status"}, {"kind": "status", "status": 99}, {"kind": "cut"},
                                  {"kind": "delay"}, {"kind": "body"}, {"kind": "redirect"}, {"kind": "empty", "match": "all"},
                                  {"kind": "empty", "time": 1}, {"kind": "empty", "after": -1}, [],
                                  {"kind": 7}, {"kind": "empty", "match": 7}, {"kind": "status", "status": 500, "body": 7},
                                  {"kind": "status", "status": 500, "retry_after": {}}])
def test_a_fault_that_makes_no_sense_is_refused(sandbox, body):
    sandbox.control("POST", "/fault", body, status=400)
    sandbox.page()


# ---- workspaces and worlds --------------------------------------------------


def test_workspaces_have_nothing_in_common(start):
    sandbox = start("--conversations", 200, "--workspace", "key=sk_b,conversations=150,order=id_asc,requests-per-minute=4",
                    "--workspace=key=sk_c,conversations=120,seed=7,drift=create=1+update=0,drift-per-request=1")
    ids = {key: {item["id"] for item in sandbox.all(key=key)} for key in (KEY, "sk_b")}
    assert (len(ids[KEY]), len(ids["sk_b"])) == (200, 150) and not ids[KEY] & ids["sk_b"]
    foreign = next(iter(ids["sk_b"]))
    error_of(sandbox.api("GET", "/conversations/" + foreign), 404, "not_found")
    assert sandbox.get(foreign, key="sk_b")["id"] == foreign
    assert sandbox.api("GET", "/conversations", key="sk_b").status_code == 200
    error_of(sandbox.api("GET", "/conversations", key="sk_b"), 429, "rate_limited")
    sandbox.page()
    assert sandbox.dump(key="sk_b")["order"] == "id_asc" and sandbox.dump()["order"] == "updated_desc"
    assert sandbox.page(key="sk_c")["meta"]["total"] == 121
    assert sandbox.stats(key="sk_c")["requests"] == 1 and sandbox.stats()["requests"] == 4
    sandbox.control("POST", "/fault", {"kind": "empty"}, key="sk_c")
    sandbox.page()
    channels = [{item["channel"]["id"] for item in sandbox.page(key=key)["data"]} for key in (KEY, "sk_c") if key != "sk_c"]
    assert channels


def test_a_seed_decides_everything(start):
    def world(*args):
        sandbox = start("--conversations", 300, *args)
        sandbox.change(kind="relabel", n=20)
        items = sandbox.dump()["conversations"]
        return {c["id"]: (c["status"], c["contact"], c["labels"], c["assignee"]) for c in items}

    assert world() == world()
    assert not world("--seed", 2).keys() & world().keys()
    assert not world("--key", "sk_other").keys() & world().keys()


# ---- the server -------------------------------------------------------------


def test_many_delayed_answers_at_once(start):
    sandbox = start("--conversations", 1000, "--latency", 100)
    done = []

    def ask():
        done.append(sandbox.raw("/v1/conversations?per_page=100")[0])

    threads = [threading.Thread(target=ask) for _ in range(64)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [200] * 64
    assert time.monotonic() - began < 2


def test_ends_at_once_while_answers_are_delayed(start):
    sandbox = start("--conversations", 10, "--latency", 30000)
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=30)
    connection.request("GET", "/v1/conversations", headers={"Authorization": f"Bearer {KEY}"})
    time.sleep(0.1)
    began = time.monotonic()
    assert sandbox.stop() == 0
    assert time.monotonic() - began < 1
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        connection.getresponse()
    connection.close()


def test_sleeps_while_nobody_asks(sandbox):
    def wake_ups():
        status = pathlib.Path(f"/proc/{sandbox.process.pid}/status").read_text()
        return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", status, re.M).group(1))

    sandbox.page()
    time.sleep(0.1)
    before = wake_ups()
    time.sleep(1)
    assert wake_ups() == before


def test_a_port_file_that_cannot_be_written_is_said():
    code, stderr = refuse("--port-file", "/nowhere/port")
    assert code == 71 and "cannot write /nowhere/port" in stderr

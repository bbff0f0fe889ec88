# SPDX-License-Identifier: MIT
"""An event of a webhook is a hint: its conversation is there in a moment, and a forged, repeated or late one costs a request at most."""
import json
import os
import signal
import socket
import time
import types

import proxy as wire
import pytest
from daemon import loaded, wait_for
from proxy import Proxy
from test_faults_pg import disk_full
from webhook import UNCLEAR, Webhook, say_raw

# Nothing is due for an hour: what comes meanwhile comes by events.
SELDOM = "{incremental: 1h, verify: 1d}"


@pytest.fixture
def hooked(pair, daemons, tmp_path):
    """A sandbox, a warehouse that is loaded, its daemon, and its webhook."""

    def make(conversations=300, register=True, webhook=None, **options):
        hook = webhook or Webhook(tmp_path)
        settings = {"schedule": SELDOM, **options.pop("workspace", {}), "webhook": hook.conf()}
        sandbox, etl = pair(conversations=conversations, workspace=settings, **options)
        daemon = daemons(etl)
        loaded(etl, conversations)
        if register:
            hook.register(sandbox)
        sandbox.reset_stats()
        return sandbox, etl, daemon, hook

    return make


def status_of(etl, conversation):
    rows = etl.sql("select status from sahut.conversation where id = %s", conversation)
    return rows[0][0] if rows else None


def hinted_runs(etl):
    return etl.one("select count(*) from sahut_etl.run where kind = 'hinted' and state = 'ok'")


@pytest.mark.parametrize("order", ["updated_desc", "updated_asc", "id_asc"])
def test_a_change_is_there_by_its_event(hooked, order):
    sandbox, etl, _, _ = hooked(order=order, resolved=50)
    (changed,) = sandbox.change("resolve")
    (born,) = sandbox.change("create")
    wait_for(lambda: status_of(etl, changed) == "resolved" and status_of(etl, born) == "open", "both rows")
    assert sandbox.stats()["requests"] <= 6


def test_both_states_between_two_cycles_are_history(hooked):
    sandbox, etl, _, _ = hooked()
    (reopened,) = sandbox.change("reopen")
    wait_for(lambda: status_of(etl, reopened) == "open", "the first state")
    sandbox.change("resolve", id=reopened)
    wait_for(lambda: status_of(etl, reopened) == "resolved", "the second state")
    rows = etl.sql("select status, not_before, valid_from, observed_at from sahut.conversation_version where conversation_id = %s order by version_no",
                   reopened)
    assert [row[0] for row in rows][-2:] == ["open", "resolved"]
    history = {(s["status"], s["at"]) for c in sandbox.dump()["conversations"] if c["id"] == reopened for s in c["history"]}
    for status, not_before, _, observed_at in rows[-2:]:
        assert any(s == status and not_before <= parse(at) <= observed_at for s, at in history), (rows, history)


def parse(text):
    from datetime import datetime
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_a_few_hints_cost_a_request_each_where_the_list_tells_nothing(hooked):
    sandbox, etl, _, hook = hooked(order="id_asc", resolved=50)
    ids = sandbox.change("resolve", n=3)
    wait_for(lambda: all(status_of(etl, i) == "resolved" for i in ids), "three rows")
    stats = sandbox.stats()
    assert stats["by_kind"]["get"] == stats["requests"] <= 6


def test_many_hints_cost_one_page_of_a_list_by_update(hooked):
    sandbox, etl, _, hook = hooked(conversations=1000)
    sandbox.control("config", {"webhook_silent": True})
    ids = sandbox.change("update", n=80)
    assert hook.post({"event": "conversation.updated", "data": ids[:5]}) == 200
    for i in ids:
        assert hook.tell(i) == 200
    wait_for(lambda: hinted_runs(etl) > 0 and etl.one("select state from sahut_etl.run order by id desc limit 1") == "ok", "a cycle by hints")
    assert sandbox.stats()["requests"] <= 3


def test_what_is_not_signed_is_not_read(hooked):
    sandbox, etl, daemon, hook = hooked(register=False)
    body = b'{"event":"conversation.updated","data":{"id":"conv_x"}}'
    for signature in ("", "x", hook.sign(body, "another secret"), hook.sign(body + b" "), hook.sign(body)[:-1], "sha256=" + hook.sign(b"")):
        assert hook.post(body, signature) == 401
    assert hook.post(b"\xff" * 1000, "0" * 64) == 401
    daemon.wait_text("signature is wrong or missing")
    # The one that is signed is looked at; those before it were not.
    assert hook.tell("conv_signed") == 200
    wait_for(lambda: sandbox.stats()["requests"] > 0, "a look")
    assert sandbox.stats()["requests"] == 1 and sandbox.stats()["by_kind"]["get"] == 1
    assert daemon.text().count("webhook_refused") == 1 or daemon.text().count("signature is wrong") == 1


def test_other_paths_and_methods_are_refused(hooked):
    _, _, _, hook = hooked(register=False)
    for path in ("/", "/webhook", "/webhook/", "/webhook/other", "/webhook/utama/x", "/metrics", "/webhook/utam%61x"):
        assert hook.post(b"{}", path=path) == 404
    for method in ("GET", "PUT", "DELETE"):
        assert hook.post(b"{}", method=method) == 405
    assert hook.post(b"[" * (300 << 10)) == 413
    assert hook.post(b"[" * (200 << 10)) == 200


def test_an_id_of_nothing_costs_a_request_and_nothing_else(hooked):
    sandbox, etl, daemon, hook = hooked(register=False)
    assert hook.tell("conv_nobody") == 200
    wait_for(lambda: hinted_runs(etl) == 1, "the look")
    for status in (400, 422, 404):
        sandbox.fault("status", match="get", status=status, body="{}")
        runs = hinted_runs(etl)
        assert hook.tell(f"conv_nobody{status}") == 200
        wait_for(lambda: hinted_runs(etl) == runs + 1, "the look")
    assert sandbox.stats()["by_kind"]["get"] == 4
    assert etl.one("select count(*) from sahut_etl.rejected_item") == 0
    assert etl.one("select count(*) from sahut.conversation where deleted_at is not null") == 0


def test_a_repeated_event_is_one_request(hooked):
    sandbox, etl, _, hook = hooked(register=False)
    for _ in range(50):
        assert hook.tell("conv_again") == 200
    wait_for(lambda: hinted_runs(etl) >= 1, "the look")
    assert sandbox.stats()["by_kind"]["get"] <= hinted_runs(etl)


def test_what_is_gone_is_not_deleted_because_of_an_event(hooked):
    sandbox, etl, _, hook = hooked(register=False)
    (gone,) = sandbox.change("delete")
    assert hook.tell(gone) == 200
    wait_for(lambda: hinted_runs(etl) == 1, "the look")
    assert etl.one("select deleted_at from sahut.conversation where id = %s", gone) is None


def test_of_too_many_hints_there_is_one_cycle(hooked):
    sandbox, etl, _, hook = hooked(conversations=500, order="id_asc", resolved=90, register=False)
    before = etl.one("select max(requests) from sahut_etl.run where strategy = 'unresolved_scan'") or 0
    for i in range(250):
        assert hook.tell(f"conv_many{i}") == 200
    wait_for(lambda: etl.one("select count(*) from sahut_etl.run where kind = 'hinted' and state = 'ok' and strategy = 'unresolved_scan'") > 0, "a cycle")
    assert sandbox.stats()["by_kind"]["get"] < 250 + before


def test_no_client_keeps_others_from_being_heard(hooked):
    _, _, _, hook = hooked(register=False)
    body = b'{"data":{"id":"conv_x"}}'
    half = [f"POST {hook.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{{".encode(), b"POST /webhook", b"", b"\x00" * 100,
            f"POST {hook.path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab".encode()]
    sockets = []
    try:
        for i in range(200):
            s = socket.create_connection(("127.0.0.1", hook.port), timeout=10)
            sockets.append(s)
            try:
                s.sendall(half[i % len(half)])
            except OSError:
                pass
            if i % 20 == 0:
                assert hook.post(body) == 200
        assert hook.post(body) == 200
    finally:
        for s in sockets:
            s.close()


def test_no_request_hides_in_another(hooked):
    """Where a proxy and the daemon might see the end of a body in two places, the second of two requests is not heard."""
    sandbox, _, daemon, hook = hooked(register=False)
    body = b'{"data":{"id":"conv_hidden"}}'
    line = f"POST {hook.path} HTTP/1.1\r\nHost: localhost\r\nX-Sahut-Signature: {hook.sign(body)}\r\n".encode()
    hidden = line + b"Content-Length: %d\r\n\r\n" % len(body) + body
    for name, (headers, end) in UNCLEAR.items():
        seen = say_raw(hook.port, line + headers + b"\r\n\r\n" + end + hidden)
        assert set(seen) <= {400, 413}, (name, seen)
    assert hook.tell("conv_plain") == 200
    wait_for(lambda: sandbox.stats()["requests"] > 0, "a look")
    assert sandbox.stats()["requests"] == 1, "only what was asked for plainly"
    # Plain ones that follow each other are heard, each; of other signatures and sizes none is, and nobody waits for what never comes.
    assert say_raw(hook.port, hidden * 3)[:3] == [200] * 3
    chunked = line + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\nX-Sahut-Signature: x\r\n\r\n" % (len(body), body)
    assert say_raw(hook.port, chunked) == [200]
    good = hook.sign(body)
    for value in (good + ", " + good, "sha256=sha256=" + good, good[:-1] + "\0", good + "00", "\u202e" + good, good * 1000, "sha512=" + good, "'" + good + "'"):
        seen = say_raw(hook.port, f"POST {hook.path} HTTP/1.1\r\nHost: x\r\nX-Sahut-Signature: {value}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        assert 200 not in seen, (value[:80], seen)
    twice = f"POST {hook.path} HTTP/1.1\r\nHost: x\r\nX-Sahut-Signature: {'0' * 64}\r\nX-Sahut-Signature: {good}\r\nContent-Length: {len(body)}\r\n\r\n"
    assert 200 not in say_raw(hook.port, twice.encode() + body)
    for i in (1, 1000):
        large = b"".join(b"X-%d: %s\r\n" % (k, b"a" * (100000 // i)) for k in range(i))
        assert 200 not in say_raw(hook.port, line + large + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert daemon.running() and hook.tell("conv_plain") == 200


def test_events_are_taken_while_the_database_waits(hooked, cluster):
    sandbox, etl, _, hook = hooked(register=False)
    connection = cluster.connect(etl.dbname)
    connection.autocommit = False
    try:
        with connection.cursor() as cursor:
            cursor.execute("lock table sahut.conversation in access exclusive mode")
            (changed,) = sandbox.change("reopen")
            assert hook.tell(changed) == 200
            wait_for(lambda: cluster_waits(cluster, etl), "the daemon that waits for the table")
            for i in range(20):
                assert hook.tell(f"conv_meanwhile{i}") == 200
            assert hook.post(b"{}", "0" * 64) == 401
    finally:
        connection.rollback()
        connection.close()
    wait_for(lambda: status_of(etl, changed) == "open", "the row")


def descendants(pid):
    """The processes of a PostgreSQL server, its postmaster first."""
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [pid, *map(int, f.read().split())]


@pytest.mark.parametrize("frozen", ["backends", "server"])
def test_events_are_taken_while_the_database_is_frozen(hooked, cluster, frozen):
    """Stopped in the middle: no answer, no refusal, and none to whoever connects anew. 2 s is the promise; the median's is 100 ms."""
    sandbox, etl, daemon, hook = hooked(register=False)
    with open(os.path.join(cluster.data, "postmaster.pid")) as f:
        postmaster = int(f.readline())
    backends = [r[0] for r in etl.sql("select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")]
    stopped = backends if frozen == "backends" else descendants(postmaster)
    assert len(stopped) >= 1
    took = []
    try:
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        (changed,) = sandbox.change("reopen")
        assert hook.tell(changed) == 200
        sandbox_asked = sandbox.stats()["requests"]
        # The hint is due, and the daemon waits for the database, all the while.
        until = time.monotonic() + 5
        while time.monotonic() < until:
            began = time.monotonic()
            assert hook.tell(f"conv_meanwhile{len(took)}") == 200
            took.append(time.monotonic() - began)
            began = time.monotonic()
            assert hook.post(b"{}", "0" * 64) == 401
            took.append(time.monotonic() - began)
            time.sleep(0.02)
        assert sandbox.stats()["requests"] == sandbox_asked
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    took.sort()
    print(f"{len(took)} events; median {took[len(took) // 2] * 1000:.1f} ms, longest {took[-1] * 1000:.0f} ms")
    assert took[-1] < 2
    wait_for(lambda: status_of(etl, changed) == "open", "the row", 60)


def say_for(hook, seconds, done=lambda: False):
    """Signed and unsigned events by turns, each answered as it should be: how long each took, sorted."""
    took, until = [], time.monotonic() + seconds
    while not took or (time.monotonic() < until and not done()):
        for signature, status in ((None, 200), ("0" * 64, 401)):
            began = time.monotonic()
            assert hook.post({"id": f"conv_meanwhile{len(took)}"}, signature) == status
            took.append(time.monotonic() - began)
        time.sleep(0.02)
    took.sort()
    print(f"{len(took)} events; median {took[len(took) // 2] * 1000:.1f} ms, longest {took[-1] * 1000:.0f} ms")
    return took


def test_events_are_taken_while_the_database_is_slow(pair, daemons, cluster, tmp_path):
    """Each of its answers takes a third of a second, so that a cycle takes half a minute."""
    hook = Webhook(tmp_path)
    sandbox, etl = pair(conversations=300, workspace={"schedule": SELDOM, "webhook": hook.conf()})
    etl.run("sync")
    slow = Proxy(os.path.join(cluster.dir, f".s.PGSQL.{cluster.port}"))
    try:
        slow.spoil(wire.trickle, piece=wire.CHUNK, seconds=0.3, times=0)
        etl.conninfo = f"host=127.0.0.1 port={slow.port} user=postgres dbname={etl.dbname} sslmode=disable gssencmode=disable"
        etl.write()
        daemons(etl)
        wait_for(lambda: tells(hook, "conv_x"), "the listener")
        ids = sandbox.change("update", n=5)
        assert hook.tell(*ids) == 200
        there = {i["id"]: i["updated_at"] for i in sandbox.dump()["conversations"] if i["id"] in ids}
        took = say_for(hook, 60, lambda: all(etl.one("select updated_at = %s::timestamptz from sahut.conversation where id = %s", at, i)
                                              for i, at in there.items()))
        assert took[-1] < 2
    finally:
        slow.stop()


def read_only(at):
    at.sql(f"alter database {at.etl.dbname} set default_transaction_read_only = on", f"alter database {at.etl.dbname} reset default_transaction_read_only")
    at.sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
           "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")


@pytest.mark.parametrize("refuses", [disk_full, read_only], ids=["disk_full", "read_only"])
def test_events_are_taken_while_the_database_refuses_writes(hooked, cluster, refuses):
    """They are kept in memory, and what they spoke of is there when it writes again."""
    sandbox, etl, daemon, hook = hooked(register=False)
    at = types.SimpleNamespace(cluster=cluster, etl=etl, healing=[])

    def run(statement):
        # From without, where nothing is read-only; and each by itself, since a tablespace is made in no transaction.
        if not statement.startswith("alter database"):
            return etl.sql(statement)
        connection = cluster.connect()
        connection.cursor().execute(statement)
        connection.close()

    def sql(do, undo):
        run(do)
        at.healing.append(lambda: run(undo))
    at.sql = sql
    try:
        refuses(at)
        ids = sandbox.change("update", n=250)
        assert hook.tell(*ids[:4]) == 200
        say_for(hook, 30, lambda: etl.one("select count(*) from sahut_etl.run where kind = 'hinted' and state = 'failed'") > 0
                or "level=error" in daemon.text() or "level=warning" in daemon.text())
        assert "level=error" in daemon.text() or "level=warning" in daemon.text()
        assert say_for(hook, 2)[-1] < 2
    finally:
        for heal in reversed(at.healing):
            heal()
    there = {i["id"]: i["updated_at"] for i in sandbox.dump()["conversations"] if i["id"] in ids}
    wait_for(lambda: all(etl.one("select updated_at = %s::timestamptz from sahut.conversation where id = %s", there[i], i) for i in ids[:4]), "the rows", 150)


def cluster_waits(cluster, etl):
    return etl.one("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0


def test_events_are_taken_without_a_database(pair, daemons, tmp_path):
    hook = Webhook(tmp_path)
    sandbox, etl = pair(conversations=100, workspace={"schedule": SELDOM, "webhook": hook.conf()})
    good = etl.conninfo
    etl.conninfo = "host=127.0.0.1 port=9 dbname=nowhere connect_timeout=2"
    etl.write()
    daemon = daemons(etl)
    daemon.wait_text("127.0.0.1")
    assert hook.tell("conv_before_anything") == 200
    assert hook.post(b"{}", "0" * 64) == 401
    etl.conninfo = good
    etl.write()
    daemon.send(signal.SIGHUP)
    loaded(etl, 100)
    (changed,) = sandbox.change("reopen")
    assert hook.tell(changed) == 200
    wait_for(lambda: status_of(etl, changed) == "open", "the row")


def test_a_kill_loses_hints_and_nothing_else(hooked, daemons):
    sandbox, etl, daemon, hook = hooked(register=False)
    (lost,) = sandbox.change("reopen")
    assert hook.tell(lost) == 200
    daemon.kill()
    with pytest.raises(OSError):
        hook.tell(lost)
    daemons(etl)
    wait_for(lambda: status_of(etl, lost) == "open", "what the first cycle sees")
    (changed,) = sandbox.change("reopen")
    wait_for(lambda: tells(hook, changed), "the listener")
    wait_for(lambda: status_of(etl, changed) == "open", "the row")


def tells(hook, conversation):
    try:
        return hook.tell(conversation) == 200
    except OSError:
        return False


def test_a_failure_brings_the_hints_back(hooked):
    sandbox, etl, _, hook = hooked(register=False, order="id_asc")
    (changed,) = sandbox.change("reopen")
    sandbox.fault("status", match="get", status=503, times=4)
    assert hook.tell(changed) == 200
    wait_for(lambda: status_of(etl, changed) == "open", "the row", 120)


def test_two_secrets_are_in_force_while_one_is_replaced(hooked):
    _, _, _, hook = hooked(register=False)
    body = b'{"data":{"id":"conv_x"}}'
    old, new = hook.sign(body, "whsec_old"), hook.sign(body, "whsec_new")
    hook.keep("whsec_old")
    wait_for(lambda: hook.post(body, old) == 200, "the first secret")
    assert hook.post(body, new) == 401
    hook.keep("whsec_new wh_2", "whsec_old")
    wait_for(lambda: hook.post(body, new) == 200, "the second secret")
    assert hook.post(body, old) == 200
    hook.keep("whsec_new wh_2")
    wait_for(lambda: hook.post(body, old) == 401, "the end of the first")
    assert hook.post(body, new) == 200
    os.unlink(hook.file)
    wait_for(lambda: hook.post(body, new) == 401, "the end of both")


def test_a_secret_that_others_may_read_is_none(hooked):
    _, _, daemon, hook = hooked(register=False)
    body = b"{}"
    os.chmod(hook.file, 0o644)
    wait_for(lambda: hook.post(body) == 401, "the refusal")
    daemon.wait_text("others may read it")
    os.chmod(hook.file, 0o600)
    wait_for(lambda: hook.post(body) == 200, "the secret")
    assert hook.secret not in daemon.text()


def test_workspaces_share_an_address(sandboxes, warehouse, daemons, tmp_path):
    first = Webhook(tmp_path)
    second = Webhook(tmp_path, "kedua", first.port, "whsec_of_the_second")
    sandbox = sandboxes(conversations=100, workspaces=["key=sk_live_second,conversations=100,seed=7"])
    etl = warehouse(sandbox.base_url, schedule=SELDOM, webhook=first.conf())
    etl.add("kedua", sandbox.base_url, key="sk_live_second", schedule=SELDOM, webhook=second.conf())
    etl.run("sync")
    daemons(etl)
    wait_for(lambda: tells(first, "conv_x") and tells(second, "conv_x"), "both paths")
    first.register(sandbox)
    second.register(sandbox, key="sk_live_second")
    body = b"{}"
    assert second.post(body, first.sign(body)) == 401
    (one,), (two,) = sandbox.change("reopen"), sandbox.change("reopen", key="sk_live_second")
    wait_for(lambda: status_of(etl, one) == "open" and status_of(etl, two) == "open", "both rows")


def test_a_reload_moves_the_listener(hooked, tmp_path):
    _, etl, daemon, hook = hooked(register=False)
    moved = Webhook(tmp_path)
    etl.workspaces[0]["webhook"] = moved.conf()
    etl.write()
    daemon.send(signal.SIGHUP)
    wait_for(lambda: tells(moved, "conv_x"), "the new address")
    with pytest.raises(OSError):
        hook.tell("conv_x")
    del etl.workspaces[0]["webhook"]
    etl.write()
    daemon.send(signal.SIGHUP)
    wait_for(lambda: not tells(moved, "conv_x"), "silence")


def test_an_address_that_is_taken_stops_nothing_else(pair, daemons, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        hook = Webhook(tmp_path, port=taken.getsockname()[1])
        _, etl = pair(conversations=100, workspace={"webhook": hook.conf()})
        daemon = daemons(etl)
        loaded(etl, 100)
        daemon.wait_text("webhook.listen: cannot listen")


def test_nothing_of_an_event_is_logged_or_kept(hooked):
    sandbox, etl, daemon, hook = hooked(register=False)
    assert hook.post({"event": "message.created", "data": {"conversation_id": "conv_x", "content": "MARKER-TEXT"}}) == 200
    assert hook.post({"event": "message.created", "content": "MARKER-TEXT"}, "0" * 64) == 401
    wait_for(lambda: hinted_runs(etl) == 1, "the look")
    assert "MARKER" not in daemon.text()
    assert "MARKER" not in json.dumps(etl.sql("select * from sahut_etl.run"), default=str)


def test_an_event_of_a_message_brings_the_message_too(hooked):
    """Also where it moves nothing that a cycle would see: the hint is followed, and then the messages of that conversation are read."""
    sandbox, etl, _, _ = hooked(conversations=60, resolved=50, workspace={"messages": "{read: replies, since: 3650d, share: 50%}"})
    wait_for(lambda: etl.one("select count(*) from sahut_etl.message_reading where read_at is not null") == 60, "all messages", 60)
    ids = [r[0] for r in etl.sql("select conversation_id from sahut_etl.message_reading where is_unresolved order by 1 limit 3")]
    for one, moves in zip(ids, (True, False, False)):
        sandbox.control("message", {"id": one, "type": "incoming", "moves": moves})
        if not moves:
            sandbox.control("event", {"event": "message.created", "id": one})
    last = {one: sandbox.control("messages")[one][-1]["id"] for one in ids}
    wait_for(lambda: dict(etl.sql("select conversation_id, id from sahut.message where id = any(%s)", list(last.values()))) == last, "the messages")
    assert etl.one("select count(*) from sahut_etl.run where kind = 'incremental' and state = 'ok'") == 0


def test_bodies_of_any_form_cost_a_look_at_most(hooked):
    """Deep ones, ids inside of texts, ids that are escaped or cut off, and ten thousand at once."""
    sandbox, etl, _, hook = hooked(register=False)
    assert hook.post(b"[" * 100000 + b'"conv_deep"' + b"]" * 100000) == 200
    for nothing in (b'{"text":"please look at conv_inside now"}', b'{"id":"conv_\\u0061bc"}', b'"conv_half', b'{"id":"conv_"}', b"", b"\x00" * 1000,
                    b'{"id":"conv_a/../b"}', b'{"id":"CONV_A"}'):
        assert hook.post(nothing) == 200
    wait_for(lambda: hinted_runs(etl) == 1, "the look at the deep one")
    assert sandbox.stats()["by_kind"]["get"] == sandbox.stats()["requests"] == 1
    assert hook.post({"data": [f"conv_{i}" for i in range(10000)]}) == 200
    wait_for(lambda: hinted_runs(etl) == 2, "one cycle for all of them")
    assert sandbox.stats()["requests"] <= 5
    assert etl.one("select count(*) from sahut_etl.rejected_item") == 0


def test_an_id_of_another_workspace_is_nothing(sandboxes, warehouse, daemons, tmp_path):
    hook = Webhook(tmp_path)
    sandbox = sandboxes(conversations=60, workspaces=["key=sk_live_second,conversations=60,seed=7"])
    etl = warehouse(sandbox.base_url, schedule=SELDOM, webhook=hook.conf())
    etl.add("kedua", sandbox.base_url, key="sk_live_second", schedule=SELDOM)
    etl.run("sync")
    daemons(etl)
    wait_for(lambda: tells(hook, "conv_x"), "the listener")
    before = etl.sql("select workspace_id, count(*) from sahut.conversation group by 1 order by 1")
    other = etl.one("select c.id from sahut.conversation c join sahut_etl.workspace w on w.id = c.workspace_id where w.name = 'kedua' order by 1 limit 1")
    runs = hinted_runs(etl)
    assert hook.tell(other) == 200
    wait_for(lambda: hinted_runs(etl) > runs, "the look")
    assert etl.sql("select workspace_id, count(*) from sahut.conversation group by 1 order by 1") == before
    assert etl.one("select count(*) from sahut_etl.rejected_item") == 0
    assert etl.one("select deleted_at from sahut.conversation where id = %s", other) is None

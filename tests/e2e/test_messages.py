# SPDX-License-Identifier: MIT
"""Messages: read in the part of the quota that is left over, equal to the sandbox's, and nothing of their content anywhere."""
import json
import os
import re
import subprocess
import time
import urllib.request
import zipfile

import pytest

from conftest import BUILD
from daemon import loaded, wait_for
from webhook import Webhook, free_port

KINDS = {"application", "audio", "font", "image", "model", "text", "video"}
ALL = "{read: all, since: 3650d, share: 100%}"
REPLIES = "{read: replies, since: 3650d, share: 100%}"


def facts(item):
    """What may be known of a message, worked out from what the API shows."""
    sender = item["sender"] or {}
    kinds = {a["content_type"].split("/")[0] for a in item["attachments"]}
    note = any(item.get(k) is True for k in ("private", "internal", "note")) or item["type"] in ("private", "internal", "note")
    return (item["id"], item["type"], note, sender.get("type"), sender.get("id"), item["created_at"],
            None if item["content"] is None else len(item["content"]), len(item["attachments"]),
            sorted({k if k in KINDS else "other" for k in kinds}))


def is_good(item):
    return item["created_at"][:1].isdigit()


def expected(sandbox, all_kinds):
    truth = {}
    for conversation, items in sandbox.control("messages").items():
        for place, item in enumerate(items, 1):
            if is_good(item) and (all_kinds or (item["type"] != "activity" and not facts(item)[2])):
                truth[conversation, place] = facts(item)
    return truth


def held(etl):
    return {(r[0], r[1]): r[2:] for r in etl.sql("""
        select conversation_id, place, id, type, is_note, sender_type, sender_id,
            to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), text_length, attachment_count, attachment_kinds
        from sahut.message where removed_at is null""")}


def assert_equal(etl, sandbox, all_kinds=True):
    truth, have = expected(sandbox, all_kinds), held(etl)
    assert len(truth) > 0
    wrong = [(k, truth.get(k), have.get(k)) for k in sorted(truth.keys() | have.keys()) if truth.get(k) != have.get(k)]
    assert not wrong, (len(wrong), wrong[:3])


def state(etl, columns):
    return etl.sql(f"select {columns} from sahut_etl.message_state")[0]


@pytest.fixture
def pair(sandboxes, warehouse):
    def make(messages=ALL, conversations=200, **options):
        sandbox = sandboxes(conversations=conversations, **options)
        return sandbox, warehouse(sandbox.base_url, messages=messages)
    return make


@pytest.mark.parametrize("messages, all_kinds", [(ALL, True), (REPLIES, False)])
def test_messages_equal_the_source(pair, messages, all_kinds):
    sandbox, etl = pair(messages)
    etl.run("sync")
    assert held(etl) == {}
    etl.run("sync", "--messages")
    assert_equal(etl, sandbox, all_kinds)
    assert etl.one("select count(*) from sahut_etl.message_reading where due_reason is not null") == 0
    assert etl.one("select count(*) from sahut_etl.message_reading where read_at is not null") == 200
    assert state(etl, "history_done") == (True,)


def test_nothing_is_read_where_nothing_is_configured(pair):
    sandbox, etl = pair(messages="{read: \"off\"}")
    etl.run("sync")
    etl.run("sync", "--messages")
    assert sandbox.stats()["by_kind"]["messages"] == 0
    assert etl.one("select count(*) from sahut_etl.message_reading") == 0


def test_only_what_changed_is_read_again_and_from_where_it_was_left(pair):
    sandbox, etl = pair(conversations=300, order="updated_desc")
    etl.run("sync")
    etl.run("sync", "--messages")
    first = etl.one("select sum(requests) from sahut_etl.run where kind = 'messages'")
    long = etl.one("select conversation_id from sahut_etl.message_reading where message_count > 100 order by 1 limit 1")
    for kind in ("outgoing", "incoming"):
        sandbox.control("message", {"id": long, "type": kind})
    sandbox.control("clock", {"advance": 300})
    etl.run("sync")
    etl.run("sync", "--messages")
    assert_equal(etl, sandbox)
    assert etl.one("select sum(requests) from sahut_etl.run where kind = 'messages'") - first <= 2
    assert state(etl, "shrunk_count") == (0,)


def test_a_list_that_does_not_grow_at_its_end_is_read_anew(pair):
    sandbox, etl = pair()
    etl.run("sync")
    etl.run("sync", "--messages")
    ids = [r[0] for r in etl.sql("select conversation_id from sahut_etl.message_reading where message_count > 5 order by 1 limit 2")]
    sandbox.control("message", {"id": ids[0], "remove": 2})
    sandbox.control("message", {"id": ids[1], "type": "outgoing", "ago": 86400 * 300})
    sandbox.control("clock", {"advance": 300})
    etl.run("sync")
    etl.run("sync", "--messages")
    assert_equal(etl, sandbox)
    assert state(etl, "shrunk_count") == (2,)
    assert etl.one("select count(*) from sahut.message where removed_at is not null") == 1


def test_a_message_that_cannot_be_read_keeps_the_names_of_its_members(pair):
    sandbox, etl = pair(marker="geheim")
    etl.run("sync")
    one = etl.one("select id from sahut.conversation where status <> 'resolved' order by 1 limit 1")
    sandbox.control("message", {"id": one, "type": "bad"})
    etl.run("sync", "--messages")
    assert_equal(etl, sandbox)
    [(reason, members)] = etl.sql("select reason, members from sahut_etl.rejected_message")
    assert reason == "$.created_at: a time such as 2024-03-15T08:30:00Z was expected"
    assert members == ["id", "type", "content", "sender", "attachments", "reply_to", "created_at"]
    assert etl.one("select rejected_count from sahut_etl.message_reading where conversation_id = %s", one) == 1


def test_a_conversation_without_messages_is_left_alone_and_so_is_one_that_fails(pair):
    sandbox, etl = pair()
    etl.run("sync")
    sandbox.fault("status", match="messages", times=1, status=404)
    sandbox.fault("status", match="messages", times=1, status=422)
    etl.run("sync", "--messages")
    assert state(etl, "gone_count") == (1,)
    assert etl.one("select count(*) from sahut_etl.message_reading where not_before is not null") == 1
    assert etl.one("select count(*) from sahut_etl.message_reading where read_at is not null") == 198


def test_under_all_what_was_read_for_replies_is_read_once_more(pair):
    sandbox, etl = pair(REPLIES)
    etl.run("sync")
    etl.run("sync", "--messages")
    etl.workspaces[0]["messages"] = ALL
    etl.write()
    etl.run("sync")
    etl.run("sync", "--messages")
    assert_equal(etl, sandbox)
    assert etl.one("select bool_and(keeps_all) from sahut_etl.message_reading") is True


def test_since_is_kept(pair):
    sandbox, etl = pair("{read: all, since: 30d, share: 100%}", days=90)
    etl.run("sync")
    etl.run("sync", "--messages")
    assert etl.sql("""select distinct c.updated_at >= w.seen_at - interval '30 days' or c.status <> 'resolved', r.conversation_id is not null
        from sahut.conversation c join sahut_etl.workspace w on true
        left join sahut_etl.message_reading r on r.conversation_id = c.id order by 1""") == [(False, False), (True, True)]


def test_it_is_learned_whether_a_message_moves_its_conversation(pair):
    sandbox, etl = pair()
    etl.run("sync")
    etl.run("sync", "--messages")
    moved, unmoved = state(etl, "moved_count, unmoved_count")
    assert moved > 20 and unmoved == 0
    for (one,) in etl.sql("select id from sahut.conversation where status <> 'resolved' order by 1 limit 4"):
        sandbox.control("message", {"id": one, "type": "incoming", "moves": False})
        etl.sql("select sahut_etl.make_messages_due(1, array[%s])", one)
    sandbox.control("clock", {"advance": 600})
    etl.run("sync")
    etl.run("sync", "--messages")
    assert state(etl, "unmoved_count") == (4,)
    assert_equal(etl, sandbox)


def test_an_erased_contact_sends_no_message(pair):
    sandbox, etl = pair()
    etl.run("sync")
    etl.run("sync", "--messages")
    contact, conversation = etl.sql("""select sender_id, conversation_id from sahut.message where sender_type = 'contact'
        order by 1 limit 1""")[0]
    etl.run("erase", contact)
    assert etl.one("select count(*) from sahut.message where sender_id = %s", contact) == 0
    sandbox.control("message", {"id": conversation, "remove": 1})
    sandbox.control("clock", {"advance": 300})
    etl.run("sync")
    etl.run("sync", "--messages")
    assert etl.one("select count(*) from sahut.message where sender_id = %s", contact) == 0


MARKER = "Q7zKmarker"


def test_no_byte_of_content_is_anywhere(pair, tmp_path):
    """In the warehouse's dump, on any stream, in the log, in a report, in a file, in what was rejected."""
    sandbox, etl = pair(marker=MARKER, conversations=120)
    etl.run("sync")
    one = etl.one("select id from sahut.conversation where status <> 'resolved' order by 1 limit 1")
    for kind in ("bad", "strange", "note", "incoming"):
        sandbox.control("message", {"id": one, "type": kind})
    sandbox.fault("status", match="messages", after=3, times=1, status=500)
    done = etl.run("-v", "sync", "--messages")
    said = done.stdout + done.stderr
    reports = [["report", topic, "--format", form, "--output", str(tmp_path / f"{topic}.{form}")]
               for topic in ("replies", "volume", "workload", "freshness", "conversations")
               for form in ("table", "csv", "json", "html", "xlsx") if topic != "conversations" or form in ("csv", "json", "xlsx")]
    for command in (["status"], ["status", "--json"], ["plan"], ["check"], ["verify", "--json"], ["config"], ["explain", one], ["rejected"], ["rejected", "--json"], ["report", "volume", "--format", "html"],
                    ["report", "workload", "--format", "json"], *reports):
        again = etl.run(*command, expect=None)
        said += again.stdout + again.stderr
    dump = subprocess.run(["pg_dump", "-d", etl.conninfo], capture_output=True, text=True)
    assert dump.returncode == 0, dump.stderr
    assert "msg_" in dump.stdout
    for directory in (tmp_path, etl.dir):
        for path in (os.path.join(d, f) for d, _, files in os.walk(directory) for f in files):
            with open(path, "rb") as f:
                assert MARKER.encode() not in f.read(), path
            # A workbook is packed.
            if path.endswith(".xlsx"):
                with zipfile.ZipFile(path) as book:
                    assert all(MARKER.encode() not in book.read(name) for name in book.namelist()), path
    assert sum(p.suffix == ".xlsx" for p in tmp_path.iterdir()) == 5
    assert MARKER not in said
    assert MARKER not in dump.stdout
    assert MARKER in json.dumps(sandbox.control("messages"))


# ---- the daemon ----

def found_in_memory(pid, marker):
    """How often the marker stands in memory that the process may write."""
    n = 0
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        for line in maps:
            span = re.match(r"(\w+)-(\w+) rw", line)
            begin, end = (int(span[1], 16), int(span[2], 16)) if span else (0, 0)
            # What a sanitizer maps for its own books is terabytes.
            if 0 < end - begin < 1 << 30:
                memory.seek(begin)
                n += memory.read(end - begin).count(marker)
    return n


def test_no_byte_of_content_stays_in_memory(sandboxes, warehouse, daemons, tmp_path):
    """Neither of a page of messages nor of an event, in no buffer of ours or of a library's."""
    hook = Webhook(tmp_path)
    sandbox = sandboxes(marker=MARKER, conversations=60)
    etl = warehouse(sandbox.base_url, messages=ALL, schedule="{incremental: 1h, verify: 1d}", webhook=hook.conf())
    daemon = daemons(etl)
    loaded(etl, 60)
    wait_for(lambda: etl.one("select count(*) from sahut_etl.message_reading where read_at is not null") == 60, "all messages", 60)
    for _ in range(5):
        assert hook.post({"event": "message.created", "data": {"content": MARKER * 100}}) == 200
        assert hook.post({"event": "message.created", "data": {"content": MARKER * 100}}, "0" * 64) == 401
    assert found_in_memory(daemon.pid, b"conv_") > 0
    # An answer is with its sender a moment before its request is wiped.
    wait_for(lambda: found_in_memory(daemon.pid, MARKER.encode()) == 0, "the last request to be wiped", 10)


def test_a_daemon_shows_no_byte_of_content_either(sandboxes, warehouse, daemons, tmp_path):
    """With events that carry messages, in the log at its most talkative, on the page of metrics, in the warehouse; and no core can be made."""
    hook, port = Webhook(tmp_path), free_port()
    sandbox = sandboxes(marker=MARKER, conversations=60)
    etl = warehouse(sandbox.base_url, messages=ALL, schedule="{incremental: 5s, verify: 15m}", webhook=hook.conf())
    etl.extra = f'metrics: {{listen: "127.0.0.1:{port}", textfile: {tmp_path}/sahut.prom}}\nlog: {{level: debug}}\n'
    etl.write()
    daemon = daemons(etl)
    loaded(etl, 60)
    hook.register(sandbox)
    one = etl.one("select id from sahut.conversation where status <> 'resolved' order by 1 limit 1")
    for kind in ("bad", "strange", "incoming"):
        sandbox.control("message", {"id": one, "type": kind})
    assert hook.post({"event": "message.created", "data": {"conversation_id": one, "content": MARKER}}, "0" * 64) == 401
    wait_for(lambda: etl.one("select count(*) from sahut_etl.rejected_message") == 1, "the message that is none", 60)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as page:
        assert MARKER not in page.read().decode()
    with open(f"/proc/{daemon.pid}/limits") as f:
        assert re.search(r"(?m)^Max core file size +0 +0 ", f.read())
    daemon.end()
    assert MARKER not in daemon.text()
    dump = subprocess.run(["pg_dump", "-d", etl.conninfo], capture_output=True, text=True)
    assert "msg_" in dump.stdout and MARKER not in dump.stdout
    for path in tmp_path.iterdir():
        assert path.is_dir() or MARKER not in path.read_text()



def test_nobody_looks_into_the_process(sandboxes, warehouse, daemons):
    """Not even another process of its user; an ordinary process lets that one look."""
    if os.geteuid() != 0:
        pytest.skip("only root can give up rights that it has")
    without_rights = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
    etl = warehouse(sandboxes(conversations=60).base_url, messages=ALL)
    daemon = daemons(etl, program=without_rights)
    loaded(etl, 60)

    def looks_into(pid):
        return subprocess.run([*without_rights, "head", "-c", "1", f"/proc/{pid}/environ"], capture_output=True).returncode == 0

    with subprocess.Popen([*without_rights, "sleep", "60"]) as plain:
        wait_for(lambda: looks_into(plain.pid), "a process that everybody of its user may look into")
        assert not looks_into(daemon.pid)
        plain.kill()
    assert daemon.running()


def test_the_daemon_reads_while_nothing_else_is_due(sandboxes, warehouse, daemons):
    """With what others leave of the quota, and cycles of changes come as often as without messages."""
    sandbox = sandboxes(conversations=300, requests_per_minute=600)
    etl = warehouse(sandbox.base_url, messages="{read: all, since: 3650d, share: 50%}", requests_per_minute=600, reserve="0%",
                    schedule="{incremental: 5s, verify: 15m}")
    etl.run("sync")
    daemon = daemons(etl)
    wait_for(lambda: etl.one("select count(*) from sahut_etl.run where kind = 'incremental' and state = 'ok'") >= 4, "four cycles", 60)
    used = etl.one("select max(n) from (select sum(u) as n from sahut_etl.quota q cross join unnest(q.of_messages) u) x")
    daemon.end()
    assert 0 < used <= 300
    began = [r[0] for r in etl.sql("select began_at from sahut_etl.run where kind = 'incremental' order by id")]
    gaps = [(b - a).total_seconds() for a, b in zip(began, began[1:])]
    assert max(gaps[1:]) < 8, gaps
    assert etl.one("select count(*) from sahut_etl.run where state = 'failed'") == 0
    assert etl.one("select count(*) from sahut_etl.run where kind = 'messages'") >= 2


def test_history_leaves_a_part_of_the_share(pair):
    """To conversations that change: else their messages would wait until the window of the quota lets some go."""
    _, etl = pair()
    etl.run("sync")
    etl.sql("delete from sahut_etl.quota; delete from sahut_etl.run")

    def lease(spares, share=50, cap=48):
        return etl.one(f"select granted from sahut_etl.lease(1, 100, {cap}, null, 'messages', 0, {share}, {spares})")

    assert [lease(True), lease(True), lease(False), lease(False)] == [24 - 3, 0, 3, 0]
    # One alone is history's, too; and of nothing nothing is had.
    for share, cap, granted in ((50, 3, 1), (1, 48, 0), (100, 2, 1)):
        etl.sql("delete from sahut_etl.quota")
        assert lease(True, share, cap) == granted


def test_messages_that_cannot_be_had_are_no_trouble_of_the_workspace(sandboxes, warehouse, daemons):
    sandbox = sandboxes(conversations=100)
    etl = warehouse(sandbox.base_url, messages=ALL, schedule="{incremental: 5s, verify: 15m}")
    etl.run("sync")
    sandbox.fault("status", match="messages", times=100000, status=403)
    daemon = daemons(etl)
    wait_for(lambda: etl.one("select count(*) from sahut_etl.run where kind = 'messages' and state = 'failed'") >= 1, "a failure", 60)
    wait_for(lambda: etl.one("select count(*) from sahut_etl.run where kind = 'incremental' and state = 'ok'") >= 2, "two cycles", 60)
    assert etl.sql("select trouble, failures from sahut_etl.schedule") == [(None, 0)]
    daemon.end()
    sandbox.control("fault", method="DELETE")
    etl.run("sync", "--messages")
    assert_equal(etl, sandbox)


def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(sandboxes, warehouse):
    sandbox = sandboxes(conversations=150, latency=3)
    etl = warehouse(sandbox.base_url, messages=ALL)
    etl.run("sync")
    for i in range(12):
        process = etl.start("sync", "--messages")
        time.sleep(0.05 + 0.04 * i)
        etl.kill(process)
    etl.run("sync", "--messages")
    assert_equal(etl, sandbox)
    assert state(etl, "shrunk_count") == (0,)
    assert etl.sql("select conversation_id, place from sahut.message group by 1, 2 having count(*) > 1") == []


# ---- reports ----

def turns(sandbox):
    """Each customer's turn and the answer to it, worked out from what the API shows."""
    for conversation, items in sandbox.control("messages").items():
        said = [i for i in items if is_good(i) and i["type"] in ("incoming", "outgoing") and not facts(i)[2]]
        number, begun, before = 0, None, None
        for item in said:
            if item["type"] == "incoming" and before != "incoming":
                if begun:
                    yield begun
                number += 1
                begun = [conversation, number, item["created_at"], 0, None, None, None]
            if begun and item["type"] == "incoming":
                begun[3] += 1
            elif begun and begun[4] is None:
                begun[4], begun[5] = item["created_at"], item["sender"]["type"]
                begun[6] = item["sender"]["id"] if item["sender"]["type"] == "agent" else None
            before = item["type"]
        if begun:
            yield begun


def test_replies_equal_an_independent_computation(pair):
    sandbox, etl = pair(REPLIES, conversations=250, resolved=60)
    etl.run("sync")
    etl.run("sync", "--messages")
    utc = "to_char(%s at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    have = etl.sql(
        f"""select conversation_id, turn_no, {utc.replace('%s', 'from_at')}, customer_messages, {utc.replace('%s', 'reply_at')},
            replied_by, agent_id from sahut_report.replies order by conversation_id collate "C", turn_no""")
    expect = sorted(turns(sandbox), key=lambda t: (t[0], t[1]))
    assert [list(r) for r in have] == expect
    status = {c["id"]: c["status"] for c in sandbox.dump()["conversations"]}
    waiting = {t[0] for t in expect if t[4] is None and status[t[0]] != "resolved"}
    assert len(waiting) > 5
    assert {r[0] for r in etl.sql("select conversation_id from sahut_report.waiting_now")} == waiting
    # A day that is not over is not fully read.
    assert etl.sql("""select sum(turns), sum(answered), sum(waiting), bool_and(is_fully_read = (day < known_day)) from sahut_report.daily_replies
            cross join (select (active_as_of at time zone timezone)::date as known_day from sahut_etl.workspace) w""") == [
        (len(expect), sum(1 for t in expect if t[4]), len(waiting), True)]
    assert etl.one("select bool_and(reply_seconds = extract(epoch from reply_at - from_at)) from sahut_report.replies where reply_at is not null")
    assert etl.sql("select read_count, due_count, history_done from sahut_report.message_coverage") == [(250, 0, True)]


# ---- what people are told ----

def test_plan_and_status_say_how_far_it_is(sandboxes, warehouse):
    sandbox = sandboxes(conversations=300)
    etl = warehouse(sandbox.base_url, messages="{read: replies, since: 3650d, share: 50%}")
    etl.run("sync")
    etl.workspaces[0]["requests_per_minute"] = 60
    etl.write()
    said = etl.run("plan").stdout
    assert "messages of 300 conversations are to be read, with about 300 requests, " in said and "(50% of what is left over)" in said
    # 48 requests a minute less one for a cycle and five for a verify, half of the rest less a tenth, in windows of 63 s, less 24 rereadings
    # a day of what is not resolved: nothing is learned yet.
    unresolved = etl.one("select count(*) from sahut.conversation where status <> 'resolved'")
    left = (21 - 3) * 86400 // 63 - 24 * unresolved
    assert f"; done in about {300 * 1440 // left + 1}m 00s, or sooner where a message turns out to move updated_at." in said
    told = re.search(r"messages of 0 conversations are read, of (\d+) due, of (\d+) to come; whether a message moves updated_at is not known yet",
                     etl.run("status").stdout)
    assert int(told[1]) + int(told[2]) == 300 and int(told[1]) == etl.one("select count(*) from sahut.conversation where status <> 'resolved'")
    etl.workspaces[0]["messages"] = "{read: replies, since: 3650d, share: 1%}"
    etl.write()
    assert "; of the 42 requests a minute that are left over that is not one, so none are read: raise messages.share." in etl.run("plan").stdout
    etl.workspaces[0].update(requests_per_minute=1000000, messages="{read: replies, since: 3650d, share: 50%}")
    etl.write()
    etl.run("sync", "--messages")
    assert "messages of 300 conversations are read, of 0 due, of 0 to come; a message moves updated_at" in etl.run("status").stdout
    [row] = json.loads(etl.run("status", "--json").stdout)
    assert str(row["messages_read"]) == "300"
    assert "history is known back to" in etl.run("plan").stdout


def test_plan_counts_what_is_read_before_history(sandboxes, warehouse):
    """Conversations that change meanwhile are read again first: they cost time, or all of it."""
    sandbox = sandboxes(conversations=1000, resolved=95)
    etl = warehouse(sandbox.base_url, messages="{read: replies, since: 3650d, share: 50%}")
    etl.run("sync")
    ids = [c["id"] for c in sandbox.dump()["conversations"]]

    def plan(requests_per_minute=20):
        etl.workspaces[0]["requests_per_minute"] = requests_per_minute
        etl.write()
        said = etl.run("plan").stdout
        etl.workspaces[0]["requests_per_minute"] = 1000000
        etl.write()
        return said

    def minutes():
        said = re.search(r"; done in about (?:(\d+)d )?(?:(\d+)h )?(\d+)?", plan())
        return int(said[1] or 0) * 1440 + int(said[2] or 0) * 60 + int(said[3] or 0)

    def change(some):
        for one in some:
            sandbox.control("change", {"kind": "set", "id": one, "labels": ["changed"]})
        etl.run("sync")

    before = minutes()
    change(ids[:90])
    assert minutes() > before * 1.5
    change(ids[90:400])
    said = plan()
    assert "so history does not come to its end: raise messages.share, or take a larger plan" in said and "done in" not in said


@pytest.mark.parametrize("way", ["kill", "disconnect", "error"])
def test_cut_off_at_each_operation_it_goes_on(pair, way):
    """Calls of libpq and libcurl in a cycle that reads messages; the program is built with a fuse. Every fifth one: each run finds
    other work than the one before, so that in the end the calls of each kind have had their turn."""
    sandbox, etl = pair(conversations=60)
    sandbox.control("config", {"per_page_max": 20})
    etl.run("sync")
    ids = [r[0] for r in etl.sql("select id from sahut.conversation order by id limit 12")]
    n, burned = 0, True
    while burned:
        n += 5
        assert n < 1000
        for one in ids[n % 12::12]:
            sandbox.control("message", {"id": one, "type": "outgoing", "moves": False})
            etl.sql("select sahut_etl.make_messages_due(1, array[%s])", one)
        done = subprocess.run([os.path.join(BUILD, "sahut-etl-fused"), "-c", etl.config, "sync", "--messages"], capture_output=True, text=True,
                              timeout=60, env={**etl.environment(), "SAHUT_FUSE_AT": str(n), "SAHUT_FUSE_DO": way})
        burned = "fuse: " in done.stderr or done.returncode == -9
        assert done.returncode in {0, 65, 69, 75, -9}, (n, done.stderr)
    assert n > 20
    etl.run("sync", "--messages")
    assert_equal(etl, sandbox)
    assert state(etl, "shrunk_count") == (0,)

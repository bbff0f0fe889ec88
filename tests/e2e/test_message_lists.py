# SPDX-License-Identifier: MIT
"""Lists of messages as no reference describes them: replies, waiting and coverage say what is there, and nothing hangs."""
import datetime
import json
import os
import subprocess
import time
import urllib.parse

import pytest

from conftest import BUILD
from hostile import KEY, Answer, Hostile, look

ALL = "{read: all, since: 3650d, share: 100%}"
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def ago(minutes):
    return (NOW - datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def conversation(id, status="open", created=1000, updated=1):
    return json.dumps({"id": id, "status": status, "channel": {"id": "ch_1", "type": "whatsapp", "name": "Sales"}, "contact": {"id": "ct_1"},
                       "assignee": None, "labels": [], "created_at": ago(created), "updated_at": ago(updated)}).encode()


def message(id, kind="incoming", minutes=100, sender=None, **more):
    sender = sender or {"incoming": "contact", "outgoing": "agent"}.get(kind, "agent")
    return {"id": id, "type": kind, "content": "halo", "sender": {"type": sender, "id": f"{sender}_1"}, "attachments": [],
            "created_at": ago(minutes), **more}


class Talks(Hostile):
    """talks: the messages of each conversation; meta: what a page says of itself instead of the truth."""

    def __init__(self, talks, status="open"):
        self.talks, self.meta, self.touched = talks, {}, 0
        super().__init__([conversation(id, status) for id in talks])

    def answer(self, path):
        where, _, query = path.partition("?")
        if not where.endswith("/messages"):
            return super().answer(path)
        asked = {k: int(v[-1]) for k, v in urllib.parse.parse_qs(query).items()}
        rows = self.talks[urllib.parse.unquote(where.split("/")[3])]
        if callable(rows):
            rows = rows()
        size, page = min(asked["per_page"], 100), asked["page"]
        meta = {"total": len(rows), "page": page, "per_page": size, "total_pages": -(-len(rows) // size), **self.meta}
        return Answer(json.dumps({"data": rows[(page - 1) * size:page * size], "meta": {k: v for k, v in meta.items() if v is not None}}).encode())

    def touch(self, status=None):
        """As after a change of each."""
        self.touched += 1
        new = []
        for item in self.items:
            body = json.loads(item)
            new.append(json.dumps({**body, "status": status or body["status"], "updated_at": ago(1 - self.touched / 60)}).encode())
        self.items = new


@pytest.fixture
def talks(warehouse):
    servers = []

    def make(talk, messages=ALL, status="open", **settings):
        servers.append(Talks(talk, status))
        etl = warehouse(servers[-1].base_url, key=KEY, messages=messages, **settings)
        etl.run("sync")
        etl.run("sync", "--messages", timeout=60)
        return servers[-1], etl

    yield make
    for server in servers:
        server.stop()


def again(server, etl, status=None):
    server.touch(status)
    etl.run("sync")
    etl.run("sync", "--messages", timeout=60)


def turns(etl, columns="turn_no, customer_messages, replied_by, is_waiting"):
    return etl.sql(f"select {columns} from sahut_report.replies order by conversation_id, turn_no")


def waiting(etl):
    return [r[0] for r in etl.sql("select conversation_id from sahut_report.waiting_now order by 1")]


def held(etl):
    return [r[0] for r in etl.sql("select id from sahut.message where removed_at is null order by conversation_id, place")]


def test_the_same_id_in_two_conversations_is_two_messages(talks):
    _, etl = talks({"conv_a": [message("msg_1"), message("msg_2", "outgoing", 90)], "conv_b": [message("msg_1")]})
    assert held(etl) == ["msg_1", "msg_2", "msg_1"]
    assert turns(etl) == [(1, 1, "agent", False), (1, 1, None, True)]
    assert waiting(etl) == ["conv_b"]


def test_a_message_that_is_shown_twice_is_one(talks):
    server, etl = talks({"conv_a": [message("msg_1"), message("msg_1"), message("msg_2", "outgoing", 90), message("msg_2", "outgoing", 90)]})
    assert held(etl) == ["msg_1", "msg_2"]
    assert turns(etl, "turn_no, customer_messages, reply_count") == [(1, 1, 1)]
    again(server, etl)
    assert held(etl) == ["msg_1", "msg_2"]


def test_a_customer_who_writes_five_times_waits_once(talks):
    _, etl = talks({"conv_a": [message(f"msg_{i}", minutes=100 - i) for i in range(5)]})
    assert turns(etl, "turn_no, customer_messages, from_at") == [(1, 5, NOW - datetime.timedelta(minutes=100))]
    assert waiting(etl) == ["conv_a"]


def test_a_bot_is_first_and_an_agent_is_second(talks):
    _, etl = talks({"conv_a": [message("msg_1"), message("msg_2", "outgoing", 99, "bot"), message("msg_3", "outgoing", 80)]})
    assert turns(etl, "replied_by, agent_id, reply_seconds, agent_reply_id, extract(epoch from agent_reply_at - from_at)::int") == [
        ("bot", None, 60, "agent_1", 1200)]
    assert etl.sql("select first_human_reply_id, reply_count from sahut_report.conversation_times") == [("agent_1", 2)]


def test_notes_of_any_kind_are_no_answers(talks):
    odd = [{"private": True}, {"internal": True}, {"note": True}]
    _, etl = talks({"conv_a": [message("msg_1"), *(message(f"msg_n{i}", "outgoing", 90, **o) for i, o in enumerate(odd)), message("msg_n9", "note", 80),
                               message("msg_n10", "private", 70)]})
    assert turns(etl) == [(1, 1, None, True)]
    # Members that are not true say nothing: an answer is an answer.
    _, etl = talks({"conv_b": [message("msg_1"), message("msg_2", "outgoing", 90, private="true", internal=1, note={"a": True})]})
    assert turns(etl) == [(1, 1, "agent", False)]


def test_senders_and_types_that_nobody_knows(talks):
    _, etl = talks({"conv_a": [message("msg_1"), message("msg_2", "reaction", 95), {**message("msg_3", "outgoing", 90), "sender": {"type": "robot", "id": "r_1"}}],
                    "conv_b": [message("msg_1"), {**message("msg_2", "outgoing", 90), "sender": None}],
                    "conv_c": [{**message("msg_1"), "sender": {"id": None, "type": None}}]})
    assert turns(etl, "conversation_id, replied_by, agent_id, is_waiting") == [
        ("conv_a", "robot", None, False), ("conv_b", "unknown", None, False), ("conv_c", None, None, True)]
    # They are told: behind another word for an answer nobody would have answered.
    words = ["reaction", "sender robot"]
    assert etl.one("select unknown_words from sahut_report.message_coverage") == words
    assert etl.status()["messages_unknown"] == "reaction, sender robot" and "reaction, sender robot" in etl.run("status").stdout
    assert etl.sql("select state, detail from sahut_report.health where item = 'messages'") == [("amber", "of types that nobody knows: reaction, sender robot")]


def test_a_message_without_an_id_is_named_and_leaves_its_day_open(talks):
    _, etl = talks({"conv_a": [message("msg_1"), message(None, "outgoing", 95), message("", "outgoing", 94), message(7, "outgoing", 93)]})
    assert held(etl) == ["msg_1"]
    assert etl.sql("select place, message_id, reason from sahut_etl.rejected_message order by place") == [
        (p, None, "$.id: a text that is neither empty nor too long was expected") for p in (2, 3, 4)]
    assert etl.one("select count(*) from sahut_report.message_days where is_fully_read and day >= (now() - interval '100 minutes')::date") == 0


def test_times_before_the_conversation_and_in_the_future(talks):
    _, etl = talks({"conv_a": [message("msg_1", minutes=100000), message("msg_2", "outgoing", 200000)],
                    "conv_b": [message("msg_1", minutes=-100000)], "conv_c": [message("msg_1", minutes=-100000), message("msg_2", "outgoing", 10)]})
    assert turns(etl, "conversation_id, reply_seconds, reply_business_seconds, waiting_seconds") == [
        ("conv_a", 0, 0, None), ("conv_b", None, None, 0), ("conv_c", 0, 0, None)]
    for view in ("daily_replies", "message_days", "message_coverage", "sla_results", "conversation_times"):
        etl.sql(f"select * from sahut_report.{view}")
    assert etl.one("select bool_or(is_fully_read) from sahut_report.daily_replies where day > current_date") is not True
    for form in ("table", "html", "json"):
        etl.run("report", "replies", "--format", form)


def test_a_list_in_another_order_and_one_that_shrinks_are_read_anew(talks):
    items = [message(f"msg_{i}", "incoming" if i % 3 else "outgoing", 100 - i) for i in range(30)]
    server, etl = talks({"conv_a": list(items)})
    for rows in (items[::-1], items[:10], items[5:], items):
        server.talks["conv_a"] = list(rows)
        again(server, etl)
        assert held(etl) == [m["id"] for m in rows]


@pytest.mark.parametrize("meta", [{"total": 3}, {"total": 1000}, {"total": None}, {"total": -1}, {"total": "many"}, {"per_page": 1}, {"per_page": 0},
                                  {"per_page": 100000}, {"page": 7}, {"total": 2**40}, {"total_pages": 1}, {"page": None, "per_page": None, "total": None}])
def test_meta_that_lies_ends_and_nothing_of_it_is_called_whole_that_is_not(talks, meta):
    items = [message(f"msg_{i:03}", "incoming" if i % 3 else "outgoing", 500 - i) for i in range(130)]
    server, etl = talks({"conv_a": []})
    server.talks["conv_a"], server.meta = items, meta
    server.touch()
    etl.run("sync")
    etl.run("sync", "--messages", timeout=60, expect=None)
    assert len(server.requests) < 60
    known = etl.one("select due_reason is null and read_at is not null from sahut_etl.message_reading")
    if known:
        assert held(etl) == [m["id"] for m in items]
    server.meta = {}
    etl.sql("update sahut_etl.message_reading set not_before = null")
    again(server, etl)
    assert held(etl) == [m["id"] for m in items]


def test_a_list_that_grows_under_the_reading_never_ends_it_wrongly(talks):
    rows = [message(f"msg_{i:04}", minutes=500) for i in range(150)]

    def growing():
        rows.append(message(f"msg_{len(rows):04}", minutes=500))
        return list(rows)

    server, etl = talks({"conv_a": growing})
    assert held(etl) == [m["id"] for m in rows[:len(held(etl))]]
    assert len(held(etl)) > 100


def test_a_body_that_is_deep_or_large_is_refused_and_the_next_is_read(talks):
    deep = {**message("msg_1"), "reply_to": json.loads("[" * 900 + "]" * 900)}
    large = {**message("msg_2"), "content": "x" * 300000}
    _, etl = talks({"conv_a": [deep, large, message("msg_3", "outgoing", 90)], "conv_b": [message("msg_1")]})
    assert {"msg_1"} <= set(held(etl)) and turns(etl, "conversation_id, is_waiting")[-1] == ("conv_b", True)


def test_a_reply_after_the_resolution_and_a_reopening(talks):
    server, etl = talks({"conv_a": [message("msg_1")]}, status="resolved")
    assert turns(etl) == [(1, 1, None, False)] and waiting(etl) == []
    server.talks["conv_a"].append(message("msg_2", "outgoing", 50))
    again(server, etl)
    assert turns(etl) == [(1, 1, "agent", False)]
    server.talks["conv_a"].append(message("msg_3", minutes=20))
    again(server, etl, "open")
    assert turns(etl) == [(1, 1, "agent", False), (2, 1, None, True)] and waiting(etl) == ["conv_a"]
    again(server, etl, "resolved")
    assert waiting(etl) == []


def test_messages_are_switched_off_and_on(talks):
    """Whoever waits is not known any more where messages are not read: nobody is shown as waiting."""
    server, etl = talks({"conv_a": [message("msg_1"), message("msg_n", "note", 95)]}, "{read: replies, since: 3650d, share: 100%}")
    assert held(etl) == ["msg_1"] and waiting(etl) == ["conv_a"]

    def read(how, since="3650d"):
        etl.workspaces[0]["messages"] = f'{{read: "{how}", since: {since}, share: 100%}}'
        etl.write()
        again(server, etl)

    read("all")
    assert held(etl) == ["msg_1", "msg_n"]
    read("off")
    assert waiting(etl) == [] and etl.one("select count(*) from sahut_report.message_coverage") == 0
    assert etl.one("select count(*) from sahut_report.replies where is_waiting") == 0
    server.talks["conv_a"].append(message("msg_2", "outgoing", 60))
    again(server, etl)
    assert turns(etl) == [(1, 1, None, False)]
    read("replies")
    assert turns(etl) == [(1, 1, "agent", False)]
    read("replies", "1d")
    read("replies", "30d")
    assert turns(etl) == [(1, 1, "agent", False)] and etl.one("select due_count from sahut_report.message_coverage") == 0


def test_a_conversation_that_is_gone_waits_for_nobody(talks):
    server, etl = talks({"conv_a": [message("msg_1")], "conv_b": [message("msg_1")]})
    assert waiting(etl) == ["conv_a", "conv_b"]
    server.items = [i for i in server.items if look(i, "id") != "conv_b"]
    del server.talks["conv_b"]
    for _ in range(2):
        etl.run("sync", "--full", expect=None)
    if etl.one("select deleted_at is not null from sahut.conversation where id = 'conv_b'"):
        assert waiting(etl) == ["conv_a"] and turns(etl, "conversation_id") == [("conv_a",)]


def test_a_zone_that_changes_moves_days_and_no_instant(talks):
    server, etl = talks({"conv_a": [message("msg_1"), message("msg_2", "outgoing", 90)]}, timezone="Asia/Jakarta")
    before = turns(etl, "from_at, reply_at, reply_seconds")
    etl.workspaces[0]["timezone"] = "Pacific/Kiritimati"
    etl.write()
    again(server, etl)
    assert turns(etl, "from_at, reply_at, reply_seconds") == before
    assert etl.one("select bool_and(from_day = (from_at at time zone 'Pacific/Kiritimati')::date) from sahut_report.replies")
    assert etl.one("select count(*) from sahut_report.message_days where day > (now() at time zone 'Pacific/Kiritimati')::date") == 0


def test_a_page_that_never_comes_to_its_end_does_not_hang(talks):
    began = time.monotonic()
    server, etl = talks({"conv_a": []})
    endless = iter(range(10**9))
    server.talks["conv_a"] = lambda: [message(f"msg_{next(endless)}") for _ in range(100)]
    server.meta = {"total": 10**6}
    again(server, etl)
    assert len(server.requests) < 60 and time.monotonic() - began < 60


def test_a_list_that_is_empty_now_leaves_nothing_behind(talks):
    """All its messages are gone at the source: nobody waits, nobody has answered, and the row of the conversation says so too."""
    server, etl = talks({"conv_a": [message("msg_1"), message("msg_2", "outgoing", 90), message("msg_3", minutes=80)], "conv_b": [message("msg_1")]})
    assert waiting(etl) == ["conv_a", "conv_b"]
    server.talks["conv_a"] = []
    again(server, etl)
    assert held(etl) == ["msg_1"] and waiting(etl) == ["conv_b"] and turns(etl, "conversation_id") == [("conv_b",)]
    assert etl.sql("""select first_customer_message_at, first_human_reply_at, reply_count, waiting_since from sahut_report.conversation_times
        where id = 'conv_a'""") == [(None, None, 0, None)]


def test_a_merged_conversation_has_its_turns_where_its_messages_are(talks):
    """Its messages come to stand in the middle of the other one's list: no turn is counted twice, and the waiting one is that of the list."""
    first = [message("msg_1", minutes=300), message("msg_4", "outgoing", 200)]
    server, etl = talks({"conv_a": list(first), "conv_b": [message("msg_2", minutes=290), message("msg_3", minutes=280)]})
    assert waiting(etl) == ["conv_b"]
    server.talks["conv_a"] = [first[0], message("msg_2", minutes=290), message("msg_3", minutes=280), first[1]]
    server.items = [i for i in server.items if look(i, "id") != "conv_b"]
    server.touch()
    for _ in range(3):
        etl.run("sync", "--full", expect=None)
    etl.run("sync", "--messages", timeout=60)
    assert turns(etl, "conversation_id, turn_no, customer_messages, extract(epoch from reply_at - from_at)::int")[:1] == [("conv_a", 1, 3, 6000)]
    if etl.one("select deleted_at is not null from sahut.conversation where id = 'conv_b'"):
        assert len(turns(etl)) == 1 and waiting(etl) == []


def test_an_answer_long_after_the_resolution_counts_with_its_time(talks):
    """METRICS says so: the turn had no answer until then."""
    server, etl = talks({"conv_a": [message("msg_1", minutes=50000), message("msg_2", "outgoing", 49990), message("msg_3", minutes=49980)]}, status="resolved")
    assert turns(etl) == [(1, 1, "agent", False), (2, 1, None, False)]
    server.talks["conv_a"].append(message("msg_4", "outgoing", 10))
    again(server, etl)
    assert turns(etl, "turn_no, reply_seconds") == [(1, 600), (2, 49970 * 60)]


def test_what_was_written_while_messages_were_off_is_found_where_nothing_moves(talks):
    """Neither updated_at nor status says that an agent has answered meanwhile: that a customer waits is not said beyond what was read, though
    messages had always moved updated_at; and it is read again."""
    server, etl = talks({"conv_a": [message("msg_1")], "conv_b": [message("msg_1")]})
    etl.sql("update sahut_etl.message_state set moved_count = 100")
    known = "select bool_and(k.known_until = r.read_at) from sahut_etl.message_known k join sahut_etl.message_reading r using (conversation_id)"

    def read(how):
        etl.workspaces[0]["messages"] = f'{{read: "{how}", since: 3650d, share: 100%}}'
        etl.write()
        etl.run("sync")

    assert etl.one("select count(*) from sahut_report.waiting_now where known_until >= (select active_as_of from sahut_etl.workspace)") == 2
    read("off")
    server.talks["conv_a"].append(message("msg_2", "outgoing", 5))
    server.touch()
    etl.run("sync")
    assert waiting(etl) == [] and etl.one(known)
    read("replies")
    assert waiting(etl) == ["conv_a", "conv_b"] and etl.one(known)
    etl.run("sync", "--messages", timeout=60)
    assert waiting(etl) == ["conv_b"]


def test_a_day_is_open_again_when_since_is_moved_back(talks):
    """History goes on from where it was; days that it has not passed are not called fully read."""
    server, etl = talks({"conv_a": [message("msg_1", minutes=60)], "conv_b": [message("msg_1", minutes=60 * 24 * 40)]}, "{read: replies, since: 10d, share: 100%}",
                        status="resolved")
    server.items = [i if look(i, "id") == "conv_a" else json.dumps({**json.loads(i), "created_at": ago(60 * 24 * 41), "updated_at": ago(60 * 24 * 40)}).encode()
                    for i in server.items]
    etl.run("sync", "--full", expect=None)
    etl.run("sync", "--messages", timeout=60)
    days = "select count(*) from sahut_report.message_days where is_fully_read and day <= (now() - interval '39 days')::date"
    assert etl.one(days) == 0
    etl.workspaces[0]["messages"] = "{read: replies, since: 100d, share: 100%}"
    etl.write()
    etl.run("sync")
    assert etl.one(days) == 0
    etl.run("sync", "--messages", timeout=60)
    assert ("conv_b", 1) in turns(etl, "conversation_id, turn_no") and etl.one(days) > 0


def test_an_agent_with_another_name_is_the_same_one(talks):
    server, etl = talks({"conv_a": [message("msg_1"), message("msg_2", "outgoing", 90)]})

    def named(name):
        server.items = [json.dumps({**json.loads(i), "assignee": {"id": "agent_1", "name": name}}).encode() for i in server.items]
        again(server, etl)
        return turns(etl, "agent_id, agent_name"), etl.sql("select distinct agent_name from sahut_report.daily_replies")

    assert named("Budi") == ([("agent_1", "Budi")], [("Budi",)])
    assert named("Budi Santoso") == ([("agent_1", "Budi Santoso")], [("Budi Santoso",)])


def test_an_api_that_changes_its_mind_about_updated_at_is_found_out(talks):
    """After a thousand messages that moved it, none does any more: twenty that did not are enough."""
    server, etl = talks({f"conv_{i:02}": [message("msg_1")] for i in range(25)})
    etl.sql("update sahut_etl.message_state set moved_count = 100000, unmoved_count = 0")
    moved = []
    for n in range(14):
        for id in server.talks:
            server.talks[id].append(message(f"msg_new{n}", minutes=0))
        # They changed before that, and all changes up to now are known.
        etl.sql("update sahut_etl.workspace set active_as_of = now(), complete_as_of = now()")
        etl.sql("select sahut_etl.make_messages_due(1, (select array_agg(id) from sahut.conversation))")
        etl.run("sync", "--messages", timeout=60)
        moved.append(etl.one("select sahut_etl.messages_move(moved_count, unmoved_count) from sahut_etl.message_state"))
    assert moved[0] is True and moved[-1] is False, moved


@pytest.mark.parametrize("change", ["one more near its beginning", "one less near its beginning"])
def test_a_list_that_is_half_read_anew_says_what_was_known_before(talks, change):
    """Killed at each operation while a list of three pages is read once more: its turns are those of the old list, or those of the new one."""
    items = [message(f"msg_{i:03}", "incoming" if i % 2 else "outgoing", 400 - i) for i in range(250)]
    server, etl = talks({"conv_a": list(items)})
    columns = "turn_no, customer_messages, from_at, reply_at, reply_count, is_waiting"
    wide = "select first_customer_message_at, reply_count, last_message_at, waiting_since from sahut_report.conversation_times"
    old = turns(etl, columns), etl.sql(wide)
    server.talks["conv_a"] = items[:1] + [message("msg_new", minutes=399)] + items[1:] if change.startswith("one more") else items[:1] + items[2:]
    server.touch()
    etl.run("sync")
    etl.sql("create table public.before as select * from sahut.message; create table public.reading as select * from sahut_etl.message_reading")
    seen, n, burned = [], 0, True
    while burned:
        n += 3
        done = subprocess.run([os.path.join(BUILD, "sahut-etl-fused"), "-c", etl.config, "sync", "--messages"], capture_output=True, text=True, timeout=60,
                              env={**etl.environment(), "SAHUT_FUSE_AT": str(n), "SAHUT_FUSE_DO": "kill"})
        burned = done.returncode == -9
        half = etl.one("select count(*) from sahut_etl.message_reading where message_count between 1 and 240 and reading > 1") == 1
        seen.append((half, (turns(etl, columns), etl.sql(wide))))
        # As before, so that the next one is cut a little later.
        if burned and half:
            etl.sql("""delete from sahut.message; insert into sahut.message select * from public.before;
                delete from sahut_etl.message_reading; insert into sahut_etl.message_reading select * from public.reading""")
    new = seen[-1][1]
    assert new != old and any(half for half, _ in seen)
    assert all(told in (old, new) for _, told in seen)

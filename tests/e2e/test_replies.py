# SPDX-License-Identifier: MIT
"""Replies, milestones, targets and their coverage equal a computation of their own: by hand, message for message, from the sandbox's dump."""
import datetime
import json
import math
import os
import random
import re
from zoneinfo import ZoneInfo

import pytest

from etl import usec
from test_messages import facts, is_good
from test_numbers import questions
from test_work_time import Reference, settings

ZONE = "Asia/Jakarta"
CARDS = os.path.join(os.path.dirname(__file__), "..", "..", "etc", "metabase")
HOURS = {"1-5": "08:00-12:00 13:00-17:00", "6": "20:00-02:00"}
MESSAGES = "{read: replies, since: 3650d, share: 100%}"
CONF = {"messages": MESSAGES, "timezone": ZONE,
        "business_hours": '{mon-fri: "08:00-12:00, 13:00-17:00", sat: "20:00-02:00"}',
        "channel_hours": '[{channel_type: whatsapp, hours: {mon-sun: "07:00-22:00"}}]',
        "targets": "[{metric: first_reply, within: 15m, channel_type: whatsapp}, {metric: first_reply, within: 2h}, "
                   "{metric: next_reply, within: 1h, pause: [pending, snoozed]}]"}


def said(items):
    """What a customer can see of a list: messages in and out, in its order."""
    return [i for i in items if is_good(i) and i["type"] in ("incoming", "outgoing") and not facts(i)[2]]


def turns(items):
    """[{begun, asked, answers}]: what a customer wrote until somebody answered, and the answers."""
    result = []
    for item in said(items):
        if item["type"] == "incoming":
            if not result or result[-1]["answers"]:
                result.append({"begun": usec(item["created_at"]), "asked": 0, "answers": [], "last": None})
            result[-1]["asked"] += 1
        elif result:
            result[-1]["answers"].append(item)
        if result:
            result[-1]["last"] = usec(item["created_at"])
    return result


def by(sender, answers):
    return next((a for a in answers if a["sender"] and a["sender"]["type"] == sender), None)


class Clock:
    """Seconds of business hours, by counting minutes."""

    def __init__(self, begin, days):
        begin = datetime.datetime.combine(begin, datetime.time(), datetime.timezone.utc)
        self.usual = Reference(ZONE, settings(HOURS), begin, days)
        self.whatsapp = Reference(ZONE, settings({"1-7": "07:00-22:00"}), begin, days)

    def seconds(self, channel, began, ended):
        return round((self.whatsapp if channel["type"] == "whatsapp" else self.usual).seconds(began, ended))


@pytest.fixture
def shop(sandboxes, warehouse):
    """A workspace that is loaded, with what was said since."""
    def make(seed=7, conversations=160, **options):
        chance = random.Random(seed)
        sandbox = sandboxes(conversations=conversations, resolved=40, days=20, seed=seed, ago="6h", **options)
        etl = warehouse(sandbox.base_url, **CONF)
        etl.run("sync")
        new = sandbox.change("create", 12)
        for step in range(8):
            for one in new:
                sandbox.control("message", {"id": one, "type": chance.choice(["incoming", "incoming", "outgoing", "bot", "note"])})
                if chance.random() < 0.4:
                    sandbox.control("change", {"kind": "set", "id": one, "status": chance.choice(["open", "pending", "snoozed", "resolved"])})
            sandbox.control("clock", {"advance": chance.randrange(200, 1500)})
            etl.run("sync")
        etl.run("sync", "--messages")
        return sandbox, etl
    return make


def known_until(etl):
    """When each list was read; of one that is not resolved also up to when it would be known that it changed, where a message tells."""
    (moved, unmoved, instant), = etl.sql("""select moved_count, unmoved_count, greatest(complete_as_of, active_as_of)
        from sahut_etl.message_state s join sahut_etl.workspace w on w.id = s.workspace_id""")
    tells = moved >= 20 and unmoved * 50 <= moved
    return {id: max(at, instant) if tells and unresolved and not due else at for id, at, unresolved, due in etl.sql("""
        select conversation_id, read_at, is_unresolved, due_reason is not null or gone_at is not null
        from sahut_etl.message_reading where read_at is not null""")}


def truth_of(sandbox):
    conversations = {c["id"]: c for c in sandbox.dump()["conversations"]}
    talks = sandbox.control("messages")
    begin = min(usec(c["created_at"]) for c in conversations.values()).date() - datetime.timedelta(days=1)
    return conversations, talks, Clock(begin, (datetime.date.today() - begin).days + 4)


def percentile(numbers, share):
    """Between two neighbours, in proportion."""
    numbers, at = sorted(numbers), share * (len(numbers) - 1)
    low = math.floor(at)
    return numbers[low] + (numbers[min(low + 1, len(numbers) - 1)] - numbers[low]) * (at - low)


def seconds(began, ended):
    return max(0, int((ended - began).total_seconds()))


def replies_of(conversations, talks, clock, until):
    """(conversation, turn) and all that is told of it."""
    for id, items in talks.items():
        conversation = conversations[id]
        for number, turn in enumerate(turns(items), 1):
            first, agent = (turn["answers"] or [None])[0], by("agent", turn["answers"])
            at = first and usec(first["created_at"])
            waits = first is None and conversation["status"] != "resolved"
            yield (id, number), {
                "from_at": turn["begun"], "day": turn["begun"].astimezone(ZoneInfo(ZONE)).date(), "hour": turn["begun"].astimezone(ZoneInfo(ZONE)).hour,
                "customer_messages": turn["asked"], "reply_count": len(turn["answers"]), "reply_at": at,
                "by": first and first["sender"]["type"], "agent": first["sender"]["id"] if first and first["sender"]["type"] == "agent" else None,
                "seconds": at and seconds(turn["begun"], at), "business": at and clock.seconds(conversation["channel"], turn["begun"], at),
                "agent_reply_at": agent and usec(agent["created_at"]), "agent_reply_by": agent and agent["sender"]["id"],
                "waits": waits, "waiting": seconds(turn["begun"], until[id]) if waits else None,
                "waiting_business": clock.seconds(conversation["channel"], turn["begun"], max(until[id], turn["begun"])) if waits else None}


def test_replies_and_waiting_equal_an_independent_computation(shop):
    sandbox, etl = shop()
    expect = dict(replies_of(*truth_of(sandbox), known_until(etl)))
    have = {(r[0], r[1]): dict(zip(next(iter(expect.values())), r[2:])) for r in etl.sql("""
        select conversation_id, turn_no, from_at, from_day, from_hour, customer_messages, reply_count, reply_at, replied_by, agent_id, reply_seconds,
            reply_business_seconds, agent_reply_at, agent_reply_id, is_waiting, waiting_seconds, waiting_business_seconds from sahut_report.replies""")}
    assert len(expect) > 200 and sum(e["waits"] for e in expect.values()) > 10
    assert [(k, expect[k], have.get(k)) for k in expect if have.get(k) != expect[k]][:3] == []
    assert have.keys() == expect.keys()
    assert {(r[0], r[1]): r[2:] for r in etl.sql("select conversation_id, turn_no, waiting_seconds, waiting_business_seconds from sahut_report.waiting_now")} == {
        k: (e["waiting"], e["waiting_business"]) for k, e in expect.items() if e["waits"]}


def test_daily_replies_equal_an_independent_computation(shop):
    sandbox, etl = shop(seed=8)
    conversations, talks, clock = truth_of(sandbox)
    groups = {}
    for (id, number), reply in replies_of(conversations, talks, clock, known_until(etl)):
        team = (conversations[id].get("team") or {}).get("id")
        groups.setdefault((reply["day"], reply["hour"], conversations[id]["channel"]["id"], team, reply["agent"]), []).append((number, reply))

    def figures(group):
        def both(numbers):
            return (None, None) if not numbers else (percentile(numbers, 0.5), percentile(numbers, 0.9))
        done = [r for _, r in group if r["reply_at"]]
        first = [r for n, r in group if r["reply_at"] and n == 1]
        return (len(group), sum(n == 1 for n, _ in group), len(done), sum(r["by"] == "bot" for r in done), sum(r["waits"] for _, r in group),
                *both([r["seconds"] for r in done]), *both([r["business"] for r in done]),
                *both([r["seconds"] for r in first]), *both([r["business"] for r in first]))

    have = {r[:5]: r[5:] for r in etl.sql("""
        select day, hour, channel_id, team_id, agent_id, turns, first_turns, answered, answered_by_bots, waiting,
            reply_seconds_median, reply_seconds_p90, reply_business_seconds_median, reply_business_seconds_p90,
            first_reply_seconds_median, first_reply_seconds_p90, first_reply_business_seconds_median, first_reply_business_seconds_p90
        from sahut_report.daily_replies""")}
    expect = {k: figures(g) for k, g in groups.items()}
    assert have.keys() == expect.keys()
    for key, figure in expect.items():
        assert [n is None for n in have[key]] == [n is None for n in figure], key
        assert [n or 0 for n in have[key]] == pytest.approx([n or 0 for n in figure]), key


def test_milestones_of_the_wide_row_equal_an_independent_computation(shop):
    sandbox, etl = shop(seed=9)
    conversations, talks, _ = truth_of(sandbox)
    expect = {}
    for id, items in talks.items():
        all_turns = turns(items)
        answers = [a for t in all_turns for a in t["answers"]]
        bot, agent = by("bot", answers), by("agent", answers)
        waits = all_turns and not all_turns[-1]["answers"] and conversations[id]["status"] != "resolved"
        expect[id] = (all_turns[0]["begun"] if all_turns else None, bot and usec(bot["created_at"]), agent and usec(agent["created_at"]),
                      agent and agent["sender"]["id"], len(answers), all_turns[-1]["last"] if all_turns else None,
                      all_turns[-1]["begun"] if waits else None)
    have = {r[0]: r[1:] for r in etl.sql("""
        select id, first_customer_message_at, first_bot_reply_at, first_human_reply_at, first_human_reply_id, reply_count, last_message_at, waiting_since
        from sahut_report.conversation_times where messages_known_until is not null""")}
    assert have == expect
    assert etl.one("select count(*) from sahut_report.conversation_times where first_human_reply_name is not null") > 20


def test_targets_of_replies_equal_an_independent_computation(shop):
    """By the hours of the channel, less what it was pending or snoozed where the target pauses."""
    sandbox, etl = shop(seed=10)
    conversations, talks, clock = truth_of(sandbox)
    until = known_until(etl)
    origins = dict(etl.sql("select id, case when origin = 'observed' then '-infinity' else history_known_from end from sahut.conversation"))
    spans = {}
    for id, began, ended in etl.sql("""select conversation_id, valid_from, valid_to from sahut.conversation_version where status in ('pending', 'snoozed')"""):
        spans.setdefault(id, []).append((began, ended))
    expect = {}
    for (id, number), reply in replies_of(conversations, talks, clock, until):
        channel = conversations[id]["channel"]
        if not reply["reply_at"] and not reply["waits"]:
            continue
        end = max(reply["reply_at"] or until[id], reply["from_at"])
        spent = clock.seconds(channel, reply["from_at"], end)
        if number > 1:
            within = 60
            if str(origins[id]) != "-infinity" and reply["from_at"] < origins[id]:
                continue
            for began, ended in spans.get(id, ()):
                spent -= clock.seconds(channel, max(began, reply["from_at"]), min(ended or end, end))
        else:
            within = 15 if channel["type"] == "whatsapp" else 120
        spent = max(0, spent)
        result = "breached" if spent > within * 60 else "met" if reply["reply_at"] else "running"
        expect[id, "next_reply" if number > 1 else "first_reply", number] = (within, round(spent / 60, 2), result, reply["from_at"], reply["reply_at"],
                                                                            reply["agent"])
    have = {tuple(r[:3]): (float(r[3]), float(r[4]), *r[5:]) for r in etl.sql("""
        select conversation_id, metric, turn_no, target_minutes, elapsed_minutes, result, from_at, done_at, done_by_agent_id
        from sahut_report.sla_results where metric in ('first_reply', 'next_reply')""")}
    assert have.keys() == expect.keys()
    for key, figures in expect.items():
        # Halves are rounded by the one, and to the even one by the other.
        assert have[key][1] == pytest.approx(figures[1], abs=0.011), key
        assert have[key][:1] + have[key][2:] == figures[:1] + figures[2:], key
    results = {r[2] for r in expect.values()}
    assert results == {"breached", "met", "running"}
    assert etl.one("select count(*) = count(distinct id) from sahut_report.sla_results") is True


def test_whoever_waits_waits_on_while_nothing_is_read(sandboxes, warehouse):
    """Five quiet hours: a message would have moved its conversation, so nobody has answered, and a target is missed when it is."""
    sandbox = sandboxes(conversations=400, days=5, ago="8h", resolved=20)
    etl = warehouse(sandbox.base_url, messages=MESSAGES, timezone=ZONE, targets="[{metric: first_reply, within: 10h}, {metric: next_reply, within: 10h}]")
    etl.run("sync")
    etl.run("sync", "--messages")
    before = dict(etl.sql("select id, waiting_seconds from sahut_report.waiting_now"))
    asked = sandbox.stats()["by_kind"]["messages"]
    sandbox.control("clock", {"advance": 5 * 3600})
    etl.run("sync")
    etl.run("sync", "--messages")
    # They were read today, and nothing has changed since.
    assert sandbox.stats()["by_kind"]["messages"] == asked and len(before) > 10
    instant = etl.one("select active_as_of from sahut_etl.workspace")
    after = {r[0]: r[1:] for r in etl.sql("select id, waiting_seconds, known_until from sahut_report.waiting_now")}
    assert after.keys() == before.keys()
    assert all(known == instant and seconds >= before[id] + 4.9 * 3600 for id, (seconds, known) in after.items())
    assert etl.one("select known_until from sahut_report.message_coverage") == instant
    waits = {(c, t): s for c, t, s in etl.sql("select conversation_id, turn_no, waiting_seconds from sahut_report.waiting_now")}
    judged = {(c, t): r for c, t, r in etl.sql("""select conversation_id, turn_no, result from sahut_report.sla_results
        where metric in ('first_reply', 'next_reply') and done_at is null""")}
    assert judged == {k: "breached" if s > 10 * 3600 else "running" for k, s in waits.items()}
    assert "running" in judged.values() and any(before[f"{c}:{t}"] <= 10 * 3600 for (c, t), r in judged.items() if r == "breached")
    # One that a new event speaks of is in doubt from then on.
    one = next(iter(waits))[0]
    etl.sql("select sahut_etl.make_messages_due(1, array[%s])", one)
    assert etl.one("select known_until < %s from sahut_report.waiting_now where conversation_id = %s", instant, one)


# ---- coverage ----

def missing_days(etl, sandbox):
    """Days that say they are fully read, and of which the warehouse lacks a message that the sandbox has."""
    green = {r[0] for r in etl.sql("select day from sahut_report.message_days where is_fully_read")}
    have = {r[0] for r in etl.sql("select id from sahut.message where removed_at is null")}
    lost = {}
    for id, items in sandbox.control("messages").items():
        for item in items:
            day = usec(item["created_at"]).astimezone(ZoneInfo(ZONE)).date() if is_good(item) else None
            if item["id"] not in have and item["type"] != "activity" and not facts(item)[2] and day in green:
                lost.setdefault(day, []).append(item["id"])
    return lost, green


def test_a_day_is_fully_read_when_it_is_and_not_before(sandboxes, warehouse):
    """History is cut off again and again: what says that it is whole is whole."""
    sandbox = sandboxes(conversations=1600, resolved=95, days=30, ago="2h", requests_per_minute=1000000)
    etl = warehouse(sandbox.base_url, messages=MESSAGES, timezone=ZONE)
    etl.run("sync")
    assert missing_days(etl, sandbox) == ({}, set())
    seen = 0
    sandbox.fault("status", match="messages", after=350, times=3, status=422)
    for _ in range(6):
        etl.run("sync", "--messages", expect=None)
        lost, green = missing_days(etl, sandbox)
        assert lost == {}
        seen = max(seen, len(green))
        sandbox.fault("status", match="messages", after=300, times=3, status=422)
        sandbox.change("create", 3)
        sandbox.control("clock", {"advance": 61})
        etl.run("sync")
        assert missing_days(etl, sandbox)[0] == {}
    sandbox.control("fault", method="DELETE")
    etl.sql("update sahut_etl.message_reading set not_before = null")
    etl.run("sync", "--messages")
    lost, green = missing_days(etl, sandbox)
    assert lost == {}
    days = etl.sql("select day, is_fully_read from sahut_report.message_days order by day desc")
    today = days[0][0]
    # Today is not over; before it all is read.
    assert [d for d, full in days if not full and d >= today - datetime.timedelta(days=25)] == [today]
    assert etl.sql("select fully_read_to, to_come_count, due_count from sahut_report.message_coverage") == [
        (today - datetime.timedelta(days=1), 0, 0)]


@pytest.fixture
def read(sandboxes, warehouse):
    """A workspace whose messages are read, all but today's days green."""
    def make(**options):
        sandbox = sandboxes(conversations=120, resolved=60, days=20, ago="2h", **options)
        etl = warehouse(sandbox.base_url, messages=MESSAGES, timezone=ZONE)
        etl.run("sync")
        etl.run("sync", "--messages")
        # It is known that messages move updated_at: so no unresolved conversation is in doubt.
        etl.sql("update sahut_etl.message_state set moved_count = 1000, unmoved_count = 0")
        return sandbox, etl
    return make


def not_green(etl):
    rows = etl.sql("select day, is_fully_read, unread_count from sahut_report.message_days order by day")
    return [d for d, full, _ in rows if not full], {d: n for d, _, n in rows if n}


def local_day(etl, at):
    return etl.one("select (%s at time zone 'Asia/Jakarta')::date", at)


def test_a_message_that_could_not_be_loaded_is_a_gap_of_its_days(read):
    sandbox, etl = read()
    before, _ = not_green(etl)
    one, begun = etl.sql("""select conversation_id, talked_at from sahut_etl.message_reading r
        where is_unresolved and talked_at < now() - interval '3 days' order by 1 limit 1""")[0]
    sandbox.control("message", {"id": one, "type": "bad"})
    sandbox.control("clock", {"advance": 300})
    etl.run("sync")
    etl.run("sync", "--messages")
    after, unread = not_green(etl)
    assert set(unread) == {d for d in after if d >= local_day(etl, begun)}
    assert set(unread.values()) == {1} and len(after) > len(before)
    # It is listed; read again it is as bad; accepted it is no gap any more.
    [row] = json.loads(etl.run("rejected", "--json").stdout)
    assert row["state"] == "message" and row["reason"] == "$.created_at: a time such as 2024-03-15T08:30:00Z was expected"
    assert "could not be loaded again" in etl.run("rejected", "--retry", row["id"], expect=65).stdout
    assert not_green(etl)[1] == unread
    assert "its days count as fully read" in etl.run("rejected", "--accept", row["id"]).stdout
    assert json.loads(etl.run("rejected", "--json").stdout)[0]["state"] == "accepted"
    assert not_green(etl) == (before, {})


def test_a_conversation_without_messages_is_a_gap_and_is_asked_again(read):
    sandbox, etl = read()
    one, created = etl.sql("select id, created_at from sahut.conversation where status <> 'resolved' order by created_at limit 1")[0]
    etl.sql("select sahut_etl.make_messages_due(1, array[%s])", one)
    sandbox.fault("status", match="messages", times=1, status=404)
    etl.run("sync", "--messages")
    etl.sql("update sahut_etl.message_reading set read_at = null where conversation_id = %s", one)
    _, unread = not_green(etl)
    assert min(unread) == local_day(etl, created)
    # One read before is known up to then.
    assert etl.sql("select gone_count from sahut_etl.message_reading where conversation_id = %s", one) == [(1,)]
    etl.run("sync", "--messages")
    assert etl.sql("select gone_count from sahut_etl.message_reading where conversation_id = %s", one) == [(1,)]
    etl.sql("update sahut_etl.message_reading set gone_at = gone_at - interval '25 hours' where conversation_id = %s", one)
    etl.run("sync", "--messages")
    assert etl.sql("select gone_at, gone_count, read_at is not null from sahut_etl.message_reading where conversation_id = %s", one) == [(None, 0, True)]
    assert not_green(etl)[1] == {}


def test_unresolved_ones_are_in_doubt_where_messages_may_not_move_updated_at(read):
    sandbox, etl = read()
    one, last = etl.sql("select conversation_id, read_at from sahut_etl.message_reading where is_unresolved order by 1 limit 1")[0]
    etl.sql("update sahut_etl.message_reading set read_at = read_at - interval '3 days' where conversation_id = %s", one)
    assert local_day(etl, last) - datetime.timedelta(days=2) not in not_green(etl)[0]
    etl.sql("update sahut_etl.message_state set moved_count = 10, unmoved_count = 5")
    assert local_day(etl, last) - datetime.timedelta(days=2) in not_green(etl)[1]


def test_history_that_is_done_stays_done_as_time_goes_on(sandboxes, warehouse):
    sandbox = sandboxes(conversations=120, resolved=90, days=20, ago="2h")
    etl = warehouse(sandbox.base_url, messages="{read: replies, since: 10d, share: 100%}", timezone=ZONE)
    etl.run("sync")
    etl.run("sync", "--messages")
    first = etl.one("select min(day) from sahut_report.message_days where is_fully_read")
    etl.sql("update sahut_etl.message_state set since = '5 days'")
    assert etl.one("select min(day) from sahut_report.message_days where is_fully_read") == first


def test_what_comes_from_the_past_is_read(read):
    """An import that is older than all that history came to."""
    sandbox, etl = read()
    end = etl.one("select history_at from sahut_etl.message_state")
    oldest = etl.one("select min(updated_at) from sahut.conversation")
    assert end < oldest
    new = sandbox.change("backdate", 1, seconds=86400 * 25)
    sandbox.control("clock", {"advance": 300})
    etl.run("sync", "--full")
    etl.run("sync", "--messages")
    assert etl.sql("select read_at is not null from sahut_etl.message_reading where conversation_id = any(%s)", new) == [(True,)]
    assert missing_days(etl, sandbox)[0] == {}


# ---- what people are shown ----

def test_the_questions_about_replies_are_answered_rightly(shop):
    sandbox, etl = shop(seed=12)
    conversations, talks, clock = truth_of(sandbox)
    asked = {n: q.replace("'2026-03-01'", "'2000-01-01'").replace("'2026-03-31'", "'2100-01-01'") for n, q in questions()}
    first, answers = {}, {}
    for (id, number), reply in replies_of(conversations, talks, clock, known_until(etl)):
        if number == 1 and reply["reply_at"]:
            first.setdefault(conversations[id]["channel"]["name"], []).append(reply["business"] / 60)
    for id, items in talks.items():
        answers.setdefault(conversations[id]["channel"]["name"], []).append(sum(len(t["answers"]) for t in turns(items)))
    have = {r[0]: (r[1], float(r[2]), float(r[3])) for r in etl.sql(asked["8"])}
    assert have.keys() == first.keys()
    for channel, minutes in first.items():
        assert have[channel] == pytest.approx((len(minutes), percentile(minutes, 0.5), percentile(minutes, 0.9)), abs=0.06)
    assert dict(etl.sql(asked["10"])) == {c: sorted(n)[math.ceil(len(n) / 2) - 1] for c, n in answers.items()}


def card(etl, key):
    with open(os.path.join(CARDS, key + ".sql")) as f:
        return etl.sql(re.sub(r"@([^@']+)@", r"\1", re.sub(r"\[\[.*?\]\]", "", f.read())))


def test_the_cards_of_metabase_equal_an_independent_computation(shop):
    sandbox, etl = shop(seed=13)
    etl.run("sync")
    conversations, talks, clock = truth_of(sandbox)
    replies = dict(replies_of(conversations, talks, clock, known_until(etl)))

    def minutes(some, first):
        times = [r["business"] for n, r in some if r["reply_at"] and (n == 1) == first]
        return tuple(percentile(times, s) / 60 if times else None for s in (0.5, 0.9))

    def close(have, expect):
        assert [h is None for h in have] == [e is None for e in expect], (have, expect)
        assert [float(h or 0) for h in have] == pytest.approx([e or 0 for e in expect], abs=0.051)

    def by(key):
        groups = {}
        for (id, n), reply in replies.items():
            groups.setdefault(key(conversations[id], reply), []).append((n, reply))
        return groups

    everything = by(lambda c, r: None)[None]
    for name, first, share in (("first", True, 0), ("first_p90", True, 1), ("next", False, 0), ("next_p90", False, 1)):
        close(card(etl, "replies_" + name)[0], minutes(everything, first)[share:share + 1])
    waits = [(k[0], r) for k, r in replies.items() if r["waits"]]
    assert card(etl, "replies_waiting_count") == [(len(waits),)]
    assert {(r[0], round(float(r[4]) * 60), round(float(r[5]) * 60), r[6]) for r in card(etl, "replies_waiting")} <= {
        (id, x, y, r["customer_messages"]) for id, r in waits
        for x in range(r["waiting"] - 4, r["waiting"] + 5) for y in range(r["waiting_business"] - 4, r["waiting_business"] + 5)}
    for name, key in (("channels", lambda c, r: c["channel"]["name"]), ("teams", lambda c, r: (c.get("team") or {}).get("name") or "(no team)")):
        groups, rows = by(key), card(etl, "replies_" + name)
        assert {r[0] for r in rows} == groups.keys() and len(rows) == len(groups)
        for row in rows:
            group = groups[row[0]]
            assert (row[1], row[2], row[7]) == (len(group), sum(r["reply_at"] is not None for _, r in group), sum(r["waits"] for _, r in group)), name
            close(row[3:7], minutes(group, True) + minutes(group, False))
    groups = by(lambda c, r: (r["by"], r["agent"]))
    assert sorted(r[1] for r in card(etl, "replies_agents")) == sorted(len(g) for (who, _), g in groups.items() if who)
    groups = by(lambda c, r: r["hour"])
    for hour, median in card(etl, "replies_hours"):
        close((median,), (percentile([r["seconds"] for _, r in groups[hour] if r["reply_at"]], 0.5) / 60,))
    whole = dict(etl.sql("select day, is_fully_read from sahut_report.message_days"))
    groups = by(lambda c, r: r["day"])
    for day, *figures in card(etl, "replies_days"):
        first, next_one = minutes(groups[day], True), minutes(groups[day], False)
        close(figures, [*first, next_one[0], None, None, None] if whole.get(day) else [None, None, None, *first, next_one[0]])
    assert True in whole.values() and False in whole.values()
    [(_, read, due, to_come, rate, *_)] = card(etl, "replies_known")
    assert (read, to_come) == (len(talks), 0) and float(rate) == 1
    assert sum(r[2] for r in card(etl, "replies_targets")) == etl.one("select count(*) from sahut_report.sla_results where metric like '%%reply'")


def test_the_report_shows_what_the_views_say(shop):
    sandbox, etl = shop(seed=11)
    conversations, talks, clock = truth_of(sandbox)
    replies = dict(replies_of(conversations, talks, clock, known_until(etl)))
    first = min(r["day"] for r in replies.values())
    rows = json.loads(etl.run("report", "replies", "--format", "json", "--from", str(first)).stdout)
    days = {}
    for (_, number), reply in replies.items():
        days.setdefault(str(reply["day"]), []).append(reply)
    for day, told in days.items():
        of_day = [r for r in rows if r["day"] == day]
        assert sum(r["turns"] for r in of_day) == len(told)
        assert sum(r["answered"] for r in of_day) == sum(r["reply_at"] is not None for r in told)
        assert sum(r["waiting"] for r in of_day) == sum(r["waits"] for r in told)
    for lang, words in (("en", ["Customers who wait longest", "How much of it is known", "Replies by agent"]),
                        ("id", ["Pelanggan yang paling lama menunggu", "Sejauh mana ini diketahui", "Balasan per agen"])):
        for form in ("table", "html"):
            text = etl.run("report", "replies", "--format", form, "--lang", lang, "--from", str(first)).stdout
            assert all(w in text for w in words), (lang, form)


def test_the_report_can_be_of_one_channel_agent_team_or_label(shop):
    sandbox, etl = shop(seed=11)
    etl.run("sync")

    def told(*args):
        rows = json.loads(etl.run("report", "replies", "--format", "json", "--from", "2000-01-01", *args).stdout)
        return {(r["day"], r["channel_id"], r["team_id"], r["agent_id"]): (r["turns"], r["answered"]) for r in rows}

    whole = told()
    for option, column in (("--channel", 1), ("--team", 2)):
        ids = {key[column] for key in whole}
        assert len(ids) > 1
        for id in ids:
            assert told(option, id or "-") == {key: n for key, n in whole.items() if key[column] == id}
    # Of an agent: what this one has answered, and what waits for this one.
    # One who never had a conversation is known by no name.
    known = {id for (id,) in etl.sql("select id from sahut.agent")}
    for id in {key[3] for key in whole if key[3] in known}:
        mine = told("--agent", id)
        assert {k: n for k, n in mine.items() if k[3] == id} == {k: n for k, n in whole.items() if k[3] == id}
        assert all(answered == 0 for key, (_, answered) in mine.items() if key[3] != id)
    # Of a label: the turns of what carries it now.
    labels = etl.sql("""select l.label_name, count(*), count(r.reply_at) from sahut_report.replies r
        join sahut_report.conversation_labels l using (conversation_id) group by 1 order by 2 desc, 1 limit 3""")
    assert len(labels) > 1
    for label, turns, answered in labels:
        mine = told("--label", label).values()
        assert (sum(n for n, _ in mine), sum(n for _, n in mine)) == (turns, answered)
    channel = next(iter(whole))[1]
    for form in ("table", "html"):
        assert etl.run("report", "replies", "--format", form, "--from", "2000-01-01", "--channel", channel, "--label", labels[0][0]).stdout
    etl.run("report", "replies", "--format", "xlsx", "--from", "2000-01-01", "--channel", channel, "--output", os.path.join(etl.dir, "r.xlsx"))


def test_check_names_a_target_of_replies_where_no_messages_are_read(warehouse):
    etl = warehouse("http://127.0.0.1:1", targets="[{metric: first_assignment, within: 15m}, {metric: next_reply, within: 1h}]")
    said = etl.run("check", "--offline").stdout
    assert said.count("no messages are read") == 1
    assert "! targets of utama: nothing is known of replies (next_reply), since no messages are read\n  -> messages: {read: replies}" in said
    etl.workspaces[0]["messages"] = "{read: replies}"
    etl.write()
    assert "no messages are read" not in etl.run("check", "--offline").stdout

# SPDX-License-Identifier: MIT
"""Reports of a channel, an agent, a team and a label, alone and together, against numbers counted here from the states of a history.

Nothing here reads a view: the states are those that the history was told with.
"""
import json
import os
import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from itertools import combinations

import pytest

from story import Story, at, statement

JAKARTA = timezone(timedelta(hours=7))
CHANNELS = [("wa", "whatsapp", "WA Toko"), ("ig", "instagram", "IG Toko")]
AGENTS = [("A", "Ayu"), ("B", "Budi"), None]
TEAMS = [("t1", "Kasir"), ("t2", "Gudang"), None]
LABELS = [(), ("retur",), ("vip",), ("retur", "vip")]
STATUSES = ["open", "pending", "snoozed", "resolved"]
FIRST, LAST, END = "2026-03-01", "2026-03-07", at("2026-03-07 05:00")
ASKED = {"channel": ["wa", "IG Toko"], "agent": ["ayu", "B", "-"], "team": ["Kasir", "t2", "-"], "label": ["retur", "vip"]}
MEANT = {"IG Toko": "ig", "ayu": "A", "Kasir": "t1", "-": None}


@pytest.fixture(params=[int(s) for s in os.environ.get("SAHUT_SEEDS", "1").split()])
def told(request, warehouse):
    """A week of changes, each seen as it was; and the states: when, which conversation, and what it was from then on."""
    rng = random.Random(request.param)
    s = Story(warehouse("http://127.0.0.1:1/v1"), session_zone="America/New_York")
    s.see("2026-03-01 00:00", first_load_ends=True)
    moment, lives = at("2026-03-01 01:00"), defaultdict(list)
    while moment < at("2026-03-07 03:00"):
        id = f"C{rng.randrange(14)}"
        new = {"status": rng.choice(STATUSES), "assignee": rng.choice(AGENTS), "team": rng.choice(TEAMS), "channel": rng.choice(CHANNELS),
               "labels": list(rng.choice(LABELS))}
        if id not in lives:
            new["status"] = "open"
            keys = list(new)
        else:
            keys = rng.sample(list(new), rng.choice([1, 1, 2, 3]))
        s.change(moment.isoformat(), id, **{k: new[k] for k in keys})
        lives[id].append((moment, dict(s.known[id])))
        moment += timedelta(minutes=rng.randrange(20, 300))
    s.see((END + timedelta(minutes=2)).isoformat())
    s.refresh()
    yield s, {id: [(m, flat(x)) for m, x in life] for id, life in lives.items()}
    s.close()


def flat(item):
    return {"status": item["status"], "channel": item["channel"][0], "agent": item["assignee"] and item["assignee"][0],
            "team": item["team"] and item["team"][0], "labels": set(item["labels"])}


def day_of(moment):
    return moment.astimezone(JAKARTA).date().isoformat()


def is_part(state, parts, *keys):
    return all(state[k] == parts[k] for k in keys if k in parts)


def of_label(lives, parts):
    return [life for life in lives.values() if "label" not in parts or parts["label"] in life[-1][1]["labels"]]


def steps(life):
    return zip([None] + [x for _, x in life], life)


def volume(lives, parts):
    """By day and channel. A created one stands under the channel that it has now."""
    found = defaultdict(Counter)
    for life in of_label(lives, parts):
        for old, (moment, new) in steps(life):
            placed = {**new, "channel": life[-1][1]["channel"]} if old is None else new
            what = "created" if old is None else None
            if old and old["status"] != new["status"] and "resolved" in (old["status"], new["status"]):
                what = "resolved" if new["status"] == "resolved" else "reopened"
            if what and is_part(placed, parts, "channel", "agent", "team"):
                found[day_of(moment), placed["channel"]][what] += 1
    return {k: (n["created"], n["resolved"], None if "label" in parts else n["reopened"]) for k, n in found.items()
            if n["created"] + n["resolved"] + (0 if "label" in parts else n["reopened"])}


def spans(life):
    for (begin, state), (end, _) in zip(life, life[1:] + [(END, None)]):
        yield begin, end, state


def most_at_once(held):
    """Those that end at a moment go before those that begin."""
    n = most = 0
    for _, change in sorted([(b, 1) for b, _ in held] + [(e, -1) for _, e in held]):
        n += change
        most = max(most, n)
    return most


def workload(lives, parts):
    """By agent: now open, pending, snoozed; given, handed off, resolved, reopened; hours and the most at a time."""
    counts, held = defaultdict(Counter), defaultdict(list)
    for life in of_label(lives, parts):
        for old, (_, new) in steps(life):
            into, out = is_part(new, parts, "channel", "team"), old and is_part({**old, "channel": new["channel"]}, parts, "channel", "team")
            if into and (old is None or old["agent"] != new["agent"]):
                counts[new["agent"]]["given"] += 1
            if out and old["agent"] != new["agent"]:
                counts[old["agent"]]["handed_off"] += 1
            if into and old and old["status"] != new["status"] and "resolved" in (old["status"], new["status"]):
                counts[new["agent"]]["done" if new["status"] == "resolved" else "reopened"] += 1
        for begin, end, state in spans(life):
            if is_part(state, parts, "channel", "team") and state["status"] in ("open", "pending"):
                held[state["agent"]].append((begin, end))
        if is_part(life[-1][1], parts, "channel", "team"):
            counts[life[-1][1]["agent"]][life[-1][1]["status"]] += 1
    return counts, held


def backlog(lives, parts):
    """By day, status, channel, agent and team: unresolved at the end of the day, or now."""
    found = Counter()
    for n in range(1, 8):
        end = min(datetime(2026, 3, n, tzinfo=JAKARTA) + timedelta(days=1), END)
        for life in of_label(lives, parts):
            for begin, until, state in spans(life):
                is_there = begin < end and (until >= end)
                if is_there and state["status"] != "resolved" and is_part(state, parts, "channel", "agent", "team"):
                    found[f"2026-03-{n:02}", state["status"], state["channel"], state["agent"], state["team"]] += 1
    return dict(found)


def every_part():
    """Each filter alone with each of its values, and two, three and four of them together."""
    yield {}
    for n in range(1, 5):
        for keys in combinations(ASKED, n):
            for i in range(max(len(ASKED[k]) for k in keys) if n == 1 else 1):
                yield {k: ASKED[k][(i + n) % len(ASKED[k])] for k in keys}


def report(s, name, asked, *options):
    options = [x for k, v in asked.items() for x in (f"--{k}", v)] + list(options)
    return json.loads(s.etl.run("report", name, "--format", "json", "--from", FIRST, "--to", LAST, *options).stdout)


def test_a_part_is_what_its_history_says(told):
    s, lives = told
    for asked in every_part():
        parts = {k: MEANT.get(v, v) for k, v in asked.items()}
        rows = report(s, "volume", asked)
        assert {(r["day"], r["channel_id"]): (r["created"], r["resolved"], r["reopened"]) for r in rows
                if r["created"] + r["resolved"] + (r["reopened"] or 0)} == volume(lives, parts), asked
        stock = {(r["day"], r["status"], r["channel_id"], r["assignee_id"]): 0 for r in report(s, "backlog", asked)}
        for r in report(s, "backlog", asked):
            stock[r["day"], r["status"], r["channel_id"], r["assignee_id"]] += r["conversations"]
        expected = Counter()
        for (day, status, channel, agent, _), n in backlog(lives, parts).items():
            expected[day, status, channel, agent] += n
        assert stock == dict(expected), asked


def test_the_work_on_a_part_is_what_its_history_says(told):
    s, lives = told
    for asked in every_part():
        parts = {k: MEANT.get(v, v) for k, v in asked.items()}
        if asked.get("agent") == "-":
            continue
        counts, held = workload(lives, parts)
        rows = {r["agent_id"]: r for r in report(s, "workload", asked)}
        agents = {a for a in {**counts, **held} if a and ("agent" not in parts or a == parts["agent"])}
        assert agents <= set(rows) and (len(parts) == 0 or set(rows) <= {"A", "B"}), asked
        for a in agents:
            row, n = rows[a], counts[a]
            assert [row[k] for k in ("given", "handed_off", "resolved", "reopened", "open", "pending", "snoozed")] == [
                n[k] for k in ("given", "handed_off", "done", "reopened", "open", "pending", "snoozed")], (asked, a)
            hours = sum((e - b).total_seconds() for b, e in held[a]) / 3600
            assert abs(row["active_hours"] - hours) < 0.1 and row["peak"] == most_at_once(held[a]), (asked, a)
            assert row["active"] == n["open"] + n["pending"]
            assert abs(row["average"] - hours / (17 + 5 * 24 + 12)) < 0.01


def panel(s, name, parts, period=True):
    """The answer of a statement of a page, as rows; the ids behind the names are given here."""
    given = ["utama"] + ([parts.get("from", FIRST), LAST] if period else []) + [[parts[k] or ""] if k in parts else None for k in ("channel", "agent", "team", "label")]
    types = ["text"] + (["text"] * 2 if period else []) + ["text[]"] * 4
    s.cursor.execute(f"prepare panel({', '.join(types)}) as {statement(f'report/{name}.sql')}")
    try:
        s.cursor.execute(f"execute panel({', '.join(['%s'] * len(given))})", given)
        names = [c[0] for c in s.cursor.description]
        return [dict(zip(names, row)) for row in s.cursor.fetchall()]
    finally:
        s.cursor.execute("deallocate panel")


def total(rows, *keys):
    return tuple(sum(r[k] or 0 for r in rows) for k in keys)


def test_the_panels_of_a_part_agree_with_its_history(told):
    """Each figure, chart and table has a statement of its own."""
    s, lives = told
    for asked in every_part():
        parts = {k: MEANT.get(v, v) for k, v in asked.items()}
        sums = tuple(sum(n or 0 for n in column) for column in zip((0, 0, 0), *volume(lives, parts).values()))
        assert total(panel(s, "volume_days", parts), "created", "resolved", "reopened") == sums, asked
        assert total(panel(s, "volume_totals", parts), "created", "resolved", "reopened") == sums, asked
        assert total(panel(s, "volume_tiles", parts), "created", "resolved", "reopened") == sums, asked
        assert total(panel(s, "volume_channels", parts), "created") == total(panel(s, "volume_hours", parts), "created") == sums[:1], asked
        labels = {r["label"]: r["created"] for r in panel(s, "volume_labels", parts)}
        one = {name: sum(n[0] for n in volume(lives, {**parts, "label": name}).values()) for name in ("retur", "vip") if parts.get("label", name) == name}
        assert labels == {k: n for k, n in one.items() if n}, asked
        stock = backlog(lives, parts)
        ends = Counter()
        for (day, status, *_), n in stock.items():
            ends[day, status] += n
        days = panel(s, "backlog_days", parts)
        assert {(str(r["day"]), k): r[k] for r in days for k in ("open", "pending", "snoozed") if r[k]} == dict(ends), asked
        ages = panel(s, "backlog_ages", parts)
        assert [sum(v for k, v in r.items() if k != "day") for r in ages] == [r["open"] + r["pending"] + r["snoozed"] for r in days], asked
        now = sum(n for (day, *_), n in stock.items() if day == LAST)
        assert panel(s, "backlog_tiles", parts)[0]["unresolved_now"] == panel(s, "volume_tiles", parts)[0]["unresolved_now"] == now, asked
        assert total(panel(s, "backlog_channels", parts, False), "unresolved") == (now,), asked
        assert len(panel(s, "backlog_waiting", parts, False)) == ends[LAST, "open"], asked
        assert sum(total(panel(s, "workload_now", parts, False), "open", "pending", "snoozed")) == now, asked
        active = sum(n for (day, status, _, agent, _), n in stock.items() if day == LAST and status != "snoozed" and agent)
        assert panel(s, "workload_tiles", parts)[0]["active"] == active, asked
        rows, table = report(s, "workload", asked), panel(s, "workload_agents", parts)
        assert total(table, "given", "handed_off", "resolved", "reopened") == total(rows, "given", "handed_off", "resolved", "reopened"), asked
        assert total(table, "given") == total(panel(s, "workload_hours", parts), "n"), asked


def test_what_stood_before_a_part_is_the_end_of_the_day_before(told):
    s, lives = told
    for asked in every_part():
        parts = {k: MEANT.get(v, v) for k, v in asked.items()}
        before = {k: n for k, n in backlog(lives, parts).items() if k[0] == "2026-03-04"}
        later = {**parts, "from": "2026-03-05"}
        tiles = panel(s, "backlog_tiles", later)[0]
        assert tiles["unresolved_now_before"] == sum(before.values()), asked
        work = panel(s, "workload_tiles", later)[0]
        assert work["active_before"] == sum(n for (_, status, _, agent, _), n in before.items() if agent and status != "snoozed"), asked

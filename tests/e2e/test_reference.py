# SPDX-License-Identifier: MIT
"""The daily views and the lists, row by row, against rows worked out from what two workspaces were shown.

The rows here come from METRICS.md and the comments of the columns; nothing of them comes from the program's SQL.
"""
import json
import os
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

import pytest

from shops import BEGINS, Shop

ACTIVE = ("open", "pending")
ZONES = ("America/New_York", "UTC", "Pacific/Kiritimati")
FOREVER = datetime(9999, 1, 1, tzinfo=timezone.utc)


def id_of(thing):
    return thing and thing[0]


def quotient(number, by, digits=2):
    return (Decimal(int(number)) / Decimal(int(by))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def most_at_once(spans):
    """One that ends when another begins does not meet it."""
    n = most = 0
    for _, change in sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans]):
        n += change
        most = max(most, n)
    return most


class Day:
    """A day of a workspace, in its zone: from when to when it is known."""

    def __init__(self, shop, day):
        midnight = [datetime.combine(day + timedelta(n), datetime.min.time(), shop.zone).astimezone(timezone.utc) for n in (0, 1)]
        self.day, (self.begins, self.ends) = day, midnight
        self.is_over = day < shop.data_day
        self.known_from, self.known_to = max(self.begins, BEGINS), self.ends if self.is_over else shop.known
        self.measured = (self.known_to - self.known_from).total_seconds()

    def held(self, told):
        """The unresolved states of the day: whose, which, whether it was still there at the end, from when to when, and how long."""
        for t in told:
            ends = [at for at, _ in t.states[1:]] + [FOREVER]
            for (at, state), end in zip(t.states, ends):
                if state[0] != "resolved" and at < self.ends and end > self.known_from and end >= self.begins and end > at:
                    begin = max(at, self.known_from)
                    yield t, state, end >= self.ends, begin, end, max(0, (min(end, self.known_to) - begin).total_seconds())


class Reference:
    """Of one workspace, without its deleted conversations."""

    def __init__(self, shop):
        self.shop = shop
        self.told = [t for t in shop.told.values() if not t.gone]
        self.first = BEGINS.astimezone(shop.zone).date()
        self.days = [Day(shop, self.first + timedelta(n)) for n in range((shop.data_day - self.first).days + 1)]

    # ---- what agents did, and nobody ----

    def work(self):
        found = defaultdict(lambda: {"count": Counter(), "resolved": set(), "handled": set(), "seconds": 0, "spans": [], "end": Counter()})
        for t in self.told:
            if t.origin == "observed":
                found[t.day(t.created), id_of(t.states[0][1][1])]["count"]["in"] += 1
            for at, was, is_ in t.moves():
                mine = found[t.day(at), id_of(is_[1])] if was[1] != is_[1] or "resolved" in (was[0], is_[0]) and was[0] != is_[0] else None
                if was[1] != is_[1]:
                    mine["count"]["in"] += 1
                    found[t.day(at), id_of(was[1])]["count"]["off"] += 1
                if was[0] != is_[0] and is_[0] == "resolved":
                    mine["count"]["resolved"] += 1
                    mine["resolved"].add(t.id)
                elif was[0] == "resolved" and is_[0] != "resolved":
                    mine["count"]["reopened"] += 1
        for d in self.days:
            for t, state, at_end, begin, end, seconds in d.held(self.told):
                if state[0] not in ACTIVE and not at_end:
                    continue
                mine = found[d.day, id_of(state[1])]
                if state[0] in ACTIVE:
                    mine["handled"].add(t.id)
                    mine["seconds"] += seconds
                    mine["spans"].append((begin, FOREVER if at_end else end))
                if at_end:
                    mine["end"][state[0]] += 1
        days = {d.day: d for d in self.days}
        return {key: (m["count"]["in"], m["count"]["off"], m["count"]["resolved"], len(m["resolved"]), m["count"]["reopened"], len(m["handled"]),
                      quotient(m["seconds"], 3600), quotient(m["seconds"], days[key[0]].measured), most_at_once(m["spans"]), m["end"]["open"],
                      m["end"]["pending"], m["end"]["snoozed"], quotient(days[key[0]].measured, 3600, 4), days[key[0]].is_over)
                for key, m in found.items()}

    def daily_agent_workload(self):
        return [(day, agent, *row) for (day, agent), row in self.work().items() if agent]

    def daily_unassigned_workload(self):
        return [(day, *row) for (day, agent), row in self.work().items() if not agent]

    # ---- the backlog, and how it moves ----

    def daily_backlog(self):
        found = defaultdict(list)
        for d in self.days:
            for t, state, at_end, *_ in d.held(self.told):
                if at_end:
                    found[d.day, state[0], *map(id_of, (state[3], state[1], state[2])), d.is_over].append(
                        max(0, (d.known_to - t.created).total_seconds()))
        return [(*key, len(ages), quotient(sum(ages), 3600), *[sum(low * 86400 <= a < high * 86400 for a in ages)
                for low, high in ((0, 1), (1, 3), (3, 7), (7, 9999))], quotient(max(ages), 3600)) for key, ages in found.items()]

    def daily_flow(self):
        found = defaultdict(Counter)

        def put(moment, state, what):
            found[self.day(moment), *map(id_of, (state[3], state[1], state[2]))][what] += 1

        for t in self.told:
            if t.origin == "observed" and t.states[0][1][0] != "resolved":
                put(t.created, t.states[0][1], "created")
            for at, was, is_ in t.moves():
                if was[0] == "resolved" and is_[0] != "resolved":
                    put(at, is_, "reopened")
                elif was[0] != "resolved" and is_[0] == "resolved":
                    put(at, was, "resolved")
                elif was[0] != "resolved" and was[1:] != is_[1:]:
                    put(at, was, "out")
                    put(at, is_, "into")
        for d in self.days:
            for _, state, _, _, _, seconds in d.held(self.told):
                if state[0] in ACTIVE and seconds:
                    found[d.day, *map(id_of, (state[3], state[1], state[2]))]["seconds"] += int(seconds)
        return [(*key, n["created"], n["reopened"], n["into"], n["resolved"], n["out"], quotient(n["seconds"], 3600), key[0] < self.shop.data_day)
                for key, n in found.items()]

    # ---- volume ----

    def day(self, moment):
        return moment.astimezone(self.shop.zone).date()

    def happened(self):
        """What was created, resolved and reopened: when, what, whose, and under which channel and team it counts."""
        for t in self.told:
            yield t.created, "created", t, t.states[-1][1][3][0], id_of(t.states[0][1][2]) if t.origin == "observed" else None
            for at, was, is_ in t.moves():
                if was[0] != is_[0] and "resolved" in (was[0], is_[0]):
                    yield at, "resolved" if is_[0] == "resolved" else "reopened", t, is_[3][0], id_of(is_[2])

    def daily_volume(self):
        found, solved, first = defaultdict(Counter), defaultdict(set), {}
        for t in sorted(self.told, key=lambda t: (t.created, t.id.encode())):
            first.setdefault(t.contact, t.id)
        for at, what, t, channel, team in self.happened():
            n = found[self.day(at), channel, team]
            n[what] += 1
            if what == "created":
                n["new" if first[t.contact] == t.id else "returning"] += 1
            else:
                n["estimated"] += at in t.guessed
            if what == "resolved":
                solved[self.day(at), channel, team].add(t.id)
                if t.origin == "observed" and t.resolutions()[0][0] == at:
                    n["first"] += 1
                    n["seconds"] += int((at - t.created).total_seconds())
        return [(*key, n["created"], n["resolved"], len(solved[key]), n["reopened"], n["first"], n["seconds"], n["seconds"], n["new"], n["returning"],
                 n["estimated"], key[0] < self.shop.data_day) for key, n in found.items()]

    def hourly_volume(self):
        found = defaultdict(Counter)
        for at, what, _, channel, team in self.happened():
            found[self.day(at), at.astimezone(self.shop.zone).hour, self.day(at).isoweekday(), channel, team][what] += 1
        return [(*key, n["created"], n["resolved"], n["reopened"]) for key, n in found.items()]

    def daily_label_volume(self):
        found = defaultdict(Counter)
        for at, what, t, channel, team in self.happened():
            for label in t.labels if what != "reopened" else ():
                found[self.day(at), label, channel, team][what] += 1
        return [(*key, n["created"], n["resolved"]) for key, n in found.items()]

    # ---- labels ----

    def daily_label_pairs(self):
        return [(*key, n) for key, n in Counter((t.day(t.created), *pair) for t in self.told for pair in combinations(sorted(t.labels), 2)).items()]

    def label_pairs(self):
        return [(*pair, n) for pair, n in Counter(pair for t in self.told for pair in combinations(sorted(t.labels), 2)).items()]

    def label_intervals(self):
        rows = []
        for t in self.told:
            ends = [at for at, _ in t.labelled[1:]]
            for place, (at, labels) in enumerate(t.labelled):
                for label in labels - (t.labelled[place - 1][1] if place else set()):
                    end = next((e for e, (_, later) in zip(ends[place:], t.labelled[place + 1:]) if label not in later), None)
                    rows.append((t.id, label, at, end, end is None, at in t.guessed, t.day(at), place > 0 or t.origin == "observed"))
        return rows

    # ---- lists ----

    def reopenings(self):
        rows = []
        for t in self.told:
            done = {again: (at, n + 1, state) for n, (at, _, state, again) in enumerate(t.resolutions())}
            for at, was, is_ in t.moves():
                if was[0] == "resolved" and is_[0] != "resolved":
                    before = done.get(at)
                    rows.append((t.id, at, t.day(at), before and before[0], before and before[1], before and id_of(before[2][1]), is_[0], id_of(is_[1]),
                                 is_[3][0], before and int((at - before[0]).total_seconds()), at in t.guessed))
        return rows

    def resolutions(self):
        rows = []
        for t in self.told:
            for n, (at, since, state, again) in enumerate(t.resolutions(), 1):
                late = self.shop.known >= at + timedelta(days=7)
                rows.append((t.id, n, since, at, t.day(at), id_of(state[1]), id_of(state[2]), state[3][0], since and int((at - since).total_seconds()), again,
                             True if again and again <= at + timedelta(days=7) else False if late else None, at in t.guessed))
        return rows

    def stretches(self, key):
        """Each stretch of time in which KEY of the state stayed the same: its number, the value, from when to when, and its states."""
        for t in self.told:
            ends, rows = [at for at, _ in t.states[1:]] + [None], []
            for (at, state), end in zip(t.states, ends):
                if rows and rows[-1][0] == key(state):
                    rows[-1][2] = end
                    rows[-1][3].append((at, end, state))
                else:
                    rows.append([key(state), at, end, [(at, end, state)]])
            for n, row in enumerate(rows, 1):
                yield t, n, *row

    def status_intervals(self):
        return [(t.id, n, status, t.now("channel"), at, end, int(((end or self.shop.known) - at).total_seconds()), at in t.guessed, t.day(at),
                 n > 1 or t.origin == "observed") for t, n, status, at, end, _ in self.stretches(lambda s: s[0])]

    def assignee_snapshots(self):
        return [(t.id, n, id_of(agent), at, end, int(((end or self.shop.known) - at).total_seconds()),
                 sum(int(((e or self.shop.known) - a).total_seconds()) for a, e, state in states if state[0] != "resolved"), at in t.guessed, t.day(at))
                for t, n, agent, at, end, states in self.stretches(lambda s: s[1])]

    def clock(self, moment):
        return moment and moment.astimezone(self.shop.zone).strftime("%Y-%m-%d %H:%M:%S")

    def conversations(self):
        """The list of `report conversations`."""
        rows = []
        for t in self.told:
            agents = [(at, s[1]) for at, s in t.states if s[1]]
            teams = [s[2][1] for _, s in t.states if s[2]]
            done = t.resolutions()
            is_known = t.origin == "observed"
            # Of an older one only what was seen to change.
            given = agents[0][0] if is_known and agents else next((at for at, was, is_ in t.moves() if is_[1] and is_[1] != was[1]), None)
            since = self.stretches_of(t)[-1][3]
            rows.append({
                "workspace": self.shop.name, "conversation": t.id, "status": t.status(), "channel_id": t.states[-1][1][3][0], "channel": t.now("channel"),
                "agent_id": id_of(t.states[-1][1][1]), "agent": t.now("assignee"), "team": t.now("team"), "labels": ", ".join(sorted(t.labels)),
                "contact_id": t.contact, "created_at": self.clock(t.created), "updated_at": self.clock(t.updated), "first_assigned_at": self.clock(given),
                "first_resolved_at": self.clock(done[0][0] if done else None), "last_resolved_at": self.clock(done[-1][0] if done else None),
                "status_since_at": self.clock(since),
                "age_hours": None if t.status() == "resolved" else float(quotient((self.shop.known - t.created).total_seconds(), 3600)),
                "first_assignment_seconds": int((given - t.created).total_seconds()) if is_known and given else None,
                "first_resolution_seconds": int((done[0][0] - t.created).total_seconds()) if is_known and done else None,
                "open_seconds": t.seconds(lambda s: s[0] == "open"), "pending_seconds": t.seconds(lambda s: s[0] == "pending"),
                "snoozed_seconds": t.seconds(lambda s: s[0] == "snoozed"),
                "unassigned_seconds": t.seconds(lambda s: s[0] != "resolved" and not s[1]), "first_agent": agents[0][1][1] if is_known and agents else None,
                "last_agent": agents[-1][1][1] if agents else None, "first_team": teams[0] if is_known and teams else None,
                "handovers": sum(bool(was[1] and is_[1]) and was[1] != is_[1] for _, was, is_ in t.moves()), "resolutions": len(done),
                "reopens": sum(was[0] == "resolved" != is_[0] for _, was, is_ in t.moves()), "touches": t.touches, "history_complete": int(is_known)})
        return rows

    def stretches_of(self, t):
        return [row for row in self.stretches(lambda s: s[0]) if row[0] is t]


COLUMNS = {
    "daily_agent_workload": """day, agent_id, assigned_in_count, handed_off_count, resolved_count, resolved_conversation_count, reopened_count,
        handled_conversation_count, active_hours, average_concurrent, peak_concurrent, end_of_day_open_count, end_of_day_pending_count,
        end_of_day_snoozed_count, measured_hours, is_over""",
    "daily_unassigned_workload": """day, came_count, taken_count, resolved_count, resolved_conversation_count, reopened_count,
        handled_conversation_count, active_hours, average_concurrent, peak_concurrent, end_of_day_open_count, end_of_day_pending_count,
        end_of_day_snoozed_count, measured_hours, is_over""",
    "daily_backlog": """day, status, channel_id, assignee_id, team_id, is_over, conversation_count, age_hours_sum, age_under_1d_count, age_1d_to_3d_count,
        age_3d_to_7d_count, age_over_7d_count, oldest_age_hours""",
    "daily_flow": """day, channel_id, assignee_id, team_id, created_count, reopened_count, moved_in_count, resolved_count, moved_out_count, active_hours,
        is_over""",
    "daily_volume": """day, channel_id, team_id, created_count, resolved_count, resolved_conversation_count, reopened_count, first_resolved_count,
        first_resolution_seconds_sum, first_resolution_business_seconds_sum, new_contact_count, returning_contact_count, estimated_count, is_over""",
    "hourly_volume": "day, hour_of_day, day_of_week, channel_id, team_id, created_count, resolved_count, reopened_count",
    "daily_label_volume": "day, label_name, channel_id, team_id, created_count, resolved_count",
    "daily_label_pairs": "day, label_a, label_b, conversation_count",
    "label_pairs": "label_a, label_b, conversation_count",
    "label_intervals": "conversation_id, label_name, from_at, to_at, is_current, is_estimated, from_day, is_history_complete",
    "reopenings": """conversation_id, reopened_at, reopened_day, resolved_at, resolved_cycle_no, resolved_agent_id, status, agent_id, channel_id,
        resolved_duration_seconds, is_estimated""",
    "resolutions": """conversation_id, cycle_no, cycle_from_at, resolved_at, resolved_day, agent_id, team_id, channel_id, cycle_duration_seconds,
        next_reopened_at, was_reopened_within_7d, is_estimated""",
    "status_intervals": "conversation_id, interval_no, status, channel_name, from_at, to_at, duration_seconds, is_estimated, from_day, is_history_complete",
    "assignee_snapshots": """conversation_id, interval_no, assignee_id, from_at, to_at, duration_seconds, unresolved_duration_seconds, is_estimated,
        from_day""",
}


def differing(got, want):
    got, want = Counter(got), Counter(want)
    return {"only there": sorted((got - want).elements(), key=repr)[:3], "only here": sorted((want - got).elements(), key=repr)[:3]} if got != want else None


# Others by SAHUT_SEEDS="5 6 7".
SEEDS = [int(seed) for seed in os.environ.get("SAHUT_SEEDS", "").split()]


@pytest.mark.parametrize("seed", SEEDS or [11, pytest.param(12, marks=pytest.mark.slow), pytest.param(13, marks=pytest.mark.slow)])
def test_each_row_follows_from_what_was_shown(warehouse, seed):
    etl = warehouse("http://127.0.0.1:1/v1")
    shops = [Shop(etl, "utama", "Asia/Jakarta", seed), Shop(etl, "dua", "America/New_York", seed + 100)]
    for shop in shops:
        shop.live(110)
    listed, wrong = json.loads(etl.run("report", "conversations", "--format", "json", "--from", "2026-01-01", "--to", "2026-03-20").stdout), {}
    for shop in shops:
        reference = Reference(shop)
        assert {t.origin for t in reference.told} == {"observed", "backfill"} and any(t.gone for t in shop.told.values())
        assert any(t.guessed for t in reference.told)
        for view, columns in COLUMNS.items():
            want = getattr(reference, view)()
            assert want, view
            for zone in ZONES:
                shop.story.sql(f"set timezone = '{zone}'")
                found = differing(shop.story.sql(f"select {columns} from sahut_report.{view} where workspace_name = %s", shop.name), want)
                if found:
                    wrong[shop.name, view, zone] = found
                    break
        want = {r["conversation"]: r for r in reference.conversations()}
        told = [r for r in listed if r["workspace"] == shop.name]
        assert {r["conversation"] for r in told} == set(want) and len(told) == len(want)
        for r in told:
            unlike = {k: (r[k], v) for k, v in want[r["conversation"]].items() if r[k] != v}
            if unlike:
                wrong[shop.name, "conversations", r["conversation"]] = unlike
    assert not wrong, "\n".join(f"{' '.join(k)}: {v}" for k, v in wrong.items())
    for shop in shops:
        shop.story.close()

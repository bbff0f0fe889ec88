# SPDX-License-Identifier: MIT
"""Time in business hours, compared with a count of minutes: by the clock on the wall, one after the other.

The reference knows no spans and no sums. For each minute it asks the zone's clock which day and which time of day it is, and
whether the hours of that day, or of the evening before, hold it.
"""
import random
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from story import Story, assert_history_is_sound, at

UTC = timezone.utc
TARGETS = [{"metric": "first_assignment", "within": 3600 * 10**6, "channel_type": None, "label": None, "pauses_pending": False,
            "pauses_snoozed": False},
           {"metric": "first_resolution", "within": 4 * 3600 * 10**6, "channel_type": "whatsapp", "label": None, "pauses_pending": True,
            "pauses_snoozed": True},
           {"metric": "first_resolution", "within": 8 * 3600 * 10**6, "channel_type": None, "label": None, "pauses_pending": True,
            "pauses_snoozed": False}]
WA, IG, MAIL = ("wa", "whatsapp", "WA Toko"), ("ig", "instagram", "IG Toko"), ("em", "email", "Surat")


def week(text):
    """{"1-4": "08:00-12:00 13:00-17:00"} as the program writes it into the settings."""
    spans = []
    for days, hours in text.items():
        first, _, last = days.partition("-")
        for day in range(int(first), int(last or first) + 1):
            spans += [{"day": day, **span(h)} for h in hours.split()]
    return spans


def span(text):
    opens, closes = [int(t[:2]) * 60 + int(t[3:]) for t in text.split("-")]
    return {"opens": opens, "closes": closes if closes > opens else closes + 1440}


def settings(hours=None, dates=None, holidays=(), channels=(), targets=()):
    return {"hours": week(hours or {}), "dates": [{"day": d, **span(h)} for d, hours in (dates or {}).items() for h in hours.split()],
            "holidays": list(holidays), "channels": list(channels), "targets": list(targets), "drops_names": False, "drops_phones": False}


def channel(hours, id=None, type=None, dates=None, holidays=()):
    s = settings(hours, dates, holidays)
    return {"channel_id": id, "channel_type": type, "hours": s["hours"], "dates": s["dates"], "holidays": s["holidays"]}


class Reference:
    """Minutes from BEGIN on, DAYS long, of which it knows whether they are worked; None for hours that are not there."""

    def __init__(self, zone, hours, begin, days):
        self.begin, self.sums = begin, [0]
        names = {"hours": {}, "dates": {}}
        for key in names:
            for s in hours[key]:
                names[key].setdefault(s["day"], []).append((s["opens"], s["closes"]))
        self.always = not hours["hours"]
        zone = ZoneInfo(zone)
        for n in range(days * 1440):
            wall = (begin + timedelta(minutes=n)).astimezone(zone)
            minute, today = wall.hour * 60 + wall.minute, wall.date()
            works = self.always or any(
                opens <= minute + back * 1440 < closes
                for back in (0, 1) for opens, closes in self.of_day(names, hours["holidays"], today - timedelta(days=back)))
            self.sums.append(self.sums[-1] + works * 60)

    @staticmethod
    def of_day(names, holidays, day):
        if str(day) in names["dates"]:
            return names["dates"][str(day)]
        return [] if str(day) in holidays else names["hours"].get(day.isoweekday(), [])

    def until(self, moment):
        minutes, rest = divmod((moment - self.begin).total_seconds(), 60)
        before = self.sums[int(minutes)]
        return before + (rest if self.sums[int(minutes) + 1] > before else 0)

    def seconds(self, began, ended):
        return 0 if ended <= began else self.until(ended) - self.until(began)


@pytest.fixture
def story(warehouse):
    stories = []

    def make(**options):
        stories.append(Story(warehouse("http://127.0.0.1:1/v1"), **options))
        return stories[-1]

    yield make
    for s in stories:
        s.close()


INDONESIA = settings({"1-4": "08:00-12:00 13:00-17:00", "5": "08:00-11:30 13:00-17:00", "6": "20:00-02:00"},
                     {"2027-03-19": "08:00-12:00", "2027-03-22": "09:00-10:00 22:00-03:00"}, ["2027-03-17", "2027-03-22", "2027-03-21"])
NIGHT = settings({"1-7": "22:00-06:00 06:00-09:30"}, holidays=["2027-03-28"])
SMALL_HOURS = settings({"7": "00:30-02:15 02:30-02:45 23:00-03:10", "1-6": "01:00-03:00"}, {"2027-04-01": "23:59-00:01"})
WHOLE = settings({"1-7": "00:00-24:00"}, {"2027-03-28": "02:00-24:00"}, ["2027-10-31"])


@pytest.mark.parametrize("zone, hours, begin, days", [
    ("Asia/Jakarta", INDONESIA, "2027-03-14", 14), ("Asia/Jakarta", NIGHT, "2027-03-24", 9),
    ("Europe/Berlin", SMALL_HOURS, "2027-03-25", 9), ("Europe/Berlin", SMALL_HOURS, "2027-10-28", 7), ("Europe/Berlin", NIGHT, "2027-10-28", 7),
    ("Europe/Berlin", WHOLE, "2027-03-26", 5), ("Europe/Berlin", WHOLE, "2027-10-29", 5), ("America/New_York", SMALL_HOURS, "2027-11-04", 6),
    ("America/New_York", SMALL_HOURS, "2027-03-11", 6), ("Australia/Lord_Howe", SMALL_HOURS, "2027-04-01", 6),
    ("Australia/Lord_Howe", SMALL_HOURS, "2027-09-30", 6), ("Pacific/Chatham", SMALL_HOURS, "2027-04-02", 4),
    ("America/Santiago", WHOLE, "2027-09-03", 4)])
def test_a_second_counts_when_the_clock_on_the_wall_shows_hours_of_work(story, zone, hours, begin, days):
    s = story(zone=zone, settings=hours)
    s.see("2027-03-01 00:00")
    begin = at(begin + " 00:00")
    reference, chance = Reference(zone, hours, begin, days + 1), random.Random(zone + str(begin))
    pairs = [sorted(begin + timedelta(seconds=chance.randrange(days * 86400)) for _ in range(2)) for _ in range(300)]
    pairs += [(begin + timedelta(minutes=30 * n), begin + timedelta(minutes=30 * n + 30)) for n in range(days * 48)]
    for session in ("Asia/Jakarta", "America/New_York", "Pacific/Kiritimati"):
        s.sql(f"set timezone = '{session}'")
        s.sql("create temp table if not exists pair (n integer, began timestamptz, ended timestamptz)")
        s.sql("truncate pair")
        s.sql("insert into pair select * from unnest(%s::integer[], %s::timestamptz[], %s::timestamptz[])", list(range(len(pairs))),
              [p[0] for p in pairs], [p[1] for p in pairs])
        got = [r[0] for r in s.sql("select sahut_etl.business_seconds(%s, null, began, ended) from pair order by n", s.id)]
        wrong = [(p, g, reference.seconds(*p)) for p, g in zip(pairs, got) if g != reference.seconds(*p)]
        assert not wrong, f"{len(wrong)} differ: {wrong[:3]}"
    # The calendar says the same of days. Under the zone's own days.
    place = ZoneInfo(zone)
    for day, seconds in s.sql("select d::date, sahut_etl.business_seconds(%s, null, d::date::timestamp at time zone %s, (d::date + 1)::timestamp at time "
                              "zone %s) from generate_series(%s::date + 1, %s::date - 1, interval '1 day') d", s.id, zone, zone, begin.date(),
                              (begin + timedelta(days=days)).date()):
        began, ended = [datetime(d.year, d.month, d.day, tzinfo=place).astimezone(UTC) for d in (day, day + timedelta(days=1))]
        assert seconds == reference.seconds(began, ended), day


def test_hours_are_those_of_the_channel_of_its_kind_or_of_the_workspace(story):
    hours = settings({"1-5": "08:00-17:00"}, holidays=["2027-03-17"], channels=[
        channel({"1-7": "07:00-22:00"}, type="whatsapp", holidays=["2027-03-17"]), channel({"1": "10:00-11:00"}, id="wa2"), channel({}, type="email")])
    s = story(settings=hours)
    s.see("2027-03-14 00:00", first_load_ends=True)
    for n, c in enumerate((WA, ("wa2", "whatsapp", "WA 2"), IG, MAIL, None)):
        s.change(f"2027-03-14 17:00:0{n}", f"C{n}", channel=c, after=30)     # midnight of Monday the 15th in Jakarta
        s.change(f"2027-03-17 17:00:0{n}", f"C{n}", status="resolved")       # and of Thursday
    got = dict(s.sql("select id, first_resolution_business_seconds from sahut_report.conversations"))
    assert {k: v / 3600 for k, v in got.items()} == {"C0": 30, "C1": 1, "C2": 18, "C3": 72, "C4": 18}
    assert dict(s.sql("select conversation_id, cycle_business_duration_seconds from sahut_report.resolutions")) == got
    assert dict(s.sql("select id, open_business_seconds from sahut_report.conversation_times")) == got
    assert s.sql("select channel_id, hours_no from sahut_etl.channel_hours order by 1") == [("", 0), ("em", None), ("ig", 0), ("wa", 1), ("wa2", 2)]


def test_a_channel_that_works_at_other_hours_takes_its_conversations_along(story):
    """What is measured from the creation on goes by the channel of now; each state by that of then."""
    s = story(settings=settings({"1-7": "08:00-17:00"}, channels=[channel({"1-7": "08:00-09:00"}, id="ig")]))
    s.see("2027-03-14 00:00", first_load_ends=True)
    s.change("2027-03-15 01:00", "C1", channel=WA)
    s.change("2027-03-15 05:00", "C1", assignee=("A", "Ayu"))
    s.change("2027-03-16 01:00", "C1", channel=IG)
    s.change("2027-03-16 05:00", "C1", status="pending")
    assert s.one("select first_assignment_business_seconds from sahut_report.conversations") == 3600
    s.change("2027-03-16 09:00", "C1", status="resolved")
    assert s.sql("select first_resolution_business_seconds from sahut_report.conversations") == [(7200,)]
    assert s.sql("select open_business_seconds, pending_business_seconds, unassigned_business_seconds from sahut_report.conversation_times") == [
        ((9 + 1) * 3600, 0, 4 * 3600)]
    assert s.sql("select status, business_duration_seconds from sahut_report.status_intervals order by interval_no") == [
        ("open", 10 * 3600), ("pending", 0), ("resolved", None)]


# ---- whole histories ----

class Told:
    """What was told of one conversation: its states, each with when it began."""

    def __init__(self):
        self.states = []     # (from, status, assignee, channel)

    def stays(self, now):
        ends = [s[0] for s in self.states[1:]] + [now]
        return [(began, max(began, ended), *rest) for (began, *rest), ended in zip(self.states, ends)]

    def first(self, holds):
        return next((began for began, *rest in self.states if holds(*rest)), None)


def live(s, chance, n, begin, steps):
    """Conversations change at random moments, one after the other."""
    told, now = {}, begin
    people = [("A", "Ayu"), ("B", "Budi"), None]
    for _ in range(steps):
        now += timedelta(seconds=chance.randrange(150, 9 * 3600))
        id = f"C{chance.randrange(n)}"
        if id not in told:
            told[id] = Told()
            item = {"channel": chance.choice([WA, IG, MAIL])}
            told[id].states.append((now, "open", None, item["channel"]))
            s.change(now.isoformat(), id, after=30, **item)
            continue
        _, status, assignee, kanal = told[id].states[-1]
        kind = chance.random()
        if kind < 0.5:
            status = chance.choice([x for x in ("open", "pending", "snoozed", "resolved") if x != status])
        elif kind < 0.9:
            assignee = chance.choice([x for x in people if x != assignee])
        else:
            kanal = chance.choice([x for x in (WA, IG, MAIL) if x != kanal])
        told[id].states.append((now, status, assignee, kanal))
        s.change(now.isoformat(), id, status=status, assignee=assignee, channel=kanal)
    return told, now


def expected(told, clocks, now):
    """{id: (business seconds by state, without an owner, until the first assignment, until the first resolution)}"""
    rows, results = {}, {}
    for id, t in told.items():
        sums = dict.fromkeys(("open", "pending", "snoozed", "nobody"), 0)
        for began, ended, status, assignee, kanal in t.stays(now):
            if status != "resolved":
                seconds = clocks[kanal[0]].seconds(began, ended)
                sums[status] += seconds
                sums["nobody"] += seconds if assignee is None else 0
        here = t.states[-1][3]
        born, assigned = t.states[0][0], t.first(lambda status, assignee, kanal: assignee)
        resolved = t.first(lambda status, assignee, kanal: status == "resolved")
        clock = clocks[here[0]]
        rows[id] = (*sums.values(), assigned and clock.seconds(born, assigned), resolved and clock.seconds(born, resolved))
        for metric, done in (("first_assignment", min([x for x in (assigned, resolved) if x], default=None)), ("first_resolution", resolved)):
            target = next(x for x in TARGETS if x["metric"] == metric and x["channel_type"] in (None, here[1]))
            paused = sum(clocks[kanal[0]].seconds(began, ended) for began, ended, status, _, kanal in t.stays(now)
                         if status in ("pending", "snoozed") and target[f"pauses_{status}"] and (done is None or ended <= done))
            took = max(0, clock.seconds(born, done or now) - paused)
            results[f"{id}:{metric}"] = ("breached" if took > target["within"] / 1e6 else "met" if done else "running", took)
    return rows, results


def compare(s, told, hours, begin, days):
    [[now]] = s.sql("select active_as_of from sahut_etl.workspace where id = %s", s.id)
    known = {k: hours for k in ("wa", "ig", "em")}
    known.update({"ig": hours["channels"][0], "em": hours["channels"][1]} if hours["channels"] else {})
    clocks = {k: Reference(s.zone, h, begin, days) for k, h in known.items()}
    rows, results = expected(told, clocks, now)
    got = s.sql("""select t.id, t.open_business_seconds, t.pending_business_seconds, t.snoozed_business_seconds, t.unassigned_business_seconds,
        c.first_assignment_business_seconds, c.first_resolution_business_seconds
        from sahut_report.conversation_times t join sahut_report.conversations c using (id) where t.workspace_name = %s""", s.name)
    assert {r[0]: r[1:] for r in got} == rows
    judged = s.sql("select id, result, elapsed_minutes * 60 from sahut_report.sla_results where workspace_name = %s", s.name)
    assert {r[0]: r[1] for r in judged} == {k: v[0] for k, v in results.items()}
    assert all(abs(float(r[2]) - results[r[0]][1]) < 1 for r in judged)
    by_stay = s.sql("""select conversation_id, status, sum(business_duration_seconds) from sahut_report.status_intervals
        where status <> 'resolved' and workspace_name = %s group by 1, 2""", s.name)
    for id, status, seconds in by_stay:
        assert seconds == rows[id][("open", "pending", "snoozed").index(status)]


@pytest.mark.parametrize("zone, session, begin, seed", [
    ("Asia/Jakarta", "America/New_York", "2027-03-14 01:00", 1), ("Europe/Berlin", "Pacific/Kiritimati", "2027-10-29 05:00", 3),
    pytest.param("Europe/Berlin", "UTC", "2027-03-26 05:00", 2, marks=pytest.mark.slow),
    pytest.param("America/New_York", "Asia/Jakarta", "2027-11-05 05:00", 4, marks=pytest.mark.slow)])
def test_random_histories_are_measured_as_a_count_of_minutes_does(story, zone, session, begin, seed):
    chance, begin = random.Random(seed), at(begin)
    day = (begin + timedelta(days=2)).date()
    hours = settings({"1-4": "08:00-12:00 13:00-17:00", "5": "08:00-11:30 13:00-17:00", "6": "20:00-02:30", "7": "01:30-04:00"},
                     {str(day + timedelta(days=1)): "06:00-07:00 21:00-01:00"}, [str(day + timedelta(days=2))],
                     [channel({"1-7": "22:00-03:00"}, id="ig", holidays=[str(day)]), channel({"1-5": "00:00-24:00"}, type="email")], TARGETS)
    s = story(zone=zone, session_zone=session, settings=hours)
    s.see((begin - timedelta(days=1)).isoformat(), first_load_ends=True)
    told, now = live(s, chance, 9, begin, 70)
    days = (now - begin).days + 3
    compare(s, told, hours, begin, days)
    assert_history_is_sound(s.sql)
    # Other hours make what is stored untrue, and it is computed again; so does another zone.
    other = settings({"1-7": "09:00-15:00"}, targets=TARGETS)
    s.register(settings=other)
    s.refresh()
    compare(s, told, other, begin, days)
    s.register(zone="Asia/Tokyo")
    s.refresh()
    compare(s, told, other, begin, days)
    s.register(settings=settings(targets=TARGETS))
    s.refresh()
    compare(s, told, settings(targets=TARGETS), begin, days)
    assert_history_is_sound(s.sql)
    assert s.one("select count(*) from sahut_etl.work_span") == 0


def test_only_a_change_of_what_has_passed_is_computed_again(story):
    s = story(settings=settings({"1-5": "08:00-17:00"}, holidays=["2027-12-25"]))
    s.see("2027-03-01 00:00", first_load_ends=True)
    s.change("2027-03-02 01:00", "C1")
    s.change("2027-03-02 03:00", "C1", status="resolved")
    s.see("2027-03-05 00:00")
    s.refresh()
    for later in (settings({"1-5": "08:00-17:00"}, holidays=["2027-12-25", "2027-12-26"]),
                  settings({"1-5": "08:00-17:00"}, {"2027-04-01": "08:00-12:00"}, ["2027-12-25"])):
        s.register(settings=later)
        assert s.pending() == []
    for now in (settings({"1-5": "08:00-17:00"}, holidays=["2027-03-02"]), settings({"1-5": "08:00-12:00 13:00-17:00"}),
                settings({"1-5": "08:00-12:00 13:00-17:00"}, {"2027-03-02": "09:00-10:00"}),
                settings({"1-5": "08:00-12:00 13:00-17:00"}, {"2027-03-02": "09:00-10:00"}, channels=[channel({"1": "08:00-09:00"}, type="fax")])):
        s.register(settings=now)
        assert date(2027, 3, 2) in s.pending()
        s.refresh()


def test_spans_reach_beyond_each_new_year(story):
    s = story(settings=settings({"1-7": "08:00-09:00"}))
    assert s.one("select count(*) from sahut_etl.work_span") == 0       # nobody knows yet which year it is at the API
    for year in (2027, 2028, 2031, 2099, 2150):
        s.see(f"{year}-06-01 00:00", first_load_ends=year == 2027)
        upto = s.one("select max(opens_at at time zone 'Asia/Jakarta')::date from sahut_etl.work_span")
        assert date(min(year, 2100) + 1, 12, 31) <= upto <= date(2102, 12, 31)     # as far as the calendar does
    assert s.one("select min(opens_at at time zone 'Asia/Jakarta')::date from sahut_etl.work_span") == date(2000, 1, 1)
    assert s.one("select sahut_etl.business_seconds(%s, null, '0001-01-01', '2000-01-02 00:00+00')", s.id) == 3600

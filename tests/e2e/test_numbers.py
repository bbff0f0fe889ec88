# SPDX-License-Identifier: MIT
"""What reports and cards make of the views: nothing invented, nothing averaged twice, every day there.

The histories are told batch by batch (story.py); what is expected was worked out by hand.
"""
import json
import os
import re
from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from story import Story, assert_history_is_sound, at, conversation, statement  # noqa: F401
from xlsx import Workbook

TOP = os.path.join(os.path.dirname(__file__), "..", "..")
with open(os.path.join(TOP, "etc", "metabase", "dashboards.json")) as f:
    CARDS = {c["key"]: c for d in json.load(f)["dashboards"] for c in d["cards"] if "key" in c}
AYU, BUDI, CITRA = ("A", "Ayu"), ("B", "Budi"), ("C", "Citra")
WA, IG = ("wa", "whatsapp", "WA Toko"), ("ig", "instagram", "IG Toko")
KASIR, GUDANG = ("t1", "Kasir"), ("t2", "Gudang")


@pytest.fixture
def story(warehouse):
    stories = []

    def make(**options):
        """A workspace whose first load, of nothing, ended on a Sunday at 07:00 in Jakarta."""
        stories.append(Story(warehouse("http://127.0.0.1:1/v1"), session_zone="America/New_York", **options))
        stories[-1].see("2026-03-01 00:00", first_load_ends=True)
        return stories[-1]

    yield make
    for s in stories:
        s.close()


def day(n):
    return date(2026, 3, n)


def card(s, key, **filters):
    """What Metabase would show: a tag is a condition on its column, and a tag without a filter leaves its brackets out."""
    with open(os.path.join(TOP, "etc", "metabase", CARDS[key].get("sql", key) + ".sql")) as f:
        query = re.sub(r"@([^@']+)@", r"\1", f.read())
    for tag, condition in filters.items():
        table, column = CARDS[key]["tags"][tag].split(".")
        query = re.sub(r"\[\[(.*?){{%s}}\]\]" % tag, lambda m: f'{m[1]}"sahut_report"."{table}"."{column}" {condition}', query)
    s.cursor.execute(re.sub(r"\[\[.*?\]\]", "", query))
    names = [c[0] for c in s.cursor.description]
    return [dict(zip(names, row)) for row in s.cursor.fetchall()]


def report(s, name, first, last):
    return json.loads(s.etl.run("report", name, "--format", "json", "--from", str(first), "--to", str(last)).stdout)


def march(first, last):
    return f"between '2026-03-{first:02}' and '2026-03-{last:02}'"


def test_how_many_at_a_time_counts_the_hours_without_any(story):
    """One day of ten with two at a time is 0.2, whatever days have no row; and a day that is not over weighs as it is."""
    s = story()
    for n in (1, 2):
        s.change(f"2026-03-04 17:00:0{n}", f"C{n}", assignee=AYU)      # midnight of the fifth in Jakarta
    for n in (1, 2):
        s.change(f"2026-03-05 17:00:0{n}", f"C{n}", status="resolved")
    s.see("2026-03-12 05:02")
    s.refresh()
    agent = s.sql("select day, active_hours, measured_hours, average_concurrent from sahut_report.daily_agent_workload where day = '2026-03-05'")
    assert agent == [(day(5), D("48.00"), D("24.0000"), D("2.00"))]
    assert s.sql("select day, measured_hours, is_begun from sahut_report.calendar where day in ('2026-02-28', '2026-03-01', '2026-03-12', '2026-03-13')") == [
        (date(2026, 2, 28), 0, True), (day(1), D("17.0000"), True), (day(12), D("12.0000"), True), (day(13), 0, False)]
    [row] = report(s, "workload", day(3), day(12))
    assert row["average"] == round(48 / (9 * 24 + 12), 2)
    [row] = card(s, "workload_agents", day=march(3, 12))
    assert row["average_concurrent"] == round(D(48) / (9 * 24 + 12), 2)
    # From before history on, and to a day that has not come, are no hours.
    assert [r["average_concurrent"] for r in card(s, "workload_agents")] == [round(D(48) / (17 + 10 * 24 + 12), 2)]
    line = card(s, "workload_concurrent", day=march(3, 7))
    assert [(r["day"], r["average_concurrent"]) for r in line] == [
        (day(3), 0), (day(4), 0), (day(5), D("2.00")), (day(6), 0), (day(7), 0)]
    assert card(s, "workload_concurrent", day=march(3, 7), agent="= 'Budi'") == []
    # "Without Thursdays" is a filter, too.
    assert card(s, "workload_agents", day="<> '2026-03-05'") == [] or card(s, "workload_agents", day="<> '2026-03-05'")[0]["average_concurrent"] == 0


def test_the_day_that_is_not_over_is_drawn_apart_for_agents_too(story):
    """The bars of its resolutions are one, and the line of each agent leads to a point of its own."""
    s = story()
    for n, agent in enumerate((AYU, AYU, BUDI)):
        s.change(f"2026-03-02 17:00:0{n}", f"C{n}", assignee=agent)     # midnight of the third in Jakarta
    s.change("2026-03-03 05:00", "C0", status="resolved")               # at noon
    for n in (1, 2):
        s.change(f"2026-03-03 23:00:0{n}", f"C{n}", status="resolved")  # at six
    s.see("2026-03-04 05:02")                                           # known to noon
    s.refresh()
    bars = [(r["day"], r["agent_name"], r["resolved_count"]) for r in card(s, "workload_resolved", day=march(3, 4))]
    assert sorted(bars) == [(day(3), "Ayu", 1), (day(3), "Budi", 0), (day(4), "day is not over", 2)]
    line = [(r["day"], r["agent_name"], r["average_concurrent"]) for r in card(s, "workload_concurrent", day=march(3, 4))]
    assert line == [(day(3), "Ayu", D("1.50")), (day(3), "Ayu, day is not over", D("1.50")), (day(3), "Budi", 1), (day(3), "Budi, day is not over", 1),
                    (day(4), "Ayu, day is not over", D("0.50")), (day(4), "Budi, day is not over", D("0.50"))]
    # Of days that are over there is nothing else.
    assert [r["agent_name"] for r in card(s, "workload_concurrent", day="= '2026-03-03'", agent="= 'Budi'")] == ["Budi"]


def test_a_target_names_who_had_it_when_it_was_met(story):
    """Not whoever has the conversation today."""
    targets = [{"metric": "first_assignment", "within": 3600 * 10**6, "channel_type": None, "label": None},
               {"metric": "first_resolution", "within": 7200 * 10**6, "channel_type": None, "label": None}]
    s = story(settings={"hours": [], "holidays": [], "targets": targets, "drops_names": False, "drops_phones": False})
    s.change("2026-03-02 01:00", "C1", team=KASIR)
    s.change("2026-03-02 01:10", "C1", assignee=AYU)
    s.change("2026-03-02 02:00", "C1", assignee=BUDI, team=GUDANG)
    s.change("2026-03-02 02:30", "C1", status="resolved")
    s.change("2026-03-02 03:30", "C1", status="open", assignee=CITRA, team=KASIR)
    s.change("2026-03-02 04:00", "C1", status="resolved")
    s.change("2026-03-02 01:00:30", "nobody", after=30)
    s.change("2026-03-02 05:00", "nobody", status="resolved")
    s.change("2026-03-02 05:10", "nobody", assignee=AYU)
    s.change("2026-03-02 05:20", "running", assignee=CITRA)
    s.see("2026-03-02 05:42")
    result = """select conversation_id, metric, result, done_by_agent_name, done_by_team_name, agent_name, team_name
        from sahut_report.sla_results order by 1, 2"""
    assert s.sql(result) == [
        ("C1", "first_assignment", "met", "Ayu", "Kasir", "Citra", "Kasir"),
        ("C1", "first_resolution", "met", "Budi", "Gudang", "Citra", "Kasir"),
        ("nobody", "first_assignment", "breached", None, None, "Ayu", None), ("nobody", "first_resolution", "breached", None, None, "Ayu", None),
        ("running", "first_assignment", "met", "Citra", None, "Citra", None), ("running", "first_resolution", "running", None, None, "Citra", None)]
    assert [(r["agent"], r["met"], r["breached"], r["running"]) for r in card(s, "workload_targets_agents") if r["metric"] == "first_resolution"] == [
        ("(nobody)", 0, 1, 0), ("Budi", 1, 0, 0), ("Citra", 0, 0, 1)]
    assert_history_is_sound(s.sql)


def test_medians_say_how_many_they_are_of(story):
    """Older ones are not timed but counted; estimated ones are timed and counted; what still waits took longer than any."""
    s = story()
    s.see("2026-03-01 00:10", conversation("old", "open", "2026-01-11 00:00", "2026-02-21 00:00"))
    s.see("2026-03-02 01:02", conversation("old", "resolved", "2026-01-11 00:00", "2026-03-02 01:00"))
    for n, minutes in enumerate((10, 20, 40)):
        s.change(f"2026-03-03 01:00:0{n}", f"C{n}", after=30)
        s.change(f"2026-03-03 01:{minutes}:0{n}", f"C{n}", assignee=AYU)
    s.change("2026-03-03 02:40:00", "C0", status="resolved")
    # After hours without a look: timed, and said to be estimated.
    s.see("2026-03-03 09:00", conversation("C3", "resolved", "2026-03-03 03:00", "2026-03-03 08:00", assignee=BUDI))
    s.change("2026-03-03 09:10", "waits")
    s.see("2026-03-04 01:02")
    s.refresh()
    [week] = card(s, "volume_resolution_counts", day=march(2, 4))
    assert (week["resolutions"], week["timed"], week["beginning_unknown"], week["estimated"]) == (3, 2, 1, 1)
    assert week["median_hours"] == D("3.3")      # of 100 minutes and 5 hours
    assert card(s, "volume_first_resolution", day=march(2, 4)) == [{"median_hours": D("3.3")}]
    [assigned] = card(s, "workload_first_assignment", day=march(3, 3))
    assert (assigned["assigned"], assigned["waiting"], assigned["estimated"]) == (4, 1, 1)
    assert (assigned["median_hours"], assigned["p90_hours"]) == (D("0.67"), None)   # of 10, 20, 40 minutes, 5 hours and one that waits
    [channel] = [r for r in s.sql("""select channel_name, count(*) from sahut_report.resolutions group by 1""")]
    assert channel == ("WA Toko", 3)


def test_every_day_has_its_place_in_a_chart(story):
    """Nothing happened is zero; nobody can know is empty; and today is there."""
    s = story()
    s.change("2026-03-02 01:00", "C1")
    s.change("2026-03-02 03:00", "C1", status="resolved")
    s.change("2026-03-06 01:00", "C2", assignee=AYU)
    s.see("2026-03-07 01:02")
    s.refresh()
    days = card(s, "volume_days", day="between '2026-02-27' and '2026-03-31'")
    assert [r["day"] for r in days] == [date(2026, 2, 27) + timedelta(n) for n in range(9)]
    assert [(r["created"], r["resolved"]) for r in days] == [
        (0, None), (0, None), (0, 0), (1, 1), (0, 0), (0, 0), (0, 0), (1, 0), (None, None)]
    # The day that is not over has a line of its own, which begins at the day before.
    assert [(r["created_so_far"], r["resolved_so_far"]) for r in days][-3:] == [(None, None), (1, 0), (0, 0)]
    assert [r["created"] for r in card(s, "volume_days", day=march(4, 6), channel="= 'WA Toko'")] == [0, 0, 1]
    assert [(r["day"], r["conversations"]) for r in card(s, "volume_backlog_days", day=march(3, 7))] == [
        (day(3), 0), (day(4), 0), (day(5), 0), (day(6), 1), (day(7), 1)]
    assert len(card(s, "volume_hours", day=march(1, 7))) == 7 * 24
    assert sum(r["created"] for r in card(s, "volume_hours", day=march(1, 7))) == 2
    assert [r["unassigned"] for r in card(s, "workload_unassigned_days", day=march(1, 7))] == [0] * 7
    text = s.etl.run("report", "backlog", "--from", "2026-02-27").stdout
    assert [line.split()[0] for line in text.split("\n") if line.startswith("2026-03-0")] == [str(day(n)) for n in range(1, 8)]


def test_what_a_team_got_before_history_is_not_nothing(story):
    """Of conversations created before the first load no team is known: days of theirs are empty, and no zero stands beside a number."""
    s = story()
    s.see("2026-03-01 00:10", conversation("old", "open", "2026-02-26 00:00", "2026-02-26 01:00", team=KASIR))
    s.change("2026-03-02 01:00", "C1", team=KASIR)
    s.change("2026-03-02 02:00", "C2", team=GUDANG)
    s.change("2026-03-02 03:00", "C1", team=GUDANG)
    s.see("2026-03-03 01:02")
    s.refresh()
    file = os.path.join(s.etl.dir, "volume.xlsx")
    s.etl.run("report", "volume", "--format", "xlsx", "--from", "2026-02-26", "--to", "2026-03-03", "--team", "kasir", "--output", file)
    book = Workbook(file)
    days = {r["day"].date(): r["created"] for r in book.table("Days")}
    assert days == {date(2026, 2, 26): None, date(2026, 2, 27): None, date(2026, 2, 28): None, day(1): 0, day(2): 1, day(3): 0}
    [summary] = book.table("Summary")
    assert summary["created"] == 1 and summary["created, in the period before"] is None
    whole = {r["day"]: r["created"] for r in report(s, "volume", "2026-02-26", "2026-03-03")}
    assert whole["2026-02-26"] == 1 and whole["2026-03-02"] == 2


def test_what_an_agent_got_before_history_is_not_nothing(story):
    """Of conversations created before the first load it is not known whose they were first, nor whether they were anybody's."""
    s = story()
    s.see("2026-03-01 00:10", conversation("old", "open", "2026-02-26 00:00", "2026-02-26 01:00", assignee=AYU))
    s.see("2026-03-01 00:20", conversation("dawn", "open", "2026-02-28 22:00", "2026-02-28 22:30"))     # on the first day, before the load
    s.change("2026-03-02 01:00", "C1", assignee=AYU)
    s.change("2026-03-02 02:00", "C2")
    s.change("2026-03-02 03:00", "C1", status="resolved")
    s.see("2026-03-03 01:02")
    s.refresh()
    for agent, resolved in (("ayu", 1), ("-", 0)):
        file = os.path.join(s.etl.dir, "volume.xlsx")
        s.etl.run("report", "volume", "--format", "xlsx", "--from", "2026-02-27", "--to", "2026-03-03", "--agent", agent, "--output", file)
        book = Workbook(file)
        days = {r["day"].date(): (r["created"], r["resolved"]) for r in book.table("Days")}
        assert days == {date(2026, 2, 27): (None, None), date(2026, 2, 28): (None, None), day(1): (0, 0), day(2): (1, resolved), day(3): (0, 0)}
        [summary] = book.table("Summary")
        assert summary["created"] == 1 and summary["created, in the period before"] is None


def test_default_periods_agree_and_include_today():
    with open(os.path.join(TOP, "etc", "metabase", "dashboards.json")) as f:
        defaults = {p["default"] for d in json.load(f)["dashboards"] for p in d["parameters"] if "default" in p}
    assert defaults == {"past30days~"}      # thirty days, and the one that is not over
    with open(os.path.join(TOP, "sql", "report", "scope.sql")) as f:
        assert "last_day - 30)" in f.read()


def test_work_reaches_an_agent_at_an_hour_or_it_is_said_that_nobody_knows_which(story):
    s = story()
    s.change("2026-03-02 01:00", "C1")
    s.change("2026-03-02 02:00", "C1", assignee=AYU)
    s.change("2026-03-02 03:30", "C1", status="resolved")
    s.see("2026-03-02 09:00", conversation("C2", "open", "2026-03-02 04:00", "2026-03-02 08:00", assignee=AYU))
    s.refresh()
    page = s.etl.run("report", "workload", "--format", "html", "--from", "2026-03-01", "--to", "2026-03-02").stdout
    for words in ("When work reaches agents", "given, hour unknown"):
        assert words in page
    assert "at work" not in page
    [row], hours = (s.sql(re.sub(r"\$[4-7]", "null", statement(f"report/{name}.sql").replace("$1", "'utama'").replace("$2", "'2026-03-01'")
                                 .replace("$3", "'2026-03-02'"))) for name in ("workload_agents", "workload_hours"))
    assert row[:3] == ("Ayu", 2, 1) and [(h, n) for _, h, n in hours if n] == [(9, 1)]
    indonesian = s.etl.run("report", "workload", "--format", "html", "--lang", "id").stdout
    assert "Kapan percakapan sampai ke agen" in indonesian and "agen bekerja" not in indonesian


def test_what_nobody_has_is_a_row_of_the_workload(story):
    s = story()
    s.change("2026-03-02 01:00", "C1", assignee=AYU)
    s.change("2026-03-02 02:00", "C2")
    s.change("2026-03-02 03:00", "C3", status="snoozed")
    s.see("2026-03-03 01:02")
    now = "select agent_name, is_unassigned, active_count, snoozed_count, unresolved_count from sahut_report.agent_workload_now order by 1"
    assert s.sql(now) == [("Ayu", False, 1, 0, 1), (None, True, 1, 1, 2)]
    assert s.sql("select sum(unresolved_count) from sahut_report.agent_workload_now") == s.sql(
        "select count(*) from sahut_report.conversations where is_unresolved")
    assert {r["agent"]: r["open_count"] for r in card(s, "workload_now")} == {"Ayu": 1, "(nobody)": 1}
    # Of agents, nobody is none.
    assert (card(s, "workload_active"), card(s, "workload_median")) == ([{"active": 1}], [{"median_active": 1.0}])
    s.refresh()
    assert [r["agent_id"] for r in report(s, "workload", day(2), day(3))] == ["A"]
    s.change("2026-03-03 03:00", "C2", status="resolved")
    s.change("2026-03-03 04:00", "C3", status="resolved")
    assert s.sql(now) == [("Ayu", False, 1, 0, 1)]


def test_one_row_says_how_a_conversation_spent_its_time_and_in_whose_hands(story):
    s = story()
    s.see("2026-03-01 00:10", conversation("old", "pending", "2026-01-11 00:00", "2026-02-28 23:00", assignee=AYU, team=KASIR))
    s.change("2026-03-02 01:00", "C1", team=KASIR)
    s.change("2026-03-02 02:00", "C1", assignee=AYU)
    s.change("2026-03-02 03:00", "C1")      # a message
    s.change("2026-03-02 04:00", "C1", status="pending", assignee=BUDI, team=GUDANG)
    s.change("2026-03-02 06:00", "C1", status="snoozed")
    s.change("2026-03-02 07:00", "C1", status="resolved", assignee=None)
    s.change("2026-03-02 10:00", "C1", status="open")
    s.see("2026-03-02 10:32")
    rows = s.sql("""select id, open_seconds, pending_seconds, snoozed_seconds, unassigned_seconds, first_agent_name, last_agent_name,
        first_team_name, last_team_name, agent_count, handover_count, reopen_count, touch_count, is_history_complete
        from sahut_report.conversation_times order by 1""")
    assert rows == [
        ("C1", 3 * 3600 + 1800, 7200, 3600, 3600 + 1800, "Ayu", "Budi", "Kasir", "Gudang", 2, 1, 1, 1, True),
        ("old", 0, 35 * 3600 + 1800, 0, 0, None, "Ayu", None, "Kasir", 1, 0, 0, 0, False)]
    assert s.sql("select touch_count, merged_into from sahut_report.conversations where id = 'C1'") == [(1, None)]
    # In agreement with the intervals.
    assert s.sql("""select conversation_id, status, sum(duration_seconds) from sahut_report.status_intervals where status = 'open' group by 1, 2""") == [
        ("C1", "open", 3 * 3600 + 1800)]


def test_odd_lives_have_the_numbers_that_follow_from_them(story):
    """Snoozed over a weekend, reopened thrice, over a holiday, through two teams without ever an agent, deleted: all worked out by hand.

    Hours are Monday to Friday from eight to five; 6 March 2026 is a Friday, and Jakarta is seven hours ahead.
    """
    s = story(settings={"hours": [{"day": d, "opens": 480, "closes": 1020} for d in range(1, 6)], "holidays": ["2026-03-19"], "dates": [], "channels": [],
                        "targets": [{"metric": "first_resolution", "within": 8 * 3600 * 10**6, "channel_type": None, "label": None, "pauses_pending": False,
                                     "pauses_snoozed": True}], "drops_names": False, "drops_phones": False})
    s.change("2026-03-06 03:00", "weekend", assignee=AYU, team=KASIR)
    s.change("2026-03-06 09:00", "weekend", status="snoozed")       # Friday at four
    s.change("2026-03-09 02:00", "weekend", status="open")          # Monday at nine
    s.change("2026-03-09 03:00", "weekend", status="resolved")
    s.change("2026-03-10 01:00", "thrice", assignee=BUDI, team=KASIR)
    for n in (10, 11, 12):
        s.change(f"2026-03-{n} 02:00", "thrice", status="resolved")     # at nine
        s.change(f"2026-03-{n} 05:00", "thrice", status="open")         # at noon
    s.change("2026-03-13 02:00", "thrice", status="resolved", team=GUDANG)
    s.change("2026-03-16 01:00", "nobody", team=KASIR)
    s.change("2026-03-16 02:00", "deleted", assignee=AYU)
    s.change("2026-03-17 01:00", "nobody", team=GUDANG)
    s.see("2026-03-17 05:00", gone=["deleted"])
    s.change("2026-03-18 01:00", "nobody", status="resolved")
    s.change("2026-03-18 09:00", "holiday", assignee=CITRA)         # at four
    s.change("2026-03-20 02:00", "holiday", status="resolved")      # the day after the holiday at nine
    s.see("2026-03-20 05:02")
    s.refresh()
    hours = s.sql("""select id, open_seconds / 3600, open_business_seconds / 3600, snoozed_seconds / 3600, snoozed_business_seconds / 3600,
        unassigned_seconds / 3600, reopen_count, agent_count, first_team_name, last_team_name from sahut_report.conversation_times order by 1""")
    assert hours == [("holiday", 41, 2, 0, 0, 0, 0, 1, None, None), ("nobody", 48, 18, 0, 0, 48, 0, 0, "Kasir", "Gudang"),
                     ("thrice", 64, 19, 0, 0, 0, 3, 1, "Kasir", "Gudang"), ("weekend", 7, 7, 65, 2, 0, 0, 1, "Kasir", "Kasir")]
    cycles = s.sql("""select conversation_id, cycle_duration_seconds / 3600, cycle_business_duration_seconds / 3600, agent_name, team_name,
        was_reopened_within_7d from sahut_report.resolutions order by 1, cycle_no""")
    assert cycles == [("holiday", 41, 2, "Citra", None, None), ("nobody", 48, 18, None, "Gudang", None), ("thrice", 1, 1, "Budi", "Kasir", True),
                      ("thrice", 21, 6, "Budi", "Kasir", True), ("thrice", 21, 6, "Budi", "Kasir", True), ("thrice", 21, 6, "Budi", "Gudang", False),
                      ("weekend", 72, 9, "Ayu", "Kasir", False)]
    judged = s.sql("select conversation_id, result, elapsed_minutes, done_by_agent_name, done_by_team_name from sahut_report.sla_results order by 1")
    assert judged == [("holiday", "met", 120, "Citra", None), ("nobody", "breached", 1080, None, "Gudang"), ("thrice", "met", 60, "Budi", "Kasir"),
                      ("weekend", "met", 420, "Ayu", "Kasir")]
    work = {r["agent"]: (r["given"], r["resolved"], r["reopened"], r["active_hours"], r["peak"], r["active"]) for r in report(s, "workload", day(1), day(20))}
    assert work == {"Ayu": (1, 1, 0, 7.0, 1, 0), "Budi": (1, 4, 3, 64.0, 1, 0), "Citra": (1, 1, 0, 41.0, 1, 0)}
    volume = [(r["day"], r["created"], r["resolved"], r["reopened"]) for r in report(s, "volume", day(1), day(20))]
    assert volume == [("2026-03-06", 1, 0, 0), ("2026-03-09", 0, 1, 0), ("2026-03-10", 1, 1, 1), ("2026-03-11", 0, 1, 1), ("2026-03-12", 0, 1, 1),
                      ("2026-03-13", 0, 1, 0), ("2026-03-16", 1, 0, 0), ("2026-03-18", 1, 1, 0), ("2026-03-20", 0, 1, 0)]
    stock = [(r["day"][-2:], r["status"], r["agent"], r["team"], r["oldest_hours"]) for r in report(s, "backlog", day(1), day(20))]
    assert stock == [("06", "snoozed", "Ayu", "Kasir", 14), ("07", "snoozed", "Ayu", "Kasir", 38), ("08", "snoozed", "Ayu", "Kasir", 62),
                     ("10", "open", "Budi", "Kasir", 16), ("11", "open", "Budi", "Kasir", 40), ("12", "open", "Budi", "Kasir", 64),
                     ("16", "open", None, "Kasir", 16), ("17", "open", None, "Gudang", 40), ("18", "open", "Citra", None, 8), ("19", "open", "Citra", None, 32)]
    told = json.loads(s.etl.run("report", "conversations", "--format", "json", "--from", "2026-03-01", "--to", "2026-03-20", "--team", "gudang").stdout)
    assert {r["conversation"]: r["resolutions"] for r in told} == {"thrice": 4, "nobody": 1}
    assert_history_is_sound(s.sql)


# ---- the questions of docs/METRICS.md ----

def questions():
    with open(os.path.join(TOP, "docs", "METRICS.md")) as f:
        return re.findall(r"(?m)^### (\d+)\. .*\n\n```sql\n([^`]*)```", f.read())


def month(s):
    """Four conversations, their hands and labels; and one older than history."""
    s.see("2026-03-01 00:10", conversation("old", "open", "2026-01-11 00:00", "2026-02-21 00:00", contact="k9"))
    s.change("2026-03-02 01:00", "C1", contact="k1", labels=["complaint", "refund"], team=KASIR)
    s.change("2026-03-02 01:30", "C1", assignee=AYU)
    s.change("2026-03-02 02:30", "C1")
    s.change("2026-03-02 05:00", "C1", status="resolved")
    s.change("2026-03-03 01:00", "C2", contact="k1", channel=IG, assignee=AYU, labels=["refund"])
    s.change("2026-03-03 02:00", "C2", assignee=BUDI)
    s.change("2026-03-03 03:00", "C2", status="pending")
    s.change("2026-03-03 06:00", "C1", status="open", assignee=BUDI, team=GUDANG)
    s.change("2026-03-03 07:00", "C1", status="resolved")
    s.see("2026-03-03 09:00", conversation("old", "resolved", "2026-01-11 00:00", "2026-03-03 08:58", contact="k9"))
    s.change("2026-03-04 20:00", "C3", contact="k2")        # at 03:00 of the fifth in Jakarta
    s.change("2026-03-20 01:00", "C4", contact="k3", assignee=AYU, team=KASIR, labels=["refund"])
    s.see("2026-03-20 03:02")
    s.refresh()


def test_the_questions_that_analysts_ask_are_answered_rightly(story):
    targets = [{"metric": "first_resolution", "within": 5 * 3600 * 10**6, "channel_type": None, "label": None}]
    s = story(settings={"hours": [], "holidays": [], "targets": targets, "drops_names": False, "drops_phones": False})
    month(s)
    asked = questions()
    assert [int(n) for n, _ in asked] == list(range(1, 26))
    answers = []
    for zone in ("America/New_York", "UTC", "Pacific/Kiritimati"):
        s.sql(f"set timezone = '{zone}'")
        answers.append({int(n): s.sql(query) for n, query in asked})
    assert answers[0] == answers[1] == answers[2]
    a = answers[0]
    assert len(a[1]) == 20 * 2 and [r for r in a[1] if r[2]] == [
        (day(2), "WA Toko", 1), (day(3), "IG Toko", 1), (day(5), "WA Toko", 1), (day(20), "WA Toko", 1)]
    assert a[2] == [("IG Toko", "pending", 1), ("WA Toko", "open", 2)]
    assert [r[1] for r in a[3]] == [1, 1, 1, 1] + [2] * 15 + [3]
    assert [r[0] for r in a[4]] == ["C3"]
    assert a[5] == [("(nobody)", 1, 0, 1), ("Ayu", 1, 0, 1), ("Budi", 1, 0, 1)]
    assert a[6] == [(day(2), "Ayu", 1), (day(2), "Budi", 1), (day(2), None, 1)]
    assert a[7] == [(day(1), "WA Toko", 2.5, 2, 1)]                      # of four hours and one; of the old one nobody knows
    assert a[8] == a[10] == []                                          # no messages are read here; test_replies.py asks both
    assert a[9] == [("WA Toko", 3, 1)]
    assert a[11] == [("Ayu", 1, 1), ("Budi", 1, 0), (None, 1, 0)]
    assert a[12] == [("refund", 1, 2), ("complaint", 0, 1)]
    assert a[13] == [(4, 1)] and a[14] == [(1,)]
    assert a[15] == [("IG Toko", "first_resolution", 0, 1, 0), ("WA Toko", "first_resolution", 1, 1, 1)]
    assert a[16] == [("Ayu", "first_resolution", 1, 0), ("Budi", "first_resolution", 0, 1), (None, "first_resolution", 0, 1)]
    assert [r[0] for r in a[17]] == ["IG Toko", "WA Toko"] and a[17][0][1:] == (0, 0) and a[17][1][1] == 30
    assert sorted((r[0], r[1], r[2]) for r in a[18]) == sorted([
        (1, 8, D("0.33")), (2, 8, D("0.33")), (4, 3, D("0.33")), (5, 8, D("0.33"))] + [r for r in a[18] if not r[2]])
    assert a[19] == [("Ayu", 3), ("Budi", 2)]
    assert a[20] == [("WA Toko", 5.0, 0.0)]
    assert a[21] == [(day(2), 1, 1), (day(3), 1, 0), (day(5), 1, 0)]
    assert a[22] == [(3, 1)]
    assert a[23] == [("Ayu", "Budi", 2)]
    assert a[24] == [("Gudang", 1, 0), ("Kasir", 1, 1), (None, 1, 2)]
    assert a[25] == [("C2", "pending")]
    # One answer is another's sum.
    assert sum(r[2] for r in a[2]) == sum(r[3] for r in a[5]) == a[3][-1][1]
    assert dict(a[3])[day(4)] == len(a[25])


def test_a_code_stands_for_the_name_of_an_agent(story):
    off = {"hours": [], "holidays": [], "targets": [], "drops_names": False, "drops_phones": False}
    s = story()
    s.change("2026-03-02 01:00", "C1", assignee=AYU)
    names = "select agent_name from sahut_report.agents order by 1"
    s.register(settings=dict(off, codes_agents=True))
    [[code]] = s.sql(names)
    assert re.fullmatch("Agent [0-9a-f]{6}", code)
    s.change("2026-03-02 02:00", "C1", assignee=BUDI)
    s.change("2026-03-02 03:00", "C2", assignee=AYU)
    s.see("2026-03-03 05:00")
    s.refresh()
    assert len(s.sql(names)) == 2 and (code,) in s.sql(names)
    views = [r[0] for r in s.sql("select relname from pg_class where relnamespace = 'sahut_report'::regnamespace and relkind = 'v'")]
    for view in views:
        assert not [r for r in s.sql(f"select v::text from sahut_report.{view} v") if "Ayu" in r[0] or "Budi" in r[0]], view
    s.register(settings=off)
    s.change("2026-03-03 06:00", "C2", assignee=AYU, status="pending")
    assert ("Ayu",) in s.sql(names)


def forget_agents(s, days):
    """As the daemon does once a day, with `retention: {agent_days: …}`."""
    s.sql(statement("retention/agent_days.sql").replace("$1", str(days * 86400 * 10**6)).replace("$2", "500"))


def test_daily_figures_of_single_agents_go_at_an_age(story):
    s = story()
    s.change("2026-03-02 01:00", "C1", assignee=AYU)
    s.see("2026-03-12 05:00")
    s.refresh()
    figures = "select min(day), max(day) from sahut_report.daily_agent_workload"
    forget_agents(s, 0)
    assert s.sql(figures) == [(day(2), day(12))]
    forget_agents(s, 5)
    assert s.sql(figures) == [(day(7), day(12))]
    assert s.sql("select min(day), max(day) from sahut_report.calendar where not is_by_agent and measured_hours > 0") == [(day(1), day(6))]
    # Neither another age nor another computation brings them back.
    forget_agents(s, 0)
    forget_agents(s, 300)
    s.sql("select sahut_etl.queue_all(%s, true)", s.id)
    s.refresh()
    assert s.sql(figures) == [(day(7), day(12))]
    forget_agents(s, 3)
    assert s.sql(figures) == [(day(9), day(12))]


def test_of_daily_figures_that_go_no_view_keeps_a_single_agent(story):
    s = story()
    s.change("2026-03-02 01:00", "C1", assignee=AYU, labels=["retur"])
    s.change("2026-03-02 02:00", "C2", assignee=BUDI, labels=["retur"])
    s.change("2026-03-02 03:00", "C3")
    s.change("2026-03-04 03:00", "C2", status="resolved")
    s.see("2026-03-12 05:00")
    s.refresh()
    views = {"daily_backlog": "conversation_count", "daily_flow": "created_count + reopened_count + moved_in_count - resolved_count - moved_out_count"}
    sums = {v: s.sql(f"select day, channel_id, sum({n}) from sahut_report.{v} group by 1, 2 order by 1, 2") for v, n in views.items()}
    for _ in range(2):
        forget_agents(s, 5)
    for view, n in views.items():
        assert s.sql(f"select day, channel_id, sum({n}) from sahut_report.{view} group by 1, 2 order by 1, 2") == sums[view]
        assert s.sql(f"select distinct assignee_name, is_unassigned from sahut_report.{view} where day < '2026-03-07' order by 1") == [
            ("(agents)", False), (None, True)]
        assert {r[0] for r in s.sql(f"select assignee_name from sahut_report.{view} where day >= '2026-03-07'")} <= {"Ayu", None}
    assert s.sql("select min(day) from sahut_report.daily_agent_workload") == [(day(7),)]
    # A part of them, which is computed when asked for, has no more than the whole.
    told = of_march(s, "backlog", "--label", "retur")
    assert {(r["agent"], r["conversations"]) for r in told if r["day"] < "2026-03-04"} == {("(agents)", 2)}
    assert {(r["agent"], r["conversations"]) for r in told if r["day"] >= "2026-03-07"} == {("Ayu", 1)}
    whole, part = (of_march(s, "workload", *of) for of in ([], ["--label", "retur"]))
    assert [r for r in whole if r["active"]] == part and part[0]["given"] == 0
    assert s.sql("select count(distinct day) from sahut_report.daily_unassigned_workload") == [(11,)]
    # The sample of the night finds no fault in them, and brings no single agent back; nor does a batch that changes them.
    assert s.one("select sahut_etl.refresh_sample(%s, '2026-03-03')", s.id) == []
    s.see("2026-03-12 06:00", conversation("late", "open", "2026-03-03 02:00", "2026-03-03 02:00", assignee=BUDI), gone=["C1"])
    s.refresh()
    assert s.sql("select distinct assignee_name from sahut_report.daily_flow where day = '2026-03-03' and not is_unassigned") == [("(agents)",)]
    assert s.sql("select assignee_name, conversation_count from sahut_report.daily_backlog where day = '2026-03-03' order by 1") == [("(agents)", 2), (None, 1)]
    assert s.sql("select min(day) from sahut_report.daily_agent_workload") == [(day(7),)]


def of_march(s, name, *options):
    rows = json.loads(s.etl.run("report", name, "--format", "json", "--from", "2026-03-01", "--to", "2026-03-12", *options).stdout)
    return [r for r in rows if "warning" not in r]


def panel(s, name, agent=None, first="2026-03-01", last="2026-03-12"):
    """The rows of a statement of a page."""
    s.cursor.execute(f"prepare panel(text, text, text, text[], text[], text[], text[]) as {statement(f'report/{name}.sql')}")
    try:
        s.cursor.execute("execute panel('utama', %s, %s, null, %s, null, null)", (first, last, agent and [agent]))
        names = [c[0] for c in s.cursor.description]
        return [dict(zip(names, row)) for row in s.cursor.fetchall()]
    finally:
        s.cursor.execute("deallocate panel")


def test_a_report_of_an_agent_tells_nothing_of_days_whose_figures_went(story):
    """It is computed from conversations, which stay; but no number of it is of a part of a day, or looks like nothing."""
    s = story()
    s.change("2026-03-02 01:00", "C1", assignee=AYU, labels=["retur"])
    s.change("2026-03-02 02:00", "C2")
    s.change("2026-03-08 01:00", "C3", assignee=AYU)
    s.change("2026-03-08 17:00", "C3", status="resolved")
    s.see("2026-03-12 05:00")
    s.refresh()
    assert [r["day"] for r in of_march(s, "volume", "--agent", "Ayu")] == ["2026-03-02", "2026-03-08", "2026-03-09"]
    forget_agents(s, 5)
    told = s.etl.run("report", "volume", "--agent", "Ayu", "--from", "2026-03-01", "--to", "2026-03-12", "--format", "json")
    assert "No numbers of single agents are kept of days before 2026-03-07" in told.stderr and "2026-03-07" in json.loads(told.stdout)[0]["warning"]
    assert [r["day"] for r in of_march(s, "volume", "--agent", "Ayu")] == ["2026-03-08", "2026-03-09"]
    assert [r["day"] for r in of_march(s, "volume", "--agent", "Ayu", "--label", "retur")] == []
    # Those of nobody, and of everybody, are whole.
    assert [r["day"] for r in of_march(s, "volume", "--agent", "-")] == ["2026-03-02"]
    assert [r["day"] for r in of_march(s, "volume")] == ["2026-03-02", "2026-03-08", "2026-03-09"]
    for name, column in (("volume_days", "created"), ("backlog_days", "open"), ("backlog_ages", "under_1d")):
        got = panel(s, name, "A")
        assert {str(r["day"])[8:]: r[column] for r in got if r[column] is None} == {f"{n:02}": None for n in range(1, 7)}, name
        assert [r[column] for r in panel(s, name) if r[column] is None] == [], name
    assert [r["created"] for r in panel(s, "volume_channels", "A")] == [None] * 6 + [0, 1, 0, 0, 0, 0]
    assert sum(r["created"] for r in panel(s, "volume_hours", "A")) == sum(r["created"] for r in panel(s, "volume_totals", "A")) == 1
    assert panel(s, "volume_labels", "A") == [] and len(panel(s, "volume_labels")) == 1
    # The day before a period, where it is one of those.
    assert panel(s, "backlog_tiles", "A", "2026-03-08")[0]["unresolved_now_before"] == 1
    assert panel(s, "backlog_tiles", "A", "2026-03-07")[0]["unresolved_now_before"] is None
    assert panel(s, "backlog_tiles", None, "2026-03-07")[0]["unresolved_now_before"] == 2
    work = panel(s, "workload_tiles", None, "2026-03-07")[0]
    assert (work["active_before"], work["unassigned_active_before"], work["median_active_before"]) == (1, 1, None)
    assert panel(s, "workload_tiles", "A", "2026-03-07")[0]["active_before"] is None
    assert panel(s, "volume_tiles", "A", "2026-03-10")[0]["created_before"] == 1
    assert panel(s, "volume_tiles", "A", "2026-03-09")[0]["created_before"] is None
    # Of a period that ended before it nothing is told.
    gone = panel(s, "volume_tiles", "A", "2026-03-01", "2026-03-05")[0]
    assert [gone[k] for k in ("created", "resolved", "reopened", "resolved_untimed", "unresolved_now")] == [None, None, None, None, 1]
    assert {r["created"] for r in panel(s, "volume_hours", "A", "2026-03-01", "2026-03-05")} == {None}
    assert panel(s, "volume_tiles", None, "2026-03-01", "2026-03-05")[0]["created"] == 2
    rows = json.loads(s.etl.run("report", "workload", "--format", "json", "--from", "2026-03-01", "--to", "2026-03-05").stdout)[1:]
    assert [(r["agent"], r["open"], r["given"], r["average"], r["peak"]) for r in rows] == [("Ayu", 1, None, None, None)]
    # At a time: over the hours whose figures are kept, in reports and on the card.
    row = [r for r in of_march(s, "workload") if r["agent"] == "Ayu"][0]
    assert (row["given"], row["active_hours"], row["average"]) == (1, 147.97, 1.12)
    assert [r["average_concurrent"] for r in card(s, "workload_agents", day=march(1, 12))] == [D("1.12")]
    assert {r["day"] for r in card(s, "workload_concurrent", day=march(1, 12))} == {day(n) for n in range(7, 13)}
    assert sum(r["n"] for r in panel(s, "workload_hours")) == 1
    for lang, words in (("en", "No numbers of single agents are kept of days before 2026-03-07"), ("id", "Angka per agen tidak disimpan untuk hari sebelum 2026-03-07")):
        assert words in s.etl.run("report", "workload", "--lang", lang, "--from", "2026-03-01", "--to", "2026-03-12").stdout
        assert words.rsplit(" ", 1)[0] in s.etl.run("report", "workload", "--lang", lang, "--from", "2026-03-01", "--to", "2026-03-12", "--format", "html").stdout
    assert "single agents" not in s.etl.run("report", "workload", "--from", "2026-03-07", "--to", "2026-03-12").stdout


def test_agents_who_left_or_were_renamed_keep_what_they_did(story):
    s = story()
    s.change("2026-03-02 01:00", "C1", assignee=AYU)
    s.change("2026-03-02 02:00", "C2", assignee=BUDI)
    s.change("2026-03-03 01:00", "C2", assignee=("A", "Ayu Dewi"))
    s.change("2026-03-04 01:00", "C1", status="resolved", assignee=("A", "Ayu Dewi"))
    s.see("2026-03-08 01:00")
    s.refresh()
    assert s.sql("select agent_name, last_day from sahut_report.agents order by 1") == [("Ayu Dewi", day(7)), ("Budi", day(3))]
    assert {r[0] for r in s.sql("select agent_name from sahut_report.daily_agent_workload")} == {"Ayu Dewi", "Budi"}
    assert {r[0] for r in s.sql("select assignee_name from sahut_report.assignee_snapshots")} == {"Ayu Dewi", "Budi"}
    assert {r["agent"]: r["given"] for r in report(s, "workload", day(2), day(8))} == {"Ayu Dewi": 2, "Budi": 1}


def test_agents_and_nobody_together_are_the_backlog_of_each_day(story):
    s = story()
    s.see("2026-03-01 00:10", conversation("old", "open", "2026-01-11 00:00", "2026-02-21 00:00"))
    s.change("2026-03-02 01:00", "C1", assignee=AYU)
    s.change("2026-03-02 02:00", "C2")
    s.change("2026-03-03 02:00", "C2", assignee=BUDI)
    s.change("2026-03-03 03:00", "C1", assignee=None)
    s.change("2026-03-04 03:00", "C1", status="resolved")
    s.see("2026-03-05 05:02")
    s.refresh()
    ends = "sum(end_of_day_open_count + end_of_day_pending_count + end_of_day_snoozed_count)"
    assert s.sql(f"""select day, sum(n) from (
            select day, {ends} as n from sahut_report.daily_agent_workload group by 1
            union all select day, {ends} from sahut_report.daily_unassigned_workload group by 1) x group by 1 order by 1""") == s.sql(
        "select day, sum(conversation_count) from sahut_report.daily_backlog group by 1 order by 1")
    assert s.sql("select day, came_count, taken_count, resolved_count, peak_concurrent from sahut_report.daily_unassigned_workload order by 1") == [
        (day(1), 0, 0, 0, 1), (day(2), 1, 0, 0, 2), (day(3), 1, 1, 0, 2), (day(4), 0, 0, 1, 2), (day(5), 0, 0, 0, 1)]


def test_a_past_number_that_moved_is_told(story, tmp_path):
    s = story()
    changes = """select day, sum(created_change), sum(resolved_change), sum(reopened_change), sum(unresolved_change), max(channel_count), max(label_count)
        from sahut_report.day_changes group by day order by day"""
    s.change("2026-03-02 01:00", "C1", labels=["refund"])
    s.change("2026-03-02 02:00", "C2")
    s.change("2026-03-04 02:00", "C2", status="resolved")
    s.see("2026-03-05 05:02")
    s.refresh()
    first = s.sql(changes)
    assert [r for r in first if any(r[1:5])] == []
    s.sql("delete from sahut_etl.day_moved")
    # Seen late; deleted; other labels; another channel.
    s.see("2026-03-05 06:00", conversation("late", "open", "2026-03-03 02:00", "2026-03-03 02:00", labels=["vip"]))
    s.refresh()
    assert s.sql(changes) == [(day(3), 1, 0, 0, 1, 1, 1), (day(4), 0, 0, 0, 1, 1, 0)]
    s.sql("delete from sahut_etl.day_moved")
    s.see("2026-03-05 07:00", gone=["C2"])
    s.refresh()
    assert s.sql(changes) == [(day(2), -1, 0, 0, -1, 1, 0), (day(3), 0, 0, 0, -1, 1, 0), (day(4), 0, -1, 0, 0, 1, 0)]
    s.sql("delete from sahut_etl.day_moved")
    s.see("2026-03-05 08:00", conversation("C1", "open", "2026-03-02 01:00", "2026-03-05 07:59", labels=["complaint"], channel=IG))
    s.refresh()
    moved = s.sql(changes)
    assert [r for r in moved if r[0] == day(2)] == [(day(2), 0, 0, 0, 0, 2, 2)]
    assert {r[0]: r[1:5] for r in moved if any(r[1:5])} == {}
    # In reports: since the file was last written, a day ago where there is none.
    file = tmp_path / "report.html"
    page = s.etl.run("report", "volume", "--format", "html", "--from", "2026-03-01", "--to", "2026-03-05").stdout
    assert "Numbers of past days are others than on" in page and "2026-03-02 (moved between channels: 2, labels that count otherwise: 2)" in page
    assert "Angka hari-hari lalu berubah sejak" in s.etl.run("report", "backlog", "--lang", "id", "--from", "2026-03-01", "--to", "2026-03-05").stdout
    assert "others than on" not in s.etl.run("report", "freshness", "--from", "2026-03-01", "--to", "2026-03-05").stdout
    assert "others than on" not in s.etl.run("report", "volume", "--from", "2026-03-04", "--to", "2026-03-05").stdout
    s.sql("update sahut_etl.day_moved set moved_at = moved_at - interval '1 hour'")
    for hours, told in ((2, True), (0.5, False)):
        file.write_text("the last one")
        os.utime(file, (file.stat().st_mtime - hours * 3600,) * 2)
        s.etl.run("report", "volume", "--format", "html", "--from", "2026-03-01", "--to", "2026-03-05", "--output", file)
        assert ("Numbers of past days are others than on" in file.read_text()) == told


def test_days_that_are_stored_bit_by_bit_have_not_moved(story):
    """After a long silence the events of many days are stored at once, and their backlogs some at a time."""
    s = story()
    s.change("2026-03-02 01:00", "C1", labels=["refund"])
    s.change("2026-03-03 01:00", "C2")
    s.see("2026-06-30 05:00")
    assert len(s.pending()) > 60
    s.refresh()
    assert s.sql("select * from sahut_report.day_changes") == []


def test_a_day_that_goes_on_ends_for_all_views_where_what_is_known_ends(pair):
    """Also of a workspace that was never proven: it has no active_as_of, and its days end at the last answer."""
    sandbox, etl = pair(conversations=120, resolved=20)
    etl.run("sync")
    sandbox.control("clock", {"advance": 120})
    etl.run("sync")
    etl.sql("update sahut_etl.workspace set active_as_of = null, complete_as_of = null, certified_at = null")
    flow, work, rest = etl.sql("""
        select (select sum(f.active_seconds) from sahut_etl.flow_of(w.id, w.last_day, w.last_day) f where f.assignee_id is not null),
            (select sum(g.active_seconds) from sahut_etl.workload_of(w.id, w.last_day, w.last_day) g where g.agent_id <> ''),
            extract(epoch from w.known_at - w.history_started_at) * 120
        from sahut_etl.report_workspace w""")[0]
    assert 0 < flow == work <= rest


# Views that tell how far the proof goes: they say that there is none.
OF_PROOF = {"data_freshness": ("complete_as_of", "active_as_of", "as_of", "lag_minutes", "complete_lag_minutes", "is_fresh", "proof_state",
                               "unproven_since", "proof_reason", "next_step", "may_be_counted", "exceptions"),
            "health": ("state", "detail"), "calendar": ("is_complete",)}


def all_views(s):
    """Each row of each view, without that which tells of the proof."""
    views = [r[0] for r in s.sql("select relname from pg_class where relnamespace = 'sahut_report'::regnamespace and relkind = 'v' order by 1")]
    return {v: s.sql(f"select (to_jsonb(x) - %s::text[])::text from sahut_report.{v} x order by 1", list(OF_PROOF.get(v, ()))) for v in views}


def test_what_lasts_is_measured_to_the_last_answer_where_nothing_was_proven(story):
    """In every view, card and report: a workspace that is loaded and never proven shows no zero where time went by."""
    targets = [{"metric": m, "within": 3600 * 10**6, "channel_type": None, "label": None} for m in ("first_assignment", "first_resolution")]
    s = story(settings={"hours": [], "holidays": [], "targets": targets, "drops_names": False, "drops_phones": False})
    s.see("2026-03-01 00:10", conversation("old", "open", "2026-01-11 00:00", "2026-02-21 00:00"))
    s.change("2026-03-02 01:00", "C1", assignee=AYU, team=KASIR, labels=["refund"])
    s.change("2026-03-02 02:00", "C2", channel=IG)
    s.change("2026-03-02 03:00", "C3", status="snoozed", assignee=BUDI)
    s.change("2026-03-02 04:00", "C1", status="pending")
    s.change("2026-03-02 05:00", "C4", assignee=AYU)
    s.change("2026-03-02 06:00", "C4", status="resolved")
    s.see("2026-03-05 05:02")
    s.refresh()
    s.sql("update sahut_etl.workspace set active_as_of = seen_at")
    views, cards = all_views(s), {k: card(s, k) for k in CARDS if not k.startswith("freshness_") and not k.endswith("_proof")}
    reports = {n: report(s, n, day(1), day(5)) for n in ("volume", "workload", "backlog")}
    assert s.one("select max(elapsed_minutes) from sahut_report.sla_results where result = 'breached'") > 0
    s.sql("update sahut_etl.workspace set active_as_of = null, complete_as_of = null, certified_at = null")
    for view, rows in all_views(s).items():
        assert rows == views[view], view
    for key in cards:
        assert card(s, key) == cards[key], key
    for name, rows in reports.items():
        assert [r for r in report(s, name, day(1), day(5)) if "warning" not in r] == rows, name


def test_a_reply_is_measured_in_the_hours_of_the_channel_and_on_the_days_of_the_zone_that_hold_now(story):
    def hours(opens, closes, days=5):
        return [{"day": d, "opens": opens * 60, "closes": closes * 60} for d in range(1, days + 1)]

    settings = {"hours": hours(9, 17), "dates": [], "holidays": [], "targets": [], "drops_names": False, "drops_phones": False,
                "channels": [{"channel_type": "whatsapp", "hours": hours(7, 22, 7)}], "messages": {"read": "replies", "since": 400 * 86400 * 10**6}}
    s = story(settings=settings)
    s.change("2026-03-02 01:00", "C1", channel=IG)
    # Asked on a Tuesday at 03:00 in Jakarta, answered at 10:00.
    s.sql("""insert into sahut.turn (conversation_id, turn_no, workspace_id, from_at, customer_messages, reply_count, reply_at, reply_sender_type,
            reply_sender_id, last_at, from_day, reply_work_usec)
        values ('C1', 1, %s, '2026-03-02 20:00+00', 1, 1, '2026-03-03 03:00+00', 'agent', 'A', '2026-03-03 03:00+00', '2026-03-03', 3600000000)""", s.id)
    s.sql("""insert into sahut_etl.message_reading (conversation_id, workspace_id, is_unresolved, read_at) values ('C1', %s, true, '2026-03-03 04:00+00')
        on conflict (conversation_id) do update set read_at = excluded.read_at""", s.id)
    told = "select from_day, reply_business_seconds from sahut_report.replies"
    assert s.sql(told) == [(day(3), 3600)]
    s.change("2026-03-04 01:00", "C1", channel=WA)
    assert s.sql(told) == [(day(3), 10800)]
    s.change("2026-03-04 02:00", "C1", channel=IG)
    assert s.sql(told) == [(day(3), 3600)]
    s.register(settings=dict(settings, hours=hours(8, 17)))
    s.refresh()
    assert s.sql(told) == [(day(3), 7200)]
    s.register(zone="Europe/Berlin")
    s.refresh()
    assert s.sql(told) == [(day(2), 0)]

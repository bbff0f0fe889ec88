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

from story import Story, assert_history_is_sound, at, conversation  # noqa: F401

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
    with open(os.path.join(TOP, "etc", "metabase", key + ".sql")) as f:
        query = f.read()
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
        ("(unassigned)", 0, 1, 0), ("Budi", 1, 0, 0), ("Citra", 0, 0, 1)]
    assert_history_is_sound(s.sql)

# SPDX-License-Identifier: MIT
"""History from polling: versions, events, milestones and days, whatever is seen late, taken back or comes again.

The histories are told batch by batch (story.py), or happen in the sandbox, whose time the test moves.
"""
import contextlib
import random
import signal
import time
from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from etl import assert_equal, usec
from story import Story, assert_history_is_sound, assert_identity, assert_stored_days_are_true, at, conversation

AYU, BUDI, CITRA = ("A", "Ayu"), ("B", "Budi"), ("C", "Citra")
WA, IG = ("wa", "whatsapp", "WA Toko"), ("ig", "instagram", "IG Toko")


@pytest.fixture
def story(warehouse):
    stories = []

    def make(**options):
        s = Story(warehouse("http://127.0.0.1:1/v1"), **options)
        stories.append(s)
        return s

    yield make
    for s in stories:
        s.close()


@pytest.fixture
def started(story):
    """A workspace whose first load, of nothing, ended on a Sunday at 07:00 in Jakarta."""
    def make(**options):
        s = story(**options)
        s.see("2026-03-01 00:00", first_load_ends=True)
        return s

    return make


def versions(s, id):
    return s.sql("""select version_no, status, assignee_id, valid_from, valid_to, not_before, observed_at, is_estimated
        from sahut.conversation_version where conversation_id = %s order by 1""", id)


def events(s, id):
    return s.sql("""select event_type, occurred_at, from_status, to_status, from_assignee_id, to_assignee_id, label_name, is_estimated
        from sahut.conversation_event where conversation_id = %s order by id""", id)


def all_holds(s):
    s.refresh()
    assert_identity(s.sql)
    assert_stored_days_are_true(s.sql)
    assert_history_is_sound(s.sql)


# ---- one rule each ----

def test_a_change_is_dated_by_updated_at_and_bounded_by_what_was_looked_at(started):
    s = started()
    s.change("2026-03-02 01:00", "C1")
    s.see("2026-03-02 02:00")
    s.see("2026-03-02 02:10", conversation("C1", "open", "2026-03-02 01:00", "2026-03-02 02:05", assignee=AYU))
    assert versions(s, "C1") == [
        (1, "open", None, at("2026-03-02 01:00"), at("2026-03-02 02:05"), at("2026-03-02 01:00"), at("2026-03-02 01:02"), False),
        # Two minutes before the look at 02:00 the old state was known to hold.
        (2, "open", "A", at("2026-03-02 02:05"), None, at("2026-03-02 01:58"), at("2026-03-02 02:10"), False)]
    assert events(s, "C1") == [
        ("created", at("2026-03-02 01:00"), None, "open", None, None, None, False),
        ("assigned", at("2026-03-02 02:05"), "open", "open", None, "A", None, False)]
    all_holds(s)


def test_a_message_moves_updated_at_and_makes_no_version(started):
    s = started()
    s.change("2026-03-02 01:00", "C1")
    s.change("2026-03-02 03:00", "C1")
    assert len(versions(s, "C1")) == 1
    assert s.sql("select touch_count, updated_at from sahut.conversation") == [(1, at("2026-03-02 03:00"))]


def test_of_changes_between_two_looks_the_last_one_is_seen_and_no_touch(started):
    """Warehouses of one source that look at other moments hold the same states, and count other touches."""
    s = started()
    for id in ("C1", "C2"):
        s.change("2026-03-02 01:00", id)
    s.see("2026-03-02 02:00", conversation("C1", "open", "2026-03-02 01:00", "2026-03-02 01:59"))
    s.see("2026-03-02 03:00", *[conversation(id, "resolved", "2026-03-02 01:00", "2026-03-02 02:59") for id in ("C1", "C2")])
    assert [v[1:5] for v in versions(s, "C1")] == [v[1:5] for v in versions(s, "C2")]
    assert s.sql("select id, touch_count from sahut.conversation order by id") == [("C1", 1), ("C2", 0)]


def test_content_that_changed_without_updated_at_is_dated_when_it_was_seen(started):
    s = started()
    s.change("2026-03-02 01:00", "C1")
    s.see("2026-03-02 05:00", conversation("C1", "resolved", "2026-03-02 01:00", "2026-03-02 01:00"))
    assert versions(s, "C1")[1][3:] == (at("2026-03-02 05:00"), None, at("2026-03-02 01:00"), at("2026-03-02 05:00"), True)
    all_holds(s)


def test_an_outage_makes_times_estimated(started):
    s = started()
    s.change("2026-03-02 01:00", "C1")
    s.see("2026-03-02 09:00", conversation("C1", "resolved", "2026-03-02 01:00", "2026-03-02 08:00", assignee=AYU))
    assert versions(s, "C1")[1][3:] == (at("2026-03-02 08:00"), None, at("2026-03-02 01:00"), at("2026-03-02 09:00"), True)
    assert s.sql("""select is_first_assignment_estimated, is_first_resolution_estimated, first_resolution_duration_seconds
        from sahut_report.conversations""") == [(True, True, 7 * 3600)]
    all_holds(s)


def test_first_seen_resolved_it_was_open_until_then(started):
    s = started()
    s.see("2026-03-02 01:20", conversation("C1", "resolved", "2026-03-02 01:00", "2026-03-02 01:15", assignee=AYU))
    assert [v[:5] for v in versions(s, "C1")] == [
        (1, "open", None, at("2026-03-02 01:00"), at("2026-03-02 01:15")), (2, "resolved", "A", at("2026-03-02 01:15"), None)]
    assert [e[:2] for e in events(s, "C1")] == [
        ("created", at("2026-03-02 01:00")), ("resolved", at("2026-03-02 01:15")), ("assigned", at("2026-03-02 01:15"))]
    assert s.sql("select cycle_no, cycle_duration_seconds, agent_name from sahut_report.resolutions") == [(1, 900, "Ayu")]
    all_holds(s)


def test_created_resolved_it_was_created_and_resolved(started):
    s = started()
    s.see("2026-03-02 01:20", conversation("C1", "resolved", "2026-03-02 01:00", "2026-03-02 01:00"))
    s.see("2026-03-03 01:20", conversation("C2", "resolved", "2026-03-03 01:00", "2026-03-02 23:00"))
    all_holds(s)
    assert s.sql("select sum(created_count), sum(resolved_count) from sahut_report.daily_volume") == [(2, 2)]
    assert s.sql("select id, resolution_count, first_resolution_duration_seconds from sahut_report.conversations order by 1") == [
        ("C1", 1, 0), ("C2", 1, 0)]


def test_first_seen_assigned_it_was_assigned_at_creation_or_when_it_was_updated(started):
    s = started()
    s.see("2026-03-02 01:20", conversation("C1", "open", "2026-03-02 01:00", "2026-03-02 01:00", assignee=AYU),
          conversation("C2", "open", "2026-03-02 01:00", "2026-03-02 01:10", assignee=AYU))
    assert s.sql("select id, first_assignment_duration_seconds from sahut_report.conversations order by 1") == [("C1", 0), ("C2", 600)]
    assert [e[0] for e in events(s, "C1")] == ["created"] and events(s, "C1")[0][5] == "A"
    assert [e[0] for e in events(s, "C2")] == ["created", "assigned"]
    all_holds(s)
    assert s.sql("select assigned_in_count from sahut_report.daily_agent_workload") == [(2,)]


def test_of_what_is_older_than_the_first_load_nothing_is_invented(story):
    s = story()
    s.see("2026-03-01 00:01", conversation("old", "resolved", "2026-01-10 00:00", "2026-01-20 00:00", assignee=AYU),
          conversation("waiting", "open", "2026-01-11 00:00", "2026-01-21 00:00"), first_load_ends=True)
    s.refresh()
    assert s.sql("select id, is_history_complete, history_known_from, resolution_count, first_assigned_at from sahut_report.conversations order by 1") == [
        ("old", False, at("2026-01-20 00:00"), 0, None), ("waiting", False, at("2026-01-21 00:00"), 0, None)]
    # Created is known for all time; resolutions, backlog and workload begin with the first load.
    assert s.sql("select day, created_count, resolved_count from sahut_report.daily_volume order by 1") == [
        (date(2026, 1, 10), 1, 0), (date(2026, 1, 11), 1, 0)]
    assert s.sql("select day, conversation_count from sahut_report.daily_backlog") == [(date(2026, 3, 1), 1)]
    s.change("2026-03-02 01:00", "x")
    s.see("2026-03-02 02:00", conversation("waiting", "open", "2026-01-11 00:00", "2026-03-02 01:59", assignee=BUDI))
    s.see("2026-03-02 03:00", conversation("waiting", "resolved", "2026-01-11 00:00", "2026-03-02 02:59", assignee=BUDI))
    # How long these took is not known, and does not spoil averages.
    assert s.sql("select first_assignment_duration_seconds, first_resolution_duration_seconds from sahut_report.conversations where id = 'waiting'") == [
        (None, None)]
    assert s.sql("select resolved_count, first_resolved_count from sahut_report.daily_volume where resolved_count > 0") == [(1, 0)]
    all_holds(s)
    # Nor is a cycle that nobody saw begin; one that a reopening begins is known.
    cycles = """select conversation_id, cycle_no, cycle_from_at, cycle_duration_seconds, cycle_business_duration_seconds, is_first_resolution,
        is_history_complete from sahut_report.resolutions where conversation_id <> 'x' order by 1, 2"""
    assert s.sql(cycles) == [("waiting", 1, None, None, None, None, False)]
    s.see("2026-03-02 05:00", conversation("waiting", "open", "2026-01-11 00:00", "2026-03-02 04:00", assignee=BUDI),
          conversation("old", "open", "2026-01-10 00:00", "2026-03-02 04:00", assignee=AYU))
    s.see("2026-03-02 07:00", conversation("waiting", "resolved", "2026-01-11 00:00", "2026-03-02 05:30", assignee=BUDI),
          conversation("old", "resolved", "2026-01-10 00:00", "2026-03-02 06:00", assignee=AYU))
    assert s.sql(cycles) == [("old", 1, at("2026-03-02 04:00"), 7200, 7200, False, True), ("waiting", 1, None, None, None, None, False),
                             ("waiting", 2, at("2026-03-02 04:00"), 5400, 5400, False, True)]
    # Another hour of creation tells nothing of what came after it.
    s.see("2026-03-02 07:10", conversation("waiting", "resolved", "2026-01-12 00:00", "2026-03-02 07:09", assignee=BUDI))
    assert s.sql(cycles)[1:] == [("waiting", 1, None, None, None, None, False), ("waiting", 2, at("2026-03-02 04:00"), 5400, 5400, False, True)]
    # What lay there when history began may have lain there for longer.
    assert s.sql("select id, is_history_complete from sahut_report.status_intervals where conversation_id = 'old' order by 1") == [
        ("old:1", False), ("old:2", True), ("old:3", True)]
    assert s.sql("select id, is_history_complete from sahut_report.assignee_snapshots where conversation_id = 'waiting' order by 1") == [
        ("waiting:1", False), ("waiting:2", True)]
    s.see("2026-03-02 08:00", conversation("stock", "open", "2026-01-11 00:00", "2026-02-21 00:00"))
    assert s.sql("select id, is_status_since_known from sahut_report.conversations order by 1") == [
        ("old", True), ("stock", False), ("waiting", True), ("x", True)]
    all_holds(s)


def test_an_unknown_status_counts_in_the_backlog(started):
    s = started()
    s.change("2026-03-02 01:00", "C1", status="on_hold")
    s.see("2026-03-03 01:00")
    all_holds(s)
    assert s.sql("select status, conversation_count from sahut_report.daily_backlog order by day") == [("on_hold", 1), ("on_hold", 1)]
    assert s.one("select unknown_status_count from sahut_report.data_freshness") == 1


# ---- days that are over ----

def days_of(s):
    s.sql("set timezone = 'UTC'")
    return {table: s.sql(f"select * from sahut_report.{table} order by id") for table in (
        "daily_volume", "hourly_volume", "daily_label_volume", "daily_label_pairs", "daily_backlog", "daily_agent_workload", "label_pairs")}


def week(s):
    """Five days on which everything happens."""
    s.change("2026-03-02 01:00", "C1", contact="k1", labels=["a", "b"], channel=WA)
    s.change("2026-03-02 02:00", "C1", assignee=AYU)
    s.change("2026-03-02 03:00", "C2", contact="k1", assignee=BUDI, channel=IG)
    s.change("2026-03-03 02:00", "C1", status="resolved")
    s.change("2026-03-03 03:00", "C2", status="pending")
    s.change("2026-03-04 03:00", "C1", status="open", assignee=CITRA)
    s.change("2026-03-04 04:00", "C3", contact="k1", labels=["b"], channel=WA)
    s.change("2026-03-05 05:00", "C2", status="resolved", assignee=AYU)
    s.change("2026-03-06 05:00", "C4", contact="k2")
    s.see("2026-03-07 01:00")
    s.refresh()


def test_a_deletion_leaves_every_report_past_days_included_and_a_restoration_brings_it_back(started):
    s = started()
    week(s)
    before, queued = days_of(s), s.pending()
    assert queued == []
    with turn_of_another(s):
        s.see("2026-03-07 02:00", gone=["C1"])
    # The days on which it was unresolved or something happened; not the day on which it lay resolved.
    assert s.pending() == [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 6)]
    assert s.one("select pending_days from sahut_report.data_freshness") == "2026-03-06, 2026-03-05, 2026-03-04, 2026-03-03, 2026-03-02"
    assert s.one("select bool_and(is_refreshed) from sahut_report.calendar where day between '2026-03-02' and '2026-03-06'") is False
    all_holds(s)
    for name in ("conversations", "conversation_events", "assignee_snapshots", "status_intervals", "resolutions", "reopenings", "conversation_labels",
                 "contact_activity", "sla_results"):
        column = {"conversations": "id", "contact_activity": "contact_id"}.get(name, "conversation_id")
        assert s.sql(f"select 1 from sahut_report.{name} where {column} = 'C1'") == [], name
    assert s.sql("select sum(created_count), sum(resolved_count), sum(reopened_count) from sahut_report.daily_volume") == [(3, 1, 0)]
    assert s.sql("select max(conversation_count) from sahut_report.contact_activity") == [(2,)]
    assert s.sql("select created_count, new_contact_count from sahut_report.daily_volume where day = '2026-03-02'") == [(1, 1)]
    # History stays where analysts find it.
    assert len(versions(s, "C1")) == 4
    s.see("2026-03-07 03:00", s.known["C1"])
    assert computed_whole(s) == []
    all_holds(s)
    # As before, but for the age of what lives on, which is measured to a later time.
    after = days_of(s)
    for table in before:
        assert [r for r in after[table] if "2026-03-07" not in r[0]] == [r for r in before[table] if "2026-03-07" not in r[0]], table


def test_a_day_lost_to_an_outage_comes_out_right_afterwards(started):
    """The same days, once followed and once learned in one go after four days without the API."""
    followed = started()
    week(followed)
    s = started()
    s.change("2026-03-02 01:00", "C1", contact="k1", labels=["a", "b"], channel=WA)
    s.change("2026-03-02 02:00", "C1", assignee=AYU)
    s.see("2026-03-07 01:00", conversation("C1", "open", "2026-03-02 01:00", "2026-03-04 03:00", WA, "k1", CITRA, labels=["a", "b"]),
          conversation("C2", "resolved", "2026-03-02 03:00", "2026-03-05 05:00", IG, "k1", AYU),
          conversation("C3", "open", "2026-03-04 04:00", "2026-03-04 04:00", WA, "k1", labels=["b"]),
          conversation("C4", "open", "2026-03-06 05:00", "2026-03-06 05:00", contact="k2"))
    all_holds(s)
    created = "select day, sum(created_count), sum(new_contact_count) from sahut_report.daily_volume group by 1 having sum(created_count) > 0 order by 1"
    assert s.sql(created) == followed.sql(created)
    for query in ("select * from sahut_report.label_pairs", "select day, label_name, created_count from sahut_report.daily_label_volume where created_count > 0 order by 1, 2"):
        assert s.sql(query) == followed.sql(query)
    # What lay between two looks is not seen: one resolution less, and one reopening.
    assert s.sql("select sum(resolved_count), sum(reopened_count), sum(estimated_count) from sahut_report.daily_volume") == [(1, 0, 1)]
    assert s.sql("select day, sum(conversation_count) from sahut_report.daily_backlog group by 1 order by 1") == [
        (date(2026, 3, 2), 2), (date(2026, 3, 3), 2), (date(2026, 3, 4), 3), (date(2026, 3, 5), 2), (date(2026, 3, 6), 3), (date(2026, 3, 7), 3)]


def test_a_late_arrival_counts_on_its_own_day(started):
    s = started()
    week(s)
    s.see("2026-03-07 02:00", conversation("late", "open", "2026-03-03 20:00", "2026-03-03 20:00", contact="k1"))
    # 03:00 on the fourth in Jakarta. It comes before C3 of the same contact, which was not its first anyway.
    assert date(2026, 3, 4) in s.pending() and date(2026, 3, 3) not in s.pending()
    all_holds(s)
    assert s.sql("select day, sum(created_count) from sahut_report.daily_volume where day between '2026-03-03' and '2026-03-04' group by 1 order by 1") == [
        (date(2026, 3, 3), 0), (date(2026, 3, 4), 2)]
    assert s.one("select late_arrival_count from sahut_report.data_freshness") == 1


def test_a_contacts_first_conversation_may_come_late_or_go(started):
    s = started()
    week(s)
    def new():
        return s.sql("select day, sum(new_contact_count), sum(returning_contact_count) from sahut_report.daily_volume group by 1 having sum(created_count) > 0 order by 1")
    assert new() == [(date(2026, 3, 2), 1, 1), (date(2026, 3, 4), 0, 1), (date(2026, 3, 6), 1, 0)]
    s.see("2026-03-07 02:00", conversation("first", "open", "2026-03-01 06:00", "2026-03-01 06:00", contact="k2"))
    all_holds(s)
    assert new() == [(date(2026, 3, 1), 1, 0), (date(2026, 3, 2), 1, 1), (date(2026, 3, 4), 0, 1), (date(2026, 3, 6), 0, 1)]
    s.see("2026-03-07 03:00", gone=["first", "C1"])
    all_holds(s)
    assert new() == [(date(2026, 3, 2), 1, 0), (date(2026, 3, 4), 0, 1), (date(2026, 3, 6), 1, 0)]


def test_a_label_that_changes_moves_the_numbers_of_the_days_it_counts_on(started):
    s = started()
    week(s)
    s.change("2026-03-07 02:00", "C1", labels=["b", "c"])
    assert s.pending() == []    # what it adds to two days and takes from them is all that is computed
    all_holds(s)
    assert s.sql("select day, label_name, created_count, resolved_count from sahut_report.daily_label_volume order by 1, 2") == [
        (date(2026, 3, 2), "b", 1, 0), (date(2026, 3, 2), "c", 1, 0), (date(2026, 3, 3), "b", 0, 1), (date(2026, 3, 3), "c", 0, 1),
        (date(2026, 3, 4), "b", 1, 0)]


def test_days_that_somebody_else_computes_are_queued(started):
    s = started()
    week(s)
    with turn_of_another(s):
        s.change("2026-03-07 02:00", "C1", labels=["b", "c"])
        s.see("2026-03-07 03:00", conversation("late", "open", "2026-03-04 06:00", "2026-03-04 06:00", contact="k2"))
    assert set(s.pending()) >= {date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)}
    all_holds(s)


def test_a_queued_day_is_not_added_to(started):
    s = started()
    week(s)
    s.sql("select sahut_etl.queue_all(%s, false)", s.id)
    s.change("2026-03-07 02:00", "C1", labels=["b", "c"])
    all_holds(s)


def test_a_conversation_that_says_it_was_created_at_another_time_moves(started):
    s = started()
    week(s)
    item = dict(s.known["C3"], created_at=at("2026-03-03 18:00"), updated_at=at("2026-03-07 02:00"))
    s.see("2026-03-07 02:01", item)
    all_holds(s)
    assert s.sql("select created_day, first_assigned_at from sahut_report.conversations where id = 'C3'") == [(date(2026, 3, 4), None)]
    s.see("2026-03-07 02:10", dict(item, created_at=at("2026-03-02 18:00"), updated_at=at("2026-03-07 02:05")))
    all_holds(s)
    assert s.sql("select sum(created_count) from sahut_report.daily_volume where day = '2026-03-03'") == [(1,)]
    assert versions(s, "C3")[0][3] == at("2026-03-02 18:00")


def test_a_channel_or_contact_that_changes_counts_where_it_is_now(started):
    s = started()
    week(s)
    s.change("2026-03-07 02:00", "C1", channel=IG, contact="k2")
    all_holds(s)
    assert s.sql("select sum(created_count), sum(new_contact_count) from sahut_report.daily_volume where day = '2026-03-02'") == [(2, 2)]
    assert s.sql("select day, channel_name, created_count from sahut_report.daily_volume where created_count > 0 and day < '2026-03-04'") == [
        (date(2026, 3, 2), "IG Toko", 2)]


def test_midnight_belongs_to_the_day_that_begins(started):
    s = started()
    s.change("2026-03-02 17:00", "C1", assignee=AYU)
    s.change("2026-03-03 17:00", "C1", status="resolved")
    s.change("2026-03-04 16:59:59", "C2", assignee=AYU)
    s.see("2026-03-06 01:00")
    all_holds(s)
    assert s.sql("""select day, sum(created_count), sum(resolved_count) from sahut_report.daily_volume group by 1 order by 1""") == [
        (date(2026, 3, 3), 1, 0), (date(2026, 3, 4), 1, 1)]
    # Resolved at midnight: at the end of the third it was still there, and nobody worked on it on the fourth.
    assert s.sql("select day, conversation_count, oldest_age_hours from sahut_report.daily_backlog order by 1") == [
        (date(2026, 3, 3), 1, 24), (date(2026, 3, 4), 1, 0), (date(2026, 3, 5), 1, 24), (date(2026, 3, 6), 1, D("31.97"))]
    assert s.sql("select day, handled_conversation_count, active_hours, peak_concurrent, resolved_count from sahut_report.daily_agent_workload order by 1")[:2] == [
        (date(2026, 3, 3), 1, 24, 1, 0), (date(2026, 3, 4), 1, 0, 1, 1)]


def test_peak_and_average_concurrency(started):
    s = started()
    for id, begin in (("C1", "01:00"), ("C2", "02:00"), ("C3", "03:00")):
        s.change(f"2026-03-02 {begin}", id, assignee=AYU)
    s.change("2026-03-02 04:00", "C1", status="resolved")
    s.change("2026-03-02 04:00:30", "C4", assignee=AYU, after=60)
    s.change("2026-03-02 05:00", "C2", assignee=BUDI)
    s.change("2026-03-02 06:00", "C3", status="snoozed")
    s.change("2026-03-02 07:00", "C4", assignee=None)
    s.see("2026-03-03 17:30")
    all_holds(s)
    # C1 3 h, C2 3 h, C3 3 h, C4 almost 3 h; snoozed is not work at hand.
    assert s.sql("""select agent_name, assigned_in_count, handed_off_count, handled_conversation_count, active_hours, average_concurrent,
        peak_concurrent, end_of_day_snoozed_count from sahut_report.daily_agent_workload where day = '2026-03-02' order by 1""") == [
        ("Ayu", 4, 2, 4, D("11.99"), D("0.50"), 3, 1), ("Budi", 1, 0, 1, 12, D("0.50"), 1, 0)]
    assert s.sql("select agent_name, active_hours, average_concurrent, end_of_day_open_count from sahut_report.daily_agent_workload where day = '2026-03-03'"
                 " and handled_conversation_count > 0") == [("Budi", 24, 1, 1)]


def test_a_day_that_goes_on_is_measured_to_where_the_data_ends(started):
    s = started()
    s.change("2026-03-02 01:00", "C1", assignee=AYU)
    s.see("2026-03-02 05:02")
    assert s.pending() == [] or s.refresh()
    # Eight in the morning to noon, of the twelve hours since midnight in Jakarta.
    assert s.sql("select active_hours, average_concurrent from sahut_report.daily_agent_workload") == [(4, D("0.33"))]
    assert s.sql("select measured_at, oldest_age_hours from sahut_report.daily_backlog") == [(at("2026-03-02 05:00"), 4)]
    # When nothing more is known, nothing gets older.
    assert s.sql("select age_hours from sahut_report.conversations") == [(4,)]


def test_just_after_midnight_both_days_are_there(started):
    s = started()
    s.change("2026-03-02 16:00", "C1")
    s.see("2026-03-02 17:01", conversation("C2", "open", "2026-03-02 17:00:30", "2026-03-02 17:00:30"))
    # Known is all up to 16:59, and one that was created after midnight.
    assert s.sql("select day, sum(created_count) from sahut_report.daily_volume group by 1 order by 1") == [(date(2026, 3, 2), 1), (date(2026, 3, 3), 1)]
    assert s.sql("select day, sum(conversation_count), max(measured_at), min(oldest_age_hours) from sahut_report.daily_backlog group by 1 order by 1") == [
        (date(2026, 3, 2), 1, at("2026-03-02 16:59"), D("0.98")), (date(2026, 3, 3), 2, at("2026-03-02 16:59"), D("0.98"))]
    s.see("2026-03-02 17:10")
    all_holds(s)


# ---- settings ----

HOURS = {"hours": [{"day": d, "opens": 480, "closes": 1020} for d in range(1, 6)], "holidays": [], "targets": [], "drops_names": False, "drops_phones": False}


def test_another_time_zone_rebuilds_the_days(started):
    s = started()
    week(s)
    s.register(zone="Asia/Jayapura")
    assert len(s.pending()) >= 6
    all_holds(s)
    moved = days_of(s)
    fresh = started(zone="Asia/Jayapura")
    week(fresh)
    assert moved == days_of(fresh)
    assert s.sql("select created_day from sahut_report.conversations order by id") == fresh.sql("select created_day from sahut_report.conversations order by id")
    assert s.sql("select occurred_day from sahut_report.conversation_events order by id") == fresh.sql("select occurred_day from sahut_report.conversation_events order by id")
    s.register(zone="Asia/Jakarta")
    all_holds(s)
    same = started()
    week(same)
    assert days_of(s) == days_of(same)


def test_other_business_hours_count_from_the_beginning(started):
    s = started()
    week(s)
    query = "select id, cycle_business_duration_seconds from sahut_report.resolutions order by 1"
    # Without hours all time counts.
    assert s.sql(query) == [("C1:1", 25 * 3600), ("C2:1", 74 * 3600)]
    s.register(settings=HOURS)
    all_holds(s)
    # C1: Monday 08:00 to Tuesday 09:00; C2: Monday 10:00 to Thursday 12:00, in Jakarta.
    assert s.sql(query) == [("C1:1", 10 * 3600), ("C2:1", 29 * 3600)]
    s.register(settings=dict(HOURS, holidays=["2026-03-03"]))
    all_holds(s)
    assert s.sql(query) == [("C1:1", 9 * 3600), ("C2:1", 20 * 3600)]
    assert s.sql("select is_holiday, business_seconds from sahut_report.calendar where day in ('2026-03-02', '2026-03-03', '2026-03-07') order by day") == [
        (False, 9 * 3600), (True, 0), (False, 0)]
    # A holiday to come changes nothing that was.
    s.register(settings=dict(HOURS, holidays=["2026-03-03", "2027-01-01"]))
    assert s.pending() == []
    # The same again writes nothing.
    before = s.sql("select xmin::text from sahut_etl.workspace union all select xmin::text from sahut_etl.holiday")
    s.register()
    assert s.sql("select xmin::text from sahut_etl.workspace union all select xmin::text from sahut_etl.holiday") == before


def test_targets_the_first_that_fits_holds(started):
    targets = [{"metric": "first_assignment", "within": 600 * 10**6, "channel_type": "whatsapp", "label": None},
               {"metric": "first_assignment", "within": 3600 * 10**6, "channel_type": None, "label": "vip"},
               {"metric": "first_assignment", "within": 7200 * 10**6, "channel_type": None, "label": None},
               {"metric": "first_resolution", "within": 86400 * 10**6, "channel_type": "email", "label": None}]
    s = started(settings=dict(HOURS, hours=[], targets=targets))
    s.change("2026-03-02 01:00", "whatsapp")
    s.change("2026-03-02 01:01", "vip", channel=IG, labels=["vip"], after=30)
    s.change("2026-03-02 01:02", "other", channel=IG, after=30)
    s.change("2026-03-02 01:03", "without channel", channel=None, after=30)
    s.change("2026-03-02 01:20", "whatsapp", assignee=AYU)
    s.change("2026-03-02 01:50", "vip", assignee=AYU)
    s.change("2026-03-02 02:00", "without channel", status="resolved")
    s.see("2026-03-02 02:32")
    query = "select conversation_id, metric, result, elapsed_minutes, target_minutes from sahut_report.sla_results order by 1"
    assert s.sql(query) == [
        ("other", "first_assignment", "running", 88, 120), ("vip", "first_assignment", "met", 49, 60),
        ("whatsapp", "first_assignment", "breached", 20, 10), ("without channel", "first_assignment", "met", 57, 120)]
    s.see("2026-03-02 04:00")
    assert s.sql(query)[0][2:4] == ("breached", 176)


def test_a_target_that_runs_is_measured_in_business_hours(started):
    targets = [{"metric": "first_resolution", "within": 7200 * 10**6, "channel_type": None, "label": None}]
    s = started(settings=dict(HOURS, holidays=["2026-03-04"], targets=targets))
    # On a Sunday, before, in and after hours on a Monday, on a holiday, and just now: a Thursday, 15:00 in Jakarta.
    for n, created in enumerate(("2026-03-01 05:00", "2026-03-01 22:00", "2026-03-02 03:30", "2026-03-02 12:00", "2026-03-04 03:00", "2026-03-05 07:30")):
        s.change(created, f"C{n}")
    s.see("2026-03-05 08:02")
    rows = s.sql("select conversation_id, result, elapsed_minutes from sahut_report.sla_results order by 1")
    assert rows == [("C0", "breached", 25 * 60), ("C1", "breached", 25 * 60), ("C2", "breached", D("1350.00")), ("C3", "breached", 16 * 60),
                    ("C4", "breached", 7 * 60), ("C5", "running", 30)]
    for id, _, minutes in rows:
        assert minutes * 60 == s.one("""select sahut_etl.business_seconds(workspace_id, channel_id, created_at, '2026-03-05 08:00+00') from sahut.conversation
            where id = %s""", id)


def test_two_workspaces_with_days_of_their_own(started):
    s = started()
    other = Story(s.etl, name="kedua", zone="America/New_York")
    other.see("2026-03-01 00:00", first_load_ends=True)
    s.change("2026-03-02 18:00", "C1", assignee=AYU)
    other.change("2026-03-02 18:00", "D1", assignee=AYU)
    for x in (s, other):
        x.see("2026-03-05 01:00")
        x.refresh()
    assert s.sql("select workspace_name, day, created_count from sahut_report.daily_volume order by 1") == [
        ("kedua", date(2026, 3, 2), 1), ("utama", date(2026, 3, 3), 1)]
    assert s.sql("select workspace_name, agent_name, open_count from sahut_report.agent_workload_now order by 1") == [("kedua", "Ayu", 1), ("utama", "Ayu", 1)]
    for name in ("utama", "kedua"):
        assert_identity(s.sql, name)
        assert_stored_days_are_true(s.sql, name)
    other.close()


def test_summer_time_has_days_of_23_and_25_hours(story):
    s = story(zone="Europe/Berlin")
    s.see("2026-03-27 00:00", first_load_ends=True)
    s.change("2026-03-28 23:00", "C1", assignee=AYU)  # Sunday begins; the clocks go forward in it
    s.see("2026-03-30 12:00")
    all_holds(s)
    assert s.sql("select day, active_hours, average_concurrent from sahut_report.daily_agent_workload where day = '2026-03-29'") == [(date(2026, 3, 29), 23, 1)]
    assert s.sql("select oldest_age_hours from sahut_report.daily_backlog where day = '2026-03-29'") == [(23,)]


# ---- anything at all ----

@contextlib.contextmanager
def turn_of_another(s):
    """As while a refresh of another session is under way."""
    other = s.etl.cluster.connect(s.etl.dbname)
    other.autocommit = False
    other.cursor().execute("select from sahut_etl.report_turn where workspace_id = %s for update", (s.id,))
    yield
    other.close()


def computed_whole(s):
    """The queued days of which more has to be found than peaks and oldest ones."""
    return s.sql("select day from sahut_etl.report_queue where flows or labels or stock or stamp order by 1")


def random_story(s, seed, days):
    """A workspace in which anything happens, seen now and then, and not always in order."""
    chance = random.Random(seed)
    now, n, unseen, dead = at("2026-03-01 03:00"), 0, {}, {}
    agents, channels, labels = [AYU, BUDI, CITRA, None], [WA, IG, None], ["a", "b", "c"]
    end = now + timedelta(days=days)
    while now < end:
        now += timedelta(seconds=chance.choice([20, 300, 2000, 9000, 40000]))
        for _ in range(chance.randint(0, 4)):
            moment = now - timedelta(seconds=chance.randint(0, 15))
            alive = sorted(set(s.known) - set(dead))
            if not alive or chance.random() < 0.25:
                n += 1
                s.known[f"c{n}"] = conversation(f"c{n}", chance.choice(["open", "open", "pending", "resolved"]), moment.isoformat(), moment.isoformat(),
                                                chance.choice(channels), chance.choice(["k1", "k2", "k3", None]), chance.choice(agents))
                unseen[f"c{n}"] = True
                continue
            id = chance.choice(alive)
            item = s.known[id] = dict(s.known[id])
            what = chance.random()
            if what < 0.35:
                item["status"] = chance.choice(["open", "pending", "snoozed", "resolved", "resolved"])
            elif what < 0.6:
                item["assignee"] = chance.choice(agents)
            elif what < 0.7:
                item["labels"] = sorted(chance.sample(labels, chance.randint(0, 3)))
            elif what < 0.74:
                item["channel"] = chance.choice(channels)
            elif what < 0.78:
                item["contact"] = chance.choice(["k1", "k2", "k3", None])
            elif what < 0.8:
                item["created_at"] -= timedelta(seconds=chance.randint(0, 200000))
                item["created_at"] = max(item["created_at"], at("2026-03-01 00:00:01"))
            if chance.random() < 0.9:
                item["updated_at"] = max(moment, item["updated_at"] or moment)
            unseen[id] = True
        gone = []
        if chance.random() < 0.1 and len(s.known) > len(dead):
            id = chance.choice(sorted(set(s.known) - set(dead)))
            if id not in unseen:
                dead[id] = True
                gone.append(id)
        elif chance.random() < 0.05 and dead:
            id = chance.choice(sorted(dead))
            del dead[id]
            unseen[id] = True
        # What is held back comes days later, as from a replica that lags, or through an outage.
        shown = [id for id in sorted(unseen) if chance.random() < 0.7]
        for id in shown:
            del unseen[id]
        if shown or gone or chance.random() < 0.5:
            with turn_of_another(s) if chance.random() < 0.1 else contextlib.nullcontext():
                s.see(now.isoformat(), *[s.known[id] for id in shown], gone=gone, complete=chance.random() < 0.8)
            # Mostly the days are stored by the time of the next batch, which then changes them.
            if chance.random() < 0.8:
                s.refresh()
    # What came back and was not shown since is still held as deleted.
    return set(dead) | set(unseen)


def any_story(story, seed, days):
    s = story(zone=["Asia/Jakarta", "America/New_York", "Pacific/Kiritimati"][seed % 3], session_zone=["UTC", "Asia/Tokyo"][seed % 2],
              settings=HOURS if seed % 2 else None)
    s.see("2026-03-01 00:00:30", first_load_ends=True)
    dead = random_story(s, seed, days)
    assert s.one("select count(*) from sahut.conversation") > 20
    all_holds(s)
    assert {r[0] for r in s.sql("select id from sahut.conversation where deleted_at is not null")} <= dead
    # Nothing else comes out when everything is computed again.
    before = days_of(s)
    s.sql("select sahut_etl.queue_all(%s, true)", s.id)
    s.refresh()
    assert days_of(s) == before


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_days_add_up(story, seed):
    any_story(story, seed, 8)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 30))
def test_whatever_happens_in_three_weeks_the_days_add_up(story, seed):
    any_story(story, seed, 21)


# ---- through the program ----

@pytest.mark.parametrize("days", [4, pytest.param(21, marks=pytest.mark.slow)])
def test_days_in_the_sandbox_add_up(pair, days):
    """Days pass on the sandbox's clock; every day conversations are created, resolved, reopened, deleted, and some come late."""
    sandbox, etl = pair(conversations=400, ago=f"{2 * days}d", workspace={"timezone": "Asia/Makassar"})
    etl.run("sync")
    chance = random.Random(5)
    for _ in range(days):
        for _ in range(2):
            sandbox.control("clock", {"advance": chance.randint(20000, 60000)})
            for kind in ("create", "update", "resolve", "reopen", "reassign", "relabel", "snooze"):
                sandbox.change(kind, chance.randint(1, 4))
            if chance.random() < 0.5:
                sandbox.change("delete", 1)
            if chance.random() < 0.4:
                sandbox.change("backdate", 1, seconds=chance.randint(80000, 300000))
            etl.run("sync", "--full")
        assert etl.one("select pending_day_count from sahut_report.data_freshness") == 0
        assert_identity(etl.sql)
    assert_equal(etl, sandbox)
    assert_stored_days_are_true(etl.sql)
    assert_history_is_sound(etl.sql)
    dump = sandbox.dump()
    created = {}
    for c in dump["conversations"]:
        day = (usec(c["created_at"]) + timedelta(hours=8)).date()
        created[day] = created.get(day, 0) + 1
    assert dict(etl.sql("select day, sum(created_count)::integer from sahut_report.daily_volume group by day having sum(created_count) > 0")) == created


def test_a_crash_between_a_commit_and_its_days_is_made_good(pair):
    sandbox, etl = pair(conversations=300, days=20, ago="4d")
    etl.run("sync")
    sandbox.control("clock", {"advance": 3 * 86400})
    etl.run("sync")
    # As if the process had died after its commit: days are queued, and nothing computed them.
    etl.sql("select sahut_etl.queue_all(1, false)")
    etl.sql("delete from sahut_etl.day_volume")
    assert etl.one("select pending_day_count from sahut_report.data_freshness") > 0
    assert etl.sql("select detail from sahut_report.health where item = 'reports' and state = 'amber'")
    etl.run("sync")
    assert etl.one("select pending_day_count from sahut_report.data_freshness") == 0
    assert_stored_days_are_true(etl.sql)


def test_rebuild_reports_mends_what_a_person_broke(pair):
    sandbox, etl = pair(conversations=300, days=20, ago="4d")
    etl.run("sync")
    sandbox.control("clock", {"advance": 3 * 86400})
    sandbox.change("resolve", 3)
    etl.run("sync")
    etl.sql("update sahut_etl.day_volume set created_count = created_count + 1")
    etl.sql("update sahut.conversation set created_day = created_day + 1 where id in (select id from sahut.conversation limit 5)")
    etl.sql("delete from sahut_etl.day_backlog")
    done = etl.run("migrate", "--rebuild-reports")
    assert "days" in done.stdout
    assert_stored_days_are_true(etl.sql)
    assert etl.sql("""select 1 from sahut.conversation c join sahut_etl.workspace w on w.id = c.workspace_id
        where c.created_day <> (c.created_at at time zone w.timezone)::date""") == []


def test_samples_of_stored_days_are_computed_anew_every_night_and_a_wrong_one_is_loud(pair):
    sandbox, etl = pair(conversations=300, days=20, ago="9d")
    etl.run("sync")
    sandbox.control("clock", {"advance": 3 * 86400})
    sandbox.change("resolve", 3)
    etl.run("sync")
    assert etl.one("select count(*) from sahut_etl.report_difference") == 0
    etl.sql("update sahut_etl.day_label set created_count = created_count + 1")
    etl.sql("insert into sahut_etl.day_label_pair (workspace_id, day, label_a, label_b, conversation_count) select distinct 1, day, 'x', 'y', 1 "
            "from sahut_etl.day_volume")
    sandbox.control("clock", {"advance": 2 * 86400})
    done = etl.run("sync", expect=70)
    day = etl.one("select min(day) from sahut_etl.report_difference")
    assert "a stored day was not what its conversations add up to" in done.stderr and str(day) in done.stderr
    assert etl.sql("select distinct relations from sahut_etl.report_difference") == [(["day_label", "day_label_pair"],)]
    assert etl.one("select state from sahut_report.health where item = 'reports'") == "red"
    assert etl.one("select count(*) from sahut_etl.day_label_pair where label_a = 'x' and day = %s", day) == 0
    while etl.one("select count(*) from sahut_etl.report_queue") > 0:
        etl.run("sync", expect=None)
    etl.run("sync")


def test_a_day_that_cannot_be_computed_is_loud_and_is_tried_again(pair):
    sandbox, etl = pair(conversations=120, days=20, ago="4d")
    etl.run("sync")
    etl.sql("""create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'disk on fire'; end $$;
        create trigger refuse before insert on sahut_etl.day_volume execute function public.refuse()""")
    sandbox.control("clock", {"advance": 2 * 86400})
    sandbox.change("create", 2)
    done = etl.run("sync", expect=65)
    assert "the days of reports cannot be computed" in done.stderr and "disk on fire" in done.stderr
    assert_equal(etl, sandbox)
    assert etl.one("select pending_day_count from sahut_report.data_freshness") > 0
    etl.sql("drop trigger refuse on sahut_etl.day_volume")
    etl.run("sync")
    assert etl.one("select pending_day_count from sahut_report.data_freshness") == 0
    assert_stored_days_are_true(etl.sql)


def test_the_daemon_keeps_the_days_true(pair):
    sandbox, etl = pair(conversations=120, days=20, ago="4d", workspace={"schedule": "{incremental: 5s}"})
    etl.run("sync")
    process = etl.start("run")
    try:
        sandbox.control("clock", {"advance": 3 * 86400})
        sandbox.change("resolve", 2)
        deadline = time.monotonic() + 60
        while etl.one("select count(distinct day) from sahut_etl.day_backlog") < 3 or etl.one("select count(*) from sahut_etl.report_queue") > 0:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        etl.kill(process, signal.SIGTERM)
    assert_stored_days_are_true(etl.sql)
    assert_identity(etl.sql)

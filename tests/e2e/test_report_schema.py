# SPDX-License-Identifier: MIT
"""Reports: numbers computed by hand, the same in every session's time zone, and true after whatever happens."""
import os
import sys
from datetime import date
from decimal import Decimal as D

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))

import dictionary  # noqa: E402
from story import Story, assert_history_is_sound, assert_identity, assert_stored_days_are_true, at, conversation  # noqa: E402

IG, EMAIL = ("ig", "instagram", "IG Toko"), ("em", "email", "Support")
AYU, BUDI = ("A", "Ayu"), ("B", "Budi")
OFFICE = {"hours": [{"day": d, "opens": 480, "closes": 1020} for d in range(1, 6)], "holidays": [],
          "targets": [{"metric": "first_assignment", "within": 3600000000, "channel_type": None, "label": None},
                      {"metric": "first_resolution", "within": 14400000000, "channel_type": None, "label": None}],
          "drops_names": False, "drops_phones": False}
ZONES = ["UTC", "America/New_York", "Pacific/Kiritimati"]


@pytest.fixture
def story(warehouse):
    stories = []

    def make(**options):
        stories.append(Story(warehouse("http://127.0.0.1:1/v1"), **options))
        return stories[-1]

    yield make
    for s in stories:
        s.close()


def day(n, month=3):
    return date(2026, month, n)


# ---- four conversations, by hand ----

def four_conversations(s):
    """C1 is resolved, comes back and is resolved again; C2 waits for an owner; C3 goes from hand to hand; C4 is older than history."""
    s.see("2026-03-01 00:01", conversation("C4", "resolved", "2026-02-01 00:00", "2026-02-20 00:00", EMAIL, "k3"), first_load_ends=True)
    s.change("2026-03-01 18:00", "C2", channel=IG, contact="k2")
    s.change("2026-03-02 01:00", "C1", contact="k1")
    s.change("2026-03-02 01:30", "C1", assignee=AYU)
    s.change("2026-03-02 03:00", "C3", contact="k1", assignee=AYU)
    s.change("2026-03-02 04:00", "C1", labels=["refund", "vip"])
    s.change("2026-03-02 04:00:30", "C3", labels=["vip"], after=90)
    s.change("2026-03-02 05:00", "C1", status="resolved")
    s.change("2026-03-02 08:00", "C3", assignee=BUDI)
    s.change("2026-03-02 09:00", "C3", status="pending")
    s.change("2026-03-03 01:00", "C3", status="snoozed")
    s.change("2026-03-03 02:00", "C1", status="open")
    s.change("2026-03-03 04:00", "C1", status="resolved")
    s.see("2026-03-04 05:02")
    s.refresh()


@pytest.mark.parametrize("zone", ZONES)
def test_four_conversations(story, zone):
    s = story(session_zone=zone, settings=OFFICE)
    four_conversations(s)
    sql = s.sql
    assert sql("""select day, channel_type, created_count, resolved_count, reopened_count, first_resolved_count, first_resolution_seconds_sum,
            first_resolution_business_seconds_sum, new_contact_count, returning_contact_count
            from sahut_report.daily_volume order by 1, 2""") == [
        (day(1, 2), "email", 1, 0, 0, 0, 0, 0, 1, 0),
        (day(2), "instagram", 1, 0, 0, 0, 0, 0, 1, 0),
        (day(2), "whatsapp", 2, 1, 0, 1, 14400, 14400, 1, 1),
        (day(3), "whatsapp", 0, 1, 1, 0, 0, 0, 0, 0)]
    assert sql("""select day, status, channel_type, assignee_name, conversation_count, oldest_age_hours, age_hours_sum, age_under_1d_count,
            age_1d_to_3d_count, is_unassigned, is_active from sahut_report.daily_backlog order by 1, 2""") == [
        (day(2), "open", "instagram", None, 1, D("23.00"), D("23.00"), 1, 0, True, True),
        (day(2), "pending", "whatsapp", "Budi", 1, D("14.00"), D("14.00"), 1, 0, False, True),
        (day(3), "open", "instagram", None, 1, D("47.00"), D("47.00"), 0, 1, True, True),
        (day(3), "snoozed", "whatsapp", "Budi", 1, D("38.00"), D("38.00"), 0, 1, False, False),
        (day(4), "open", "instagram", None, 1, D("59.00"), D("59.00"), 0, 1, True, True),
        (day(4), "snoozed", "whatsapp", "Budi", 1, D("50.00"), D("50.00"), 0, 1, False, False)]
    assert sql("""select day, agent_name, assigned_in_count, handed_off_count, resolved_count, reopened_count, handled_conversation_count,
            active_hours, average_concurrent, peak_concurrent, end_of_day_open_count, end_of_day_pending_count, end_of_day_snoozed_count
            from sahut_report.daily_agent_workload order by 1, 2""") == [
        (day(2), "Ayu", 2, 1, 1, 0, 2, D("8.50"), D("0.35"), 2, 0, 0, 0),
        (day(2), "Budi", 1, 0, 0, 0, 1, D("9.00"), D("0.38"), 1, 0, 1, 0),
        (day(3), "Ayu", 0, 0, 1, 1, 1, D("2.00"), D("0.08"), 1, 0, 0, 0),
        (day(3), "Budi", 0, 0, 0, 0, 1, D("8.00"), D("0.33"), 1, 0, 0, 1),
        (day(4), "Budi", 0, 0, 0, 0, 0, D("0.00"), D("0.00"), 0, 0, 0, 1)]
    assert sql("""select id, status, created_day, first_assignment_duration_seconds, first_resolution_duration_seconds,
            full_resolution_duration_seconds, resolution_count, reopen_count, reassignment_count, age_hours, age_bucket, label_list
            from sahut_report.conversations order by 1""") == [
        ("C1", "resolved", day(2), 1800, 14400, 97200, 2, 1, 0, None, None, "refund, vip"),
        ("C2", "open", day(2), None, None, None, 0, 0, 0, D("59.00"), "2. 1-3 days", ""),
        ("C3", "snoozed", day(2), 0, None, None, 0, 0, 1, D("50.00"), "2. 1-3 days", "vip"),
        ("C4", "resolved", day(1, 2), None, None, None, 0, 0, 0, None, None, "")]
    assert sql("""select conversation_id, cycle_no, cycle_from_at, resolved_at, agent_name, cycle_duration_seconds,
            cycle_business_duration_seconds, was_reopened_within_7d, resolved_day from sahut_report.resolutions order by 1, 2""") == [
        ("C1", 1, at("2026-03-02 01:00"), at("2026-03-02 05:00"), "Ayu", 14400, 14400, True, day(2)),
        ("C1", 2, at("2026-03-03 02:00"), at("2026-03-03 04:00"), "Ayu", 7200, 7200, None, day(3))]
    assert sql("""select conversation_id, reopened_at, reopened_day, resolved_at, resolved_cycle_no, resolved_agent_name, agent_name,
            resolved_duration_seconds from sahut_report.reopenings""") == [
        ("C1", at("2026-03-03 02:00"), day(3), at("2026-03-02 05:00"), 1, "Ayu", "Ayu", 75600)]
    assert sql("select id, status, duration_seconds, is_current from sahut_report.status_intervals order by conversation_id, interval_no") == [
        ("C1:1", "open", 14400, False), ("C1:2", "resolved", 75600, False), ("C1:3", "open", 7200, False), ("C1:4", "resolved", 90000, True),
        ("C2:1", "open", 212400, True),
        ("C3:1", "open", 21600, False), ("C3:2", "pending", 57600, False), ("C3:3", "snoozed", 100800, True),
        ("C4:1", "resolved", 1054800, True)]
    assert sql("""select id, assignee_name, duration_seconds, unresolved_duration_seconds, is_current, from_day
            from sahut_report.assignee_snapshots order by conversation_id, interval_no""") == [
        ("C1:1", None, 1800, 1800, False, day(2)), ("C1:2", "Ayu", 185400, 12600 + 7200, True, day(2)),
        ("C2:1", None, 212400, 212400, True, day(2)),
        ("C3:1", "Ayu", 18000, 18000, False, day(2)), ("C3:2", "Budi", 162000, 162000, True, day(2)),
        ("C4:1", None, 1054800, 0, True, day(20, 2))]
    assert sql("select label_a, label_b, conversation_count from sahut_report.label_pairs") == [("refund", "vip", 1)]
    assert sql("select id, result, elapsed_minutes, target_minutes from sahut_report.sla_results order by 1") == [
        ("C1:first_assignment", "met", D("30.00"), D("60.00")), ("C1:first_resolution", "met", D("240.00"), D("240.00")),
        ("C2:first_assignment", "breached", D("1320.00"), D("60.00")), ("C2:first_resolution", "breached", D("1320.00"), D("240.00")),
        ("C3:first_assignment", "met", D("0.00"), D("60.00")), ("C3:first_resolution", "breached", D("1200.00"), D("240.00"))]
    assert sql("""select agent_id, agent_name, open_count, pending_count, snoozed_count, active_count, unresolved_count, oldest_active_age_hours
            from sahut_report.agent_workload_now order by 1""") == [
        ("A", "Ayu", 0, 0, 0, 0, 0, None), ("B", "Budi", 0, 0, 1, 0, 1, None), (None, None, 1, 0, 0, 1, 1, D("59.00"))]
    assert sql("select contact_id, conversation_count, is_returning from sahut_report.contact_activity order by 1") == [
        ("k1", 2, True), ("k2", 1, False), ("k3", 1, False)]
    assert sql("""select day, hour_of_day, day_of_week, channel_type, created_count, resolved_count, reopened_count
            from sahut_report.hourly_volume where day >= '2026-03-01' order by 1, 2""") == [
        (day(2), 1, 1, "instagram", 1, 0, 0), (day(2), 8, 1, "whatsapp", 1, 0, 0), (day(2), 10, 1, "whatsapp", 1, 0, 0),
        (day(2), 12, 1, "whatsapp", 0, 1, 0), (day(3), 9, 2, "whatsapp", 0, 0, 1), (day(3), 11, 2, "whatsapp", 0, 1, 0)]
    assert sql("select day, label_name, created_count, resolved_count from sahut_report.daily_label_volume order by 1, 2") == [
        (day(2), "refund", 1, 1), (day(2), "vip", 2, 1), (day(3), "refund", 0, 1), (day(3), "vip", 0, 1)]
    assert sql("""select count(*), count(distinct c.id), sum(l.label_weight) from sahut_report.conversations c
            join sahut_report.conversation_labels l on l.conversation_id = c.id""") == [(3, 2, D("2.000000"))]
    assert sql("select active_as_of, conversation_count, pending_day_count, pending_days from sahut_report.data_freshness") == [
        (at("2026-03-04 05:00"), 4, 0, None)]
    assert_identity(sql)
    assert_stored_days_are_true(sql)
    assert_history_is_sound(sql)


EVERY_ROW = "select relname from pg_class where relnamespace = 'sahut_report'::regnamespace and relkind in ('r', 'v') order by 1"


def test_no_row_of_any_report_depends_on_the_sessions_time_zone(story):
    s = story(settings=OFFICE)
    four_conversations(s)
    seen = {}
    for zone in ZONES:
        s.sql(f"set timezone = '{zone}'")
        for (name,) in s.sql(EVERY_ROW):
            # Instants are compared as instants; columns that are measured to now() are left out.
            left_out = "'lag_minutes', 'complete_lag_minutes', 'is_fresh', 'first_seen_at', 'last_ok_at', 'failed_24h_count'"
            columns = [r[0] for r in s.sql(f"""select attname from pg_attribute where attrelid = 'sahut_report.{name}'::regclass and attnum > 0
                and attname not in ({left_out}) order by attnum""")]
            rows = [] if name == "health" else s.sql(f"select {', '.join(columns)} from sahut_report.{name} order by id")
            assert seen.setdefault(name, rows) == rows, (name, zone)
    assert sum(len(rows) for rows in seen.values()) > 100


# ---- what describes itself ----

def test_every_schema_table_view_column_and_function_is_explained(warehouse):
    etl = warehouse("http://127.0.0.1:1/v1")
    ours = "(select oid from pg_namespace where nspname like 'sahut%')"
    assert etl.sql(f"select nspname from pg_namespace where oid in {ours} and obj_description(oid) is null") == []
    assert etl.sql(f"select relname from pg_class where relnamespace in {ours} and relkind in ('r', 'v') and obj_description(oid) is null") == []
    assert etl.sql(f"""select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace in {ours} and c.relkind in ('r', 'v') and a.attnum > 0 and not a.attisdropped
        and coalesce(col_description(c.oid, a.attnum), '') = ''""") == []
    assert etl.sql(f"select proname from pg_proc where pronamespace in {ours} and obj_description(oid) is null") == []


def test_every_report_begins_with_an_id_and_names_stand_beside_ids(warehouse):
    etl = warehouse("http://127.0.0.1:1/v1")
    columns = {}
    for name, column in etl.sql("""select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = 'sahut_report'::regnamespace and c.relkind in ('r', 'v') and a.attnum > 0 order by c.relname, a.attnum"""):
        columns.setdefault(name, []).append(column)
    assert len(columns) >= 24
    for name, has in columns.items():
        assert has[:1] == ["id"] and "workspace_name" in has, name
        for column in has:
            if column.endswith(("channel_id", "assignee_id", "agent_id", "team_id")):
                assert column.replace("_id", "_name") in has, (name, column)
            assert "phone" not in column and column not in ("contact_name", "name"), (name, column)


def test_nothing_that_identifies_a_contact_has_a_column_outside_sahut_pii(warehouse):
    etl = warehouse("http://127.0.0.1:1/v1")
    assert etl.sql("""select n.nspname, c.relname, a.attname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid where n.nspname like 'sahut%' and n.nspname <> 'sahut_pii' and c.relkind in ('r', 'v')
        and (a.attname like '%phone%' or a.attname ~ 'contact.*name')""") == [("sahut", "contact", "phone_key")]


def test_the_dictionary_is_current(warehouse):
    etl = warehouse("http://127.0.0.1:1/v1")
    with open(os.path.join(HERE, "..", "..", "docs", "sahut-etl-schema.7.scd")) as f:
        written = f.read()
    assert dictionary.write(etl) == written, "make it anew: ./dev dictionary"


def test_ids_are_unique_in_every_report(story):
    s = story(settings=OFFICE)
    four_conversations(s)
    for (name,) in s.sql(EVERY_ROW):
        assert s.sql(f"select id from sahut_report.{name} group by id having count(*) > 1") == [], name

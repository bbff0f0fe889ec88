# SPDX-License-Identifier: MIT
"""Fields of the API that are columns of the row of a conversation, as the configuration has them."""
import csv
import json
import os
import re
from datetime import date, datetime
from decimal import Decimal as D

import pytest

from story import Story, conversation
from xlsx import Workbook

TOP = os.path.join(os.path.dirname(__file__), "..", "..")
OWN = """select attname from pg_attribute where attrelid = 'sahut_report.conversation_times'::regclass and attnum > 0 and not attisdropped
    order by attnum"""


def settings(*attributes):
    return {"hours": [], "dates": [], "holidays": [], "channels": [], "targets": [], "drops_names": False, "drops_phones": False,
            "attributes": [dict(zip(("name", "path", "type"), a)) for a in attributes]}


NUMBER = ("amount", "custom_attributes.amount", "number")
TEXT = ("order_no", "custom_attributes.order_no", "text")


@pytest.fixture
def story(warehouse):
    stories = []

    def make(etl=None, **options):
        stories.append(Story(etl or warehouse("http://127.0.0.1:1/v1"), **options))
        stories[-1].see("2026-03-01 00:00", first_load_ends=True)
        return stories[-1]

    yield make
    for s in stories:
        s.close()


def tell(s, id, extra):
    s.see("2026-03-01 01:00", {**conversation(id, created="2026-03-01 00:30"), "extra": extra})


def columns(s):
    return [r[0] for r in s.sql(OWN)]


def test_the_names_that_are_taken_are_the_columns_of_the_view(story):
    with open(os.path.join(TOP, "src", "config", "attributes.c")) as f:
        taken = re.findall(r'"(\w+)"', re.search(r"taken\[\] = \{(.*?)\};", f.read(), re.S)[1])
    assert sorted(taken) == sorted(columns(story()))


@pytest.mark.parametrize("kind, values", [
    ("text", [("A-1", "A-1"), (17, "17"), (True, "true"), (None, None), ({"a": 1}, '{"a": 1}'), ("", ""), ("'; drop table x; --", "'; drop table x; --")]),
    ("number", [(17, D(17)), (-1.5, D("-1.5")), ("17", D(17)), (" 1.50 ", D("1.50")), ("+3", D(3)), ("1e3", D(1000)), ("-2E-2", D("-0.02")), ("", None),
                ("Rp 5.000", None), ("1,5", None), ("NaN", None), ("Infinity", None), ("1e999", None), ("9" * 41, None), (10**60, None), ("0x10", None),
                ("1e", None), (".", None), ("--1", None), (True, None), ([1], None), ({"a": 1}, None), (None, None), ("١٢", None)]),
    ("date", [("2027-03-19", date(2027, 3, 19)), ("2027-03-19T23:30:00Z", date(2027, 3, 19)), ("2027-03-19 10:00", date(2027, 3, 19)),
              ("2028-02-29", date(2028, 2, 29)), ("2027-02-29", None), ("2027-13-01", None), ("2027-00-10", None), ("0000-01-01", None), ("2027-03-32", None),
              ("2027-03-1", None), ("19/03/2027", None), ("2027-03-19x", None), ("", None), (20270319, None), (None, None), ([], None)]),
    ("boolean", [(True, True), (False, False), ("true", True), ("FALSE", False), ("Yes", True), ("no", False), (1, True), (0, False), ("1", True),
                 (2, None), ("", None), ("maybe", None), (None, None), ([True], None), ({}, None)])])
def test_whatever_a_field_holds_the_view_can_be_read(story, kind, values):
    s = story(settings=settings(("field", "custom_attributes.field", kind), ("absent", "a.b.c", kind)))
    for n, (value, _) in enumerate(values):
        tell(s, f"C{n:02}", {"custom_attributes": {"field": value}})
    tell(s, "D0", {"custom_attributes": [1, 2]})
    tell(s, "D1", {"custom_attributes": "none"})
    tell(s, "D2", None)
    got = s.sql("select id, field, absent from sahut_report.conversation_times order by id")
    assert [r[1] for r in got[:-3]] == [wanted for _, wanted in values]
    assert [r[1:] for r in got[-3:]] == [(None, None)] * 3 and {r[2] for r in got} == {None}


def test_columns_come_and_go_with_the_configuration(story):
    s = story()
    own = columns(s)
    tell(s, "C1", {"custom_attributes": {"amount": 5, "order_no": "A-1"}})
    s.sql("grant select on sahut_report.conversation_times to public")
    view = s.one("select 'sahut_report.conversation_times'::regclass::oid")
    s.register(settings=settings(NUMBER))
    s.register(settings=settings(TEXT, NUMBER))
    assert columns(s) == own + ["amount", "order_no"]
    assert s.one("select 'sahut_report.conversation_times'::regclass::oid") == view       # columns that come change nothing for its readers
    assert s.sql("select amount, order_no from sahut_report.conversation_times") == [(5, "A-1")]
    assert s.one("select col_description('sahut_report.conversation_times'::regclass, %s)", len(own) + 1) == "A field of the API by configuration, as number."
    rights = "select relacl::text from pg_class where oid = 'sahut_report.conversation_times'::regclass"
    before, told = s.one(rights), s.sql("select objsubid, description from pg_description where objoid = 'sahut_report.conversation_times'::regclass and objsubid <= %s order by 1", len(own))
    s.register(settings=settings(TEXT))
    assert columns(s) == own + ["order_no"]
    assert sorted(s.one(rights)[1:-1].split(",")) == sorted(before[1:-1].split(","))
    assert s.sql("select objsubid, description from pg_description where objoid = 'sahut_report.conversation_times'::regclass and objsubid <= %s order by 1", len(own)) == told
    s.register(settings=settings((TEXT[0], TEXT[1], "number")))
    assert s.sql("select order_no from sahut_report.conversation_times") == [(None,)]
    s.register(settings=settings(("order_no", "custom_attributes.amount", "number")))
    assert s.sql("select order_no from sahut_report.conversation_times") == [(5,)]
    s.register(settings=settings())
    assert columns(s) == own


def test_a_view_that_somebody_made_of_it_is_not_taken_away(story):
    s = story(settings=settings(NUMBER, TEXT))
    own = columns(s)
    s.sql("create schema mine")
    s.sql("create view mine.orders as select id, order_no from sahut_report.conversation_times")
    tell(s, "C1", {"custom_attributes": {"amount": 5, "order_no": "A-1"}, "rank": 3})
    s.register(settings=settings(NUMBER, ("rank", "rank", "text")))
    assert columns(s) == own + ["rank"]
    assert s.sql("select amount, order_no, rank from sahut_report.conversation_times") == [(5, None, "3")]
    assert s.sql("select * from mine.orders") == [("C1", None)]
    s.sql("drop schema mine cascade")
    s.register(settings=settings(("rank", "rank", "text")))
    assert columns(s)[-2:] == [own[-3], "rank"]


def test_two_workspaces_share_the_columns(story):
    s = story(settings=settings(NUMBER, TEXT))
    other = story(etl=s.etl, name="kedua", settings=settings(("order_no", "order.number", "text"), ("vip", "vip", "boolean")))
    tell(s, "C1", {"custom_attributes": {"amount": 5, "order_no": "A-1"}, "vip": True})
    tell(other, "K1", {"custom_attributes": {"amount": 6, "order_no": "B-1"}, "order": {"number": "X"}, "vip": True})
    assert s.sql("select id, amount, order_no, vip from sahut_report.conversation_times order by 1") == [("C1", 5, "A-1", None), ("K1", None, "X", True)]
    other.register(settings=settings())
    assert s.sql("select amount, order_no from sahut_report.conversation_times where id = 'C1'") == [(5, "A-1")]
    assert "vip" not in columns(s)


def test_a_view_that_is_being_read_changes_when_it_can(story):
    s = story()
    own = columns(s)
    reader = s.etl.cluster.connect(s.etl.dbname)
    reader.autocommit = False
    reader.cursor().execute("select count(*) from sahut_report.conversation_times")
    s.register(settings=settings(NUMBER))
    assert columns(s) == own
    tell(s, "C1", {"custom_attributes": {"amount": 5}})
    reader.rollback()
    reader.close()
    s.register()
    assert s.sql("select amount from sahut_report.conversation_times") == [(5,)]
    # Once taken over, nothing is written again.
    before = s.sql("select xmin::text from sahut_etl.workspace union all select xmin::text from sahut_etl.attribute")
    s.register()
    assert s.sql("select xmin::text from sahut_etl.workspace union all select xmin::text from sahut_etl.attribute") == before


def test_no_name_gets_into_a_statement(story):
    s = story()
    hostile = 'x"; drop table sahut.conversation; --'
    with pytest.raises(Exception, match="attribute_name_check"):
        s.register(settings=settings((hostile, "a", "text")))
    s.register(settings=settings(("fine", "a'); drop table sahut.conversation; --.b\"c", "text")))
    tell(s, "C1", {"a'); drop table sahut": {"conversation; --": {'b"c': "here"}}})
    assert s.sql("select fine from sahut_report.conversation_times") == [("here",)]
    assert json.dumps(s.sql("select count(*) from sahut.conversation")) == "[[1]]"


# ---- the list of conversations ----

KINDS = [("order_no", "f.order_no", "text"), ("estimated_hours", "f.hours", "number"), ("channels", "f.channels", "number"), ("ordered", "f.ordered", "date"),
         ("is_vip", "f.vip", "boolean"), ("team", "f.team", "text"), ("select", "f.select", "text"), ('order_by_x', "f.x", "text")]
VALUES = {"order_no": "=1+1", "hours": 36.5, "channels": 3, "ordered": "2026-02-14", "vip": True, "team": "biru", "select": "ya"}


def listed(s, form, tmp_path, *options):
    file = tmp_path / f"list.{form}"
    s.etl.run("report", "conversations", "--format", form, "--from", "2000-01-01", "--output", file, *options)
    return file


def test_the_list_of_conversations_has_the_fields_with_their_types(story, tmp_path):
    s = story()
    plain = list(json.loads(listed(s, "json", tmp_path).read_text() or "[]"))
    assert plain == []
    tell(s, "C0", {"f": VALUES})
    tell(s, "C1", None)
    own = list(json.loads(listed(s, "json", tmp_path).read_text())[0])
    s.register(settings=settings(*KINDS))
    names = ["order_no", "estimated_hours", "channels", "ordered", "is_vip", "field_team", "select", "order_by_x"]
    told = json.loads(listed(s, "json", tmp_path).read_text())
    assert sorted(list(told[0])[len(own):]) == sorted(names) and list(told[0])[:len(own)] == own
    rows = {r["conversation"]: {k: r[k] for k in names} for r in told}
    assert rows == {"C0": {"order_no": "=1+1", "estimated_hours": 36.5, "channels": 3, "ordered": "2026-02-14", "is_vip": 1, "field_team": "biru", "select": "ya",
                           "order_by_x": None}, "C1": dict.fromkeys(names)}
    with open(listed(s, "csv", tmp_path, "--csv-for", "spreadsheet", "--lang", "id"), encoding="utf-8-sig", newline="") as f:
        [of_csv] = [r for r in csv.DictReader(f, delimiter=";") if r["conversation"] == "C0"]
    assert (of_csv["order_no"], of_csv["estimated_hours"], of_csv["ordered"]) == ("'=1+1", "36,5", "2026-02-14")
    book = Workbook(listed(s, "xlsx", tmp_path, "--lang", "id"))
    [of_book] = [r for r in book.table("Percakapan") if r["percakapan"] == "C0"]
    # Their names stay as they are, and say nothing of their looks: these hours are a number.
    assert {k: of_book[k] for k in names} == {"order_no": "=1+1", "estimated_hours": 36.5, "channels": 3, "ordered": datetime(2026, 2, 14), "is_vip": 1,
                                              "field_team": "biru", "select": "ya", "order_by_x": None} and not book.formulas
    s.register(settings=settings())
    assert list(json.loads(listed(s, "json", tmp_path).read_text())[0]) == own


def test_a_field_named_like_a_column_of_the_list_is_told_apart(story):
    """Names of the view cannot be fields; of the list's other columns sql/report/fields.sql knows all."""
    s = story()
    tell(s, "C0", None)
    own = set(json.loads(s.etl.run("report", "conversations", "--format", "json", "--from", "2000-01-01").stdout)[0])
    with open(os.path.join(TOP, "sql", "report", "fields.sql")) as f:
        known = set(re.findall(r"'(\w+)'", re.search(r"a.attname in \((.*?)\)", f.read(), re.S)[1]))
    assert known == own - set(columns(s)), (known ^ (own - set(columns(s))))

# SPDX-License-Identifier: MIT
"""Fields of the API that are columns of the row of a conversation, as the configuration has them."""
import csv
import json
import os
import re
import signal
from datetime import date, datetime
from decimal import Decimal as D

import pytest

from story import Story, conversation
from xlsx import Workbook

TOP = os.path.join(os.path.dirname(__file__), "..", "..")
OWN = """select attname from pg_attribute where attrelid = 'sahut_report.conversation_times'::regclass and attnum > 0 and not attisdropped
    order by attnum"""


def configured(s, *attributes):
    """What migrate does, as the owner, for the workspace of a story."""
    s.sql("select sahut_etl.take_attributes(%s)", json.dumps({s.name: [dict(zip(("name", "path", "type"), a)) for a in attributes]}))
    return s


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
    s = configured(story(), ("field", "custom_attributes.field", kind), ("absent", "a.b.c", kind))
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
    configured(s, NUMBER)
    configured(s, TEXT, NUMBER)
    assert columns(s) == own + ["amount", "order_no"]
    assert s.one("select 'sahut_report.conversation_times'::regclass::oid") == view       # columns that come change nothing for its readers
    assert s.sql("select amount, order_no from sahut_report.conversation_times") == [(5, "A-1")]
    assert s.one("select col_description('sahut_report.conversation_times'::regclass, %s)", len(own) + 1) == "A field of the API by configuration, as number."
    rights = "select relacl::text from pg_class where oid = 'sahut_report.conversation_times'::regclass"
    before, told = s.one(rights), s.sql("select objsubid, description from pg_description where objoid = 'sahut_report.conversation_times'::regclass and objsubid <= %s order by 1", len(own))
    configured(s, TEXT)
    assert columns(s) == own + ["order_no"]
    assert sorted(s.one(rights)[1:-1].split(",")) == sorted(before[1:-1].split(","))
    assert s.sql("select objsubid, description from pg_description where objoid = 'sahut_report.conversation_times'::regclass and objsubid <= %s order by 1", len(own)) == told
    configured(s, (TEXT[0], TEXT[1], "number"))
    assert s.sql("select order_no from sahut_report.conversation_times") == [(None,)]
    configured(s, ("order_no", "custom_attributes.amount", "number"))
    assert s.sql("select order_no from sahut_report.conversation_times") == [(5,)]
    configured(s)
    assert columns(s) == own


def test_a_view_that_somebody_made_of_it_is_not_taken_away(story):
    s = configured(story(), NUMBER, TEXT)
    own = columns(s)
    s.sql("create schema mine")
    s.sql("create view mine.orders as select id, order_no from sahut_report.conversation_times")
    tell(s, "C1", {"custom_attributes": {"amount": 5, "order_no": "A-1"}, "rank": 3})
    configured(s, NUMBER, ("rank", "rank", "text"))
    assert columns(s) == own + ["rank"]
    assert s.sql("select amount, order_no, rank from sahut_report.conversation_times") == [(5, None, "3")]
    assert s.sql("select * from mine.orders") == [("C1", None)]
    s.sql("drop schema mine cascade")
    configured(s, ("rank", "rank", "text"))
    assert columns(s)[-2:] == [own[-3], "rank"]


def test_two_workspaces_share_the_columns(story):
    s = configured(story(), NUMBER, TEXT)
    other = configured(story(etl=s.etl, name="kedua"), ("order_no", "order.number", "text"), ("vip", "vip", "boolean"))
    tell(s, "C1", {"custom_attributes": {"amount": 5, "order_no": "A-1"}, "vip": True})
    tell(other, "K1", {"custom_attributes": {"amount": 6, "order_no": "B-1"}, "order": {"number": "X"}, "vip": True})
    assert s.sql("select id, amount, order_no, vip from sahut_report.conversation_times order by 1") == [("C1", 5, "A-1", None), ("K1", None, "X", True)]
    configured(other)
    assert s.sql("select amount, order_no from sahut_report.conversation_times where id = 'C1'") == [(5, "A-1")]
    assert "vip" not in columns(s)


ORDER, AMOUNT = "{name: order_no, path: custom_attributes.order_no}", "{name: amount, path: custom_attributes.amount, type: number}"
DIFFER = "columns of sahut_report.conversation_times are not as they are configured: "


def test_columns_are_made_by_migrate_and_all_others_say_which_are_not(pair, daemons):
    sandbox, etl = pair(conversations=20, workspace={"attributes": f"[{ORDER}]"})

    def names():
        return [c for c, in etl.sql(OWN)]

    own = names()
    etl.run("migrate")
    assert names() == own + ["order_no"]
    assert DIFFER not in etl.run("check").stdout + etl.run("status").stdout
    etl.workspaces[0]["attributes"] = f"[{AMOUNT}]"
    etl.write()
    wanted = DIFFER + "amount, order_no"
    assert f"! attributes: {wanted}\n  -> as the tables' owner: sahut-etl migrate" in etl.run("check").stdout
    etl.run("sync")
    assert wanted in etl.run("status").stdout
    daemon = daemons(etl)
    daemon.wait_text(wanted)
    daemon.wait_text("works on 1 workspace")
    assert names() == own + ["order_no"]
    lines = ["column amount of sahut_report.conversation_times, for utama: added", "column order_no of sahut_report.conversation_times, for utama: taken out"]
    assert etl.run("migrate", "--dry-run").stdout.splitlines() == lines
    assert names() == own + ["order_no"]
    assert etl.run("migrate").stdout.splitlines() == lines
    assert names() == own + ["amount"]
    assert "nothing to do" in etl.run("migrate").stdout
    assert DIFFER not in etl.run("check").stdout + etl.run("status").stdout
    etl.workspaces[0]["attributes"] = f"[{AMOUNT.replace('number', 'text')}, {ORDER}]"
    etl.write()
    daemon.send(signal.SIGHUP)
    daemon.wait_text(DIFFER + "amount, order_no")
    assert "for utama: changed" in etl.run("migrate").stdout
    assert daemon.stop() == 0


def test_migrate_says_who_reads_a_view_that_it_changes(pair):
    sandbox, etl = pair(conversations=20)
    reader = etl.cluster.connect(etl.dbname)
    reader.autocommit = False
    reader.cursor().execute("select count(*) from sahut_report.conversation_times")
    etl.workspaces[0]["attributes"] = f"[{ORDER}]"
    etl.write()
    done = etl.run("migrate", expect=75)
    assert "the columns of sahut_report.conversation_times" in done.stderr and str(reader.info.backend_pid) in done.stderr, done.stderr
    assert done.stdout == "" and not etl.sql("select from sahut_etl.attribute")
    reader.rollback()
    reader.close()
    etl.run("migrate")
    assert etl.sql("select name from sahut_etl.attribute") == [("order_no",)]


def test_workspaces_of_another_configuration_keep_their_columns(story):
    s = configured(story(), NUMBER)
    s.sql("select sahut_etl.take_attributes(%s)", json.dumps({"other": [dict(zip(("name", "path", "type"), TEXT))]}))
    assert columns(s)[-2:] == ["amount", "order_no"]
    # Of one that was never read, and is in no configuration now, nothing is known any more.
    configured(s, NUMBER)
    assert columns(s)[-1] == "amount"


def test_no_name_gets_into_a_statement(story):
    s = story()
    hostile = 'x"; drop table sahut.conversation; --'
    with pytest.raises(Exception, match="attribute_name_check"):
        configured(s, (hostile, "a", "text"))
    configured(s, ("fine", "a'); drop table sahut.conversation; --.b\"c", "text"))
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
    configured(s, *KINDS)
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
    configured(s)
    assert list(json.loads(listed(s, "json", tmp_path).read_text())[0]) == own


def test_a_field_named_like_a_column_of_the_list_is_told_apart(story):
    """Names of the view cannot be fields; of the list's other columns sql/report/fields.sql knows all."""
    s = story()
    tell(s, "C0", None)
    own = set(json.loads(s.etl.run("report", "conversations", "--format", "json", "--from", "2000-01-01").stdout)[0])
    with open(os.path.join(TOP, "sql", "report", "fields.sql")) as f:
        known = set(re.findall(r"'(\w+)'", re.search(r"a.attname in \((.*?)\)", f.read(), re.S)[1]))
    assert known == own - set(columns(s)), (known ^ (own - set(columns(s))))

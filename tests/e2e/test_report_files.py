# SPDX-License-Identifier: MIT
"""report: files that people open, and reports of a part: the same numbers as everywhere, and never a cut."""
import csv
import io
import json
import os
import subprocess
from datetime import datetime, timedelta

import pytest

from conftest import BUILD
from etl import Etl
from sandbox import Sandbox
from xlsx import Workbook

EVIL = "=HYPERLINK(\"http://evil.example\",\"klik\") _x0041_ \x07\uffff \U0001F4AC"
TOPICS = ["volume", "workload", "backlog", "freshness", "conversations"]


@pytest.fixture(scope="module")
def shop(cluster, tmp_path_factory):
    """A workspace with some history; a channel whose name is a formula, and things that XML cannot have."""
    sandbox = Sandbox(os.path.join(BUILD, "sahut-sandbox"), conversations=600)
    dbname = f"files_{os.getpid()}"
    cluster.create_database(dbname)
    etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path_factory.mktemp("etl"), cluster, dbname, sandbox.base_url)
    etl.run("migrate")
    etl.run("sync")
    for kind in ("create", "reassign", "resolve", "reopen", "snooze", "relabel"):
        sandbox.change(kind, 10)
    etl.run("sync")
    sandbox.stop()
    etl.sql("""do $$ declare n bigint; w integer; begin for w in select id from sahut_etl.workspace loop
        loop select remaining into n from sahut_etl.refresh_next(w); exit when n = 0; end loop; end loop; end $$""")
    etl.sql("update sahut.channel set name = %s where id = (select min(id) from sahut.channel)", EVIL)
    return etl


def rows(etl, name, *options):
    return json.loads(etl.run("report", name, "--format", "json", *options).stdout)


def workbook(etl, tmp_path, name, *options):
    file = tmp_path / f"{name}.xlsx"
    etl.run("report", name, "--format", "xlsx", "--output", file, *options)
    return Workbook(file)


# ---- workbooks ----

@pytest.mark.parametrize("name", TOPICS)
def test_a_workbook_has_what_json_has(shop, tmp_path, name):
    book = workbook(shop, tmp_path, name)
    assert list(book.sheets)[0] == "About" and not book.formulas
    about = book.table("About")[0]
    scope = shop.sql("""select complete_as_of at time zone reporting_timezone from sahut_report.data_freshness""")[0][0]
    assert about["complete as of"] == scope.replace(second=0, microsecond=0)
    head, *cells = book.sheets["Conversations" if name == "conversations" else "Data"]
    wanted = rows(shop, name)
    assert len(head) == len(wanted[0]) and len(cells) == len(wanted) > 0
    for had, want in zip(cells, wanted):
        for column, (key, value) in enumerate(want.items()):
            is_ = (had + [None] * len(head))[column]
            if key == "lag_minutes":
                continue        # it grows
            if value in (None, ""):
                assert is_ is None, key
            elif key == "day" or key.endswith(("_at", "_as_of")):
                assert is_ == datetime.fromisoformat(value.rstrip("Z")), key
            elif isinstance(value, (int, float)):
                scale = 24 if key.endswith("_hours") and key != "active_hours" else 86400 if key.endswith("_seconds") else 1
                assert abs(is_ * scale - value) < 1e-6 * max(1, abs(value)), key
            elif key == "status":
                assert is_ in (value, "snoozed"), key
            else:
                assert is_ == value.replace("\x07", "").replace("\uffff", "\ufffd"), key


def test_a_strangers_formula_is_a_text(shop, tmp_path):
    book = workbook(shop, tmp_path, "conversations", "--from", "2000-01-01")
    assert not book.formulas
    channels = {r["channel"] for r in book.table("Conversations")}
    assert EVIL.replace("\x07", "").replace("\uffff", "\ufffd") in channels


def test_a_spreadsheet_counts_with_what_it_shows(shop, tmp_path):
    book = workbook(shop, tmp_path, "conversations", "--lang", "id", "--from", "2000-01-01")
    head = book.sheets["Percakapan"][0]
    looks = {head[place[1] - 1]: look for (name, place), look in book.shown.items() if name == "Percakapan"}
    assert looks["masuk pada"] == "yyyy-mm-dd hh:mm" and looks["umur"] == looks["lama terbuka"] == "[h]:mm:ss"
    statuses = {r["status"] for r in book.table("Percakapan")}
    assert statuses == {"terbuka", "menunggu pelanggan", "ditunda", "selesai"}


def test_each_part_of_a_report_is_a_sheet(shop, tmp_path):
    book = workbook(shop, tmp_path, "volume")
    assert list(book.sheets) == ["About", "Summary", "Days", "Days and channels", "Hours of the week", "Channels", "Labels", "Changed days", "Data"]
    days = book.table("Days")
    assert sum(r["created"] for r in days) == sum(r["created"] for r in rows(shop, "volume")) == book.table("Summary")[0]["created"]
    assert [r["day"] for r in days] == [days[0]["day"] + timedelta(n) for n in range(31)]


def test_a_workbook_is_not_written_to_a_terminal_and_may_be_piped(shop, tmp_path):
    done = subprocess.run(shop.command("report", "volume", "--format", "xlsx"), capture_output=True, env=shop.environment())
    assert done.returncode == 0 and "Days" in Workbook(io.BytesIO(done.stdout)).sheets


# ---- the list of conversations ----

def test_conversations_are_those_of_the_warehouse(shop):
    everything = rows(shop, "conversations", "--from", "2000-01-01")
    assert sorted(r["conversation"] for r in everything) == sorted(r[0] for r in shop.sql("select id from sahut_report.conversations"))
    assert [r["created_at"] for r in everything] == sorted((r["created_at"] for r in everything), reverse=True)
    open_ = shop.one("select sum(open_seconds) from sahut_report.conversation_times")
    assert sum(r["open_seconds"] for r in everything) == open_
    assert len(list(csv.DictReader(io.StringIO(shop.run("report", "conversations", "--format", "csv", "--from", "2000-01-01").stdout)))) == len(everything)


@pytest.mark.parametrize("form", ["table", "html"])
def test_a_list_is_no_page(shop, form):
    assert "is a list: choose --format csv, json or xlsx" in shop.run("report", "conversations", "--format", form, expect=64).stderr


def test_what_is_long_comes_whole(shop):
    """More rows than are fetched at once, and more bytes than are kept in memory."""
    many = 12001
    try:
        shop.sql("""insert into sahut.conversation select r.*
            from (select to_jsonb(x) as row from sahut.conversation x order by id limit 1) c cross join generate_series(1, %s) i
            cross join lateral jsonb_populate_record(null::sahut.conversation, c.row || jsonb_build_object('id', 'many-' || i)) r""", many)
        listed = rows(shop, "conversations", "--from", "2000-01-01")
        assert len({r["conversation"] for r in listed}) == len(listed) == many + 610
        text = shop.run("report", "conversations", "--format", "csv", "--from", "2000-01-01").stdout
        assert len(text) > 2 << 20 and len(list(csv.reader(io.StringIO(text)))) == many + 611
    finally:
        shop.sql("delete from sahut.conversation where id like 'many-%'")


# ---- reports of a part ----

def test_a_report_of_a_channel_is_its_part(shop):
    whole = rows(shop, "volume", "--from", "2000-01-01")
    names = sorted({r["channel"] for r in whole} - {EVIL})
    for name in names[:2]:
        part = rows(shop, "volume", "--from", "2000-01-01", "--channel", name.upper())
        assert part == [r for r in whole if r["channel"] == name] and part
    key = whole[0]["channel_id"]
    assert rows(shop, "volume", "--from", "2000-01-01", "--channel", key) == [r for r in whole if r["channel_id"] == key]


@pytest.mark.parametrize("option, column", [("--channel", "channel_id"), ("--agent", "agent_id"), ("--team", "team_id")])
def test_parts_of_the_list_add_up(shop, option, column):
    whole = rows(shop, "conversations", "--from", "2000-01-01")
    keys = {r[column] for r in whole}
    assert None in keys or option == "--channel"
    parts = {k: rows(shop, "conversations", "--from", "2000-01-01", option, k or "-") for k in keys}
    assert all(parts[k] == [r for r in whole if r[column] == k] for k in keys)


def test_parts_of_the_backlog_add_up(shop):
    whole = rows(shop, "backlog")
    for option, key in (("--channel", "channel_id"), ("--agent", "assignee_id")):
        for value in {r[key] for r in whole}:
            assert rows(shop, "backlog", option, value or "-") == [r for r in whole if r[key] == value]
    for name in {r["team"] for r in whole if r["team"]}:
        assert rows(shop, "backlog", "--team", name) == [r for r in whole if r["team"] == name]


def test_a_label_is_of_what_carries_it_now(shop):
    label, n = shop.sql("select label_name, count(*) from sahut_report.conversation_labels group by 1 order by 2 desc limit 1")[0]
    part = rows(shop, "volume", "--from", "2000-01-01", "--label", label)
    assert sum(r["created"] for r in part) == n == len(rows(shop, "conversations", "--from", "2000-01-01", "--label", label))
    assert {r["reopened"] for r in part} == {None}
    assert sum(r["resolved"] for r in part) == shop.one("""select count(*) from sahut_report.resolutions r
        join sahut_report.conversation_labels l using (conversation_id) where label_name = %s""", label)
    page = shop.run("report", "volume", "--format", "html", "--label", label).stdout
    assert f"Only: <b><bdi>label: {label}" in page
    # Topics that know no label are not on a page of one.
    assert 'id="volume"' in page and 'id="backlog"' not in page and 'href="#workload"' not in page


def test_an_agents_workload_is_a_row(shop):
    whole = rows(shop, "workload")
    [row] = rows(shop, "workload", "--agent", whole[0]["agent"])
    assert row == whole[0]
    assert shop.run("report", "workload", "--agent", whole[0]["agent"]).stdout.count(whole[0]["agent"]) >= 2


@pytest.mark.parametrize("topic, option", [("volume", "--agent"), ("workload", "--channel"), ("workload", "--label"), ("workload", "--team"),
                                           ("backlog", "--label"), ("freshness", "--channel"), ("freshness", "--agent")])
def test_a_topic_without_such_a_thing_refuses_it(shop, topic, option):
    word = option.lstrip("-")
    said = shop.run("report", topic, option, "x", expect=64).stderr
    assert f"the report {topic} cannot be of one {word} alone" in said and f"report conversations takes --{word}" in said


@pytest.mark.parametrize("option", ["--channel", "--agent", "--team", "--label"])
def test_a_name_that_nothing_has_is_refused(shop, option):
    assert f"there is no {option.lstrip('-')} \"tidak ada\"" in shop.run("report", "conversations", "--format", "json", option, "tidak ada", expect=64).stderr


# ---- CSV for a spreadsheet ----

def test_csv_for_a_spreadsheet_opens_rightly_in_indonesia(shop):
    def read(*options):
        done = subprocess.run(shop.command("report", "conversations", "--format", "csv", "--from", "2000-01-01", *options), capture_output=True, env=shop.environment())
        assert done.returncode == 0, done.stderr
        return done.stdout
    plain, ours = read(), read("--csv-for", "spreadsheet", "--lang", "id")
    assert ours.startswith(b"\xef\xbb\xbf") and not plain.startswith(b"\xef\xbb\xbf")
    theirs = list(csv.DictReader(io.StringIO(ours.decode("utf-8-sig")), delimiter=";"))
    mine = list(csv.DictReader(io.StringIO(plain.decode())))
    assert len(theirs) == len(mine) and {"age_hours", "channel"} <= set(theirs[0])
    for a, b in zip(theirs, mine):
        assert a["age_hours"] == b["age_hours"].replace(".", ",") and a["channel"] == b["channel"]
    assert any("," in r["age_hours"] for r in theirs)
    assert all(r["channel"].startswith("'=") for r in theirs if "HYPERLINK" in r["channel"])
    assert ";" in read("--csv-for", "spreadsheet").decode("utf-8-sig").splitlines()[0]
    assert "goes with --format csv" in shop.run("report", "volume", "--format", "json", "--csv-for", "spreadsheet", expect=64).stderr
    assert "programs or spreadsheet" in shop.run("report", "volume", "--format", "csv", "--csv-for", "excel", expect=64).stderr

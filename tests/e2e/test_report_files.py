# SPDX-License-Identifier: MIT
"""report: files that people open, and reports of a part: the same numbers as everywhere, and never a cut."""
import csv
import io
import json
import os
import shutil
import subprocess
from datetime import datetime, timedelta

import pytest

try:
    import openpyxl
except ImportError:
    openpyxl = None

from conftest import BUILD
from daemon import loaded
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


# ---- read by others ----

wants_openpyxl = pytest.mark.skipif(openpyxl is None, reason="no python3-openpyxl")
wants_office = pytest.mark.skipif(not shutil.which("soffice") or openpyxl is None, reason="no LibreOffice Calc (soffice), or no python3-openpyxl")


def seconds(value):
    """A cell as others show a duration: a span of time, or a time of day when it is shorter than one."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6


def same(is_, value, key):
    if value in (None, ""):
        assert is_ is None, key
    elif key == "day" or key.endswith(("_at", "_as_of")):
        assert isinstance(is_, datetime) and abs(is_ - datetime.fromisoformat(value.rstrip("Z"))) < timedelta(seconds=1), key
    elif key.endswith("_seconds") or key.endswith("_hours") and key != "active_hours":
        assert abs(seconds(is_) - value * (3600 if key.endswith("_hours") else 1)) < 1, key
    elif isinstance(value, (int, float)):
        assert isinstance(is_, (int, float)) and abs(is_ - value) < 1e-6 * max(1, abs(value)), key
    else:
        assert isinstance(is_, str), key


@wants_openpyxl
@pytest.mark.parametrize("name", ["volume", "backlog", "conversations"])
def test_another_reader_sees_dates_as_dates_and_numbers_as_numbers(shop, tmp_path, name):
    workbook(shop, tmp_path, name)
    head, *cells = openpyxl.load_workbook(tmp_path / f"{name}.xlsx")["Conversations" if name == "conversations" else "Data"].iter_rows(values_only=True)
    wanted = rows(shop, name)
    assert len(cells) == len(wanted) > 0
    for had, want in zip(cells, wanted):
        for is_, (key, value) in zip(had, want.items(), strict=True):
            same(is_, value, key)


def office(tmp_path, source, form, *options):
    """SOURCE as LibreOffice opens and saves it."""
    done = subprocess.run(["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{tmp_path}/office", *options, "--convert-to", form,
                           "--outdir", str(tmp_path / "out"), str(source)], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return tmp_path / "out" / (source.stem + "." + form.split(":")[0])


@wants_office
def test_libreoffice_opens_both_and_counts_with_them(shop, tmp_path):
    """Its locale is Indonesian (1057): a comma is the decimal point, and nothing is asked but the separator that Excel takes from it."""
    workbook(shop, tmp_path, "conversations", "--lang", "id")
    opened = openpyxl.load_workbook(office(tmp_path, tmp_path / "conversations.xlsx", "xlsx"))
    assert opened.sheetnames[0] == "Tentang" and opened["Percakapan"].max_row == len(rows(shop, "conversations")) + 1
    wanted = rows(shop, "conversations")
    for had, want in zip(opened["Percakapan"].iter_rows(min_row=2, values_only=True), wanted):
        assert had[0] == want["workspace"] and had[1] == want["conversation"]
        created = list(want).index("created_at")
        assert isinstance(had[created], datetime) and abs(had[created] - datetime.fromisoformat(want["created_at"])) < timedelta(seconds=1)
    table = tmp_path / "daftar.csv"
    shop.run("report", "conversations", "--format", "csv", "--csv-for", "spreadsheet", "--lang", "id", "--output", table)
    head, *cells = openpyxl.load_workbook(office(tmp_path, table, "xlsx", "--infilter=CSV:59,34,76,1,,1057,false,true")).active.iter_rows(values_only=True)
    assert list(head) == list(wanted[0]) and len(cells) == len(wanted)
    for had, want in zip(cells, wanted):
        had = dict(zip(head, had))
        same(had["open_seconds"], want["open_seconds"], "n")
        same(had["age_hours"], want["age_hours"], "n")
        assert isinstance(had["created_at"], datetime)
        assert not str(had["channel"]).startswith("=")


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
    # How fresh the data is, is no matter of a label: that topic is not on a page of one.
    assert 'id="volume"' in page and 'id="backlog"' in page and 'href="#workload"' in page and 'id="freshness"' not in page


def test_an_agents_workload_is_a_row(shop):
    whole = rows(shop, "workload")
    [row] = rows(shop, "workload", "--agent", whole[0]["agent"])
    assert row == whole[0]
    assert shop.run("report", "workload", "--agent", whole[0]["agent"]).stdout.count(whole[0]["agent"]) >= 2


@pytest.mark.parametrize("topic, option", [("freshness", "--channel"), ("freshness", "--agent"), ("freshness", "--team"), ("freshness", "--label")])
def test_a_topic_without_such_a_thing_refuses_it(shop, topic, option):
    word = option.lstrip("-")
    said = shop.run("report", topic, option, "x", expect=64).stderr
    assert f"the report {topic} cannot be of one {word} alone" in said and f"report conversations takes --{word}" in said


@pytest.mark.parametrize("option", ["--channel", "--agent", "--team", "--label"])
def test_a_name_that_nothing_has_is_refused(shop, option):
    assert f"there is no {option.lstrip('-')} \"tidak ada\"" in shop.run("report", "conversations", "--format", "json", option, "tidak ada", expect=64).stderr


@pytest.mark.parametrize("option, column", [("--channel", "channel"), ("--agent", "agent"), ("--team", "team"), ("--label", None)])
def test_a_name_that_was_misspelt_is_refused_with_the_one_that_was_meant(shop, option, column):
    whole = rows(shop, "conversations", "--from", "2000-01-01")
    names = sorted({r[column] for r in whole if r[column]} - {EVIL}) if column else [shop.one("select max(name) from sahut.label")]
    name = names[0]
    said = shop.run("report", "conversations", "--format", "json", option, name[:-1] + "~", expect=64).stderr
    assert f"there is no {option.lstrip('-')} \"{name[:-1]}~\"; did you mean \"{name}\"?" in said


def test_an_agent_who_left_or_was_renamed_or_only_answered_can_be_asked_for(shop):
    """Known by the latest name, whatever the case, and by the id; by the id alone where no conversation was ever theirs."""
    [(id, name)] = shop.sql("""select a.id, a.name from sahut.agent a join sahut_report.agent_workload_now n on n.agent_id = a.id
        order by n.unresolved_count desc limit 1""")
    first = ("--from", "2000-01-01")
    theirs = rows(shop, "conversations", *first, "--agent", id)
    shop.sql("update sahut.agent set name = 'Sulastri (cuti)' where id = %s", id)
    try:
        renamed = rows(shop, "conversations", *first, "--agent", "sulastri (CUTI)")
        assert [r["conversation"] for r in renamed] == [r["conversation"] for r in theirs] and theirs
        assert "there is no agent" in shop.run("report", "conversations", "--format", "json", "--agent", name, expect=64).stderr
    finally:
        shop.sql("update sahut.agent set name = %s where id = %s", name, id)
    # One who left: of no conversation the agent any more, and not unknown.
    shop.sql("insert into sahut.agent (workspace_id, id, name, first_seen_at) select id, 'gone', 'Tejo', now() from sahut_etl.workspace")
    shop.sql("""insert into sahut.turn (workspace_id, conversation_id, turn_no, from_at, last_at, customer_messages, reply_count,
        reply_at, reply_sender_type, reply_sender_id, from_day) select workspace_id, id, 1, now(), now(), 1, 1, now(), 'agent', 'writes-only',
        current_date from sahut.conversation limit 1""")
    try:
        for who in ("Tejo", "gone", "writes-only"):
            assert rows(shop, "conversations", *first, "--agent", who) == []
            shop.run("report", "replies", "--format", "json", "--agent", who)
    finally:
        shop.sql("delete from sahut.turn where reply_sender_id = 'writes-only'")
        shop.sql("delete from sahut.agent where id = 'gone'")


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


# ---- what is loaded ----

def test_the_daemon_loads_no_library_of_reports(pair, daemons):
    """What only one command needs is loaded by that command: of the daemon's memory it is no part, at any time."""
    _, etl = pair(conversations=30)
    daemon = daemons(etl)
    loaded(etl, 30)
    with open(f"/proc/{daemon.pid}/maps") as f:
        mapped = f.read()
    assert "libpq" in mapped
    assert [name for name in ("xlsxwriter", "smartcols", "minizip") if name in mapped] == []

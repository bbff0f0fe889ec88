# SPDX-License-Identifier: MIT
"""report: numbers that agree with the warehouse, in every form, whatever strangers are called."""
import base64
import contextlib
import csv
import fcntl
import hashlib
import html.parser
import io
import json
import os
import pty
import re
import stat
import struct
import subprocess
import termios

import pytest

from conftest import BUILD
from daemon import wait_for
from etl import Etl
from sandbox import Sandbox

REPORTS = ["volume", "workload", "backlog", "replies", "freshness"]
EVIL = "</script><script>alert(1)</script>\"'<img src=x onerror=alert(2)>&amp;"
FORMULA = "=HYPERLINK(\"http://evil.example\",\"click\")"


def settle(etl):
    """All days are computed; a cycle does that itself, as far as its time goes."""
    etl.sql("""do $$ declare n bigint; w integer; begin for w in select id from sahut_etl.workspace loop
        loop select remaining into n from sahut_etl.refresh_next(w); exit when n = 0; end loop; end loop; end $$""")


@pytest.fixture(scope="module")
def shop(cluster, tmp_path_factory):
    """A workspace with some history, whose channels, agents and labels have hostile names."""
    sandbox = Sandbox(os.path.join(BUILD, "sahut-sandbox"), conversations=600)
    dbname = f"report_{os.getpid()}"
    cluster.create_database(dbname)
    etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path_factory.mktemp("etl"), cluster, dbname, sandbox.base_url,
              messages="{read: replies, since: 3650d, share: 100%}")
    etl.run("migrate")
    etl.run("sync")
    for kind in ("create", "reassign", "resolve", "reopen", "snooze", "relabel"):
        sandbox.change(kind, 10)
    etl.run("sync")
    etl.run("sync", "--messages")
    sandbox.stop()
    settle(etl)
    etl.sql("update sahut.agent set name = %s where id = (select min(id) from sahut.agent)", EVIL)
    etl.sql("update sahut.channel set name = %s where id = (select min(id) from sahut.channel)", EVIL)
    etl.sql("update sahut.channel set name = %s where id = (select max(id) from sahut.channel)", FORMULA)
    return etl


def report(etl, name, form, *options, expect=0):
    return etl.run("report", name, "--format", form, *options, expect=expect).stdout


def rows(etl, name, *options):
    return json.loads(report(etl, name, "json", *options))


# ---- numbers ----

def test_volume_counts_what_the_warehouse_holds(shop):
    counted = rows(shop, "volume", "--from", "2000-01-01")
    assert sum(r["created"] for r in counted) == shop.one("select count(*) from sahut_report.conversations") == 610
    assert sum(r["resolved"] for r in counted) == shop.one("select sum(resolved_count) from sahut_report.daily_volume")
    some_day = counted[len(counted) // 2]["day"]
    of_day = rows(shop, "volume", "--from", some_day, "--to", some_day)
    assert {r["day"] for r in of_day} == {some_day}
    assert sum(r["created"] for r in of_day) == shop.one("select count(*) from sahut_report.conversations where created_day = %s", some_day)


def test_workload_is_what_each_agent_holds(shop):
    held = {r["agent_id"]: (r["open"], r["pending"], r["snoozed"]) for r in rows(shop, "workload")}
    truth = shop.sql("""select assignee_id, count(*) filter (where status = 'open'), count(*) filter (where status = 'pending'),
        count(*) filter (where status = 'snoozed') from sahut.conversation where assignee_id is not null and status <> 'resolved' group by 1""")
    assert {k: v for k, v in held.items() if any(v)} == {r[0]: tuple(r[1:]) for r in truth}


def test_backlog_is_what_was_not_resolved(shop):
    last = max(r["day"] for r in rows(shop, "backlog"))
    now = [r for r in rows(shop, "backlog") if r["day"] == last]
    assert sum(r["conversations"] for r in now) == shop.one("select count(*) from sahut_report.conversations where is_unresolved")
    for r in now:
        assert r["under_1d"] + r["1d_to_3d"] + r["3d_to_7d"] + r["over_7d"] == r["conversations"]


def test_freshness_says_how_far_it_is(shop):
    [row] = rows(shop, "freshness")
    assert row["workspace"] == "utama"
    assert row["complete_as_of"] == shop.status()["complete_as_of"]


@pytest.mark.parametrize("name", REPORTS)
def test_csv_and_json_say_the_same(shop, name):
    read = list(csv.DictReader(io.StringIO(report(shop, name, "csv"))))
    parsed = rows(shop, name)
    assert len(read) == len(parsed) > 0
    for a, b in zip(read, parsed):
        assert list(a) == list(b)
        for key, value in b.items():
            if key == "lag_minutes":
                continue        # it grows
            if isinstance(value, (int, float)):
                assert float(a[key]) == value, key
            else:
                assert a[key].removeprefix("'") == (value or ""), key


def test_a_formula_stays_text_in_csv(shop):
    for name in ("volume", "backlog"):
        cells = {c for r in csv.reader(io.StringIO(report(shop, name, "csv", "--from", "2000-01-01"))) for c in r}
        assert "'" + FORMULA in cells
        assert not [c for c in cells if re.match(r"[=+@\t\r]|-[^0-9]", c)]


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("width", [60, 80, 132])
def test_tables_fit_the_terminal(shop, name, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    text = report(shop, name, "table")
    assert max(len(line) for line in text.split("\n")) <= width
    assert "Complete as of 20" in text and "(Asia/Jakarta)" in text


@pytest.mark.parametrize("width", [50, 70, 200])
def test_tables_fit_the_window(shop, width):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    environment = {k: v for k, v in shop.environment().items() if k != "COLUMNS"}
    with open(theirs, "wb") as out:
        process = subprocess.Popen(shop.command("report", "backlog"), stdout=out, env=environment)
    text = b""
    with contextlib.suppress(OSError):
        while chunk := os.read(ours, 65536):
            text += chunk
    os.close(ours)
    assert process.wait(30) == 0
    longest = max(len(line) for line in text.decode().splitlines())
    assert longest <= width and (width < 200 or longest > 70)


def test_days_that_wait_to_be_computed_are_told(pair, daemons):
    """What keeps them is said once, the cycles go on, and the page says which day is not up to date."""
    sandbox, etl = pair(conversations=120, workspace={"schedule": "{incremental: 5s, verify: 1h}"})
    etl.sql("alter function sahut_etl.refresh_next(integer) rename to refresh_later")
    daemon = daemons(etl)
    daemon.wait_text("the days of reports cannot be computed")
    wait_for(lambda: daemon.text().count("event=cycle ") >= 2, "two cycles")
    assert daemon.text().count("cannot be computed") == 1
    assert daemon.stop() == 0
    page = report(etl, "volume", "html")
    assert re.search(r'<p class="warn" role="status">[^<]*: \d+', page), page[:3000]
    etl.sql("alter function sahut_etl.refresh_later(integer) rename to refresh_next")
    assert re.search(r"(?m)^\d+ days left$", etl.run("-v", "migrate", "--rebuild-reports").stderr)
    assert not re.search(r'<p class="warn" role="status">[^<]*: \d+', report(etl, "volume", "html"))


def test_the_days_are_the_workspaces_whatever_the_sessions_zone(shop):
    answers = []
    for zone in ("UTC", "America/New_York", "Asia/Jayapura"):
        shop.sql(f"alter database {shop.dbname} set timezone = '{zone}'")
        # The day before is told to the minute, which may pass meanwhile.
        answers.append([re.sub(r"(others than on [^,]*),\s+\d\d:\d\d", r"\1", report(shop, n, f))
                        for n in ("volume", "workload", "backlog") for f in ("csv", "table")])
    shop.sql(f"alter database {shop.dbname} reset timezone")
    assert answers[0] == answers[1] == answers[2]


# ---- the page ----

class Page(html.parser.HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self.raw, self.inside = [], [], {"script": [], "style": []}, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag in self.raw:
            self.inside = tag
            self.raw[tag].append("")

    def handle_endtag(self, tag):
        self.inside = None if tag == self.inside else self.inside

    def handle_data(self, data):
        if self.inside:
            self.raw[self.inside][-1] += data
        else:
            self.text.append(data)

    def all(self, tag):
        return [a for t, a in self.tags if t == tag]


@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize("name", REPORTS)
def test_a_page_needs_nothing_and_allows_nothing_else(shop, name, lang):
    page = Page(report(shop, name, "html", "--lang", lang))
    assert page.all("html") == [{"lang": lang}]
    [policy] = [a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    for kind in ("script", "style"):
        for text in page.raw[kind]:
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy
    for tag, attributes in page.tags:
        assert tag not in ("img", "link", "iframe", "object", "form", "base")
        assert "src" not in attributes and "style" not in attributes and not [a for a in attributes if a.startswith("on")]
        assert not attributes.get("href", "#").strip("#").startswith(("http", "//"))


@pytest.mark.parametrize("lang", ["en", "id"])
def test_every_word_is_there(shop, lang):
    page = Page(report(shop, "workload", "html", "--lang", lang))
    words = " ".join(page.text)
    assert not re.findall(r"\b(?:col|panel|note|title|status|none)_\w+|\b[a-z]+_(?:hours|at|rate|seconds|days|count)\b", words)
    assert {"en": "Agent workload", "id": "Beban kerja agen"}[lang] in words
    assert "Complete as of" in words or lang == "id"


def test_strangers_names_stay_text(shop):
    text = report(shop, "volume", "html", "--from", str(shop.one("select min(created_day) from sahut_report.conversations")))
    assert EVIL not in text and "<img" not in text and "onerror=alert(2)&gt;" in text
    assert EVIL in "".join(Page(text).text)


def test_what_cannot_be_known_is_not_called_nothing(shop):
    """Before history begins nobody knows what was resolved."""
    day = str(shop.one("select history_day - 1 from sahut_etl.report_workspace"))
    after = str(shop.one("select history_day from sahut_etl.report_workspace"))
    lines = report(shop, "volume", "table", "--from", day, "--to", after).split("\n")
    created, resolved, reopened = next(line for line in lines if line.startswith(day)).split()[1:]
    assert created.isdigit() and (resolved, reopened) == ("–", "–")
    assert all(n.isdigit() for n in next(line for line in lines if line.startswith(after)).split()[1:])
    text = " ".join(Page(report(shop, "volume", "html")).text)
    assert text.count("in the period before") == 1  # of what was created


@pytest.mark.parametrize("lang, words", [("en", ["First reply and reply times are not known", "satisfied", "was there"]),
                                         ("id", ["Balasan pertama dan waktu balas tidak diketahui", "Kepuasan", "hadir"])])
def test_without_messages_replies_are_not_known_and_not_nothing(pair, lang, words):
    _, etl = pair(conversations=60)
    etl.run("sync")
    text = report(etl, "workload", "html", "--lang", lang)
    replies = re.search(r'<section class="topic" id="replies".*?</section>', text, re.S)[0]
    assert [w for w in words if w not in replies] == [] and "<figure" not in replies and "tiles" not in replies
    shown = " ".join(report(etl, "replies", "table", "--lang", lang).split())
    assert [w for w in words if w not in shown] == []


def test_every_chart_has_its_table_and_a_title(shop):
    text = report(shop, "backlog", "html")
    figures = re.findall(r"<figure.*?</figure>", text, re.S)
    charts = [f for f in figures if "data-chart=" in f]
    assert len(charts) >= 6
    for figure in figures:
        assert "<figcaption><b>" in figure
        assert "<table" in figure or 'class="soft"' in figure
    for figure in charts:
        assert ("<canvas role=\"img\" aria-label=" in figure) == ("<table" in figure)


def test_the_page_begins_with_how_complete_it_is(shop):
    text = " ".join(Page(report(shop, "workload", "html")).text)
    assert text.index("Complete as of") < text.index("Who carries how much now")


def test_stale_data_is_called_stale(shop):
    before = shop.one("select active_as_of from sahut_etl.workspace")
    shop.sql("update sahut_etl.workspace set active_as_of = active_as_of - interval '5 hours'")
    try:
        for form in ("html", "table"):
            assert "behind" in report(shop, "volume", form)
        assert "tertinggal" in report(shop, "volume", "html", "--lang", "id")
    finally:
        shop.sql("update sahut_etl.workspace set active_as_of = %s", before)


# ---- workspaces ----

def test_several_workspaces_are_named_each_with_its_own_days(sandboxes, warehouse):
    sandbox = sandboxes(conversations=120, workspaces=["key=sk_live_two,conversations=80,seed=7"])
    etl = warehouse(sandbox.base_url)
    etl.add("kedua", sandbox.base_url, key="sk_live_two", timezone="Asia/Jayapura")
    etl.run("sync")
    settle(etl)
    both = rows(etl, "volume", "--from", "2000-01-01")
    assert {w: sum(r["created"] for r in both if r["workspace"] == w) for w in ("utama", "kedua")} == {"utama": 120, "kedua": 80}
    assert {r["workspace"] for r in json.loads(etl.run("-w", "kedua", "report", "workload", "--format", "json").stdout)} == {"kedua"}
    # The tables stand one below the other, each under its workspace's name.
    text = etl.run("report", "volume").stdout
    assert text.index("Asia/Jayapura") != text.index("Asia/Jakarta") and "\n\n" in text
    page = " ".join(Page(report(etl, "workload", "html")).text)
    assert "(Asia/Jakarta)" in page and "(Asia/Jayapura)" in page
    one = " ".join(Page(etl.run("-w", "utama", "report", "workload", "--format", "html").stdout).text)
    assert "(Asia/Jayapura)" not in one
    assert "no workspace" in etl.run("-w", "ketiga", "report", "volume", expect=64).stderr


def test_a_warehouse_without_data_says_so(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    assert report(etl, "volume", "json").strip() == "[]"
    assert "No workspace has been loaded yet" in report(etl, "volume", "html") + report(etl, "volume", "table")


def test_before_the_first_load_has_ended_the_figures_are_called_partial(shop):
    before = shop.sql("select complete_as_of, history_started_at from sahut_etl.workspace")[0]
    shop.sql("update sahut_etl.workspace set complete_as_of = null, history_started_at = null")
    try:
        assert "partial" in report(shop, "volume", "html") and "partial" in report(shop, "volume", "table")
    finally:
        shop.sql("update sahut_etl.workspace set complete_as_of = %s, history_started_at = %s", *before)


# ---- the command line ----

@pytest.mark.parametrize("arguments, words", [
    ([], "which report"),
    (["volum"], "did you mean volume"),
    (["volume", "--format", "pdf"], "table, csv, json, html or xlsx"),
    (["volume", "--lang", "fr"], "takes en or id"),
    (["volume", "--from", "2026-02-30"], "not a day"),
    (["volume", "--from", "yesterday"], "not a day"),
    (["volume", "--from", "2026-03-02", "--to", "2026-03-01"], "ends before it begins"),
    (["volume", "--formatt", "csv"], "did you mean --format"),
])
def test_what_cannot_be_understood(shop, arguments, words):
    assert words in shop.run("report", *arguments, expect=64).stderr


def test_the_file_is_there_whole_or_as_it_was(shop, tmp_path):
    path = tmp_path / "w.html"
    assert report(shop, "workload", "html", "--output", str(path)) == ""
    assert path.read_text().rstrip().endswith("</html>")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.write_text("before")
    shop.run("report", "workload", "--format", "html", "--output", str(path), "--from", "2100-01-01", expect=64)
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["w.html"]
    assert "nowhere" in shop.run("report", "volume", "-o", str(tmp_path / "nowhere" / "x"), expect=71).stderr


@pytest.mark.parametrize("path,code,words", [
    ("/nowhere/report.html", 71, "/nowhere/report.html: No such file"),
    ("/proc/report.html", 71, "/proc/report.html: "),
    ("/tmp/" + "x" * 300, 71, "too long"),
    ("/tmp/" + "x/" * 3000, 64, "too long"),
])
def test_a_file_that_cannot_be_written_is_said(shop, path, code, words):
    assert words in shop.run("report", "volume", "--format", "html", "--output", path, expect=code).stderr


def test_a_file_that_is_a_directory_stays_one(shop, tmp_path):
    assert "irectory" in shop.run("report", "volume", "--output", str(tmp_path), expect=71).stderr
    assert os.listdir(tmp_path) == [] and not [f for f in os.listdir(tmp_path.parent) if f.startswith(tmp_path.name + ".")]


def test_standard_output_that_is_full_is_said(shop):
    with open("/dev/full", "w") as full:
        done = subprocess.run(shop.command("report", "volume"), stdout=full, stderr=subprocess.PIPE, text=True, env=shop.environment())
    assert done.returncode == 71 and "standard output cannot be written" in done.stderr


def test_a_report_reads_only(shop):
    query = "select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables where schemaname <> 'pg_catalog'"
    before = shop.counted(query)
    for name in REPORTS:
        report(shop, name, "html")
    assert shop.counted(query) == before


def test_a_report_can_be_mailed(shop, tmp_path):
    """As an attachment that is the page to the byte; the sender's program is the machine's."""
    import email
    import subprocess
    page = tmp_path / "workload.html"
    report(shop, "workload", "html", "--output", str(page))
    sendmail = tmp_path / "sendmail"
    sendmail.write_text(f'#!/bin/sh\nprintf "%s " "$@" > {tmp_path}/arguments\ncat > {tmp_path}/mail\n')
    sendmail.chmod(0o755)
    script = os.path.join(os.path.dirname(__file__), "..", "..", "etc", "report", "mail-report")
    environment = {**os.environ, "MAILTO": "manager@example.id", "MAILFROM": "etl@example.id", "SENDMAIL": str(sendmail)}
    subprocess.run([script, str(page)], check=True, env=environment)
    mail = email.message_from_bytes((tmp_path / "mail").read_bytes())
    assert mail["To"] == "manager@example.id" and mail["From"] == "etl@example.id" and mail["Subject"].startswith("Agent workload, 20")
    text, attachment = mail.get_payload()
    assert attachment.get_filename() == "workload.html" and attachment.get_payload(decode=True) == page.read_bytes()
    done = subprocess.run([script, str(page)], env={**environment, "MAILTO": "a@b\nBcc: c@d"}, capture_output=True)
    assert done.returncode == 64

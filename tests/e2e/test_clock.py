# SPDX-License-Identifier: MIT
"""Time that cannot be true: no instant, no day and no report is different for it."""
import datetime
import re

import pytest

from daemon import Daemon, wait_for
from etl import assert_equal

INSTANTS = "select complete_as_of, active_as_of, certified_at, watermark, seen_at, history_started_at from sahut_etl.workspace"
WHEN = ["a year ahead", "the year 9999"]


def date(when):
    day = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=365) if when == WHEN[0] else datetime.datetime(9999, 12, 31, 23, 59, 59)
    return day.strftime("%a, %d %b %Y %H:%M:%S GMT")


def instants(etl):
    return etl.sql(INSTANTS)[0]


def no_later(now, before):
    """Of the instants that a cycle may move by what it was told rightly, none is in the future."""
    limit = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)
    return all(n is not None and n < limit and n >= b for n, b in zip(now, before))


def reports(etl):
    """The days that reports turn on, and all that they show of them."""
    return etl.sql("select history_day, live_day, last_day from sahut_etl.report_workspace"), etl.sql("select * from sahut_report.daily_volume order by 1")


@pytest.fixture
def loaded(pair):
    sandbox, etl = pair(conversations=450)
    etl.run("sync")
    return sandbox, etl


@pytest.mark.parametrize("when", WHEN)
def test_one_answer_moves_nothing(loaded, when):
    """An increment of one request: all that it was told is that answer's time."""
    sandbox, etl = loaded
    before, told = instants(etl), reports(etl)
    sandbox.fault("date", date=date(when))
    done = etl.run("sync", expect=None)
    assert "ahead of this host's clock and of the database's" in done.stderr
    assert instants(etl) == before and reports(etl) == told
    row = etl.status()
    assert row["state"] == "clock wrong"
    assert "told a time that had not come" in etl.run("status").stdout
    # The next answer is believed as ever.
    sandbox.control("clock", {"advance": 60})
    etl.run("sync")
    assert etl.status()["state"] == "well" and instants(etl)[0] > before[0]
    assert_equal(etl, sandbox)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("command", [("sync", "--full"), ("verify",), ("verify", "--repair"), ("verify", "--full")])
@pytest.mark.parametrize("after", [0, 2])
def test_one_answer_of_many(loaded, when, command, after):
    sandbox, etl = loaded
    before, told = instants(etl), reports(etl)
    sandbox.change("update", 150)
    sandbox.control("clock", {"advance": 60})
    sandbox.fault("date", match="any", after=after, date=date(when))
    etl.run(*command, expect=None)
    assert no_later(instants(etl), before) and reports(etl)[0] == told[0]
    assert etl.one("select count(*) from sahut.conversation where first_seen_at > now() + interval '5 minutes'") == 0
    assert etl.one("select count(*) from sahut.conversation_version where observed_at > now() + interval '5 minutes'") == 0
    sandbox.control("clock", {"advance": 60})
    etl.run("sync", "--full")
    assert etl.status()["state"] == "well"
    assert_equal(etl, sandbox)


def test_every_answer(loaded):
    """The API's clock runs ahead: nothing is said of how far the data is complete, and check says why."""
    sandbox, etl = loaded
    before = instants(etl)
    sandbox.control("config", {"date_skew_seconds": 86400})
    sandbox.change("update", 5)
    for command in (("sync",), ("sync", "--full"), ("verify",)):
        etl.run(*command, expect=None)
        assert instants(etl)[:4] == before[:4]
    assert re.search(r"(?m)^✗ utama: its Date is .* ahead of this host's clock and of the database's.*\n  -> ", etl.run("check", expect=65).stdout)
    sandbox.control("config", {"date_skew_seconds": 0})
    sandbox.control("clock", {"advance": 60})
    etl.run("sync", "--full")
    assert_equal(etl, sandbox)


def test_a_daemon_says_it_once(loaded):
    sandbox, etl = loaded
    etl.workspaces[0]["schedule"] = "{incremental: 5s, verify: 1h}"
    etl.write()
    sandbox.control("config", {"date_skew_seconds": 86400})
    daemon = Daemon(etl)
    try:
        wait_for(lambda: etl.status()["state"] == "clock wrong", "the clock to be doubted")
        sandbox.reset_stats()
        wait_for(lambda: sandbox.stats()["requests"] >= 3, "more cycles")
        assert daemon.text().count("ahead of this host's clock") == 1
        sandbox.control("config", {"date_skew_seconds": 0})
        wait_for(lambda: etl.status()["state"] == "well", "all to be well")
        assert daemon.stop() == 0
    finally:
        daemon.end()


def test_instants_in_the_future_are_taken_back(loaded):
    """As an older version, or a dump of another time, may have left them."""
    sandbox, etl = loaded
    etl.sql("""update sahut_etl.workspace set complete_as_of = '9999-12-31', active_as_of = '9999-12-31', certified_at = '9999-12-31',
        watermark = '9999-12-31', seen_at = '9999-12-31'""")
    assert etl.status()["state"] == "clock wrong"
    assert etl.one("select state from sahut_report.health where item = 'freshness'") == "red"
    assert not etl.one("select is_fresh from sahut_report.data_freshness")
    assert etl.one("select last_day <= (now() at time zone timezone)::date + 1 from sahut_etl.report_workspace")
    sandbox.change("update", 5)
    sandbox.control("clock", {"advance": 60})
    etl.run("sync")
    assert no_later(instants(etl), [datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)] * 6)
    assert etl.status()["state"] == "well"
    assert_equal(etl, sandbox)


def test_a_cached_answer_is_as_old_as_it_says(loaded):
    sandbox, etl = loaded
    sandbox.control("clock", {"advance": 200})
    etl.run("sync")
    before = instants(etl)[0]
    sandbox.control("clock", {"advance": 200})
    sandbox.fault("date", age="100")
    etl.run("sync")
    assert 90 <= (instants(etl)[0] - before).total_seconds() <= 110
    # Nothing is cached for a year; what says so says nothing.
    before = instants(etl)[0]
    sandbox.fault("date", age="31536000")
    etl.run("sync", expect=None)
    assert instants(etl)[0] == before


def test_history_begins_by_the_clock_of_the_api(pair):
    """The batch that ends the first load has no response of its own."""
    sandbox, etl = pair(conversations=150, ago="3d")
    etl.run("sync")
    now = datetime.datetime.fromisoformat(sandbox.control("clock", {"advance": 0})["now"])
    for column in ("history_started_at", "seen_at"):
        assert abs((etl.one(f"select {column} from sahut_etl.workspace") - now).total_seconds()) < 60
    sandbox.control("clock", {"advance": 5})
    new = sandbox.change("create", 1)[0]
    etl.run("sync")
    assert etl.one("select is_history_complete from sahut_report.conversations where id = %s", new)

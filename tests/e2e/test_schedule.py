# SPDX-License-Identifier: MIT
"""When the next night is: computed by the database, compared with Python's own reading of the time zones."""
import os
import signal
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from daemon import loaded, wait_for

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
ZONES = ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns",
         "Africa/Cairo", "Pacific/Apia", "UTC"]
MINUTE = timedelta(minutes=1)
PLACE = 21 * MINUTE
START = datetime(2027, 1, 10, 5, tzinfo=timezone.utc)


def asked(etl, zone, minutes, delay, instants):
    """The first night after each instant, when everything was read just then."""
    with open(os.path.join(ROOT, "sql/schedule/night.sql")) as f:
        statement = f.read()
    for name, column in [("$1", "z.zone"), ("$2", "z.minutes"), ("$3", "z.delay"), ("$4", "sahut_etl.to_usec(z.at)"), ("$5", "sahut_etl.to_usec(z.at)")]:
        statement = statement.replace(name, column)
    rows = etl.sql(f"""select sahut_etl.from_usec(x.night)
        from (select %s as zone, %s as minutes, %s as delay, i.at, i.n from unnest(%s::timestamptz[]) with ordinality i(at, n)) z
        cross join lateral ({statement.replace("%", "%%")}) x(night) order by z.n""",
                   zone, minutes, delay // timedelta(microseconds=1), instants)
    return [row[0] for row in rows]


def nights(zone, minutes, first, days):
    """By Python: of a time of day that comes twice the second, of one that is skipped the hour that follows; both are how PostgreSQL reads it."""
    zone = ZoneInfo(zone)
    for day in range(days):
        wall = datetime(first.year, first.month, first.day) + timedelta(days=day, minutes=minutes)
        early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc) for fold in (0, 1))
        skipped = early.astimezone(zone).replace(tzinfo=None) != wall
        yield early if skipped else late


@pytest.mark.parametrize("minutes", [0, 150, 1430])
def test_each_night_of_a_year_comes_once_at_its_time(warehouse, minutes):
    etl = warehouse("http://127.0.0.1:9")
    instants = [START + timedelta(hours=h, minutes=7) for h in range(0, 24 * 400, 5)]
    for zone in ZONES:
        all_nights = sorted({night + PLACE for night in nights(zone, minutes, (START - timedelta(days=3)).date(), 410)})
        for instant, got in zip(instants, asked(etl, zone, minutes, PLACE, instants)):
            assert got == next(night for night in all_nights if night > instant), (zone, instant)


def test_a_day_that_a_time_zone_leaves_out_has_the_night_of_the_next(warehouse):
    etl = warehouse("http://127.0.0.1:9")
    apia = ZoneInfo("Pacific/Apia")
    instants = [datetime(2011, 12, day, 12, tzinfo=apia) for day in (28, 29, 31)]
    found = [str(night.astimezone(apia))[:16] for night in asked(etl, "Pacific/Apia", 150, timedelta(0), instants)]
    assert found == ["2011-12-29 02:30", "2011-12-31 02:30", "2012-01-01 02:30"]


def test_a_changed_time_moves_the_night_of_a_daemon(pair, daemons):
    now = datetime.now(ZoneInfo("Asia/Jakarta"))
    first, second = (now + timedelta(hours=h) for h in (3, 2))
    schedule = "{{incremental: 6h, verify: 12h, full: \"{:%H:%M}\"}}"
    _, etl = pair(conversations=30, workspace={"schedule": schedule.format(first)})
    daemon = daemons(etl)
    loaded(etl, 30)

    def comes_next(at):
        wait_for(lambda: etl.one("""select next_kind = 'full' and date_trunc('minute', next_at) = date_trunc('minute', %s::timestamptz)
            from sahut_etl.schedule""", at), f"the night at {at}")

    comes_next(first)
    etl.workspaces[0]["schedule"] = schedule.format(second)
    etl.write()
    daemon.send(signal.SIGHUP)
    comes_next(second)

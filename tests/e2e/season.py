# SPDX-License-Identifier: MIT
"""Four weeks of a shop's work, lived through in minutes: changes by the hour, cycles in between, and all days moved
back at the end, so that they lie in the past and end now."""
import datetime
import random

CHANCE = random.Random(7)
ZONE = datetime.timezone(datetime.timedelta(hours=7))

# How many conversations come in in an hour of a working day, and after which hours there is a cycle.
HOURS = {0: 1, 6: 2, 8: 6, 9: 9, 10: 10, 11: 9, 12: 5, 13: 8, 14: 9, 15: 8, 16: 6, 17: 4, 19: 3, 21: 2}
CYCLES = (0, 8, 11, 14, 17, 21)


def now(sandbox):
    return datetime.datetime.fromisoformat(sandbox.dump()["now"].replace("Z", "+00:00"))


def hour_of_work(sandbox, busy):
    """One hour: conversations come in, are taken, answered, resolved, and some come back. Chance has the rest of each."""
    for kind, share in (("create", 1.0), ("reassign", 1.1), ("snooze", 0.5), ("resolve", 1.02), ("relabel", 0.4), ("reopen", 0.09)):
        n = int(busy * share * CHANCE.uniform(0.6, 1.4) + CHANCE.random())
        if n:
            sandbox.change(kind, n)


def live(sandbox, etl, days=28, busy=1.0):
    """DAYS days from now on."""
    begin = now(sandbox).astimezone(ZONE)
    end = begin + datetime.timedelta(days=days)
    moment = begin
    while True:
        moment += datetime.timedelta(hours=1)
        if moment > end:
            break
        sandbox.control("clock", {"advance": 3600})
        work = HOURS.get(moment.hour, 0) * busy * (1.0 if moment.weekday() < 5 else 0.4)
        if work:
            hour_of_work(sandbox, work)
        if moment.hour in CYCLES:
            etl.run("sync", expect=None)
    sandbox.control("clock", {"advance": 180})
    etl.run("sync")


def date_runs(etl):
    """What a cycle does by the database's clock was now all the time: let it have been when the API said."""
    etl.sql("""update sahut_etl.run set ended_at = api_started_at + (ended_at - began_at), began_at = api_started_at
        where api_started_at is not null""")

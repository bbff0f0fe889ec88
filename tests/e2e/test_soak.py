# SPDX-License-Identifier: MIT
"""A daemon for many cycles at the shortest interval, while two workspaces change and a twentieth of the answers go wrong: memory,
descriptors, PostgreSQL's catalogue and the WAL of a cycle stay as they are, and in the end the warehouse equals both.

SAHUT_SOAK_CYCLES=N is for longer: 120 of a workspace take ten minutes.
"""
import os
import re

import pytest

from daemon import wait_for
from etl import assert_equal
from test_memory import PROGRAM

CYCLES = int(os.environ.get("SAHUT_SOAK_CYCLES", "120"))
DUE = {"schedule": "{incremental: 5s, verify: 2m}"}
FAULTS = [{"kind": "status", "status": 500}, {"kind": "hang_up"}, {"kind": "status", "status": 429, "retry_after": "1"}, {"kind": "cut", "bytes": 700},
          {"kind": "delay", "ms": 800}, {"kind": "body", "body": "<html>"}, {"kind": "empty"}, {"kind": "status", "status": 503}]
CATALOGUE = ["pg_class", "pg_attribute", "pg_statistic", "pg_depend", "pg_type", "pg_index"]


KEYS = {"utama": None, "kedua": "sk_live_two"}


def sow(sandbox, key):
    """A fault at every twentieth request from here on."""
    for k in range(100):
        sandbox.control("fault", {"match": "any", "after": 20 * k + 19, "times": 1, **FAULTS[k % len(FAULTS)]}, key=key)


class Sample:
    def __init__(self, etl, daemon):
        with open(f"/proc/{daemon.pid}/status") as f:
            self.rss = int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))
        self.descriptors = len(os.listdir(f"/proc/{daemon.pid}/fd"))
        self.parts = dict(etl.sql("select c, pg_total_relation_size(c::regclass) from unnest(%s) c", CATALOGUE))
        self.statistics = etl.one("select count(*) from pg_statistic")
        self.rows = etl.one("select count(*) from pg_class")
        self.wal = etl.one("select pg_current_wal_lsn() - '0/0'::pg_lsn")
        self.cycles = etl.one("select count(*) from sahut_etl.run where ended_at is not null")
        self.log = os.path.getsize(daemon.log)


def third(samples, i):
    n = len(samples) // 3
    return samples[i * n:(i + 1) * n]


def rate(samples, name):
    """Growth a cycle."""
    first, last = samples[0], samples[-1]
    return float(getattr(last, name) - getattr(first, name)) / max(1, last.cycles - first.cycles)


@pytest.mark.slow
def test_many_cycles_leave_nothing_behind(pair, daemons):
    if not os.path.exists(PROGRAM):
        pytest.skip("there is no plain build")
    sandbox, etl = pair(conversations=2000, ago="3h", drift_per_second=1, workspaces=["key=sk_live_two,conversations=1500,drift-per-second=1"], workspace=DUE)
    etl.program = PROGRAM
    etl.add("kedua", sandbox.base_url, key=KEYS["kedua"], **DUE)
    daemon = daemons(etl)
    wait_for(lambda: etl.one("select count(*) from sahut_etl.workspace where complete_as_of is not null") == 2, "both loads", 120)
    for key in KEYS.values():
        sow(sandbox, key)
    samples = [Sample(etl, daemon)]
    while samples[-1].cycles < 2 * CYCLES:
        seen = samples[-1].cycles
        wait_for(lambda: etl.one("select count(*) from sahut_etl.run where ended_at is not null") >= seen + 6, "more cycles", 120)
        samples.append(Sample(etl, daemon))
    assert daemon.running()
    early, late = third(samples, 1), third(samples, 2)
    for name in ("rss", "descriptors", "rows", "statistics"):
        print(f"{name}: {[int(getattr(s, name)) for s in samples[::4]]}")
    for name in CATALOGUE:
        print(f"{name}: {[int(s.parts[name]) for s in samples[::4]]}")
    for part in (early, late):
        print(f"a cycle: {rate(part, 'wal'):.0f} bytes of WAL, {rate(part, 'log'):.0f} of log")
    print(f"cycles {samples[-1].cycles}, the API's count {[sandbox.stats(k) for k in KEYS.values()]}")
    print(etl.sql("select state, count(*) from sahut_etl.run group by 1 order by 1"))
    assert max(s.rss for s in late) < max(s.rss for s in early) + 1024
    assert max(s.descriptors for s in late) <= max(s.descriptors for s in early) + 2
    assert max(s.rows for s in late) <= max(s.rows for s in early)
    # What autovacuum knows of the columns grows until it knows all of them, and by what an update leaves; nothing else does at all.
    for name in CATALOGUE:
        assert max(s.parts[name] for s in late) <= (1.3 if name == "pg_statistic" else 1) * float(max(s.parts[name] for s in early)), name
    assert max(s.statistics for s in late) <= max(s.statistics for s in early)
    assert rate(late, "wal") < 2 * rate(early, "wal")
    # Nothing changes any more, and nothing goes wrong.
    for key in KEYS.values():
        sandbox.control("config", {"drift_per_second": 0}, key=key)
        sandbox.control("fault", method="DELETE", key=key)
    sandbox.control("clock", {"advance": 3600})
    etl.run("sync", "--full", timeout=300)
    for name, key in KEYS.items():
        assert_equal(etl, sandbox, name, key)
    assert daemon.stop() == 0

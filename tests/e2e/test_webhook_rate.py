# SPDX-License-Identifier: MIT
"""Four events a second for a minute about 120 conversations, a third repeated, a tenth forged, in disorder: nearly all rows are there at once."""
import re
import time

import pytest
from daemon import loaded
from webhook import Webhook

SECONDS = 60
SOON = 5


@pytest.mark.slow
def test_four_events_a_second_for_a_minute(pair, daemons, tmp_path, record_property):
    hook = Webhook(tmp_path)
    sandbox, etl = pair(conversations=2000, resolved=90, requests_per_minute=300,
                        workspace={"requests_per_minute": 300, "reserve": "20%", "schedule": "{incremental: 1m, verify: 15m}", "webhook": hook.conf()})
    daemon = daemons(etl)
    loaded(etl, 2000)
    hook.register(sandbox)
    sandbox.control("config", {"webhook_repeat": 33, "webhook_forge": 10, "webhook_disorder_ms": 1000})
    # The first load has used part of the quota.
    time.sleep(20)
    sandbox.reset_stats()
    ids = [c["id"] for c in sandbox.dump()["conversations"] if c["status"] != "resolved"][:120]
    changed, seen, agents = {}, {}, [None, "x"]
    begin, n = time.monotonic(), 0
    while time.monotonic() < begin + SECONDS + SOON * 2:
        now = time.monotonic() - begin
        while n < 4 * SECONDS and n / 4 <= now:
            # Each is changed twice: the label says which change it is.
            sandbox.control("change", {"kind": "set", "id": ids[n % 120], "labels": [f"change-{n // 120}"]})
            changed[ids[n % 120], n // 120] = time.monotonic()
            n += 1
        for id, labels in etl.sql("select id, labels from sahut.conversation where id = any(%s)", ids):
            for change in range(2):
                if any(label == f"change-{change}" for label in labels):
                    seen.setdefault((id, change), time.monotonic())
        time.sleep(0.2)
    delays = sorted(seen[key] - at for key, at in changed.items() if key in seen)
    soon = sum(delay <= SOON for delay in delays) / len(changed)
    hooks, stats = sandbox.control("webhooks"), sandbox.stats()
    with open(f"/proc/{daemon.pid}/status") as f:
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", f.read())[1]) / 1024
    print(f"{len(changed)} changes, {hooks['repeated']} repeated, {hooks['forged']} forged; within {SOON} s: {soon:.1%}; median {delays[len(delays) // 2]:.1f} s, "
          f"longest {delays[-1]:.1f} s; {stats['requests']} requests, {stats['by_kind']}; "
          f"peak of memory {peak:.1f} MiB")
    assert peak <= 16
    assert soon >= 0.95
    # Nobody was throttled, and what was forged cost nothing: hints are at most half of the quota.
    assert "429" not in stats["by_status"]
    assert stats["requests"] <= 300 * 0.8 * (SECONDS + 2 * SOON) / 60

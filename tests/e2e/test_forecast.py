# SPDX-License-Identifier: MIT
"""What `plan` says that a cycle, a verify and a full sweep cost at most, and what they cost: on lists of every kind, at rest."""
import re

import pytest

from test_matrix import KINDS
from test_proof import relabel_many

AGO = "6h"


def planned(etl, what):
    """The most that plan says of it, and its strategy."""
    found = re.search(what + r" +(\S+) +(?:\d+ to )?(\d+) ", etl.run("plan").stdout)
    return found[1], int(found[2])


def assert_kept(sandbox, etl, *arguments):
    """The command costs no more than plan said before it."""
    what = "full sweep" if "--full" in arguments else "verify" if arguments[0] == "verify" else "next cycle"
    _, most = planned(etl, what)
    sandbox.reset_stats()
    etl.run(*arguments, expect=None, timeout=300)
    ran, verdict = etl.sql("select strategy, coalesce(verdict, '') from sahut_etl.run order by id desc limit 1")[0]
    seen = sandbox.stats()["requests"]
    assert seen <= most, f"{' '.join(arguments)}: {seen} requests, and plan said {most} ({ran}, {verdict})"
    return seen


def whole(sandbox, etl):
    pass


def bulk(sandbox, etl):
    relabel_many(sandbox, 600)


def hidden_by_a_window(sandbox, etl):
    sandbox.control("config", {"window_seconds": 30 * 86400})


def gone(n):
    def of_the_newest(sandbox, etl):
        for c in sorted(sandbox.dump()["conversations"], key=lambda c: c["updated_at"])[-n:]:
            sandbox.change("delete", id=c["id"])
    return of_the_newest


def snoozed_hidden(sandbox, etl):
    sandbox.control("config", {"leaves_out": "snoozed"})


def kind(name):
    def changes(sandbox, etl):
        sandbox.control("config", KINDS[name])
    return changes


# order of the list, what comes to it after its first load, and of how many rows it is
ROWS = {
    "quiet-25": ("updated_desc", kind("small-pages")),
    "quiet": ("updated_desc", whole),
    "quiet-asc": ("updated_asc", whole),
    "quiet-id": ("id_asc", whole),
    "bulk": ("updated_desc", bulk),
    "bulk-asc": ("updated_asc", bulk),
    "bulk-ties": ("ties", bulk),
    "shuffle": ("shuffle", whole),
    "filters-ignored": ("id_asc", kind("filterless")),
    "window-id": ("id_asc", hidden_by_a_window),
    "fuse": ("updated_desc", gone(60)),
    "fuse-id": ("id_asc", gone(60)),
    "snoozed": ("updated_desc", snoozed_hidden),
    "snoozed-id": ("id_asc", snoozed_hidden),
}


@pytest.mark.parametrize("order, comes", ROWS.values(), ids=ROWS)
def test_what_plan_says_is_what_it_costs(pair, order, comes):
    sandbox, etl = pair(conversations=1500, order=order, workspace={"lookback": "10s"})
    etl.run("sync", expect=None)
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", expect=None)
    comes(sandbox, etl)
    # What nobody could know beforehand: the first cycle that meets it, and the sweep that it calls for.
    for _ in range(3):
        sandbox.control("clock", {"advance": 60})
        etl.run("sync", expect=None)
    log = []
    for arguments in (["sync"], ["sync"], ["sync"], ["sync", "--full"], ["sync"], ["sync"], ["sync", "--full"], ["sync"]):
        sandbox.control("clock", {"advance": 60})
        log.append(assert_kept(sandbox, etl, *arguments))
    print(log)

# SPDX-License-Identifier: MIT
"""Orders of the list x kinds of lists x drift: neither `sync` nor `verify` ends with 0 while the source's dump says otherwise.

At every command the promise of the instants is checked. At rest an exit of 0 says more, and is taken at its word: after a sync that was
complete or certified the warehouse equals the dump, but for deletions that the fuse does not let believe, which `status` counts; after one that
was active all that is not resolved does; and after a verify as many conversations are held of each status as there are.
"""
import datetime

import pytest

from etl import expected, held, usec
from truth import assert_promise

AGO = "6h"

ORDERS = ["updated_desc", "updated_asc", "created_desc", "created_asc", "id_asc", "id_desc", "heap", "ties", "shuffle"]

KINDS = {
    "whole": {},
    "capped": {"total_most": 200},
    "capped-inside": {"total_most": 170, "depth": 170},
    "shallow": {"depth": 200},
    "shallow-empty": {"depth": 150, "beyond": "empty"},
    "shallow-repeat": {"depth": 200, "beyond": "repeat"},
    "window": {"window_seconds": 30 * 86400},
    "without-snoozed": {"leaves_out": "snoozed"},
    "without-resolved": {"leaves_out": "resolved"},
    "archived": {},
    "filterless": {"filters": "ignored"},
    "estimated": {"total": "estimate"},
    "untold": {"total": "null"},
    "in-a-string": {"total": "text"},
    "undated": {"no_date": True},
    "small-pages": {"per_page_max": 25},
    "no-unassigned": {"unassigned_refused": True},
    "behind": {"lag_seconds": 20},
    "lists-behind": {"lists_late": 20},
    "gets-behind": {"gets_late": 20},
    "total-behind": {"total_seconds": 45},
    "pages-share": {"pages_share": 1},
    "size-untold": {"per_page_max": 25, "per_page_untold": True},
    "pages-grow": {"per_page_least": 120},
    "pages-grow-untold": {"per_page_least": 120, "per_page_untold": True},
    "total-of-page": {"total": "page"},
    "total-unfiltered": {"total": "unfiltered"},
    "total-unresolved": {"total": "unresolved"},
    "filters-nothing": {"filters": "nothing"},
    "filters-assigned": {"filters": "assigned"},
    "filters-null": {"filters": "null"},
    "filters-object": {"filters": "object"},
    "twice-beside": {"twice": "beside"},
    "twice-counted": {"twice": "counted"},
    "twice-instead": {"twice": "instead"},
    "twice-older": {"twice": "older"},
    "zones": {"times": "mixed"},
    "ids-mixed": {"ids": "mixed"},
}

DRIFTS = {
    "rest": "create=1",
    "busy": "create=2,update=6,resolve=4,reopen=1,reassign=2,relabel=2,snooze=1",
    "going": "create=2,update=4,resolve=3,snooze=1,delete=2",
}

# A test of every kind, and of every order and drift, always; all of them with the slow ones.
ALWAYS = {(ORDERS[i % len(ORDERS)], kind, list(DRIFTS)[i % len(DRIFTS)]) for i, kind in enumerate(KINDS)}
ROWS = [pytest.param(order, kind, drift, id=f"{order}-{kind}-{drift}", marks=() if (order, kind, drift) in ALWAYS else pytest.mark.slow)
        for order in ORDERS for kind in KINDS for drift in DRIFTS]


class Story:
    def __init__(self, sandbox, etl, kind):
        self.sandbox, self.etl, self.kind = sandbox, etl, kind
        self.began = usec(sandbox.dump()["now"])
        self.rests = False
        self.archived = set()

    def archive(self, n):
        self.archived |= set(self.sandbox.change("archive", n))

    def is_out_of_lists(self, item, ours):
        """Nobody knows of what no list has shown, nor how it is now."""
        shown = self.began - datetime.timedelta(seconds=KINDS["window"]["window_seconds"])
        if self.kind == "window" and item["id"] not in ours:
            return usec(item["updated_at"]) < shown
        return item["id"] in self.archived

    def differences(self):
        """[(id, status, how)] of what the dump has otherwise than the warehouse."""
        ours, truth = held(self.etl), {c["id"]: c for c in self.sandbox.dump()["conversations"]}
        known = {r[0] for r in self.etl.sql("""select id from sahut.conversation where unlisted_since is not null
            union select conversation_id from sahut_etl.absence where is_gone""")}
        found = [(i, c["status"], "missing" if i not in ours else "stale") for i, c in truth.items()
                 if ours.get(i) != expected(c) and i not in known and not self.is_out_of_lists(c, ours)]
        return found + [(i, ours[i]["status"], "gone") for i in ours if i not in truth and i not in known and i not in self.archived]

    def judge(self, command, code):
        """What an exit of 0 says at rest."""
        verdict = self.etl.one("select coalesce(verdict, '') from sahut_etl.run order by id desc limit 1")
        found = self.differences()
        if command == "verify":
            # Counts are compared: what has its status still, or stands in for one that is gone, no count shows.
            surplus = {}
            for _, status, how in found:
                surplus[status] = surplus.get(status, 0) + {"missing": 1, "stale": 0, "gone": -1}[how]
            found = [f for f in found if surplus[f[1]] != 0]
        elif verdict == "active":
            found = [f for f in found if f[1] != "resolved" and f[2] == "missing"]
        assert not found, f"{command} ends with 0 ({verdict}), and {len(found)} differ: {found[:3]}"

    def run(self, *arguments):
        done = self.etl.run(*arguments, expect=None, timeout=300)
        assert done.returncode in (0, 1, 65, 75), (arguments, done.stdout, done.stderr)
        if self.kind not in ("window", "archived"):
            assert_promise(self.etl, self.sandbox)
        if done.returncode == 0 and self.rests:
            self.judge(arguments[0], done.returncode)
        return done.returncode

    def pass_by(self, seconds):
        self.sandbox.control("clock", {"advance": seconds})


@pytest.mark.parametrize("order,kind,drift", ROWS)
def test_nothing_ends_with_0_while_the_dump_differs(pair, order, kind, drift):
    sandbox, etl = pair(conversations=430, order=order, resolved=80, drift=DRIFTS[drift])
    sandbox.control("config", KINDS[kind])
    story = Story(sandbox, etl, kind)
    if kind == "archived":
        story.archive(5)
    sandbox.control("config", {"drift_per_request": 0 if drift == "rest" else 0.3})
    for _ in range(2):
        story.run("sync")
        story.pass_by(150)
    for i in range(4):
        sandbox.change("update", 2)
        sandbox.change("resolve", 1)
        if kind == "archived":
            story.archive(1)
        story.pass_by(60)
        story.run("sync")
    story.run("verify")
    sandbox.control("config", {"drift_per_request": 0})
    story.pass_by(600)
    story.rests = True
    for arguments in (["sync"], ["verify"], ["verify", "--repair"], ["sync"], ["sync", "--full"], ["verify"], ["sync"]):
        story.run(*arguments)
        story.pass_by(600)

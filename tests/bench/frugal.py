# SPDX-License-Identifier: MIT
"""What a cycle costs: requests at the API; WAL, tuples and buffers in the database."""
import time
from datetime import datetime

from rig import Figure

from daemon import Daemon, wait_for

# Resolved conversations, each of another day: whose labels count on days that are over.
OLD = """
select (array_agg(id order by id))[1] from sahut.conversation
where status = 'resolved' and created_day < (select max(created_day) from sahut.conversation)
group by created_day order by hashtext(created_day::text) limit 100"""

# All tables of ours together.
TUPLES = """
select coalesce(sum(n_dead_tup), 0), coalesce(sum(n_tup_ins), 0), coalesce(sum(n_tup_upd), 0), coalesce(sum(n_tup_hot_upd), 0)
from pg_stat_user_tables where schemaname like 'sahut%'"""


class Cost:
    """What a command costs the database, from outside."""

    def __init__(self, rig, etl, sandbox):
        self.rig, self.etl, self.sandbox = rig, etl, sandbox

    def read(self):
        wal = self.rig.sql("postgres", "select pg_current_wal_insert_lsn() - '0/0'")[0][0]
        buffers = self.rig.sql("postgres", f"select blks_hit + blks_read from pg_stat_database where datname = '{self.etl.dbname}'")[0][0]
        return wal, buffers

    def of(self, *command):
        """Requests, and what a command changed in the database."""
        return self.around(lambda: self.rig.measure(self.etl.command(*command)))

    def command_request(self, kind):
        """The same of a daemon that runs already, and has its connections."""
        def work():
            began = time.monotonic()
            command_request = self.etl.one("""insert into sahut_etl.command_request (workspace_id, kind, asked_by) select id, %s, 'bench' from sahut_etl.workspace
                returning id, pg_notify('sahut_etl_command_request', workspace_id::text)""", kind)
            wait_for(lambda: self.etl.one("select ended_at is not null from sahut_etl.command_request where id = %s", command_request), "a command request", 3600)
            assert self.etl.one("select state from sahut_etl.command_request where id = %s", command_request) == "done"
            # What a backend counted is known a moment after it has come to rest.
            time.sleep(1.5)
            return time.monotonic() - began - 1.5
        return self.around(work)

    def around(self, work):
        before_tuples = self.etl.sql(TUPLES)[0]
        self.sandbox.reset_stats()
        before, cpu = self.read(), self.rig.database_cpu()
        measured = work()
        after, cpu = self.read(), self.rig.database_cpu() - cpu
        tuples = [int(a - b) for a, b in zip(self.etl.sql(TUPLES)[0], before_tuples)]
        return {"requests": self.sandbox.stats()["requests"], "wal": int(after[0] - before[0]), "buffers": int(after[1] - before[1]),
                "dead": tuples[0], "inserted": tuples[1], "updated": tuples[2], "hot": tuples[3], "cpu": cpu, "measured": measured}


def change(sandbox, n):
    """N conversations change, each in one way: half get a message, the others a status, an agent or a label."""
    for kind, share in (("update", 0.5), ("resolve", 0.2), ("reassign", 0.2), ("relabel", 0.1)):
        sandbox.change(kind, int(n * share))


def loaded(rig, n):
    sandbox = rig.sandbox(n)
    etl = rig.etl(rig.database(), sandbox, schedule="{incremental: 1h, verify: 12h, full: \"02:30\"}")
    etl.run("sync", timeout=36000)
    etl.sql("vacuum analyze")
    return sandbox, etl, Cost(rig, etl, sandbox)


def requests(rig, n, rounds):
    """Incremental cycles after n changes, and audits, at one size of the workspace."""
    sandbox, etl, cost = loaded(rig, n)
    pages = -(-n // 100)
    found = {0: [], 40: [], 250: []}
    audits, sweeps = [], []
    for _ in range(rounds):
        for changes, over in found.items():
            sandbox.control("clock", {"advance": 3600})
            if changes:
                sandbox.change("update", changes)
            n_changed = len(newer(sandbox, etl.one("select watermark - lookback from sahut_etl.workspace")))
            over.append(cost.of("sync")["requests"] - (1 + n_changed // 100))
        audits.append(cost.of("verify")["requests"])
        sweeps.append(cost.of("sync", "--full")["requests"] / pages)
    rows = [Figure(f"requests, {changes} changed", "over", over, f"of {n:,}: more than 1 + n/100", most=0) for changes, over in found.items()]
    rows.append(Figure("requests, audit", "", audits, f"of {n:,}, counts agree", most=5))
    rows.append(Figure("requests, full sweep", "x", sweeps, f"of {n:,}: against the number of pages ({pages})", most=1.01 if pages >= 100 else (pages + 1) / pages))
    rows.append(Figure("requests saved by a cycle", "x", [pages / (1 + 250 // 100)], f"of {n:,}: a full refresh against a cycle with 250 changed"))
    return rows


def rest(rig, n, rounds):
    """Cycles after a burst of a thousand changes, until it is read no more: what was read and believed is not read by each of them."""
    sandbox, etl, cost = loaded(rig, n)
    first, later = [], []
    for _ in range(rounds):
        sandbox.control("clock", {"advance": 600})
        sandbox.change("update", 1000)
        etl.run("sync")
        cycles = []
        for _ in range(4):
            sandbox.control("clock", {"advance": 600})
            cycles.append(cost.of("sync"))
        first.append(cycles[0])
        later += cycles[1:]
    return [
        Figure("after a burst: requests", "", [c["requests"] for c in first], f"of 1,000 changes, of {n:,}: the first cycle, ten minutes later", most=11),
        Figure("at rest: requests", "", [c["requests"] for c in later], f"the cycles after that one, of {n:,}", most=1),
        Figure("at rest: buffers", "", [c["buffers"] for c in later], f"the same, of {n:,}; with the start of the process"),
        Figure("at rest: processor", "ms", [1000 * (c["cpu"] + c["measured"].cpu) for c in later], f"the same, of {n:,}; the database's and the daemon's"),
    ]


def newer(sandbox, since):
    """Ids of the conversations that were updated after an instant: what a cycle has to read. A burst that the last one read is among
    them while nothing newer has moved the watermark."""
    found, page = set(), 1
    while True:
        _, answer, _ = sandbox.api("GET", f"/conversations?page={page}&per_page=100")
        fresh = {c["id"] for c in answer["data"] if datetime.fromisoformat(c["updated_at"].replace("Z", "+00:00")) > since}
        found |= fresh
        if len(fresh) < 100:
            return found
        page += 1


def writes(rig, n, rounds):
    """WAL, dead tuples and buffers of sweeps and cycles of a daemon at work; the connections' own are not among them."""
    sandbox, etl, cost = loaded(rig, n)
    daemon = Daemon(etl)
    try:
        wait_for(lambda: etl.sql("select 1 from sahut_etl.schedule where running is null and next_at > now() + interval '1 minute'"), "a rest", 300)
        rig.settle()
        cost.command_request("full")
        idle, sweep, changed, relabelled = [], [], [], []
        for _ in range(rounds):
            idle.append(cost.command_request("incremental"))
            sweep.append(cost.command_request("full"))
            sandbox.control("clock", {"advance": 600})
            change(sandbox, 1000)
            rig.settle()
            changed.append(cost.command_request("incremental"))
            sandbox.control("clock", {"advance": 600})
            for conversation, in etl.sql(OLD):
                sandbox.change("relabel", 1, id=conversation)
            relabelled.append(cost.command_request("incremental"))
        written = etl.sql("select rows_new + rows_changed from sahut_etl.run where kind = 'full' order by id desc limit %s" % rounds)
    finally:
        daemon.end()
    return figures(n, idle, sweep, changed, written) + [
        Figure("old ones relabelled: buffers", "", [c["buffers"] for c in relabelled], f"a cycle of {n:,}, of as many days as there are, 100 at most"),
        Figure("old ones relabelled: processor", "ms", [1000 * c["cpu"] for c in relabelled], "the database's, in that cycle"),
    ]


def figures(n, idle, sweep, changed, written):
    pages, at = n / 100, f"of {n:,}"
    return [
        Figure("unchanged: rows written", "", [r[0] for r in written], f"full sweep {at}", most=0),
        Figure("unchanged: WAL a page", "B", [c["wal"] / pages for c in sweep], f"full sweep {at}, a page of 100", most=2048),
        Figure("unchanged: WAL per 1,000", "B", [c["wal"] / n * 1000 for c in sweep], f"full sweep {at}"),
        Figure("unchanged: dead tuples", "", [c["dead"] for c in sweep], f"full sweep {at}; a few a batch are the sweep's own notes"),
        Figure("unchanged: buffers per 1,000", "", [c["buffers"] / n * 1000 for c in sweep], f"full sweep {at}"),
        Figure("unchanged: conv/s", "", [n / c["measured"] for c in sweep], f"full sweep {at}"),
        Figure("nothing new: WAL", "B", [c["wal"] for c in idle], f"a whole cycle {at}"),
        Figure("nothing new: buffers", "", [c["buffers"] for c in idle], f"a whole cycle {at}; those of the question whether it has ended, too"),
        Figure("nothing new: processor", "ms", [1000 * c["cpu"] for c in idle], f"the database's, in a whole cycle {at}"),
        Figure("changed: WAL per 1,000", "KiB", [c["wal"] / 1024 for c in changed], f"a cycle {at}, right after a checkpoint"),
        Figure("changed: dead tuples per 1,000", "", [c["dead"] for c in changed], f"a cycle {at}"),
        Figure("changed: buffers per 1,000", "", [c["buffers"] for c in changed], f"a cycle {at}"),
        Figure("changed: HOT", "%", [100 * c["hot"] / max(1, c["updated"]) for c in changed], f"of the rows updated by a cycle {at}"),
    ]

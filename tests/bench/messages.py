#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Reads the messages of a workspace of the size of docs/PERFORMANCE.md beside its cycles, and says what that costs.

usage: messages.py [--speed N] [--conversations N] [--share PERCENT] [--since DAYS]      (SAHUT_BUILD names the directory of the program)

20,000 conversations of which 600 are unresolved have about 120,000 messages; the key may send 60 requests a minute, a fifth of
which is left to others. That takes most of a day, so the day goes faster: the sandbox's clock, the quota and the
schedule all run N times as fast. Said at the end, in the API's time: how far behind increments are with messages and without;
how many cycles pass until a first reply is known; how long history took, and how long plan had said; the peak of the memory;
whether every turn and each answer equals what is worked out from the sandbox's dump; and whether share and since hold: no minute in
which messages took more of the quota, and no conversation that was read without need, or was not read.
"""
import argparse
import datetime
import os
import re
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))

from cluster import Cluster  # noqa: E402
from daemon import Daemon, wait_for  # noqa: E402
from etl import Etl, usec  # noqa: E402
from sandbox import Sandbox  # noqa: E402
from test_replies import turns  # noqa: E402

BUILD = os.environ.get("SAHUT_BUILD", os.path.join(HERE, "..", "..", "build"))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speed", type=int, default=60)
    parser.add_argument("--conversations", type=int, default=20000)
    parser.add_argument("--share", type=int, default=100)
    parser.add_argument("--since", type=int, default=3650, help="days; the list goes back 90")
    return parser.parse_args()


def now_of(sandbox):
    return usec(sandbox.control("clock", {"advance": 0})["now"])


def peak_of(pid):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(r"VmHWM:\s+(\d+) kB", f.read())[1]) / 1024


def spent(etl):
    """Requests of the last minute, those for messages and all of them, by the table that they are leased from."""
    return etl.sql("select coalesce(sum(m), 0), coalesce(sum(u), 0) from sahut_etl.quota q cross join unnest(q.of_messages, q.used) x(m, u)")[0]


def longest_lag(etl, sandbox, seconds, done=lambda: False):
    """In the API's time: how far active_as_of was behind at worst, and on average; and the most that was spent in a minute."""
    lags, end, most = [], time.monotonic() + seconds, (0, 0)
    while not lags or (time.monotonic() < end and not done()):
        at = now_of(sandbox)
        lags.append((at - etl.one("select active_as_of from sahut_etl.workspace")).total_seconds())
        most = tuple(map(max, most, spent(etl)))
        time.sleep(0.5)
    return max(lags), sum(lags) / len(lags), most


def cycles(etl):
    return etl.one("select count(*) from sahut_etl.run where kind = 'incremental' and state = 'ok'")


def replies_are_soon(etl, sandbox, n):
    """An answer to each of N customers who wait; the cycles after which it is known."""
    took = []
    for (one,) in etl.sql("select conversation_id from sahut_report.waiting_now where turn_no = 1 order by waiting_seconds limit %s", n):
        before, turn = cycles(etl), (one, 1)
        sandbox.control("message", {"id": one, "type": "outgoing"})
        wait_for(lambda: etl.one("select count(reply_at) from sahut_report.replies where conversation_id = %s and turn_no = %s", *turn), one, 120)
        took.append(cycles(etl) - before)
    return took


def wrongly_read(etl, sandbox, since):
    """Conversations that are not read and should be; and that are read, and were resolved before that, or will be within a day."""
    now, read = now_of(sandbox), {r[0] for r in etl.sql("select conversation_id from sahut_etl.message_reading where read_at is not null")}
    days, ago = datetime.timedelta(days=1), {c["id"]: (now - usec(c["updated_at"]), c["status"]) for c in sandbox.dump()["conversations"]}
    unread = [i for i, (age, status) in ago.items() if i not in read and (status != "resolved" or age < (since - 1) * days)]
    needless = [i for i in read if i in ago and ago[i][1] == "resolved" and ago[i][0] > (since + 1) * days]
    return len(read), unread, needless


def turns_that_differ(etl, sandbox):
    read = {r[0] for r in etl.sql("select conversation_id from sahut_etl.message_reading where read_at is not null")}
    have = {}
    for row in etl.sql("""select conversation_id, turn_no, from_at, customer_messages, reply_at, replied_by from sahut_report.replies"""):
        have[row[0], row[1]] = row[2:]
    truth = {}
    for id, items in sandbox.control("messages").items():
        if id not in read:
            continue
        for number, turn in enumerate(turns(items), 1):
            first = (turn["answers"] or [None])[0]
            truth[id, number] = (turn["begun"], turn["asked"], first and usec(first["created_at"]), first and first["sender"]["type"])
    return len(truth), [k for k in truth.keys() | have.keys() if truth.get(k) != have.get(k)]


def planned(etl):
    """Seconds until plan has it that history is there."""
    text = etl.run("plan").stdout
    said = re.search(r"done in about ([^;\n]+)", text)[1]
    units = {"d": 86400, "h": 3600, "min": 60, "m": 60, "s": 1}
    return text, sum(int(n) * units[u] for n, u in re.findall(r"(\d+) ?(d|h|min|m|s)", said))


def measure(etl, sandbox, o):
    settings = etl.workspaces[0]
    etl.run("sync", timeout=600)
    settings.update(requests_per_minute=60 * o.speed, reserve="20%", schedule="{incremental: 5s, verify: 15m}")
    etl.write()
    sandbox.control("config", {"drift_per_second": 0.3, "drift": "create=1,update=3,resolve=1"})
    daemon = Daemon(etl)
    wait_for(lambda: cycles(etl) >= 3, "three cycles", 120)
    without = longest_lag(etl, sandbox, 40)
    memory_without = peak_of(daemon.pid)
    daemon.end()
    settings["messages"] = f"{{read: replies, since: {o.since}d, share: {o.share}%}}"
    etl.write()
    etl.run("sync", timeout=600)
    text, said = planned(etl)
    print(text, flush=True)
    began, daemon = time.monotonic(), Daemon(etl)

    def unread():
        return etl.one("select count(*) from sahut_etl.message_reading where is_unresolved and read_at is null")

    wait_for(lambda: etl.one("select history_at is not null from sahut_etl.message_state") and unread() == 0, "the unresolved", 3600)
    unresolved = time.monotonic() - began
    took = replies_are_soon(etl, sandbox, 8)

    def done():
        return etl.sql("select history_done, (select count(*) from sahut_etl.message_reading where due_reason = 'history') from sahut_etl.message_state") == [(True, 0)]

    lag = longest_lag(etl, sandbox, 4 * said + 60, done)
    history = time.monotonic() - began
    used = lag[2]
    sandbox.control("config", {"drift_per_second": 0})
    before = cycles(etl)
    wait_for(lambda: cycles(etl) >= before + 2 and etl.one("select count(*) from sahut_etl.message_reading where due_reason is not null") == 0, "rest", 300)
    peak = peak_of(daemon.pid)
    daemon.end()
    total, wrong = turns_that_differ(etl, sandbox)
    hours = o.speed / 3600
    print(f"{etl.one('select count(*) from sahut.message')} messages of {etl.one('select count(*) from sahut_etl.message_reading where read_at is not null')} conversations;"
          f" {etl.one('''select sum(requests) from sahut_etl.request_ledger where purpose = 'messages' ''')} requests; done: {done()}")
    print(f"behind at worst, on average (API time): {without[0]:.0f} s, {without[1]:.0f} s without messages; {lag[0]:.0f} s, {lag[1]:.0f} s with them")
    print(f"unresolved ones read after {unresolved * hours:.2f} h; a first reply known after {took} cycles")
    print(f"history there after {history * hours:.2f} h; plan said {said * hours:.2f} h")
    print(f"memory at most {memory_without:.1f} MiB without, {peak:.1f} MiB with messages; quota of messages, of all, in a minute: {used}")
    print(f"{len(wrong)} of {total} turns differ from the sandbox's dump {wrong[:3]}")
    read, unread, needless = wrongly_read(etl, sandbox, o.since)
    most = 60 * o.speed * 8 // 10 * o.share // 100
    print(f"since {o.since}d: {read} conversations read, {len(unread)} that should be are not, {len(needless)} need not be; "
          f"share {o.share} %: at most {used[0]} requests in a minute, of {most}")
    return not wrong and not unread and not needless and used[0] <= most and done() and max(took) <= 2


def main():
    o = arguments()
    cluster = Cluster()
    sandbox = Sandbox(os.path.join(BUILD, "sahut-sandbox"), conversations=o.conversations, resolved=97, days=90, ago="3d")
    try:
        sandbox.control("clock", {"speed": o.speed})
        with tempfile.TemporaryDirectory() as directory:
            cluster.create_database("messages")
            etl = Etl(os.path.join(BUILD, "sahut-etl"), directory, cluster, "messages", sandbox.base_url)
            etl.run("migrate")
            return 0 if measure(etl, sandbox, o) else 1
    finally:
        sandbox.stop()
        cluster.stop()


if __name__ == "__main__":
    sys.exit(main())

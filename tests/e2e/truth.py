# SPDX-License-Identifier: MIT
"""What the warehouse promises at every moment, also in the middle of things: checked against the source's own dump."""
import time

from etl import expected, held, usec


def assert_promise(etl, sandbox, name="utama", key=None):
    """Nothing that complete_as_of or active_as_of vouch for is missing or stale; nothing that exists is called deleted.

    The warehouse is read first: what the source does meanwhile is newer than any instant that was read.
    """
    complete, active = etl.sql("select complete_as_of, active_as_of from sahut_etl.workspace where name = %s", name)[0] if known(etl, name) else (
        None, None)
    ours = held(etl, name)
    buried = {r[0] for r in etl.sql("select id from sahut.conversation where deleted_at is not null")}
    truth = sandbox.dump(key)
    for item in truth["conversations"]:
        updated = usec(item["updated_at"])
        instant = complete if item["status"] == "resolved" else max((t for t in (complete, active) if t), default=None)
        assert item["id"] not in buried, f"{item['id']} exists, and the warehouse calls it deleted"
        if instant is None:
            continue
        if updated <= instant and not any(s.get("silent") for s in item["history"]):
            assert ours.get(item["id"]) == expected(item), (
                f"{instant} is vouched for; {item['id']} changed at {updated}: {ours.get(item['id'])} is not {expected(item)}")
        if complete is None or usec(item["created_at"]) > complete:
            continue
        # It has changed since: it must be held at least as it was at the instant.
        assert item["id"] in ours, f"{complete} is vouched for; {item['id']}, created at {item['created_at']}, is missing"
        seen = [usec(s["at"]) for s in item["history"][1:] if not s.get("silent") and usec(s["at"]) <= complete]
        assert not seen or ours[item["id"]]["updated_at"] >= max(seen), (
            f"{complete} is vouched for; {item['id']} changed at {max(seen)} and is held as of {ours[item['id']]['updated_at']}")


def known(etl, name="utama"):
    return bool(etl.sql("select from sahut_etl.workspace where name = %s", name))


def assert_quiet(etl):
    """Nothing of ours is left in the database: no session, so no open transaction and no lock; no run and no sweep that goes on."""
    goes_on = etl.sql("select id, kind, strategy, verdict from sahut_etl.run where state = 'running'")
    assert not goes_on, f"runs without an end: {goes_on}"
    seen = etl.sql("""select distinct w.id, w.state from sahut_etl.sweep_seen s join sahut_etl.sweep w on w.id = s.sweep_id
        where w.state <> 'running'""")
    assert not seen, f"lists of ids of sweeps that are over: {seen}"
    deadline = time.monotonic() + 10
    query = "select pid, state, query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    while (left := etl.sql(query)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left, f"left behind: {left}"


def forget(etl):
    """The warehouse as it was after migrate."""
    etl.sql("""do $$ declare t text; begin
        select string_agg(c.oid::regclass::text, ', ') into t from pg_class c
        where c.relnamespace in ('sahut'::regnamespace, 'sahut_pii'::regnamespace, 'sahut_etl'::regnamespace, 'sahut_report'::regnamespace)
        and c.relkind = 'r' and c.oid not in ('sahut_etl.migration'::regclass, 'sahut.status'::regclass);
        execute 'truncate ' || t || ' cascade'; end $$""")

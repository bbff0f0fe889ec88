# SPDX-License-Identifier: MIT
"""What a batch costs must not grow with the tables: nothing of a merge reads one from end to end."""
import pytest

READ = """
select relid::regclass::text, seq_tup_read, n_live_tup from pg_stat_user_tables
where schemaname in ('sahut', 'sahut_pii') and n_live_tup > 1000 order by 1"""


KEYS = """
select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
where contype = 'f' and connamespace in ('sahut'::regnamespace, 'sahut_pii'::regnamespace)"""


def read_by_keys(etl):
    """What it takes to declare the foreign keys of the tables as they are now: a first load does that once."""
    before = {r[0]: r[1] for r in etl.sql(READ)}
    for table, name, definition in etl.sql(KEYS):
        etl.sql(f"alter table {table} drop constraint {name}; alter table {table} add constraint {name} {definition}")
    return {table: read - before[table] for table, read, _ in etl.sql(READ)}


def test_no_batch_of_a_first_load_reads_whole_tables(pair):
    """Each table may be read a few times in all, by what asks about the whole sweep at its end; four batches would show."""
    sandbox, etl = pair(conversations=14000)
    etl.run("sync", timeout=300)
    batches = etl.one("select batches from sahut_etl.sweep")
    assert batches >= 4
    rows = etl.sql(READ)
    keys = read_by_keys(etl)
    assert {f"sahut.{t}" for t in ("conversation", "conversation_version", "conversation_event", "contact")} <= {r[0] for r in rows}
    for table, read, live in rows:
        assert read - keys[table] <= 4 * live, f"{table}: {read - keys[table]} rows read one after the other, and it has {live}"


@pytest.mark.parametrize("analyzed", [False, True])
def test_no_cycle_of_a_loaded_warehouse_reads_whole_tables(pair, analyzed):
    sandbox, etl = pair(conversations=8000)
    etl.run("sync", timeout=300)
    if analyzed:
        etl.sql("vacuum analyze")
    before = {r[0]: r[1] for r in etl.sql(READ)}
    sandbox.control("clock", {"advance": 3600})
    for kind in ("create", "update", "resolve", "reopen", "reassign", "relabel", "silent"):
        sandbox.change(kind, 30)
    etl.run("sync")
    for table, read, live in etl.sql(READ):
        assert read - before.get(table, 0) <= live / 2, f"{table}: {read - before.get(table, 0)} rows read, and it has {live}"

# SPDX-License-Identifier: MIT
"""What a batch costs must not grow with the tables: nothing of a merge reads one from end to end."""
import pytest

READ = """
select relname, seq_tup_read, n_live_tup from pg_stat_user_tables
where schemaname in ('sahut', 'sahut_pii') and n_live_tup > 1000 order by relname"""


def test_no_batch_of_a_first_load_reads_whole_tables(pair):
    """Each table may be read a few times in all, by what asks about the whole sweep at its end; four batches would show."""
    sandbox, etl = pair(conversations=14000)
    etl.run("sync", timeout=300)
    batches = etl.one("select batches from sahut_etl.sweep")
    assert batches >= 4
    rows = etl.sql(READ)
    assert {"conversation", "conversation_version", "conversation_event", "contact"} <= {r[0] for r in rows}
    for table, read, live in rows:
        assert read <= 4 * live, f"{table}: {read} rows read one after the other, and it has {live}"


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

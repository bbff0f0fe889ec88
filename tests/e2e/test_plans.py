# SPDX-License-Identifier: MIT
"""What a batch costs must not grow with the tables: nothing of a merge reads one from end to end."""
import os

import pytest

READ = """
select relid::regclass::text, seq_tup_read, n_live_tup from pg_stat_user_tables
where schemaname in ('sahut', 'sahut_pii') and n_live_tup > 1000 order by 1"""


def test_no_batch_of_a_first_load_reads_whole_tables(pair):
    """Each table may be read a few times in all, by what asks about the whole sweep at its end; four batches would show."""
    sandbox, etl = pair(conversations=14000)
    etl.run("migrate")
    reader = etl.cluster.connect(etl.dbname)
    try:
        # With a reader in the way the foreign keys stay declared: to declare them all together reads every table several times.
        reader.autocommit = False
        with reader.cursor() as cursor:
            cursor.execute("select count(*) from sahut.conversation")
        etl.run("sync", timeout=300)
    finally:
        reader.close()
    batches = etl.one("select batches from sahut_etl.sweep")
    assert batches >= 4
    rows = etl.counted(READ)
    assert {f"sahut.{t}" for t in ("conversation", "conversation_version", "conversation_event", "contact")} <= {r[0] for r in rows}
    for table, read, live in rows:
        assert read <= 4 * live, f"{table}: {read} rows read one after the other, and it has {live}"


@pytest.mark.parametrize("analyzed", [False, True])
def test_no_cycle_of_a_loaded_warehouse_reads_whole_tables(pair, analyzed):
    sandbox, etl = pair(conversations=8000, ago="2h")
    etl.run("sync", timeout=300)
    if analyzed:
        etl.sql("vacuum analyze")
    before = {r[0]: r[1] for r in etl.counted(READ)}
    sandbox.control("clock", {"advance": 3600})
    for kind in ("create", "update", "resolve", "reopen", "reassign", "relabel", "silent"):
        sandbox.change(kind, 30)
    etl.run("sync")
    for table, read, live in etl.counted(READ):
        assert read - before.get(table, 0) <= live / 2, f"{table}: {read - before.get(table, 0)} rows read, and it has {live}"


def test_a_writing_session_plans_for_batches(warehouse):
    """No look-up of a merge is worth compiling, or worth reading a table for."""
    etl = warehouse("http://127.0.0.1:9/v1")
    connection = etl.cluster.connect(etl.dbname)
    try:
        with connection.cursor() as cursor:
            for name in ("pins.sql", "session.sql"):
                with open(os.path.join(os.path.dirname(__file__), "../../sql", name)) as f:
                    cursor.execute(f.read())
            cursor.execute("select name, setting from pg_settings where name in ('jit', 'enable_hashjoin', 'enable_mergejoin', 'plan_cache_mode')")
            assert dict(cursor.fetchall()) == {"jit": "off", "enable_hashjoin": "off", "enable_mergejoin": "off", "plan_cache_mode": "auto"}
    finally:
        connection.close()
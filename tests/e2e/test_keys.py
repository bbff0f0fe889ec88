# SPDX-License-Identifier: MIT
"""Foreign keys are set aside during the first load of a warehouse, and back before anything is vouched for."""
import signal
import time

from etl import assert_equal

KEYS = """
select c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid), c.convalidated
from pg_constraint c
where c.contype = 'f' and c.connamespace in ('sahut'::regnamespace, 'sahut_pii'::regnamespace)
order by 1, 2"""


def wait_for_a_batch(etl, number=1):
    """Of the workspace with that number. It looks at no table whose keys are set aside: who reads one is not cut off, so they would stay."""
    deadline = time.monotonic() + 60
    while not etl.one("select exists (select from sahut_etl.sweep s where s.workspace_id = %s and s.batches > 0)", number) and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_loaded_warehouse_has_the_keys_that_an_empty_one_has(pair):
    sandbox, etl = pair(conversations=300)
    etl.run("migrate")
    keys = etl.sql(KEYS)
    assert len(keys) > 10 and all(valid for *_, valid in keys)
    etl.run("sync")
    assert etl.sql(KEYS) == keys


def test_killed_in_a_first_load_the_keys_are_back_when_the_next_run_has_ended(pair):
    sandbox, etl = pair(conversations=4000, latency=20, workspace={"max_in_flight": 1})
    etl.run("migrate")
    keys = etl.sql(KEYS)
    process = etl.start("sync")
    wait_for_a_batch(etl)
    etl.kill(process, signal.SIGKILL)
    assert not etl.sql(KEYS)
    assert etl.one("select complete_as_of is null from sahut_etl.workspace")
    sandbox.control("config", {"latency_ms": 0})
    etl.run("sync")
    assert etl.sql(KEYS) == keys
    assert_equal(etl, sandbox)


def test_nothing_is_vouched_for_while_a_key_does_not_hold(pair):
    sandbox, etl = pair(conversations=4000, latency=20, workspace={"max_in_flight": 1})
    process = etl.start("sync")
    wait_for_a_batch(etl)
    etl.kill(process, signal.SIGKILL)
    sandbox.control("config", {"latency_ms": 0})
    etl.sql("insert into sahut.conversation_label select 'nobody', workspace_id, label_name, since from sahut.conversation_label limit 1")
    failed = etl.run("sync", expect=65)
    assert "conversation_label" in failed.stderr and "conversation_id" in failed.stderr
    assert etl.one("select complete_as_of is null from sahut_etl.workspace")
    etl.sql("delete from sahut.conversation_label where conversation_id = 'nobody'")
    etl.run("sync")
    assert len(etl.sql(KEYS)) > 10
    assert_equal(etl, sandbox)


def test_a_second_workspace_is_loaded_with_the_keys_declared(sandboxes, warehouse):
    sandbox = sandboxes(conversations=200, workspaces=["key=sk_live_two,conversations=3000,latency=20,seed=7"])
    etl = warehouse(sandbox.base_url)
    etl.run("sync")
    keys = etl.sql(KEYS)
    etl.add("kedua", sandbox.base_url, key="sk_live_two", max_in_flight=1)
    process = etl.start("sync")
    wait_for_a_batch(etl, 2)
    assert etl.sql(KEYS) == keys
    assert process.wait(60) == 0
    process.stdout.close()
    process.stderr.close()
    assert etl.sql(KEYS) == keys


def test_with_a_reader_in_the_way_the_keys_stay(pair):
    """Its transaction has read an empty table; it is neither waited for nor cut off."""
    sandbox, etl = pair(conversations=200)
    etl.run("migrate")
    keys = etl.sql(KEYS)
    reader = etl.cluster.connect(etl.dbname)
    try:
        reader.autocommit = False
        with reader.cursor() as cursor:
            cursor.execute("select count(*) from sahut.conversation")
            etl.run("sync")
            assert etl.sql(KEYS) == keys
            cursor.execute("select count(*) from sahut.conversation")
    finally:
        reader.close()
    assert_equal(etl, sandbox)


def test_a_reader_is_not_cut_off_for_it(pair):
    """It reads one table and then another, as every report does, while the keys of both are to be dropped in the other order."""
    sandbox, etl = pair(conversations=200)
    etl.run("migrate")
    keys = etl.sql(KEYS)
    reader = etl.cluster.connect(etl.dbname)
    process = etl.start("sync")
    try:
        reader.autocommit = False
        with reader.cursor() as cursor:
            # Sooner than others, so that it would be the one that is cut off.
            cursor.execute("set deadlock_timeout = '500ms'")
            reader.commit()
            while process.poll() is None:
                cursor.execute("select count(*) from sahut.conversation")
                time.sleep(0.01)
                cursor.execute("select count(*) from sahut_etl.workspace")
                reader.commit()
    finally:
        reader.close()
    assert process.returncode == 0, process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    assert etl.sql(KEYS) == keys
    assert_equal(etl, sandbox)

# SPDX-License-Identifier: MIT
"""A row that PostgreSQL refuses is kept with the rejected ones; the rest of its batch lands, and the list is vouched for.

What our own tables refuse the decoder has refused before. What is left are a constraint, a type or a trigger that somebody
added to them.
"""
import json
import re

import pytest

from cluster import free_port
from daemon import Daemon, wait_for
from etl import expected, held
from test_metrics import number


@pytest.fixture
def loaded(pair):
    """A source of 250, and a warehouse that has not seen it yet."""
    return pair(conversations=250, seed=3, ago="3h")


def ids(sandbox):
    return sorted(c["id"] for c in sandbox.dump()["conversations"])


def assert_equal_but(etl, sandbox, bad):
    truth = {c["id"]: expected(c) for c in sandbox.dump()["conversations"] if c["id"] not in bad}
    ours = {i: row for i, row in held(etl).items() if i not in bad}
    assert ours == truth
    assert [r[0] for r in etl.sql("select conversation_id from sahut_etl.rejected_item order by 1")] == sorted(bad)


def check(etl, bad):
    etl.sql("alter table sahut.conversation add constraint somebodys check (id <> all (%s)) not valid", list(bad))


def test_a_row_that_a_constraint_refuses_is_put_aside(loaded):
    sandbox, etl = loaded
    bad = {ids(sandbox)[137]}
    check(etl, bad)
    done = etl.run("sync", expect=65)
    assert_equal_but(etl, sandbox, bad)
    reason, item = etl.sql("select reason, item from sahut_etl.rejected_item")[0]
    assert "23514" in reason and "somebodys" in reason
    assert json.loads(item)["id"] in bad
    # It is counted, and said.
    assert re.search(r"verdict=rejected .*rejected=1 ", done.stderr)
    assert "1 items could not be loaded, and hold the instants" in done.stderr
    assert etl.one("select rows_rejected from sahut_etl.run order by id desc limit 1") == 1
    # The list was counted, but nothing is said to be complete around it until somebody accepts that.
    assert etl.one("select complete_as_of is null and active_as_of is null and certified_at is not null from sahut_etl.workspace")
    etl.run("rejected", "--accept", min(bad))
    etl.run("sync")
    assert etl.one("select complete_as_of is not null from sahut_etl.workspace")


def test_the_cycles_that_follow_go_on_around_it(loaded):
    sandbox, etl = loaded
    bad = set(ids(sandbox)[10:13])
    check(etl, bad)
    etl.run("sync", expect=65)
    sandbox.change("update", 30)
    sandbox.change("create", 5)
    sandbox.control("clock", {"advance": 600})
    etl.run("sync", expect=65)
    etl.run("sync", "--full", expect=65)
    assert_equal_but(etl, sandbox, bad)
    done = etl.run("verify", expect=65)
    assert "3 of the API's could not be loaded" in done.stdout and "missing" not in done.stdout
    # The constraint goes, and so does what it kept out.
    etl.sql("alter table sahut.conversation drop constraint somebodys")
    sandbox.control("clock", {"advance": 7200})
    etl.run("sync", "--full")
    assert_equal_but(etl, sandbox, set())


def test_the_daemon_counts_it_and_goes_on(loaded):
    sandbox, etl = loaded
    bad = set(ids(sandbox)[50:52])
    check(etl, bad)
    port = free_port()
    etl.extra = f'metrics: {{listen: "127.0.0.1:{port}"}}\n'
    etl.workspaces[0]["schedule"] = "{incremental: 5s}"
    etl.write()
    daemon = Daemon(etl)
    try:
        wait_for(lambda: number(port, 'sahut_etl_cycles_total{workspace="utama",kind="incremental",outcome="ok"}'), "a cycle after the first load")
        assert number(port, 'sahut_etl_conversation_changes_total{workspace="utama",change="rejected"}') >= 2
        assert number(port, 'sahut_etl_conversation_changes_total{workspace="utama",change="new"}') == 248
    finally:
        daemon.process.terminate()
        assert daemon.process.wait(30) == 0
    assert_equal_but(etl, sandbox, bad)


def test_the_first_and_the_last_row_of_a_page(loaded):
    sandbox, etl = loaded
    listed = [c["id"] for c in sandbox.dump()["conversations"]]
    bad = {listed[0], listed[-1], *listed[98:102]}
    check(etl, bad)
    etl.run("sync", expect=65)
    assert_equal_but(etl, sandbox, bad)


def test_more_than_a_few_of_a_page_fail_the_sweep_and_the_others_are_kept(loaded):
    sandbox, etl = loaded
    listed = [c["id"] for c in sandbox.dump()["conversations"]]
    bad = set(listed[100:120])
    check(etl, bad)
    done = etl.run("sync", expect=65)
    assert "somebodys" in done.stderr and "more than a few" in done.stderr
    assert set(held(etl)).isdisjoint(bad) and len(held(etl)) >= 180
    assert etl.one("select certified_at is null and complete_as_of is null from sahut_etl.workspace")
    etl.sql("alter table sahut.conversation drop constraint somebodys")
    etl.run("sync")
    assert_equal_but(etl, sandbox, set())


def test_what_an_agent_is_refused_for_concerns_all_that_are_his(loaded):
    sandbox, etl = loaded
    agent = next(c["assignee"] for c in sandbox.dump()["conversations"] if c["assignee"])
    his = {c["id"] for c in sandbox.dump()["conversations"] if (c["assignee"] or {}).get("id") == agent["id"]}
    etl.sql("alter table sahut.agent add constraint somebodys check (name <> %s)", agent["name"])
    etl.run("sync", expect=65)
    assert_equal_but(etl, sandbox, his)
    assert etl.one("select count(*) from sahut.agent where name = %s", agent["name"]) == 0


def test_two_rows_that_are_refused_together_only_are_told_apart(loaded):
    sandbox, etl = loaded
    a, b = ids(sandbox)[20], ids(sandbox)[200]
    # Both have the same key to it; whichever comes second is one too many.
    etl.sql(f"create unique index somebodys on sahut.conversation ((true)) where id in ('{a}', '{b}')")
    etl.run("sync", expect=65)
    rejected = {r[0] for r in etl.sql("select conversation_id from sahut_etl.rejected_item")}
    assert len(rejected) == 1 and rejected < {a, b}
    assert_equal_but(etl, sandbox, rejected)
    assert re.search("23505", etl.one("select reason from sahut_etl.rejected_item"))


def test_a_constraint_that_waits_for_the_commit_is_found_as_well(loaded):
    sandbox, etl = loaded
    bad = {ids(sandbox)[42]}
    etl.sql(f"""
        create function public.late() returns trigger language plpgsql as $$ begin
            if new.id = '{min(bad)}' then raise exception using errcode = '23514', message = 'too late'; end if;
            return null;
        end $$;
        create constraint trigger late after insert or update on sahut.conversation deferrable initially deferred
            for each row execute function public.late()""")
    etl.run("sync", expect=65)
    assert_equal_but(etl, sandbox, bad)


def test_a_table_that_refuses_everything_ends_the_cycle(loaded):
    sandbox, etl = loaded
    etl.sql("alter table sahut.conversation add constraint somebodys check (false) not valid")
    done = etl.run("sync", expect=65)
    assert "somebodys" in done.stderr and "23514" in done.stderr
    assert etl.sql("select (select count(*) from sahut.conversation), (select count(*) from sahut_etl.rejected_item)") == [(0, 0)]
    assert etl.one("select complete_as_of is null from sahut_etl.workspace")
    etl.sql("alter table sahut.conversation drop constraint somebodys")
    etl.run("sync")
    assert_equal_but(etl, sandbox, set())


@pytest.mark.parametrize("table, file", [
    ("channel", "20_dimensions"), ("conversation", "40_conversations"), ("conversation_version", "50_versions"),
    ("conversation_event", "60_events"), ("conversation_label", "70_labels")])
def test_an_error_of_the_merge_names_the_file_of_its_statement(loaded, table, file):
    """What is wrong with the database, and not with a row, ends the cycle; the sentence says where to look."""
    sandbox, etl = loaded
    etl.sql("create function public.closed() returns trigger language plpgsql as $$ begin raise 'closed' using errcode = '55000'; end $$")
    etl.sql(f"create trigger closed before insert on sahut.{table} for each row execute function public.closed()")
    assert f"SQLSTATE 55000 in sql/merge/{file}.sql: database: closed" in etl.run("sync", expect=78).stderr
    etl.sql(f"drop trigger closed on sahut.{table}")
    etl.run("sync")
    assert_equal_but(etl, sandbox, set())

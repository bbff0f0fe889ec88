# SPDX-License-Identifier: MIT
"""`migrate --distributed` asks Citus for the right things, in the right order, and only once.

There is no Citus here. What stands in for it only writes down what it was asked, in a database of its own; that Citus
does what it is asked for is not tested by this.
"""
import pytest

# An entry in the catalogs as the extension would make it, the tables in which Citus keeps its records, and its functions, which
# here write down their arguments. They look for foreign keys as Citus would: none may be left that it refuses.
STAND_IN = """
set allow_system_table_mods = on;
insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
values (4000000000, 'citus', 10, 'pg_catalog'::regnamespace, false, '0-stand-in');
create table pg_catalog.pg_dist_node (groupid integer, noderole text not null default 'primary', isactive boolean not null default true);
create table pg_catalog.pg_dist_partition (logicalrelid regclass primary key, partmethod "char", repmodel "char");
create table pg_catalog.pg_dist_shard (logicalrelid regclass, shardid bigint);
create table public.asked (id serial, what text);
create function pg_catalog.create_reference_table(t regclass) returns void language plpgsql as $$
begin
	if exists (select from pg_constraint where contype = 'f' and t in (conrelid, confrelid)) then
		raise exception 'a foreign key is left at %', t;
	end if;
	insert into public.asked (what) values ('reference ' || t);
	insert into pg_catalog.pg_dist_partition values (t, 'n', 't');
	insert into pg_catalog.pg_dist_shard values (t, t::oid);
	execute format('create view %s_%s as select * from %s', t, t::oid, t);
end $$;
create function pg_catalog.create_distributed_table(t regclass, key text, kind text default 'hash', colocate_with text default 'default',
	shard_count integer default null) returns void
language plpgsql as $$
begin
	if current_setting('citus.multi_shard_modify_mode') <> 'sequential' then
		raise exception 'a transaction that writes what is on every machine must go one shard after the other';
	end if;
	insert into public.asked (what) values ('distributed ' || t || ' by ' || key || ' beside ' || colocate_with
		|| coalesce(' in ' || shard_count, ''));
	insert into pg_catalog.pg_dist_partition values (t, 'h', 's');
end $$;
create function pg_catalog.run_command_on_workers(command text, out nodename text, out nodeport integer, out success boolean, out result text)
returns setof record language sql as $$ select 'worker', 5432, true, '[]' $$;
create function pg_catalog.create_distributed_function(f regprocedure) returns void language sql as $$
	insert into public.asked (what) select 'function ' || p.proname from pg_proc p where p.oid = f::oid
$$;
create function pg_catalog.truncate_local_data_after_distributing_table(t regclass) returns void language sql as $$
	insert into public.asked (what) values ('tidy ' || t)
$$;
"""

EVERYWHERE = ["sahut.status", "sahut.channel", "sahut_etl.work_hours", "sahut_etl.work_span", "sahut.agent", "sahut.team", "sahut.label", "sahut.contact", "sahut_pii.contact"]
SPREAD = ["sahut.conversation by id beside none in 2"] + [
    f"sahut.{t} by conversation_id beside sahut.conversation"
    for t in ("conversation_label", "conversation_version", "conversation_event", "resolution", "message", "turn")]
FUNCTIONS = ["agent_code", "attribute_boolean", "attribute_date", "attribute_number", "attribute_text", "business_seconds", "business_seconds_of",
             "from_usec", "hours_no_of", "id_hash", "target_place", "to_usec", "work_at", "work_usec"]
KEYS = """
select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
where contype = 'f' and connamespace in ('sahut'::regnamespace, 'sahut_pii'::regnamespace) order by 1, 2"""


def stand_in(etl, coordinator=True):
    etl.sql(STAND_IN)
    if coordinator:
        etl.sql("insert into pg_catalog.pg_dist_node values (0), (1)")


def asked(etl):
    return [r[0] for r in etl.sql("select what from public.asked order by id")]


def test_without_citus_nothing_is_done_and_it_is_said_what_to_do(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1", migrate=False)
    said = etl.run("migrate", "--distributed", expect=78).stderr
    assert "shared_preload_libraries" in said and "create extension citus" in said
    assert etl.one("select to_regclass('sahut_etl.migration') is null")


def test_without_a_coordinator_it_is_said_what_to_do(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    stand_in(etl, coordinator=False)
    assert "citus_set_coordinator_host" in etl.run("migrate", "--distributed", expect=78).stderr
    assert asked(etl) == []


@pytest.mark.parametrize("migrated", [False, True])
def test_what_citus_is_asked_for(warehouse, migrated):
    etl = warehouse("http://127.0.0.1:9/v1", migrate=migrated)
    stand_in(etl)
    told = etl.run("migrate", "--distributed", "--dry-run").stdout
    assert asked(etl) == []
    said = etl.run("migrate", "--distributed").stdout
    assert asked(etl) == ([f"reference {t}" for t in EVERYWHERE] + [f"distributed {t}" for t in SPREAD]
                          + [f"function {f}" for f in FUNCTIONS]
                          + [f"tidy {t.split()[0]}" for t in EVERYWHERE + SPREAD])
    for line in [f"on every machine: {t}" for t in EVERYWHERE] + ["distributed by id: sahut.conversation"]:
        assert line in told and line in said


def test_foreign_keys_are_as_they_were_but_for_those_to_a_workspace(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    before = etl.sql(KEYS)
    assert [k for k in before if "sahut_etl.workspace" in k[2]]
    stand_in(etl)
    etl.run("migrate", "--distributed")
    assert etl.sql(KEYS) == [k for k in before if "sahut_etl.workspace" not in k[2]]


def test_a_second_time_there_is_nothing_to_do(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    stand_in(etl)
    etl.run("migrate", "--distributed")
    before, keys = asked(etl), etl.sql(KEYS)
    assert "nothing to do" in etl.run("migrate", "--distributed").stdout
    assert "nothing to do" in etl.run("migrate").stdout
    assert asked(etl) == before and etl.sql(KEYS) == keys


def test_a_plain_migrate_leaves_a_warehouse_in_one_piece(warehouse):
    """That Citus is there is no wish to use it; but what was made since a warehouse was distributed is distributed, too."""
    etl = warehouse("http://127.0.0.1:9/v1")
    stand_in(etl)
    assert "nothing to do" in etl.run("migrate").stdout
    assert asked(etl) == []
    etl.run("migrate", "--distributed")
    etl.sql("delete from pg_catalog.pg_dist_partition where logicalrelid = 'sahut.resolution'::regclass; delete from public.asked")
    assert "distributed by conversation_id: sahut.resolution" in etl.run("migrate").stdout
    assert asked(etl)[0] == "distributed sahut.resolution by conversation_id beside sahut.conversation"


def test_what_fails_leaves_all_as_it_was(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    stand_in(etl)
    keys = etl.sql(KEYS)
    etl.sql("""create or replace function pg_catalog.create_distributed_function(f regprocedure) returns void language plpgsql as $$
        begin raise exception 'no machine can be reached'; end $$""")
    said = etl.run("migrate", "--distributed", expect=None)
    assert said.returncode != 0 and "no machine can be reached" in said.stderr and "not distributed" in said.stderr
    assert asked(etl) == [] and etl.sql(KEYS) == keys


def test_the_daemon_works_with_the_keys_that_are_left(pair):
    """A workspace may be loaded, and renamed, where no foreign key leads to it."""
    sandbox, etl = pair(conversations=250)
    stand_in(etl)
    etl.run("migrate", "--distributed")
    etl.run("sync")
    assert etl.one("select count(*) from sahut.conversation") == 250
    etl.sql("insert into sahut_etl.workspace (name, timezone, base_url) values ('baru', 'UTC', 'x')")
    etl.sql("insert into sahut.agent values ((select id from sahut_etl.workspace where name = 'baru'), 'a', 'A', now())")
    etl.sql("select sahut_etl.rename_workspace('utama', 'baru')")
    assert etl.sql("select name from sahut_etl.workspace") == [("baru",)]
    assert etl.one("select count(*) from sahut.agent where id = 'a'") == 0


def test_who_reads_reports_may_read_the_shards(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    allowed = """select has_table_privilege('sahut_reader', 'sahut.conversation', 'select'),
        has_table_privilege('sahut_reader', 'sahut_etl.workspace', 'select'),
        has_table_privilege('sahut_reader', 'sahut_pii.contact', 'select'), has_table_privilege('sahut_reader', 'sahut_etl.rejected_item', 'select'),
        has_table_privilege('sahut_reader', 'sahut_etl.run', 'select')"""
    assert etl.sql(allowed) == [(False, False, False, False, False)]
    stand_in(etl)
    etl.run("migrate", "--distributed")
    assert etl.sql(allowed) == [(True, True, False, False, False)]


def test_views_over_what_nobody_else_may_read_are_of_the_coordinator_alone(warehouse):
    """Runs and rejected items are read with the rights of a view's owner, which hold where no table of Citus is beside them."""
    etl = warehouse("http://127.0.0.1:9/v1")
    read = etl.sql("""
        select v.relname, array_agg(distinct n.nspname || '.' || t.relname)
        from pg_class v
        join pg_rewrite r on r.ev_class = v.oid
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
        join pg_class t on t.oid = d.refobjid and t.oid <> v.oid
        join pg_namespace n on n.oid = t.relnamespace
        where v.relnamespace = 'sahut_report'::regnamespace group by 1""")
    assert len(read) > 20
    lent = {"sahut_etl." + t for t in ("workspace", "report_workspace", "work_hours", "work_span", "channel_hours", "holiday", "target", "channel_target", "message_known", "day_volume",
                                       "hour_volume", "day_label", "day_label_pair", "day_backlog", "day_agent", "day_flow", "message_reading",
                                       "message_state", "workload_day")}
    for view, tables in read:
        if any(t.startswith("sahut.") for t in tables):
            assert {t for t in tables if t.startswith("sahut_etl.")} <= lent, view

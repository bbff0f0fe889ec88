-- One transaction: a warehouse is distributed, or it is not. Rows that refer to tables on every machine must be written
-- one shard after the other in the transaction that writes those tables. Foreign keys wait until both of their ends are
-- there; those to a workspace go for good, since workspaces stay on the coordinator.
begin;
set local citus.multi_shard_modify_mode = 'sequential';
set local lock_timeout = '1min';
set local statement_timeout = 0;
create temp table aside (table_name text not null, key_name text not null, definition text not null) on commit drop;
do $$
declare
	k record;
begin
	perform sahut_etl.restore_foreign_keys();
	for k in
		select c.conrelid::regclass::text as table_name, c.conname::text as key_name,
			pg_get_constraintdef(c.oid) as definition,
			f.relnamespace in ('sahut'::regnamespace, 'sahut_pii'::regnamespace)
				or f.oid = 'sahut_etl.work_hours'::regclass as stays
		from pg_catalog.pg_constraint c
		join pg_catalog.pg_class f on f.oid = c.confrelid
		where c.contype = 'f' and (c.connamespace in ('sahut'::regnamespace, 'sahut_pii'::regnamespace)
			or c.conrelid in ('sahut_etl.work_hours'::regclass, 'sahut_etl.work_span'::regclass))
		and not exists (
			select 1 from pg_catalog.pg_dist_partition p, pg_catalog.pg_dist_partition q
			where p.logicalrelid = c.conrelid and q.logicalrelid = c.confrelid)
		order by 1, 2
	loop
		execute format('alter table %s drop constraint %I', k.table_name, k.key_name);
		if k.stays then
			insert into pg_temp.aside (table_name, key_name, definition)
				values (k.table_name, k.key_name, k.definition);
		end if;
	end loop;
end $$;

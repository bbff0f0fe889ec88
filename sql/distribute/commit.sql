-- Foreign keys as they were; and what a query asks for on the machine where the rows lie: functions that read no table, and,
-- for who reads reports, the tables, since a view lends its owner's rights on the coordinator only.
do $$
declare
	k record;
begin
	for k in select a.table_name, a.key_name, a.definition from pg_temp.aside a order by 1, 2 loop
		execute format('alter table %s add constraint %I %s', k.table_name, k.key_name, k.definition);
	end loop;
	for k in
		select f.oid::regprocedure as called from pg_catalog.pg_proc f
		where f.pronamespace = 'sahut_etl'::regnamespace and f.proname in ('id_hash', 'to_usec', 'from_usec', 'work_seconds')
		order by f.proname
	loop
		perform pg_catalog.create_distributed_function(k.called);
	end loop;
	if exists (select 1 from pg_catalog.pg_roles where rolname = 'sahut_reader') then
		grant usage on schema sahut to sahut_reader;
		grant select on all tables in schema sahut to sahut_reader;
	end if;
	if exists (select 1 from pg_catalog.pg_roles where rolname in ('sahut_reader', 'sahut_analyst')) then
		for k in
			select r.rolname as role, f.oid::regprocedure as called
			from pg_catalog.pg_roles r cross join pg_catalog.pg_proc f
			where r.rolname in ('sahut_reader', 'sahut_analyst') and f.pronamespace = 'sahut_etl'::regnamespace and f.proname = 'work_seconds'
		loop
			execute format('grant usage on schema sahut_etl to %I', k.role);
			execute format('grant execute on function %s to %I', k.called, k.role);
		end loop;
	end if;
end $$;
commit;

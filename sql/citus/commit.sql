-- Foreign keys as they were; and the objects that a query asks for on the machine where the rows lie: functions
-- (functions.sql says which tables they may read), and, for readers of reports, the tables. Citus writes a query anew
-- for each machine, and with that the rights that a view lends to its reader are lost.
do $$
declare
	k record;
begin
	for k in select a.table_name, a.key_name, a.definition from pg_temp.aside a order by 1, 2 loop
		execute format('alter table %s add constraint %I %s', k.table_name, k.key_name, k.definition);
	end loop;
	for k in
		select f.oid::regprocedure as called from pg_catalog.pg_proc f
		where f.pronamespace = 'sahut_etl'::regnamespace
			and f.proname in ('id_hash', 'to_usec', 'from_usec', 'target_place', 'agent_code', 'hours_no_of',
				'work_at', 'work_usec', 'business_seconds', 'business_seconds_of', 'attribute_text',
				'attribute_number', 'attribute_date', 'attribute_boolean')
		order by f.proname
	loop
		perform pg_catalog.create_distributed_function(k.called);
	end loop;
	for k in select r.rolname as role from pg_catalog.pg_roles r
		where r.rolname in ('sahut_reader', 'sahut_analyst') loop
		execute format('grant usage on schema sahut, sahut_etl to %I', k.role);
		execute format('grant select on all tables in schema sahut to %I', k.role);
		-- The daemon's own columns that views over both kinds of tables read. No rejected item is among them.
		execute format('grant select on sahut_etl.workspace, sahut_etl.work_hours, sahut_etl.work_span, sahut_etl.holiday, '
		'sahut_etl.target,
			sahut_etl.day_volume, sahut_etl.hour_volume, sahut_etl.day_label, sahut_etl.day_label_pair,
			sahut_etl.day_backlog,
			sahut_etl.day_agent, sahut_etl.day_flow, sahut_etl.day_moved, sahut_etl.report_queue,
			sahut_etl.message_reading, sahut_etl.message_state to %I', k.role);
	end loop;
end $$

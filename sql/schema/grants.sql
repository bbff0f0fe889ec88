-- The privileges of those roles that exist. May be run again.
do $$
declare
	called   text;
	writer   constant boolean := exists (select from pg_catalog.pg_roles where rolname = 'sahut_writer');
	reader   constant boolean := exists (select from pg_catalog.pg_roles where rolname = 'sahut_reader');
	analyst  constant boolean := exists (select from pg_catalog.pg_roles where rolname = 'sahut_analyst');
	pii      constant boolean := exists (select from pg_catalog.pg_roles where rolname = 'sahut_pii_reader');
begin
	revoke all on schema sahut, sahut_pii, sahut_report, sahut_etl from public;
	revoke all on all functions in schema sahut_etl from public;
	if writer then
		grant usage on schema sahut, sahut_pii, sahut_report, sahut_etl to sahut_writer;
		grant select, insert, update, delete
			on all tables in schema sahut, sahut_pii, sahut_report, sahut_etl to sahut_writer;
		revoke insert, update, delete on sahut_etl.migration, sahut_etl.attribute from sahut_writer;
		grant usage on all sequences in schema sahut, sahut_pii, sahut_report, sahut_etl to sahut_writer;
		grant execute on all functions in schema sahut_etl to sahut_writer;
		-- They make views, which is the owner's.
		revoke execute on function sahut_etl.shape_rows, sahut_etl.take_attributes from sahut_writer;
	end if;
	if reader then
		grant usage on schema sahut_report to sahut_reader;
		grant select on all tables in schema sahut_report to sahut_reader;
		alter default privileges in schema sahut_report grant select on tables to sahut_reader;
	end if;
	if analyst then
		grant usage on schema sahut, sahut_report to sahut_analyst;
		grant select on all tables in schema sahut, sahut_report to sahut_analyst;
		alter default privileges in schema sahut grant select on tables to sahut_analyst;
		alter default privileges in schema sahut_report grant select on tables to sahut_analyst;
	end if;
	-- A function that a view calls runs for each reader of the view. None of those writes.
	for called in
		select p.oid::regprocedure from pg_catalog.pg_proc p
		where p.pronamespace = 'sahut_etl'::regnamespace and p.prosecdef and p.provolatile <> 'v'
	loop
		if reader then
			execute format('grant execute on function %s to sahut_reader', called);
		end if;
		if analyst then
			execute format('grant execute on function %s to sahut_analyst', called);
		end if;
	end loop;
	if pii then
		grant usage on schema sahut_pii to sahut_pii_reader;
		grant select on all tables in schema sahut_pii to sahut_pii_reader;
		alter default privileges in schema sahut_pii grant select on tables to sahut_pii_reader;
	end if;
end $$;

-- Who may do what, for those roles that exist. May be run again.
do $$
declare
	writer   constant boolean := exists (select from pg_catalog.pg_roles where rolname = 'sahut_writer');
	reader   constant boolean := exists (select from pg_catalog.pg_roles where rolname = 'sahut_reader');
	analyst  constant boolean := exists (select from pg_catalog.pg_roles where rolname = 'sahut_analyst');
	pii      constant boolean := exists (select from pg_catalog.pg_roles where rolname = 'sahut_pii_reader');
begin
	revoke all on schema sahut, sahut_pii, sahut_report, sahut_etl from public;
	revoke all on all functions in schema sahut_etl from public;
	if writer then
		grant usage on schema sahut, sahut_pii, sahut_report, sahut_etl to sahut_writer;
		grant select, insert, update, delete on all tables in schema sahut, sahut_pii, sahut_report, sahut_etl to sahut_writer;
		revoke insert, update, delete on sahut_etl.migration from sahut_writer;
		grant usage on all sequences in schema sahut, sahut_pii, sahut_report, sahut_etl to sahut_writer;
		grant execute on all functions in schema sahut_etl to sahut_writer;
	end if;
	if reader then
		grant usage on schema sahut_report to sahut_reader;
		grant select on all tables in schema sahut_report to sahut_reader;
	end if;
	if analyst then
		grant usage on schema sahut, sahut_report to sahut_analyst;
		grant select on all tables in schema sahut, sahut_report to sahut_analyst;
	end if;
	if pii then
		grant usage on schema sahut_pii to sahut_pii_reader;
		grant select on all tables in schema sahut_pii to sahut_pii_reader;
	end if;
end $$;

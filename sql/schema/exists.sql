select exists (
	select from pg_catalog.pg_class c
	join pg_catalog.pg_namespace n on n.oid = c.relnamespace
	where n.nspname = 'sahut_etl' and c.relname = 'migration') as is_there

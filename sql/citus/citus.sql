-- The version of Citus in this database; no row where it has none.
select e.extversion from pg_catalog.pg_extension e where e.extname = 'citus'

-- Whose the warehouse is, and whether that role may do everything.
select r.rolname, r.rolsuper
from pg_catalog.pg_namespace n
join pg_catalog.pg_roles r on r.oid = n.nspowner
where n.nspname = 'sahut_etl'

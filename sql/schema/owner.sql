-- The warehouse belongs to the database's owner, or to the role that owned it before; a role that may become that one
-- does.
select set_config('role', o.name, false)
from (
	select coalesce(
		(select pg_get_userbyid(n.nspowner) from pg_catalog.pg_namespace n where n.nspname = 'sahut_etl'),
		(select pg_get_userbyid(d.datdba) from pg_catalog.pg_database d where d.datname = current_database())
	) as name
) o
where o.name <> current_user and pg_has_role(o.name, 'member')

-- Catalogs that everybody may read, and that an administrator has closed to the connected role or to the owner of our
-- views: an obstacle like those of obstacles.sql, which reads them.
with used(name) as (values ('pg_roles'), ('pg_database'), ('pg_stat_activity'), ('pg_locks'), ('pg_prepared_xacts'),
	('pg_settings'), ('pg_auth_members'), ('pg_class'), ('pg_proc'), ('pg_index'), ('pg_trigger'), ('pg_publication')),
who(role) as (
	select current_user
	union
	select pg_get_userbyid(n.nspowner) from pg_catalog.pg_namespace n where n.nspname = 'sahut_etl'
), closed as (
	select u.name, w.role
	from used u
	cross join who w
	where not has_table_privilege(w.role, 'pg_catalog.' || u.name, 'select')
)
select 'denied' as kind, 'catalogs' as subject,
	format('%s may not be read by %s', string_agg(distinct c.name, ', '), string_agg(distinct c.role, ', ')) as what,
	format('as an administrator: grant select on %s to %s;', string_agg(distinct 'pg_catalog.' || c.name, ', '),
		string_agg(distinct quote_ident(c.role), ', ')) as remedy
from closed c
having count(*) > 0

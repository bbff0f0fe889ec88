-- Which of the roles are missing, and whether we may make them.
select r.name,
	(select u.rolcreaterole or u.rolsuper from pg_catalog.pg_roles u where u.rolname = current_user) as may_make
from (values ('sahut_writer'), ('sahut_reader'), ('sahut_analyst'), ('sahut_pii_reader')) r(name)
where not exists (select from pg_catalog.pg_roles p where p.rolname = r.name)
order by 1

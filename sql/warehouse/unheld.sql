-- Whether nobody has the workspace's lock. $1 name.
select not exists (
	select from pg_catalog.pg_locks l
	where l.locktype = 'advisory' and l.classid = 1396786261 and l.objid::bigint = w.id and l.objsubid = 2
		and l.granted
	and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database()))
from sahut_etl.workspace w
where w.name = $1

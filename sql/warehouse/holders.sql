-- Every workspace: who has it or had it last, whether anybody has it now, and what it is called.
select w.id, w.holder, l.objid is not null, w.name
from sahut_etl.workspace w
left join pg_catalog.pg_locks l on l.locktype = 'advisory' and l.classid = 1396786261 and l.objid::bigint = w.id
	and l.objsubid = 2 and l.granted
	and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())

-- Every workspace: who has it or had it last, and whether anybody has it now.
select w.id, w.holder, l.objid is not null
from sahut_etl.workspace w
left join pg_catalog.pg_locks l on l.locktype = 'advisory' and l.classid = 1396786261 and l.objid::bigint = w.id and l.objsubid = 2 and l.granted
	and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())

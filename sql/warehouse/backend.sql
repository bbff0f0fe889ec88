-- Leaves the number of the process that works for this connection in the session, where those before it stand: how
-- many there are, how many different ones, the last, and which server it is of. It runs before anything is set: all
-- names are said in full.
select pg_catalog.count(*) as steps, pg_catalog.count(distinct p.pid) as processes,
	pg_catalog.pg_backend_pid() as pid,
	pg_catalog.concat(pg_catalog.to_char(pg_catalog.pg_postmaster_start_time(), 'J SSSS US'), ' ',
		pg_catalog.current_setting('port')) as server
from (
	select pg_catalog.set_config('sahut_etl.seen',
		pg_catalog.concat(pg_catalog.current_setting('sahut_etl.seen', true), ' ', pg_catalog.pg_backend_pid()),
		false) as pids
) seen
cross join lateral pg_catalog.regexp_split_to_table(pg_catalog.btrim(seen.pids), ' ') p(pid)

-- Takes the workspace's lock, if nobody else has it. $1 workspace, $2 who takes it.
with lock as (
	select pg_try_advisory_lock(1396786261, $1::integer) as taken
), held as (
	update sahut_etl.workspace set holder = $2, held_since = now()
	where id = $1::integer and (select taken from lock)
)
select l.taken, w.holder from lock l, sahut_etl.workspace w where w.id = $1::integer

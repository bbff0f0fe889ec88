-- Sweeps that ended long ago. $1 age (usec), $2 how many.
with old as (
	select s.id from sahut_etl.sweep s
	where s.ended_at < now() - $1::bigint * interval '1 microsecond' and s.state <> 'running'
	order by s.id
	limit $2::integer
), gone as (
	delete from sahut_etl.sweep s using old where s.id = old.id returning 1
)
select count(*) as removed from gone

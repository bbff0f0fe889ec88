-- Errands that were done long ago. $1 age (usec), $2 how many.
with old as (
	select e.id from sahut_etl.command_request e
	where e.ended_at < now() - $1::bigint * interval '1 microsecond'
	order by e.id
	limit $2::integer
), gone as (
	delete from sahut_etl.command_request e using old where e.id = old.id returning 1
)
select count(*) as removed from gone

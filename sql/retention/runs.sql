-- Runs that ended long ago, a few at a time; with them go their audits. At any age the newest stay, and the last ones
-- that compared counts, or proved all: a difference lasts until another one finds none. $1 age (usec), $2 how many.
with old as (
	select r.id from sahut_etl.run r
	where r.ended_at < now() - $1::bigint * interval '1 microsecond'
	and r.id < (select max(x.id) from sahut_etl.run x where x.workspace_id = r.workspace_id)
	and r.id is distinct from (select max(x.id) from sahut_etl.run x
		where x.workspace_id = r.workspace_id and x.verdict in ('equal', 'different', 'certified'))
	order by r.id
	limit $2::integer
), gone as (
	delete from sahut_etl.run r using old where r.id = old.id returning 1
)
select count(*) as removed from gone

-- The conversations that a full sweep saw, by when it saw each last. $1 workspace, $2 sweep, $3 created, or first seen,
-- from then on are the young ones (usec), $4 at most so many rows. Of the old ones a row for each instant: 0, the
-- instant (usec), how many; of the young ones a row each: 1, the instant, when it was created.
with seen as materialized (
	select i.id, max(s.since) as since
	from sahut_etl.sweep_seen s
	cross join lateral unnest(s.ids) i(id)
	where s.sweep_id = $2::bigint
	group by i.id
), shown as materialized (
	select c.id as name, least(c.created_at, c.first_seen_at) as created, seen.since
	from sahut.conversation c
	join seen on seen.id = sahut_etl.id_hash(c.id)
	where c.workspace_id = $1::integer
), rejected as materialized (
	select r.fingerprint as name, least(r.created_at, r.first_seen_at) as created, seen.since
	from sahut_etl.rejected_item r
	join seen on seen.id = sahut_etl.id_hash(r.fingerprint)
	where r.workspace_id = $1::integer
), every as materialized (
	select name, created, since from shown
	union all
	select r.name, r.created, r.since from rejected r where not exists (select from shown s where s.name = r.name)
)
select 0 as kind, sahut_etl.to_usec(e.since) as since, count(*) as n
from every e where e.created < sahut_etl.from_usec($3::bigint) group by e.since
union all
select 1, sahut_etl.to_usec(e.since), sahut_etl.to_usec(e.created)
from every e where e.created >= sahut_etl.from_usec($3::bigint)
order by kind, n
limit $4::integer

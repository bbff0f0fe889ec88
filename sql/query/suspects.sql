-- Live conversations that a full sweep did not see. $1 workspace, $2 sweep, $3 how many, $4 first seen or created
-- before (usec), $5 how many in turn of those that are known to be unlisted, or not to be believed deleted, $6 whether
-- any come first. The first row speaks of all: how many there are, a second number, how many are held, how many were
-- found deleted within a week, items that could not be loaded, and a conversation seen a moment ago, to ask for as a
-- control. The others are ids; their total is 1 for one that was missed before and is unchanged since.
with seen as materialized (
	select id from sahut_etl.sweep_shows($2::bigint) x(id)
), absent as materialized (
	select a.conversation_id as id, a.found_at, a.asked_at, a.unlisted_since is not null or a.is_gone as is_known
	from sahut_etl.absence a
	where a.workspace_id = $1::integer
), unseen as materialized (
	select c.id, c.last_written_at
	from sahut.conversation c
	where c.workspace_id = $1::integer and c.deleted_at is null
	and ($4::bigint is null or least(c.first_seen_at, c.created_at) <= sahut_etl.from_usec($4::bigint))
	and not exists (select from seen where seen.id = sahut_etl.id_hash(c.id))
), wanted as materialized (
	select u.id, a.asked_at, coalesce(a.is_known, false) as is_known,
		(a.id is not null and u.last_written_at <= a.found_at)::integer as was_missed
	from unseen u
	left join absent a on a.id = u.id
), control as materialized (
	select c.id
	from sahut.conversation c
	join seen on seen.id = sahut_etl.id_hash(c.id)
	where c.workspace_id = $1::integer and c.deleted_at is null limit 1
)
(select 0 as place, (select count(*) from wanted k where not k.is_known) as total, null::bigint as second,
	s.live, s.deleted_lately, s.rejected,
	case when exists (select 1 from wanted) then (select id from control) end as id
from sahut_etl.scale_of($1::integer) s)
union all
(select 1, k.was_missed, null, null, null, null, k.id
from wanted k
where not k.is_known
order by case when $6::boolean then random() end, k.id limit $3::integer)
union all
(select 2, 1, null, null, null, null, k.id
from wanted k
where k.is_known
order by k.asked_at nulls first, k.id limit $5::integer)
order by 1

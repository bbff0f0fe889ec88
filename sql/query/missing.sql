-- Live conversations that are held in a cell and that a scan did not show; second: how many are held there. $1
-- workspace, $2 run, $3 how many, $4 first seen or created before (usec), $5 number of the scan, $6 status, $7
-- channel, $8 assignee (null: any), $9 whether nobody's, $10 whether those too whose 404 was not
-- believed. The first row speaks of all: how many there are, a second
-- number, how many are held, how many were found deleted within a week, items that could not be loaded, and a
-- conversation seen a moment ago, to ask for as a control. The others are ids.
with seen as materialized (
	select id from sahut_etl.scan_shows($2::bigint, $5::integer) x(id)
), held as materialized (
	select count(*) as n
	from sahut.conversation c
	where c.workspace_id = $1::integer and c.deleted_at is null and c.unlisted_since is null
	and ($6::text is null or c.status = $6)
	and ($7::text is null or c.channel_id = $7) and ($8::text is null or c.assignee_id = $8)
		and (not $9::boolean or c.assignee_id is null)
), disputed as materialized (
	select a.conversation_id as id from sahut_etl.absence a
	where a.workspace_id = $1::integer and a.is_gone and not $10::boolean
), wanted as materialized (
	select c.id
	from sahut.conversation c
	where c.workspace_id = $1::integer and c.deleted_at is null and c.unlisted_since is null
	and ($6::text is null or c.status = $6)
	and ($7::text is null or c.channel_id = $7) and ($8::text is null or c.assignee_id = $8)
		and (not $9::boolean or c.assignee_id is null)
	and ($4::bigint is null or least(c.first_seen_at, c.created_at) <= sahut_etl.from_usec($4::bigint))
	and not exists (select from disputed d where d.id = c.id)
	and not exists (select from seen where seen.id = sahut_etl.id_hash(c.id))
), control as materialized (
	select c.id
	from sahut.conversation c
	join seen on seen.id = sahut_etl.id_hash(c.id)
	where c.workspace_id = $1::integer and c.deleted_at is null limit 1
)
(select 0 as place, (select count(*) from wanted) as total, (select n from held) as second,
	s.live, s.deleted_lately, s.rejected,
	case when exists (select 1 from wanted) then (select id from control) end as id
from sahut_etl.scale_of($1::integer) s)
union all
(select 1, null, null, null, null, null, id from wanted order by id limit $3::integer)
order by 1

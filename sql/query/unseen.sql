-- Live conversations that are newer than the last row that a scan read, and that it did not show; second: how many on
-- the page are not held. $1 workspace, $2 run, $3 how many, $4 first seen or created before (usec), $5 number of the
-- scan, $6 updated after (usec; null: all), $7 the page's ids (null: the scan showed several pages), $8 not updated
-- after (usec; null: all). The first row speaks of all: how many there are, a second number, how many are held, how
-- many were found deleted within a week, items that could not be loaded, and a conversation seen a moment ago, to ask
-- for as a control. The others are ids.
with page as materialized (
	select sahut_etl.id_hash(i) as id, i as name from unnest($7::text[]) i
), seen as materialized (
	select id from sahut_etl.scan_shows($2::bigint, $5::integer) x(id) union select id from page
), held as materialized (
	select c.id
	from sahut.conversation c
	where c.id = any ($7::text[]) and c.workspace_id = $1::integer and c.deleted_at is null
), absent as materialized (
	select a.conversation_id as id from sahut_etl.absence a where a.workspace_id = $1::integer
), wanted as materialized (
	select c.id
	from sahut.conversation c
	where c.workspace_id = $1::integer and c.deleted_at is null
	and ($4::bigint is null or least(c.first_seen_at, c.created_at) <= sahut_etl.from_usec($4::bigint))
	and ($6::bigint is null or c.updated_at > sahut_etl.from_usec($6::bigint))
	and ($8::bigint is null or c.updated_at <= sahut_etl.from_usec($8::bigint))
	and not exists (select from absent a where a.id = c.id)
	and not exists (select from seen where seen.id = sahut_etl.id_hash(c.id))
	-- Rejected items are asked for elsewhere, if at all.
	and c.id <> all (array(select r.fingerprint from sahut_etl.rejected_item r where r.workspace_id = $1::integer))
), control as materialized (
	select c.id
	from sahut.conversation c
	join seen on seen.id = sahut_etl.id_hash(c.id)
	where c.workspace_id = $1::integer and c.deleted_at is null limit 1
)
(select 0 as place, (select count(*) from wanted) as total,
	(select count(*) from page p where not exists (select from held h where h.id = p.name)
		and not exists (select from sahut_etl.rejected_item r where r.workspace_id = $1::integer
		and r.fingerprint = p.name)) as second, s.live, s.deleted_lately, s.rejected,
	case when exists (select 1 from wanted) then (select id from control) end as id,
	sahut_etl.absent($1::integer) as absent
from sahut_etl.scale_of($1::integer) s)
union all
(select 1, null, null, null, null, null, id, null from wanted order by id limit $3::integer)
order by 1

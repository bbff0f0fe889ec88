-- What a full sweep saw. $1 workspace, $2 sweep, $3 pass (0: all), $4 created before (usec).
-- First: distinct conversations, loaded or rejected, created before that. Second: live ones that it did not see.
with seen as (
	-- Each once, and whether it counts: conversations are looked through a single time, for both numbers.
	select i.id, bool_or($3::smallint = 0 or s.pass = $3::smallint) as counts
	from sahut_etl.sweep_seen s
	cross join lateral unnest(s.ids) i(id)
	where s.sweep_id = $2::bigint
	group by i.id
), held as (
	select count(*) filter (where seen.counts and c.created_at < sahut_etl.from_usec($4::bigint)) as seen,
		count(*) filter (where seen.id is null and c.deleted_at is null) as unseen
	from sahut.conversation c
	left join seen on seen.id = sahut_etl.id_hash(c.id)
	where c.workspace_id = $1::integer
)
select
	h.seen
	+
	(select count(*) from sahut_etl.rejected_item r join seen on seen.id = sahut_etl.id_hash(r.fingerprint) and seen.counts
		where r.workspace_id = $1::integer and coalesce(r.created_at, r.first_seen_at) < sahut_etl.from_usec($4::bigint)
		and not exists (select from sahut.conversation c where c.id = r.fingerprint and c.workspace_id = $1::integer)),
	h.unseen
from held h

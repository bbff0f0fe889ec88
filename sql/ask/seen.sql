-- What a full sweep saw. $1 workspace, $2 sweep, $3 pass (0: all), $4 created before (usec).
-- First: distinct conversations, loaded or rejected, created before that. Second: live ones that it did not see.
with seen as (
	select distinct i.id
	from sahut_etl.sweep_seen s
	cross join lateral unnest(s.ids) i(id)
	where s.sweep_id = $2::bigint and ($3::smallint = 0 or s.pass = $3::smallint)
), every as (
	select distinct i.id from sahut_etl.sweep_seen s cross join lateral unnest(s.ids) i(id) where s.sweep_id = $2::bigint
)
select
	(select count(*) from sahut.conversation c join seen on seen.id = sahut_etl.id_hash(c.id)
		where c.workspace_id = $1::integer and c.created_at < sahut_etl.from_usec($4::bigint))
	+
	(select count(*) from sahut_etl.rejected_item r join seen on seen.id = sahut_etl.id_hash(r.fingerprint)
		where r.workspace_id = $1::integer and coalesce(r.created_at, r.first_seen_at) < sahut_etl.from_usec($4::bigint)
		and not exists (select from sahut.conversation c where c.id = r.fingerprint and c.workspace_id = $1::integer)),
	(select count(*) from sahut.conversation c
		where c.workspace_id = $1::integer and c.deleted_at is null
		and not exists (select from every where every.id = sahut_etl.id_hash(c.id)))

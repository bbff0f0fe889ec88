-- Counts of the conversations that a full sweep saw. $1 workspace, $2 sweep, $3 pass (0: all), $4 created before
-- (usec), $5 how many of those whose absence is known come in turn, $6 the latest moment that a creation may have
-- (usec). First: distinct conversations, loaded or rejected, created before $4; those that say they were created after
-- $6, or nothing, count by when they were first seen. The first page of the sweep was judged by the same two moments.
-- Second: live ones that it did not see. Third: distinct ones of any age. Fourth: items that hold the instants and that
-- it saw, or that are newer; if it is certified the others are gone.
with seen as materialized (
	-- Each once, and whether it counts: conversations are looked through a single time, for both numbers.
	select i.id, bool_or($3::smallint = 0 or s.pass = $3::smallint) as counts
	from sahut_etl.sweep_seen s
	cross join lateral unnest(s.ids) i(id)
	where s.sweep_id = $2::bigint
	group by i.id
), known as materialized (
	select a.conversation_id as id from sahut_etl.absence a
	where a.workspace_id = $1::integer and (a.unlisted_since is not null or a.is_gone)
), held as materialized (
	select
		count(*) filter (where seen.counts
			and (c.created_at < sahut_etl.from_usec($4::bigint)
				or ((c.created_at > sahut_etl.from_usec($6::bigint)) is not false
					and c.first_seen_at < sahut_etl.from_usec($4::bigint)))) as seen,
		count(*) filter (where seen.id is null and c.deleted_at is null
			and c.id <> all (array(select k.id from known k))) as unseen,
		count(*) filter (where seen.id is null and c.deleted_at is null
			and c.id = any (array(select k.id from known k))) as in_turn,
		count(*) filter (where seen.counts) as every
	from sahut.conversation c
	left join seen on seen.id = sahut_etl.id_hash(c.id)
	where c.workspace_id = $1::integer
), rejected as materialized (
	select r.fingerprint, r.created_at < sahut_etl.from_usec($4::bigint)
		or ((r.created_at > sahut_etl.from_usec($6::bigint)) is not false
			and r.first_seen_at < sahut_etl.from_usec($4::bigint)) as is_old
	from sahut_etl.rejected_item r
	join seen on seen.id = sahut_etl.id_hash(r.fingerprint) and seen.counts
	where r.workspace_id = $1::integer
), both_ways as materialized (
	-- One that is held and could not be loaded this time counts once: as old where it counts as such twice.
	select count(*) filter (where (c.created_at < sahut_etl.from_usec($4::bigint)
				or ((c.created_at > sahut_etl.from_usec($6::bigint)) is not false
					and c.first_seen_at < sahut_etl.from_usec($4::bigint)))
			and c.id = any (array(select k.fingerprint from rejected k where k.is_old))) as old,
		count(*) as every
	from sahut.conversation c
	where c.id = any (array(select k.fingerprint from rejected k)) and c.workspace_id = $1::integer
), holding as materialized (
	select count(*) as n
	from sahut_etl.rejected_item r
	join sahut_etl.sweep w on w.id = $2::bigint
	where r.workspace_id = $1::integer and r.accepted_at is null and not r.is_misshapen
	and ((r.last_seen_at < w.api_started_at) is not true
		or exists (select from seen where seen.id = sahut_etl.id_hash(r.fingerprint)))
)
select h.seen + (select count(*) from rejected where is_old) - b.old as seen,
	h.unseen + least(h.in_turn, $5::integer) as unseen,
	h.every + (select count(*) from rejected) - b.every as every,
	(select n from holding) as holding
from held h
cross join both_ways b

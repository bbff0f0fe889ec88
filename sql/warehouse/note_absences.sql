-- A conversation that a sweep did not see, though it read the list to its end, is not in the list; it may be gone or
-- not. $1 workspace, $2 sweep, $3 first seen or created before (usec).
with seen as materialized (
	select id from sahut_etl.sweep_shows($2::bigint) x(id)
), missed as materialized (
	select c.id
	from sahut.conversation c
	where c.workspace_id = $1::integer and c.deleted_at is null and c.unlisted_since is null
	and least(c.first_seen_at, c.created_at) <= sahut_etl.from_usec($3::bigint)
	and not exists (select from seen where seen.id = sahut_etl.id_hash(c.id))
)
insert into sahut_etl.absence (workspace_id, conversation_id, found_at)
select b.workspace_id, m.id, b.observed_at
from missed m
cross join pg_temp.stage_batch b
on conflict do nothing

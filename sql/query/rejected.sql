-- Conversations whose item could not be loaded: first those that a person wants to be asked for, then any.
-- $1 workspace, $2 how many, $3 a number, which shuffles them. The first row as in suspects.sql; the control is
-- one that could be loaded.
with wanted as (
	select r.conversation_id as id, r.wanted_at
	from sahut_etl.rejected_item r
	where r.workspace_id = $1::integer and r.conversation_id is not null
	and (r.wanted_at is not null or (r.accepted_at is null and not r.is_misshapen))
), control as materialized (
	select c.id
	from sahut.conversation c
	where c.workspace_id = $1::integer and c.deleted_at is null and c.id <> all (array(
		select r.conversation_id from sahut_etl.rejected_item r
		where r.workspace_id = $1::integer and r.conversation_id is not null))
	limit 1
)
(select 0 as place, (select count(*) from wanted) as total, null::bigint as second, w.live_count as live,
	sahut_etl.deleted_lately(w.id) as deleted_lately, sahut_etl.unloaded(w.id) as rejected, (select id from control) as id
from sahut_etl.workspace w where w.id = $1::integer)
union all
(select 1, null, null, null, null, null, id from wanted
	order by wanted_at is null, sahut_etl.id_hash(id) # $3::bigint limit $2::integer)
order by 1

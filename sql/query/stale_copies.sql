-- Conversations whose older copy wants a second look now. $1 workspace, $2 how many. The first row as in suspects.sql.
with wanted as (
	select d.conversation_id as id
	from sahut_etl.stale_copy d
	join sahut_etl.workspace w on w.id = d.workspace_id
	where d.workspace_id = $1::integer and (d.got_at is null or d.got_at <= now() - w.lookback)
)
(select 0 as place, (select count(*) from wanted) as total, null::bigint as second, w.live_count as live,
	sahut_etl.deleted_lately(w.id) as deleted_lately,
	sahut_etl.unloaded(w.id) as rejected, null as id
from sahut_etl.workspace w where w.id = $1::integer)
union all
(select 1, null, null, null, null, null, id from wanted order by id limit $2::integer)
order by 1

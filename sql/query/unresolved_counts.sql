-- As counts.sql, at the cost of the unresolved ones only: the rest is known by subtraction; so are those that the list
-- is known not to show. $1 workspace.
with held as materialized (
	select count(*) as unresolved, count(*) filter (where c.status = 'open') as open,
		count(*) filter (where c.status = 'pending') as pending, count(*)
			filter (where c.status = 'snoozed') as snoozed
	from sahut.conversation c
	where c.workspace_id = $1::integer and c.status <> 'resolved' and c.deleted_at is null
), absent as materialized (
	select count(*) as every, count(*) filter (where c.status <> 'resolved') as unresolved,
		count(*) filter (where c.status = 'open') as open, count(*) filter (where c.status = 'pending') as pending,
		count(*) filter (where c.status = 'snoozed') as snoozed
	from sahut.conversation c
	where c.workspace_id = $1::integer and c.deleted_at is null
	and c.id = any (array(select a.conversation_id from sahut_etl.absence a where a.workspace_id = $1::integer))
)
select
	w.live_count - a.every as every, x.open - a.open as open, x.pending - a.pending as pending,
	x.snoozed - a.snoozed as snoozed, w.live_count - a.every - x.unresolved + a.unresolved as resolved,
	x.unresolved - a.unresolved - x.open + a.open - x.pending + a.pending - x.snoozed + a.snoozed as other,
	sahut_etl.unloaded(w.id) as rejected, sahut_etl.outdated(w.id) as outdated
from sahut_etl.workspace w
cross join held x
cross join absent a
where w.id = $1::integer

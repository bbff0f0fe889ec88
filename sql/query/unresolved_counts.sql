-- As counts.sql, and at the cost of what is not resolved only: the rest is known by subtraction. $1 workspace.
with held as materialized (
	select count(*) as unresolved, count(*) filter (where c.status = 'open') as open,
		count(*) filter (where c.status = 'pending') as pending, count(*)
			filter (where c.status = 'snoozed') as snoozed
	from sahut.conversation c
	where c.workspace_id = $1::integer and c.status <> 'resolved' and c.deleted_at is null
)
select
	w.live_count as every, x.open, x.pending, x.snoozed, w.live_count - x.unresolved as resolved,
	x.unresolved - x.open - x.pending - x.snoozed as other,
	sahut_etl.unloaded(w.id) as rejected
from sahut_etl.workspace w
cross join held x
where w.id = $1::integer

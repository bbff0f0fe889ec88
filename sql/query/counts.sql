-- How many are held: all, by status, and items that the API counts and that could not be loaded. $1 workspace.
with held as materialized (
	select
		count(*) as every, count(*) filter (where c.status = 'open') as open, count(*)
		filter (where c.status = 'pending') as pending,
		count(*) filter (where c.status = 'snoozed') as snoozed, count(*)
		filter (where c.status = 'resolved') as resolved,
		count(*) filter (where c.status not in ('open', 'pending', 'snoozed', 'resolved')) as other
	from sahut.conversation c
	where c.workspace_id = $1::integer and c.deleted_at is null and c.unlisted_since is null
)
select h.every, h.open, h.pending, h.snoozed, h.resolved, h.other, sahut_etl.unloaded($1::integer) as rejected,
	sahut_etl.outdated($1::integer) as outdated
from held h

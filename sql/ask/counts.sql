-- How many are held: all, by status, and items that the API counts and that could not be loaded. $1 workspace.
select
	count(*), count(*) filter (where c.status = 'open'), count(*) filter (where c.status = 'pending'),
	count(*) filter (where c.status = 'snoozed'), count(*) filter (where c.status = 'resolved'),
	count(*) filter (where c.status not in ('open', 'pending', 'snoozed', 'resolved')), sahut_etl.unloaded($1::integer)
from sahut.conversation c
where c.workspace_id = $1::integer and c.deleted_at is null

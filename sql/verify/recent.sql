-- How many cells the last verify, or repair, left different, if that is less than an hour ago. $1 name of the
-- workspace.
select count(*) as cells
from sahut_etl.audit_cell c
where c.api <> c.held and c.run_id = (
	select a.run_id
	from sahut_etl.audit a
	join sahut_etl.workspace w on w.id = a.workspace_id
	where w.name = $1 and a.audited_at > now() - interval '1 hour'
	order by a.run_id desc limit 1)

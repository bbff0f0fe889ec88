-- The cells that the last verify, or repair, left different, if that is less than an hour ago. $1 workspace.
select c.status, c.channel_id, c.assignee_id, c.unassigned, c.api, c.held
from (
	select a.run_id from sahut_etl.audit a
	where a.workspace_id = $1::integer and a.audited_at > now() - interval '1 hour'
	order by a.run_id desc limit 1
) a
join sahut_etl.audit_cell c on c.run_id = a.run_id and c.api <> c.held
order by c.place

-- The counts of a verify, and the cells that differ. $1 run, $2 workspace, $3 both as JSON.
with audit as (
	insert into sahut_etl.audit (run_id, workspace_id, api, held, rejected)
	select $1::bigint, $2::integer, m.api, m.held, m.rejected
	from jsonb_to_record($3::jsonb) m(api bigint[], held bigint[], rejected bigint)
	returning run_id
)
insert into sahut_etl.audit_cell (run_id, place, status, channel_id, assignee_id, unassigned, api, held)
select a.run_id, x.place, c.status, c.channel_id, c.assignee_id, c.unassigned, c.api, c.held
from audit a
cross join lateral jsonb_array_elements($3::jsonb -> 'cells') with ordinality x(cell, place)
cross join lateral jsonb_to_record(x.cell) c(status text, channel_id text, assignee_id text, unassigned boolean,
	api bigint, held bigint)

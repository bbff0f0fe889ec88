-- Parts of the list that a full sweep could not read to their end. $1 workspace, $2 the parts, as JSON.
insert into sahut_etl.deep_part as old (
	workspace_id, place, status, channel_id, assignee_id, unassigned, api, read, since)
select $1::integer, x.place, c.status, c.channel_id, c.assignee_id, c.unassigned, c.api, c.held, now()
from jsonb_array_elements($2::jsonb) with ordinality x(part, place)
cross join lateral jsonb_to_record(x.part) c(
	status text, channel_id text, assignee_id text, unassigned boolean, api bigint, held bigint)
on conflict (workspace_id, place) do update
set status = excluded.status, channel_id = excluded.channel_id, assignee_id = excluded.assignee_id,
	unassigned = excluded.unassigned, api = excluded.api, read = excluded.read,
	since = case when (old.status, old.channel_id, old.assignee_id, old.unassigned)
		is distinct from (excluded.status, excluded.channel_id, excluded.assignee_id, excluded.unassigned)
		then excluded.since else old.since end

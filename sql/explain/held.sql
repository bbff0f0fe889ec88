-- What is held of a conversation, to be compared with what the API says. $1 its id.
select w.name, c.status, c.channel_id, c.contact_id, c.assignee_id, c.team_id, array_to_string(c.labels, ', '),
	sahut_etl.to_usec(c.created_at),
	sahut_etl.to_usec(c.updated_at), (c.deleted_at is not null)::integer
from sahut.conversation c
join sahut_etl.workspace w on w.id = c.workspace_id
where c.id = $1

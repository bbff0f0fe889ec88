-- How many are held in a cell, by assignee; null is nobody. $1 workspace, $2 status (null: any), $3 channel.
select c.assignee_id as id, count(*) as held
from sahut.conversation c
where c.workspace_id = $1::integer and c.deleted_at is null and c.unlisted_since is null
	and ($2::text is null or c.status = $2)
	and c.channel_id = $3
group by c.assignee_id

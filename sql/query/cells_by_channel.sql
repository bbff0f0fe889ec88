-- How many are held in a cell, by channel. $1 workspace, $2 status (null: any).
select c.channel_id as id, count(*) as held
from sahut.conversation c
where c.workspace_id = $1::integer and c.deleted_at is null and c.unlisted_since is null
	and ($2::text is null or c.status = $2)
	and c.channel_id is not null
group by c.channel_id

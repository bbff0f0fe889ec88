-- The workspace that holds a conversation. $1 its id.
select w.name as workspace
from sahut.conversation c
join sahut_etl.workspace w on w.id = c.workspace_id
where c.id = $1

-- Every state of a conversation that was seen. $1 its id.
select
	v.version_no as "no", v.status, coalesce(a.name, v.assignee_id) as assignee,
	coalesce(t.name, v.team_id) as team,
	coalesce(ch.name, v.channel_id) as channel,
	to_char(v.valid_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "from",
	to_char(v.valid_to at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "to",
	to_char(v.not_before at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "not before",
	to_char(v.observed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "observed",
	case when v.is_estimated then 'about' else 'exact' end as "time", v.run_id as run
from sahut.conversation_version v
join sahut.conversation c on c.id = v.conversation_id
left join sahut.agent a on a.workspace_id = c.workspace_id and a.id = v.assignee_id
left join sahut.team t on t.workspace_id = c.workspace_id and t.id = v.team_id
left join sahut.channel ch on ch.workspace_id = c.workspace_id and ch.id = v.channel_id
where v.conversation_id = $1
order by v.version_no

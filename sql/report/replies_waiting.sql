-- The customers that wait longest, as far as it is known.
select
	r.conversation_id as conversation, r.waiting_seconds, r.waiting_business_seconds, r.channel_name as channel,
	r.assignee_name as agent, r.customer_messages,
	to_char(r.known_until at time zone w.timezone, 'YYYY-MM-DD HH24:MI') as known_at
from sahut_report.waiting_now r
join sahut_etl.workspace w on w.name = r.workspace_name
where r.workspace_name = $1
order by r.waiting_seconds desc, r.conversation_id
limit 25

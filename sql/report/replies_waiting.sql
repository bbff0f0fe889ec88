-- The customers that wait longest, as far as it is known.
with waiting as materialized (
	select
		r.workspace_name, r.conversation_id, r.waiting_seconds, r.waiting_business_seconds, r.channel_name,
		r.assignee_name, r.customer_messages, r.known_until
	from sahut_report.waiting_now r
	where r.workspace_name = $1
		and ($2::text[] is null or coalesce(r.channel_id, '') = any ($2::text[]))
		and ($3::text[] is null or coalesce(r.assignee_id, '') = any ($3::text[]))
		and ($4::text[] is null or coalesce(r.team_id, '') = any ($4::text[]))
		and ($5::text[] is null or r.conversation_id in (
			select l.conversation_id from sahut_report.conversation_labels l where l.label_name = any ($5::text[])))
	order by r.waiting_seconds desc, r.conversation_id
	limit 25
)
select
	r.conversation_id as conversation, r.waiting_seconds, r.waiting_business_seconds, r.channel_name as channel,
	r.assignee_name as agent, r.customer_messages,
	to_char(r.known_until at time zone w.timezone, 'YYYY-MM-DD HH24:MI') as known_at
from waiting r
join sahut_etl.workspace w on w.name = r.workspace_name
order by r.waiting_seconds desc, r.conversation_id

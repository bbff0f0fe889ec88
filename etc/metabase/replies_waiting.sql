-- Who should be answered first? Nobody has answered. Counted up to when the messages are known.
select
	conversation_id as conversation, channel_name, team_name as team, assignee_name,
	round(waiting_seconds / 60.0, 1) as waiting_minutes,
	round(waiting_business_seconds / 60.0, 1) as waiting_business_minutes,
	customer_messages, case when turn_no = 1 then '@yes@' else '@no@' end as first_question
from sahut_report.waiting_now
where true
	[[and {{workspace}}]]
	[[and {{channel}}]]
	[[and {{team}}]]
	[[and {{agent}}]]
order by waiting_seconds desc, conversation_id
limit 50

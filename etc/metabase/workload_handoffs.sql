-- Who passes work to whom?
select
	coalesce(from_assignee_name, from_assignee_id) as from_agent,
	coalesce(to_assignee_name, to_assignee_id, '@(nobody)@') as to_agent, count(*) as handoffs
from sahut_report.conversation_events
where event_type in ('reassigned', 'unassigned')
	[[and {{workspace}}]]
	[[and {{day}}]]
group by from_assignee_id, to_assignee_id, 1, 2
order by 3 desc
limit 100

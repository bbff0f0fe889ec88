-- Who passes work to whom?
select from_assignee_name as from_agent, coalesce(to_assignee_name, '(nobody)') as to_agent, count(*) as handoffs
from sahut_report.conversation_events
where event_type in ('reassigned', 'unassigned')
	[[and {{workspace}}]]
	[[and {{day}}]]
group by 1, 2
order by 3 desc
limit 100

-- Is the backlog growing, and in which status?
select day, status, sum(conversation_count) as conversations
from sahut_report.daily_backlog
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
group by day, status
order by day

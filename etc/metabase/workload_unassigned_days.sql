-- Do conversations stay without an owner overnight? Open and pending.
select day, sum(conversation_count) as unassigned, round(max(oldest_age_hours), 1) as oldest_hours
from sahut_report.daily_backlog
where is_unassigned and is_active
	[[and {{workspace}}]]
	[[and {{day}}]]
group by day
order by day

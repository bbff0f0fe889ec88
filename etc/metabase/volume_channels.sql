-- Which channel drives the volume? The last day is not over.
select
	day, case when calendar.is_over then channel_type else '@day is not over@' end as channel_type,
	sum(created_count) as created
from sahut_report.daily_volume
join sahut_report.calendar using (workspace_name, day)
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
group by 1, 2
order by 1

-- How many come from people who wrote before?
select date_trunc('week', day::timestamp)::date as week_begins, sum(new_contact_count) as new,
	sum(returning_contact_count) as returning
from sahut_report.daily_volume
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
group by 1
order by 1

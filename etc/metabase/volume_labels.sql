-- What are conversations about? One with two labels counts under both: the bars do not add up.
select label_name, sum(created_count) as created
from sahut_report.daily_label_volume
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
group by 1
order by 2 desc
limit 20

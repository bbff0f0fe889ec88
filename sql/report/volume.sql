-- A row for each day and channel, days without any left out.
select
	v.workspace_name as workspace, v.day, v.channel_id, v.channel_type, v.channel_name as channel,
	sum(v.created_count) as created, sum(v.resolved_count) as resolved, sum(v.reopened_count) as reopened
from sahut_report.daily_volume v
where v.workspace_name = $1 and v.day between $2::date and $3::date
group by 1, 2, 3, 4, 5
order by v.day, v.channel_name, v.channel_id

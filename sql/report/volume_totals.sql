-- A row for each channel, the busiest first.
select
	max(v.channel_name) as channel, v.channel_type, sum(v.created_count) as created,
	round(sum(v.created_count) / nullif(sum(sum(v.created_count)) over (), 0), 4) as share,
	sum(v.resolved_count) as resolved, sum(v.reopened_count) as reopened,
	round(sum(v.reopened_count)::numeric / nullif(sum(v.resolved_count), 0), 4) as reopen_rate,
	round(sum(v.first_resolution_seconds_sum) / nullif(sum(v.first_resolved_count), 0) / 3600.0,
		2) as first_resolution_hours
from sahut_report.daily_volume v
where v.workspace_name = $1 and v.day between $2::date and $3::date
group by v.channel_id, v.channel_type
order by sum(v.created_count) desc, v.channel_id

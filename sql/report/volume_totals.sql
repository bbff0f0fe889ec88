-- A row for each channel, the busiest first. Of the first resolutions the middle one.
with timed as (
	select
		coalesce(r.channel_id, '') as channel_id,
		round((percentile_cont(0.5) within group (order by r.cycle_duration_seconds)
			filter (where r.is_first_resolution) / 3600)::numeric, 2) as hours,
		count(*) filter (where not r.is_history_complete) as untimed
	from sahut_report.resolutions r
	where r.workspace_name = $1 and r.resolved_day between $2::date and $3::date
	group by 1
)
select
	max(v.channel_name) as channel, v.channel_type, sum(v.created_count) as created,
	round(sum(v.created_count) / nullif(sum(sum(v.created_count)) over (), 0), 4) as share,
	sum(v.resolved_count) as resolved, sum(v.reopened_count) as reopened,
	round(sum(v.reopened_count)::numeric / nullif(sum(v.resolved_count), 0), 4) as reopen_rate,
	max(t.hours) as first_resolution_hours, coalesce(max(t.untimed), 0) as resolved_untimed
from sahut_report.daily_volume v
left join timed t on t.channel_id = coalesce(v.channel_id, '')
where v.workspace_name = $1 and v.day between $2::date and $3::date
group by v.channel_id, v.channel_type
order by sum(v.created_count) desc, v.channel_id

-- Long: weekday, hour, created; every hour of the week. Of a label: of conversations that carry it now.
with its as materialized (
	select case when $7::text[] is not null then coalesce(array_agg(l.conversation_id), '{}') end as ids
	from sahut_report.conversation_labels l
	where l.workspace_name = $1 and l.label_name = any ($7::text[])
), hours as materialized (
	select h.day_of_week as weekday, h.hour_of_day as hour, h.channel_id, h.team_id, h.created_count
	from sahut_report.hourly_volume h
	where h.workspace_name = $1 and h.day between $2::date and $3::date and $5::text[] is null and $7::text[] is null
), labelled as materialized (
	select extract(isodow from c.created_day) as weekday,
		extract(hour from c.created_at at time zone w.timezone) as hour, c.channel_id, e.to_team_id as team_id
	from sahut_etl.report_workspace w
	join sahut_report.conversations c on c.workspace_name = w.name
	left join sahut_report.conversation_events e on e.conversation_id = c.id and e.event_type = 'created'
		and e.occurred_day = c.created_day and e.workspace_name = w.name
	where w.name = $1 and c.created_day between $2::date and $3::date and c.labels && $7::text[]
		and $5::text[] is null
), of_agent as materialized (
	select extract(isodow from g.day) as weekday, g.hour_of_day as hour, g.channel_id, g.team_id, g.created_count
	from sahut_etl.report_workspace w
	cross join its i
	cross join lateral sahut_etl.hours_of(w.id, greatest($2::date, sahut_etl.told_from($1, $5::text[])), $3::date, i.ids,
		$5::text[]) g
	where w.name = $1 and $5::text[] is not null
), counted as materialized (
	select v.weekday, v.hour, sum(v.created_count) as created
	from (
		select x.weekday, x.hour, x.channel_id, x.team_id, x.created_count from hours x
		union all
		select x.weekday, x.hour, x.channel_id, x.team_id, 1 from labelled x
		union all
		select x.weekday, x.hour, x.channel_id, x.team_id, x.created_count from of_agent x
	) v
	where ($4::text[] is null or coalesce(v.channel_id, '') = any ($4::text[]))
	and ($6::text[] is null or coalesce(v.team_id, '') = any ($6::text[]))
	group by 1, 2
)
select
	d.weekday, h.hour,
	case when (select sahut_etl.told_from($1, $5::text[])) <= $3::date then coalesce(c.created, 0) end as created
from generate_series(1, 7) d(weekday)
cross join generate_series(0, 23) h(hour)
left join counted c on c.weekday = d.weekday and c.hour = h.hour
order by 1, 2

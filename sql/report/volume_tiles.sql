-- The period's sums beside those of the period of the same length before it, where that is known whole: creations go
-- back as far as the conversations do, changes to where history begins. Of the first resolutions the middle one; beside
-- it those that could not be timed, since their conversations are older than history.
with its as materialized (
	select case when $7::text[] is not null then coalesce(array_agg(l.conversation_id), '{}') end as ids
	from sahut_report.conversation_labels l
	where l.workspace_name = $1 and l.label_name = any ($7::text[])
), stored as materialized (
	select d.day, d.channel_id, d.team_id, d.created_count, d.resolved_count, d.reopened_count
	from sahut_report.daily_volume d
	where d.workspace_name = $1 and d.day between $2::date - ($3::date - $2::date + 1) and $3::date
		and $5::text[] is null and $7::text[] is null
	union all
	select l.day, l.channel_id, l.team_id, l.created_count, l.resolved_count, null
	from sahut_report.daily_label_volume l
	where l.workspace_name = $1 and l.day between $2::date - ($3::date - $2::date + 1) and $3::date
		and l.label_name = any ($7::text[]) and $5::text[] is null
), of_agent as materialized (
	select g.day, g.channel_id, g.team_id, g.created_count, g.resolved_count,
		case when $7::text[] is null then g.reopened_count end
	from sahut_etl.report_workspace w
	cross join its i
	cross join lateral sahut_etl.volume_of(w.id,
		greatest($2::date - ($3::date - $2::date + 1), sahut_etl.told_from($1, $5::text[])), $3::date, i.ids, $5::text[]) g
	where w.name = $1 and $5::text[] is not null
), sums as materialized (
	select
		v.day >= $2::date as is_now, sum(v.created_count) as created, sum(v.resolved_count) as resolved,
		sum(v.reopened_count) as reopened
	from (
		select s.* from stored s
		union all
		select a.* from of_agent a
	) v
	where ($4::text[] is null or coalesce(v.channel_id, '') = any ($4::text[]))
	and ($6::text[] is null or coalesce(v.team_id, '') = any ($6::text[]))
	group by 1
), timed as materialized (
	select
		r.resolved_day >= $2::date as is_now,
		round((percentile_cont(0.5) within group (order by r.cycle_duration_seconds)
			filter (where r.is_first_resolution) / 3600)::numeric, 2) as hours,
		count(*) filter (where not r.is_history_complete) as untimed
	from sahut_report.resolutions r
	where r.workspace_name = $1 and r.resolved_day between $2::date - ($3::date - $2::date + 1) and $3::date
	and r.resolved_day >= (select sahut_etl.told_from($1, $5::text[]))
	and ($4::text[] is null or coalesce(r.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null or coalesce(r.agent_id, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(r.team_id, '') = any ($6::text[]))
	and ($7::text[] is null or r.conversation_id in (
		select l.conversation_id from sahut_report.conversation_labels l where l.label_name = any ($7::text[])))
	group by 1
), lying as materialized (
	select count(*) as n
	from sahut_report.conversations c
	where c.workspace_name = $1 and c.is_unresolved and c.status <> 'resolved'
	and ($4::text[] is null or coalesce(c.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null or coalesce(c.assignee_id, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(c.team_id, '') = any ($6::text[]))
	and ($7::text[] is null or c.labels && $7::text[])
), lay as materialized (
	select coalesce(sum(b.conversation_count), 0) as n
	from sahut_report.daily_backlog b
	where b.workspace_name = $1 and b.day = $2::date - 1
	and ($4::text[] is null or coalesce(b.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null or coalesce(b.assignee_id, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(b.team_id, '') = any ($6::text[]))
), known as materialized (
	select t.history_day <= $2::date - ($3::date - $2::date + 1) as is_known,
		t.history_day < $2::date and $2::date <= t.last_day as was_known,
		sahut_etl.told_from($1, $5::text[]) <= $3::date as is_told
	from (
		select greatest(w.history_day, sahut_etl.told_from($1, $5::text[])) as history_day, w.last_day
		from sahut_etl.report_workspace w where w.name = $1
	) t
)
select
	case when k.is_told then coalesce(n.created, 0) end as created,
	case when k.is_known or $5::text[] is null and $6::text[] is null then b.created end as created_before,
	case when k.is_told then coalesce(n.resolved, 0) end as resolved,
	case when k.is_known then coalesce(b.resolved, 0) end as resolved_before,
	case when k.is_told and $7::text[] is null then coalesce(n.reopened, 0) end as reopened,
	case when k.is_known and $7::text[] is null then coalesce(b.reopened, 0) end as reopened_before,
	t.hours as first_resolution_hours, case when k.is_known then u.hours end as first_resolution_hours_before,
	case when k.is_told then coalesce(t.untimed, 0) end as resolved_untimed,
	case when k.is_known then coalesce(u.untimed, 0) end
		as resolved_untimed_before,
	lying.n as unresolved_now,
	case when k.was_known and $7::text[] is null then lay.n end as unresolved_now_before
from known k
cross join lying
cross join lay
left join sums n on n.is_now
left join sums b on not b.is_now
left join timed t on t.is_now
left join timed u on not u.is_now

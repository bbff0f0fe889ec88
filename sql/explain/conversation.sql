-- The facts of one conversation, a row each. $1 its id.
with c as materialized (
	select c.*, w.name as workspace_name, w.complete_as_of, w.active_as_of, w.certified_at,
		fr.kind as first_kind, lr.kind as last_kind
	from sahut.conversation c
	join sahut_etl.workspace w on w.id = c.workspace_id
	left join sahut_etl.run fr on fr.id = c.first_run_id
	left join sahut_etl.run lr on lr.id = c.last_run_id
	where c.id = $1
)
select x.what, x.value
from c
cross join lateral (values
	(1, 'workspace', c.workspace_name),
	(2, 'first seen', format('%s by run %s%s, %s',
	to_char(c.first_seen_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), c.first_run_id,
		coalesce(' (' || c.first_kind || ')', ''), coalesce('page ' || c.first_page, 'fetched alone'))),
	(3, 'last written', format('%s by run %s%s, %s',
	to_char(c.last_written_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), c.last_run_id,
		coalesce(' (' || c.last_kind || ')', ''), coalesce('page ' || c.last_page, 'fetched alone'))),
	(4, 'deleted', to_char(c.deleted_at at time zone 'UTC',
	'YYYY-MM-DD"T"HH24:MI:SS"Z"') || coalesce(', merged into ' || c.merged_into, '')),
	(5, 'history', case c.origin when 'observed' then 'known from its creation'
		else 'known from ' || to_char(c.history_known_from at time zone 'UTC',
		'YYYY-MM-DD"T"HH24:MI:SS"Z"') || ' on: it is older than the first load' end),
	(6, 'stale copy', (select 'came back older than it is held, at ' || to_char(d.seen_at at time zone 'UTC',
		'YYYY-MM-DD"T"HH24:MI:SS"Z"')
		from sahut_etl.stale_copy d where d.workspace_id = c.workspace_id and d.conversation_id = c.id)),
	(7, 'last complete sweep', (select
	format('sweep %s by run %s, begun %s, %s of %s conversations seen: certified', s.id, s.run_id,
			to_char(s.api_started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), s.distinct_count,
				s.first_total)
		from sahut_etl.sweep s where s.workspace_id = c.workspace_id and s.state = 'certified'
		order by s.id desc limit 1)),
	(8, 'complete as of', to_char(c.complete_as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
	(9, 'active as of', to_char(c.active_as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
) x(place, what, value)
where x.value is not null
union all
select 'rejected', format('%s (workspace %s, last seen %s)', r.reason, w.name,
	to_char(r.last_seen_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
from sahut_etl.rejected_item r
join sahut_etl.workspace w on w.id = r.workspace_id
where r.fingerprint = $1

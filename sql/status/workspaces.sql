-- A row for each workspace: its state, the last run, and the next one. $1 name, or null: all.
with known as (
	select w.*, p.state as proof, p.since as proof_since, p.why as proof_why, p.next_step as proof_next, p.counted,
		p.known as exceptions, p.accepted, p.unlisted, p.disputed, p.holding,
		h.workspace_id is not null as is_held, h.holder, h.role_name, h.backend, h.held_since, h.held_until,
		s.workspace_id is not null as is_scheduled,
		-- A minute is given to it to wake up.
		coalesce(h.workspace_id is null and s.asleep_until > now() - interval '1 minute', false) as is_asleep,
		s.asleep_until, s.incremental, s.verify, s.full_at, s.next_kind, s.next_at,
		s.running, s.running_since, s.trouble, s.trouble_since, coalesce(s.failures, 0) as failures, s.advice,
		s.webhook_listen, s.last_event_at, s.event_delay, s.unspoken_changes
	from sahut_etl.workspace w
	join sahut_etl.proof p on p.workspace_id = w.id
	left join sahut_etl.lease_in_force h on h.workspace_id = w.id
	left join sahut_etl.schedule s on s.workspace_id = w.id
	where $1::text is null or w.name = $1
)
select
	w.name as workspace,
	case when w.paused_at is not null then 'paused'
		when w.is_scheduled and not w.is_held and not w.is_asleep then 'unattended'
		when w.failures > 0 or (not w.is_scheduled and r.state = 'failed') then 'failing'
		when w.proof = 'rejected' then 'rejected'
		when w.date_ahead is not null or w.complete_as_of > now() + interval '5 minutes'
			or w.active_as_of > now() + interval '5 minutes' then 'clock wrong'
		when d.is_late then 'reports late'
		when w.proof = 'loading' then 'loading'
		when w.proof = 'unproven' then 'not proven'
		when w.proof = 'demoted' then 'demoted'
		when w.proof = 'differs' then 'differs'
		when w.is_held and now() - w.active_as_of > w.lookback + 3 * w.incremental + interval '10 minutes'
			then 'late'
		-- Everything is read each night; and a timer's cycles have no interval that is known here.
		when w.is_held and now() - w.complete_as_of > interval '36 hours' then 'late'
		when not w.is_held and now() - r.ended_at > interval '1 day' then 'late'
		when w.proof = 'excepted' then 'excepted'
		when w.is_asleep then 'asleep'
		else 'well' end as state,
	w.proof,
	to_char(w.proof_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as proof_since,
	w.proof_why,
	w.proof_next,
	w.counted as may_be_counted,
	w.exceptions,
	w.list_order as "order",
	coalesce(r.strategy, '') as strategy,
	to_char(w.complete_as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as complete_as_of,
	to_char(w.active_as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as active_as_of,
	to_char(w.certified_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as certified_at,
	extract(epoch from now() - w.active_as_of)::bigint as lag_seconds,
	w.live_count as rows,
	coalesce(l.requests, 0) + coalesce((
		select sum(greatest(q.requests - x.requests, 0))::bigint
		from sahut_etl.request_lease q
		join sahut_etl.run x on x.id = q.run_id
		where q.workspace_id = w.id), 0) as requests_today,
	coalesce(r.kind, '') as last_kind,
	case when r.state = 'running' and not w.is_held then 'interrupted' else coalesce(r.state, '') end as last_state,
	coalesce(r.verdict, '') as last_verdict,
	to_char(coalesce(r.ended_at, r.began_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last_at,
	r.error_text as last_error,
	case when w.is_held then w.running end as running,
	case when w.is_held then to_char(w.running_since at time zone 'UTC',
	'YYYY-MM-DD"T"HH24:MI:SS"Z"') end as running_since,
	case when (w.is_held or w.is_asleep) and w.paused_at is null then w.next_kind end as next_kind,
	case when (w.is_held or w.is_asleep) and w.paused_at is null then to_char(w.next_at at time zone 'UTC',
	'YYYY-MM-DD"T"HH24:MI:SS"Z"') end as next_at,
	w.failures,
	w.trouble,
	to_char(w.trouble_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as trouble_since,
	w.advice,
	w.webhook_listen,
	to_char(w.last_event_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last_event_at,
	round(extract(epoch from w.event_delay)::numeric, 3) as event_delay_seconds,
	coalesce(w.unspoken_changes, 0) as unspoken_changes,
	extract(epoch from w.incremental)::bigint as incremental_seconds,
	extract(epoch from w.verify)::bigint as verify_seconds,
	to_char(w.full_at, 'HH24:MI') as full_at,
	w.timezone,
	(select count(*) from sahut_etl.rejected_item i where i.workspace_id = w.id) as rejected,
	w.late_arrival_count as late_arrivals,
	w.silent_edit_count as silent_edits,
	w.accepted,
	w.holding,
	w.unlisted,
	w.disputed,
	w.unproven,
	to_char(w.retry_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as retry_at,
	nullif(w.list_depth, 0) as list_depth,
	w.list_beyond as beyond_depth,
	(
		select string_agg(
			format('%s%s%s: %s of %s read', coalesce(p.status, 'any status'),
				coalesce(', channel ' || p.channel_id, ''),
				case when p.unassigned then ', unassigned' else coalesce(', assignee ' || p.assignee_id, '') end,
				p.read, p.api),
			'; ' order by p.place)
		from sahut_etl.deep_part p where p.workspace_id = w.id
	) as deep_parts,
	w.filterless,
	w.needs_full,
	w.order_evidence::text as order_evidence,
	w.holder,
	w.role_name as holder_role,
	w.backend as holder_session,
	to_char(w.held_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as held_since,
	to_char(w.held_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as held_until,
	coalesce(d.days, 0) as report_days_late,
	d.first_day::text as report_first_day,
	d.last_day::text as report_last_day,
	case when d.is_late or d.failures > 0 then
		to_char(coalesce(d.failing_since, d.since) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
		end as reports_late_since,
	d.error_text as report_error,
	to_char(w.paused_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as paused_at,
	w.paused_by,
	case when w.is_asleep then to_char(w.asleep_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
		end as asleep_until,
	t.state as told_state,
	to_char(t.told_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as told_at,
	nullif(m.read, 'off') as messages,
	case when m.read <> 'off' then (
		select count(*) from sahut_etl.message_reading x
		where x.workspace_id = w.id and x.read_at is not null) end as messages_read,
	case when m.read <> 'off' then sahut_etl.messages_due(w.id) end as messages_due,
	case when m.read <> 'off' then sahut_etl.messages_to_come(w.id) end as messages_to_come,
	m.moved_count as messages_moved,
	m.unmoved_count as messages_unmoved,
	case when m.read <> 'off' and m.unknown_words <> '{}' then array_to_string(m.unknown_words, ', ')
		end as messages_unknown,
	to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as read_at
from known w
left join sahut_etl.message_state m on m.workspace_id = w.id
left join sahut_etl.report_delay d on d.workspace_id = w.id
left join sahut_etl.notification t on t.workspace_id = w.id
left join lateral (select * from sahut_etl.run x where x.workspace_id = w.id order by x.id desc limit 1) r on true
left join lateral (
	select sum(x.requests)::bigint as requests from sahut_etl.request_ledger x
	where x.workspace_id = w.id and x.day = (now() at time zone w.timezone)::date
) l on true
order by w.name

-- Of each conversation the newest copy in the batch; of those, the ones that differ from the held row. Held rows are
-- fetched first, by the ids and by nothing else (OFFSET 0 keeps it a query of its own, at less cost than a WITH): on
-- any machine, each is read once and only as far as it is wanted. To find two copies of an id beside each other, within
-- the batch, a hash join is right.
set local enable_hashjoin = on;
with differs as materialized (
	select
		s.id, s.page, s.status, s.channel_id, s.contact_id, s.assignee_id, s.team_id, s.labels, s.created_at,
		s.updated_at, s.extra, s.observed_at,
		c.id as held_id, c.status as was_status, c.channel_id as was_channel, c.contact_id as was_contact,
		c.assignee_id as was_assignee,
		c.team_id as was_team, c.labels as was_labels, c.created_at as was_created_at,
		c.updated_at as was_updated_at, c.deleted_at, c.origin,
		c.version_no, c.resolution_count, c.first_assigned_at, c.first_resolved_at,
		c.first_assigned_business_seconds as assigned_seconds,
		c.first_resolved_business_seconds as resolved_seconds
	from (
		select distinct on (id) *
		from pg_temp.stage_conversation
		order by id, updated_at desc nulls last, seq desc
	) s
	cross join pg_temp.stage_batch b
	left join (
		select c.id, c.workspace_id, c.status, c.channel_id, c.contact_id, c.assignee_id, c.team_id, c.labels,
			c.created_at, c.updated_at, c.extra,
			c.deleted_at, c.origin, c.version_no, c.resolution_count, c.first_assigned_at,
			c.first_resolved_at,
			c.first_assigned_business_seconds, c.first_resolved_business_seconds
		from sahut.conversation c
		where c.id = any (array(select k.id from pg_temp.stage_conversation k))
		offset 0
	) c on c.id = s.id
	where c.id is null
	or (c.workspace_id = b.workspace_id
		and ((s.status, s.channel_id, s.contact_id, s.assignee_id, s.team_id, s.labels, s.created_at,
			s.updated_at, s.extra)
			is distinct from
			(c.status, c.channel_id, c.contact_id, c.assignee_id, c.team_id, c.labels, c.created_at,
				c.updated_at, c.extra)
			or c.deleted_at is not null))
), current_version as materialized (
	select v.conversation_id, v.valid_from, v.observed_at
	from sahut.conversation_version v
	where v.valid_to is null and v.conversation_id = any (array(select k.held_id from differs k
		where k.held_id is not null))
)
insert into pg_temp.pick (
	id, page, status, channel_id, contact_id, assignee_id, team_id, labels, created_at, updated_at, extra,
	is_new, is_revived, is_touch, is_silent, is_late, late_by, is_stale, is_tracked,
	was_created_at, was_channel, was_contact, was_status, was_assignee, was_team, was_labels, is_observed,
	observed_at, not_before, valid_from, version_no, born_at, born_status, is_estimated,
	assigned_business_seconds, resolved_business_seconds, was_resolutions, stay_usec, stay_work_usec)
select
	s.id, s.page, s.status, s.channel_id, s.contact_id, s.assignee_id, s.team_id, s.labels, s.created_at,
	s.updated_at, s.extra,
	s.held_id is null, s.deleted_at is not null,
	s.held_id is not null and is_moved and not is_tracked and s.was_labels = s.labels,
	s.held_id is not null and not is_moved and s.deleted_at is null,
	coalesce(e.late_by >= interval '0', false),
	e.late_by,
	coalesce(s.updated_at < s.was_updated_at and s.deleted_at is null, false),
	s.held_id is not null and is_tracked,
	s.was_created_at, s.was_channel, s.was_contact, s.was_status, s.was_assignee, s.was_team, s.was_labels,
	is_observed,
	a.observed_at, least(g.not_before, h.valid_from), h.valid_from,
	case when s.held_id is null then 1 + (born_at is not null)::integer else s.version_no + is_tracked::integer end,
	born_at, case when s.status = 'resolved' then 'open' else s.status end,
	h.valid_from - least(g.not_before, h.valid_from) > interval '30 minutes',
	case
		when s.held_id is null and not is_observed then null
		when s.assignee_id is not null and s.first_assigned_at is null and s.assignee_id is distinct
			from s.was_assignee
			then sahut_etl.business_seconds(b.workspace_id, s.channel_id, s.created_at, h.valid_from)
		when s.created_at <> s.was_created_at or s.channel_id is distinct from s.was_channel
			then sahut_etl.business_seconds(b.workspace_id, s.channel_id, s.created_at, s.first_assigned_at)
		else s.assigned_seconds end,
	case
		when s.held_id is null and not is_observed then null
		when s.status = 'resolved' and s.first_resolved_at is null and s.was_status is distinct from 'resolved'
			then sahut_etl.business_seconds(b.workspace_id, s.channel_id, s.created_at, h.valid_from)
		when s.created_at <> s.was_created_at or s.channel_id is distinct from s.was_channel
			then sahut_etl.business_seconds(b.workspace_id, s.channel_id, s.created_at, s.first_resolved_at)
		else s.resolved_seconds end,
	coalesce(s.resolution_count, 0),
	case when k.ends then (extract(epoch from h.valid_from - k.from_at) * 1000000)::bigint end,
	case when k.ends then sahut_etl.work_usec(b.workspace_id, k.channel_id, k.from_at, h.valid_from) end
from differs s
cross join pg_temp.stage_batch b
join sahut_etl.workspace w on w.id = b.workspace_id
left join current_version v on v.conversation_id = s.held_id
cross join lateral (
	select
		s.updated_at is distinct from s.was_updated_at as is_moved,
		(s.status, s.assignee_id, s.team_id, s.channel_id) is distinct
		from (s.was_status, s.was_assignee, s.was_team, s.was_channel) as is_tracked,
		coalesce(s.origin = 'observed', s.created_at > w.history_started_at, false) as is_observed,
		greatest(s.observed_at, v.valid_from) as observed_at
) a
cross join lateral (
	-- By how much it comes too late for an instant that was published: for a row that is held older, or not at all.
	select case when s.held_id is null or (s.updated_at > s.was_updated_at and s.deleted_at is null)
		then greatest(w.complete_as_of, case when s.status <> 'resolved' then w.active_as_of end) - s.updated_at
		end as late_by
) e
cross join lateral (
	-- A new one that is not in its first state any more was open and nobody's until it was last updated. One that
	-- was created resolved was open for no time: it counts as created and as resolved, so that the days add up.
	select case when s.held_id is null and is_observed and (s.status = 'resolved'
			or (s.assignee_id is not null and least(s.updated_at, a.observed_at) > s.created_at))
		then least(s.created_at, a.observed_at) end as born_at
) f
cross join lateral (
	select case
		when s.held_id is null then s.created_at
		-- Until the last published instant, and until it was last looked at, the old state held; but of one
		-- that comes too late the instant was wrong.
		when is_moved and s.updated_at is not null then least(s.updated_at, greatest(
			case when s.updated_at > w.complete_as_of then w.complete_as_of end,
			case when s.updated_at > w.active_as_of and s.was_status <> 'resolved' then w.active_as_of end,
			v.observed_at - w.lookback))
		else v.observed_at - w.lookback end as not_before
) g
cross join lateral (
	select least(a.observed_at, case
		when s.held_id is null and is_observed then case when born_at is null then s.created_at
			else greatest(coalesce(s.updated_at, a.observed_at), born_at) end
		-- One that is older than history, and late, was already there when history began: the backlog of each
		-- day adds up.
		when s.held_id is null then least(coalesce(s.updated_at, s.created_at), w.history_started_at)
		when is_moved then greatest(coalesce(s.updated_at, a.observed_at), v.valid_from, g.not_before)
		else a.observed_at end) as valid_from
) h
cross join lateral (
	-- The state that ends: the one that was held, or the first one of a new conversation.
	select coalesce(born_at, v.valid_from) as from_at,
		case when s.held_id is null then s.channel_id else s.was_channel end as channel_id,
		case when s.held_id is null then born_at is not null else is_tracked and s.was_status <> 'resolved' end as ends
) k;

-- A conversation that another workspace holds cannot be this one's, too. Where there is one workspace nothing is
-- looked for.
do $$ begin if (select count(*) from sahut_etl.workspace) > 1 then
with other as materialized (
	select c.id, c.workspace_id
	from sahut.conversation c
	where c.id = any (array(select k.id from pg_temp.stage_conversation k))
)
insert into pg_temp.stage_rejected (seq, page, fingerprint, conversation_id, contact_id, created_at, reason, item,
	observed_at)
select s.seq, s.page, s.id, s.id, s.contact_id, s.created_at,
	format('$.id: workspace "%s" holds a conversation with this id; have both the same key?', w.name),
	jsonb_strip_nulls(to_jsonb(s))::text, s.observed_at
from pg_temp.stage_conversation s
cross join pg_temp.stage_batch b
join other c on c.id = s.id
join sahut_etl.workspace w on w.id = c.workspace_id
where c.workspace_id <> b.workspace_id;
end if; end $$;
set local enable_hashjoin = off;


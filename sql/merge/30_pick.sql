-- Of each conversation the newest copy in the batch; of those, the ones that differ from what is held.
insert into pg_temp.pick
select
	s.id, s.page, s.status, s.channel_id, s.contact_id, s.assignee_id, s.team_id, s.labels, s.created_at, s.updated_at, s.extra,
	c.id is null, c.deleted_at is not null,
	c.id is not null and is_moved and not is_tracked and c.labels = s.labels,
	c.id is not null and not is_moved and c.deleted_at is null,
	coalesce(c.id is null and s.updated_at <= w.complete_as_of, false),
	case when c.id is null then w.complete_as_of - s.updated_at end,
	coalesce(s.updated_at < c.updated_at and c.deleted_at is null, false),
	c.id is not null and is_tracked,
	c.created_at, c.channel_id, c.contact_id, c.status, c.assignee_id, c.team_id, c.labels,
	is_observed,
	a.observed_at, least(g.not_before, h.valid_from), h.valid_from,
	case when c.id is null then 1 + (born_at is not null)::integer else c.version_no + is_tracked::integer end,
	born_at, case when s.status = 'resolved' then 'open' else s.status end,
	h.valid_from - least(g.not_before, h.valid_from) > interval '30 minutes'
from (
	select distinct on (id) *
	from pg_temp.stage_conversation
	order by id, updated_at desc nulls last, seq desc
) s
cross join pg_temp.stage_batch b
join sahut_etl.workspace w on w.id = b.workspace_id
left join sahut.conversation c on c.id = s.id
left join sahut.conversation_version v on v.conversation_id = c.id and v.version_no = c.version_no
cross join lateral (
	select
		s.updated_at is distinct from c.updated_at as is_moved,
		(s.status, s.assignee_id, s.team_id, s.channel_id) is distinct from (c.status, c.assignee_id, c.team_id, c.channel_id) as is_tracked,
		coalesce(c.origin = 'observed', s.created_at > w.history_started_at, false) as is_observed,
		greatest(s.observed_at, v.valid_from) as observed_at
) a
cross join lateral (
	-- A new one that is not in its first state any more was open and nobody's until it was last updated. One that was
	-- created resolved was open for no time: what was resolved was created and resolved, so that the days add up.
	select case when c.id is null and is_observed and (s.status = 'resolved'
			or (s.assignee_id is not null and least(s.updated_at, a.observed_at) > s.created_at))
		then least(s.created_at, a.observed_at) end as born_at
) f
cross join lateral (
	select case
		when c.id is null then s.created_at
		-- Until the last published instant, and until it was last looked at, the old state held; but of one that comes
		-- too late the instant was wrong.
		when is_moved and s.updated_at is not null then least(s.updated_at, greatest(
			case when s.updated_at > w.complete_as_of then w.complete_as_of end,
			case when s.updated_at > w.active_as_of and c.status <> 'resolved' then w.active_as_of end,
			v.observed_at - w.lookback))
		else v.observed_at - w.lookback end as not_before
) g
cross join lateral (
	select least(a.observed_at, case
		when c.id is null and is_observed then case when born_at is null then s.created_at
			else greatest(coalesce(s.updated_at, a.observed_at), born_at) end
		-- One that is older than history, and late, was already there when history began: the backlog of each day adds up.
		when c.id is null then least(coalesce(s.updated_at, s.created_at), w.history_started_at)
		when is_moved then greatest(coalesce(s.updated_at, a.observed_at), v.valid_from, g.not_before)
		else a.observed_at end) as valid_from
) h
where c.id is null
or (c.workspace_id = b.workspace_id
	and ((s.status, s.channel_id, s.contact_id, s.assignee_id, s.team_id, s.labels, s.created_at, s.updated_at, s.extra)
		is distinct from
		(c.status, c.channel_id, c.contact_id, c.assignee_id, c.team_id, c.labels, c.created_at, c.updated_at, c.extra)
		or c.deleted_at is not null));

-- A conversation that another workspace holds cannot be this one's, too.
insert into pg_temp.stage_rejected (seq, page, fingerprint, conversation_id, contact_id, created_at, reason, item, observed_at)
select s.seq, s.page, s.id, s.id, s.contact_id, s.created_at,
	format('$.id: workspace "%s" holds a conversation with this id', w.name), to_jsonb(s)::text, s.observed_at
from pg_temp.stage_conversation s
cross join pg_temp.stage_batch b
-- Where there is one workspace the planner would first look for conversations of another, through all of them.
cross join lateral (select c.workspace_id from sahut.conversation c where c.id = s.id offset 0) c
join sahut_etl.workspace w on w.id = c.workspace_id
where c.workspace_id <> b.workspace_id and (select count(*) from sahut_etl.workspace) > 1;


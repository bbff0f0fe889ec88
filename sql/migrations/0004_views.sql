-- SPDX-License-Identifier: MIT
-- The views for analysts, managers and Metabase: wide, commented, without contact identifiers.
--
-- Every object has a column `id` first, which Metabase takes for its key, and the names beside the ids, so that
-- nobody has to join. Days are those of the workspace's time zone; nothing depends on a session's. Ages and running
-- times end at active_as_of, or at the last answer while nothing is proven (known_at): when the sync stops, they stop.

-- ---- messages ----

create function sahut_etl.messages_move(moved bigint, unmoved bigint) returns boolean
	language sql immutable parallel safe security definer
	set search_path = pg_catalog, pg_temp
as $$
	select moved >= 20 and unmoved * 50 <= moved
$$;
comment on function sahut_etl.messages_move is
	'Whether it is taken for sure that a message moves updated_at: messages_moves() in src/engine/messages.c.';

-- Where a message is known to move updated_at, and no change waits to be looked at, nobody has written since. Before
-- history has begun it is not known which ones have changed: messages may have been off until now.
create view sahut_etl.message_known as
select r.conversation_id, r.workspace_id, s.read, r.first_customer_at, r.first_bot_reply_at, r.first_human_reply_at,
	r.first_human_reply_id, r.reply_count, r.talked_at, r.waiting_since, case
		when r.is_unresolved and r.due_reason is null and r.gone_at is null and s.history_at is not null
			and sahut_etl.messages_move(s.moved_count, s.unmoved_count)
		then greatest(r.read_at, w.complete_as_of, w.active_as_of)
		else r.read_at end as known_until
from sahut_etl.message_reading r
join sahut_etl.message_state s on s.workspace_id = r.workspace_id
join sahut_etl.workspace w on w.id = r.workspace_id
where r.read_at is not null;
comment on view sahut_etl.message_known is
	'The messages of each conversation as far as they were read, and up to when they are known.';
comment on column sahut_etl.message_known.conversation_id is 'Conversation.';
comment on column sahut_etl.message_known.workspace_id is 'Workspace.';
comment on column sahut_etl.message_known.read is 'off, replies or all, as configured.';
comment on column sahut_etl.message_known.first_customer_at is 'First message of the customer.';
comment on column sahut_etl.message_known.first_bot_reply_at is 'First answer of a bot.';
comment on column sahut_etl.message_known.first_human_reply_at is 'First answer of an agent.';
comment on column sahut_etl.message_known.first_human_reply_id is 'That agent.';
comment on column sahut_etl.message_known.reply_count is 'Answers.';
comment on column sahut_etl.message_known.talked_at is 'Last message of either side.';
comment on column sahut_etl.message_known.waiting_since is 'Since when the customer waits for an answer.';
comment on column sahut_etl.message_known.known_until is
	'Up to when its messages are known (API time): when they were read; where a message is known to move updated_at, '
	'and none has done so since, up to when every change of an unresolved conversation is there.';

-- ---- conversations ----

create view sahut_report.conversations as
select
	c.id, w.name as workspace_name, c.status, c.status <> 'resolved' as is_unresolved,
	c.status <> 'resolved' and s.is_active as is_active, c.channel_id, ch.type as channel_type,
	ch.name as channel_name,
	c.contact_id, coalesce(encode(k.phone_key, 'hex'), c.contact_id) as person_id,
	c.assignee_id, a.name as assignee_name, c.assignee_id is null as is_unassigned, c.team_id, t.name as team_name,
	c.labels, array_to_string(c.labels, ', ') as label_list, c.created_at, c.created_day, c.updated_at,
	c.status_since,
	c.first_assigned_at, c.first_resolved_at, c.last_resolved_at,
	c.resolution_count, c.reopen_count, c.reassignment_count, c.unassignment_count,
	case when c.origin = 'observed'
		then extract(epoch from c.first_assigned_at - least(c.first_assigned_at, c.created_at))::bigint end
		as first_assignment_duration_seconds,
	case when c.origin = 'observed'
		then extract(epoch from c.first_resolved_at - least(c.first_resolved_at, c.created_at))::bigint end
		as first_resolution_duration_seconds,
	case when c.status = 'resolved'
		then extract(epoch from c.last_resolved_at - least(c.last_resolved_at, c.created_at))::bigint end
		as full_resolution_duration_seconds,
	case when c.origin = 'observed' then c.first_assigned_business_seconds end as first_assignment_business_seconds,
	case when c.origin = 'observed' then c.first_resolved_business_seconds end as first_resolution_business_seconds,
	coalesce(c.first_assigned_estimated, false) as is_first_assignment_estimated,
	coalesce(c.first_resolved_estimated, false) as is_first_resolution_estimated,
	case when c.status <> 'resolved'
	then round(extract(epoch from w.known_at - least(w.known_at, c.created_at))::numeric / 3600,
	2) end as age_hours,
	case when c.status <> 'resolved' then
		case when w.known_at - c.created_at < interval '1 day' then '1. under 1 day'
			when w.known_at - c.created_at < interval '3 days' then '2. 1-3 days'
			when w.known_at - c.created_at < interval '7 days' then '3. 3-7 days'
			when w.known_at is not null then '4. over 7 days' end end as age_bucket,
	round(extract(epoch from w.known_at - least(w.known_at, c.status_since))::numeric / 3600,
	2) as hours_in_status,
	c.origin = 'observed' as is_history_complete, c.history_known_from,
	c.origin = 'observed' or c.status_since > c.history_known_from as is_status_since_known,
	c.touch_count, c.merged_into, c.unlisted_since
from sahut.conversation c
join sahut_etl.report_workspace w on w.id = c.workspace_id
left join sahut.status s on s.status = c.status
left join sahut.channel ch on ch.workspace_id = c.workspace_id and ch.id = c.channel_id
left join sahut.contact k on k.workspace_id = c.workspace_id and k.id = c.contact_id
left join sahut.agent a on a.workspace_id = c.workspace_id and a.id = c.assignee_id
left join sahut.team t on t.workspace_id = c.workspace_id and t.id = c.team_id
where c.deleted_at is null;
comment on view sahut_report.conversations is
	'One row for each conversation, as it is now, with its milestones. Deleted ones are not here.';
comment on column sahut_report.conversations.id is 'Id of the conversation at the API.';
comment on column sahut_report.conversations.workspace_name is 'Workspace.';
comment on column sahut_report.conversations.status is 'open, pending, snoozed or resolved.';
comment on column sahut_report.conversations.is_unresolved is
	'Whether it counts in the backlog: everything but resolved.';
comment on column sahut_report.conversations.is_active is
	'Whether it is current work: open or pending; snoozed is parked.';
comment on column sahut_report.conversations.channel_id is 'Channel.';
comment on column sahut_report.conversations.channel_type is
	'Kind of channel: whatsapp, instagram, email, ... as the API spells it.';
comment on column sahut_report.conversations.channel_name is 'Name of the channel.';
comment on column sahut_report.conversations.contact_id is 'Contact, as a pseudonym: the API''s id of it.';
comment on column sahut_report.conversations.person_id is
	'The same for contacts with the same phone number, also on different channels; the contact where none is '
	'known. Cannot be turned back into a number.';
comment on column sahut_report.conversations.assignee_id is 'Current assignee; empty when unassigned.';
comment on column sahut_report.conversations.assignee_name is 'Name of the current assignee.';
comment on column sahut_report.conversations.is_unassigned is 'Whether nobody is assigned.';
comment on column sahut_report.conversations.team_id is 'Current team.';
comment on column sahut_report.conversations.team_name is 'Name of the current team.';
comment on column sahut_report.conversations.labels is
	'Labels it carries now, sorted; an empty array when there are none.';
comment on column sahut_report.conversations.label_list is
	'The same in one text, for tables; to filter by label use conversation_labels.';
comment on column sahut_report.conversations.created_at is 'When it was created.';
comment on column sahut_report.conversations.created_day is 'Day of its creation in the workspace''s time zone.';
comment on column sahut_report.conversations.updated_at is
	'When it was last updated at the source; a message does that, too.';
comment on column sahut_report.conversations.status_since is 'Since when it has its current status.';
comment on column sahut_report.conversations.first_assigned_at is 'When it was first seen to have an assignee.';
comment on column sahut_report.conversations.first_resolved_at is 'Its first resolution that was seen.';
comment on column sahut_report.conversations.last_resolved_at is 'Its last resolution that was seen.';
comment on column sahut_report.conversations.resolution_count is 'Moves into resolved that were seen.';
comment on column sahut_report.conversations.reopen_count is 'Moves out of resolved that were seen.';
comment on column sahut_report.conversations.reassignment_count is 'Moves from one agent to another that were seen.';
comment on column sahut_report.conversations.unassignment_count is 'Moves from an agent to nobody that were seen.';
comment on column sahut_report.conversations.first_assignment_duration_seconds is
	'Seconds from creation to the first assignment. Empty while unassigned, and where the early history is '
	'unknown.';
comment on column sahut_report.conversations.first_resolution_duration_seconds is
	'Seconds from creation to the first resolution. Empty before it, and where the early history is unknown.';
comment on column sahut_report.conversations.full_resolution_duration_seconds is
	'Seconds from creation to the last resolution, only while resolved.';
comment on column sahut_report.conversations.first_assignment_business_seconds is
	'Seconds of business hours from creation to the first assignment; all seconds where the workspace has no '
	'business hours.';
comment on column sahut_report.conversations.first_resolution_business_seconds is
	'Seconds of business hours from creation to the first resolution; all seconds where the workspace has no '
	'business hours.';
comment on column sahut_report.conversations.is_first_assignment_estimated is
	'Whether first_assigned_at may be off by more than half an hour; medians count these, and say how many they are.';
comment on column sahut_report.conversations.is_first_resolution_estimated is
	'Whether first_resolved_at may be off by more than half an hour; medians count these, and say how many they are.';
comment on column sahut_report.conversations.age_hours is
	'Hours since creation, measured to active_as_of, only while unresolved.';
comment on column sahut_report.conversations.age_bucket is
	'Group of that age: under 1 day, 1-3, 3-7, over 7 days; only while unresolved.';
comment on column sahut_report.conversations.hours_in_status is
	'Hours in the current status, measured to active_as_of.';
comment on column sahut_report.conversations.is_history_complete is
	'False for conversations older than the first load: of their early history nothing is known.';
comment on column sahut_report.conversations.history_known_from is
	'From this instant on, status and assignment are known.';
comment on column sahut_report.conversations.is_status_since_known is
	'False where it may have its status for longer than status_since and hours_in_status say.';
comment on column sahut_report.conversations.touch_count is
	'Updates that were seen and changed nothing but updated_at: messages, most of them. Several between two looks are '
	'one: a lower bound.';
comment on column sahut_report.conversations.merged_into is
	'The conversation that it was merged into, where the API says so.';
comment on column sahut_report.conversations.unlisted_since is
	'Since when it stands in no list, though it answers by its id: it counts as it was last seen. Empty: it is listed.';

create view sahut_report.conversation_labels as
select
	l.conversation_id || ':' || l.label_name as id, w.name as workspace_name, l.conversation_id, l.label_name,
	l.since,
	-- A condition on the weight is tried on conversations without labels as well.
	round(1.0 / nullif(cardinality(c.labels), 0), 6) as label_weight
from sahut.conversation_label l
join sahut.conversation c on c.id = l.conversation_id
join sahut_etl.workspace w on w.id = c.workspace_id
where c.deleted_at is null;
comment on view sahut_report.conversation_labels is
	'One row for each conversation and label it carries now. Joining it multiplies conversations: count distinct '
	'conversation_id, or sum label_weight.';
comment on column sahut_report.conversation_labels.id is 'Conversation and label.';
comment on column sahut_report.conversation_labels.workspace_name is 'Workspace.';
comment on column sahut_report.conversation_labels.conversation_id is 'Conversation.';
comment on column sahut_report.conversation_labels.label_name is 'Label.';
comment on column sahut_report.conversation_labels.since is 'Since when it carries the label, as far as is known.';
comment on column sahut_report.conversation_labels.label_weight is
	'1 divided by the number of labels of the conversation: sums to 1 for each.';

create view sahut_report.label_pairs as
select
	w.name || ':' || x.label_a || ':' || x.label_b as id, w.name as workspace_name, x.label_a, x.label_b,
	sum(x.conversation_count)::integer as conversation_count
from sahut_etl.report_workspace w
cross join lateral (
	select p.label_a, p.label_b, p.conversation_count from sahut_etl.day_label_pair p where p.workspace_id = w.id
		and p.day < w.live_day
	union all
	select p.label_a collate "C", p.label_b collate "C", p.conversation_count
	from generate_series(0, w.last_day - w.live_day) i cross
		join lateral sahut_etl.label_pairs_of(w.id, w.live_day + i, w.live_day + i) p
) x
group by w.name, x.label_a, x.label_b;
comment on view sahut_report.label_pairs is 'How many conversations carry both labels now; each pair once.';
comment on column sahut_report.label_pairs.id is 'Workspace and both labels.';
comment on column sahut_report.label_pairs.workspace_name is 'Workspace.';
comment on column sahut_report.label_pairs.label_a is 'The first label in byte order.';
comment on column sahut_report.label_pairs.label_b is 'The other one.';
comment on column sahut_report.label_pairs.conversation_count is 'Conversations that carry both.';

create view sahut_report.conversation_events as
select
	e.id, w.name as workspace_name, e.conversation_id, e.event_type, e.occurred_at, e.occurred_day, e.from_status,
	e.to_status,
	e.from_assignee_id, fa.name as from_assignee_name, e.to_assignee_id, ta.name as to_assignee_name,
	e.from_team_id, ft.name as from_team_name, e.to_team_id, tt.name as to_team_name,
	e.channel_id, ch.type as channel_type, ch.name as channel_name, e.label_name, e.is_estimated, e.not_before,
	e.observed_at,
	extract(epoch from e.occurred_at - least(e.occurred_at, e.not_before))::bigint as uncertainty_seconds
from sahut_etl.workspace w
join sahut.conversation_event e on e.workspace_id = w.id
left join sahut.agent fa on fa.workspace_id = e.workspace_id and fa.id = e.from_assignee_id
left join sahut.agent ta on ta.workspace_id = e.workspace_id and ta.id = e.to_assignee_id
left join sahut.team ft on ft.workspace_id = e.workspace_id and ft.id = e.from_team_id
left join sahut.team tt on tt.workspace_id = e.workspace_id and tt.id = e.to_team_id
left join sahut.channel ch on ch.workspace_id = e.workspace_id and ch.id = e.channel_id
left join sahut.conversation d on d.id = e.conversation_id and d.deleted_at is not null
where d.id is null;
comment on view sahut_report.conversation_events is
	'One row for each change of a conversation that was seen, and how exactly its time is known.';
comment on column sahut_report.conversation_events.id is 'Number of the event; grows in the order of writing.';
comment on column sahut_report.conversation_events.workspace_name is 'Workspace.';
comment on column sahut_report.conversation_events.conversation_id is 'Conversation.';
comment on column sahut_report.conversation_events.event_type is
	'created, resolved, reopened, status_changed, assigned, unassigned, reassigned, team_changed, label_added, '
	'label_removed, deleted or restored.';
comment on column sahut_report.conversation_events.occurred_at is 'When it happened, as well as is known.';
comment on column sahut_report.conversation_events.occurred_day is 'Day of it in the workspace''s time zone.';
comment on column sahut_report.conversation_events.from_status is 'Status before.';
comment on column sahut_report.conversation_events.to_status is 'Status after.';
comment on column sahut_report.conversation_events.from_assignee_id is 'Assignee before.';
comment on column sahut_report.conversation_events.from_assignee_name is 'Name of the assignee before.';
comment on column sahut_report.conversation_events.to_assignee_id is
	'Assignee after; gets the credit for a resolution.';
comment on column sahut_report.conversation_events.to_assignee_name is 'Name of the assignee after.';
comment on column sahut_report.conversation_events.from_team_id is 'Team before.';
comment on column sahut_report.conversation_events.from_team_name is 'Name of the team before.';
comment on column sahut_report.conversation_events.to_team_id is 'Team after.';
comment on column sahut_report.conversation_events.to_team_name is 'Name of the team after.';
comment on column sahut_report.conversation_events.channel_id is 'Channel at that time.';
comment on column sahut_report.conversation_events.channel_type is 'Kind of that channel.';
comment on column sahut_report.conversation_events.channel_name is 'Name of that channel.';
comment on column sahut_report.conversation_events.label_name is 'Label that was added or removed.';
comment on column sahut_report.conversation_events.is_estimated is
	'Whether occurred_at may be off by more than half an hour.';
comment on column sahut_report.conversation_events.not_before is 'It cannot have happened before.';
comment on column sahut_report.conversation_events.observed_at is 'When the program saw it: it had happened by then.';
comment on column sahut_report.conversation_events.uncertainty_seconds is
	'How much earlier than occurred_at it may have happened.';

-- ---- intervals ----

create view sahut_report.status_intervals as
with marked as (
	select v.conversation_id, v.version_no, v.status, v.channel_id, v.valid_from, v.valid_to, v.is_estimated,
		lag(v.status) over x is distinct from v.status as is_first
	from sahut.conversation_version v
	window x as (partition by v.conversation_id order by v.version_no)
), numbered as (
	select m.*, count(*) filter (where m.is_first)
		over (partition by m.conversation_id order by m.version_no)::integer as interval_no
	from marked m
), folded as (
	select n.conversation_id, n.interval_no, n.status, min(n.valid_from) as from_at,
		case when not bool_or(n.valid_to is null) then max(n.valid_to) end as to_at,
		bool_or(n.is_estimated and n.is_first) as is_estimated,
		-- Each state by the hours of the channel that it was in.
		array_agg(n.channel_id order by n.version_no) as channels,
		array_agg(n.valid_from order by n.version_no) as froms
	from numbered n group by n.conversation_id, n.interval_no, n.status
)
select
	f.conversation_id || ':' || f.interval_no as id, w.name as workspace_name, f.conversation_id, f.interval_no,
	f.status,
	c.channel_id, ch.type as channel_type, ch.name as channel_name, f.from_at, f.to_at,
	f.to_at is null as is_current,
	extract(epoch from coalesce(f.to_at, w.known_at) - least(coalesce(f.to_at, w.known_at),
	f.from_at))::bigint as duration_seconds,
	case when f.status <> 'resolved' then
		sahut_etl.business_seconds_of(c.workspace_id, f.channels, f.froms, coalesce(f.to_at, w.known_at)) end
		as business_duration_seconds,
	f.is_estimated, (f.from_at at time zone w.timezone)::date as from_day,
	f.interval_no > 1 or c.origin = 'observed' as is_history_complete
from folded f
join sahut.conversation c on c.id = f.conversation_id and c.deleted_at is null
join sahut_etl.report_workspace w on w.id = c.workspace_id
left join sahut.channel ch on ch.workspace_id = c.workspace_id and ch.id = c.channel_id;
comment on view sahut_report.status_intervals is
	'One row for each stretch of time that a conversation spent in one status.';
comment on column sahut_report.status_intervals.id is 'Conversation and number of the interval.';
comment on column sahut_report.status_intervals.workspace_name is 'Workspace.';
comment on column sahut_report.status_intervals.conversation_id is 'Conversation.';
comment on column sahut_report.status_intervals.interval_no is '1, 2, 3, ... within the conversation.';
comment on column sahut_report.status_intervals.status is 'Status.';
comment on column sahut_report.status_intervals.channel_id is 'Channel of the conversation now.';
comment on column sahut_report.status_intervals.channel_type is 'Kind of that channel.';
comment on column sahut_report.status_intervals.channel_name is 'Name of that channel.';
comment on column sahut_report.status_intervals.from_at is 'When it began.';
comment on column sahut_report.status_intervals.to_at is 'When it ended; empty if it still lasts.';
comment on column sahut_report.status_intervals.is_current is 'Whether it still lasts.';
comment on column sahut_report.status_intervals.duration_seconds is
	'Length in seconds; one that lasts is measured to active_as_of.';
comment on column sahut_report.status_intervals.business_duration_seconds is
	'Length in business hours; empty for resolved.';
comment on column sahut_report.status_intervals.is_estimated is
	'Whether its beginning may be off by more than half an hour.';
comment on column sahut_report.status_intervals.from_day is 'Day it began in the workspace''s time zone.';
comment on column sahut_report.status_intervals.is_history_complete is
	'False where it may have begun earlier: the first interval of a conversation older than the first load. Its '
	'length is then the least that it can be.';

create view sahut_report.assignee_snapshots as
with marked as (
	select v.conversation_id, v.version_no, v.status, v.assignee_id, v.valid_from, v.valid_to, v.is_estimated,
		row_number() over x = 1 or lag(v.assignee_id) over x is distinct from v.assignee_id as is_first
	from sahut.conversation_version v
	window x as (partition by v.conversation_id order by v.version_no)
), numbered as (
	select m.*, count(*) filter (where m.is_first)
		over (partition by m.conversation_id order by m.version_no)::integer as interval_no
	from marked m
), folded as (
	select n.conversation_id, n.interval_no, n.assignee_id, min(n.valid_from) as from_at,
		case when not bool_or(n.valid_to is null) then max(n.valid_to) end as to_at,
		bool_or(n.is_estimated and n.is_first) as is_estimated,
		coalesce(sum(extract(epoch from n.valid_to - n.valid_from))
		filter (where n.status <> 'resolved'), 0) as unresolved_seconds,
		max(n.valid_from) filter (where n.valid_to is null and n.status <> 'resolved') as unresolved_since
	from numbered n group by n.conversation_id, n.interval_no, n.assignee_id
)
select
	f.conversation_id || ':' || f.interval_no as id, w.name as workspace_name, f.conversation_id, f.interval_no,
	f.assignee_id, a.name as assignee_name, f.assignee_id is null as is_unassigned,
	c.channel_id, ch.type as channel_type, ch.name as channel_name, f.from_at, f.to_at,
	f.to_at is null as is_current,
	extract(epoch from coalesce(f.to_at, w.known_at) - least(coalesce(f.to_at, w.known_at),
	f.from_at))::bigint as duration_seconds,
	(f.unresolved_seconds + coalesce(extract(epoch
		from greatest(w.known_at, f.unresolved_since) - f.unresolved_since), 0))::bigint
		as unresolved_duration_seconds,
	f.is_estimated, (f.from_at at time zone w.timezone)::date as from_day,
	f.interval_no > 1 or c.origin = 'observed' as is_history_complete
from folded f
join sahut.conversation c on c.id = f.conversation_id and c.deleted_at is null
join sahut_etl.report_workspace w on w.id = c.workspace_id
left join sahut.channel ch on ch.workspace_id = c.workspace_id and ch.id = c.channel_id
left join sahut.agent a on a.workspace_id = c.workspace_id and a.id = f.assignee_id;
comment on view sahut_report.assignee_snapshots is
	'Assignees of conversations over time: one row for each stretch of time that it stayed with one '
	'agent, or with nobody.';
comment on column sahut_report.assignee_snapshots.id is 'Conversation and number of the interval.';
comment on column sahut_report.assignee_snapshots.workspace_name is 'Workspace.';
comment on column sahut_report.assignee_snapshots.conversation_id is 'Conversation.';
comment on column sahut_report.assignee_snapshots.interval_no is '1, 2, 3, ... within the conversation.';
comment on column sahut_report.assignee_snapshots.assignee_id is 'Agent; empty: nobody.';
comment on column sahut_report.assignee_snapshots.assignee_name is 'Name of the agent.';
comment on column sahut_report.assignee_snapshots.is_unassigned is 'Whether nobody was assigned.';
comment on column sahut_report.assignee_snapshots.channel_id is 'Channel of the conversation now.';
comment on column sahut_report.assignee_snapshots.channel_type is 'Kind of that channel.';
comment on column sahut_report.assignee_snapshots.channel_name is 'Name of that channel.';
comment on column sahut_report.assignee_snapshots.from_at is 'When it began.';
comment on column sahut_report.assignee_snapshots.to_at is 'When it ended; empty if it still lasts.';
comment on column sahut_report.assignee_snapshots.is_current is 'Whether it still lasts.';
comment on column sahut_report.assignee_snapshots.duration_seconds is
	'Length in seconds, time as resolved included; one that lasts is measured to active_as_of.';
comment on column sahut_report.assignee_snapshots.unresolved_duration_seconds is
	'Of it, the seconds in which the conversation was not resolved: waiting time.';
comment on column sahut_report.assignee_snapshots.is_estimated is
	'Whether its beginning may be off by more than half an hour.';
comment on column sahut_report.assignee_snapshots.from_day is 'Day it began in the workspace''s time zone.';
comment on column sahut_report.assignee_snapshots.is_history_complete is
	'False where it may have begun earlier: the first interval of a conversation older than the first load. Its '
	'length is then the least that it can be.';

-- The states that have ended were added up when they did; the present one is measured here.
create view sahut_etl.conversation_row as
select
	x.id, w.name as workspace_name, x.created_day, x.status, x.channel_id, ch.type as channel_type,
	ch.name as channel_name,
	(x.open_usec + case when x.status = 'open' then x.usec else 0 end + 500000) / 1000000 as open_seconds,
	(x.pending_usec + case when x.status = 'pending' then x.usec else 0 end + 500000) / 1000000 as pending_seconds,
	(x.snoozed_usec + case when x.status = 'snoozed' then x.usec else 0 end + 500000) / 1000000 as snoozed_seconds,
	(x.unassigned_usec + case when x.assignee_id is null then x.usec else 0 end + 500000) / 1000000
		as unassigned_seconds,
	x.first_agent_id, fa.name as first_agent_name, x.last_agent_id, la.name as last_agent_name, x.first_team_id,
	ft.name as first_team_name, x.last_team_id, lt.name as last_team_name, x.agent_count, x.handover_count,
	x.reopen_count, x.touch_count, x.is_history_complete,
	(x.open_work_usec + case when x.status = 'open' then x.work_usec else 0 end + 500000) / 1000000
		as open_business_seconds,
	(x.pending_work_usec + case when x.status = 'pending' then x.work_usec else 0 end + 500000) / 1000000
		as pending_business_seconds,
	(x.snoozed_work_usec + case when x.status = 'snoozed' then x.work_usec else 0 end + 500000) / 1000000
		as snoozed_business_seconds,
	(x.unassigned_work_usec + case when x.assignee_id is null then x.work_usec else 0 end + 500000) / 1000000
		as unassigned_business_seconds,
	x.first_labels, x.resolved_labels, x.labels,
	array_to_string(x.first_labels, ', ') as first_label_list,
	array_to_string(x.resolved_labels, ', ') as resolved_label_list,
	array_to_string(x.labels, ', ') as label_list, x.merged_into, x.created_at, x.first_resolved_at,
	x.last_resolved_at, x.resolution_count,
	r.first_customer_at as first_customer_message_at, r.first_bot_reply_at, r.first_human_reply_at,
	r.first_human_reply_id, ha.name as first_human_reply_name, r.reply_count, r.talked_at as last_message_at,
	case when x.status <> 'resolved' and r.read <> 'off' then r.waiting_since end as waiting_since,
	r.known_until as messages_known_until,
	x.extra, x.workspace_id
from (
	select c.id, c.workspace_id, c.created_day, c.status, c.channel_id, c.assignee_id, c.reopen_count, c.touch_count,
		c.reassignment_count as handover_count, c.origin = 'observed' as is_history_complete,
		coalesce(c.open_usec, 0) as open_usec, coalesce(c.pending_usec, 0) as pending_usec,
		coalesce(c.snoozed_usec, 0) as snoozed_usec, coalesce(c.unassigned_usec, 0) as unassigned_usec,
		coalesce(c.open_work_usec, 0) as open_work_usec, coalesce(c.pending_work_usec, 0) as pending_work_usec,
		coalesce(c.snoozed_work_usec, 0) as snoozed_work_usec,
		coalesce(c.unassigned_work_usec, 0) as unassigned_work_usec,
		case when c.status = 'resolved' then 0 else coalesce((extract(epoch
			from greatest(c.counted_to, u.known_at) - c.counted_to) * 1000000)::bigint, 0) end as usec,
		case when c.status = 'resolved' then 0
			when h.hours_no is null then coalesce((extract(epoch
				from greatest(c.counted_to, u.known_at) - c.counted_to) * 1000000)::bigint, 0)
			else coalesce(greatest(0, h.now_usec - sahut_etl.work_at(c.workspace_id, h.hours_no, c.counted_to)), 0)
			end as work_usec,
		case when c.origin = 'observed' then c.first_assigned_to end as first_agent_id,
		c.assignees[cardinality(c.assignees)] as last_agent_id,
		case when c.origin = 'observed' then c.first_team_id end as first_team_id, c.last_team_id,
		coalesce(cardinality(c.assignees), 0) as agent_count, c.first_labels, c.resolved_labels, c.labels,
		c.merged_into, c.created_at, c.first_resolved_at, c.last_resolved_at, c.resolution_count, c.extra
	from sahut.conversation c
	join sahut_etl.report_workspace u on u.id = c.workspace_id
	left join (
		select k.workspace_id, k.channel_id, k.hours_no,
			sahut_etl.work_at(k.workspace_id, k.hours_no, n.known_at) as now_usec
		from sahut_etl.channel_hours k
		join sahut_etl.report_workspace n on n.id = k.workspace_id
		offset 0
	) h on h.workspace_id = c.workspace_id and h.channel_id = coalesce(c.channel_id, '')
	where c.deleted_at is null
) x
join sahut_etl.report_workspace w on w.id = x.workspace_id
left join sahut.channel ch on ch.workspace_id = x.workspace_id and ch.id = x.channel_id
left join sahut.agent fa on fa.workspace_id = x.workspace_id and fa.id = x.first_agent_id
left join sahut.agent la on la.workspace_id = x.workspace_id and la.id = x.last_agent_id
left join sahut.team ft on ft.workspace_id = x.workspace_id and ft.id = x.first_team_id
left join sahut.team lt on lt.workspace_id = x.workspace_id and lt.id = x.last_team_id
left join sahut_etl.message_known r on r.conversation_id = x.id
left join sahut.agent ha on ha.workspace_id = x.workspace_id and ha.id = r.first_human_reply_id;
comment on view sahut_etl.conversation_row is
	'The base of sahut_report.conversation_times, which explains the columns, and the fields beside it.';

do $$
declare
	c  record;
begin
	for c in
		select a.attname as name from pg_catalog.pg_attribute a
		where a.attrelid = 'sahut_etl.conversation_row'::regclass and a.attnum > 0
	loop
		execute format('comment on column sahut_etl.conversation_row.%I is %L', c.name, case c.name
			when 'id' then 'Conversation.' when 'workspace_id' then 'Number of the workspace.'
			 when 'workspace_name' then 'Workspace.'
			when 'extra' then 'Fields of the API that no column knows.' else 'See the view.' end);
	end loop;
end $$;

-- The columns of the row, and behind them the configured fields. As long as columns are only added the view stays the
-- same object, and its rights and its readers stay with it. Where one goes, the view is made anew; where that would
-- take another's view with it, the column stays, empty. It is the owner's, which runs migrate: no row that the daemon
-- writes decides about a view.
create function sahut_etl.shape_rows() returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	held     constant regclass := to_regclass('sahut_report.conversation_times');
	source   constant regclass := 'sahut_etl.conversation_row'::regclass;
	own      constant text[] := array(select a.attname from pg_catalog.pg_attribute a
		where a.attrelid = 'sahut_etl.conversation_row'::regclass and a.attnum > 0
		and a.attname not in ('extra', 'workspace_id')
		order by a.attnum);
	columns  text;
	gone     text;
	told     text;
	granted  text;
begin
	with wanted as (
		select a.name, min(a.type) as type, string_agg(format('when %L then %L::text[]', a.workspace_name, a.path::text), ' '
			order by a.workspace_name) as paths
		from sahut_etl.attribute a
		where a.name <> all (own)
		group by a.name
	), typed as (
		select x.*, case x.type when 'number' then 'numeric' else x.type end as kind from wanted x
	), was as (
		select a.attname::text as name, a.attnum, format_type(a.atttypid, a.atttypmod) as kind
		from pg_catalog.pg_attribute a where a.attrelid = held and a.attnum > 0 and a.attname <> all (own)
	)
	select
		string_agg(format('sahut_etl.attribute_%s(b.extra #> case b.workspace_name %s end) as %I', t.type, t.paths,
			t.name), ', ' order by h.attnum, t.name) filter (where t.name is not null),
		string_agg(case when t.kind = coalesce(h.kind, t.kind)
			then format('sahut_etl.attribute_%s(b.extra #> case b.workspace_name %s end) as %I', t.type,
				t.paths, t.name) else format('null::%s as %I', coalesce(h.kind, t.kind),
			coalesce(h.name, t.name)) end, ', ' order by h.attnum, t.name)
			filter (where h.name is not null or t.name is not null),
		string_agg(format('comment on column sahut_report.conversation_times.%I is %L', t.name,
			'A field of the API by configuration, as ' || t.type || '.'), '; ') filter (where t.name is not null)
	into columns, gone, told
	from typed t full join was h on h.name = t.name;

	columns := format('view sahut_report.conversation_times as select %s%s from %s b',
		(select string_agg(format('b.%I', o.name), ', ' order by o.place) from unnest(own) with ordinality o(name, place)),
		coalesce(', ' || columns, ''), source);
	begin
		execute 'create or replace ' || columns;
	exception
		when invalid_table_definition then
			select string_agg(format('grant %s on sahut_report.conversation_times to %s', x.privilege_type,
				case x.grantee when 0 then 'public' else x.grantee::regrole::text end), '; ')
			into granted
			from pg_catalog.pg_class c
			cross join lateral aclexplode(c.relacl) x
			where c.oid = held and x.grantee <> c.relowner;
			select concat_ws('; ', format('comment on view sahut_report.conversation_times is %L',
				obj_description(held)), string_agg(format('comment on column sahut_report.conversation_times.%I is %L',
				o.name, col_description(held, o.place::integer)), '; ' order by o.place), told)
			into told
			from unnest(own) with ordinality o(name, place);
			begin
				execute 'drop view sahut_report.conversation_times';
				execute 'create ' || columns;
				execute coalesce(granted, 'select');
			exception when dependent_objects_still_exist then
				execute 'create or replace ' || 'view sahut_report.conversation_times as select '
					|| (select string_agg(format('b.%I', o.name), ', ' order by o.place)
						from unnest(own) with ordinality o(name, place))
					|| coalesce(', ' || gone, '') || format(' from %s b', source);
			end;
	end;
	if told is not null then
		execute told;
	end if;
end $$;
comment on function sahut_etl.shape_rows is
	'Gives sahut_report.conversation_times its columns: its own, and the configured fields.';

-- The workspaces of a configuration with their fields, as src/warehouse/workspace_settings.c writes them. Workspaces of
-- another configuration keep theirs; one that nothing is known of any more does not.
create function sahut_etl.take_attributes(configured jsonb) returns void
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
begin
	delete from sahut_etl.attribute a
	where configured ? a.workspace_name
	or not exists (select from sahut_etl.workspace w where w.name = a.workspace_name);
	insert into sahut_etl.attribute (workspace_name, name, path, type)
	select w.key, t.name, string_to_array(t.path, '.'), t.type
	from jsonb_each(configured) w
	cross join lateral jsonb_to_recordset(w.value) t(name text, path text, type text);
	perform sahut_etl.shape_rows();
end $$;
comment on function sahut_etl.take_attributes is
	'Makes the configured fields columns of sahut_report.conversation_times; migrate calls it.';

select sahut_etl.shape_rows();
comment on view sahut_report.conversation_times is
	'One row for each conversation: how long it was open, pending, snoozed and unassigned, and through whose hands it '
	'went. Select by created_day. Joins conversations by id, one to one.';
comment on column sahut_report.conversation_times.id is 'Id of the conversation at the API.';
comment on column sahut_report.conversation_times.workspace_name is 'Workspace.';
comment on column sahut_report.conversation_times.created_day is
	'Day of its creation in the workspace''s time zone.';
comment on column sahut_report.conversation_times.status is 'Status now.';
comment on column sahut_report.conversation_times.channel_id is 'Channel.';
comment on column sahut_report.conversation_times.channel_type is 'Kind of channel.';
comment on column sahut_report.conversation_times.channel_name is 'Name of the channel.';
comment on column sahut_report.conversation_times.open_seconds is
	'Seconds that it was open, all its stays together; one that lasts is measured to active_as_of.';
comment on column sahut_report.conversation_times.pending_seconds is 'The same for pending.';
comment on column sahut_report.conversation_times.snoozed_seconds is 'The same for snoozed.';
comment on column sahut_report.conversation_times.unassigned_seconds is
	'Seconds that it had no assignee and was not resolved.';
comment on column sahut_report.conversation_times.first_agent_id is
	'The first assignee; empty where the early history is unknown.';
comment on column sahut_report.conversation_times.first_agent_name is 'Name of that agent.';
comment on column sahut_report.conversation_times.last_agent_id is
	'The last assignee: the current one, or the one before it became nobody''s.';
comment on column sahut_report.conversation_times.last_agent_name is 'Name of that agent.';
comment on column sahut_report.conversation_times.first_team_id is
	'The first team; empty where the early history is unknown.';
comment on column sahut_report.conversation_times.first_team_name is 'Name of that team.';
comment on column sahut_report.conversation_times.last_team_id is 'The last team.';
comment on column sahut_report.conversation_times.last_team_name is 'Name of that team.';
comment on column sahut_report.conversation_times.agent_count is 'Different agents that had it.';
comment on column sahut_report.conversation_times.handover_count is 'Moves from one agent to another that were seen.';
comment on column sahut_report.conversation_times.reopen_count is 'Moves out of resolved that were seen.';
comment on column sahut_report.conversation_times.touch_count is
	'Updates that were seen and changed nothing but updated_at: messages, most of them.';
comment on column sahut_report.conversation_times.is_history_complete is
	'False for conversations older than the first load: seconds then count from history_known_from on.';

comment on column sahut_report.conversation_times.open_business_seconds is
	'Seconds of business hours open, all stays together; all seconds where its channel has no business hours.';
comment on column sahut_report.conversation_times.pending_business_seconds is
	'Seconds of business hours pending, all stays together; all seconds where its channel has no business hours.';
comment on column sahut_report.conversation_times.snoozed_business_seconds is
	'Seconds of business hours snoozed, all stays together; all seconds where its channel has no business hours.';
comment on column sahut_report.conversation_times.unassigned_business_seconds is
	'Seconds of business hours unresolved and unassigned, all stays together; all seconds where its channel has no '
	'business hours.';
comment on column sahut_report.conversation_times.first_labels is
	'Labels that it carried when it was first seen, sorted.';
comment on column sahut_report.conversation_times.resolved_labels is
	'Labels that it carried at its last resolution that was seen; empty before.';
comment on column sahut_report.conversation_times.labels is 'Labels that it carries now.';
comment on column sahut_report.conversation_times.first_label_list is 'Those of the first sight in one text.';
comment on column sahut_report.conversation_times.resolved_label_list is 'Those of its last resolution in one text.';
comment on column sahut_report.conversation_times.label_list is 'Those of now in one text.';
comment on column sahut_report.conversation_times.merged_into is
	'The conversation that it was merged into, where the API says so.';
comment on column sahut_report.conversation_times.created_at is 'When it was created.';
comment on column sahut_report.conversation_times.first_resolved_at is 'Its first resolution that was seen.';
comment on column sahut_report.conversation_times.last_resolved_at is 'Its last resolution that was seen.';
comment on column sahut_report.conversation_times.resolution_count is 'Moves into resolved that were seen.';
comment on column sahut_report.conversation_times.first_customer_message_at is
	'When the customer first wrote. This and what follows come from messages, and are empty where those were not read.';
comment on column sahut_report.conversation_times.first_bot_reply_at is
	'When a bot first answered a message of the customer.';
comment on column sahut_report.conversation_times.first_human_reply_at is
	'When an agent first answered a message of the customer. Internal notes are no answers.';
comment on column sahut_report.conversation_times.first_human_reply_id is 'That agent.';
comment on column sahut_report.conversation_times.first_human_reply_name is
	'Name of that agent, where one is known.';
comment on column sahut_report.conversation_times.reply_count is
	'Messages to the customer since the customer first wrote; notes are none.';
comment on column sahut_report.conversation_times.last_message_at is
	'When the last of these, or the last message of the customer, was written.';
comment on column sahut_report.conversation_times.waiting_since is
	'Since when the customer waits for an answer; empty where nobody does, and once it is resolved.';
comment on column sahut_report.conversation_times.messages_known_until is
	'Up to when its messages are known (API time); empty where they were not read.';

-- ---- resolutions ----

create view sahut_report.resolutions as
select
	r.conversation_id || ':' || r.cycle_no as id, w.name as workspace_name, r.conversation_id, r.cycle_no,
	r.created_at,
	r.from_at as cycle_from_at, r.resolved_at, r.resolved_day, r.assignee_id as agent_id, a.name as agent_name,
	r.team_id, t.name as team_name, r.channel_id, ch.type as channel_type, ch.name as channel_name,
	extract(epoch from r.resolved_at - least(r.resolved_at, r.created_at))::bigint as since_created_seconds,
	case when r.from_at is not null
		then extract(epoch from r.resolved_at - least(r.resolved_at, r.from_at))::bigint end as cycle_duration_seconds,
	r.business_seconds as cycle_business_duration_seconds,
	-- A cycle that does not begin with the creation begins with a reopening.
	case when r.from_at is not null then r.cycle_no = 1 and r.from_at <= r.created_at end as is_first_resolution,
	r.reopened_at as next_reopened_at, r.reopened_at is not null as was_reopened,
	-- That it holds is known a week later.
	case when r.reopened_at <= r.resolved_at + interval '7 days' then true
		when coalesce(w.active_as_of, w.seen_at) >= r.resolved_at + interval '7 days' then false
		end as was_reopened_within_7d,
	r.is_estimated,
	r.from_at is not null as is_history_complete
from sahut_etl.workspace w
join sahut.resolution r on r.workspace_id = w.id
left join sahut.agent a on a.workspace_id = r.workspace_id and a.id = r.assignee_id
left join sahut.team t on t.workspace_id = r.workspace_id and t.id = r.team_id
left join sahut.channel ch on ch.workspace_id = r.workspace_id and ch.id = r.channel_id
where not r.is_deleted;
comment on view sahut_report.resolutions is
	'One row for each resolution that was seen. A conversation that was resolved, reopened and resolved again has '
	'two.';
comment on column sahut_report.resolutions.id is 'Conversation and number of the cycle.';
comment on column sahut_report.resolutions.workspace_name is 'Workspace.';
comment on column sahut_report.resolutions.conversation_id is 'Conversation.';
comment on column sahut_report.resolutions.cycle_no is '1 for the first resolution that was seen, 2 for the next, ...';
comment on column sahut_report.resolutions.created_at is 'Creation of the conversation.';
comment on column sahut_report.resolutions.cycle_from_at is
	'When this cycle began: the creation, or the reopening before it. Empty where the conversation is older than '
	'the first load and no reopening was seen: it may have been resolved and reopened before.';
comment on column sahut_report.resolutions.resolved_at is 'When it was resolved, as well as is known.';
comment on column sahut_report.resolutions.resolved_day is 'Day of that in the workspace''s time zone.';
comment on column sahut_report.resolutions.agent_id is
	'Assignee when it was resolved, with the credit for it; empty if it was unassigned.';
comment on column sahut_report.resolutions.agent_name is 'Name of that agent.';
comment on column sahut_report.resolutions.team_id is 'Team when it was resolved.';
comment on column sahut_report.resolutions.team_name is 'Name of that team.';
comment on column sahut_report.resolutions.channel_id is 'Channel when it was resolved.';
comment on column sahut_report.resolutions.channel_type is 'Kind of that channel.';
comment on column sahut_report.resolutions.channel_name is 'Name of that channel.';
comment on column sahut_report.resolutions.since_created_seconds is
	'Seconds from the creation of the conversation to this resolution.';
comment on column sahut_report.resolutions.cycle_duration_seconds is
	'Seconds from the beginning of the cycle to this resolution: the number to show. Empty where the beginning is '
	'not known.';
comment on column sahut_report.resolutions.cycle_business_duration_seconds is
	'The same in business hours; all seconds where the workspace has no business hours.';
comment on column sahut_report.resolutions.is_first_resolution is
	'Whether it is the first one since creation; empty where that is not known.';
comment on column sahut_report.resolutions.next_reopened_at is 'When it was reopened afterwards; empty if it was not.';
comment on column sahut_report.resolutions.was_reopened is 'Whether it was reopened afterwards.';
comment on column sahut_report.resolutions.was_reopened_within_7d is
	'Whether it was reopened within 7 days; empty as long as that may still come.';
comment on column sahut_report.resolutions.is_estimated is
	'Whether resolved_at may be off by more than half an hour.';
comment on column sahut_report.resolutions.is_history_complete is
	'Whether the beginning of the cycle is known; where it is not, the cycle has no duration.';

create view sahut_report.reopenings as
select
	e.id, w.name as workspace_name, e.conversation_id, e.occurred_at as reopened_at, e.occurred_day as reopened_day,
	r.resolved_at, r.cycle_no as resolved_cycle_no, r.assignee_id as resolved_agent_id,
	ra.name as resolved_agent_name,
	e.to_status as status, e.to_assignee_id as agent_id, a.name as agent_name, e.channel_id,
	ch.type as channel_type, ch.name as channel_name,
	extract(epoch from greatest(e.occurred_at,
		r.resolved_at) - r.resolved_at)::bigint as resolved_duration_seconds, e.is_estimated
from sahut_etl.workspace w
join sahut.conversation_event e on e.workspace_id = w.id and e.event_type = 'reopened'
left join sahut.resolution r on r.conversation_id = e.conversation_id and r.reopened_version_no = e.version_no
left join sahut.agent ra on ra.workspace_id = e.workspace_id and ra.id = r.assignee_id
left join sahut.agent a on a.workspace_id = e.workspace_id and a.id = e.to_assignee_id
left join sahut.channel ch on ch.workspace_id = e.workspace_id and ch.id = e.channel_id
left join sahut.conversation d on d.id = e.conversation_id and d.deleted_at is not null
where d.id is null;
comment on view sahut_report.reopenings is
	'One row for each reopening that was seen, with the resolution that did not hold.';
comment on column sahut_report.reopenings.id is 'Number of the event.';
comment on column sahut_report.reopenings.workspace_name is 'Workspace.';
comment on column sahut_report.reopenings.conversation_id is 'Conversation.';
comment on column sahut_report.reopenings.reopened_at is 'When it was reopened, as well as is known.';
comment on column sahut_report.reopenings.reopened_day is 'Day of that in the workspace''s time zone.';
comment on column sahut_report.reopenings.resolved_at is
	'When it had been resolved; empty if that was before the first load.';
comment on column sahut_report.reopenings.resolved_cycle_no is 'Which of its resolutions that was.';
comment on column sahut_report.reopenings.resolved_agent_id is 'The agent who gets the credit for that resolution.';
comment on column sahut_report.reopenings.resolved_agent_name is 'Name of that agent.';
comment on column sahut_report.reopenings.status is 'Status after reopening.';
comment on column sahut_report.reopenings.agent_id is 'Assignee after reopening.';
comment on column sahut_report.reopenings.agent_name is 'Name of that agent.';
comment on column sahut_report.reopenings.channel_id is 'Channel at that time.';
comment on column sahut_report.reopenings.channel_type is 'Kind of that channel.';
comment on column sahut_report.reopenings.channel_name is 'Name of that channel.';
comment on column sahut_report.reopenings.resolved_duration_seconds is 'For how long it had been resolved.';
comment on column sahut_report.reopenings.is_estimated is 'Whether reopened_at may be off by more than half an hour.';

-- ---- targets ----

-- For each channel, and for none, the targets that fit it, in order: of those that fit a conversation the first holds.
create view sahut_etl.channel_target as
select t.workspace_id, w.name as workspace_name, w.known_at, ch.channel_id, t.metric, ch.hours_no,
	sahut_etl.work_at(t.workspace_id, ch.hours_no, w.known_at) as now_usec,
	array_agg(t.label_name order by t.place) as labels,
	array_agg(t.within_seconds order by t.place) as within,
	array_agg(t.pauses_pending order by t.place) as pauses_pending,
	array_agg(t.pauses_snoozed order by t.place) as pauses_snoozed,
	(array_agg(t.label_name is null order by t.place))[1] as is_plain,
	(array_agg(t.within_seconds order by t.place))[1] as plain_within,
	bool_or(t.pauses_pending or t.pauses_snoozed) as pauses
from (
	select c.workspace_id, c.id as channel_id, c.type, sahut_etl.hours_no_of(c.workspace_id, c.id) as hours_no
	from sahut.channel c
	union all
	select k.id, '', null, sahut_etl.hours_no_of(k.id, null) from sahut_etl.workspace k
) ch
join sahut_etl.target t on t.workspace_id = ch.workspace_id
	and (t.channel_type is null or t.channel_type = ch.type)
join sahut_etl.report_workspace w on w.id = t.workspace_id
-- One row. The planner takes it for a thousand, and so these for more than the one that it would expect: it must not go
-- through all conversations for each of them.
cross join lateral generate_series(t.place, t.place) many(place)
group by t.workspace_id, w.name, w.known_at, ch.channel_id, t.metric, ch.hours_no;
comment on view sahut_etl.channel_target is
	'The targets of each channel, and of conversations without one, by metric, in the order of the configuration.';
comment on column sahut_etl.channel_target.workspace_id is 'Workspace.';
comment on column sahut_etl.channel_target.workspace_name is 'Name of the workspace.';
comment on column sahut_etl.channel_target.known_at is 'Up to when its unresolved conversations are known.';
comment on column sahut_etl.channel_target.channel_id is 'Channel; an empty text for none.';
comment on column sahut_etl.channel_target.metric is 'As in sahut_etl.target.';
comment on column sahut_etl.channel_target.hours_no is 'Whose business hours hold; empty: all time is business time.';
comment on column sahut_etl.channel_target.now_usec is 'Their clock at known_at.';
comment on column sahut_etl.channel_target.labels is 'For each target the label that it wants, or nothing.';
comment on column sahut_etl.channel_target.within is 'For each target the seconds of business hours.';
comment on column sahut_etl.channel_target.pauses_pending is
	'For each target whether its clock stands still in pending.';
comment on column sahut_etl.channel_target.pauses_snoozed is 'For each target whether it does in snoozed.';
comment on column sahut_etl.channel_target.is_plain is 'Whether the first of them wants no label, so that it holds.';
comment on column sahut_etl.channel_target.plain_within is 'The seconds of the first.';
comment on column sahut_etl.channel_target.pauses is 'Whether any of them has a clock that stands still.';

-- Each part has its targets for itself, and each is looked for once, so that a condition on days, on the result, or on
-- the metric reaches the rows of both.
create view sahut_report.sla_results as
with target as (
	select t.*, t.metric = 'first_assignment' as is_assignment
	from sahut_etl.channel_target t
	where t.metric in ('first_assignment', 'first_resolution')
), subject as (
	select c.id, c.workspace_id, t.workspace_name, t.known_at, t.metric, c.channel_id, c.assignee_id, c.team_id,
		c.created_at, c.created_day,
		t.hours_no, t.now_usec, t.within, t.is_plain, t.plain_within, t.pauses_pending, t.pauses_snoozed, t.pauses,
		c.status, c.counted_to,
		case when t.is_assignment
			and c.first_assigned_at <= coalesce(c.first_resolved_at, c.first_assigned_at)
			then c.first_assigned_to else c.first_resolved_by end as done_by,
		case when t.is_assignment
			and c.first_assigned_at <= coalesce(c.first_resolved_at, c.first_assigned_at)
			then c.first_assigned_team_id else c.first_resolved_team_id end as done_by_team,
		-- A resolution without an assignee counts as an answer, too.
		case when t.is_assignment then least(c.first_assigned_at, c.first_resolved_at)
		else c.first_resolved_at end as done_at,
		case when t.is_assignment
			then least(c.first_assigned_business_seconds, c.first_resolved_business_seconds)
			else c.first_resolved_business_seconds end as done_seconds,
		-- Until then, or until now.
		case when t.is_assignment and c.first_assigned_at is not null
				and c.first_assigned_at <= coalesce(c.first_resolved_at, c.first_assigned_at)
			then c.assigned_pending_work_usec
			when c.first_resolved_at is not null then c.resolved_pending_work_usec
			else c.pending_work_usec end as pending_usec,
		case when t.is_assignment and c.first_assigned_at is not null
				and c.first_assigned_at <= coalesce(c.first_resolved_at, c.first_assigned_at)
			then c.assigned_snoozed_work_usec
			when c.first_resolved_at is not null then c.resolved_snoozed_work_usec
			else c.snoozed_work_usec end as snoozed_usec,
		case when t.is_assignment and c.first_assigned_at is not null
			then c.first_assigned_estimated
			else c.first_resolved_estimated end as is_estimated,
		case when t.is_plain or t.labels[1] = any (c.labels) then 1
			when cardinality(t.labels) = 1 then null
			when t.labels[2] is null or t.labels[2] = any (c.labels) then 2
			else sahut_etl.target_place(t.labels, c.labels) end as place
	from sahut.conversation c
	join target t on t.workspace_id = c.workspace_id and t.channel_id = coalesce(c.channel_id, '')
	where c.deleted_at is null and c.origin = 'observed'
), measured as (
	select s.*, case when s.is_plain then s.plain_within else s.within[s.place] end as within_seconds,
		case when s.done_at is not null then s.done_seconds
			when s.hours_no is null then extract(epoch from s.known_at - least(s.known_at,
				s.created_at))::bigint
			else round(greatest(0, s.now_usec - sahut_etl.work_at(s.workspace_id, s.hours_no, s.created_at))
				/ 1000000.0)::bigint end
		- case when s.pauses and (s.pauses_pending[s.place] or s.pauses_snoozed[s.place]) then
			(case when s.pauses_pending[s.place] then coalesce(s.pending_usec, 0) else 0 end
			+ case when s.pauses_snoozed[s.place] then coalesce(s.snoozed_usec, 0) else 0 end
			+ case when s.done_at is null and (s.status = 'pending' and s.pauses_pending[s.place]
					or s.status = 'snoozed' and s.pauses_snoozed[s.place])
				then coalesce(sahut_etl.work_usec(s.workspace_id, s.channel_id, s.counted_to, s.known_at), 0)
				else 0 end + 500000) / 1000000
			else 0 end as elapsed_seconds
	from subject s
	where s.place is not null
), reply_target as (
	select t.* from sahut_etl.channel_target t where t.metric in ('first_reply', 'next_reply')
), asked as not materialized (
	-- Each turn of a customer, with the clock of the channel. A conversation that was resolved without an answer
	-- needed none.
	select y.*, case when y.done_at is not null then y.reply_work_usec
		when y.hours_no is null then (extract(epoch from greatest(y.until, y.from_at) - y.from_at) * 1000000)::bigint
		else greatest(0, sahut_etl.work_at(y.workspace_id, y.hours_no, greatest(y.until, y.from_at))
			- sahut_etl.work_at(y.workspace_id, y.hours_no, y.from_at)) end as usec
	from (
		select u.id, u.workspace_id, t.workspace_name, t.metric, u.turn_no, u.from_at, u.from_day,
			u.done_at, u.reply_work_usec,
			coalesce(u.done_at, r.known_until) as until, t.hours_no, t.within, t.pauses_pending, t.pauses_snoozed,
			t.pauses,
			u.channel_id, u.assignee_id, u.team_id, u.done_by, u.is_known,
			case when t.is_plain or t.labels[1] = any (u.labels) then 1
				when cardinality(t.labels) = 1 then null
				when t.labels[2] is null or t.labels[2] = any (u.labels) then 2
				else sahut_etl.target_place(t.labels, u.labels) end as place
		from (
			select c.id, k.workspace_id, k.turn_no, k.from_at, k.from_day, k.reply_at as done_at, k.reply_work_usec,
				c.channel_id, c.assignee_id, c.team_id, c.labels,
				case when k.reply_sender_type = 'agent' then k.reply_sender_id end as done_by,
				c.origin = 'observed' or k.from_at >= c.history_known_from as is_known
			from sahut.turn k
			join sahut.conversation c on c.id = k.conversation_id
			where c.deleted_at is null and (k.reply_at is not null or c.status <> 'resolved')
		) u
		join sahut_etl.message_known r on r.conversation_id = u.id
		join reply_target t on t.workspace_id = u.workspace_id and t.channel_id = coalesce(u.channel_id, '')
			and t.metric = case u.turn_no when 1 then 'first_reply' else 'next_reply' end
	) y
	where y.place is not null and (y.is_known or not (y.pauses_pending[y.place] or y.pauses_snoozed[y.place]))
), paused as (
	-- Of those whose target pauses: how long they stood still.
	select a.id, a.turn_no,
		sum(case when a.hours_no is null then (extract(epoch from least(v.valid_to, greatest(a.until, a.from_at))
				- greatest(v.valid_from, a.from_at)) * 1000000)::bigint
			else greatest(0, sahut_etl.work_at(a.workspace_id, a.hours_no,
				least(v.valid_to, greatest(a.until, a.from_at)))
				- sahut_etl.work_at(a.workspace_id, a.hours_no, greatest(v.valid_from, a.from_at))) end) as usec
	from asked a
	join (
		select n.conversation_id, n.status, n.valid_from, n.valid_to
		from sahut.conversation_version n
		where n.status in ('pending', 'snoozed')
	) v on v.conversation_id = a.id and (v.status = 'pending' and a.pauses_pending[a.place]
			or v.status = 'snoozed' and a.pauses_snoozed[a.place])
		and v.valid_from < greatest(a.until, a.from_at) and coalesce(v.valid_to, 'infinity') > a.from_at
	where a.pauses
	group by a.id, a.turn_no
), judged as (
	select m.id, m.workspace_name, m.metric, m.channel_id, m.workspace_id, m.assignee_id, m.created_at as from_at,
		m.done_at, m.within_seconds, m.is_estimated, m.created_day as from_day, m.done_by, m.done_by_team, m.team_id,
		null::integer as turn_no, greatest(0, m.elapsed_seconds) as seconds
	from measured m
	union all
	select a.id, a.workspace_name, a.metric, a.channel_id, a.workspace_id, a.assignee_id, a.from_at, a.done_at,
		a.within[a.place], false, a.from_day, a.done_by, null, a.team_id, a.turn_no,
		(greatest(0, a.usec - coalesce(p.usec, 0)) + 500000) / 1000000
	from asked a
	left join paused p on p.id = a.id and p.turn_no = a.turn_no
)
select
	concat_ws(':', m.id, m.metric, case when m.metric = 'next_reply' then m.turn_no end) as id, m.workspace_name,
	m.id as conversation_id, m.metric, m.channel_id,
	ch.type as channel_type,
	ch.name as channel_name, m.assignee_id as agent_id, a.name as agent_name, m.from_at, m.done_at,
	round(m.within_seconds / 60.0, 2) as target_minutes, round(m.seconds / 60.0, 2) as elapsed_minutes,
	case when m.seconds > m.within_seconds then 'breached' when m.done_at is not null then 'met'
	else 'running' end as result,
	coalesce(m.is_estimated, false) as is_estimated, m.from_day,
	m.done_by as done_by_agent_id, da.name as done_by_agent_name, m.done_by_team as done_by_team_id,
	dt.name as done_by_team_name, m.team_id, t.name as team_name, m.turn_no
from judged m
left join sahut.channel ch on ch.workspace_id = m.workspace_id and ch.id = m.channel_id
left join sahut.agent a on a.workspace_id = m.workspace_id and a.id = m.assignee_id
left join sahut.agent da on da.workspace_id = m.workspace_id and da.id = m.done_by
left join sahut.team dt on dt.workspace_id = m.workspace_id and dt.id = m.done_by_team
left join sahut.team t on t.workspace_id = m.workspace_id and t.id = m.team_id;
comment on view sahut_report.sla_results is
	'One row for each conversation, or turn of a customer, and target that holds for it. Of conversations whose whole '
	'history is known; replies, where no pause asks for that, of all whose messages were read (message_coverage). Empty '
	'until targets are configured.';
comment on column sahut_report.sla_results.id is 'Conversation and metric; of a next reply the turn, too.';
comment on column sahut_report.sla_results.workspace_name is 'Workspace.';
comment on column sahut_report.sla_results.conversation_id is 'Conversation.';
comment on column sahut_report.sla_results.metric is
	'first_assignment, first_resolution, first_reply or next_reply.';
comment on column sahut_report.sla_results.channel_id is 'Channel.';
comment on column sahut_report.sla_results.channel_type is 'Kind of channel.';
comment on column sahut_report.sla_results.channel_name is 'Name of the channel.';
comment on column sahut_report.sla_results.agent_id is
	'Current assignee: the one to ask while it is not done. The credit has done_by_agent_id.';
comment on column sahut_report.sla_results.agent_name is 'Name of the current assignee.';
comment on column sahut_report.sla_results.from_at is
	'The clock begins: creation; of a reply the first message of the customer''s turn.';
comment on column sahut_report.sla_results.done_at is
	'The clock ends: the first assignment (or the resolution without one), the first resolution, or the answer, an '
	'agent''s or a bot''s; empty while it runs.';
comment on column sahut_report.sla_results.target_minutes is 'Target, in minutes of business hours.';
comment on column sahut_report.sla_results.elapsed_minutes is
	'Minutes of business hours until then; one that runs is measured to active_as_of, a reply up to when the messages '
	'are known.';
comment on column sahut_report.sla_results.result is 'met; breached, done or not; or running.';
comment on column sahut_report.sla_results.is_estimated is 'Whether done_at may be off by more than half an hour.';
comment on column sahut_report.sla_results.from_day is 'Day the clock began in the workspace''s time zone.';
comment on column sahut_report.sla_results.done_by_agent_id is
	'Assignee at done_at: of the first assignment, or at the first resolution; of a reply the agent who wrote it. '
	'Empty while it runs, where nobody was assigned when it was resolved, and of a bot''s reply.';
comment on column sahut_report.sla_results.done_by_agent_name is 'Name of that agent.';
comment on column sahut_report.sla_results.done_by_team_id is 'Team at done_at.';
comment on column sahut_report.sla_results.done_by_team_name is 'Name of that team.';
comment on column sahut_report.sla_results.team_id is 'Current team.';
comment on column sahut_report.sla_results.team_name is 'Name of the current team.';
comment on column sahut_report.sla_results.turn_no is 'Of a reply: which turn of the customer; empty otherwise.';

-- ---- now ----

create view sahut_report.agent_workload_now as
select
	w.name || ':' || coalesce(a.id, '') as id, w.name as workspace_name, a.id as agent_id, a.name as agent_name,
	coalesce(x.open_count, 0) as open_count, coalesce(x.pending_count, 0) as pending_count,
	coalesce(x.snoozed_count, 0) as snoozed_count,
	coalesce(x.active_count, 0) as active_count, coalesce(x.unresolved_count, 0) as unresolved_count,
	round(extract(epoch from greatest(w.known_at, x.oldest) - x.oldest)::numeric / 3600,
	2) as oldest_active_age_hours,
	coalesce(x.stale_over_1d_count, 0) as stale_over_1d_count, w.known_at as as_of,
	a.id is null as is_unassigned
from (
	select g.workspace_id, g.id, g.name from sahut.agent g
	union all
	select n.id, null, null from sahut_etl.report_workspace n
) a
join sahut_etl.report_workspace w on w.id = a.workspace_id
left join (
	select c.workspace_id, coalesce(c.assignee_id, '') as assignee_id, count(*)::integer as unresolved_count,
		count(*) filter (where c.status = 'open')::integer as open_count,
		count(*) filter (where c.status = 'pending')::integer as pending_count,
		count(*) filter (where c.status = 'snoozed')::integer as snoozed_count,
		count(*) filter (where s.is_active)::integer as active_count,
		min(c.created_at) filter (where s.is_active) as oldest,
		count(*) filter (where s.is_active
			and v.known_at - c.status_since > interval '1 day')::integer as stale_over_1d_count
	from sahut.conversation c
	join sahut_etl.report_workspace v on v.id = c.workspace_id
	join sahut.status s on s.status = c.status
	where c.deleted_at is null and c.status <> 'resolved'
	group by c.workspace_id, coalesce(c.assignee_id, '')
) x on x.workspace_id = a.workspace_id and x.assignee_id = coalesce(a.id, '')
where a.id is not null or x.unresolved_count > 0;
comment on view sahut_report.agent_workload_now is
	'The conversations of each agent now; agents without any are here, too. Unassigned ones are a row without an agent: '
	'all rows add up to the backlog.';
comment on column sahut_report.agent_workload_now.id is 'Workspace and agent.';
comment on column sahut_report.agent_workload_now.workspace_name is 'Workspace.';
comment on column sahut_report.agent_workload_now.agent_id is 'Agent; empty: nobody.';
comment on column sahut_report.agent_workload_now.agent_name is 'Name of the agent.';
comment on column sahut_report.agent_workload_now.open_count is 'Open conversations assigned.';
comment on column sahut_report.agent_workload_now.pending_count is 'Pending conversations assigned.';
comment on column sahut_report.agent_workload_now.snoozed_count is 'Snoozed conversations assigned.';
comment on column sahut_report.agent_workload_now.active_count is 'Open plus pending: the work at hand.';
comment on column sahut_report.agent_workload_now.unresolved_count is 'All that is not resolved.';
comment on column sahut_report.agent_workload_now.oldest_active_age_hours is
	'Age of the oldest active one in hours, measured to active_as_of; empty without any.';
comment on column sahut_report.agent_workload_now.stale_over_1d_count is
	'Active ones that have been in the same status for more than a day.';
comment on column sahut_report.agent_workload_now.as_of is
	'The counts are known up to this instant: active_as_of, or the last answer while nothing is proven.';

comment on column sahut_report.agent_workload_now.is_unassigned is
	'Whether this is the row of unassigned conversations.';

create view sahut_report.contact_activity as
select
	w.name || ':' || c.contact_id as id, w.name as workspace_name, c.contact_id, c.person_id, c.conversation_count,
	c.first_conversation_at, c.last_conversation_at, c.channel_type_count, c.unresolved_count,
		c.conversation_count > 1 as is_returning
from sahut_etl.workspace w
join (
	select c.workspace_id, c.contact_id, coalesce(encode(k.phone_key, 'hex'), c.contact_id) as person_id,
		count(*)::integer as conversation_count, min(c.created_at) as first_conversation_at,
		max(c.created_at) as last_conversation_at,
		count(distinct ch.type)::integer as channel_type_count, count(*)
			filter (where c.status <> 'resolved')::integer as unresolved_count
	from sahut.conversation c
	left join sahut.channel ch on ch.workspace_id = c.workspace_id and ch.id = c.channel_id
	left join sahut.contact k on k.workspace_id = c.workspace_id and k.id = c.contact_id
	where c.deleted_at is null and c.contact_id is not null
	group by c.workspace_id, c.contact_id, k.phone_key
) c on c.workspace_id = w.id;
comment on view sahut_report.contact_activity is
	'One row for each contact, without name or phone: how often they came.';
comment on column sahut_report.contact_activity.id is 'Workspace and contact.';
comment on column sahut_report.contact_activity.workspace_name is 'Workspace.';
comment on column sahut_report.contact_activity.contact_id is 'Contact, as a pseudonym.';
comment on column sahut_report.contact_activity.person_id is
	'The same for contacts with the same phone number, also on different channels; the contact where none is '
	'known.';
comment on column sahut_report.contact_activity.conversation_count is 'Conversations of the contact.';
comment on column sahut_report.contact_activity.first_conversation_at is 'Creation of the first.';
comment on column sahut_report.contact_activity.last_conversation_at is 'Creation of the last.';
comment on column sahut_report.contact_activity.channel_type_count is 'Kinds of channel used.';
comment on column sahut_report.contact_activity.unresolved_count is 'Of them, not resolved now.';
comment on column sahut_report.contact_activity.is_returning is 'Whether there is more than one conversation.';

-- ---- days: the stored ones, and those that can still grow ----

create view sahut_report.daily_volume as
select
	w.name || ':' || x.day || ':' || coalesce(x.channel_id, '') || ':'
		|| coalesce(x.team_id, '') as id, w.name as workspace_name, x.day,
	x.channel_id, ch.type as channel_type, ch.name as channel_name, x.created_count, x.resolved_count,
	x.resolved_conversation_count,
	x.reopened_count, x.first_resolved_count, x.first_resolution_seconds_sum,
	x.first_resolution_business_seconds_sum,
	x.new_contact_count, x.returning_contact_count, x.estimated_count,
	x.team_id, t.name as team_name, x.day < w.live_day as is_over
from sahut_etl.report_workspace w
cross join lateral (
	select v.day, v.channel_id, v.team_id, v.created_count, v.resolved_count, v.resolved_conversation_count,
		v.reopened_count, v.first_resolved_count,
		v.first_resolution_seconds_sum, v.first_resolution_business_seconds_sum, v.new_contact_count,
		v.returning_contact_count,
		v.estimated_count
	from sahut_etl.day_volume v where v.workspace_id = w.id and v.day < w.live_day
	union all
	select w.live_day + i, v.channel_id collate "C", v.team_id collate "C", v.created_count, v.resolved_count,
		v.resolved_conversation_count,
		v.reopened_count,
		v.first_resolved_count, v.first_resolution_seconds_sum, v.first_resolution_business_seconds_sum,
		v.new_contact_count,
		v.returning_contact_count, v.estimated_count
	from generate_series(0, w.last_day - w.live_day) i cross
		join lateral sahut_etl.volume_of(w.id, w.live_day + i, w.live_day + i) v
) x
left join sahut.channel ch on ch.workspace_id = w.id and ch.id = x.channel_id
left join sahut.team t on t.workspace_id = w.id and t.id = x.team_id;
comment on view sahut_report.daily_volume is
	'Conversations created, resolved and reopened on each day and channel. Sums may be added over days and '
	'channels. A day on which nothing happened has no row: join calendar.';
comment on column sahut_report.daily_volume.id is 'Workspace, day and channel.';
comment on column sahut_report.daily_volume.workspace_name is 'Workspace.';
comment on column sahut_report.daily_volume.day is 'Day in the workspace''s time zone.';
comment on column sahut_report.daily_volume.channel_id is 'Channel.';
comment on column sahut_report.daily_volume.channel_type is 'Kind of channel.';
comment on column sahut_report.daily_volume.channel_name is 'Name of the channel.';
comment on column sahut_report.daily_volume.created_count is
	'Conversations created that day, under the channel they have now. Known for all days.';
comment on column sahut_report.daily_volume.resolved_count is
	'Moves into resolved seen that day; a conversation resolved twice counts twice. Known since the first load.';
comment on column sahut_report.daily_volume.resolved_conversation_count is
	'Different conversations among them; not to be added over days.';
comment on column sahut_report.daily_volume.reopened_count is
	'Moves out of resolved seen that day. Known since the first load.';
comment on column sahut_report.daily_volume.first_resolved_count is
	'Conversations with a complete history that were resolved for the first time that day.';
comment on column sahut_report.daily_volume.first_resolution_seconds_sum is
	'Seconds from creation to first resolution of those, added up: divide by first_resolved_count for the average.';
comment on column sahut_report.daily_volume.first_resolution_business_seconds_sum is 'The same in business hours.';
comment on column sahut_report.daily_volume.new_contact_count is
	'Of the created ones, those that are the contact''s first.';
comment on column sahut_report.daily_volume.returning_contact_count is
	'Of the created ones, those whose contact had one before.';
comment on column sahut_report.daily_volume.estimated_count is
	'Resolutions and reopenings of that day whose time may be off by more than half an hour.';

create view sahut_report.hourly_volume as
select
	w.name || ':' || x.day || ':' || x.hour_of_day || ':' || coalesce(x.channel_id, '')
		|| ':' || coalesce(x.team_id, '') as id,
	w.name as workspace_name, x.day,
	x.hour_of_day, extract(isodow from x.day)::smallint as day_of_week,
	x.channel_id, ch.type as channel_type, ch.name as channel_name, x.created_count, x.resolved_count,
		x.reopened_count, x.team_id, t.name as team_name, x.day < w.live_day as is_over
from sahut_etl.report_workspace w
cross join lateral (
	select v.day, v.hour_of_day, v.channel_id, v.team_id, v.created_count, v.resolved_count, v.reopened_count
	from sahut_etl.hour_volume v where v.workspace_id = w.id and v.day < w.live_day
	union all
	select w.live_day + i, v.hour_of_day, v.channel_id collate "C", v.team_id collate "C", v.created_count,
		v.resolved_count, v.reopened_count
	from generate_series(0, w.last_day - w.live_day) i cross
		join lateral sahut_etl.hours_of(w.id, w.live_day + i, w.live_day + i) v
) x
left join sahut.channel ch on ch.workspace_id = w.id and ch.id = x.channel_id
left join sahut.team t on t.workspace_id = w.id and t.id = x.team_id;
comment on view sahut_report.hourly_volume is
	'Conversations created, resolved and reopened in each hour of a day, by channel.';
comment on column sahut_report.hourly_volume.id is 'Workspace, day, hour and channel.';
comment on column sahut_report.hourly_volume.workspace_name is 'Workspace.';
comment on column sahut_report.hourly_volume.day is 'Day in the workspace''s time zone.';
comment on column sahut_report.hourly_volume.hour_of_day is '0 to 23 in the workspace''s time zone.';
comment on column sahut_report.hourly_volume.day_of_week is '1 = Monday ... 7 = Sunday.';
comment on column sahut_report.hourly_volume.channel_id is 'Channel.';
comment on column sahut_report.hourly_volume.channel_type is 'Kind of channel.';
comment on column sahut_report.hourly_volume.channel_name is 'Name of the channel.';
comment on column sahut_report.hourly_volume.created_count is 'Conversations created in that hour.';
comment on column sahut_report.hourly_volume.resolved_count is 'Moves into resolved seen in that hour.';
comment on column sahut_report.hourly_volume.reopened_count is 'Moves out of resolved seen in that hour.';

create view sahut_report.daily_label_volume as
select
	w.name || ':' || x.day || ':' || coalesce(x.channel_id, '') || ':' || coalesce(x.team_id, '')
		|| ':' || x.label_name as id,
	w.name as workspace_name, x.day,
	x.label_name, x.channel_id, ch.type as channel_type, ch.name as channel_name, x.created_count, x.resolved_count,
	x.team_id, t.name as team_name, x.day < w.live_day as is_over
from sahut_etl.report_workspace w
cross join lateral (
	select v.day, v.label_name, v.channel_id, v.team_id, v.created_count, v.resolved_count
	from sahut_etl.day_label v where v.workspace_id = w.id and v.day < w.live_day
	union all
	select w.live_day + i, v.label_name collate "C", v.channel_id collate "C", v.team_id collate "C",
		v.created_count, v.resolved_count
	from generate_series(0, w.last_day - w.live_day) i cross
		join lateral sahut_etl.labels_of(w.id, w.live_day + i, w.live_day + i) v
) x
left join sahut.channel ch on ch.workspace_id = w.id and ch.id = x.channel_id
left join sahut.team t on t.workspace_id = w.id and t.id = x.team_id;
comment on view sahut_report.daily_label_volume is
	'Volume of each day by label and channel. A conversation counts once for each label it carries: never add '
	'over labels.';
comment on column sahut_report.daily_label_volume.id is 'Workspace, day, channel and label.';
comment on column sahut_report.daily_label_volume.workspace_name is 'Workspace.';
comment on column sahut_report.daily_label_volume.day is 'Day in the workspace''s time zone.';
comment on column sahut_report.daily_label_volume.label_name is 'Label.';
comment on column sahut_report.daily_label_volume.channel_id is 'Channel.';
comment on column sahut_report.daily_label_volume.channel_type is 'Kind of channel.';
comment on column sahut_report.daily_label_volume.channel_name is 'Name of the channel.';
comment on column sahut_report.daily_label_volume.created_count is
	'Conversations created that day that carry the label now.';
comment on column sahut_report.daily_label_volume.resolved_count is
	'Resolutions of that day of conversations that carry the label now.';

create view sahut_report.daily_label_pairs as
select
	w.name || ':' || x.day || ':' || x.label_a || ':' || x.label_b as id, w.name as workspace_name, x.day,
	x.label_a, x.label_b,
	x.conversation_count, x.day < w.live_day as is_over
from sahut_etl.report_workspace w
cross join lateral (
	select p.day, p.label_a, p.label_b, p.conversation_count
	from sahut_etl.day_label_pair p where p.workspace_id = w.id and p.day < w.live_day
	union all
	select w.live_day + i, p.label_a collate "C", p.label_b collate "C", p.conversation_count
	from generate_series(0, w.last_day - w.live_day) i cross
		join lateral sahut_etl.label_pairs_of(w.id, w.live_day + i, w.live_day + i) p
) x;
comment on view sahut_report.daily_label_pairs is
	'Labels used together, by the day on which the conversations were created.';
comment on column sahut_report.daily_label_pairs.id is 'Workspace, day and both labels.';
comment on column sahut_report.daily_label_pairs.workspace_name is 'Workspace.';
comment on column sahut_report.daily_label_pairs.day is 'Day in the workspace''s time zone.';
comment on column sahut_report.daily_label_pairs.label_a is 'The first label in byte order.';
comment on column sahut_report.daily_label_pairs.label_b is 'The other one.';
comment on column sahut_report.daily_label_pairs.conversation_count is
	'Conversations created that day that carry both now.';

create view sahut_report.daily_backlog as
select
	w.name || ':' || x.day || ':' || x.status || ':' || coalesce(x.channel_id,
		'') || ':' || coalesce(x.assignee_id, '') || ':'
		|| coalesce(x.team_id, '') as id,
	w.name as workspace_name, x.day, x.measured_at, x.status, s.is_active, x.channel_id, ch.type as channel_type,
	ch.name as channel_name,
	x.assignee_id,
	case x.assignee_id when '*' then '(agents)' else a.name end as assignee_name,
	x.assignee_id is null as is_unassigned, x.team_id, t.name as team_name,
	x.conversation_count, round(x.age_seconds_sum / 3600.0, 2) as age_hours_sum,
	x.age_under_1d_count, x.age_1d_to_3d_count, x.age_3d_to_7d_count, x.age_over_7d_count,
	round(extract(epoch from x.measured_at - least(x.measured_at, x.oldest_created_at))::numeric / 3600,
		2) as oldest_age_hours, x.day < w.live_day as is_over
from sahut_etl.report_workspace w
cross join lateral (
	select b.day, b.measured_at, b.status, b.channel_id, b.assignee_id, b.team_id, b.conversation_count,
		b.age_seconds_sum,
		b.age_under_1d_count, b.age_1d_to_3d_count, b.age_3d_to_7d_count, b.age_over_7d_count,
			b.oldest_created_at
	from sahut_etl.day_backlog b where b.workspace_id = w.id and b.day < w.live_day
	union all
	select w.live_day + i, b.measured_at, b.status, b.channel_id collate "C", b.assignee_id collate "C",
		b.team_id collate "C", b.conversation_count,
		b.age_seconds_sum,
		b.age_under_1d_count, b.age_1d_to_3d_count, b.age_3d_to_7d_count, b.age_over_7d_count,
			b.oldest_created_at
	from generate_series(0, w.last_day - w.live_day) i cross
		join lateral sahut_etl.backlog_of(w.id, w.live_day + i, w.live_day + i) b
) x
left join sahut.status s on s.status = x.status
left join sahut.channel ch on ch.workspace_id = w.id and ch.id = x.channel_id
left join sahut.agent a on a.workspace_id = w.id and a.id = x.assignee_id
left join sahut.team t on t.workspace_id = w.id and t.id = x.team_id;
comment on view sahut_report.daily_backlog is
	'Unresolved conversations at the end of each day; today: now. A stock: pick one day, or average over days, '
	'never add over days. Begins with the first load.';
comment on column sahut_report.daily_backlog.id is 'Workspace, day, status, channel, assignee and team.';
comment on column sahut_report.daily_backlog.workspace_name is 'Workspace.';
comment on column sahut_report.daily_backlog.day is 'Day in the workspace''s time zone.';
comment on column sahut_report.daily_backlog.measured_at is
	'To when ages are measured: the midnight that ends the day; today: active_as_of.';
comment on column sahut_report.daily_backlog.status is 'Status at that time.';
comment on column sahut_report.daily_backlog.is_active is
	'Whether that is current work: open or pending; snoozed is parked.';
comment on column sahut_report.daily_backlog.channel_id is 'Channel at that time.';
comment on column sahut_report.daily_backlog.channel_type is 'Kind of channel.';
comment on column sahut_report.daily_backlog.channel_name is 'Name of the channel.';
comment on column sahut_report.daily_backlog.assignee_id is 'Assignee at that time; empty: nobody.';
comment on column sahut_report.daily_backlog.assignee_name is 'Name of the assignee.';
comment on column sahut_report.daily_backlog.is_unassigned is 'Whether nobody was assigned at that time.';
comment on column sahut_report.daily_backlog.team_id is 'Team at that time.';
comment on column sahut_report.daily_backlog.team_name is 'Name of the team.';
comment on column sahut_report.daily_backlog.conversation_count is 'Unresolved conversations.';
comment on column sahut_report.daily_backlog.age_hours_sum is
	'Hours since creation, added up: divide by conversation_count for the average age.';
comment on column sahut_report.daily_backlog.age_under_1d_count is 'Of them, created less than a day before.';
comment on column sahut_report.daily_backlog.age_1d_to_3d_count is 'Created 1 to 3 days before.';
comment on column sahut_report.daily_backlog.age_3d_to_7d_count is 'Created 3 to 7 days before.';
comment on column sahut_report.daily_backlog.age_over_7d_count is 'Created 7 days before or more.';
comment on column sahut_report.daily_backlog.oldest_age_hours is 'Age of the oldest in hours.';

-- The work of each day by agent, and of nobody under an empty id: of days that are over as stored, of the others as
-- computed now.
create view sahut_etl.workload_day as
select
	w.id as workspace_id, w.name as workspace_name, x.day, x.agent_id, x.assigned_in_count, x.handed_off_count,
	x.resolved_count, x.resolved_conversation_count, x.reopened_count, x.handled_conversation_count,
	round(x.active_seconds / 3600.0, 2) as active_hours,
	coalesce(round(x.active_seconds::numeric / nullif(x.measured_seconds, 0), 2), 0) as average_concurrent,
	x.peak_concurrent, x.end_of_day_open_count, x.end_of_day_pending_count, x.end_of_day_snoozed_count,
	round(x.measured_seconds / 3600.0, 4) as measured_hours, x.day < w.live_day as is_over
from sahut_etl.report_workspace w
cross join lateral (
	select g.day, g.agent_id, g.assigned_in_count, g.handed_off_count, g.resolved_count,
		g.resolved_conversation_count, g.reopened_count,
		g.handled_conversation_count, g.active_seconds, g.measured_seconds, g.peak_concurrent,
		g.end_of_day_open_count,
		g.end_of_day_pending_count, g.end_of_day_snoozed_count
	from sahut_etl.day_agent g where g.workspace_id = w.id and g.day < w.live_day
	union all
	select w.live_day + i, g.agent_id collate "C", g.assigned_in_count, g.handed_off_count, g.resolved_count,
		g.resolved_conversation_count,
		g.reopened_count, g.handled_conversation_count, g.active_seconds, g.measured_seconds,
		g.peak_concurrent, g.end_of_day_open_count,
		g.end_of_day_pending_count, g.end_of_day_snoozed_count
	from generate_series(0, w.last_day - w.live_day) i cross
		join lateral sahut_etl.workload_of(w.id, w.live_day + i, w.live_day + i) g
) x;
comment on view sahut_etl.workload_day is
	'Load and work of each day by agent, and of nobody under an empty id: beneath sahut_report.daily_agent_workload, '
	'which explains the columns.';

do $$
declare
	c record;
begin
	for c in
		select a.attname as name
		from pg_catalog.pg_attribute a
		where a.attrelid = 'sahut_etl.workload_day'::regclass and a.attnum > 0
	loop
		execute format('comment on column sahut_etl.workload_day.%I is ''See sahut_report.daily_agent_workload.''', c.name);
	end loop;
end $$;

create view sahut_report.daily_agent_workload as
select
	d.workspace_name || ':' || d.day || ':' || d.agent_id as id, d.workspace_name, d.day, d.agent_id,
	a.name as agent_name,
	d.assigned_in_count, d.handed_off_count, d.resolved_count, d.resolved_conversation_count, d.reopened_count,
	d.handled_conversation_count, d.active_hours, d.average_concurrent, d.peak_concurrent,
	d.end_of_day_open_count, d.end_of_day_pending_count, d.end_of_day_snoozed_count, d.measured_hours, d.is_over
from sahut_etl.workload_day d
left join sahut.agent a on a.workspace_id = d.workspace_id and a.id = d.agent_id
where d.agent_id <> '';
comment on view sahut_report.daily_agent_workload is
	'Load and work of each agent on each day. Counts of events may be added over days; concurrency, handled '
	'conversations and the counts at the end of the day may not. A day on which an agent held nothing has no row. '
	'How many at a time over several days: the sum of active_hours, divided by the sum of calendar.measured_hours '
	'of all days of the period that are is_by_agent there. Begins with the first load.';
comment on column sahut_report.daily_agent_workload.id is 'Workspace, day and agent.';
comment on column sahut_report.daily_agent_workload.workspace_name is 'Workspace.';
comment on column sahut_report.daily_agent_workload.day is 'Day in the workspace''s time zone.';
comment on column sahut_report.daily_agent_workload.agent_id is 'Agent.';
comment on column sahut_report.daily_agent_workload.agent_name is 'Name of the agent.';
comment on column sahut_report.daily_agent_workload.assigned_in_count is
	'Conversations given to the agent that day: from nobody, from another, or created assigned.';
comment on column sahut_report.daily_agent_workload.handed_off_count is
	'Conversations taken from the agent that day: to another, or to nobody.';
comment on column sahut_report.daily_agent_workload.resolved_count is
	'Moves into resolved while assigned to the agent.';
comment on column sahut_report.daily_agent_workload.resolved_conversation_count is
	'Different conversations among them; not to be added over days.';
comment on column sahut_report.daily_agent_workload.reopened_count is
	'Conversations reopened that day that are the agent''s again.';
comment on column sahut_report.daily_agent_workload.handled_conversation_count is
	'Different conversations that were open or pending with the agent at any time of the day; not to be added '
	'over days.';
comment on column sahut_report.daily_agent_workload.active_hours is
	'Hours that conversations were open or pending with the agent, added up: 3 conversations for 2 hours are 6.';
comment on column sahut_report.daily_agent_workload.average_concurrent is
	'active_hours divided by measured_hours: how many at a time. Not to be averaged over days.';
comment on column sahut_report.daily_agent_workload.peak_concurrent is
	'Most conversations that were open or pending with the agent at one moment.';
comment on column sahut_report.daily_agent_workload.end_of_day_open_count is
	'Open with the agent at the end of the day; today: now.';
comment on column sahut_report.daily_agent_workload.end_of_day_pending_count is
	'Pending with the agent at the end of the day; today: now.';
comment on column sahut_report.daily_agent_workload.end_of_day_snoozed_count is
	'Snoozed with the agent at the end of the day; today: now.';
comment on column sahut_report.daily_agent_workload.measured_hours is
	'Hours of the day that were measured: from the end of the first load on, to active_as_of. All hours of a day '
	'between.';

comment on column sahut_report.daily_volume.team_id is
	'Team at that time: of a created one, the team that it was first seen with; empty where that is not known.';
comment on column sahut_report.daily_volume.team_name is 'Name of the team.';
comment on column sahut_report.hourly_volume.team_id is
	'Team at that time: of a created one, the team that it was first seen with; empty where that is not known.';
comment on column sahut_report.hourly_volume.team_name is 'Name of the team.';
comment on column sahut_report.daily_label_volume.team_id is
	'Team at that time: of a created one, the team that it was first seen with; empty where that is not known.';
comment on column sahut_report.daily_label_volume.team_name is 'Name of the team.';
comment on column sahut_report.daily_volume.is_over is
	'Whether the day is over, as far as data goes; the last days are not, and still grow.';
comment on column sahut_report.hourly_volume.is_over is
	'Whether the day is over, as far as data goes; the last days are not, and still grow.';
comment on column sahut_report.daily_label_volume.is_over is
	'Whether the day is over, as far as data goes; the last days are not, and still grow.';
comment on column sahut_report.daily_label_pairs.is_over is
	'Whether the day is over, as far as data goes; the last days are not, and still grow.';
comment on column sahut_report.daily_backlog.is_over is
	'Whether the day is over, as far as data goes; the last days are not, and still grow.';
comment on column sahut_report.daily_agent_workload.is_over is
	'Whether the day is over, as far as data goes; the last days are not, and still grow.';

-- Nobody is no agent, and of everybody together nothing is removed.
create function sahut_etl.told_from(workspace text, agents text[]) returns date
	language sql stable
	set search_path = pg_catalog, pg_temp
as $$
	select coalesce((select w.agents_from from sahut_etl.workspace w
		where w.name = workspace and not '' = any (agents)), '-infinity')
$$;
comment on function sahut_etl.told_from is
	'The first day of which a report of these agents has figures; of an empty list: one that names each agent.';

-- The definitions of the view hold for its parts too, so both are one source to a report.
create function sahut_etl.agent_work_of(workspace text, first date, last date, channels text[], teams text[],
		labels text[])
	returns table (
		agent_id text, assigned_in_count integer, handed_off_count integer, resolved_count integer,
		reopened_count integer, active_hours numeric, peak_concurrent integer)
	language plpgsql stable rows 1000 set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
	ids text[];
begin
	if channels is null and teams is null and labels is null then
		return query
		select d.agent_id, d.assigned_in_count, d.handed_off_count, d.resolved_count, d.reopened_count, d.active_hours,
			d.peak_concurrent
		from sahut_report.daily_agent_workload d
		where d.workspace_name = workspace and d.day between first and last;
		return;
	end if;
	if labels is not null then
		select coalesce(array_agg(l.conversation_id), '{}') into ids
		from sahut_report.conversation_labels l
		where l.workspace_name = workspace and l.label_name = any (labels);
	end if;
	return query
	select g.agent_id collate "C", g.assigned_in_count, g.handed_off_count, g.resolved_count, g.reopened_count,
		round(g.active_seconds / 3600.0, 2), g.peak_concurrent
	from sahut_etl.report_workspace w
	cross join lateral sahut_etl.workload_of(w.id, greatest(first, w.agents_from), last, ids, channels, teams) g
	where w.name = workspace and g.agent_id <> '';
end
$$;
comment on function sahut_etl.agent_work_of is
	'The work of each agent on each day of a period, a row each, as in sahut_report.daily_agent_workload; with CHANNELS, '
	'TEAMS or LABELS of the part of these, on days whose figures are kept. A label is one that a conversation has now.';

create function sahut_etl.backlog_part_of(workspace text, first date, last date, channels text[], agents text[],
		teams text[], labels text[])
	returns table (
		day date, status text, is_active boolean, assignee_id text, conversation_count integer,
		age_under_1d_count integer, age_1d_to_3d_count integer, age_3d_to_7d_count integer,
		age_over_7d_count integer, oldest_age_hours numeric)
	language plpgsql stable rows 1000 set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
	ids text[];
begin
	if labels is null then
		return query
		select d.day, d.status, d.is_active, d.assignee_id, d.conversation_count, d.age_under_1d_count,
			d.age_1d_to_3d_count, d.age_3d_to_7d_count, d.age_over_7d_count, d.oldest_age_hours
		from sahut_report.daily_backlog d
		where d.workspace_name = workspace and d.day between first and last
		and (channels is null or coalesce(d.channel_id, '') = any (channels))
		and (agents is null or coalesce(d.assignee_id, '') = any (agents))
		and (teams is null or coalesce(d.team_id, '') = any (teams));
		return;
	end if;
	select coalesce(array_agg(l.conversation_id), '{}') into ids
	from sahut_report.conversation_labels l
	where l.workspace_name = workspace and l.label_name = any (labels);
	return query
	select g.day, g.status, s.is_active, g.assignee_id, g.conversation_count, g.age_under_1d_count,
		g.age_1d_to_3d_count, g.age_3d_to_7d_count, g.age_over_7d_count,
		round(extract(epoch from g.measured_at - least(g.measured_at, g.oldest_created_at))::numeric / 3600, 2)
	from sahut_etl.report_workspace w
	cross join lateral sahut_etl.backlog_of(w.id, first, last, ids) g
	left join sahut.status s on s.status = g.status
	where w.name = workspace
	and (channels is null or coalesce(g.channel_id, '') = any (channels))
	and (agents is null or coalesce(g.assignee_id, '') = any (agents))
	and (teams is null or coalesce(g.team_id, '') = any (teams));
end
$$;
comment on function sahut_etl.backlog_part_of is
	'The unresolved conversations at the end of each day of a period, as in sahut_report.daily_backlog, of the CHANNELS, '
	'AGENTS, TEAMS and LABELS that are given (null: all). A label is one that a conversation has now.';

create view sahut_report.daily_unassigned_workload as
select
	d.workspace_name || ':' || d.day as id, d.workspace_name, d.day,
	d.assigned_in_count as came_count, d.handed_off_count as taken_count, d.resolved_count,
	d.resolved_conversation_count, d.reopened_count, d.handled_conversation_count, d.active_hours,
	d.average_concurrent, d.peak_concurrent, d.end_of_day_open_count, d.end_of_day_pending_count,
	d.end_of_day_snoozed_count, d.measured_hours, d.is_over
from sahut_etl.workload_day d
where d.agent_id = '';
comment on view sahut_report.daily_unassigned_workload is
	'The conversations of nobody on each day: with daily_agent_workload they add up to the backlog. Begins with the '
	'first load.';
comment on column sahut_report.daily_unassigned_workload.id is 'Workspace and day.';
comment on column sahut_report.daily_unassigned_workload.workspace_name is 'Workspace.';
comment on column sahut_report.daily_unassigned_workload.day is 'Day in the workspace''s time zone.';
comment on column sahut_report.daily_unassigned_workload.came_count is
	'Conversations that came to nobody that day: created without an agent, or taken from one.';
comment on column sahut_report.daily_unassigned_workload.taken_count is
	'Conversations that somebody was given that day.';
comment on column sahut_report.daily_unassigned_workload.resolved_count is 'Moves into resolved while nobody had it.';
comment on column sahut_report.daily_unassigned_workload.resolved_conversation_count is
	'Different conversations among them; not to be added over days.';
comment on column sahut_report.daily_unassigned_workload.reopened_count is
	'Conversations reopened that day that were nobody''s then.';
comment on column sahut_report.daily_unassigned_workload.handled_conversation_count is
	'Different conversations that were open or pending with nobody at any time of the day; not to be '
	'added over days.';
comment on column sahut_report.daily_unassigned_workload.active_hours is
	'Hours that conversations were open or pending with nobody, added up: waiting time.';
comment on column sahut_report.daily_unassigned_workload.average_concurrent is
	'active_hours divided by measured_hours: how many at a time. Not to be averaged over days.';
comment on column sahut_report.daily_unassigned_workload.peak_concurrent is
	'Most conversations that were open or pending with nobody at one moment.';
comment on column sahut_report.daily_unassigned_workload.end_of_day_open_count is
	'Open with nobody at the end of the day; today: now.';
comment on column sahut_report.daily_unassigned_workload.end_of_day_pending_count is
	'Pending with nobody at the end of the day; today: now.';
comment on column sahut_report.daily_unassigned_workload.end_of_day_snoozed_count is
	'Snoozed with nobody at the end of the day; today: now.';
comment on column sahut_report.daily_unassigned_workload.measured_hours is
	'Hours of the day that were measured; see daily_agent_workload.';
comment on column sahut_report.daily_unassigned_workload.is_over is
	'Whether the day is over, as far as data goes; the last days are not, and still grow.';

create view sahut_report.daily_flow as
select
	w.name || ':' || x.day || ':' || coalesce(x.channel_id, '') || ':' || coalesce(x.assignee_id, '') || ':'
		|| coalesce(x.team_id, '') as id,
	w.name as workspace_name, x.day, x.day < w.live_day as is_over, x.channel_id, ch.type as channel_type,
	ch.name as channel_name, x.assignee_id,
	case x.assignee_id when '*' then '(agents)' else a.name end as assignee_name,
	x.assignee_id is null as is_unassigned,
	x.team_id, t.name as team_name, x.created_count, x.reopened_count, x.moved_in_count, x.resolved_count,
	x.moved_out_count, round(x.active_seconds / 3600.0, 2) as active_hours
from sahut_etl.report_workspace w
cross join lateral (
	select f.day, f.channel_id, f.assignee_id, f.team_id, f.created_count, f.reopened_count, f.moved_in_count,
		f.resolved_count, f.moved_out_count, f.active_seconds
	from sahut_etl.day_flow f where f.workspace_id = w.id and f.day < w.live_day
	union all
	select w.live_day + i, f.channel_id collate "C", f.assignee_id collate "C", f.team_id collate "C",
		f.created_count, f.reopened_count, f.moved_in_count, f.resolved_count, f.moved_out_count, f.active_seconds
	from generate_series(0, w.last_day - w.live_day) i cross
		join lateral sahut_etl.flow_of(w.id, w.live_day + i, w.live_day + i) f
) x
left join sahut.channel ch on ch.workspace_id = w.id and ch.id = x.channel_id
left join sahut.agent a on a.workspace_id = w.id and a.id = x.assignee_id
left join sahut.team t on t.workspace_id = w.id and t.id = x.team_id;
comment on view sahut_report.daily_flow is
	'Conversations that came into the backlog each day and left it, by channel, agent and team: for each the backlog of '
	'a day is that of the day before + created + reopened + moved in - resolved - moved out.';
comment on column sahut_report.daily_flow.id is 'Workspace, day, channel, agent and team.';
comment on column sahut_report.daily_flow.workspace_name is 'Workspace.';
comment on column sahut_report.daily_flow.day is 'Day in the workspace''s time zone, from that of the first load on.';
comment on column sahut_report.daily_flow.is_over is
	'Whether the day is over, as far as data goes; the last days are not, and still grow.';
comment on column sahut_report.daily_flow.channel_id is 'Channel at that time.';
comment on column sahut_report.daily_flow.channel_type is 'Kind of that channel.';
comment on column sahut_report.daily_flow.channel_name is 'Name of that channel.';
comment on column sahut_report.daily_flow.assignee_id is
	'The agent at that time: before a resolution, after all other events.';
comment on column sahut_report.daily_flow.assignee_name is 'Name of the agent.';
comment on column sahut_report.daily_flow.is_unassigned is 'Whether nobody had it.';
comment on column sahut_report.daily_flow.team_id is 'Team at that time.';
comment on column sahut_report.daily_flow.team_name is 'Name of the team.';
comment on column sahut_report.daily_flow.created_count is 'Conversations created, in the first state that was seen.';
comment on column sahut_report.daily_flow.reopened_count is 'Conversations that left resolved.';
comment on column sahut_report.daily_flow.moved_in_count is
	'Unresolved conversations that came from another channel, agent or team.';
comment on column sahut_report.daily_flow.resolved_count is
	'Conversations that became resolved, counted with the agent before that.';
comment on column sahut_report.daily_flow.moved_out_count is
	'Unresolved conversations that went to another channel, agent or team.';
comment on column sahut_report.daily_flow.active_hours is
	'Hours that conversations were open or pending, added up. Divided by calendar.measured_hours: how many at a time.';

create view sahut_report.label_intervals as
with told as (
	select c.id as conversation_id, l.name as label_name, c.history_known_from as at, 0::bigint as place, true as begins,
		c.history_known_from - c.created_at > interval '30 minutes' as is_estimated
	from sahut.conversation c
	cross join unnest(c.first_labels) l(name)
	where c.deleted_at is null
	union all
	select e.conversation_id, e.label_name, e.occurred_at, e.id, e.event_type = 'label_added', e.is_estimated
	from sahut.conversation_event e
	join sahut.conversation c on c.id = e.conversation_id and c.deleted_at is null
	where e.event_type in ('label_added', 'label_removed')
), stretched as (
	select t.*, lead(t.at) over (partition by t.conversation_id, t.label_name order by t.place) as to_at from told t
)
select
	s.conversation_id || ':' || s.place || ':' || s.label_name as id, w.name as workspace_name, s.conversation_id,
	s.label_name, s.at as from_at, s.to_at, s.to_at is null as is_current, s.is_estimated,
	(s.at at time zone w.timezone)::date as from_day, s.place > 0 or c.origin = 'observed' as is_history_complete
from stretched s
join sahut.conversation c on c.id = s.conversation_id
join sahut_etl.workspace w on w.id = c.workspace_id
where s.begins;
comment on view sahut_report.label_intervals is
	'One row for each label of a conversation and each time that it carried it: the labels as of a day, not of now.';
comment on column sahut_report.label_intervals.id is 'Conversation, event and label.';
comment on column sahut_report.label_intervals.workspace_name is 'Workspace.';
comment on column sahut_report.label_intervals.conversation_id is 'Conversation.';
comment on column sahut_report.label_intervals.label_name is 'Label.';
comment on column sahut_report.label_intervals.from_at is
	'Since when; of a label that it carried at first sight, since its history is known.';
comment on column sahut_report.label_intervals.to_at is 'Until when; empty while it carries it.';
comment on column sahut_report.label_intervals.is_current is 'Whether it carries it now.';
comment on column sahut_report.label_intervals.is_estimated is 'Whether from_at may be off by more than half an hour.';
comment on column sahut_report.label_intervals.from_day is 'Day of from_at in the workspace''s time zone.';
comment on column sahut_report.label_intervals.is_history_complete is
	'False where it may have begun earlier: a label that a conversation older than the first load carried already.';

create view sahut_report.calendar as
select
	w.name || ':' || d.day as id, w.name as workspace_name, d.day,
	extract(isoyear from d.day)::smallint as iso_year,
	extract(week from d.day)::smallint as iso_week,
	d.day - (extract(isodow from d.day)::integer - 1) as week_begins,
	make_date(extract(year from d.day)::integer, extract(month from d.day)::integer, 1) as month_begins,
	make_date(extract(year from d.day)::integer, (extract(quarter from d.day)::integer - 1) * 3 + 1,
	1) as quarter_begins,
	extract(isodow from d.day)::smallint as day_of_week,
	(array['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])[extract(isodow
	from d.day)::integer] as day_name,
	extract(isodow from d.day) > 5 as is_weekend, y.day is not null as is_holiday,
	round(sahut_etl.work_usec(w.id, null, d.day::timestamp at time zone w.timezone,
		(d.day + 1)::timestamp at time zone w.timezone) / 1000000.0)::integer as business_seconds,
	coalesce(d.day < w.live_day, false) as is_over,
	coalesce(d.day < w.live_day and (d.day + 1)::timestamp at time zone w.timezone <= w.complete_as_of,
	false) as is_complete,
	q.day is null as is_refreshed,
	coalesce(d.day <= w.last_day, false) as is_begun,
	case when d.day between w.history_day and w.last_day then round(greatest(0, extract(epoch from
		least((d.day + 1)::timestamp at time zone w.timezone, w.known_at)
		- greatest(d.day::timestamp at time zone w.timezone, w.history_started_at))::numeric) / 3600, 4)
		else 0 end as measured_hours,
	d.day >= coalesce(w.agents_from, '-infinity') as is_by_agent
from (
	select r.*, sahut_etl.first_day(r.id) as first_day
	from sahut_etl.report_workspace r
	offset 0	-- once for a workspace, not once for a day: it asks every machine
) w
cross join lateral (
	select make_date(extract(year from greatest(w.first_day, date '2000-01-01'))::integer, 1, 1) + i as day
	from generate_series(0, make_date(extract(year from coalesce(w.last_day, w.first_day))::integer + 1, 12, 31)
		- make_date(extract(year from greatest(w.first_day, date '2000-01-01'))::integer, 1, 1)) i
	where w.first_day is not null
) d
left join sahut_etl.holiday y on y.workspace_id = w.id and y.day = d.day
left join sahut_etl.report_queue q on q.workspace_id = w.id and q.day = d.day and d.day < w.live_day;
comment on view sahut_report.calendar is
	'One row for each workspace and day, from the year of the first conversation to the end of next year: for '
	'days on which nothing happened, for weekdays and holidays.';
comment on column sahut_report.calendar.id is 'Workspace and day.';
comment on column sahut_report.calendar.workspace_name is 'Workspace.';
comment on column sahut_report.calendar.day is 'Day in the workspace''s time zone.';
comment on column sahut_report.calendar.iso_year is 'Year of the ISO week.';
comment on column sahut_report.calendar.iso_week is 'ISO week; weeks begin on Monday.';
comment on column sahut_report.calendar.week_begins is 'Monday of its week.';
comment on column sahut_report.calendar.month_begins is 'First day of its month.';
comment on column sahut_report.calendar.quarter_begins is 'First day of its quarter.';
comment on column sahut_report.calendar.day_of_week is '1 = Monday ... 7 = Sunday.';
comment on column sahut_report.calendar.day_name is 'Name of the weekday.';
comment on column sahut_report.calendar.is_weekend is 'Saturday or Sunday.';
comment on column sahut_report.calendar.is_holiday is 'A configured holiday.';
comment on column sahut_report.calendar.business_seconds is
	'Seconds of business hours on it; the whole day where no hours are configured.';
comment on column sahut_report.calendar.is_over is 'Whether the day is over, as far as data goes.';
comment on column sahut_report.calendar.is_complete is
	'Whether every change of the day is in the warehouse: it ended before complete_as_of.';
comment on column sahut_report.calendar.is_refreshed is
	'False while something has touched the day and its numbers are not computed again yet.';
comment on column sahut_report.calendar.is_begun is
	'Whether the day has begun, as far as data goes: charts end with the last such day.';
comment on column sahut_report.calendar.measured_hours is
	'Hours of the day in which status and assignment are known: none before the first load has ended, less than all '
	'on the day of that and on the last day. The divisor of a period''s hours.';
comment on column sahut_report.calendar.is_by_agent is
	'Whether daily figures of single agents are kept of it: not of days older than retention.agent_days.';

-- ---- dimensions ----

create view sahut_report.agents as
select w.name || ':' || a.id as id, w.name as workspace_name, a.id as agent_id, a.name as agent_name, a.first_seen_at,
	d.last_day
from sahut.agent a
join sahut_etl.workspace w on w.id = a.workspace_id
left join (
	select g.workspace_id, g.agent_id, max(g.day) as last_day from sahut_etl.day_agent g group by 1, 2
) d on d.workspace_id = a.workspace_id and d.agent_id = a.id;
comment on view sahut_report.agents is 'Agents seen as assignees.';
comment on column sahut_report.agents.id is 'Workspace and agent.';
comment on column sahut_report.agents.workspace_name is 'Workspace.';
comment on column sahut_report.agents.agent_id is 'Id of the agent at the API.';
comment on column sahut_report.agents.agent_name is 'Latest name seen.';
comment on column sahut_report.agents.first_seen_at is 'When it was first seen.';
comment on column sahut_report.agents.last_day is
	'Last day that is over and of which there are figures of the agent. One who left keeps the rows of that time.';

create view sahut_report.teams as
select w.name || ':' || t.id as id, w.name as workspace_name, t.id as team_id, t.name as team_name, t.first_seen_at
from sahut.team t join sahut_etl.workspace w on w.id = t.workspace_id;
comment on view sahut_report.teams is 'Teams seen on conversations.';
comment on column sahut_report.teams.id is 'Workspace and team.';
comment on column sahut_report.teams.workspace_name is 'Workspace.';
comment on column sahut_report.teams.team_id is 'Id of the team at the API.';
comment on column sahut_report.teams.team_name is 'Latest name seen.';
comment on column sahut_report.teams.first_seen_at is 'When it was first seen.';

create view sahut_report.channels as
select w.name || ':' || c.id as id, w.name as workspace_name, c.id as channel_id, c.type as channel_type,
	c.name as channel_name, c.first_seen_at
from sahut.channel c join sahut_etl.workspace w on w.id = c.workspace_id;
comment on view sahut_report.channels is 'Channels seen on conversations.';
comment on column sahut_report.channels.id is 'Workspace and channel.';
comment on column sahut_report.channels.workspace_name is 'Workspace.';
comment on column sahut_report.channels.channel_id is 'Id of the channel at the API.';
comment on column sahut_report.channels.channel_type is 'Kind of channel.';
comment on column sahut_report.channels.channel_name is 'Latest name seen.';
comment on column sahut_report.channels.first_seen_at is 'When it was first seen.';

create view sahut_report.labels as
select w.name || ':' || l.name as id, w.name as workspace_name, l.name as label_name, l.first_seen_at
from sahut.label l join sahut_etl.workspace w on w.id = l.workspace_id;
comment on view sahut_report.labels is
	'Labels seen on conversations. A label that is renamed is a new one: the API gives labels no id.';
comment on column sahut_report.labels.id is 'Workspace and label.';
comment on column sahut_report.labels.workspace_name is 'Workspace.';
comment on column sahut_report.labels.label_name is 'Name of the label.';
comment on column sahut_report.labels.first_seen_at is 'When it was first seen.';

-- ---- whether to trust it ----

create view sahut_report.day_changes as
select
	w.name || ':' || m.day || ':' || to_char(m.moved_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as id,
	w.name as workspace_name, m.day, m.moved_at as changed_at, m.created_change, m.resolved_change, m.reopened_change,
	m.unresolved_change, m.channel_count, m.label_count
from sahut_etl.day_moved m
join sahut_etl.workspace w on w.id = m.workspace_id;
comment on view sahut_report.day_changes is
	'Why did this number change? A row for each day that was over and each time that its numbers became others: '
	'something was seen late, deleted, relabelled or moved to another channel, or hours or the time zone are others. '
	'Of the last 90 days.';
comment on column sahut_report.day_changes.id is 'Workspace, day and instant.';
comment on column sahut_report.day_changes.workspace_name is 'Workspace.';
comment on column sahut_report.day_changes.day is 'The day whose numbers changed, in the workspace''s time zone.';
comment on column sahut_report.day_changes.changed_at is 'When it was computed again (database''s clock).';
comment on column sahut_report.day_changes.created_change is 'Created: so many more; less than 0: fewer.';
comment on column sahut_report.day_changes.resolved_change is 'Resolved: so many more; less than 0: fewer.';
comment on column sahut_report.day_changes.reopened_change is 'Reopened: so many more; less than 0: fewer.';
comment on column sahut_report.day_changes.unresolved_change is
	'Unresolved at the end of the day: so many more; less than 0: fewer.';
comment on column sahut_report.day_changes.channel_count is 'Channels whose numbers changed.';
comment on column sahut_report.day_changes.label_count is 'Labels whose numbers changed.';

create view sahut_report.sync_runs as
select
	r.id, w.name as workspace_name, r.kind, r.strategy, r.state as status, r.verdict, r.began_at,
	r.ended_at as finished_at,
	round(extract(epoch from r.ended_at - r.began_at)::numeric, 1) as duration_seconds,
	greatest(r.requests, q.requests) as api_requests, r.throttled as api_throttled,
	r.retried as api_errors, r.pages as page_count, r.rows_seen as conversations_seen,
	r.rows_new as conversations_new,
	r.rows_changed as conversations_changed, r.rows_unchanged as conversations_unchanged,
	r.rows_rejected as conversations_rejected,
	r.rows_late as late_seen, r.rows_silent as silent_edits_seen, r.versions_written,
	r.rows_deleted as deletions_seen,
	r.error_kind as error_class
from sahut_etl.run r
join sahut_etl.workspace w on w.id = r.workspace_id
left join sahut_etl.request_lease q on q.run_id = r.id;
comment on view sahut_report.sync_runs is 'The cycles of the program.';
comment on column sahut_report.sync_runs.id is 'Number of the run.';
comment on column sahut_report.sync_runs.workspace_name is 'Workspace.';
comment on column sahut_report.sync_runs.kind is
	'The kind of work: first_load, incremental, hinted, full, verify, repair or messages.';
comment on column sahut_report.sync_runs.strategy is
	'How it was done: one_page, head_scan, tail_scan, unresolved_scan, full_sweep, count_audit, repair, '
	'hinted or messages.';
comment on column sahut_report.sync_runs.status is
	'running, ok, partial (stopped cleanly, goes on later), failed, or interrupted.';
comment on column sahut_report.sync_runs.verdict is 'Its verdict, in a word.';
comment on column sahut_report.sync_runs.began_at is 'When it began.';
comment on column sahut_report.sync_runs.finished_at is 'When it ended; empty while running.';
comment on column sahut_report.sync_runs.duration_seconds is 'How long it took.';
comment on column sahut_report.sync_runs.api_requests is 'Requests sent to the API, retries included.';
comment on column sahut_report.sync_runs.api_throttled is 'Answers 429: the quota was used up.';
comment on column sahut_report.sync_runs.api_errors is 'Requests sent again after a failure.';
comment on column sahut_report.sync_runs.page_count is 'Pages of the list that were read.';
comment on column sahut_report.sync_runs.conversations_seen is 'Conversations received, repeats included.';
comment on column sahut_report.sync_runs.conversations_new is 'Of them, seen for the first time.';
comment on column sahut_report.sync_runs.conversations_changed is 'Of them, changed.';
comment on column sahut_report.sync_runs.conversations_unchanged is 'Of them, as they were: nothing was written.';
comment on column sahut_report.sync_runs.conversations_rejected is 'Items that could not be loaded.';
comment on column sahut_report.sync_runs.late_seen is 'New ones that should have been seen before.';
comment on column sahut_report.sync_runs.silent_edits_seen is 'Changes that did not move updated_at.';
comment on column sahut_report.sync_runs.versions_written is 'History rows written.';
comment on column sahut_report.sync_runs.deletions_seen is 'Conversations found deleted.';
comment on column sahut_report.sync_runs.error_class is 'Kind of the failure, if it failed.';

create view sahut_report.data_freshness as
select
	w.id, w.name as workspace_name, w.complete_as_of, w.active_as_of, w.active_as_of as as_of,
	round(extract(epoch from now() - w.active_as_of)::numeric / 60, 1) as lag_minutes,
	round(extract(epoch from now() - w.complete_as_of)::numeric / 60, 1) as complete_lag_minutes,
	coalesce(now() - w.active_as_of between interval '-2 minutes' and interval '15 minutes', false) as is_fresh,
	w.history_started_at, w.timezone as reporting_timezone, w.last_day as data_day,
	(select max(x.ended_at) from sahut_etl.run x where x.workspace_id = w.id and x.state = 'ok') as last_ok_at,
	(select count(*) from sahut_etl.run x where x.workspace_id = w.id and x.state = 'failed'
		and x.ended_at > now() - interval '24 hours')::integer
		as failed_24h_count,
	w.live_count as conversation_count,
	(select count(*) from sahut_etl.rejected_item i where i.workspace_id = w.id)::integer as rejected_item_count,
	sahut_etl.unknown_statuses() as unknown_status_count,
	w.late_arrival_count, w.silent_edit_count,
	coalesce(q.n, 0)::integer as pending_day_count, q.days as pending_days,
	p.state as proof_state, p.since as unproven_since, p.why as proof_reason, p.next_step, p.counted as may_be_counted,
	nullif(p.known, '') as exceptions, p.accepted::integer as accepted_item_count, p.unlisted::integer as unlisted_count,
	p.disputed::integer as disputed_count, p.beyond as beyond_depth_count
from sahut_etl.report_workspace w
join sahut_etl.proof p on p.workspace_id = w.id
left join (
	select p.workspace_id, count(*) as n,
		string_agg(p.day::text, ', ' order by p.day desc) filter (where p.place <= 10) || case
			when count(*) > 10 then ', ...' else '' end as days
	from (
		select x.workspace_id, to_char(x.day, 'YYYY-MM-DD') as day, row_number()
			over (partition by x.workspace_id order by x.day desc) as place
		from sahut_etl.report_queue x join sahut_etl.report_workspace y on y.id = x.workspace_id
			and x.day < y.live_day
	) p group by p.workspace_id
) q on q.workspace_id = w.id;
comment on view sahut_report.data_freshness is 'One row for each workspace: how fresh and how complete the data is.';
comment on column sahut_report.data_freshness.id is 'Number of the workspace.';
comment on column sahut_report.data_freshness.workspace_name is 'Workspace.';
comment on column sahut_report.data_freshness.complete_as_of is 'Every change up to this instant is here.';
comment on column sahut_report.data_freshness.active_as_of is
	'Every change of a conversation that is not resolved, up to this instant, is here. Ages are measured to it.';
comment on column sahut_report.data_freshness.as_of is 'The same as active_as_of.';
comment on column sahut_report.data_freshness.lag_minutes is 'Minutes from active_as_of to now.';
comment on column sahut_report.data_freshness.complete_lag_minutes is 'Minutes from complete_as_of to now.';
comment on column sahut_report.data_freshness.is_fresh is 'Whether lag_minutes is at most 15.';
comment on column sahut_report.data_freshness.history_started_at is
	'When the first load ended, proven or not; before it, status and assignment history is unknown.';
comment on column sahut_report.data_freshness.reporting_timezone is 'Time zone of every day and hour.';
comment on column sahut_report.data_freshness.data_day is 'The newest day in reports: today, as far as data goes.';
comment on column sahut_report.data_freshness.last_ok_at is 'When the last good run ended.';
comment on column sahut_report.data_freshness.failed_24h_count is 'Runs that failed in the last 24 hours.';
comment on column sahut_report.data_freshness.conversation_count is 'Conversations held that are not deleted.';
comment on column sahut_report.data_freshness.rejected_item_count is 'Items of the API that could not be loaded.';
comment on column sahut_report.data_freshness.unknown_status_count is
	'Statuses that the API''s reference does not know.';
comment on column sahut_report.data_freshness.late_arrival_count is
	'Conversations that came later than was promised, since the beginning.';
comment on column sahut_report.data_freshness.silent_edit_count is
	'Changes that did not move updated_at, since the beginning.';
comment on column sahut_report.data_freshness.pending_day_count is
	'Days that something touched and whose numbers are not computed again yet.';
comment on column sahut_report.data_freshness.pending_days is
	'Which: the ten newest of them; empty when all are as they should be.';
comment on column sahut_report.data_freshness.proof_state is
	'loading (rows come in), unproven (loaded, and not proven), demoted (published instants are taken back), rejected '
	'(items that could not be loaded hold the instants), differs (the counts differed when they were last compared), '
	'excepted (proven, but for those that are known), or proven.';
comment on column sahut_report.data_freshness.unproven_since is 'Since when it is not proven; empty where it is.';
comment on column sahut_report.data_freshness.proof_reason is 'Why the state is so.';
comment on column sahut_report.data_freshness.next_step is 'The next step of the program.';
comment on column sahut_report.data_freshness.may_be_counted is 'The rows that may be counted meanwhile.';
comment on column sahut_report.data_freshness.exceptions is 'The known exceptions, in words; empty: none.';
comment on column sahut_report.data_freshness.accepted_item_count is
	'Items that could not be loaded and that a person has accepted: they are in no number.';
comment on column sahut_report.data_freshness.unlisted_count is
	'Conversations that answer by their id and stand in no list: they are in all numbers, as they were last seen.';
comment on column sahut_report.data_freshness.disputed_count is
	'Conversations that the API calls gone, too many to be believed: they are in all numbers.';
comment on column sahut_report.data_freshness.beyond_depth_count is
	'Conversations that lie deeper than the pages of the list go: they are in no number.';

create view sahut_report.health as
select
	w.name || ':' || x.item as id, w.name as workspace_name, x.item, x.state, x.detail
from sahut_etl.report_workspace w
left join lateral (select * from sahut_etl.run u where u.workspace_id = w.id and u.state <> 'running'
	order by u.id desc limit 1) u on true
left join lateral (select * from sahut_etl.audit a where a.workspace_id = w.id and a.api is not null
	order by a.run_id desc limit 1) a on true
left join sahut_etl.proof p on p.workspace_id = w.id
cross join lateral (
	select 'first load' as item, case when w.history_started_at is null then 'amber' else 'green' end as state,
		case when w.history_started_at is null then 'has not ended yet' else 'has ended' end as detail
	union all
	select 'proof', case p.state when 'proven' then 'green' when 'demoted' then 'red' when 'rejected' then 'red'
		when 'differs' then 'red' else 'amber' end,
		p.state || ': ' || p.why || case when p.since is not null then to_char(p.since at time zone w.timezone,
			'" (since" YYYY-MM-DD HH24:MI")"') else '' end || '; ' || p.next_step
	union all
	select 'freshness', case when w.active_as_of is null then 'amber'
		when w.active_as_of > now() + interval '2 minutes'
			or (now() - w.active_as_of > interval '1 hour' and w.paused_at is null) then 'red'
			when now() - w.active_as_of > interval '15 minutes' then 'amber' else 'green' end,
		coalesce(case when w.active_as_of > now() + interval '2 minutes' then format(
			'%s minutes ahead of the clock, which cannot be',
			round(extract(epoch from w.active_as_of - now())::numeric / 60)) end,
			format('%s minutes behind', round(extract(epoch from now() - w.active_as_of)::numeric / 60)),
			format('nothing is proven yet, and the last answer is %s minutes old',
				round(extract(epoch from now() - w.known_at)::numeric / 60)), 'nothing is known yet')
	union all
	select 'completeness', case when w.complete_as_of is null then 'amber'
		when w.complete_as_of > now() + interval '2 minutes'
			or (now() - w.complete_as_of > interval '1 day' and w.paused_at is null) then 'red'
			when now() - w.complete_as_of > interval '1 hour' then 'amber' else 'green' end,
		coalesce(format('complete up to %s minutes ago',
			round(extract(epoch from now() - w.complete_as_of)::numeric / 60)), 'never proven complete')
	union all
	select 'last run', case when u.state in ('ok') then 'green' when u.state in ('failed') then 'red'
		else 'amber' end,
		coalesce(u.kind || ' ' || u.state || case when u.error_kind is not null then ': ' || u.error_kind
			else '' end, 'none yet')
	union all
	select 'counts', case when a.run_id is null then 'amber' when p.compared = 'different' then 'red'
		else 'green' end,
		case when a.run_id is null then 'never compared'
			when p.compared <> 'different' and d.api <> d.held + coalesce(a.rejected, 0)
			then 'they differed, and all was read again since'
			else format('%s at the API, %s here, %s that could not be loaded', d.api, d.held,
			coalesce(a.rejected, 0)) end
	from (select a.api[1] as api, a.held[1] as held) d
	union all
	select 'rejected items', case when i.n > 0 then 'amber' else 'green' end, i.n || ' could not be loaded'
	from (select count(*) as n from sahut_etl.rejected_item i where i.workspace_id = w.id) i
	union all
	select 'statuses', case when s.n > 0 then 'amber' else 'green' end, s.n || ' unknown'
	from (select sahut_etl.unknown_statuses() as n) s
	union all
	select 'messages', case when m.unknown_words <> '{}' then 'amber' else 'green' end,
		case when m.unknown_words <> '{}' then 'of types that nobody knows: '
			|| array_to_string(m.unknown_words, ', ') else 'of known types alone' end
	from sahut_etl.message_state m
	where m.workspace_id = w.id and m.read <> 'off'
	union all
	select 'work', case when w.paused_at is not null then 'amber'
		when l.is_held or l.is_asleep or not l.is_scheduled then 'green' else 'red' end,
		case when w.paused_at is not null then 'paused since '
			|| to_char(w.paused_at at time zone w.timezone, 'YYYY-MM-DD HH24:MI')
			when l.is_held then 'a process works on it' when l.is_asleep then 'the daemon sleeps'
			when l.is_scheduled then 'no process works on it'
			else 'by command, or by a timer' end
	from (select exists (select from sahut_etl.lease_in_force f where f.workspace_id = w.id) as is_held,
		exists (select from sahut_etl.schedule k where k.workspace_id = w.id) as is_scheduled,
		exists (select from sahut_etl.schedule k where k.workspace_id = w.id
			and k.asleep_until > now() - interval '1 minute') as is_asleep) l
	union all
	select 'reports', case when d.is_late or f.days > 0 then 'red' when d.days > 0 then 'amber' else 'green' end,
		case when d.is_late then format('%s days (%s to %s) are not up to date since %s%s', d.days,
		d.first_day, d.last_day,
				to_char(coalesce(d.failing_since, d.since) at time zone w.timezone,
				'YYYY-MM-DD HH24:MI'),
				coalesce(': computing them fails (' || d.error_kind || ')', ''))
			when f.days > 0 then format('of the last week''s samples %s were wrong, and were mended; the last '
				'one is of %s', f.days, f.last_day)
			else d.days || ' days are being computed again' end
	from sahut_etl.report_delay d
	cross join (
		select count(*) as days, max(x.day) as last_day from sahut_etl.report_difference x
		where x.workspace_id = w.id and x.found_at > now() - interval '7 days'
	) f
	where d.workspace_id = w.id
) x;
comment on view sahut_report.health is 'Matters to look at, a row each: green, amber or red.';
comment on column sahut_report.health.id is 'Workspace and item.';
comment on column sahut_report.health.workspace_name is 'Workspace.';
comment on column sahut_report.health.item is 'The matter that is judged.';
comment on column sahut_report.health.state is 'green: good; amber: look at it some time; red: look at it now.';
comment on column sahut_report.health.detail is 'Why.';

-- SPDX-License-Identifier: MIT
-- What analysts, managers and Metabase read: wide, commented, without contact identifiers.

create schema sahut_report;
comment on schema sahut_report is 'For reports and Metabase: one wide object a question, every column explained. No contact name or phone.';

create view sahut_report.conversations as
select
	c.id, w.name as workspace_name, c.status, c.channel_id, ch.type as channel_type, ch.name as channel_name, c.contact_id,
	c.assignee_id, a.name as assignee_name, c.team_id, t.name as team_name, c.labels, c.created_at, c.updated_at,
	(c.created_at at time zone w.timezone)::date as created_day
from sahut.conversation c
join sahut_etl.workspace w on w.id = c.workspace_id
left join sahut.channel ch on ch.workspace_id = c.workspace_id and ch.id = c.channel_id
left join sahut.agent a on a.workspace_id = c.workspace_id and a.id = c.assignee_id
left join sahut.team t on t.workspace_id = c.workspace_id and t.id = c.team_id
where c.deleted_at is null;
comment on view sahut_report.conversations is 'One row for each conversation, as it is now.';
comment on column sahut_report.conversations.id is 'Id of the conversation at the API.';
comment on column sahut_report.conversations.workspace_name is 'Workspace.';
comment on column sahut_report.conversations.status is 'open, pending, snoozed or resolved.';
comment on column sahut_report.conversations.channel_id is 'Channel.';
comment on column sahut_report.conversations.channel_type is 'Kind of channel.';
comment on column sahut_report.conversations.channel_name is 'Name of the channel.';
comment on column sahut_report.conversations.contact_id is 'Contact, as a pseudonym.';
comment on column sahut_report.conversations.assignee_id is 'Current assignee; empty when unassigned.';
comment on column sahut_report.conversations.assignee_name is 'Name of the current assignee.';
comment on column sahut_report.conversations.team_id is 'Current team.';
comment on column sahut_report.conversations.team_name is 'Name of the current team.';
comment on column sahut_report.conversations.labels is 'Labels it carries now, sorted; empty array when there are none.';
comment on column sahut_report.conversations.created_at is 'When it was created.';
comment on column sahut_report.conversations.updated_at is 'When it was last updated.';
comment on column sahut_report.conversations.created_day is 'Day of its creation in the workspace''s time zone.';

create view sahut_report.conversation_labels as
select
	l.conversation_id || ':' || l.label_name as id, l.conversation_id, l.label_name,
	round(1.0 / cardinality(c.labels), 6) as label_weight
from sahut.conversation_label l
join sahut.conversation c on c.id = l.conversation_id
where c.deleted_at is null;
comment on view sahut_report.conversation_labels is 'One row for each conversation and label it carries now. Joining it multiplies conversations: count distinct conversation_id, or sum label_weight.';
comment on column sahut_report.conversation_labels.id is 'Conversation and label.';
comment on column sahut_report.conversation_labels.conversation_id is 'Conversation.';
comment on column sahut_report.conversation_labels.label_name is 'Label.';
comment on column sahut_report.conversation_labels.label_weight is '1 divided by the number of labels of the conversation: sums to 1 for each.';

create view sahut_report.agent_workload_now as
select
	w.name || ':' || a.id as id, w.name as workspace_name, a.id as agent_id, a.name as agent_name,
	count(*) filter (where c.status = 'open')::integer as open_count,
	count(*) filter (where c.status = 'pending')::integer as pending_count,
	count(*) filter (where c.status = 'snoozed')::integer as snoozed_count,
	count(*) filter (where s.is_active)::integer as active_count,
	greatest(round(max(extract(epoch from w.active_as_of - c.created_at)) filter (where s.is_active)::numeric / 3600, 2), 0)
		as oldest_active_age_hours
from sahut.agent a
join sahut_etl.workspace w on w.id = a.workspace_id
left join sahut.conversation c
	on c.workspace_id = a.workspace_id and c.assignee_id = a.id and c.deleted_at is null and c.status <> 'resolved'
left join sahut.status s on s.status = c.status
group by w.id, a.workspace_id, a.id;
comment on view sahut_report.agent_workload_now is 'What each agent holds now.';
comment on column sahut_report.agent_workload_now.id is 'Workspace and agent.';
comment on column sahut_report.agent_workload_now.workspace_name is 'Workspace.';
comment on column sahut_report.agent_workload_now.agent_id is 'Agent.';
comment on column sahut_report.agent_workload_now.agent_name is 'Name of the agent.';
comment on column sahut_report.agent_workload_now.open_count is 'Open conversations assigned.';
comment on column sahut_report.agent_workload_now.pending_count is 'Pending conversations assigned.';
comment on column sahut_report.agent_workload_now.snoozed_count is 'Snoozed conversations assigned.';
comment on column sahut_report.agent_workload_now.active_count is 'Open plus pending.';
comment on column sahut_report.agent_workload_now.oldest_active_age_hours is 'Age of the oldest active one in hours, measured to active_as_of.';

-- SPDX-License-Identifier: MIT
-- The warehouse proper: conversations as they are now and as they were.
-- No contact's name or phone stands here; those live in sahut_pii alone.

do $$ begin
	-- An administrator may have made it: then we need not be allowed to.
	if to_regnamespace('sahut') is null then
		create schema sahut;
	end if;
end $$;
comment on schema sahut is 'Current state and history of conversations, for analysts. No contact name or phone.';
do $$ begin
	-- An administrator may have made it: then we need not be allowed to.
	if to_regnamespace('sahut_pii') is null then
		create schema sahut_pii;
	end if;
end $$;
comment on schema sahut_pii is 'Contact names and phones, one row a contact: the one place to erase.';

create table sahut.status (
	status         text primary key,
	sort_order     smallint not null,
	is_unresolved  boolean not null,
	is_active      boolean not null,
	is_known       boolean not null
);
comment on table sahut.status is
	'Conversation statuses and how reports group them. One that the API''s reference does not know is added with '
	'is_known = false.';
comment on column sahut.status.status is 'Status as the API spells it.';
comment on column sahut.status.sort_order is 'Order of display.';
comment on column sahut.status.is_unresolved is 'Counts in the backlog: everything but resolved.';
comment on column sahut.status.is_active is 'Counts as current work: open and pending; snoozed is parked.';
comment on column sahut.status.is_known is 'Whether the API''s reference knows it.';
insert into sahut.status (status, sort_order, is_unresolved, is_active, is_known) values
	('open', 1, true, true, true),
	('pending', 2, true, true, true),
	('snoozed', 3, true, false, true),
	('resolved', 4, false, false, true);

create table sahut.channel (
	workspace_id   integer not null,
	id             text collate "C" not null,
	type           text,
	name           text,
	first_seen_at  timestamptz not null,
	primary key (workspace_id, id)
);
comment on table sahut.channel is 'Inbox channels seen on conversations.';
comment on column sahut.channel.workspace_id is 'Workspace.';
comment on column sahut.channel.id is 'Id of the channel at the API.';
comment on column sahut.channel.type is 'Kind of channel: whatsapp, instagram, email, ... as the API spells it.';
comment on column sahut.channel.name is 'Latest name seen.';
comment on column sahut.channel.first_seen_at is 'When it was first seen (API time).';

create table sahut.agent (
	workspace_id   integer not null,
	id             text collate "C" not null,
	name           text,
	first_seen_at  timestamptz not null,
	primary key (workspace_id, id)
);
comment on table sahut.agent is 'Agents seen as assignees.';
comment on column sahut.agent.workspace_id is 'Workspace.';
comment on column sahut.agent.id is 'Id of the agent at the API.';
comment on column sahut.agent.name is 'Latest name seen.';
comment on column sahut.agent.first_seen_at is 'When it was first seen (API time).';

create table sahut.team (
	workspace_id   integer not null,
	id             text collate "C" not null,
	name           text,
	first_seen_at  timestamptz not null,
	primary key (workspace_id, id)
);
comment on table sahut.team is 'Teams seen on conversations.';
comment on column sahut.team.workspace_id is 'Workspace.';
comment on column sahut.team.id is 'Id of the team at the API.';
comment on column sahut.team.name is 'Latest name seen; empty where the API gave only the id.';
comment on column sahut.team.first_seen_at is 'When it was first seen (API time).';

create table sahut.label (
	workspace_id   integer not null,
	name           text collate "C" not null,
	first_seen_at  timestamptz not null,
	primary key (workspace_id, name)
);
comment on table sahut.label is
	'Labels seen on conversations. The API gives a label no id, so a renamed one is a new one.';
comment on column sahut.label.workspace_id is 'Workspace.';
comment on column sahut.label.name is 'Name of the label.';
comment on column sahut.label.first_seen_at is 'When it was first seen (API time).';

create table sahut.contact (
	workspace_id   integer not null,
	id             text collate "C" not null,
	phone_key      bytea,
	first_seen_at  timestamptz not null,
	erased_at      timestamptz,
	primary key (workspace_id, id)
);
create index contact_phone_key on sahut.contact (phone_key) where phone_key is not null;
comment on table sahut.contact is 'Contacts, without personal data.';
comment on column sahut.contact.workspace_id is 'Workspace.';
comment on column sahut.contact.id is
	'Id of the contact at the API; of one that has none, "conversation:" and the id of its conversation.';
comment on column sahut.contact.phone_key is
	'Keyed hash of the phone: equal keys, the same phone. Cannot be turned back without the key.';
comment on column sahut.contact.first_seen_at is 'When it was first seen (API time).';
comment on column sahut.contact.erased_at is 'When name and phone were erased on request; they are not loaded again.';

create table sahut_pii.contact (
	workspace_id  integer not null,
	contact_id    text collate "C" not null,
	name          text,
	phone         text,
	extra         jsonb,
	changed_at    timestamptz not null,
	primary key (workspace_id, contact_id)
);
comment on table sahut_pii.contact is 'Names and phones of contacts. Personal data (UU PDP, Law 27/2022).';
comment on column sahut_pii.contact.workspace_id is 'Workspace.';
comment on column sahut_pii.contact.contact_id is
	'Id of the contact at the API; of one that has none, "conversation:" and the id of its conversation.';
comment on column sahut_pii.contact.name is 'Name as the API gives it.';
comment on column sahut_pii.contact.phone is 'Phone as the API gives it (E.164).';
comment on column sahut_pii.contact.extra is 'Other data that the API has of the contact.';
comment on column sahut_pii.contact.changed_at is 'When these values were last seen to change (API time).';

create table sahut.conversation (
	id                    text collate "C" primary key,
	workspace_id          integer not null,
	status                text not null,
	channel_id            text collate "C",
	contact_id            text collate "C",
	assignee_id           text collate "C",
	team_id               text collate "C",
	labels                text[] collate "C" not null default '{}',
	created_at            timestamptz not null,
	created_day           date not null,
	updated_at            timestamptz,
	extra                 jsonb,
	deleted_at            timestamptz,
	merged_into           text collate "C",
	unlisted_since        timestamptz,
	-- accumulated from its history
	origin                text not null check (origin in ('backfill', 'observed')),
	history_known_from    timestamptz not null,
	version_no            integer not null default 1,
	status_since          timestamptz not null,
	assignee_since        timestamptz,
	first_assigned_at     timestamptz,
	first_resolved_at     timestamptz,
	last_resolved_at      timestamptz,
	-- of the first assignment and resolution: whether the time is a wide guess, and how long it took in business
	-- hours
	first_assigned_estimated   boolean,
	first_resolved_estimated   boolean,
	first_assigned_business_seconds  bigint,
	first_resolved_business_seconds  bigint,
	-- and the agent who had it then
	first_assigned_to          text collate "C",
	first_assigned_team_id     text collate "C",
	first_resolved_by          text collate "C",
	first_resolved_team_id     text collate "C",
	-- its states that have ended, added up: how long it was in each; an empty one is none
	counted_to                 timestamptz,
	open_usec                  bigint,
	pending_usec               bigint,
	snoozed_usec               bigint,
	unassigned_usec            bigint,
	open_work_usec             bigint,
	pending_work_usec          bigint,
	snoozed_work_usec          bigint,
	unassigned_work_usec       bigint,
	assigned_pending_work_usec bigint,
	assigned_snoozed_work_usec bigint,
	resolved_pending_work_usec bigint,
	resolved_snoozed_work_usec bigint,
	-- the agents who had it, the last one last; and its labels
	assignees                  text[] collate "C",
	first_team_id              text collate "C",
	last_team_id               text collate "C",
	first_labels               text[] collate "C",
	resolved_labels            text[] collate "C",
	resolution_count      integer not null default 0,
	reopen_count          integer not null default 0,
	reassignment_count    integer not null default 0,
	unassignment_count    integer not null default 0,
	touch_count           integer not null default 0,
	-- where it came from
	first_seen_at         timestamptz not null,
	first_run_id          bigint,
	first_page            integer,
	last_written_at       timestamptz not null,
	last_run_id           bigint,
	last_page             integer
);
create index conversation_updated on sahut.conversation (workspace_id, updated_at);
create index conversation_created on sahut.conversation (workspace_id, created_day);
create index conversation_contact on sahut.conversation (workspace_id, contact_id, created_at);
create index conversation_unresolved on sahut.conversation (workspace_id, assignee_id, status)
	where status <> 'resolved' and deleted_at is null;
create index conversation_deleted on sahut.conversation (workspace_id, deleted_at) where deleted_at is not null;
comment on table sahut.conversation is 'Conversations as they are now, with milestones accumulated from their history.';
comment on column sahut.conversation.id is 'Id of the conversation at the API; unique over all workspaces.';
comment on column sahut.conversation.workspace_id is 'Workspace.';
comment on column sahut.conversation.status is 'Current status.';
comment on column sahut.conversation.channel_id is 'Channel; empty where the API gave none.';
comment on column sahut.conversation.contact_id is 'Contact; empty where the API gave none.';
comment on column sahut.conversation.assignee_id is 'Current assignee; empty when unassigned.';
comment on column sahut.conversation.team_id is 'Current team; empty when there is none.';
comment on column sahut.conversation.labels is 'Labels it carries now, in byte order.';
comment on column sahut.conversation.created_at is 'When it was created, says the API.';
comment on column sahut.conversation.created_day is 'Day of its creation in the workspace''s time zone.';
comment on column sahut.conversation.updated_at is
	'When it was last updated, says the API; empty where it says nothing.';
comment on column sahut.conversation.extra is
	'Fields of the API that no column knows, as they arrived; of an object that a column knows, the other members.';
comment on column sahut.conversation.deleted_at is
	'When it was found deleted at the API (API time); such conversations leave every report.';
comment on column sahut.conversation.merged_into is
	'The conversation that the API answers with instead, if it was merged.';
comment on column sahut.conversation.unlisted_since is
	'Since when no list of the API shows it, though it answers by its id (API time): its changes are not followed. '
	'Empty: lists show it.';
comment on column sahut.conversation.origin is
	'observed: its history is known from its creation; backfill: it is older than the first load.';
comment on column sahut.conversation.history_known_from is 'From this instant on, its status and assignment are known.';
comment on column sahut.conversation.version_no is 'Number of its current version.';
comment on column sahut.conversation.status_since is 'Since when it has its current status (effective).';
comment on column sahut.conversation.assignee_since is
	'Since when it has its current assignee (effective); empty when unassigned.';
comment on column sahut.conversation.first_assigned_at is 'When it first had an assignee (effective).';
comment on column sahut.conversation.first_resolved_at is 'Its first resolution that was seen (effective).';
comment on column sahut.conversation.last_resolved_at is 'Its last resolution that was seen (effective).';
comment on column sahut.conversation.first_assigned_estimated is
	'Whether first_assigned_at may be off by more than half an hour; empty when never assigned.';
comment on column sahut.conversation.first_resolved_estimated is
	'Whether first_resolved_at may be off by more than half an hour; empty when never resolved.';
comment on column sahut.conversation.first_assigned_business_seconds is
	'Seconds of business hours from its creation to its first assignment; all seconds where the workspace has no '
	'business hours.';
comment on column sahut.conversation.first_resolved_business_seconds is
	'Seconds of business hours from its creation to its first resolution; all seconds where the workspace has no '
	'business hours.';
comment on column sahut.conversation.first_assigned_to is 'The agent of the first assignment that was seen.';
comment on column sahut.conversation.first_assigned_team_id is 'Team at that time.';
comment on column sahut.conversation.first_resolved_by is
	'Assignee at the first resolution that was seen; empty if it was unassigned.';
comment on column sahut.conversation.first_resolved_team_id is 'Team at that time.';
comment on column sahut.conversation.counted_to is
	'Up to when its states are added up below: the beginning of its current version.';
comment on column sahut.conversation.open_usec is 'Microseconds open, without the current version.';
comment on column sahut.conversation.pending_usec is 'Microseconds pending, likewise.';
comment on column sahut.conversation.snoozed_usec is 'Microseconds snoozed, likewise.';
comment on column sahut.conversation.unassigned_usec is 'Microseconds unresolved and unassigned, likewise.';
comment on column sahut.conversation.open_work_usec is
	'Microseconds of business hours open, by the hours of the channel that it was in then, likewise.';
comment on column sahut.conversation.pending_work_usec is 'Microseconds of business hours pending, likewise.';
comment on column sahut.conversation.snoozed_work_usec is 'Microseconds of business hours snoozed, likewise.';
comment on column sahut.conversation.unassigned_work_usec is
	'Microseconds of business hours unresolved and unassigned, likewise.';
comment on column sahut.conversation.assigned_pending_work_usec is
	'Of the business hours until its first assignment those pending; empty: none.';
comment on column sahut.conversation.assigned_snoozed_work_usec is 'Likewise snoozed.';
comment on column sahut.conversation.resolved_pending_work_usec is
	'Of the business hours until its first resolution those pending; empty: none.';
comment on column sahut.conversation.resolved_snoozed_work_usec is 'Likewise snoozed.';
comment on column sahut.conversation.assignees is
	'Agents that were seen to have it, each once, in the order in which each had it last; empty: none.';
comment on column sahut.conversation.first_team_id is 'The first team that it was seen with.';
comment on column sahut.conversation.last_team_id is 'The last one.';
comment on column sahut.conversation.first_labels is 'Labels that it carried when it was first seen.';
comment on column sahut.conversation.resolved_labels is
	'Labels that it carried at its last resolution that was seen; empty before.';
comment on column sahut.conversation.resolution_count is 'Moves into resolved that were seen.';
comment on column sahut.conversation.reopen_count is 'Moves out of resolved that were seen.';
comment on column sahut.conversation.reassignment_count is 'Moves from one agent to another that were seen.';
comment on column sahut.conversation.unassignment_count is 'Moves from an agent to nobody that were seen.';
comment on column sahut.conversation.touch_count is
	'How often updated_at moved while nothing tracked had changed; usually a message.';
comment on column sahut.conversation.first_seen_at is 'When the program first received it (API time).';
comment on column sahut.conversation.first_run_id is 'Run that first received it.';
comment on column sahut.conversation.first_page is 'Page it then stood on; empty when it was fetched alone.';
comment on column sahut.conversation.last_written_at is 'When its row last changed (API time).';
comment on column sahut.conversation.last_run_id is 'Run that changed it last.';
comment on column sahut.conversation.last_page is 'Page it then stood on; empty when it was fetched alone.';

create table sahut.conversation_label (
	conversation_id  text collate "C" not null,
	workspace_id     integer not null,
	label_name       text collate "C" not null,
	since            timestamptz not null,
	primary key (conversation_id, label_name)
);
create index conversation_label_name on sahut.conversation_label (workspace_id, label_name);
comment on table sahut.conversation_label is 'Labels that conversations carry now, one row each.';
comment on column sahut.conversation_label.conversation_id is 'Conversation.';
comment on column sahut.conversation_label.workspace_id is 'Workspace.';
comment on column sahut.conversation_label.label_name is 'Label.';
comment on column sahut.conversation_label.since is 'Since when, as far as is known (effective).';

create table sahut.conversation_version (
	conversation_id    text collate "C" not null,
	version_no         integer not null,
	workspace_id       integer not null,
	status             text not null,
	assignee_id        text collate "C",
	team_id            text collate "C",
	channel_id         text collate "C",
	valid_from         timestamptz not null,
	valid_to           timestamptz,
	not_before         timestamptz not null,
	observed_at        timestamptz not null,
	source_updated_at  timestamptz,
	is_estimated       boolean not null,
	run_id             bigint,
	primary key (conversation_id, version_no),
	check (not_before <= valid_from and valid_from <= observed_at),
	check (valid_to is null or valid_to >= valid_from)
);
create unique index conversation_version_current on sahut.conversation_version (conversation_id) where valid_to is null;
-- The versions that were unresolved at an instant, or on a day: half-open at the left, as the backlog at midnight wants
-- it.
create index conversation_version_unresolved on sahut.conversation_version
	using gist (tstzrange(valid_from, valid_to, '(]')) where status <> 'resolved';
comment on table sahut.conversation_version is
	'History of status, assignee, team and channel: one row for each state that was seen.';
comment on column sahut.conversation_version.conversation_id is 'Conversation.';
comment on column sahut.conversation_version.version_no is '1, 2, 3, ... within the conversation.';
comment on column sahut.conversation_version.workspace_id is 'Workspace.';
comment on column sahut.conversation_version.status is 'Status in this state.';
comment on column sahut.conversation_version.assignee_id is 'Assignee in this state; empty when unassigned.';
comment on column sahut.conversation_version.team_id is 'Team in this state.';
comment on column sahut.conversation_version.channel_id is 'Channel in this state.';
comment on column sahut.conversation_version.valid_from is
	'Best estimate of when the state began: the API''s updated_at, kept between not_before and observed_at.';
comment on column sahut.conversation_version.valid_to is 'When the next state began; empty for the current one.';
comment on column sahut.conversation_version.not_before is
	'The state cannot have begun before: the program still knew the old one to hold.';
comment on column sahut.conversation_version.observed_at is
	'When the program received it (API time): the state held then.';
comment on column sahut.conversation_version.source_updated_at is 'updated_at of the item that showed it.';
comment on column sahut.conversation_version.is_estimated is 'Whether valid_from may be off by more than half an hour.';
comment on column sahut.conversation_version.run_id is 'Run that wrote it.';

create table sahut.conversation_event (
	conversation_id   text collate "C" not null,
	id                bigint generated by default as identity,
	workspace_id      integer not null,
	version_no        integer,
	event_type        text not null check (event_type in ('created', 'resolved', 'reopened', 'status_changed',
	'assigned', 'unassigned',
	                      'reassigned', 'team_changed', 'label_added', 'label_removed', 'deleted', 'restored')),
	occurred_at       timestamptz not null,
	occurred_day      date not null,
	not_before        timestamptz not null,
	observed_at       timestamptz not null,
	is_estimated      boolean not null,
	from_status       text,
	to_status         text,
	from_assignee_id  text collate "C",
	to_assignee_id    text collate "C",
	from_team_id      text collate "C",
	to_team_id        text collate "C",
	channel_id        text collate "C",
	label_name        text collate "C",
	primary key (conversation_id, id)
);
create index conversation_event_day on sahut.conversation_event (workspace_id, occurred_day, event_type);
comment on table sahut.conversation_event is
	'One row for each transition that was seen, derived from two states that follow each other.';
comment on column sahut.conversation_event.conversation_id is 'Conversation.';
comment on column sahut.conversation_event.id is 'Number of the event; grows in the order of writing.';
comment on column sahut.conversation_event.workspace_id is 'Workspace.';
comment on column sahut.conversation_event.version_no is 'The version that the transition led to.';
comment on column sahut.conversation_event.event_type is
	'created, resolved, reopened, status_changed, assigned, unassigned, reassigned, team_changed, label_added, '
	'label_removed, deleted or restored.';
comment on column sahut.conversation_event.occurred_at is 'When it happened, as well as is known (effective).';
comment on column sahut.conversation_event.occurred_day is 'Day of it in the workspace''s time zone.';
comment on column sahut.conversation_event.not_before is 'It cannot have happened before.';
comment on column sahut.conversation_event.observed_at is 'When the program saw it (API time).';
comment on column sahut.conversation_event.is_estimated is 'Whether occurred_at may be off by more than half an hour.';
comment on column sahut.conversation_event.from_status is 'Status before.';
comment on column sahut.conversation_event.to_status is
	'Status after; empty for the creation of a conversation older than the first load.';
comment on column sahut.conversation_event.from_assignee_id is 'Assignee before.';
comment on column sahut.conversation_event.to_assignee_id is 'Assignee after: gets the credit for a resolution.';
comment on column sahut.conversation_event.from_team_id is 'Team before.';
comment on column sahut.conversation_event.to_team_id is 'Team after.';
comment on column sahut.conversation_event.channel_id is 'Channel at that time.';
comment on column sahut.conversation_event.label_name is 'Label that was added or removed.';

create table sahut.resolution (
	conversation_id     text collate "C" not null,
	version_no          integer not null,
	workspace_id        integer not null,
	cycle_no            integer not null,
	created_at          timestamptz not null,
	from_at             timestamptz,
	resolved_at         timestamptz not null,
	resolved_day        date not null,
	assignee_id         text collate "C",
	team_id             text collate "C",
	channel_id          text collate "C",
	business_seconds    bigint,
	is_estimated        boolean not null,
	is_deleted          boolean not null default false,
	reopened_at         timestamptz,
	reopened_version_no integer,
	primary key (conversation_id, version_no)
);
create index resolution_day on sahut.resolution (workspace_id, resolved_day) where not is_deleted;
comment on table sahut.resolution is 'One row for each resolution that was seen, with the reopening that followed it.';
comment on column sahut.resolution.conversation_id is 'Conversation.';
comment on column sahut.resolution.version_no is 'The version that is resolved.';
comment on column sahut.resolution.workspace_id is 'Workspace.';
comment on column sahut.resolution.cycle_no is '1 for the first resolution that was seen, 2 for the next, ...';
comment on column sahut.resolution.created_at is 'Creation of the conversation.';
comment on column sahut.resolution.from_at is
	'When the work on it began: the creation, or the reopening before. Empty where that lies before the first known '
	'state.';
comment on column sahut.resolution.resolved_at is 'When it was resolved (effective).';
comment on column sahut.resolution.resolved_day is 'Day of it in the workspace''s time zone.';
comment on column sahut.resolution.assignee_id is 'Assignee when it was resolved: gets the credit.';
comment on column sahut.resolution.team_id is 'Team when it was resolved.';
comment on column sahut.resolution.channel_id is 'Channel when it was resolved.';
comment on column sahut.resolution.business_seconds is
	'Seconds of business hours from from_at to resolved_at, empty where that is; all seconds where the workspace '
	'has no business hours.';
comment on column sahut.resolution.is_estimated is 'Whether resolved_at may be off by more than half an hour.';
comment on column sahut.resolution.is_deleted is
	'Whether the conversation was deleted since: such resolutions leave every report.';
comment on column sahut.resolution.reopened_at is 'When it was reopened afterwards (effective); empty if it was not.';
comment on column sahut.resolution.reopened_version_no is 'The version in which it was reopened.';

-- Messages: the kind of the sender, and the time. No text, no file name, no URL and no name of a contact stands here,
-- and no column could take one.
create table sahut.message (
	conversation_id   text collate "C" not null,
	id                text collate "C" not null,
	workspace_id      integer not null,
	place             integer not null,
	type              text not null,
	is_note           boolean not null,
	sender_type       text,
	sender_id         text collate "C",
	created_at        timestamptz not null,
	text_length       integer,
	attachment_count  integer not null,
	attachment_kinds  text[] not null default '{}',
	observed_at       timestamptz not null,
	reading           integer not null,
	removed_at        timestamptz,
	primary key (conversation_id, id)
);
create index message_created on sahut.message (workspace_id, created_at);
comment on table sahut.message is
	'Messages of the conversations that were read: the kind of the sender, and the time. Never their content. Which '
	'conversations were read, and up to when, says sahut_etl.message_reading.';
comment on column sahut.message.conversation_id is 'Conversation.';
comment on column sahut.message.id is 'Id of the message at the API.';
comment on column sahut.message.workspace_id is 'Workspace.';
comment on column sahut.message.place is '1 for the first message of the conversation''s list, 2 for the next, ...';
comment on column sahut.message.type is
	'incoming (from the customer), outgoing (from an agent or a bot), activity (an event of the system), or another '
	'word that the API''s reference does not know.';
comment on column sahut.message.is_note is
	'Whether the API says that customers do not see it: a member private, internal or note that is true, or a type of '
	'that name.';
comment on column sahut.message.sender_type is
	'contact, agent or bot, or another word that the API''s reference does not know; empty where the API gave none.';
comment on column sahut.message.sender_id is
	'Id of the sender; empty where the API gave none, and of a contact that was erased.';
comment on column sahut.message.created_at is 'When it was written, says the API.';
comment on column sahut.message.text_length is 'Characters of its text; empty where it has none.';
comment on column sahut.message.attachment_count is 'How many files are attached.';
comment on column sahut.message.attachment_kinds is
	'Their kinds, each once, in byte order: image, video, audio, text, application, font, model, or other.';
comment on column sahut.message.observed_at is 'When the program first saw it (API time).';
comment on column sahut.message.reading is
	'Number of the reading that saw it last: a conversation is read anew when its list did not grow at its end alone.';
comment on column sahut.message.removed_at is
	'When a reading of the whole list did not show it any more (API time); such messages leave every report.';

create table sahut.turn (
	conversation_id    text collate "C" not null,
	turn_no            integer not null,
	workspace_id       integer not null,
	from_at            timestamptz not null,
	customer_messages  integer not null,
	reply_count        integer not null,
	reply_at           timestamptz,
	reply_sender_type  text,
	reply_sender_id    text collate "C",
	agent_reply_at     timestamptz,
	agent_reply_id     text collate "C",
	bot_reply_at       timestamptz,
	last_at            timestamptz not null,
	from_day           date not null,
	reply_work_usec    bigint,
	primary key (conversation_id, turn_no)
);
create index turn_day on sahut.turn (workspace_id, from_day);
comment on table sahut.turn is
	'Turns of customers, made of the messages that were read: a turn is what a customer wrote until somebody answered, '
	'and the answers to it. Notes, activities and unknown types of messages are no part of it.';
comment on column sahut.turn.conversation_id is 'Conversation.';
comment on column sahut.turn.turn_no is '1 for the first turn of the conversation, 2 for the next, ...';
comment on column sahut.turn.workspace_id is 'Workspace.';
comment on column sahut.turn.from_at is 'When the first message of the customer in it was written.';
comment on column sahut.turn.customer_messages is 'Messages of the customer in it.';
comment on column sahut.turn.reply_count is 'Outgoing messages behind them, up to the next turn.';
comment on column sahut.turn.reply_at is 'When the first of these was written; empty while there is none.';
comment on column sahut.turn.reply_sender_type is 'Who wrote that: agent, bot, or another word of the API''s.';
comment on column sahut.turn.reply_sender_id is 'Id of the sender.';
comment on column sahut.turn.agent_reply_at is 'When the first one of an agent was written.';
comment on column sahut.turn.agent_reply_id is 'Id of that agent.';
comment on column sahut.turn.bot_reply_at is 'When the first one of a bot was written.';
comment on column sahut.turn.last_at is 'When the last message of the turn, or of the answers to it, was written.';
comment on column sahut.turn.from_day is 'Day of from_at in the workspace''s time zone.';
comment on column sahut.turn.reply_work_usec is
	'Microseconds of business hours from from_at to reply_at, by the hours of the channel that the conversation has now.';

-- How far they were read; sahut_etl.pick_messages() says which is next.
create table sahut_etl.message_state (
	workspace_id    integer primary key references sahut_etl.workspace,
	read            text not null check (read in ('off', 'replies', 'all')),
	since           interval not null,
	history_at      timestamptz,
	history_id      text collate "C",
	history_done    boolean not null default false,
	moved_count     bigint not null default 0,
	unmoved_count   bigint not null default 0,
	shrunk_count    bigint not null default 0,
	gone_count      bigint not null default 0,
	started_at      timestamptz,
	unknown_words   text[] not null default '{}'
);
comment on table sahut_etl.message_state is 'How messages of a workspace are read, and how far that has come.';
comment on column sahut_etl.message_state.workspace_id is 'Workspace.';
comment on column sahut_etl.message_state.read is 'off, replies or all, as configured.';
comment on column sahut_etl.message_state.since is
	'Conversations that did not change for so long are not read, as configured.';
comment on column sahut_etl.message_state.history_at is
	'Each conversation that was updated after this instant is read, or due; those before it come later, the newest '
	'first, or, once history is done, never. Empty before the first reading.';
comment on column sahut_etl.message_state.history_id is 'Of those of that very instant: the last one, from the end.';
comment on column sahut_etl.message_state.history_done is 'Whether history was gone through back to since.';
comment on column sahut_etl.message_state.moved_count is
	'Conversations read whose new messages had moved updated_at, of late: of a thousand, half are forgotten.';
comment on column sahut_etl.message_state.unmoved_count is
	'Conversations read whose new messages had not moved updated_at, though that was known up to later than they '
	'are; of late.';
comment on column sahut_etl.message_state.shrunk_count is
	'Lists of messages that had not grown at their end alone, and were read anew.';
comment on column sahut_etl.message_state.gone_count is
	'Conversations held whose messages the API does not have (404).';
comment on column sahut_etl.message_state.started_at is
	'Since when messages are read as they are configured now (database''s clock).';
comment on column sahut_etl.message_state.unknown_words is
	'Types of messages, and of senders, that the API''s reference does not know, as they came; at most 20.';

create table sahut_etl.message_reading (
	conversation_id     text collate "C" primary key,
	workspace_id        integer not null references sahut_etl.workspace,
	is_unresolved       boolean not null,
	changed_at          timestamptz,
	due_reason          text check (due_reason in ('changed', 'hinted', 'unread', 'history')),
	due_at              timestamptz,
	not_before          timestamptz,
	read_at             timestamptz,
	read_changed_at     timestamptz,
	keeps_all           boolean not null default false,
	message_count       integer not null default 0,
	per_page            integer not null default 100,
	last_message_id     text collate "C",
	last_message_at     timestamptz,
	waits               boolean,
	reading             integer not null default 1,
	shrunk_count        integer not null default 0,
	rejected_count      integer not null default 0,
	gone_at             timestamptz,
	gone_count          integer not null default 0,
	first_customer_at   timestamptz,
	first_bot_reply_at  timestamptz,
	first_human_reply_at  timestamptz,
	first_human_reply_id  text collate "C",
	reply_count         integer,
	talked_at           timestamptz,
	waiting_since       timestamptz
) with (fillfactor = 80);
create index message_reading_due on sahut_etl.message_reading (workspace_id, changed_at desc nulls last)
	where due_reason is not null;
create index message_reading_again on sahut_etl.message_reading (workspace_id, read_at)
	where is_unresolved and due_reason is null;
create index message_reading_gone on sahut_etl.message_reading (workspace_id, gone_at) where gone_at is not null;
comment on table sahut_etl.message_reading is
	'How far the messages of a conversation were read. A conversation without a row waits for its turn in history.';
comment on column sahut_etl.message_reading.conversation_id is 'Conversation.';
comment on column sahut_etl.message_reading.workspace_id is 'Workspace.';
comment on column sahut_etl.message_reading.is_unresolved is 'Whether it is not resolved, as it was last merged.';
comment on column sahut_etl.message_reading.changed_at is 'Its updated_at, as it was last merged.';
comment on column sahut_etl.message_reading.due_reason is
	'Why it is to be read: changed, hinted (somebody said that it has a new message), unread (it is not resolved, and '
	'was not read yet) or history. Empty: it need not be.';
comment on column sahut_etl.message_reading.due_at is 'Since when it is due (database''s clock).';
comment on column sahut_etl.message_reading.not_before is
	'Until then it is not asked for again, since its list made no sense (database''s clock); empty otherwise.';
comment on column sahut_etl.message_reading.read_at is
	'When its list was last read to the end (API time): up to then its messages are known. Empty: it never was.';
comment on column sahut_etl.message_reading.read_changed_at is 'Its updated_at as it was held then.';
comment on column sahut_etl.message_reading.keeps_all is
	'Whether activities, notes and unknown types are held, too: it was read under read: all.';
comment on column sahut_etl.message_reading.message_count is 'Messages of its list that were read.';
comment on column sahut_etl.message_reading.per_page is 'Messages on a page, when it was last read.';
comment on column sahut_etl.message_reading.last_message_id is 'The last one that was read: there reading goes on.';
comment on column sahut_etl.message_reading.last_message_at is 'When that was written.';
comment on column sahut_etl.message_reading.waits is
	'Whether the customer wrote last, notes and activities aside. Empty: not known.';
comment on column sahut_etl.message_reading.reading is
	'Number of the reading: 1, and one more each time it began anew.';
comment on column sahut_etl.message_reading.shrunk_count is
	'How often its list had not grown at its end alone, and was read anew.';
comment on column sahut_etl.message_reading.rejected_count is 'Messages of the reading that could not be loaded.';
comment on column sahut_etl.message_reading.gone_at is
	'When the API said that it has no messages of this conversation (404); empty when it did not.';
comment on column sahut_etl.message_reading.gone_count is
	'How often the API said so, one time after the other: it is asked again after 1 day, 4, 16 and 64.';
comment on column sahut_etl.message_reading.first_customer_at is
	'When the first message of the customer was written. This and what follows are of the messages that were read.';
comment on column sahut_etl.message_reading.first_bot_reply_at is 'When a bot first answered the customer.';
comment on column sahut_etl.message_reading.first_human_reply_at is 'When an agent first answered the customer.';
comment on column sahut_etl.message_reading.first_human_reply_id is 'That agent.';
comment on column sahut_etl.message_reading.reply_count is
	'Outgoing messages since the customer first wrote; notes are none.';
comment on column sahut_etl.message_reading.talked_at is
	'When the last message to or from the customer was written.';
comment on column sahut_etl.message_reading.waiting_since is
	'When the customer wrote what nobody has answered; empty where the last word is ours.';

create table sahut_etl.rejected_message (
	conversation_id  text collate "C" not null,
	place            integer not null,
	workspace_id     integer not null references sahut_etl.workspace,
	message_id       text collate "C",
	reason           text not null,
	members          text[] not null,
	seen_at          timestamptz not null,
	written_after    timestamptz,
	written_before   timestamptz,
	accepted_at      timestamptz,
	accepted_by      text,
	primary key (conversation_id, place)
);
comment on table sahut_etl.rejected_message is
	'Messages that could not be loaded: the reason and the names of their members, and nothing of their content.';
comment on column sahut_etl.rejected_message.conversation_id is 'Conversation.';
comment on column sahut_etl.rejected_message.place is 'Where it stands in the conversation''s list, from 1.';
comment on column sahut_etl.rejected_message.workspace_id is 'Workspace.';
comment on column sahut_etl.rejected_message.message_id is 'Its id, where that can be read.';
comment on column sahut_etl.rejected_message.reason is 'Why it was not loaded.';
comment on column sahut_etl.rejected_message.members is 'Names of its members.';
comment on column sahut_etl.rejected_message.seen_at is 'When it was last seen (API time).';
comment on column sahut_etl.rejected_message.written_after is
	'When the message before it in the list was written, as far as that is known: it is not older.';
comment on column sahut_etl.rejected_message.written_before is
	'When the message behind it was written, or the list was read: it is not newer.';
comment on column sahut_etl.rejected_message.accepted_at is
	'When a person accepted that it is missing: then its days count as fully read.';
comment on column sahut_etl.rejected_message.accepted_by is 'Who that was.';

create function sahut_etl.message_name(m sahut_etl.rejected_message) returns text
	language sql immutable
	set search_path = pg_catalog, pg_temp
as $$
	select coalesce(m.message_id, m.conversation_id || ':' || m.place)
$$;
comment on function sahut_etl.message_name is
	'How a message that could not be loaded is called: by its id, or by its conversation and place.';

create function sahut_etl.unloaded(workspace integer) returns bigint
	language plpgsql stable
as $$
declare
	marks constant text[] := array(select r.fingerprint from sahut_etl.rejected_item r
		where r.workspace_id = workspace);
begin
	return cardinality(marks) - (
		select count(*) from sahut.conversation c where c.id = any (marks) and c.workspace_id = workspace
			and c.deleted_at is null);
end $$;
comment on function sahut_etl.unloaded is 'Items that the API counts and that could not be loaded.';

create function sahut_etl.outdated(workspace integer) returns bigint
	language sql stable
	as $$
		select (select count(*) from sahut_etl.rejected_item r where r.workspace_id = workspace)
			- sahut_etl.unloaded(workspace)
	$$;
comment on function sahut_etl.outdated is
	'Conversations that are held as they were, since their newer item could not be loaded.';

create function sahut_etl.deleted_lately(workspace integer) returns bigint
	language plpgsql stable
as $$
begin
	return (select count(*) from sahut.conversation c where c.workspace_id = workspace
		and c.deleted_at > now() - interval '7 days');
end $$;
comment on function sahut_etl.deleted_lately is 'Conversations that were found deleted within a week.';

create function sahut_etl.scale_of(workspace integer)
	returns table (live bigint, deleted_lately bigint, rejected bigint)
	language plpgsql stable rows 1
	as $$
	begin
		return query
		select w.live_count - sahut_etl.unlisted(w.id), sahut_etl.deleted_lately(w.id) + sahut_etl.disputed(w.id),
			sahut_etl.unloaded(w.id)
		from sahut_etl.workspace w
		where w.id = workspace;
	end $$;
comment on function sahut_etl.scale_of is
	'Numbers by which the engine judges how many conversations a list did not show: those held that a list should '
	'show, those found deleted within a week or whose 404 is not believed, and items that could not be loaded.';

create function sahut_etl.holding(workspace integer) returns bigint
	language sql stable
	as $$
		select count(*) from sahut_etl.rejected_item r
		where r.workspace_id = workspace and r.accepted_at is null and not r.is_misshapen
	$$;
comment on function sahut_etl.holding is
	'Items that could not be loaded and that nobody has accepted: while there are any, no instant rises.';

-- Three statements, each for itself: none joins tables that may lie on several machines with others.
create function sahut_etl.erase(wanted text, of_workspace text, out workspace_name text, out had_identity boolean,
	out items bigint)
	returns setof record
	language plpgsql
	set search_path = pg_catalog, pg_temp
as $$
declare
	k     record;
	held  text[];
begin
	for k in
		select w.id, w.name
		from sahut_etl.workspace w
		join sahut.contact c on c.workspace_id = w.id and c.id = wanted and c.erased_at is not null
		where of_workspace is null or w.name = of_workspace
		order by w.name
	loop
		workspace_name := k.name;
		delete from sahut_pii.contact p where p.workspace_id = k.id and p.contact_id = wanted;
		had_identity := found;
		held := array(select v.id from sahut.conversation v where v.workspace_id = k.id
			and v.contact_id = wanted);
		update sahut.message m set sender_id = null
		where m.conversation_id = any (held) and m.sender_id = wanted;
		update sahut_etl.rejected_item r
		set item = '"erased"', reason = split_part(r.reason, ':', 1) || ': erased'
		where r.workspace_id = k.id and r.item <> '"erased"' and (
			r.contact_id = wanted or r.conversation_id = any (held)
				or strpos(r.item, to_json(wanted)::text) > 0);
		get diagnostics items = row_count;
		return next;
	end loop;
end $$;
comment on function sahut_etl.erase is
	'Removes the columns that identify a contact; a row for each workspace that knows it.';

-- While a table grows from nothing, the planner knows nothing of it: how often an id stands in it is then a guess that
-- is wrong by as much as the table is large, and a batch reads all of it. Autovacuum comes a minute too late for that.
-- The columns that a merge looks up have an index, so these are enough, and few rows of them; all others are left to
-- autovacuum, for which their tables are still to be analyzed.
create function sahut_etl.keep_statistics() returns void
	language plpgsql security definer
	set search_path = pg_catalog, pg_temp set default_statistics_target = 10
as $$
declare
	command text;
begin
	for command in
		select format('analyze (skip_locked) %s (%s)', c.oid::regclass, (
			select string_agg(quote_ident(a.attname), ', ')
			from pg_catalog.pg_attribute a
			where a.attrelid = c.oid and a.attnum > 0
			and (a.attname in ('workspace_id', 'status')
				or exists (select from pg_catalog.pg_index i where i.indrelid = c.oid
					and a.attnum = any (i.indkey)))))
		from pg_catalog.pg_class c
		where c.relnamespace in ('sahut'::regnamespace, 'sahut_pii'::regnamespace) and c.relkind = 'r'
			and c.relhasindex
		and pg_relation_size(c.oid) > 4 * greatest(c.relpages, 4) * current_setting('block_size')::bigint
		order by c.oid
	loop
		execute command;
	end loop;
end $$;
comment on function sahut_etl.keep_statistics is
	'Analyzes the columns with an index in each table that has grown fourfold since it was last looked at.';

-- Foreign keys are declared here and nowhere else, since those of an empty warehouse are set aside while it is loaded
-- for the first time: to check a dozen of them row by row takes as long as all the rest of a load, to check them
-- together a tenth of that. They are back before anything is published. Constants, and no table: the function that
-- declares them runs as the owner of the warehouse, and executes nothing that the daemon's role could have written.
create function sahut_etl.foreign_keys(
	out schema_name text, out table_name text, out key_name text, out definition text)
	returns setof record
	language plpgsql immutable rows 20
	set search_path = pg_catalog, pg_temp
as $$
begin
	return query values
		('sahut', 'channel', 'channel_workspace_id_fkey',
			'foreign key (workspace_id) references sahut_etl.workspace'),
		('sahut', 'agent', 'agent_workspace_id_fkey',
			'foreign key (workspace_id) references sahut_etl.workspace'),
		('sahut', 'team', 'team_workspace_id_fkey',
			'foreign key (workspace_id) references sahut_etl.workspace'),
		('sahut', 'label', 'label_workspace_id_fkey',
			'foreign key (workspace_id) references sahut_etl.workspace'),
		('sahut', 'contact', 'contact_workspace_id_fkey',
			'foreign key (workspace_id) references sahut_etl.workspace'),
		('sahut_pii', 'contact', 'contact_workspace_id_contact_id_fkey',
			'foreign key (workspace_id, contact_id) references sahut.contact on delete cascade'),
		('sahut', 'conversation', 'conversation_workspace_id_fkey',
			'foreign key (workspace_id) references sahut_etl.workspace'),
		('sahut', 'conversation', 'conversation_status_fkey', 'foreign key (status) references sahut.status'),
		('sahut', 'conversation', 'conversation_workspace_id_channel_id_fkey',
			'foreign key (workspace_id, channel_id) references sahut.channel'),
		('sahut', 'conversation', 'conversation_workspace_id_contact_id_fkey',
			'foreign key (workspace_id, contact_id) references sahut.contact'),
		('sahut', 'conversation', 'conversation_workspace_id_assignee_id_fkey',
			'foreign key (workspace_id, assignee_id) references sahut.agent'),
		('sahut', 'conversation', 'conversation_workspace_id_team_id_fkey',
			'foreign key (workspace_id, team_id) references sahut.team'),
		('sahut', 'conversation_label', 'conversation_label_conversation_id_fkey',
			'foreign key (conversation_id) references sahut.conversation on delete cascade'),
		('sahut', 'conversation_label', 'conversation_label_workspace_id_label_name_fkey',
			'foreign key (workspace_id, label_name) references sahut.label'),
		('sahut', 'conversation_version', 'conversation_version_conversation_id_fkey',
			'foreign key (conversation_id) references sahut.conversation on delete cascade'),
		('sahut', 'conversation_version', 'conversation_version_status_fkey',
			'foreign key (status) references sahut.status'),
		('sahut', 'conversation_event', 'conversation_event_conversation_id_fkey',
			'foreign key (conversation_id) references sahut.conversation on delete cascade'),
		('sahut', 'resolution', 'resolution_conversation_id_fkey',
			'foreign key (conversation_id) references sahut.conversation on delete cascade'),
		('sahut', 'message', 'message_conversation_id_fkey',
			'foreign key (conversation_id) references sahut.conversation on delete cascade');
end $$;
comment on function sahut_etl.foreign_keys is
	'The foreign keys of the warehouse: table, name, and the key as ALTER TABLE ADD CONSTRAINT wants it.';

create function sahut_etl.drop_foreign_keys() returns void
	language plpgsql security definer
	set search_path = pg_catalog, pg_temp set lock_timeout = '100ms'
as $$
declare
	k record;
begin
	-- In Citus keys have more to do than to be checked. That nothing is held says the catalogue, not a row that
	-- somebody wrote.
	if to_regclass('pg_catalog.pg_dist_partition') is not null or pg_relation_size('sahut.conversation') > 0 then
		return;
	end if;
	-- A reader may wait for a table that is locked here, and hold one that is wanted here: we give way long before
	-- PostgreSQL looks for a deadlock (deadlock_timeout, a second), which might cut off the reader.
	for k in select f.* from sahut_etl.foreign_keys() f loop
		execute format('alter table %I.%I drop constraint %I', k.schema_name, k.table_name, k.key_name);
	end loop;
exception
	when lock_not_available or undefined_object then
		-- Somebody reads, or another workspace was first: with its keys a load is slower, and no less right.
		null;
end $$;
comment on function sahut_etl.drop_foreign_keys is 'Drops the foreign keys of a warehouse that holds nothing yet.';

-- A key that is declared NOT VALID holds for all that is written from then on; to look at what is there takes as long
-- as it takes, and locks out nobody (VALIDATE CONSTRAINT). A first load does the one in a transaction of its own and
-- then the other, before the transaction that publishes, which finds nothing left to do.
create function sahut_etl.restore_foreign_keys(checks boolean default true) returns void
	language plpgsql security definer
	set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on set jit = off
as $$
declare
	k            record;
	distributed  boolean := false;
begin
	-- Where the warehouse is distributed, those to a workspace are gone for good, and the others are Citus's.
	if to_regclass('pg_catalog.pg_dist_partition') is not null then
		execute 'select exists (select from pg_catalog.pg_dist_partition p where p.logicalrelid = $1)'
		into distributed using 'sahut.conversation'::regclass;
	end if;
	if distributed then
		return;
	end if;
	for k in
		select f.*, c.conname is not null as is_declared
		from sahut_etl.foreign_keys() f
		left join pg_catalog.pg_constraint c
			on c.conrelid = format('%I.%I', f.schema_name, f.table_name)::regclass and c.conname = f.key_name
		where c.conname is null or (checks and not c.convalidated)
	loop
		if not k.is_declared then
			execute format('alter table %I.%I add constraint %I %s not valid',
				k.schema_name, k.table_name, k.key_name, k.definition);
		end if;
		if checks then
			execute format('alter table %I.%I validate constraint %I',
				k.schema_name, k.table_name, k.key_name);
		end if;
	end loop;
end $$;
comment on function sahut_etl.restore_foreign_keys is
	'Declares the foreign keys that are set aside; with CHECKS it looks at what is there, and fails where one does not '
	'hold.';

select sahut_etl.restore_foreign_keys();

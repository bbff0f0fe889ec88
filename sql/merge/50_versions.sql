update sahut.conversation_version v
set valid_to = p.valid_from
from pg_temp.pick p
where p.is_tracked and v.conversation_id = p.id and v.version_no = p.version_no - 1;

insert into sahut.conversation_version (
	conversation_id, version_no, status, assignee_id, team_id, channel_id, valid_from, valid_to, not_before, observed_at,
	source_updated_at, is_estimated, run_id)
select p.id, p.version_no, p.status, p.assignee_id, p.team_id, p.channel_id, p.valid_from, null, p.not_before, p.observed_at,
	p.updated_at, p.valid_from - p.not_before > interval '30 minutes', b.run_id
from pg_temp.pick p
cross join pg_temp.stage_batch b
where p.is_new or p.is_tracked;

-- The first state of a conversation that was not seen in it.
insert into sahut.conversation_version (
	conversation_id, version_no, status, assignee_id, team_id, channel_id, valid_from, valid_to, not_before, observed_at,
	source_updated_at, is_estimated, run_id)
select p.id, 1, p.born_status, null, p.team_id, p.channel_id, p.born_at, p.valid_from, p.born_at, p.observed_at,
	p.updated_at, true, b.run_id
from pg_temp.pick p
cross join pg_temp.stage_batch b
where p.born_at is not null;


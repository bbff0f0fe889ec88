-- Channels, agents, teams and contacts that only refused rows mentioned are not merged either: they may be the reason.
delete from pg_temp.stage_channel d
	where not exists (select from pg_temp.stage_conversation s where s.channel_id = d.id);
delete from pg_temp.stage_agent d
	where not exists (select from pg_temp.stage_conversation s where s.assignee_id = d.id);
delete from pg_temp.stage_team d where not exists (select from pg_temp.stage_conversation s where s.team_id = d.id);
delete from pg_temp.stage_contact d
where not exists (select from pg_temp.stage_conversation s where s.contact_id = d.id or 'conversation:' || s.id = d.id);

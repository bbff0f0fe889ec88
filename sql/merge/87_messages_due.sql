-- A changed conversation has perhaps a new message. A resolved one is due only if it was read before, or is not older
-- than the place to which history has come; history brings the rest. Where no messages are read nothing is looked for.
insert into sahut_etl.message_reading as r (conversation_id, workspace_id, is_unresolved, changed_at, due_reason,
	due_at)
select p.id, b.workspace_id, p.status <> 'resolved', p.updated_at, 'changed', clock_timestamp()
from pg_temp.pick p
cross join pg_temp.stage_batch b
join sahut_etl.message_state s on s.workspace_id = b.workspace_id and s.read <> 'off'
where (p.status <> 'resolved' or p.updated_at is null or (p.updated_at, p.id) >= (s.history_at, s.history_id)
	or exists (select from sahut_etl.message_reading x where x.conversation_id = p.id))
on conflict (conversation_id) do update
set is_unresolved = excluded.is_unresolved, changed_at = excluded.changed_at,
	due_reason = case r.due_reason when 'hinted' then r.due_reason else excluded.due_reason end,
	due_at = excluded.due_at, not_before = null, gone_at = null;

-- A conversation that is gone has none; the one that it was merged into has got them.
update sahut_etl.message_reading r set due_reason = null, is_unresolved = false, gone_at = null
from pg_temp.stage_gone g
where r.conversation_id = g.id;

update sahut_etl.message_reading r set due_reason = 'hinted', due_at = clock_timestamp()
from pg_temp.stage_gone g
where r.conversation_id = g.merged_into;

-- The hours of another channel hold for its turns, too.
do $$
declare
	moved  constant text[] := array(
		select p.id from pg_temp.pick p where not p.is_new and p.was_channel is distinct from p.channel_id);
begin
	if cardinality(moved) > 0 and exists (select from sahut_etl.message_state s
		where s.workspace_id = (select b.workspace_id from pg_temp.stage_batch b) and s.read <> 'off')
	then
		perform sahut_etl.stamp_turns((select b.workspace_id from pg_temp.stage_batch b), moved);
	end if;
end $$;

-- An older copy never overwrites a newer one, unless two GETs at least a lookback apart give the same. Until then it
-- is remembered, so that the conversation is asked for.
update pg_temp.pick p
set is_stale = false
from pg_temp.stage_batch b, sahut_etl.workspace w, sahut_etl.stale_copy d
where p.is_stale and p.page is null and w.id = b.workspace_id
and d.workspace_id = b.workspace_id and d.conversation_id = p.id and d.got_updated_at = p.updated_at
	and p.observed_at - d.got_at >= w.lookback;

insert into sahut_etl.stale_copy as old (workspace_id, conversation_id, seen_at, got_at, got_updated_at)
select b.workspace_id, p.id, p.observed_at, case when p.page is null then p.observed_at end, case when p.page is null
	then p.updated_at end
from pg_temp.pick p
cross join pg_temp.stage_batch b
left join sahut_etl.stale_copy d on d.workspace_id = b.workspace_id and d.conversation_id = p.id
where p.is_stale
and (d.conversation_id is null or (p.page is null and d.got_updated_at is distinct from p.updated_at))
on conflict (workspace_id, conversation_id) do update
	set got_at = excluded.got_at, got_updated_at = excluded.got_updated_at;

update pg_temp.tally set rows_stale = (select count(*) from pg_temp.pick where is_stale);
delete from pg_temp.pick where is_stale;


do $$ begin if exists (select from sahut_etl.absence a join pg_temp.stage_batch b using (workspace_id)) then
update sahut.conversation c
set unlisted_since = null
where c.workspace_id = (select b.workspace_id from pg_temp.stage_batch b) and c.unlisted_since is not null
and c.id = any (array(
	select s.id from pg_temp.stage_conversation s where s.page is not null
		and s.id <> all (array(select r.fingerprint from pg_temp.stage_rejected r))
	union all select g.id from pg_temp.stage_gone g));
end if; end $$;

-- A conversation that a list shows, and that could be loaded, is in it; and one that is gone for good is not missed.
delete from sahut_etl.absence a
using pg_temp.stage_batch b
where a.workspace_id = b.workspace_id and a.conversation_id = any (array(
	select s.id from pg_temp.stage_conversation s where s.page is not null
		and s.id <> all (array(select r.fingerprint from pg_temp.stage_rejected r))
	union all select g.id from pg_temp.stage_gone g));

-- A conversation that a list did not show and a GET knows, as it is held, is missed once; the second time, a lookback
-- later, it is unlisted. One that has changed meanwhile may have moved; a 404 that is not believed says nothing of
-- lists.
delete from pg_temp.stage_absent s
where exists (select from pg_temp.stage_conversation l where l.id = s.id and l.page is not null)
or (not s.is_gone and exists (select from pg_temp.pick p where p.id = s.id));

insert into sahut_etl.absence as old (workspace_id, conversation_id, found_at, asked_at, is_gone)
select distinct on (s.id) b.workspace_id, s.id, s.observed_at, s.observed_at, s.is_gone
from pg_temp.stage_absent s
cross join pg_temp.stage_batch b
order by s.id, s.seq desc
on conflict (workspace_id, conversation_id) do update
set asked_at = excluded.asked_at, is_gone = excluded.is_gone,
	unlisted_since = case
		when excluded.is_gone then null
		when old.unlisted_since is not null then old.unlisted_since
		when excluded.asked_at - old.found_at >= (
			select w.lookback from sahut_etl.workspace w where w.id = old.workspace_id) then old.found_at end;

update pg_temp.stage_absent s
set unlisted_since = a.unlisted_since
from sahut_etl.absence a, pg_temp.stage_batch b
where a.workspace_id = b.workspace_id and a.conversation_id = s.id;

do $$ begin if exists (select from pg_temp.stage_absent) then
update sahut.conversation c
set unlisted_since = s.unlisted_since
from pg_temp.stage_absent s
where c.id = s.id and c.unlisted_since is distinct from s.unlisted_since
and c.workspace_id = (select b.workspace_id from pg_temp.stage_batch b)
and c.id = any (array(select k.id from pg_temp.stage_absent k));
end if; end $$;

insert into sahut.label (workspace_id, name, first_seen_at)
select b.workspace_id, l.name, b.observed_at
from (select distinct unnest(p.labels) as name from pg_temp.pick p offset 0) l
cross join pg_temp.stage_batch b
where not exists (select from sahut.label k where k.workspace_id = b.workspace_id and k.name = l.name)
on conflict do nothing;

do $$ begin if exists (select from pg_temp.pick p where p.labels <> p.was_labels) then
delete from sahut.conversation_label c
using pg_temp.pick p
where c.conversation_id = p.id and p.labels <> p.was_labels and c.label_name <> all (p.labels);
end if; end $$;

do $$ begin if exists (select from pg_temp.pick p where p.labels <> '{}') then
insert into sahut.conversation_label (conversation_id, workspace_id, label_name, since)
select p.id, b.workspace_id, l.name, p.valid_from
from pg_temp.pick p
cross join lateral unnest(p.labels) l(name)
cross join pg_temp.stage_batch b
where p.is_new or (p.labels <> p.was_labels and l.name <> all (p.was_labels));
end if; end $$;

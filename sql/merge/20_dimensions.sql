-- Channels, agents, teams and contacts: new ones, and those whose content differs. What is equal is not touched.
insert into sahut.status (status, sort_order, is_unresolved, is_active, is_known)
select s.status, 9, true, true, false
from (select distinct c.status from pg_temp.stage_conversation c offset 0) s
where not exists (select from sahut.status k where k.status = s.status)
on conflict do nothing;

insert into sahut.channel as old (workspace_id, id, type, name, first_seen_at)
select distinct on (s.id) b.workspace_id, s.id, s.type, s.name, b.observed_at
from pg_temp.stage_channel s
cross join pg_temp.stage_batch b
where not exists (
	select from sahut.channel c
	where c.workspace_id = b.workspace_id and c.id = s.id
	and c.type is not distinct from coalesce(s.type, c.type) and c.name is not distinct from coalesce(s.name, c.name))
order by s.id, s.seq desc
on conflict (workspace_id, id) do update
set type = coalesce(excluded.type, old.type), name = coalesce(excluded.name, old.name);

insert into sahut.agent as old (workspace_id, id, name, first_seen_at)
select distinct on (s.id) b.workspace_id, s.id, s.name, b.observed_at
from pg_temp.stage_agent s
cross join pg_temp.stage_batch b
where not exists (
	select from sahut.agent a
	where a.workspace_id = b.workspace_id and a.id = s.id and a.name is not distinct from coalesce(s.name, a.name))
order by s.id, s.seq desc
on conflict (workspace_id, id) do update set name = coalesce(excluded.name, old.name);

insert into sahut.team as old (workspace_id, id, name, first_seen_at)
select distinct on (s.id) b.workspace_id, s.id, s.name, b.observed_at
from pg_temp.stage_team s
cross join pg_temp.stage_batch b
where not exists (
	select from sahut.team t
	where t.workspace_id = b.workspace_id and t.id = s.id and t.name is not distinct from coalesce(s.name, t.name))
order by s.id, s.seq desc
on conflict (workspace_id, id) do update set name = coalesce(excluded.name, old.name);

insert into sahut.contact as old (workspace_id, id, phone_key, first_seen_at)
select distinct on (s.id) b.workspace_id, s.id, s.phone_key, b.observed_at
from pg_temp.stage_contact s
cross join pg_temp.stage_batch b
where not exists (
	select from sahut.contact c
	where c.workspace_id = b.workspace_id and c.id = s.id
	and (c.erased_at is not null or c.phone_key is not distinct from s.phone_key))
order by s.id, s.seq desc
on conflict (workspace_id, id) do update set phone_key = excluded.phone_key where old.erased_at is null;

-- An erased contact stays erased. One without name, phone or anything else needs no row.
insert into sahut_pii.contact (workspace_id, contact_id, name, phone, extra, changed_at)
select distinct on (s.id) b.workspace_id, s.id, s.name, s.phone, s.extra, b.observed_at
from pg_temp.stage_contact s
cross join pg_temp.stage_batch b
left join sahut_pii.contact p on p.workspace_id = b.workspace_id and p.contact_id = s.id
where (p.name, p.phone, p.extra) is distinct from (s.name, s.phone, s.extra)
-- Not a join: it is looked at for what differs only, and before the first ANALYZE the planner would look through all contacts.
and (select c.erased_at is null from sahut.contact c where c.workspace_id = b.workspace_id and c.id = s.id)
order by s.id, s.seq desc
on conflict (workspace_id, contact_id) do update
set name = excluded.name, phone = excluded.phone, extra = excluded.extra, changed_at = excluded.changed_at;


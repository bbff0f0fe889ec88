-- Channels, agents and teams: new ones, and those whose content differs. Equal ones are not touched.
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
	and c.type is not distinct from coalesce(s.type, c.type) and c.name is not distinct
		from coalesce(s.name, c.name))
order by s.id, s.seq desc
on conflict (workspace_id, id) do update
set type = coalesce(excluded.type, old.type), name = coalesce(excluded.name, old.name);

update pg_temp.stage_agent s
set name = sahut_etl.agent_code(s.id)
from pg_temp.stage_batch b
join sahut_etl.workspace w on w.id = b.workspace_id
where (w.settings ->> 'codes_agents')::boolean;

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

-- Of each contact the newest copy in the batch; of those, the ones that differ from the held row. An erased contact
-- stays erased.
insert into pg_temp.pick_contact (id, name, phone, phone_key, extra, is_new, is_bare, is_rekeyed)
select s.id, s.name, s.phone, s.phone_key, s.extra, c.id is null, p.contact_id is null, c.phone_key is distinct
	from s.phone_key
from (select distinct on (id) * from pg_temp.stage_contact order by id, seq desc) s
cross join pg_temp.stage_batch b
left join sahut.contact c on c.workspace_id = b.workspace_id and c.id = s.id
left join sahut_pii.contact p on p.workspace_id = b.workspace_id and p.contact_id = s.id
where c.id is null
or (c.erased_at is null and (c.phone_key, p.name, p.phone, p.extra) is distinct
	from (s.phone_key, s.name, s.phone, s.extra));

-- A workspace has one writer, so a row that was not there a moment ago is not there now.
insert into sahut.contact (workspace_id, id, phone_key, first_seen_at)
select b.workspace_id, p.id, p.phone_key, b.observed_at
from pg_temp.pick_contact p
cross join pg_temp.stage_batch b
where p.is_new;

-- Rows change by their key: no table that is on every machine can be joined with one of this session.
insert into sahut.contact as old (workspace_id, id, phone_key, first_seen_at)
select b.workspace_id, p.id, p.phone_key, b.observed_at
from pg_temp.pick_contact p
cross join pg_temp.stage_batch b
where p.is_rekeyed and not p.is_new
on conflict (workspace_id, id) do update set phone_key = excluded.phone_key where old.erased_at is null;

-- One without name, phone or anything else needs no row.
insert into sahut_pii.contact (workspace_id, contact_id, name, phone, extra, changed_at)
select b.workspace_id, p.id, p.name, p.phone, p.extra, b.observed_at
from pg_temp.pick_contact p
cross join pg_temp.stage_batch b
where p.is_bare and num_nonnulls(p.name, p.phone, p.extra) > 0;

insert into sahut_pii.contact as old (workspace_id, contact_id, name, phone, extra, changed_at)
select b.workspace_id, p.id, p.name, p.phone, p.extra, b.observed_at
from pg_temp.pick_contact p
cross join pg_temp.stage_batch b
where not p.is_bare
on conflict (workspace_id, contact_id) do update
set name = excluded.name, phone = excluded.phone, extra = excluded.extra, changed_at = excluded.changed_at
where (old.name, old.phone, old.extra) is distinct from (excluded.name, excluded.phone, excluded.extra);

-- Days that are stored and that this batch makes untrue are queued, to be computed again right after. Mostly there are
-- none: events of this moment fall on a day that is not stored yet. While no day is stored, in a first load, nothing is
-- looked for.
with touched as materialized (
	select p.id, p.is_new or p.is_revived
		or p.created_at <> p.was_created_at as is_whole, false as is_gone, p.observed_at,
		p.labels <> p.was_labels as is_relabelled
	from pg_temp.pick p cross join pg_temp.tally t
	where t.live_day is not null
	union all
	select g.id, true, true, g.observed_at, false
	from pg_temp.stage_gone g cross join pg_temp.tally t
	where t.live_day is not null
), event as materialized (
	select e.occurred_day, x.is_whole or e.observed_at = x.observed_at as is_all
	from touched x
	join sahut.conversation_event e on e.conversation_id = x.id
	where e.workspace_id = (select b.workspace_id from pg_temp.stage_batch b)
	and (x.is_whole or e.observed_at = x.observed_at
		or (x.is_relabelled and e.event_type in ('created', 'resolved')))
), state as materialized (
	-- Resolved ones are left out below: asked for here, the index of all that is unresolved would be read, too.
	select v.status, v.valid_from, v.valid_to
	from sahut.conversation_version v
	where v.conversation_id = any (array(select k.id from touched k where k.is_whole))
	and v.workspace_id = (select b.workspace_id from pg_temp.stage_batch b)
), gone as materialized (
	select c.contact_id, c.created_at
	from sahut.conversation c
	where c.id = any (array(select k.id from touched k where k.is_gone)) and c.contact_id is not null
	and c.workspace_id = (select b.workspace_id from pg_temp.stage_batch b)
), place as materialized (
	select p.contact_id, p.created_at
	from pg_temp.pick p cross join pg_temp.tally t
	where t.live_day is not null and p.contact_id is not null
	and (p.is_new or p.is_revived or p.created_at <> p.was_created_at or p.contact_id is distinct
		from p.was_contact)
	union
	select p.was_contact, p.was_created_at
	from pg_temp.pick p cross join pg_temp.tally t
	where t.live_day is not null and p.was_contact is not null
	and (p.created_at <> p.was_created_at or p.contact_id is distinct from p.was_contact)
	union
	select g.contact_id, g.created_at from gone g
), sibling as materialized (
	select c.contact_id, c.created_at, c.created_day
	from (select p.contact_id, min(p.created_at) as created_at from place p group by p.contact_id) k
	join sahut.conversation c on c.contact_id = k.contact_id and c.created_at >= k.created_at
	where c.deleted_at is null and c.workspace_id = (select b.workspace_id from pg_temp.stage_batch b)
)
insert into sahut_etl.report_queue as q (workspace_id, day, stamp, flows, labels, stock)
select b.workspace_id, d.day, false, bool_or(d.flows), bool_or(d.labels), bool_or(d.stock)
from pg_temp.stage_batch b
join pg_temp.tally t on t.live_day is not null
join sahut_etl.report_workspace w on w.id = b.workspace_id
cross join lateral (
	-- A conversation that came, or counts elsewhere now, was created on some day,
	select (p.created_at at time zone w.timezone)::date as day, true as flows, true as labels, false as stock
	from pg_temp.pick p
	where p.channel_id is distinct from p.was_channel or p.contact_id is distinct from p.was_contact
	union all
	select (least(p.was_created_at, p.observed_at) at time zone w.timezone)::date, true, true, true
	from pg_temp.pick p
	where p.created_at <> p.was_created_at
	union all
	-- and on some days something happened to it; of one that was deleted or came back, on all days of its history.
	-- Its labels count where it was created and resolved.
	select e.occurred_day, e.is_all, true, e.is_all from event e
	union all
	-- The next one of its contact may have become the first, or not be it any more: after each place the first two.
	select n.created_day, true, false, false
	from (
		select o.created_day, o.place - max(o.place) filter (where o.is_place) over x as after
		from (
			select u.*, count(u.created_day)
				over (partition by u.contact_id order by u.created_at, u.is_place desc
				rows unbounded preceding) as place
			from (
				select k.contact_id, k.created_at, true as is_place, null::date as created_day
					from place k
				union all
				select c.contact_id, c.created_at, false, c.created_day from sibling c
			) u
		) o
		window x as (partition by o.contact_id order by o.created_at, o.is_place desc rows unbounded preceding)
	) n
	where n.created_day is not null and n.after <= 2
	union all
	-- The backlog and the workload differ on each day that it lay unresolved in a state which was not known,
	select s.from_day + i, false, false, true
	from (
		select (p.valid_from at time zone w.timezone)::date as from_day
		from pg_temp.pick p
		where p.is_tracked and (p.status <> 'resolved' or p.was_status <> 'resolved')
	) s
	cross join lateral generate_series(greatest(0, w.history_day - s.from_day), t.live_day - 1 - s.from_day) i
	union all
	-- or was not known to lie, or did not lie after all.
	select s.from_day + i, false, false, true
	from (
		select (v.valid_from at time zone w.timezone)::date as from_day,
			least(t.live_day - 1, (v.valid_to at time zone w.timezone)::date) as to_day
		from state v where v.status <> 'resolved'
	) s
	cross join lateral generate_series(greatest(0, w.history_day - s.from_day), s.to_day - s.from_day) i
) d
where d.day < t.live_day
group by b.workspace_id, d.day
on conflict (workspace_id, day) do update
set flows = q.flows or excluded.flows, labels = q.labels or excluded.labels, stock = q.stock or excluded.stock;

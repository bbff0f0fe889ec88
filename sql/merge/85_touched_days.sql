-- Days that are stored and that this batch makes untrue are queued, to be computed again right after. In the ordinary
-- run of things there are none: what happens now happens on a day that is not stored yet.
insert into sahut_etl.report_queue as q (workspace_id, day, stamp, flows, labels, stock)
select b.workspace_id, d.day, false, bool_or(d.flows), bool_or(d.labels), bool_or(d.stock)
from pg_temp.stage_batch b
join pg_temp.tally t on t.live_day is not null
join sahut_etl.report_workspace w on w.id = b.workspace_id
cross join lateral (
	-- What came, or counts elsewhere now, was created on some day,
	select c.created_day as day, true as flows, true as labels, false as stock
	from pg_temp.pick p
	join sahut.conversation c on c.id = p.id
	where p.channel_id is distinct from p.was_channel or p.contact_id is distinct from p.was_contact
	union all
	select (least(p.was_created_at, p.observed_at) at time zone w.timezone)::date, true, true, true
	from pg_temp.pick p
	where p.created_at <> p.was_created_at
	union all
	-- and on some days something happened to it; of what was deleted or came back, that is all that ever did.
	select e.occurred_day, true, true, true
	from pg_temp.pick p
	join sahut.conversation_event e on e.conversation_id = p.id
	where e.observed_at = p.observed_at or p.is_new or p.is_revived or p.created_at <> p.was_created_at
	union all
	select e.occurred_day, true, true, true
	from pg_temp.stage_gone g
	join sahut.conversation_event e on e.conversation_id = g.id and e.workspace_id = b.workspace_id
	union all
	-- Its labels count where it was created and resolved.
	select e.occurred_day, false, true, false
	from pg_temp.pick p
	join sahut.conversation_event e on e.conversation_id = p.id and e.event_type in ('created', 'resolved')
	where p.labels <> p.was_labels
	union all
	-- The next one of its contact may have become the first, or not be it any more.
	select n.created_day, true, false, false
	from (
		select p.contact_id, p.created_at from pg_temp.pick p
		where p.is_new or p.is_revived or p.created_at <> p.was_created_at or p.contact_id is distinct from p.was_contact
		union all
		select p.was_contact, p.was_created_at from pg_temp.pick p
		where p.created_at <> p.was_created_at or p.contact_id is distinct from p.was_contact
		union all
		select c.contact_id, c.created_at
		from pg_temp.stage_gone g
		join sahut.conversation c on c.id = g.id and c.workspace_id = b.workspace_id
	) k
	cross join lateral (
		select c.created_day
		from sahut.conversation c
		where c.workspace_id = b.workspace_id and c.contact_id = k.contact_id and c.created_at >= k.created_at and c.deleted_at is null
		order by c.created_at
		limit 2
	) n
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
		select (v.valid_from at time zone w.timezone)::date as from_day, least(t.live_day - 1, (v.valid_to at time zone w.timezone)::date) as to_day
		from (
			select p.id from pg_temp.pick p where p.is_new or p.is_revived or p.created_at <> p.was_created_at
			union
			select g.id from pg_temp.stage_gone g
		) x
		join sahut.conversation_version v on v.conversation_id = x.id and v.workspace_id = b.workspace_id and v.status <> 'resolved'
	) s
	cross join lateral generate_series(greatest(0, w.history_day - s.from_day), s.to_day - s.from_day) i
) d
where d.day < t.live_day
group by b.workspace_id, d.day
on conflict (workspace_id, day) do update
set flows = q.flows or excluded.flows, labels = q.labels or excluded.labels, stock = q.stock or excluded.stock;

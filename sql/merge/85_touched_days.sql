-- Stored days that this batch makes untrue. The conversations that 38 found are counted once more, and the difference
-- is added.
select sahut_etl.count_days(b.workspace_id, t.live_day - 1, 1)
from pg_temp.stage_batch b
join pg_temp.tally t on exists (select from pg_temp.recount);

select sahut_etl.change_days(b.workspace_id)
from pg_temp.stage_batch b
join pg_temp.tally t on t.has_turn;

-- Backlog and workload are queued, to be computed again right after: a peak and an oldest one are no sums.
with touched as materialized (
	select p.id, p.is_new or p.is_revived or p.created_at <> p.was_created_at as is_whole, p.observed_at
	from pg_temp.pick p cross join pg_temp.tally t
	where t.live_day is not null
	union all
	select g.id, true, g.observed_at
	from pg_temp.stage_gone g cross join pg_temp.tally t
	where t.live_day is not null
), event as materialized (
	select e.occurred_day
	from touched x
	join sahut.conversation_event e on e.conversation_id = x.id
	where e.workspace_id = (select b.workspace_id from pg_temp.stage_batch b)
	and (x.is_whole or e.observed_at = x.observed_at)
), state as materialized (
	-- Resolved ones are left out below: asked for here, the index of all that is unresolved would be read, too.
	select v.status, v.valid_from, v.valid_to
	from sahut.conversation_version v
	where v.conversation_id = any (array(select k.id from touched k where k.is_whole))
	and v.workspace_id = (select b.workspace_id from pg_temp.stage_batch b)
)
insert into sahut_etl.report_queue as q (workspace_id, day, stamp, flows, labels, stock)
select b.workspace_id, d.day, false, bool_or(d.flows), bool_or(d.labels), bool_or(d.stock)
from pg_temp.stage_batch b
join pg_temp.tally t on t.live_day is not null
join sahut_etl.report_workspace w on w.id = b.workspace_id
cross join lateral (
	-- Events happened; of a conversation that was deleted or came back, on all days of its history.
	select e.occurred_day as day, false as flows, false as labels, true as stock from event e
	union all
	select (least(p.was_created_at, p.observed_at) at time zone w.timezone)::date, false, false, true
	from pg_temp.pick p
	where p.created_at <> p.was_created_at
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
	union all
	-- While another session writes stored days, the flows are queued, too.
	select f.day, true, true, false
	from (
		select v.day from pg_temp.volume_change v
		union select h.day from pg_temp.hour_change h
		union select l.day from pg_temp.label_change l
		union select k.day from pg_temp.pair_change k
	) f
	where not t.has_turn
) d
where d.day < t.live_day
group by b.workspace_id, d.day
on conflict (workspace_id, day) do update
set flows = q.flows or excluded.flows, labels = q.labels or excluded.labels, stock = q.stock or excluded.stock;

-- Stored days that this batch makes untrue. The conversations that 38 found are counted once more, and the difference
-- is added; where a peak or an oldest one does not follow from it, the day is queued, to be looked at right after.
select sahut_etl.count_days(b.workspace_id, t.live_day - 1, 1)
from pg_temp.stage_batch b
join pg_temp.tally t on exists (select from pg_temp.recount);

select sahut_etl.change_days(b.workspace_id)
from pg_temp.stage_batch b
join pg_temp.tally t on t.has_turn;

-- While another session writes stored days, all days that may be others are queued.
insert into sahut_etl.report_queue as q (workspace_id, day, stamp, flows, labels, stock)
select b.workspace_id, d.day, false, bool_or(d.flows), bool_or(d.labels), bool_or(d.stock)
from pg_temp.stage_batch b
join pg_temp.tally t on not t.has_turn
cross join (
	select v.day, true as flows, true as labels, false as stock from pg_temp.volume_change v
	union select h.day, true, true, false from pg_temp.hour_change h
	union select l.day, true, true, false from pg_temp.label_change l
	union select k.day, true, true, false from pg_temp.pair_change k
	union select c.day, false, false, true from pg_temp.backlog_change c
	union select a.day, false, false, true from pg_temp.agent_change a
	union select f.day, false, false, true from pg_temp.flow_change f
) d
group by b.workspace_id, d.day
on conflict (workspace_id, day) do update
set flows = q.flows or excluded.flows, labels = q.labels or excluded.labels, stock = q.stock or excluded.stock;

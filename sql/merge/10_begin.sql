-- Nothing is merged for a workspace whose lock this connection does not hold.
select sahut_etl.must_hold(b.workspace_id) from pg_temp.stage_batch b;
select sahut_etl.reach_work(b.workspace_id, b.observed_at) from pg_temp.stage_batch b;
insert into pg_temp.tally (rows_seen, live_day)
select (select count(*) from pg_temp.stage_conversation), w.live_day
from pg_temp.stage_batch b
join sahut_etl.report_workspace w on w.id = b.workspace_id;


-- A sweep that finds nothing differs nowhere: what follows would be planned for nothing, statement by statement, in
-- every batch.
do $changes$ begin
if exists (select from pg_temp.pick) or exists (select from pg_temp.stage_gone)
	or exists (select from pg_temp.stage_rejected)
	or exists (select from sahut_etl.rejected_item r join pg_temp.stage_batch b on b.workspace_id = r.workspace_id)
	or exists (select from sahut_etl.stale_copy d join pg_temp.stage_batch b on b.workspace_id = d.workspace_id)
then

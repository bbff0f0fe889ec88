-- A sweep that finds nothing differs nowhere: when the answer is false, the statements from 40 to 85 are left out. They
-- would be planned for nothing, one by one, in every batch.
select exists (select from pg_temp.pick) or exists (select from pg_temp.stage_gone)
	or exists (select from pg_temp.stage_rejected) or exists (select from pg_temp.stage_absent)
	or exists (select from sahut_etl.absence a join pg_temp.stage_batch b on b.workspace_id = a.workspace_id)
	or exists (select from sahut_etl.rejected_item r join pg_temp.stage_batch b on b.workspace_id = r.workspace_id)
	or exists (select from sahut_etl.stale_copy d join pg_temp.stage_batch b on b.workspace_id = d.workspace_id);

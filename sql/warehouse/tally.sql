-- The counts of the batch, and at the end of the run how far all is proven. $1 workspace, $2 whether it is the end.
select t.rows_seen, t.rows_new, t.rows_changed, t.rows_rejected, t.rows_deleted, t.rows_late, t.rows_silent,
	t.versions, w.live_count,
	(select count(*) from sahut_etl.stale_copy d where d.workspace_id = w.id) as stale_copies,
	(extract(epoch from t.late_by) * 1000000)::bigint as late_by,
	sahut_etl.holding(w.id) as holding, t.is_misshapen, t.is_held_back,
	p.state as proof, p.accepted, p.unlisted, p.disputed
from pg_temp.tally t
cross join sahut_etl.workspace w
left join sahut_etl.proof p on p.workspace_id = w.id and $2::boolean
where w.id = $1::integer

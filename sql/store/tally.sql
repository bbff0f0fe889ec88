-- What the batch came to. $1 workspace.
select t.rows_seen, t.rows_new, t.rows_changed, t.rows_rejected, t.rows_deleted, t.rows_late, t.rows_silent, t.versions, w.live_count
from pg_temp.tally t, sahut_etl.workspace w where w.id = $1::integer

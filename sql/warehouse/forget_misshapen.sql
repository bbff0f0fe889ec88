-- A run has come to a good end: items that were rejected on pages that were none have been read since, or are of no
-- matter. $1 workspace.
delete from sahut_etl.rejected_item r
using pg_temp.tally t
where r.workspace_id = $1::integer and r.is_misshapen and r.accepted_at is null and not t.is_misshapen

-- A run has come to a good end: what was rejected on pages that were none has been read since, or is of no matter.
-- $1 workspace.
delete from sahut_etl.rejected_item r
using pg_temp.tally t
where r.workspace_id = $1::integer and r.is_misshapen and r.accepted_at is null and not t.is_misshapen

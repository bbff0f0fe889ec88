-- An item that a certified sweep has not seen is rejected no longer. $1 sweep.
delete from sahut_etl.rejected_item r
using sahut_etl.sweep s
where s.id = $1::bigint and s.state = 'certified' and r.workspace_id = s.workspace_id
and r.last_seen_at < s.api_started_at
and not exists (select from sahut_etl.sweep_shows(s.id) x(id) where x.id = sahut_etl.id_hash(r.fingerprint))

-- A sweep that is over needs its list of ids no longer.
delete from sahut_etl.sweep_seen where sweep_id = $1::bigint

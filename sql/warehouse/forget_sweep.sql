-- A sweep that is over needs its list of ids no longer. $1 sweep.
delete from sahut_etl.sweep_seen where sweep_id = $1::bigint

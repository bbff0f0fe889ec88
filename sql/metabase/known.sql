-- All that was put into this Metabase.
select key, metabase_id, spec_sha256, seen_sha256 from sahut_etl.metabase_object where instance_url = $1 order by key

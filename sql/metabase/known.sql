-- All that was put into this Metabase.
select key, metabase_id, sent, seen from sahut_etl.metabase_object where instance_url = $1 order by key

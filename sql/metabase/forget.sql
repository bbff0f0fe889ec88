delete from sahut_etl.metabase_object where instance_url = $1 and key = $2

select sahut_etl.pause($1::integer, $2::bigint)

select granted, wait_usec from sahut_etl.lease($1::integer, $2::integer, $3::integer)

select pg_advisory_unlock(1396786261, $1::integer)

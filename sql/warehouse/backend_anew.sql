select pg_catalog.set_config('sahut_etl.seen', '', false)

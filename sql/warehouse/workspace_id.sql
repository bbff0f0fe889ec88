select id from sahut_etl.workspace where name = $1

-- Makes a configured workspace known, and its settings current. $1 name, $2 time zone, $3 base URL, $4 lookback
-- (usec), $5 work, as JSON.
select sahut_etl.register($1, $2, $3, $4::bigint, $5::jsonb) as id

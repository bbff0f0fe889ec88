-- Makes a configured workspace known, and its settings current. $1 name, $2 time zone, $3 base URL, $4 lookback (usec).
insert into sahut_etl.workspace as w (name, timezone, base_url, lookback)
values ($1, $2, $3, $4::bigint * interval '1 microsecond')
on conflict (name) do update
set timezone = excluded.timezone, base_url = excluded.base_url, lookback = greatest(w.lookback, excluded.lookback)
where (w.timezone, w.base_url) is distinct from (excluded.timezone, excluded.base_url) or w.lookback < excluded.lookback

-- Computes the next queued day of a workspace. $1 workspace.
select coalesce(r.remaining, 0) as remaining from sahut_etl.refresh_next($1::integer) r

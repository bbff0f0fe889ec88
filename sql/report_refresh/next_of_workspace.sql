-- Computes the next queued day of a workspace. $1 workspace. A day that was looked at and was wrong comes with the
-- tables.
select coalesce(r.remaining, 0) as remaining, r.day || ' (' || array_to_string(r.wrong, ', ') || ')' as wrong
from sahut_etl.refresh_next($1::integer) r

-- Daily figures of single agents, of days long ago: they go from all stored days at once. $1 age (usec), 0: they stay;
-- $2 is not needed: they are few.
select coalesce(sum(sahut_etl.keep_agents_from(w.id, w.live_day - ($1::bigint / 86400000000)::integer)), 0) as removed
from sahut_etl.report_workspace w
where $1::bigint > 0 and $2::integer is not null

-- Queues every day of every workspace, or of the one named. $1 name, or null.
select coalesce(sum(sahut_etl.queue_all(w.id, true)), 0)::bigint as days
from sahut_etl.workspace w
where $1::text is null or w.name = $1

-- The daemon gives its leases and its connections back until the next cycle is due. $1 its session, $2 until when.
update sahut_etl.schedule s set asleep_until = sahut_etl.from_usec($2::bigint)
from sahut_etl.workspace_lease l
where l.workspace_id = s.workspace_id and l.backend = $1::integer

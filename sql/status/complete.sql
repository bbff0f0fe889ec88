-- Whether a workspace is known to be complete. $1 name.
select w.complete_as_of is not null and w.certified_at is not null
from sahut_etl.workspace w
where w.name = $1

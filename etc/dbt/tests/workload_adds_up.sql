-- What agents and nobody have now is the backlog. A row here is a workspace for which that does not hold.
select workspace_name, sum(held) as held, sum(listed) as listed
from (
	select workspace_name, unresolved_count as held, 0 as listed from {{ source('sahut', 'agent_workload_now') }}
	union all
	select workspace_name, 0, 1 from {{ source('sahut', 'conversations') }} where is_unresolved
) both_ways
group by 1
having sum(held) <> sum(listed)

-- A day's resolutions, counted and one by one. A row here is a day for which they differ.
select workspace_name, day, sum(counted) as counted, sum(listed) as listed
from (
	select workspace_name, day, resolved_count as counted, 0 as listed from {{ source('sahut', 'daily_volume') }}
	union all
	select workspace_name, resolved_day, 0, 1 from {{ source('sahut', 'resolutions') }}
) both_ways
join {{ source('sahut', 'calendar') }} using (workspace_name, day)
where measured_hours > 0 and is_refreshed
group by 1, 2
having sum(counted) <> sum(listed)

-- A day's conversations are those of its hours. A row here is a day for which that does not hold.
select workspace_name, day, sum(by_day) as by_day, sum(by_hour) as by_hour
from (
	select workspace_name, day, created_count as by_day, 0 as by_hour from {{ source('sahut', 'daily_volume') }}
	union all
	select workspace_name, day, 0, created_count from {{ source('sahut', 'hourly_volume') }}
) both_ways
group by 1, 2
having sum(by_day) <> sum(by_hour)

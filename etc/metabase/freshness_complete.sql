-- Up to when is every change in the data?
select min(complete_as_of) as complete_as_of
from sahut_report.data_freshness
where true
	[[and {{workspace}}]]

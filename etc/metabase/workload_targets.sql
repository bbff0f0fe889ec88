-- Do we meet our targets? Those that run still are not judged yet.
select metric, result, count(*) as conversations
from sahut_report.sla_results
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
group by 1, 2
order by 1, 2

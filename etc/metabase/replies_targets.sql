-- Do we keep the targets of first and next replies? Those that run still are not judged yet.
select metric, result, count(*) as turns
from sahut_report.sla_results
where metric in ('first_reply', 'next_reply')
	[[and {{workspace}}]]
	[[and {{day}}]]
group by 1, 2
order by 1, 2

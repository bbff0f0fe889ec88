-- How old is what is still unresolved?
select age_bucket, count(*) as conversations
from sahut_report.conversations
where is_unresolved and status <> 'resolved'
	[[and {{workspace}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
group by 1
order by 1

-- How many customers wait for an answer right now?
select count(*) as waiting
from sahut_report.waiting_now
where true
	[[and {{workspace}}]]
	[[and {{channel}}]]
	[[and {{team}}]]
	[[and {{agent}}]]

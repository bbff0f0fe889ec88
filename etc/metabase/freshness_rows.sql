-- How much is coming in? The last seven days.
select date_trunc('hour', began_at) as hour, sum(conversations_seen) as seen, sum(conversations_new) as new,
	sum(conversations_changed) as changed
from sahut_report.sync_runs
where began_at > now() - interval '7 days'
	[[and {{workspace}}]]
group by 1
order by 1

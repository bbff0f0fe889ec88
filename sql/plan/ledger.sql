-- Requests of the last seven days by purpose, and the rows that they brought. $1 name of a workspace (null: all).
select w.name as workspace, l.purpose as "last 7 days", sum(l.requests)::bigint as requests,
	sum(l.throttled)::bigint as throttled,
	sum(l.failed)::bigint as failed, sum(l.rows_written)::bigint as changes,
	round(sum(l.rows_written) / nullif(sum(l.requests), 0), 2) as "changes a request"
from sahut_etl.request_ledger l
join sahut_etl.workspace w on w.id = l.workspace_id
where ($1::text is null or w.name = $1) and l.day > (now() at time zone w.timezone)::date - 7
group by w.name, l.purpose
order by w.name, sum(l.requests) desc, l.purpose

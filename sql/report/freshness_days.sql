-- Long: day, purpose, requests.
select l.day, l.purpose, sum(l.requests) as requests
from sahut_etl.request_ledger l
join sahut_etl.workspace w on w.id = l.workspace_id
where w.name = $1 and l.day between $2::date and $3::date
group by 1, 2
order by 1, 2

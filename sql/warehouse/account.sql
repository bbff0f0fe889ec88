-- Requests that no batch accounts for, by day and purpose. $1 workspace, $2 purpose, $3 requests, $4 throttled, $5
-- failed.
insert into sahut_etl.request_ledger as l (workspace_id, day, purpose, requests, throttled, failed)
select w.id, (now() at time zone w.timezone)::date, $2, $3::bigint, $4::bigint, $5::bigint
from sahut_etl.workspace w
where w.id = $1::integer
on conflict (workspace_id, day, purpose) do update
set requests = l.requests + excluded.requests, throttled = l.throttled + excluded.throttled,
	failed = l.failed + excluded.failed

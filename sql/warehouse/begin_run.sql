-- A run begins; one that another process left behind is over. $1 workspace, $2 kind, $3 strategy. Requests that were
-- granted to that one, and that no commit of it accounted for, are booked now.
with unbooked as materialized (
	select r.id, r.workspace_id, r.kind, greatest(q.requests - r.requests, 0) as requests
	from sahut_etl.run r
	join sahut_etl.request_lease q on q.run_id = r.id
	where r.workspace_id = $1::integer and r.state = 'running'
), left_behind as (
	update sahut_etl.run r set state = 'interrupted', ended_at = now(),
		requests = r.requests + coalesce((select u.requests from unbooked u where u.id = r.id), 0)
	where r.workspace_id = $1::integer and r.state = 'running'
), booked as (
	insert into sahut_etl.request_ledger as l (workspace_id, day, purpose, requests)
	select w.id, (now() at time zone w.timezone)::date, u.kind, sum(u.requests)
	from unbooked u
	join sahut_etl.workspace w on w.id = u.workspace_id
	group by w.id, w.timezone, u.kind
	on conflict (workspace_id, day, purpose) do update set requests = l.requests + excluded.requests
), over as (
	delete from sahut_etl.request_lease where workspace_id = $1::integer
), shown as (
	delete from sahut_etl.scan_seen where workspace_id = $1::integer
), strange as (
	update sahut_etl.workspace_lease l
	set stranger = s.backend, stranger_seen_at = case when s.backend is not null then clock_timestamp() end
	from (values ((
		select x.backend from sahut_etl.lock_without_lease x where x.workspace_id = $1::integer))) s(backend)
	where l.workspace_id = $1::integer and l.stranger is distinct from s.backend
), swept as (
	-- Of a full sweep that was proven, and then left while it asked for conversations that it had not seen.
	delete from sahut_etl.sweep_seen s using sahut_etl.sweep w
	where w.id = s.sweep_id and w.workspace_id = $1::integer and w.state <> 'running'
)
insert into sahut_etl.run (workspace_id, kind, strategy) values ($1::integer, $2, $3) returning id

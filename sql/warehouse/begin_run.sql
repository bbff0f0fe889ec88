-- A run begins; one that another process left behind is over. $1 workspace, $2 kind, $3 strategy.
with left_behind as (
	update sahut_etl.run set state = 'interrupted', ended_at = now()
	where workspace_id = $1::integer and state = 'running'
), shown as (
	delete from sahut_etl.scan_seen where workspace_id = $1::integer
), strange as (
	update sahut_etl.workspace_lease l
	set stranger = s.backend, stranger_seen_at = case when s.backend is not null then clock_timestamp() end
	from (values ((
		select x.backend from sahut_etl.lock_without_lease x where x.workspace_id = $1::integer))) s(backend)
	where l.workspace_id = $1::integer and l.stranger is distinct from s.backend
), swept as (
	-- Of a full sweep that was proven, and then left while it asked for what it had not seen.
	delete from sahut_etl.sweep_seen s using sahut_etl.sweep w
	where w.id = s.sweep_id and w.workspace_id = $1::integer and w.state <> 'running'
)
insert into sahut_etl.run (workspace_id, kind, strategy) values ($1::integer, $2, $3) returning id

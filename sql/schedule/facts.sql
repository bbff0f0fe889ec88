-- The facts that the schedule of a workspace goes on from, after a start. $1 workspace.
select
	sahut_etl.to_usec(max(r.ended_at) filter (where r.strategy = 'full_sweep')) as full_at,
	sahut_etl.to_usec(max(r.ended_at) filter (where r.strategy = 'count_audit')) as verify_at,
	sahut_etl.to_usec(max(r.ended_at) filter (where r.kind in ('incremental', 'first_load', 'full'))) as synced_at,
	(select sahut_etl.to_usec(w.paused_at) from sahut_etl.workspace w where w.id = $1::integer) as paused_at
from sahut_etl.run r
where r.workspace_id = $1::integer and r.state = 'ok'

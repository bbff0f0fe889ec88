-- A full sweep that was left too long ago to be gone on with is over. $1 workspace.
with abandoned as (
	update sahut_etl.sweep set state = 'abandoned', ended_at = clock_timestamp()
	where workspace_id = $1::integer and state = 'running'
	returning id
)
delete from sahut_etl.sweep_seen s using abandoned a where s.sweep_id = a.id

-- A full sweep begins. $1 workspace, $2 run.
insert into sahut_etl.sweep (workspace_id, run_id) values ($1::integer, $2::bigint) returning id

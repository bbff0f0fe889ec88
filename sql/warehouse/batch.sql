-- The facts of its batch that the merge needs. $1 workspace, $2 run, $3 sweep, $4 batch, $5 pass, $6 number of the
-- scan, $7 the time that the API last told (null: it has told none, and rows without a time of their own get ours).
insert into pg_temp.stage_batch (workspace_id, run_id, sweep_id, batch, pass, scan, observed_at, told_at)
values ($1::integer, $2::bigint, $3::bigint, $4::integer, $5::smallint, $6::integer,
	coalesce(sahut_etl.from_usec($7::bigint), now()), sahut_etl.from_usec($7::bigint))

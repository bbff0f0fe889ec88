-- The days that have ended since the batch began are to be stored. $1 workspace.
select sahut_etl.queue_closed($1::integer, t.live_day) from pg_temp.tally t

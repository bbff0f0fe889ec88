-- A person stops a workspace's schedule, or starts it again; the daemon that holds it hears of that. $1 workspace, $2
-- the process that stops it, null: it starts again. Gives the pause before. (The queue is asked as in ask.sql.)
with now_is as (
	update sahut_etl.workspace w
	set paused_at = case when $2::text is not null then coalesce(w.paused_at, clock_timestamp()) end,
		paused_by = case when $2::text is not null then coalesce(w.paused_by, $2) end
	where w.id = $1::integer and (w.paused_at is null) = ($2::text is not null)
)
select to_char(w.paused_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as was_since, w.paused_by as was_by,
	pg_notify('sahut_etl_command_request', w.id::text), pg_notification_queue_usage()
from sahut_etl.workspace w
where w.id = $1::integer

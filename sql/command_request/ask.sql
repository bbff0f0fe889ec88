-- A command asks the daemon that holds the workspace. $1 workspace, $2 kind, $3 the process that asks. A queue of
-- notifications that was full stays so, although all have read it, until somebody asks how full it is.
insert into sahut_etl.command_request (workspace_id, kind, asked_by) values ($1::integer, $2, $3)
	returning id, pg_notify('sahut_etl_command_request', workspace_id::text), pg_notification_queue_usage()

-- A command asks the daemon that holds the workspace. $1 workspace, $2 kind, $3 the process that asks.
insert into sahut_etl.command_request (workspace_id, kind, asked_by) values ($1::integer, $2, $3)
	returning id, pg_notify('sahut_etl_command_request', workspace_id::text)

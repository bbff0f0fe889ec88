-- How many days are queued. $1 name of a workspace, or null.
select count(*) as days from sahut_etl.report_queue q join sahut_etl.workspace w on w.id = q.workspace_id
	where $1::text is null or w.name = $1

-- Computes one queued day of whichever workspace, or of the one named, and says whether there was one that nobody
-- else works on. $1 name, or null.
select exists (
	select from (
		select q.workspace_id
		from sahut_etl.report_queue q
		join sahut_etl.workspace w on w.id = q.workspace_id
		where $1::text is null or w.name = $1
		order by 1 limit 1
	) w
	cross join lateral sahut_etl.refresh_next(w.workspace_id) r
	where r.day is not null
) as was_computed

-- Rejected items that were last seen long ago. $1 age (usec), $2 how many.
with old as (
	select i.workspace_id, i.fingerprint from sahut_etl.rejected_item i
	where i.last_seen_at < now() - $1::bigint * interval '1 microsecond'
	limit $2::integer
), gone as (
	delete from sahut_etl.rejected_item i using old
		where (i.workspace_id, i.fingerprint) = (old.workspace_id, old.fingerprint) returning 1
)
select count(*) as removed from gone

-- Empties rejected items of long ago. That they are rejected stays known: nothing is complete around them. $1 age
-- (usec), $2 how many.
with old as (
	select i.workspace_id, i.fingerprint from sahut_etl.rejected_item i
	where i.last_seen_at < now() - $1::bigint * interval '1 microsecond' and i.item not in ('"expired"', '"erased"')
	limit $2::integer
), emptied as (
	update sahut_etl.rejected_item i
	set item = '"expired"', reason = split_part(i.reason, ':', 1) || ': kept no longer'
	from old
	where (i.workspace_id, i.fingerprint) = (old.workspace_id, old.fingerprint)
	returning 1
)
select count(*) as removed from emptied

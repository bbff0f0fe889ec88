-- Empties the reasons of messages that could not be loaded long ago. That they could not stays known. $1 age (usec), $2
-- how many.
with old as (
	select r.conversation_id, r.place from sahut_etl.rejected_message r
	where r.seen_at < now() - $1::bigint * interval '1 microsecond' and r.reason <> 'kept no longer'
	limit $2::integer
), emptied as (
	update sahut_etl.rejected_message r set reason = 'kept no longer', members = '{}'
	from old
	where (r.conversation_id, r.place) = (old.conversation_id, old.place)
	returning 1
)
select count(*) as removed from emptied

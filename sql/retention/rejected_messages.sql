-- Messages that could not be loaded long ago. How many of a conversation they were stays known. $1 age (usec), $2 how
-- many.
with old as (
	select r.conversation_id, r.place from sahut_etl.rejected_message r
	where r.seen_at < now() - $1::bigint * interval '1 microsecond'
	limit $2::integer
), gone as (
	delete from sahut_etl.rejected_message r using old
	where (r.conversation_id, r.place) = (old.conversation_id, old.place)
	returning 1
)
select count(*) as removed from gone

-- A person wants an item to be fetched again by the next cycle, or the list of a message to be read anew.
-- $1 workspace's name, or null: all; $2 id. A row each: the workspace, whether it is a message, and whether it has an
-- id to ask for.
with wanted as (
	update sahut_etl.rejected_item r
	set wanted_at = clock_timestamp()
	from sahut_etl.workspace w
	where w.id = r.workspace_id and ($1::text is null or w.name = $1) and r.fingerprint = $2
	returning w.name, r.conversation_id is not null as has_id
), messages as (
	update sahut_etl.message_reading k
	set message_count = 0, last_message_id = null, reading = k.reading + 1, due_reason = 'hinted',
		due_at = clock_timestamp(), not_before = null
	from sahut_etl.rejected_message r
	join sahut_etl.workspace w on w.id = r.workspace_id
	where r.conversation_id = k.conversation_id and ($1::text is null or w.name = $1)
	and sahut_etl.message_name(r) = $2
	returning w.name
)
select x.name, false as is_message, x.has_id from wanted x
union all
select m.name, true, true from messages m

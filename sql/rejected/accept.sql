-- A person accepts that an item, or a message, is missing. $1 workspace's name, or null: all; $2 id; $3 the person.
-- A row each: the workspace, whether it is a message, and how many items there still are that hold its instants.
with accepted as (
	update sahut_etl.rejected_item r
	set accepted_at = coalesce(r.accepted_at, clock_timestamp()),
		accepted_by = coalesce(r.accepted_by, $3), is_misshapen = false
	from sahut_etl.workspace w
	where w.id = r.workspace_id and ($1::text is null or w.name = $1) and r.fingerprint = $2
	returning w.id, w.name
), messages as (
	update sahut_etl.rejected_message r
	set accepted_at = coalesce(r.accepted_at, clock_timestamp()), accepted_by = coalesce(r.accepted_by, $3)
	from sahut_etl.workspace w
	where w.id = r.workspace_id and ($1::text is null or w.name = $1) and sahut_etl.message_name(r) = $2
	returning w.id, w.name
)
select a.name, a.is_message, (
	select count(*) from sahut_etl.rejected_item r
	where r.workspace_id = a.id and r.accepted_at is null and not r.is_misshapen and r.fingerprint <> $2) as holding
from (select x.id, x.name, false as is_message from accepted x union all select m.id, m.name, true from messages m) a
order by a.name

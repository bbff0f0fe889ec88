-- A person accepts that an item is missing. $1 workspace's name, or null: all; $2 id; $3 the person. A row each: the
-- workspace, and how many there still are that hold its instants.
with accepted as (
	update sahut_etl.rejected_item r
	set accepted_at = coalesce(r.accepted_at, clock_timestamp()),
		accepted_by = coalesce(r.accepted_by, $3), is_misshapen = false
	from sahut_etl.workspace w
	where w.id = r.workspace_id and ($1::text is null or w.name = $1) and r.fingerprint = $2
	returning w.id, w.name
)
select a.name, (
	select count(*) from sahut_etl.rejected_item r
	where r.workspace_id = a.id and r.accepted_at is null and not r.is_misshapen and r.fingerprint <> $2) as holding
from accepted a
order by a.name

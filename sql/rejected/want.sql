-- A person wants an item to be fetched again by the next cycle. $1 workspace's name, or null: all; $2 id.
-- A row each: the workspace, and whether it has an id to ask for.
update sahut_etl.rejected_item r
set wanted_at = clock_timestamp()
from sahut_etl.workspace w
where w.id = r.workspace_id and ($1::text is null or w.name = $1) and r.fingerprint = $2
returning w.name, r.conversation_id is not null as has_id

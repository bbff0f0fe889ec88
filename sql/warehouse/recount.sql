-- A verify counts the held conversations, and sets the running counts right. $1 workspace.
with held as materialized (
	select count(*) as n from sahut.conversation c where c.workspace_id = $1::integer and c.deleted_at is null
)
update sahut_etl.workspace w
set live_count = h.n
from held h
where w.id = $1::integer and w.live_count <> h.n

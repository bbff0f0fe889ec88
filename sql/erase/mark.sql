-- From here on nothing that identifies the contact is loaded. $1 contact, $2 name of the workspace, or null: every
-- one that knows it.
insert into sahut.contact as old (workspace_id, id, first_seen_at, erased_at)
select w.id, $1, now(), now()
from sahut_etl.workspace w
where ($2::text is null or w.name = $2)
and (exists (select from sahut.contact c where c.workspace_id = w.id and c.id = $1)
	or exists (select from sahut_etl.rejected_item r where r.workspace_id = w.id and r.contact_id = $1))
on conflict (workspace_id, id) do update set phone_key = null, erased_at = coalesce(old.erased_at, excluded.erased_at)

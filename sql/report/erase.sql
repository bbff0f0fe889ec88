-- Removes what identifies the contact and says, for each workspace that knows it, what was removed. $1 contact, $2 name of the
-- workspace, or null. A rejected item keeps its place, since the API still counts it, and loses its content.
with known as (
	select w.id, w.name, c.id as contact_id
	from sahut_etl.workspace w
	join sahut.contact c on c.workspace_id = w.id and c.id = $1 and c.erased_at is not null
	where $2::text is null or w.name = $2
), identity as (
	delete from sahut_pii.contact p using known k
	where p.workspace_id = k.id and p.contact_id = k.contact_id
	returning k.id
), item as (
	update sahut_etl.rejected_item r
	set item = '"erased"', reason = split_part(r.reason, ':', 1) || ': erased'
	from known k
	where r.workspace_id = k.id and r.item <> '"erased"' and (
		r.contact_id = k.contact_id
		or r.conversation_id in (select v.id from sahut.conversation v where v.workspace_id = k.id and v.contact_id = k.contact_id)
		or strpos(r.item, to_json(k.contact_id)::text) > 0)
	returning k.id
)
select k.name, exists (select from identity i where i.id = k.id), (select count(*) from item i where i.id = k.id)
from known k
order by 1

-- Live conversations that the sweep did not see, the first so many. $1 workspace, $2 sweep, $3 how many. In the first row: how many were
-- deleted within a week, and a conversation that it did see, to ask for as a control.
with every as (
	select distinct i.id from sahut_etl.sweep_seen s cross join lateral unnest(s.ids) i(id) where s.sweep_id = $2::bigint
)
(select 0 as place,
	(select count(*) from sahut.conversation c
		where c.workspace_id = $1::integer and c.deleted_at > now() - interval '7 days'),
	(select c.id from sahut.conversation c join every on every.id = sahut_etl.id_hash(c.id)
		where c.workspace_id = $1::integer and c.deleted_at is null order by c.last_written_at desc limit 1))
union all
(select 1, null, c.id
from sahut.conversation c
where c.workspace_id = $1::integer and c.deleted_at is null
and not exists (select from every where every.id = sahut_etl.id_hash(c.id))
order by c.id
limit $3::integer)
order by 1

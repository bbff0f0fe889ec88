-- The ids behind the names, for one workspace or all of them: $1 workspace, $2 channel, $3 agent, $4 team, $5 label;
-- empty where none is asked for. "-" is what has none. A name, its case aside, or an id will do; of a label, which has
-- no id and adds up, just the name. No row: there is none of that name.
with answered as materialized (
	select distinct k.workspace_id, k.reply_sender_id
	from sahut.turn k
	where k.reply_sender_type = 'agent' and k.reply_sender_id = $3::text
), named as materialized (
	select 'channel' as what, c.workspace_id, c.id from sahut.channel c where $2::text = c.id or lower($2) = lower(c.name)
	union all
	select 'agent', a.workspace_id, a.id from sahut.agent a where $3::text = a.id or lower($3) = lower(a.name)
	union all
	select 'team', t.workspace_id, t.id from sahut.team t where $4::text = t.id or lower($4) = lower(t.name)
	union all
	select 'label', l.workspace_id, l.name from sahut.label l where l.name = $5::text
)
select x.what, array_agg(distinct x.id) as ids
from sahut_etl.workspace w
cross join lateral (
	select n.what, n.id from named n where n.workspace_id = w.id
	union all
	-- One who answered and never had a conversation has no name, just the id.
	select 'agent', k.reply_sender_id from answered k where k.workspace_id = w.id
	union all
	select n.what, '' from (values ('channel', $2), ('agent', $3), ('team', $4)) n(what, name) where n.name = '-'
) x
where ($1::text is null or w.name = $1)
group by x.what

-- The ids behind the names, for one workspace or all of them: $1 workspace, $2 channel, $3 agent, $4 team, $5 label;
-- empty where none is asked for. "-" is what has none. A name, its case aside, or an id will do; of a label, which has
-- no id and adds up, just the name. No row: there is none of that name.
select x.what, array_agg(distinct x.id) as ids
from sahut_etl.workspace w
cross join lateral (
	select 'channel' as what, c.id
	from sahut.channel c
	where c.workspace_id = w.id and ($2::text = c.id or lower($2) = lower(c.name))
	union all
	select 'agent', a.id from sahut.agent a where a.workspace_id = w.id and ($3::text = a.id or lower($3) = lower(a.name))
	union all
	-- One who answered and never had a conversation has no name, just the id.
	select 'agent', k.reply_sender_id
	from sahut.turn k
	where k.workspace_id = w.id and k.reply_sender_type = 'agent' and k.reply_sender_id = $3::text
		and not exists (select from sahut.agent a where a.workspace_id = w.id and a.id = $3::text)
	union all
	select 'team', t.id from sahut.team t where t.workspace_id = w.id and ($4::text = t.id or lower($4) = lower(t.name))
	union all
	select 'label', l.name from sahut.label l where l.workspace_id = w.id and l.name = $5::text
	union all
	select n.what, '' from (values ('channel', $2), ('agent', $3), ('team', $4)) n(what, name) where n.name = '-'
) x
where ($1::text is null or w.name = $1)
group by x.what

-- The names and the ids that a filter may have: $1 workspace, or all of them, $2 channel, agent, team or label.
select distinct n.name
from (
	select 'channel' as what, c.workspace_id, x.name
	from sahut.channel c cross join lateral (values (c.name), (c.id)) x(name)
	union all
	select 'agent', a.workspace_id, x.name from sahut.agent a cross join lateral (values (a.name), (a.id)) x(name)
	union all
	select 'team', t.workspace_id, x.name from sahut.team t cross join lateral (values (t.name), (t.id)) x(name)
	union all
	select 'label', l.workspace_id, l.name from sahut.label l
) n
join sahut_etl.workspace w on w.id = n.workspace_id and ($1::text is null or w.name = $1)
where n.what = $2 and n.name is not null
order by n.name

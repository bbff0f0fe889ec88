-- The ids behind the names, for one workspace or all of them: $1 workspace, $2 channel, $3 agent, $4 team, $5 label;
-- empty where none is asked for. "-" is what has none. A name, its case aside, or an id will do; of a label, which has
-- no id and adds up, just the name. No row: there is none of that name.
select 'channel' as what, array_agg(distinct x.id) as ids
from sahut_etl.workspace w
cross join lateral (
	select c.id from sahut.channel c where c.workspace_id = w.id and ($2 = c.id or lower($2) = lower(c.name))
	union all select '' where $2 = '-') x
where ($1::text is null or w.name = $1)
having count(*) > 0
union all
select 'agent', array_agg(distinct x.id)
from sahut_etl.workspace w
cross join lateral (
	select a.id from sahut.agent a where a.workspace_id = w.id and ($3 = a.id or lower($3) = lower(a.name))
	union all select '' where $3 = '-') x
where ($1::text is null or w.name = $1)
having count(*) > 0
union all
select 'team', array_agg(distinct x.id)
from sahut_etl.workspace w
cross join lateral (
	select t.id from sahut.team t where t.workspace_id = w.id and ($4 = t.id or lower($4) = lower(t.name))
	union all select '' where $4 = '-') x
where ($1::text is null or w.name = $1)
having count(*) > 0
union all
select 'label', array_agg(distinct l.name)
from sahut_etl.workspace w
join sahut.label l on l.workspace_id = w.id and l.name = $5
where ($1::text is null or w.name = $1)
having count(*) > 0

-- The counts of a verify: all, then by status; and behind them the cells that differed. $1 run.
(select 'count' as kind, (array[null, 'open', 'pending', 'snoozed', 'resolved'])[x.place] as status,
	null as channel_id, null as channel_name, null as assignee_id, null as assignee_name, false as unassigned,
		x.api, x.held, a.rejected
from sahut_etl.audit a
cross join lateral unnest(a.api, a.held) with ordinality x(api, held, place)
where a.run_id = $1::bigint
order by x.place)
union all
(select 'cell', c.status, c.channel_id, ch.name, c.assignee_id, ag.name, c.unassigned, c.api, c.held, a.rejected
from sahut_etl.audit_cell c
join sahut_etl.audit a on a.run_id = c.run_id
left join sahut.channel ch on ch.workspace_id = a.workspace_id and ch.id = c.channel_id
left join sahut.agent ag on ag.workspace_id = a.workspace_id and ag.id = c.assignee_id
where c.run_id = $1::bigint
order by c.place)

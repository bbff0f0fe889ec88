-- The ids that a workspace's cells can be split by: channels first, then agents. $1 workspace, $2 how many of each at
-- most.
(select false as is_agent, c.id from sahut.channel c where c.workspace_id = $1::integer order by c.id limit $2::integer)
union all
(select true, a.id from sahut.agent a where a.workspace_id = $1::integer order by a.id limit $2::integer)
order by 1, 2

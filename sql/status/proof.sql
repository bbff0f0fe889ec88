-- How far a workspace is proven. $1 name.
select p.state as proof, p.why, p.next_step, p.counted
from sahut_etl.proof p
join sahut_etl.workspace w on w.id = p.workspace_id
where w.name = $1

-- Whether a workspace is known to be complete. $1 name.
select w.complete_as_of is not null and p.state in ('proven', 'excepted')
from sahut_etl.workspace w
join sahut_etl.proof p on p.workspace_id = w.id
where w.name = $1

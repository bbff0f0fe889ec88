-- Whether nobody works on a workspace. $1 name.
select not exists (select from sahut_etl.lease_in_force f where f.workspace_id = w.id) as is_unheld
from sahut_etl.workspace w
where w.name = $1

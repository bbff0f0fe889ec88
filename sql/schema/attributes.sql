-- The configured fields that are not columns as they are configured: the workspace, the column, and the change. $1 is
-- the JSON that src/warehouse/workspace_settings.c writes.
with wanted as (
	select w.key as workspace_name, t.name, string_to_array(t.path, '.') as path, t.type
	from jsonb_each($1::jsonb) w
	cross join lateral jsonb_to_recordset(w.value) t(name text, path text, type text)
), had as (
	select a.workspace_name, a.name, a.path, a.type from sahut_etl.attribute a where $1::jsonb ? a.workspace_name
)
select coalesce(n.workspace_name, h.workspace_name) as workspace, coalesce(n.name, h.name) as name,
	case when h.name is null then 'added' when n.name is null then 'taken out' else 'changed' end as change
from wanted n
full join had h on h.workspace_name = n.workspace_name and h.name = n.name
where (h.path, h.type) is distinct from (n.path, n.type)
order by 1, 2

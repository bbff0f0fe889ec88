-- A conversation is in one status and with one agent (or nobody) at a time. A row here is one that is not.
select conversation_id, count(*) as current_rows
from {{ source('sahut', 'status_intervals') }}
where is_current
group by 1
having count(*) <> 1
union all
select conversation_id, count(*)
from {{ source('sahut', 'assignee_snapshots') }}
where is_current
group by 1
having count(*) <> 1

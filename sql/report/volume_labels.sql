-- The fifteen labels that came most.
select v.label_name as label, sum(v.created_count) as created, sum(v.resolved_count) as resolved
from sahut_report.daily_label_volume v
where v.workspace_name = $1 and v.day between $2::date and $3::date
group by 1
having sum(v.created_count) > 0
order by 2 desc, 1
limit 15

-- The fifteen labels that came most.
select v.label_name as label, sum(v.created_count) as created, sum(v.resolved_count) as resolved
from sahut_report.daily_label_volume v
where v.workspace_name = $1 and v.day between $2::date and $3::date
	and ($4::text[] is null or coalesce(v.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null or coalesce(v.team_id, '') = any ($5::text[]))
	and ($6::text[] is null or v.label_name = any ($6::text[]))
group by 1
having sum(v.created_count) > 0
order by 2 desc, 1
limit 15

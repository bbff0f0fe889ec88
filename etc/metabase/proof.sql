-- Is all of it here? Days after the time that is named are a lower bound.
select
	workspace_name as workspace,
	case proof_state
		when 'loading' then '@The first load has not ended@. @The figures are partial: nothing can be counted yet.@'
		when 'unproven' then '@Loaded, and not proven complete@. '
			|| '@The figures are a lower bound: conversations may be missing or not up to date.@'
		when 'demoted' then '@No longer proven complete@. @Days after the time beside are a lower bound.@'
		when 'rejected' then '@Some items could not be loaded@. @Days after the time beside lack them.@'
		when 'excepted' then '@Complete, but for items that are known@. @All days up to the time beside count.@'
		else '@Complete@. @All days up to the time beside count.@' end as counted,
	to_char(complete_as_of at time zone reporting_timezone, 'YYYY-MM-DD HH24:MI') as complete_at
from sahut_report.data_freshness
where true
	[[and {{workspace}}]]
order by proof_state = 'proven', workspace_name

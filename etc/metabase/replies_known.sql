-- Of how many conversations are the messages read? Figures cover those; days between the two last columns are whole.
select
	workspace_name as workspace, read_count as conversations_read, due_count as due, to_come_count as to_come,
	round(read_count::numeric / nullif(read_count + unread_count + to_come_count, 0), 3) as read_rate,
	unresolved_read_count as unresolved_read, unresolved_count as unresolved, rejected_count as rejected_messages,
	fully_read_from::text as whole_from_at, fully_read_to::text as whole_to_at
from sahut_report.message_coverage
where true
	[[and {{workspace}}]]
order by workspace_name

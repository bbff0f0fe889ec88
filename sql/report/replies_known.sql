-- Of how many conversations messages are known, and up to when.
select
	m.read_count as conversations_read, m.due_count as due, m.to_come_count as to_come, m.unresolved_read_count
		as unresolved_read, m.unresolved_count as unresolved, m.unknown_count as without_messages,
	m.rejected_count as rejected_messages,
	to_char(m.known_until at time zone w.timezone, 'YYYY-MM-DD HH24:MI') as known_at,
	m.fully_read_from::text as whole_from_at, m.fully_read_to::text as whole_to_at
from sahut_report.message_coverage m
join sahut_etl.workspace w on w.name = m.workspace_name
where m.workspace_name = $1

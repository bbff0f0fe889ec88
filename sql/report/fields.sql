-- The configured fields, as the list of conversations selects them behind its own columns. A field that has the name of
-- one of those is called field_NAME there; one that is true or false is 1 or 0, as such columns of the list are.
select coalesce(string_agg(format(', t.%I%s as %I', a.attname,
	case a.atttypid when 'boolean'::regtype then '::integer' else '' end,
	case when a.attname in ('workspace', 'conversation', 'channel', 'agent', 'agent_id', 'team',
		'contact_id', 'person_id', 'status_since_at', 'age_hours', 'first_assigned_at', 'updated_at',
		'first_assignment_seconds', 'first_assignment_business_seconds', 'first_resolution_seconds',
		'first_resolution_business_seconds', 'first_agent', 'last_agent', 'first_team', 'handovers',
		'resolutions', 'reopens', 'touches', 'history_complete', 'timezone', 'team_id')
		then 'field_' || a.attname else a.attname::text end), '' order by a.attnum), '') as columns
from pg_catalog.pg_attribute a
where a.attrelid = 'sahut_report.conversation_times'::regclass and a.attnum > 0 and not a.attisdropped
	and not exists (
		select from pg_catalog.pg_attribute b
		where b.attrelid = 'sahut_etl.conversation_row'::regclass and b.attnum > 0 and b.attname = a.attname)

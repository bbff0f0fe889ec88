-- The remedy where no temporary table can be made though the role may: event triggers are somebody's, and run for
-- each one. A row, if there is any.
select format('event trigger %s is not ours, and runs for each temporary table: let role %I do all that it does; or, '
	'as an administrator: %s',
	string_agg(format('%I (function %s)', e.evtname, e.evtfoid::regproc), ', ' order by e.evtname),
	current_user, string_agg(format('alter event trigger %I disable;', e.evtname), ' ' order by e.evtname)) as remedy
from pg_catalog.pg_event_trigger e
where e.evtenabled <> 'D' and e.evtevent in ('ddl_command_start', 'ddl_command_end')
and (e.evttags is null or e.evttags && array['CREATE TABLE', 'CREATE INDEX'])
having count(*) > 0

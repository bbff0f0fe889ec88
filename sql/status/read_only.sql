-- The reason why nothing can be written here, and its remedy. Not by pg_settings, which any role that may connect can
-- lock.
select case when pg_is_in_recovery()
		then 'it is a standby: name the primary in warehouse.conninfo, or both: host=FIRST,SECOND'
	when s.source = 'user' then
		format('as an administrator: alter role %I reset default_transaction_read_only;', current_user)
	when s.source = 'database' then
		format('as an administrator: alter database %I reset default_transaction_read_only;', current_database())
	when s.source = 'database user' then format('as an administrator: alter role %I in database %I reset '
		'default_transaction_read_only;', current_user, current_database())
	when s.source = 'client' then
		'take default_transaction_read_only out of the options in warehouse.conninfo, and out of PGOPTIONS'
	else 'the server itself is set so, as a managed one is when its disk is full: make room, then: '
		'alter system reset default_transaction_read_only; select pg_reload_conf();' end as remedy
from pg_catalog.pg_show_all_settings() s
where s.name = 'default_transaction_read_only'

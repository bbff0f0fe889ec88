-- A whole sweep is compared with all that is held, as in query/begin_whole.sql: two large sets, once.
select set_config(name, setting, true)
from (values
	('enable_hashjoin', 'on'), ('enable_mergejoin', 'on'),
	('enable_nestloop', 'off'), ('work_mem', '64MB')) x(name, setting)

-- SPDX-License-Identifier: MIT
-- The settings that every session of every command makes before anything else. It makes them after it has connected,
-- since poolers refuse options at the start.
--
-- Settings that change the output or the outcome of a statement are the same, though the role, the database, the
-- server, PGOPTIONS or a service file may have others. default_transaction_read_only is none of these: it tells the
-- purpose of a session.
set statement_timeout = '10min';
set search_path = pg_catalog, pg_temp;
select set_config(p.name, p.setting, false)
from (values
	('DateStyle', 'ISO, MDY'), ('IntervalStyle', 'postgres'), ('TimeZone', 'UTC'),
	('timezone_abbreviations', 'Default'),
	('extra_float_digits', '1'), ('bytea_output', 'hex'), ('client_encoding', 'UTF8'),
	('lc_monetary', 'C'), ('lc_numeric', 'C'), ('lc_time', 'C'),
	('standard_conforming_strings', 'on'), ('backslash_quote', 'safe_encoding'), ('array_nulls', 'on'),
	('transform_null_equals', 'off'),
	('quote_all_identifiers', 'off'), ('xmloption', 'content'), ('default_text_search_config', 'pg_catalog.simple'),
	-- Rows that a policy hides are an error, not fewer rows.
	('row_security', 'off'), ('restrict_nonsystem_relation_kind', ''),
	('default_transaction_isolation', 'read committed'), ('default_transaction_deferrable', 'off'),
	('lock_timeout', '10s'), ('idle_in_transaction_session_timeout', '60s'), ('idle_session_timeout', '0'),
	('transaction_timeout', '0'),
	-- A statement whose client has gone ends with it, and gives the locks back (PostgreSQL 14 and newer).
	('client_connection_check_interval', '2s'),
	-- JIT compilation takes longer than these statements; new tables are heap tables.
	('jit', 'off'), ('plan_cache_mode', 'auto'), ('default_table_access_method', 'heap'),
	('check_function_bodies', 'on')
) p(name, setting)
-- Not by pg_settings, which any role that may connect can lock: it is everybody's to update.
where current_setting(p.name, true) is not null;

-- A report is of one moment, reads only, and does not wait for ever. Its days are the workspace's, in any zone of the
-- session.
begin isolation level repeatable read read only;
set local statement_timeout = '60s';
set local timezone = 'UTC';
set local search_path = pg_catalog, pg_temp

-- All together, before anything is vouched for. Those that are declared and checked cost nothing.
select sahut_etl.restore_foreign_keys(true)

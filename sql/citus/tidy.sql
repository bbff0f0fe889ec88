-- $1 table: the rows that it held before it was distributed lie in it still, where no query sees them.
select pg_catalog.truncate_local_data_after_distributing_table($1::regclass)

-- $1 table: what it held before it was distributed lies in it still, where no query sees it.
select pg_catalog.truncate_local_data_after_distributing_table($1::regclass)

-- $1 table, $2 column that says where a row lies, $3 table beside whose rows.
select pg_catalog.create_distributed_table($1::regclass, $2, colocate_with => $3)

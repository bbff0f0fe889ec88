-- $1 table: the same on every machine.
select pg_catalog.create_reference_table($1::regclass)

-- The first load of a warehouse is not checked row by row.
select sahut_etl.set_keys_aside()

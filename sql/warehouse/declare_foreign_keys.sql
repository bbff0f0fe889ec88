-- From here on each row that is written is checked; what is there, in the next transaction.
select sahut_etl.restore_foreign_keys(false)

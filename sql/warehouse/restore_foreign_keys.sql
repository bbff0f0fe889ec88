-- But all together, before anything is vouched for.
select sahut_etl.restore_foreign_keys()

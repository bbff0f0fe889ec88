-- But all together, before anything is vouched for.
select sahut_etl.put_keys_back()

-- The first load of a warehouse is not checked row by row; one that was proven to hold nothing is not loaded for the
-- first time.
select sahut_etl.drop_foreign_keys()
where not exists (select from sahut_etl.sweep s where s.state in ('certified', 'uncertified'))

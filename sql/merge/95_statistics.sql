-- The next batch is planned by the tables' new statistics.
select sahut_etl.keep_statistics();

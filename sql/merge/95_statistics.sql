-- The next batch is planned by what the tables have become.
select sahut_etl.keep_statistics();

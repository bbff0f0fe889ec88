select to_regclass('sahut_etl.migration') is not null

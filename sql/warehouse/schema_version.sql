-- The version of the schema, and whether its tables are ours at all.
select coalesce(max(version), 0) as version from sahut_etl.migration

-- The migrations that were applied, if there is a warehouse at all.
select m.version, m.name, m.checksum from sahut_etl.migration m order by 1

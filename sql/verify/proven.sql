-- Whether a workspace was ever proven complete. $1 name.
select w.certified_at is not null as is_proven from sahut_etl.workspace w where w.name = $1

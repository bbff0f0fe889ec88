-- Whether the conversations of this warehouse are distributed.
select exists (select 1 from pg_catalog.pg_dist_partition p where p.logicalrelid = to_regclass('sahut.conversation')
	and p.partmethod = 'h') as is_begun

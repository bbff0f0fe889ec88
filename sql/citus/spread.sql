-- $1 table, $2 column that says where a row lies, $3 table beside whose rows. Every statement visits each shard, so
-- there are few: two for each worker, so that one more can take its share; or as citus.shard_count has it, where that
-- is not Citus's own 32.
select pg_catalog.create_distributed_table($1::regclass, $2, colocate_with => $3, shard_count => case
	when $3 = 'none' then coalesce(nullif(current_setting('citus.shard_count', true)::integer, 32), (
		select 2 * greatest(1, count(*))
		from pg_catalog.pg_dist_node n
		where n.noderole = 'primary' and n.isactive and n.groupid <> 0)::integer) end)

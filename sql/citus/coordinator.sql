-- Whether Citus knows this server as its coordinator: reference tables lie there, too, beside the tables that stay
-- where they are.
select exists (select 1 from pg_catalog.pg_dist_node n where n.groupid = 0) as is_known

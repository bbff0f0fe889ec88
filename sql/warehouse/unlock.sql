-- The workspace's lease ends. $1 workspace.
select sahut_etl.give_lease_back($1::integer)

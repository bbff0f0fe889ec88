-- Somebody was told how a workspace is. $1 its name, $2 the state.
insert into sahut_etl.notification as n (workspace_id, state)
select w.id, $2 from sahut_etl.workspace w where w.name = $1
on conflict (workspace_id) do update set state = excluded.state, told_at = clock_timestamp()

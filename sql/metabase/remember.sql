insert into sahut_etl.metabase_object as o (instance_url, key, metabase_id, sent, seen)
values ($1, $2, $3, $4, $5)
on conflict (instance_url, key) do update
set metabase_id = excluded.metabase_id, sent = excluded.sent, seen = excluded.seen, applied_at = now()

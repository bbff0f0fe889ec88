insert into sahut_etl.metabase_object as o (instance_url, key, metabase_id, spec_sha256, seen_sha256)
values ($1, $2, $3, $4, $5)
on conflict (instance_url, key) do update
set metabase_id = excluded.metabase_id, spec_sha256 = excluded.spec_sha256, seen_sha256 = excluded.seen_sha256,
	applied_at = now()

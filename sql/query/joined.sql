-- Does the page show a conversation that the sweep has stored? $1 sweep, $2 the page's ids.
select exists (
	select from sahut_etl.sweep_seen s
	where s.sweep_id = $1::bigint and s.ids && (select array_agg(sahut_etl.id_hash(i)) from unnest($2::text[]) i)
) as joined

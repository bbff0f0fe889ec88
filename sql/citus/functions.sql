-- Working time is computed where the rows lie, and a query that was sent to a shard may ask no table of Citus. So these
-- three read the machine's own copy of what is everywhere: its shard, by a name that is the same on all machines and
-- never changes. One that an upgrade has made anew reads the table again, and is mended here.
do $$
declare
	f     record;
	t     record;
	text  text;
begin
	for f in
		select pg_get_functiondef(p.oid) as text from pg_catalog.pg_proc p
		where p.pronamespace = 'sahut_etl'::regnamespace and p.proname in ('hours_no_of', 'work_at', 'work_usec')
	loop
		text := f.text;
		for t in
			select s.logicalrelid::regclass::text as name, s.shardid as shard from pg_catalog.pg_dist_shard s
			where s.logicalrelid in ('sahut.channel'::regclass, 'sahut_etl.work_hours'::regclass,
				'sahut_etl.work_span'::regclass)
		loop
			text := regexp_replace(text, '\m' || replace(t.name, '.', '\.') || '\M', t.name || '_' || t.shard, 'g');
		end loop;
		if text <> f.text then
			execute text;
		end if;
	end loop;
end $$

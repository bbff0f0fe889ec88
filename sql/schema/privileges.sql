-- All privileges on our objects, as one text: a different one after the grants means that some were missing.
select md5(coalesce((select string_agg(c.oid::text || coalesce(c.relacl::text, ''), ',' order by c.oid)
		from pg_catalog.pg_class c where c.relnamespace = any (o.schemas)), '')
	|| coalesce((select string_agg(n.oid::text || coalesce(n.nspacl::text, ''), ',' order by n.oid)
		from pg_catalog.pg_namespace n where n.oid = any (o.schemas)), '')
	|| coalesce((select string_agg(p.oid::text || coalesce(p.proacl::text, ''), ',' order by p.oid)
		from pg_catalog.pg_proc p where p.pronamespace = any (o.schemas)), '')) as granted
from (
	select array_agg(n.oid) as schemas from pg_catalog.pg_namespace n
	where n.nspname in ('sahut', 'sahut_pii', 'sahut_report', 'sahut_etl')
) o

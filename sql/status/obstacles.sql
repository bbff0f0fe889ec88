-- The obstacles in the database for the connected role, a row each: the kind of the failure ('' where it is only to be
-- known), a sentence, and the one command that mends it. It asks the catalogs alone, so that it answers where nothing
-- of ours can be read.
with ours as (
	select c.oid, c.oid::regclass as name, n.nspname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relreplident
	from pg_catalog.pg_class c
	join pg_catalog.pg_namespace n on n.oid = c.relnamespace
	where n.nspname in ('sahut', 'sahut_pii', 'sahut_report', 'sahut_etl') and c.relkind in ('r', 'p')
), hidden as (
	select count(*) as n, min(o.name::text) as one from ours o
	where o.relrowsecurity and (row_security_active(o.oid) or o.relforcerowsecurity)
), kept as (
	select count(*) as n, min(o.name::text) as one from ours o
	where o.relreplident in ('d', 'n') and exists (select from pg_catalog.pg_publication p where p.puballtables)
	and (o.relreplident = 'n'
		or not exists (select from pg_catalog.pg_index i where i.indrelid = o.oid and i.indisprimary))
), here as (
	select d.datname, pg_encoding_to_char(d.encoding) as encoding, d.datconnlimit, r.rolname, r.rolconnlimit, r.rolsuper,
		case when d.datname ~ '^[A-Za-z_][A-Za-z0-9_.-]*$' then d.datname else quote_literal(d.datname) end as typed,
		current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer as most
	from pg_catalog.pg_database d, pg_catalog.pg_roles r
	where d.datname = current_database() and r.rolname = current_user
)
select 1 as place, 'config' as kind, 'encoding' as subject,
	format('the database %s is encoded in %s, in which not every text can be kept', h.datname, h.encoding) as what,
	format('make it anew: createdb -E UTF8 -T template0 %s', h.typed) as remedy
from here h
where h.encoding not in ('UTF8', 'SQL_ASCII')
union all
select 1, '', 'encoding', format('the database %s is encoded in SQL_ASCII, so others may write anything into it',
	h.datname), format('better: createdb -E UTF8 -T template0 %s', h.typed)
from here h
where h.encoding = 'SQL_ASCII'
union all
select 2, 'denied', 'row security', format('row security hides rows of %s from role %s%s', h.one, current_user,
	case when h.n > 1 then format(', and of %s more tables', h.n - 1) else '' end),
	'as the tables'' owner: do $$ declare t regclass; begin for t in select c.oid from pg_class c where c.relnamespace::'
	|| 'regnamespace::text in (''sahut'', ''sahut_pii'', ''sahut_report'', ''sahut_etl'') and c.relrowsecurity loop '
	|| 'execute format(''alter table %s disable row level security, no force row level security'', t); end loop; end $$;'
from hidden h
where h.n > 0
union all
select 3, 'config', 'replica identity',
	format('a publication for all tables keeps rows of %s from being changed%s', k.one,
	case when k.n > 1 then format(', and of %s more tables', k.n - 1) else '' end),
	format('as the tables'' owner: alter table %s replica identity full;', k.one)
from kept k
where k.n > 0
union all
select 4, '', 'connections',
	format('role %s may have %s connections; four are needed at most', h.rolname, h.rolconnlimit),
	format('alter role %I connection limit -1;', h.rolname)
from here h
where h.rolconnlimit between 0 and 3 and not h.rolsuper
union all
select 4, '', 'connections', format('database %s may have %s connections; four are needed at most', h.datname,
	h.datconnlimit), format('alter database %I connection limit -1;', h.datname)
from here h
where h.datconnlimit between 0 and 3 and not h.rolsuper
union all
select 4, '', 'connections', format('the server has %s connections; four are needed at most', h.most),
	'alter system set max_connections = 100; and restart it'
from here h
where h.most < 4
union all
select 5, '', 'triggers', format('session_replication_role is %s: foreign keys and triggers are not looked at',
	current_setting('session_replication_role')),
	format('alter role %I reset session_replication_role;', current_user)
where current_setting('session_replication_role') <> 'origin'
union all
select 6, '', 'triggers', format('trigger %s on %s is not ours; rows that it refuses are not loaded', t.tgname, o.name),
	format('if nobody needs it: drop trigger %I on %s;', t.tgname, o.name)
from pg_catalog.pg_trigger t
join ours o on o.oid = t.tgrelid
where not t.tgisinternal and t.tgenabled <> 'D'
order by 1, 4

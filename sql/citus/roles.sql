-- Citus carries to the workers only the roles and memberships that were made in this database after its extension. The
-- roles of this warehouse may be older, or come from another database: each is made where it is missing. A login role
-- comes without a password. Nothing of it is carried on from there.
do $$
declare
	k     record;
	said  text;
begin
	for k in
		select r.rolname as role, null as member, false as can_log_in from pg_catalog.pg_roles r
		where r.rolname in ('sahut_writer', 'sahut_reader', 'sahut_analyst', 'sahut_pii_reader')
		union all
		select r.rolname, m.rolname, m.rolcanlogin
		from pg_catalog.pg_auth_members a
		join pg_catalog.pg_roles r on r.oid = a.roleid
		join pg_catalog.pg_roles m on m.oid = a.member
		where r.rolname in ('sahut_writer', 'sahut_reader', 'sahut_analyst', 'sahut_pii_reader')
			and not m.rolsuper
		order by 2 nulls first, 1
	loop
		for said in
			select n.nodename || ':' || n.nodeport || ': ' || n.result
			from pg_catalog.run_command_on_workers(format($c$
				do $d$ begin
					perform set_config('citus.enable_create_role_propagation', 'off', true);
					if not exists (select from pg_catalog.pg_roles where rolname = %1$L) then
						create role %1$I nologin;
					end if;
					if %2$L is not null and not exists (
						select from pg_catalog.pg_roles where rolname = %2$L) then
						create role %3$I %4$s;
					end if;
					if %2$L is not null and not exists (select from pg_catalog.pg_auth_members a
						where a.roleid = to_regrole(quote_ident(%1$L))
							and a.member = to_regrole(quote_ident(%2$L))) then
						grant %1$I to %3$I;
					end if;
				end $d$ $c$,
				k.role, k.member, coalesce(k.member, k.role),
				case when k.can_log_in then 'login' else 'nologin' end)) n
			where not n.success
		loop
			raise exception 'the roles of the warehouse cannot be made on the worker %', said;
		end loop;
	end loop;
end $$

-- Where a conversation differs between the warehouse and the API, field by field, as the merge compares them. $1 its
-- id, $2 the API's fields as a JSON object, each column under its own name; $3 the id of its contact's row. Of
-- contacts only the id is shown.
with c as materialized (
	select * from sahut.conversation c where c.id = $1
), api as materialized (
	select f.key as name, f.value::jsonb as value, f.place
	from json_each($2::json) with ordinality f(key, value, place)
), held as materialized (
	select
		(
			select jsonb_object_agg(f.key, case a.atttypid when 'timestamptz'::regtype
				then to_jsonb(sahut_etl.to_usec((f.value #>> '{}')::timestamptz)) else f.value end)
			from jsonb_each(to_jsonb(c)) f
			join pg_catalog.pg_attribute a on a.attrelid = 'sahut.conversation'::regclass and a.attname = f.key
		) || jsonb_build_object('deleted', c.deleted_at is not null,
			'channel type', ch.type, 'channel name', ch.name, 'assignee name', a.name, 'team name', t.name,
			'contact name', p.name, 'contact phone', p.phone, 'contact phone key', encode(k.phone_key, 'hex'),
			'contact extra', p.extra) as fields,
		k.erased_at is not null as is_erased
	from c
	left join sahut.channel ch on ch.workspace_id = c.workspace_id and ch.id = $2::jsonb ->> 'channel_id'
	left join sahut.agent a on a.workspace_id = c.workspace_id and a.id = $2::jsonb ->> 'assignee_id'
	left join sahut.team t on t.workspace_id = c.workspace_id and t.id = $2::jsonb ->> 'team_id'
	left join sahut.contact k on k.workspace_id = c.workspace_id and k.id = $3
	left join sahut_pii.contact p on p.workspace_id = c.workspace_id and p.contact_id = $3
), differs as materialized (
	select api.place, api.name, held.fields -> api.name as here, api.value as there
	from api
	cross join held
	where held.fields -> api.name is distinct from api.value
	and not (held.is_erased and api.name like 'contact %')
)
select
	regexp_replace(d.name, '_id$', '') as field,
	max(s.text) filter (where s.is_here) as here, max(s.text) filter (where not s.is_here) as "API"
from differs d
cross join lateral (
	select v.is_here, case
		when jsonb_typeof(v.value) = 'null' then null
		when d.name like 'contact %' then '(not shown)'
		when d.name like '%\_at' then regexp_replace(
			to_char(sahut_etl.from_usec((v.value #>> '{}')::bigint) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
			'\.000000Z', 'Z')
		when jsonb_typeof(v.value) = 'array' then array_to_string(array(select jsonb_array_elements_text(v.value)), ', ')
		else v.value #>> '{}' end as text
	from (values (true, d.here), (false, d.there)) v(is_here, value)
) s
group by d.place, d.name
order by d.place

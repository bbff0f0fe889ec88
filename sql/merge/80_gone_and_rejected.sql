-- Conversations that the API answered with 404, or with another id. The current version stays current: the state was
-- not left, it vanished. The conversations are marked last: until then the ones that vanish now are those that are not
-- marked.
do $$ begin if exists (select from pg_temp.stage_gone) then
with gone as materialized (
	select c.id, c.version_no, c.status, c.assignee_id, c.team_id, c.channel_id, v.observed_at as known_at
	from sahut.conversation c
	join sahut.conversation_version v on v.conversation_id = c.id and v.version_no = c.version_no
	where c.id = any (array(select k.id from pg_temp.stage_gone k)) and c.deleted_at is null
	and c.workspace_id = (select b.workspace_id from pg_temp.stage_batch b)
)
insert into sahut.conversation_event (
	conversation_id, workspace_id, version_no, event_type, occurred_at, occurred_day, not_before, observed_at,
	is_estimated,
	from_status, from_assignee_id, from_team_id, channel_id)
select c.id, w.id, c.version_no, 'deleted', g.observed_at, (g.observed_at at time zone w.timezone)::date,
	least(c.known_at, g.observed_at),
	g.observed_at, true, c.status, c.assignee_id, c.team_id, c.channel_id
from (select distinct on (id) id, observed_at from pg_temp.stage_gone order by id, seq desc) g
join gone c on c.id = g.id
cross join pg_temp.stage_batch b
join sahut_etl.workspace w on w.id = b.workspace_id;

update sahut.resolution r
set is_deleted = true
from (select distinct g.id, b.workspace_id from pg_temp.stage_gone g cross join pg_temp.stage_batch b) g
where r.conversation_id = g.id and r.workspace_id = g.workspace_id and not r.is_deleted
-- There is hardly ever one; the planner, which cannot know, would read every resolution in search of them.
and r.conversation_id = any (array(select k.id from pg_temp.stage_gone k));

update pg_temp.tally
set rows_deleted = (
	select count(*) from sahut.conversation c
	where c.id = any (array(select k.id from pg_temp.stage_gone k)) and c.deleted_at is null
	and c.workspace_id = (select b.workspace_id from pg_temp.stage_batch b));

update sahut.conversation c
set deleted_at = g.observed_at, merged_into = g.merged_into, last_written_at = g.observed_at, last_run_id = g.run_id,
	last_page = null
from (
	select distinct on (k.id) k.id, k.observed_at, k.merged_into, b.run_id, b.workspace_id
	from pg_temp.stage_gone k cross join pg_temp.stage_batch b
	order by k.id, k.seq desc
) g
where c.id = g.id and c.workspace_id = g.workspace_id and c.deleted_at is null
-- As with the resolutions.
and c.id = any (array(select k.id from pg_temp.stage_gone k));
end if; end $$;

-- More than a few of a page, five or one in twenty, are no bad items: then the page is none. Items that a person has
-- accepted do not count.
with page as (
	select x.page, count(distinct x.id) as n,
		count(distinct x.id) filter (where x.is_rejected and a.fingerprint is null) as bad
	from (
		select s.page, s.id, false as is_rejected from pg_temp.stage_conversation s
		union all
		select r.page, r.fingerprint, true from pg_temp.stage_rejected r
	) x
	cross join pg_temp.stage_batch b
	left join sahut_etl.rejected_item a on a.workspace_id = b.workspace_id and a.fingerprint = x.id
		and a.accepted_at is not null
	where x.page is not null and exists (select from pg_temp.stage_rejected)
	group by x.page
)
insert into pg_temp.odd_page (page)
select p.page from page p where p.bad > greatest(5, p.n / 20);

-- An item seen before in the same state costs nothing. Of a contact that was erased nothing is kept here either.
do $$ begin if exists (select from pg_temp.stage_rejected) then
with held as materialized (
	select c.id, c.contact_id
	from sahut.conversation c
	where c.id = any (array(select k.conversation_id from pg_temp.stage_rejected k
		where k.conversation_id is not null))
	and c.workspace_id = (select b.workspace_id from pg_temp.stage_batch b)
)
insert into sahut_etl.rejected_item as old (
	workspace_id, fingerprint, conversation_id, contact_id, created_at, reason, item, page, run_id, first_seen_at,
	last_seen_at, is_misshapen)
select distinct on (s.fingerprint) b.workspace_id, s.fingerprint, s.conversation_id, s.contact_id, s.created_at,
	k.reason, k.item, s.page,
	b.run_id, s.observed_at, s.observed_at, k.is_misshapen
from pg_temp.stage_rejected s
cross join pg_temp.stage_batch b
left join held v on v.id = s.conversation_id
left join sahut.contact c on c.workspace_id = b.workspace_id and c.id = coalesce(s.contact_id, v.contact_id)
	and c.erased_at is not null
cross join lateral (
	select case when c.id is null then s.item else '"erased"' end as item,
		case when c.id is null then s.reason else split_part(s.reason, ':', 1) || ': erased' end as reason,
		s.page is not null and exists (select from pg_temp.odd_page o where o.page = s.page) as is_misshapen
) k
where not exists (
	select from sahut_etl.rejected_item r
	where r.workspace_id = b.workspace_id and r.fingerprint = s.fingerprint and r.item = k.item
	and (r.accepted_at is not null or k.is_misshapen or not r.is_misshapen)
	-- Its place in the answer is no news.
	and regexp_replace(r.reason, '^\$\.data(\[\d+\])?', '') = regexp_replace(k.reason, '^\$\.data(\[\d+\])?', ''))
order by s.fingerprint, s.seq desc
on conflict (workspace_id, fingerprint) do update
set reason = excluded.reason, item = excluded.item, page = excluded.page, run_id = excluded.run_id,
	created_at = excluded.created_at,
	contact_id = excluded.contact_id, last_seen_at = excluded.last_seen_at, times_seen = old.times_seen + 1,
	-- An item that holds the instants goes on to do so.
	is_misshapen = excluded.is_misshapen and old.is_misshapen and old.accepted_at is null;
end if; end $$;

-- A person wanted it to be asked for, and that was done.
update sahut_etl.rejected_item r
set wanted_at = null
from pg_temp.stage_rejected s, pg_temp.stage_batch b
where r.workspace_id = b.workspace_id and r.fingerprint = s.fingerprint and s.page is null and r.wanted_at is not null;

update pg_temp.tally
set is_misshapen = exists (select from pg_temp.odd_page),
	is_held_back = exists (
		select from pg_temp.stage_rejected s
		cross join pg_temp.stage_batch b
		join sahut_etl.rejected_item r on r.workspace_id = b.workspace_id and r.fingerprint = s.fingerprint
		where r.accepted_at is null);

-- One that is gone is rejected no longer.
delete from sahut_etl.rejected_item r
using pg_temp.stage_gone s, pg_temp.stage_batch b
where r.workspace_id = b.workspace_id and r.conversation_id = s.id;

-- Nor is one that could be loaded after all: one that was staged and not rejected is held by now.
delete from sahut_etl.rejected_item r
using pg_temp.stage_conversation s, pg_temp.stage_batch b
where r.workspace_id = b.workspace_id and r.conversation_id = s.id
and not exists (select from pg_temp.stage_rejected x where x.conversation_id = s.id);

-- Of one that came as it is held now, or newer, there is no doubt; nor of one that is gone.
do $$ begin if exists (select from sahut_etl.stale_copy d join pg_temp.stage_batch b using (workspace_id)) then
with settled as materialized (
	select c.id, c.updated_at, c.deleted_at
	from sahut.conversation c
	where c.id = any (array(
		select d.conversation_id from sahut_etl.stale_copy d
			where d.workspace_id = (select b.workspace_id from pg_temp.stage_batch b)))
)
delete from sahut_etl.stale_copy d
using pg_temp.stage_batch b, settled c
where d.workspace_id = b.workspace_id and c.id = d.conversation_id
and (c.deleted_at is not null
	or exists (select from pg_temp.stage_conversation s where s.id = c.id and s.updated_at is not distinct
		from c.updated_at));
end if; end $$;

-- What the API answered 404 to, or with another id. The current version stays current: the state was not left, it vanished.
with gone as (
	update sahut.conversation c
	set deleted_at = g.observed_at, merged_into = g.merged_into, last_written_at = g.observed_at, last_run_id = b.run_id, last_page = null
	from (select distinct on (id) * from pg_temp.stage_gone order by id, seq desc) g
	cross join pg_temp.stage_batch b
	where c.id = g.id and c.workspace_id = b.workspace_id and c.deleted_at is null
	-- There is hardly ever one; the planner, who cannot know, would read every conversation in search of them.
	and c.id = any (array(select k.id from pg_temp.stage_gone k))
	returning c.id, c.version_no, c.status, c.assignee_id, c.team_id, c.channel_id, g.observed_at
), event as (
	insert into sahut.conversation_event (
		conversation_id, workspace_id, version_no, event_type, occurred_at, occurred_day, not_before, observed_at, is_estimated,
		from_status, from_assignee_id, from_team_id, channel_id)
	select g.id, w.id, g.version_no, 'deleted', g.observed_at, (g.observed_at at time zone w.timezone)::date, least(v.observed_at, g.observed_at), g.observed_at, true, g.status,
		g.assignee_id, g.team_id, g.channel_id
	from gone g
	cross join pg_temp.stage_batch b
	join sahut_etl.workspace w on w.id = b.workspace_id
	join sahut.conversation_version v on v.conversation_id = g.id and v.version_no = g.version_no
), resolution as (
	update sahut.resolution r set is_deleted = true from gone g where r.conversation_id = g.id
)
update pg_temp.tally set rows_deleted = (select count(*) from gone);

-- An item seen before in the same state costs nothing. Of a contact that was erased nothing is kept here either.
insert into sahut_etl.rejected_item as old (
	workspace_id, fingerprint, conversation_id, contact_id, created_at, reason, item, page, run_id, first_seen_at, last_seen_at)
select distinct on (s.fingerprint) b.workspace_id, s.fingerprint, s.conversation_id, s.contact_id, s.created_at, k.reason, k.item, s.page,
	b.run_id, s.observed_at, s.observed_at
from pg_temp.stage_rejected s
cross join pg_temp.stage_batch b
left join sahut.conversation v on v.id = s.conversation_id and v.workspace_id = b.workspace_id
left join sahut.contact c on c.workspace_id = b.workspace_id and c.id = coalesce(s.contact_id, v.contact_id) and c.erased_at is not null
cross join lateral (
	select case when c.id is null then s.item else '"erased"' end as item,
		case when c.id is null then s.reason else split_part(s.reason, ':', 1) || ': erased' end as reason
) k
where not exists (
	select from sahut_etl.rejected_item r
	where r.workspace_id = b.workspace_id and r.fingerprint = s.fingerprint and r.reason = k.reason and r.item = k.item)
order by s.fingerprint, s.seq desc
on conflict (workspace_id, fingerprint) do update
set reason = excluded.reason, item = excluded.item, page = excluded.page, run_id = excluded.run_id, created_at = excluded.created_at,
	contact_id = excluded.contact_id, last_seen_at = excluded.last_seen_at, times_seen = old.times_seen + 1;

-- One that could be loaded after all is rejected no longer.
delete from sahut_etl.rejected_item r
using pg_temp.stage_conversation s, pg_temp.stage_batch b, sahut.conversation c
where r.workspace_id = b.workspace_id and r.conversation_id = s.id and c.id = s.id and c.workspace_id = b.workspace_id
and not exists (select from pg_temp.stage_rejected x where x.conversation_id = s.id);

-- Of one that came as it is held now, or newer, there is no doubt; nor of one that is gone.
delete from sahut_etl.doubt d
using pg_temp.stage_batch b, sahut.conversation c
where d.workspace_id = b.workspace_id and c.id = d.conversation_id
and (c.deleted_at is not null
	or exists (select from pg_temp.stage_conversation s where s.id = c.id and s.updated_at is not distinct from c.updated_at));

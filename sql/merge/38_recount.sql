-- The conversations that may count otherwise on stored days after this batch, and how they count there now. Mostly
-- there are none: events of this moment fall on a day that is not stored yet. While no day is stored, in a first load,
-- nothing is looked for. No other session writes stored days from here on; where one does already, the days are queued.
insert into pg_temp.recount (id, is_whole, is_stock)
select p.id, p.is_stock or p.is_elsewhere, p.is_stock
from (
	select p.id, p.labels <> p.was_labels as is_relabelled, coalesce(
		case when p.is_new then (least(p.created_at, p.valid_from) at time zone w.timezone)::date < t.live_day
		else p.is_revived or p.created_at <> p.was_created_at
			or (p.is_tracked and (p.valid_from at time zone w.timezone)::date < t.live_day)
		end, false) as is_stock,
		not p.is_new and (p.contact_id is distinct from p.was_contact or p.channel_id is distinct from p.was_channel)
			as is_elsewhere
	from pg_temp.pick p
	cross join pg_temp.stage_batch b
	join pg_temp.tally t on t.live_day is not null
	join sahut_etl.workspace w on w.id = b.workspace_id
) p
where p.is_stock or p.is_elsewhere or p.is_relabelled
union
select g.id, true, true
from pg_temp.stage_gone g
join pg_temp.tally t on t.live_day is not null;

-- Another conversation may become the first of its contact, or cease to be it: of each contact that is concerned, the
-- first one of the others.
do $$ begin if exists (select from pg_temp.recount r where r.is_whole) then
with gone as materialized (
	select c.contact_id
	from sahut.conversation c
	where c.id = any (array(select r.id from pg_temp.recount r where r.is_whole)) and c.contact_id is not null
	and c.workspace_id = (select b.workspace_id from pg_temp.stage_batch b)
), other as materialized (
	select c.contact_id, c.id, c.created_at
	from sahut.conversation c
	where c.workspace_id = (select b.workspace_id from pg_temp.stage_batch b) and c.deleted_at is null
	and c.contact_id = any (array(
		select g.contact_id from gone g
		union select p.contact_id from pg_temp.pick p where p.id in (select r.id from pg_temp.recount r
			where r.is_whole)))
	and c.id <> all (array(select r.id from pg_temp.recount r where r.is_whole))
), first as materialized (
	select distinct on (o.contact_id) o.id from other o order by o.contact_id, o.created_at, o.id
)
insert into pg_temp.recount (id, is_whole, is_stock)
select f.id, true, false from first f;
end if; end $$;

with turn as materialized (
	select r.workspace_id
	from sahut_etl.report_turn r
	where r.workspace_id = (select b.workspace_id from pg_temp.stage_batch b where exists (select from pg_temp.recount))
	for update skip locked
)
update pg_temp.tally set has_turn = exists (select from turn);

select sahut_etl.count_days(b.workspace_id, t.live_day - 1, -1)
from pg_temp.stage_batch b
join pg_temp.tally t on exists (select from pg_temp.recount);

-- The ids that a full sweep has seen must survive a crash; those of a scan need not. Bad items of a page that is none
-- do not count as seen.
insert into sahut_etl.sweep_seen (sweep_id, batch, pass, since, ids)
select b.sweep_id, b.batch, b.pass, min(x.observed_at), array_agg(sahut_etl.id_hash(x.id))
from (
	select s.id, s.observed_at from pg_temp.stage_conversation s
	union all
	select r.fingerprint, r.observed_at from pg_temp.stage_rejected r
	where r.page is null or r.page not in (select o.page from pg_temp.odd_page o)
) x
cross join pg_temp.stage_batch b
where b.sweep_id is not null
group by b.sweep_id, b.batch, b.pass;

insert into sahut_etl.scan_seen (workspace_id, run_id, scan, ids)
select b.workspace_id, b.run_id, b.scan, array_agg(sahut_etl.id_hash(x.id))
from (select s.id from pg_temp.stage_conversation s union all
	select r.fingerprint from pg_temp.stage_rejected r
	where r.page is null or r.page not in (select o.page from pg_temp.odd_page o)) x
cross join pg_temp.stage_batch b
where b.scan is not null
group by b.workspace_id, b.run_id, b.scan;

update pg_temp.tally t
set rows_new = x.rows_new, rows_changed = x.rows_changed, rows_revived = x.rows_revived, rows_late = x.rows_late,
late_by = x.late_by,
	rows_silent = x.rows_silent, versions = x.versions,
	rows_rejected = (select count(distinct fingerprint) from pg_temp.stage_rejected)
from (
	select count(*) filter (where is_new) as rows_new, count(*) filter (where not is_new) as rows_changed,
		count(*) filter (where is_revived) as rows_revived, count(*) filter (where is_late) as rows_late,
		min(late_by) filter (where is_late) as late_by,
		count(*) filter (where is_silent) as rows_silent,
		count(*) filter (where is_new or is_tracked) + count(born_at) as versions
	from pg_temp.pick
) x;

-- The facts that the costs of a workspace's cycles depend on. $1 its number. First: live conversations that are not
-- resolved. Second: changes within a day, as the runs of the last one have it. Third: those that the next scan reads
-- again, as they changed less than the lookback before the watermark. Fourth: pages that full sweeps took lately, in
-- all their passes. Fifth: requests of the last cycles of changes, if those could not explain the rows that they saw;
-- else 0.
with floor as materialized (
	select w.watermark, w.lookback from sahut_etl.workspace w where w.id = $1::integer
)
select
	(select count(*) from sahut.conversation c where c.workspace_id = $1::integer and c.status <> 'resolved'
	and c.deleted_at is null) as unresolved,
	coalesce((
		select (sum(r.rows_new + r.rows_changed) * 86400 / greatest(extract(epoch
			from now() - min(r.began_at)), 3600))::bigint
		from sahut_etl.run r
		where r.workspace_id = $1::integer and r.kind in ('incremental', 'hinted', 'verify')
			and r.began_at > now() - interval '1 day'), 0) as changes,
	coalesce((
		select max(x.pages)
		from (
			select r.pages from sahut_etl.run r
			where r.workspace_id = $1::integer and r.strategy = 'full_sweep' and r.state in ('ok', 'partial')
			order by r.id desc limit 3
		) x), 0) as swept_lately,
	coalesce((
		select case when (array_agg(x.vain order by x.id desc))[1] then max(x.requests) filter (where x.vain) end
		from (
			select r.id, r.requests, r.verdict in ('unexplained', 'lost') as vain from sahut_etl.run r
			where r.workspace_id = $1::integer and r.state = 'ok'
				and r.strategy in ('head_scan', 'tail_scan', 'unresolved_scan')
			order by r.id desc limit 3
		) x), 0) as scanned_in_vain,
	(select count(*) from sahut.conversation c
	where c.workspace_id = $1::integer and c.deleted_at is null
	and c.updated_at >= (select w.watermark - w.lookback from floor w)) as again

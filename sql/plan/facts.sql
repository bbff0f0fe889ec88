-- What the costs of a workspace's cycles depend on. $1 its number.
-- First: live conversations that are not resolved. Second: changes within a day, as the runs of the last one
-- have it. Third: those that the next scan reads again, as they changed less than the lookback before the watermark.
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
	(select count(*) from sahut.conversation c
	where c.workspace_id = $1::integer and c.deleted_at is null
	and c.updated_at >= (select w.watermark - w.lookback from floor w)) as again

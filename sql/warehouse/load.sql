-- All that is known of a workspace when a cycle begins. $1 workspace.
select
	sahut_etl.to_usec(w.watermark) as watermark, sahut_etl.to_usec(w.complete_as_of) as complete_as_of,
	sahut_etl.to_usec(w.active_as_of) as active_as_of, sahut_etl.to_usec(w.certified_at) as certified_at,
	(extract(epoch from w.lookback) * 1000000)::bigint as lookback,
	w.live_count, w.largest_total, w.last_total, w.per_page, w.list_order, w.order_evidence::text,
	w.needs_full, w.uncertified,
	sahut_etl.to_usec(w.tried_at) as tried_at, w.audit_due,
	(select count(*) from sahut_etl.stale_copy d where d.workspace_id = w.id) as stale_copies,
	s.id as sweep_id, s.position::text as sweep_position, s.batches as sweep_batches,
	coalesce(w.certified_at is not null and s.advanced_at < now() - interval '6 hours', false) as sweep_is_stale,
	w.unproven, (extract(epoch from w.lookback_configured) * 1000000)::bigint as lookback_configured,
	sahut_etl.to_usec(w.late_at) as late_at, (extract(epoch from w.late_by) * 1000000)::bigint as late_by,
	w.list_depth, w.list_parts, w.list_beyond, w.totals_told, w.filterless,
	(extract(epoch from w.date_ahead) * 1000000)::bigint as date_ahead, sahut_etl.to_usec(now()) as now,
	p.state as proof, p.holding, p.accepted, p.unlisted, p.disputed,
	(select count(*) from sahut_etl.rejected_item r
		where r.workspace_id = w.id and r.conversation_id is not null
		and (r.wanted_at is not null or (r.accepted_at is null and not r.is_misshapen))) as askable
from sahut_etl.workspace w
join sahut_etl.proof p on p.workspace_id = w.id
left join sahut_etl.sweep s on s.workspace_id = w.id and s.state = 'running'
where w.id = $1::integer

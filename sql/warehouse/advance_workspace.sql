-- The new state of the workspace, in the transaction that makes it true. $1 workspace, $2 the engine's state, as JSON.
update sahut_etl.workspace w
-- A page that was none was not read: the next scan begins where this one did.
set watermark = case
		when t.is_misshapen and (sahut_etl.from_usec(m.watermark) > w.watermark) is not false
		then w.watermark else sahut_etl.from_usec(m.watermark) end,
	-- Not around rejected items of this very batch.
	complete_as_of = case
		when t.is_held_back and (sahut_etl.from_usec(m.complete_as_of) > w.complete_as_of) is not false
		then w.complete_as_of else sahut_etl.from_usec(m.complete_as_of) end,
	active_as_of = case when t.is_held_back and (sahut_etl.from_usec(m.active_as_of) > w.active_as_of) is not false
		then w.active_as_of else sahut_etl.from_usec(m.active_as_of) end,
	certified_at = sahut_etl.from_usec(m.certified_at),
	-- The first load is over when everything was read, proven or not.
	history_started_at = coalesce(w.history_started_at, case when m.certified_at is not null or m.uncertified > 0
	then b.observed_at end),
	unproven_since = case when m.certified_at is null or m.needs_full = 'demoted'
		or m.unproven in ('cut', 'parts', 'unlisted', 'untold') then coalesce(w.unproven_since, b.observed_at) end,
	-- Of an API that tells no time ours has to do; but not of one whose clock is wrong. One that lies in the future was
	-- told by such a clock.
	seen_at = greatest(case when b.told_at is null or w.seen_at <= now() + interval '5 minutes' then w.seen_at end,
	coalesce(b.told_at, case when coalesce(m.date_ahead, 0) = 0 then b.observed_at end)),
	date_ahead = nullif(m.date_ahead, 0) * interval '1 microsecond',
	lookback = m.lookback * interval '1 microsecond',
	late_at = sahut_etl.from_usec(m.late_at),
	late_by = t.late_by,
	live_count = w.live_count + t.rows_new + t.rows_revived - t.rows_deleted,
	largest_total = m.largest_total,
	last_total = m.last_total,
	totals_told = nullif(m.totals_told, ''),
	per_page = m.per_page,
	list_order = m.list_order,
	order_since = case when m.list_order <> w.list_order then b.observed_at else w.order_since end,
	order_evidence = m.order_evidence,
	needs_full = nullif(m.needs_full, ''),
	uncertified = m.uncertified,
	unproven = nullif(m.unproven, ''),
	tried_at = sahut_etl.from_usec(m.tried_at),
	retry_at = sahut_etl.from_usec(m.retry_at),
	audit_due = m.audit_due,
	filterless = m.filterless,
	list_depth = m.list_depth,
	list_parts = m.list_parts,
	list_beyond = m.list_beyond,
	late_arrival_count = w.late_arrival_count + t.rows_late,
	silent_edit_count = w.silent_edit_count + t.rows_silent
from jsonb_to_record($2::jsonb) m(
	watermark bigint, complete_as_of bigint, active_as_of bigint, certified_at bigint, lookback bigint,
	late_at bigint, largest_total bigint,
	last_total bigint, per_page integer, list_order text, order_evidence jsonb, needs_full text,
	uncertified integer, tried_at bigint, retry_at bigint,
	audit_due boolean, unproven text, list_depth bigint, list_parts bigint, list_beyond bigint,
	totals_told text, filterless boolean, date_ahead bigint)
cross join pg_temp.tally t
cross join pg_temp.stage_batch b
where w.id = $1::integer

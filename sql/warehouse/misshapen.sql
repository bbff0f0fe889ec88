-- Of the items that were rejected on pages that were none, or that hold, the one that came last: the reason, without a
-- contact's name. $1 workspace.
select case
	when r.reason ~ '^[^:]*\.contact' then split_part(r.reason, ':', 1) || ': another value was expected'
	else r.reason end as reason
from sahut_etl.rejected_item r
where r.workspace_id = $1::integer and r.accepted_at is null
order by r.is_misshapen desc, r.last_seen_at desc, r.fingerprint
limit 1

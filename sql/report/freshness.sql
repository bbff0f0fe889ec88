-- How far the workspace is, in UTC.
select
	f.workspace_name as workspace,
	to_char(f.complete_as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as complete_as_of,
	to_char(f.active_as_of at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as active_as_of,
	to_char(f.history_started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as history_started_at,
	f.lag_minutes, f.conversation_count as conversations, f.rejected_item_count as rejected_items,
	f.unknown_status_count as unknown_statuses, f.failed_24h_count as failed_runs_24h,
	to_char(f.last_ok_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last_good_run,
	f.pending_day_count as pending_days, f.proof_state as proof, f.may_be_counted, f.exceptions,
	f.accepted_item_count as accepted_items, f.unlisted_count as unlisted, f.beyond_depth_count as too_deep
from sahut_report.data_freshness f
where f.workspace_name = $1

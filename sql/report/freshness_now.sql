select
	to_char(f.complete_as_of at time zone f.reporting_timezone, 'YYYY-MM-DD HH24:MI') as complete_at,
	to_char(f.active_as_of at time zone f.reporting_timezone, 'YYYY-MM-DD HH24:MI') as active_at,
	greatest(0, round(f.lag_minutes / 60, 3)) as lag_hours, f.conversation_count as conversations,
	f.rejected_item_count as rejected, f.unknown_status_count as unknown_statuses, f.failed_24h_count as failed_24h,
	to_char(f.last_ok_at at time zone f.reporting_timezone, 'YYYY-MM-DD HH24:MI') as last_ok_at,
	f.pending_day_count as pending_days, f.unlisted_count as unlisted, f.beyond_depth_count as too_deep
from sahut_report.data_freshness f
where f.workspace_name = $1

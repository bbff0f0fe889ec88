-- When everything of a workspace is to be read next: the first night after the last time. Of nights that were missed
-- one stands for all: no more than two days are looked back. A time of day that clocks skip comes when they have been
-- moved; every day has one night. $1 time zone, $2 minutes after midnight, $3 how much later is our place in the
-- night, $4 the last time (null: never), $5 now; microseconds.
select sahut_etl.to_usec(min(n.night)) as night
from (
	select greatest(sahut_etl.from_usec($4::bigint), sahut_etl.from_usec($5::bigint) - interval '2 days')
) s(since)
cross join generate_series(-1, 2) d(day)
cross join lateral (
	select ((s.since at time zone $1::text)::date + d.day + $2::integer * interval '1 minute') at time zone $1::text
		+ $3::bigint * interval '1 microsecond'
) n(night)
where n.night > s.since

-- Requests for the next second. $1 workspace, $2 how many, $3 the most a minute, $4 for which run (null: for none),
-- $5 for which purpose, $6 how many of the last lease were not sent, $7 of messages: the
-- share in percent, $8 whether a part of that is left to more urgent ones.
select granted, wait_usec
from sahut_etl.lease($1::integer, $2::integer, $3::integer, $4::bigint, $5, $6::integer, $7::integer,
	$8::boolean)

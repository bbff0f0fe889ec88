-- Of the staged conversations, those that cannot be merged become rejected items. $1 the reasons by seq, as JSON; $2
-- no row behind this one is to be merged now.
with refused as (
	delete from pg_temp.stage_conversation s
	where s.seq > $2::integer or $1::jsonb ? s.seq::text
	returning s.*
)
insert into pg_temp.stage_rejected (seq, page, fingerprint, conversation_id, contact_id, created_at, reason, item,
	observed_at)
select r.seq, r.page, r.id, r.id, r.contact_id, r.created_at, '$: ' || ($1::jsonb ->> r.seq::text), to_jsonb(r)::text,
	r.observed_at
from refused r
where $1::jsonb ? r.seq::text

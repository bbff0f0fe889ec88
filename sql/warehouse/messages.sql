-- A batch of messages: the messages, and how far each conversation was read, in one transaction.
-- Of a contact that was erased nothing comes back.
do $$
declare
	ws      constant integer := (select b.workspace_id from pg_temp.stage_batch b);
	erased  constant text[] := array(
		select k.id from sahut.contact k where k.workspace_id = ws and k.erased_at is not null
		and k.id = any (array(select s.sender_id from pg_temp.stage_message s)));
begin
	update pg_temp.stage_message m set sender_id = null where m.sender_id = any (erased);
end $$;

with held as materialized (
	select m.conversation_id, m.id
	from sahut.message m
	where m.conversation_id = any (array(select r.conversation_id from pg_temp.stage_reading r))
	and m.id = any (array(select k.id from pg_temp.stage_message k))
)
insert into sahut.message (
	conversation_id, id, workspace_id, place, type, is_note, sender_type, sender_id, created_at, text_length,
	attachment_count, attachment_kinds, observed_at, reading)
select s.conversation_id, s.id, b.workspace_id, s.place, s.type, s.is_note, s.sender_type, s.sender_id, s.created_at,
	s.text_length, s.attachment_count, s.attachment_kinds, s.observed_at, s.reading
from (
	select distinct on (k.conversation_id, k.id) k.*
	from pg_temp.stage_message k
	order by k.conversation_id, k.id, k.seq desc
) s
cross join pg_temp.stage_batch b
where not exists (select from held h where h.conversation_id = s.conversation_id and h.id = s.id);

-- A message that is read once more, as when a list is read anew, is written where it differs.
update sahut.message m
set place = s.place, type = s.type, is_note = s.is_note, sender_type = s.sender_type, sender_id = s.sender_id,
	created_at = s.created_at, text_length = s.text_length, attachment_count = s.attachment_count,
	attachment_kinds = s.attachment_kinds, reading = s.reading, removed_at = null
from (
	select distinct on (k.conversation_id, k.id) k.*
	from pg_temp.stage_message k
	order by k.conversation_id, k.id, k.seq desc
) s
where m.conversation_id = s.conversation_id and m.id = s.id
and m.conversation_id = any (array(select r.conversation_id from pg_temp.stage_reading r))
and (m.place, m.type, m.is_note, m.sender_type, m.sender_id, m.created_at, m.text_length, m.attachment_count,
	m.attachment_kinds, m.reading, m.removed_at)
	is distinct from (s.place, s.type, s.is_note, s.sender_type, s.sender_id, s.created_at, s.text_length,
	s.attachment_count, s.attachment_kinds, s.reading, null);

-- A message that a whole reading did not show any more is not there any more.
update sahut.message m
set removed_at = r.observed_at
from pg_temp.stage_reading r
where r.how = 'whole' and m.conversation_id = r.conversation_id and m.reading < r.reading and m.removed_at is null
and m.conversation_id = any (array(select k.conversation_id from pg_temp.stage_reading k where k.reading > 1));

-- A list that is read anew has its bad messages elsewhere, or none; and one may have become good.
delete from sahut_etl.rejected_message x
using pg_temp.stage_reading r
where x.conversation_id = r.conversation_id and r.shrunk > 0;

delete from sahut_etl.rejected_message x
using pg_temp.stage_message s
where x.conversation_id = s.conversation_id and x.place = s.place;

-- When it was written is between its neighbours in the list, as far as these are in this batch.
insert into sahut_etl.rejected_message as old (
	conversation_id, place, workspace_id, message_id, reason, members, seen_at, written_after, written_before)
select distinct on (s.conversation_id, s.place) s.conversation_id, s.place, b.workspace_id, s.message_id, s.reason,
	s.members, s.observed_at, coalesce(n.before, r.last_message_at), coalesce(n.after, s.observed_at)
from pg_temp.stage_rejected_message s
cross join pg_temp.stage_batch b
join sahut_etl.message_reading r on r.conversation_id = s.conversation_id
cross join lateral (
	select max(m.created_at) filter (where m.place < s.place) as before,
		min(m.created_at) filter (where m.place > s.place) as after
	from pg_temp.stage_message m
	where m.conversation_id = s.conversation_id
) n
order by s.conversation_id, s.place, s.seq desc
on conflict (conversation_id, place) do update
set message_id = excluded.message_id, reason = excluded.reason, members = excluded.members, seen_at = excluded.seen_at,
	written_after = least(old.written_after, excluded.written_after),
	written_before = greatest(old.written_before, excluded.written_before);

-- A list that is read anew, and is not yet through, has messages in their new places and others in their old ones: what
-- is known of its turns stays as it is until then.
with older as materialized (
	select m.conversation_id, min(m.reading) as reading
	from sahut.message m
	where m.removed_at is null and m.conversation_id = any (array(
		select r.conversation_id from pg_temp.stage_reading r where r.how <> 'whole' and r.reading > 1))
	group by m.conversation_id
)
update pg_temp.stage_reading r set is_mixed = true
from older o
where o.conversation_id = r.conversation_id and o.reading < r.reading and r.how <> 'whole';

-- The turns of these conversations, by the places of the messages in the list.
insert into pg_temp.stage_turn (
	conversation_id, turn_no, from_at, customer_messages, reply_count, reply_at, reply_sender_type, reply_sender_id,
	agent_reply_at, agent_reply_id, bot_reply_at, last_at, from_day)
select m.conversation_id, m.turn_no,
	(array_agg(m.created_at order by m.place))[1],
	count(*) filter (where m.type = 'incoming'), count(*) filter (where m.type = 'outgoing'),
	(array_agg(m.created_at order by m.place) filter (where m.type = 'outgoing'))[1],
	(array_agg(m.sender_type order by m.place) filter (where m.type = 'outgoing'))[1],
	(array_agg(m.sender_id order by m.place) filter (where m.type = 'outgoing'))[1],
	(array_agg(m.created_at order by m.place) filter (where m.type = 'outgoing' and m.sender_type = 'agent'))[1],
	(array_agg(m.sender_id order by m.place) filter (where m.type = 'outgoing' and m.sender_type = 'agent'))[1],
	(array_agg(m.created_at order by m.place) filter (where m.type = 'outgoing' and m.sender_type = 'bot'))[1],
	(array_agg(m.created_at order by m.place desc))[1],
	((array_agg(m.created_at order by m.place))[1] at time zone (select w.timezone from sahut_etl.workspace w
		join pg_temp.stage_batch b on b.workspace_id = w.id))::date
from (
	select o.*, count(*) filter (where o.type = 'incoming' and o.type_before is distinct from 'incoming')
		over (partition by o.conversation_id order by o.place) as turn_no
	from (
		select x.conversation_id, x.place, x.type, x.sender_type, x.sender_id, x.created_at,
			lag(x.type) over (partition by x.conversation_id order by x.place) as type_before
		from sahut.message x
		where x.conversation_id = any (array(
			select r.conversation_id from pg_temp.stage_reading r where not r.is_mixed))
		and x.removed_at is null and not x.is_note and x.type in ('incoming', 'outgoing')
	) o
) m
where m.turn_no > 0
group by m.conversation_id, m.turn_no;

with its as materialized (
	select c.id, c.channel_id
	from sahut.conversation c
	where c.id = any (array(select r.conversation_id from pg_temp.stage_reading r))
)
update pg_temp.stage_turn t
set reply_work_usec = sahut_etl.work_usec(b.workspace_id, i.channel_id, t.from_at, greatest(t.from_at, t.reply_at))
from its i
cross join pg_temp.stage_batch b
where t.conversation_id = i.id and t.reply_at is not null;

delete from sahut.turn t
using (
	select r.conversation_id, coalesce(max(k.turn_no), 0) as last
	from pg_temp.stage_reading r
	left join pg_temp.stage_turn k on k.conversation_id = r.conversation_id
	where not r.is_mixed
	group by r.conversation_id
) s
where t.conversation_id = s.conversation_id and t.turn_no > s.last;

update sahut.turn t
set from_at = s.from_at, customer_messages = s.customer_messages, reply_count = s.reply_count, reply_at = s.reply_at,
	reply_sender_type = s.reply_sender_type, reply_sender_id = s.reply_sender_id, agent_reply_at = s.agent_reply_at,
	agent_reply_id = s.agent_reply_id, bot_reply_at = s.bot_reply_at, last_at = s.last_at, from_day = s.from_day,
	reply_work_usec = s.reply_work_usec
from pg_temp.stage_turn s
where t.conversation_id = s.conversation_id and t.turn_no = s.turn_no
and (t.from_at, t.customer_messages, t.reply_count, t.reply_at, t.reply_sender_type, t.reply_sender_id,
	t.agent_reply_at, t.agent_reply_id, t.bot_reply_at, t.last_at, t.from_day, t.reply_work_usec)
	is distinct from (s.from_at, s.customer_messages, s.reply_count, s.reply_at, s.reply_sender_type, s.reply_sender_id,
	s.agent_reply_at, s.agent_reply_id, s.bot_reply_at, s.last_at, s.from_day, s.reply_work_usec);

with held as materialized (
	select t.conversation_id, t.turn_no
	from sahut.turn t
	where t.conversation_id = any (array(select r.conversation_id from pg_temp.stage_reading r))
)
insert into sahut.turn (
	conversation_id, turn_no, workspace_id, from_at, customer_messages, reply_count, reply_at, reply_sender_type,
	reply_sender_id, agent_reply_at, agent_reply_id, bot_reply_at, last_at, from_day, reply_work_usec)
select s.conversation_id, s.turn_no, b.workspace_id, s.from_at, s.customer_messages, s.reply_count, s.reply_at,
	s.reply_sender_type, s.reply_sender_id, s.agent_reply_at, s.agent_reply_id, s.bot_reply_at, s.last_at, s.from_day,
	s.reply_work_usec
from pg_temp.stage_turn s
cross join pg_temp.stage_batch b
where not exists (
	select from held h where h.conversation_id = s.conversation_id and h.turn_no = s.turn_no);

update pg_temp.tally t
set rows_seen = (select count(*) from pg_temp.stage_message),
	rows_rejected = (select count(*) from pg_temp.stage_rejected_message),
	rows_new = (
		select coalesce(sum(greatest(0, s.message_count - r.message_count)), 0)
		from pg_temp.stage_reading s
		join sahut_etl.message_reading r on r.conversation_id = s.conversation_id);

-- One that became due once more in the meantime stays so. A customer waits when nobody wrote after the last of their
-- messages.
with talk as materialized (
	select k.conversation_id, bool_or(k.reply_at is null) as waits,
		min(k.from_at) filter (where k.turn_no = 1) as asked_at,
		(array_agg(k.bot_reply_at order by k.turn_no) filter (where k.bot_reply_at is not null))[1] as bot_at,
		(array_agg(k.agent_reply_at order by k.turn_no) filter (where k.agent_reply_at is not null))[1] as agent_at,
		(array_agg(k.agent_reply_id order by k.turn_no) filter (where k.agent_reply_at is not null))[1] as agent_id,
		sum(k.reply_count)::integer as reply_count,
		(array_agg(k.last_at order by k.turn_no desc))[1] as last_at,
		max(k.from_at) filter (where k.reply_at is null) as waiting_since
	from pg_temp.stage_turn k
	group by k.conversation_id
)
update sahut_etl.message_reading r
set due_reason = case when x.is_done then null else r.due_reason end,
	due_at = case when x.is_done then null else r.due_at end,
	not_before = case when s.how = 'postponed' then n.later end,
	read_at = case when s.how = 'whole' then s.observed_at else r.read_at end,
	read_changed_at = case when s.how = 'whole' then r.changed_at else r.read_changed_at end,
	keeps_all = case when s.how in ('some', 'whole') then t.read = 'all' else r.keeps_all end,
	message_count = s.message_count, per_page = s.per_page, last_message_id = s.last_message_id,
	last_message_at = case when s.message_count > 0 then coalesce(s.last_message_at, r.last_message_at) end,
	waits = case when s.how = 'whole' then coalesce(w.waits, false) else r.waits end,
	reading = s.reading, shrunk_count = r.shrunk_count + s.shrunk,
	rejected_count = (
		select count(*) from sahut_etl.rejected_message x where x.conversation_id = r.conversation_id),
	gone_at = case when s.how = 'gone' then s.observed_at end,
	gone_count = case s.how when 'gone' then r.gone_count + 1 when 'whole' then 0 else r.gone_count end,
	first_customer_at = case when s.is_mixed then r.first_customer_at else w.asked_at end,
	first_bot_reply_at = case when s.is_mixed then r.first_bot_reply_at else w.bot_at end,
	first_human_reply_at = case when s.is_mixed then r.first_human_reply_at else w.agent_at end,
	first_human_reply_id = case when s.is_mixed then r.first_human_reply_id else w.agent_id end,
	reply_count = case when s.is_mixed then r.reply_count else coalesce(w.reply_count, 0) end,
	talked_at = case when s.is_mixed then r.talked_at else w.last_at end,
	waiting_since = case when s.is_mixed then r.waiting_since else w.waiting_since end
from pg_temp.stage_reading s
cross join pg_temp.stage_batch b
join sahut_etl.message_state t on t.workspace_id = b.workspace_id
-- By itself: Citus takes no clock in a CASE.
cross join (select statement_timestamp() + interval '10 minutes' as later offset 0) n
left join talk w on w.conversation_id = s.conversation_id
cross join lateral (
	select s.how in ('whole', 'gone') and s.due_at is not distinct from (
		select k.due_at from sahut_etl.message_reading k where k.conversation_id = s.conversation_id) as is_done
) x
where r.conversation_id = s.conversation_id;

-- Words that the API's reference does not know are told: behind another word for an answer everybody would wait.
with words as materialized (
	select array_agg(x.word order by x.word) as list
	from (
		select s.type as word
		from pg_temp.stage_message s
		where s.type not in ('incoming', 'outgoing', 'activity', 'private', 'internal', 'note')
		union
		select 'sender ' || s.sender_type
		from pg_temp.stage_message s
		where s.sender_type not in ('contact', 'agent', 'bot')
	) x
)
update sahut_etl.message_state t
set unknown_words = (
	select array_agg(n.word order by n.word)
	from (
		select u.word from unnest(t.unknown_words || w.list) u(word) group by u.word order by u.word limit 20
	) n)
from words w
where t.workspace_id = (select b.workspace_id from pg_temp.stage_batch b)
and w.list is not null and not w.list <@ t.unknown_words and cardinality(t.unknown_words) < 20;

-- Of late: an API that does otherwise from some day on must not need as many readings as it had before.
update sahut_etl.message_state t
set moved_count = (t.moved_count + s.moved) / case when t.moved_count + t.unmoved_count >= 1000 then 2 else 1 end,
	unmoved_count = (t.unmoved_count + s.unmoved) / case when t.moved_count + t.unmoved_count >= 1000 then 2 else 1 end,
	shrunk_count = t.shrunk_count + s.shrunk, gone_count = t.gone_count + s.gone
from (
	select count(*) filter (where k.moved) as moved, count(*) filter (where k.unmoved) as unmoved,
		coalesce(sum(k.shrunk), 0) as shrunk, count(*) filter (where k.how = 'gone') as gone
	from pg_temp.stage_reading k
) s
where t.workspace_id = (select b.workspace_id from pg_temp.stage_batch b)
and (s.moved, s.unmoved, s.shrunk, s.gone) <> (0, 0, 0, 0)

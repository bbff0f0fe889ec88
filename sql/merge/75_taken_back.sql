-- What a contact without an id was called is kept under its conversation's. Where that says it no more, or the
-- contact has got an id, nobody is called so any more.
delete from sahut_pii.contact p
where p.workspace_id = (select b.workspace_id from pg_temp.stage_batch b)
and p.contact_id = any (array(
	select 'conversation:' || k.id from pg_temp.pick k where not k.is_new except select s.id
		from pg_temp.stage_contact s));

update sahut.contact c
set phone_key = null
where c.workspace_id = (select b.workspace_id from pg_temp.stage_batch b) and c.phone_key is not null
and c.id = any (array(
	select 'conversation:' || k.id from pg_temp.pick k where not k.is_new except select s.id
		from pg_temp.stage_contact s));

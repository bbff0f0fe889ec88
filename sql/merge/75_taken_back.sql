-- The name of a contact without an id is kept under its conversation's id. Where the conversation has it no more, or
-- the contact has got an id, that row goes. A table that is on every machine is written by constants only, so they are
-- read first.
do $$
declare
	ws      constant integer := (select b.workspace_id from pg_temp.stage_batch b);
	nobody  constant text[] := array(
		select c.id from sahut.contact c where c.workspace_id = ws and c.id = any (array(
			select 'conversation:' || k.id from pg_temp.pick k where not k.is_new except select s.id
				from pg_temp.stage_contact s)));
begin
	if cardinality(nobody) > 0 then
		delete from sahut_pii.contact p where p.workspace_id = ws and p.contact_id = any (nobody);
		update sahut.contact c set phone_key = null
		where c.workspace_id = ws and c.phone_key is not null and c.id = any (nobody);
	end if;
end $$;

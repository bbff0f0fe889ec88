-- The tables that are not distributed yet, in the order in which it is done: tables that everything refers to are on
-- every machine; conversations lie where their id puts them, and the rows that belong to one lie with it. All else
-- stays on the coordinator.
select t.name, t.key, t.beside
from (values
	(1, 'sahut.status', null, null),
	(2, 'sahut.channel', null, null),
	(2, 'sahut_etl.work_hours', null, null),
	(2, 'sahut_etl.work_span', null, null),
	(3, 'sahut.agent', null, null),
	(4, 'sahut.team', null, null),
	(5, 'sahut.label', null, null),
	(6, 'sahut.contact', null, null),
	(7, 'sahut_pii.contact', null, null),
	(8, 'sahut.conversation', 'id', 'none'),
	(9, 'sahut.conversation_label', 'conversation_id', 'sahut.conversation'),
	(10, 'sahut.conversation_version', 'conversation_id', 'sahut.conversation'),
	(11, 'sahut.conversation_event', 'conversation_id', 'sahut.conversation'),
	(12, 'sahut.resolution', 'conversation_id', 'sahut.conversation'),
	(13, 'sahut.message', 'conversation_id', 'sahut.conversation'),
	(14, 'sahut.turn', 'conversation_id', 'sahut.conversation')
) t(place, name, key, beside)
where not exists (
	select 1 from pg_catalog.pg_dist_partition p
	where p.logicalrelid = to_regclass(t.name) and case when t.key is null then p.partmethod = 'n'
		and p.repmodel = 't' else p.partmethod = 'h' end)
order by t.place, t.name

-- SPDX-License-Identifier: MIT
-- The objects that `metabase apply` has put into a Metabase. It owns these and no others.

create table sahut_etl.metabase_object (
	instance_url  text not null,
	key           text not null,
	metabase_id   bigint not null,
	sent          text not null,
	seen          text not null default '',
	applied_at    timestamptz not null default now(),
	primary key (instance_url, key)
);
comment on table sahut_etl.metabase_object is
	'Objects that metabase apply has put into a Metabase, so that a second run changes nothing and edits of '
		'people stay.';
comment on column sahut_etl.metabase_object.instance_url is 'The Metabase, as it is configured.';
comment on column sahut_etl.metabase_object.key is
	'Kind and name of the object: database, collection:..., field:..., card:..., dashboard:..., dashcard:... (a card on '
		'its dashboard), filter:... (of a dashboard), language.';
comment on column sahut_etl.metabase_object.metabase_id is 'Its number there; of a filter its dashboard''s.';
comment on column sahut_etl.metabase_object.sent is
	'Hash of each part that was sent (name=..., settings=...), without passwords.';
comment on column sahut_etl.metabase_object.seen is
	'Hash of each part as Metabase showed it after our last write; another since means that somebody edited it.';
comment on column sahut_etl.metabase_object.applied_at is 'When it was last written.';

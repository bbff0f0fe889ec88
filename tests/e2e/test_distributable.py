# SPDX-License-Identifier: MIT
"""The schema could be spread over machines by conversation id: its keys say so. (Nothing here runs on more than one.)"""

# What would be spread by the conversation's id, and its column; all else would be on every machine.
SPREAD = {"conversation": "id", "conversation_version": "conversation_id", "conversation_event": "conversation_id",
          "conversation_label": "conversation_id", "resolution": "conversation_id"}

TABLES = "select relname from pg_class where relkind = 'r' and relnamespace = 'sahut'::regnamespace"

UNIQUE = """
select c.relname, i.indexrelid::regclass::text, array_agg(a.attname)
from pg_index i
join pg_class c on c.oid = i.indrelid and c.relnamespace = 'sahut'::regnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
where i.indisunique or i.indisexclusion
group by 1, 2"""

FOREIGN = """
select f.relname, t.relname, k.conname,
    (select array_agg(a.attname order by x.place) from unnest(k.conkey) with ordinality x(n, place)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.n),
    (select array_agg(a.attname order by x.place) from unnest(k.confkey) with ordinality x(n, place)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = x.n)
from pg_constraint k
join pg_class f on f.oid = k.conrelid
join pg_class t on t.oid = k.confrelid
where k.contype = 'f' and 'sahut'::regnamespace in (f.relnamespace, t.relnamespace)"""


def test_every_table_below_a_conversation_is_known_here(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    tables = {r[0] for r in etl.sql(TABLES)}
    assert set(SPREAD) <= tables
    assert {t for t in tables if t.startswith("conversation") or t == "resolution"} == set(SPREAD)


def test_what_is_unique_is_unique_within_a_shard(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    for table, index, columns in etl.sql(UNIQUE):
        if table in SPREAD:
            assert SPREAD[table] in columns, f"{index} on {columns} would have to look at every shard"


def test_foreign_keys_stay_within_a_shard_or_lead_to_what_is_everywhere(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    for table, to, name, columns, to_columns in etl.sql(FOREIGN):
        if to not in SPREAD:
            continue
        assert table in SPREAD, f"{name}: {table} is everywhere, and {to} is not"
        assert (SPREAD[table], SPREAD[to]) in zip(columns, to_columns), f"{name}: from one shard to another"

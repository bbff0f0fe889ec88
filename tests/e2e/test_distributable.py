# SPDX-License-Identifier: MIT
"""Nothing in the schema or in a statement is of a kind that Citus refuses, as its sources and tests have it.

Nothing here runs on more than one machine. docs/DISTRIBUTED.md says what each rule comes from; these hold every statement to
the shapes that were found to be accepted, so that a new one cannot leave them unnoticed.
"""
import glob
import os
import re

import pytest

SQL = os.path.join(os.path.dirname(__file__), "..", "..", "sql")

# What is spread by the conversation's id, and its column; what is on every machine. All else stays on the coordinator.
SPREAD = {"conversation": "id", "conversation_version": "conversation_id", "conversation_event": "conversation_id",
          "conversation_label": "conversation_id", "resolution": "conversation_id", "message": "conversation_id", "turn": "conversation_id"}
EVERYWHERE = {"status", "channel", "agent", "team", "label", "contact"}
WORKING_TIME = {"sahut_etl.work_hours", "sahut_etl.work_span"}

# Functions that are computed where the rows lie, and read each machine's own copy of a table: sql/citus/functions.sql rewrites them.
OWN_COPY = {"sahut_etl.hours_no_of", "sahut_etl.work_at", "sahut_etl.work_usec"}

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

# Identity columns of what is spread: anything smaller runs out on a worker, which counts from far above.
IDENTITY = """
select c.relname, a.attname, a.atttypid::regtype::text from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'sahut'::regnamespace and a.attidentity <> ''"""


# ---- the schema ----

def test_every_table_is_known_here(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    assert {r[0] for r in etl.sql(TABLES)} == set(SPREAD) | EVERYWHERE


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


def test_what_counts_by_itself_is_wide_enough(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    assert all(kind == "bigint" for _, _, kind in etl.sql(IDENTITY))


def test_nothing_is_triggered(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    assert etl.one("select count(*) from pg_trigger where not tgisinternal") == 0


# ---- the statements ----

class Scope:
    """A SELECT, or what writes: its own text, with the scopes inside it taken out."""

    def __init__(self, text, parent=None):
        self.parent, self.inner, own, i = parent, [], [], 0
        while i < len(text):
            if text[i] == "(" and re.match(r"\(\s*(select|with|insert|update|delete)\b", text[i:]):
                depth, j = 0, i
                while True:
                    depth += {"(": 1, ")": -1}.get(text[j], 0)
                    if depth == 0:
                        break
                    j += 1
                self.inner.append(Scope(text[i + 1:j], self))
                own.append(" (#) ")
                i = j
            else:
                own.append(text[i])
            i += 1
        self.text = "".join(own)
        self.tables = re.findall(r"\b(?:from|join|update|into|using|,)\s+((?:sahut|sahut_pii|sahut_etl|sahut_report|pg_temp)\.\w+)(?!\s*\(|\w)", self.text)
        self.target = (re.findall(r"\b(?:insert into|update|delete from)\s+(\w+\.\w+)", self.text) or [None])[0]

    def every(self):
        yield self
        for scope in self.inner:
            yield from scope.every()

    def aliases(self):
        text = self.text.replace("distinct from ", "distinct ")
        return {a for a in re.findall(r"(?:\b(?:from|join|update|into|using)|,)(?=\s+[\w.]+(?:\s+as)?\s+(\w+))", text)} | {
            a for a in re.findall(r"\(#\)\s+(\w+)", text)} | {t.split(".")[1] for t in self.tables} | {
            a for a in re.findall(r"(?:from|join)\s+(\w+)\b", text)} | {
            a for a in re.findall(r"unnest\([^)]*\)\s+(\w+)", text)}

    def outer_references(self):
        """Names before a dot that are not those of this scope's own tables."""
        known, s = set(), self
        used = {a for x in self.every() for a in re.findall(r"\b([a-z]\w*)\.(?=[a-z*]\w*(?!\w|\s*\())", x.text)}
        for s in self.every():
            known |= s.aliases()
        return used - known - {"sahut", "sahut_pii", "sahut_etl", "sahut_report", "pg_temp", "pg_catalog", "excluded"}


def spread(tables):
    return [t for t in tables if t.startswith("sahut.") and t[6:] in SPREAD]


def everywhere(tables):
    return [t for t in tables if t == "sahut_pii.contact" or t in WORKING_TIME or (t.startswith("sahut.") and t[6:] in EVERYWHERE)]


def local(tables):
    return [t for t in tables if t.startswith(("sahut_etl.", "pg_temp.")) and t not in WORKING_TIME]


def split(text):
    """Statements, without comments; those that are left out when there is nothing for them to do, and the question that says so."""
    text = re.sub(r"(?m)--.*$", "", text)
    text = re.sub(r"(?s)do \$\$ begin if (.*?) then\n(.*?)end if; end \$\$;", r"select \1;\n\2", text)
    depth, begin, quoted = 0, 0, False
    for i, c in enumerate(text):
        quoted ^= c == "'"
        if not quoted:
            depth += {"(": 1, ")": -1}.get(c, 0)
            if c == ";" and depth == 0:
                yield text[begin:i]
                begin = i + 1
    yield text[begin:]


def functions(text):
    for name, arguments, options, body in re.findall(r"create function (\w+\.\w+)\((.*?)\)\s*(?:returns.*?)?(\blanguage .*?)\bas \$\$(.*?)\$\$", text, re.S):
        yield name, arguments, options, re.sub(r"(?m)--.*$", "", body)


def read(path):
    with open(path) as f:
        return f.read()


def all_statements():
    """(where, the statement, names of PL/pgSQL's variables)"""
    for path in sorted(glob.glob(os.path.join(SQL, "*", "*.sql"))):
        where = os.path.relpath(path, SQL)
        if where.startswith(("schema/", "citus/")):
            continue
        if not where.startswith("migrations/"):
            for text in split(read(path)):
                yield where, text, set()
            continue
        for name, _, _, body in functions(read(path)):
            declared = set(re.findall(r"(?m)^[ \t]*(\w+)[ \t]+(?:constant[ \t]+)?\w+", body.split("begin", 1)[0]))
            for text in split(body):
                match = re.search(r"\b(with|select|insert|update|delete)\b", text)
                if match:
                    yield f"{where} {name}", text[match.start():], declared
        for name, text in re.findall(r"create view (\w+\.\w+) as(.*?);\n", re.sub(r"(?m)--.*$", "", read(path)), re.S):
            yield f"{where} {name}", text, set()


STATEMENTS = [(where, Scope(re.sub(r"\s+", " ", re.sub(r"'(?:[^']|'')*'", "''", text))), declared) for where, text, declared in all_statements() if "sahut" in text]
OF_CITUS = [(where, scope, declared) for where, scope, declared in STATEMENTS
            if any(spread(s.tables) or everywhere(s.tables) for s in scope.every())]


def test_the_statements_are_found():
    """The rules below are worth what this finds."""
    assert len(OF_CITUS) > 80
    assert sum(1 for _, scope, _ in OF_CITUS for s in scope.every() if spread(s.tables)) > 90
    assert {w for w, s, _ in OF_CITUS} >= {"merge/30_pick.sql", "merge/38_recount.sql", "query/suspects.sql",
                                           "migrations/0003_report.sql sahut_etl.volume_of", "migrations/0004_views.sql sahut_report.sla_results"}


@pytest.mark.parametrize("text, bad", [
    ("with x as ( update sahut.conversation set a = 1 returning id ) delete from sahut_etl.stale_copy d using x where d.id = x.id", True),
    ("with x as materialized ( select c.id from sahut.conversation c ) delete from sahut_etl.stale_copy d using x where d.id = x.id", False)])
def test_a_rule_can_fail(text, bad):
    assert (len([s for s in Scope(text).every() if s.target]) > 1) is bad


def unasked(text):
    """The tables that every batch visits, with or without work for it."""
    text = re.sub(r"(?m)--.*$", "", text)
    guarded = re.sub(r"(?s)do \$\$ begin if (.*?) then\n(.*?)end if; end \$\$;", "", text)
    return spread(re.findall(r"\b(?:from|join|update|into)\s+(sahut\.\w+)", guarded))


@pytest.mark.parametrize("text, bad", [
    ("update sahut.resolution r set is_deleted = false from pg_temp.pick p where r.conversation_id = p.id;", True),
    ("do $$ begin if exists (select from pg_temp.pick) then\nupdate sahut.resolution r set is_deleted = false;\nend if; end $$;", False)])
def test_the_rule_for_work_can_fail(text, bad):
    assert bool(unasked(text)) == bad


def test_a_batch_visits_only_the_tables_for_which_it_has_work():
    """But for the held rows of what it brings, with which everything is compared."""
    visited = {os.path.basename(path): unasked(read(path)) for path in glob.glob(os.path.join(SQL, "merge", "*.sql"))}
    assert {name: tables for name, tables in visited.items() if tables} == {"30_pick.sql": ["sahut.conversation", "sahut.conversation_version"]}


def test_a_statement_writes_one_table():
    for where, scope, _ in OF_CITUS:
        assert len([s for s in scope.every() if s.target]) <= 1, f"{where}: a WITH that writes"


def test_what_is_spread_is_written_without_on_conflict():
    for where, scope, _ in OF_CITUS:
        if scope.target and spread([scope.target]):
            assert "on conflict" not in scope.text, where


def test_a_write_joins_its_table_with_the_session_alone():
    """With what is staged, or was read before; with itself, where its days are stamped."""
    for where, scope, _ in OF_CITUS:
        if not scope.target or not re.search(r"\b(update|delete from) " + re.escape(scope.target), scope.text):
            continue
        if everywhere([scope.target]):
            assert scope.tables == [scope.target], f"{where}: {scope.target} is on every machine, and joined: {scope.tables}"
        elif spread([scope.target]):
            assert spread(scope.tables) == [scope.target] and not everywhere(scope.tables), f"{where}: {scope.tables}"


def test_a_write_of_a_table_of_the_coordinator_joins_what_was_read_before():
    """"recursive complex joins are only supported when all distributed tables are co-located"."""
    for where, scope, _ in OF_CITUS:
        if scope.target and local([scope.target]) and re.search(r"\b(update|delete from) " + re.escape(scope.target), scope.text):
            assert not spread(scope.tables) and not everywhere(scope.tables), f"{where}: {scope.tables}"


def test_a_with_of_what_is_everywhere_asks_for_no_row_of_the_session():
    """It is sent to a machine as it is, and there is no such table there: constants are read first, as in merge/75."""
    for where, scope, _ in OF_CITUS:
        for s in scope.every():
            if s.parent and scope.target and everywhere(s.tables) and not spread(s.tables) and not local(s.tables):
                asked = [t for x in s.every() for t in x.tables if t.startswith("pg_temp.")]
                assert not asked or not re.search(r"\bas (materialized)?\s*\(#\)", scope.text), f"{where}: {asked} in {s.text}"


def test_an_update_has_no_clock_beside_a_table_of_citus():
    """"functions used in UPDATE queries on distributed tables must not be VOLATILE", and no other function in a CASE."""
    for where, scope, _ in OF_CITUS:
        if re.search(r"\bupdate (?:sahut|pg_temp)", scope.text):
            assert "clock_timestamp(" not in scope.text, where
            assert not re.search(r"\bcase\b[^;]*?(?:statement_timestamp|now)\(\)[^;]*?\bend\b", scope.text), where


def test_what_is_spread_is_read_by_itself():
    """No local table, and no LATERAL, beside it; but views and explain join a workspace, which is sent to where the rows lie."""
    for where, scope, _ in OF_CITUS:
        for s in scope.every():
            if not spread(s.tables) or (s.target and spread([s.target])):
                continue
            assert not re.search(r"\blateral\b", s.text), f"{where}: {s.text}"
            if not where.startswith("explain/") and " sahut_report." not in where and " sahut_etl.conversation_row" not in where:
                assert not local(s.tables), f"{where}: {s.tables}"
            # A row for each workspace in all of them.
            assert set(local(s.tables)) <= {"sahut_etl.workspace", "sahut_etl.run", "sahut_etl.report_workspace", "sahut_etl.message_state"}, where


def test_a_subquery_on_what_is_spread_knows_nothing_of_what_is_around_it():
    for where, scope, declared in OF_CITUS:
        for s in scope.every():
            if s.parent and spread(s.tables):
                strange = s.outer_references() - declared
                assert not strange, f"{where}: {strange} in {s.text}"


def test_what_is_spread_is_never_the_far_side_of_an_outer_join():
    """Each row of the near side would be there once for each shard, so that Citus fetches all of the far one."""
    for where, scope, _ in OF_CITUS:
        for s in scope.every():
            first = re.search(r"\bfrom (?:\(#\)|[\w.]+)", s.text)
            for far in re.findall(r"left join (sahut\.\w+)", s.text):
                if spread([far]):
                    assert first and spread(s.tables[:1] + re.findall(r"(?<!left )join (sahut\.\w+)", s.text)), f"{where}: {s.text}"


def test_functions_that_read_what_is_spread_are_not_of_sql():
    for path in glob.glob(os.path.join(SQL, "migrations", "*.sql")):
        for name, arguments, options, body in functions(read(path)):
            if arguments and re.search(r"\bsahut\.(" + "|".join(SPREAD) + r")\b", body):
                assert "language plpgsql" in options, f"{name}: Citus cannot plan it with its arguments"


# ---- functions that a statement of Citus calls ----

FUNCTIONS = {name: (options, body) for path in glob.glob(os.path.join(SQL, "migrations", "*.sql")) for name, _, options, body in functions(read(path))}
CALL = r"\b(sahut_etl\.\w+)\("


def read_by(name):
    """Tables that a function reads, itself or by those that it calls; what runs where the rows lie may read only own copies."""
    _, body = FUNCTIONS[name]
    tables = set(re.findall(r"\b(?:from|join|update|into|using)\s+((?:sahut|sahut_pii|sahut_etl|sahut_report|pg_temp)\.\w+)(?!\s*\(|\w)", body))
    return tables.union(*(read_by(called) for called in set(re.findall(CALL, body)) & set(FUNCTIONS) if called != name))


def test_no_row_source_beside_a_table_of_citus_is_a_function_of_sql_that_reads():
    """One that can be inlined is, and its tables, local ones too, have no place in the plan."""
    found = 0
    for where, scope, _ in OF_CITUS:
        for s in scope.every():
            for called in re.findall(r"\b(?:from|join)\s+(sahut_etl\.\w+)\(", s.text):
                found += 1
                assert "language plpgsql" in FUNCTIONS[called][0] or not read_by(called), f"{where}: {called}"
    assert found > 3


def test_the_functions_are_found():
    assert read_by("sahut_etl.business_seconds") == {"sahut.channel", *WORKING_TIME}
    assert "sahut.conversation_version" in read_by("sahut_etl.stays_of")
    assert not read_by("sahut_etl.id_hash") and not read_by("sahut_etl.attribute_text")


def test_what_reads_its_machines_own_copy_reads_what_is_everywhere():
    said = read(os.path.join(SQL, "citus", "functions.sql"))
    assert {f"sahut_etl.{name}" for name in re.findall(r"proname in \(([^)]*)\)", said)[0].replace("'", "").split(", ")} == OWN_COPY
    for name in OWN_COPY:
        assert read_by(name) <= set(re.findall(r"'(sahut\w*\.\w+)'::regclass", said)), name
        assert "language plpgsql" in FUNCTIONS[name][0], f"{name}: its tables are not there yet when a new worker makes it"


def test_no_write_calls_a_function_that_reads_a_table():
    """Not even in a subquery: "STABLE functions used in UPDATE queries cannot be called with column references". What is
    computed with the session's own rows beside it is computed before."""
    for where, scope, _ in OF_CITUS:
        if not scope.target or not spread([scope.target]) or not re.search(r"\b(update|delete from) ", scope.text):
            continue
        for s in scope.every():
            called = {f for f in re.findall(CALL, s.text) if f in FUNCTIONS and read_by(f)}
            assert not called or any("pg_temp." in x.text for x in s.every()), f"{where}: {called} in {s.text}"


def test_what_a_query_of_shards_calls_reads_no_table_of_citus():
    """A statement that reads what is spread may be sent to a machine as it is, and a part of it that reads no table to any."""
    for where, scope, _ in OF_CITUS:
        tables = [t for s in scope.every() for t in s.tables]
        if not spread(tables) or any(t.startswith("pg_temp.") for t in tables) or local([scope.target or ""]):
            continue
        of_view = " sahut_report." in where or " sahut_etl.conversation_row" in where
        for s in scope.every():
            if local(s.tables) and not spread(s.tables) and not of_view:
                continue
            # One with constants alone is computed before anything is sent.
            for called in set(re.findall(CALL + r"[^()]*\b\w+\.\w", s.text)) & set(FUNCTIONS):
                assert read_by(called) <= set().union(*(read_by(f) for f in OWN_COPY)), f"{where}: {called} in {s.text}"


@pytest.mark.parametrize("name", ["id_hash", "from_usec", "to_usec"])
def test_what_filters_shards_is_immutable(name):
    assert "immutable" in FUNCTIONS[f"sahut_etl.{name}"][0]


# Views of days are a LATERAL over functions: Citus 13.2.2 takes one apart wrongly where rows of the shards are joined to it.
DAYS = r"sahut_report\.(?:daily_\w+|hourly_volume|label_pairs|calendar)\b"


def joined_days(text):
    """Scopes that join a view of days with a WITH, or with a view over conversations."""
    named = re.findall(r"(\w+) as (?:materialized )?\(", text)
    for scope in Scope(re.sub(r"\s+", " ", re.sub(r"'(?:[^']|'')*'", "''", re.sub(r"(?m)--.*$", "", text)))).every():
        beside = [t for t in re.findall(r"\b(?:from|join) ([a-z_][\w.]*)(?= )", scope.text)
                  if t in named or (t.startswith("sahut_report.") and not re.fullmatch(DAYS, t))]
        if re.search(r"\b(?:from|join) " + DAYS, scope.text) and beside:
            yield scope.text


@pytest.mark.parametrize("text, bad", [
    ("with t as materialized ( select 1 from sahut_report.resolutions r ) select 1 from sahut_report.daily_volume v left join t on true", True),
    ("with v as materialized ( select 1 from sahut_report.daily_volume v ) select 1 from v left join t on true", False)])
def test_the_rule_for_days_can_fail(text, bad):
    assert bool(list(joined_days(text))) is bad


def test_a_report_reads_days_by_themselves():
    for path in sorted(glob.glob(os.path.join(SQL, "report", "*.sql"))):
        assert not list(joined_days(read(path))), path


# ---- what reads the views: reports and cards ----

VIEWS = {name: set(re.findall(r"\b(?:sahut|sahut_pii|sahut_etl|sahut_report)\.\w+\b(?!\s*\()", text))
         for path in glob.glob(os.path.join(SQL, "migrations", "*.sql"))
         for name, text in re.findall(r"create view (\w+\.\w+) as(.*?);\n", re.sub(r"(?m)--.*$", "", read(path)), re.S)}


def over_shards(table):
    """Whether it is spread, or a view over what is."""
    return bool(spread([table])) or any(over_shards(t) for t in VIEWS.get(table, ()) if t != table)


def card(text):
    """A card as with every filter set."""
    return re.sub(r"\{\{.*?\}\}", "true", text).replace("[[", "").replace("]]", "")


READERS = [(os.path.relpath(path, os.path.join(SQL, "..")), Scope(re.sub(r"\s+", " ", re.sub(r"'(?:[^']|'')*'", "''", text))))
           for pattern in ("sql/report/*.sql", "etc/metabase/*.sql") for path in sorted(glob.glob(os.path.join(SQL, "..", pattern)))
           for text in split(card(read(path)))]


def without_columns(statement):
    """Subqueries without a column that know nothing around them: of such a one Citus keeps the result, and cannot read it back."""
    if any(over_shards(t) for s in statement.every() for t in s.tables):
        yield from (s.text for s in statement.every() if re.match(r" ?select from\b", s.text) and not s.outer_references())


def filtered_and_joined(statement):
    """Scopes that filter what is spread by a subquery over what is spread, and join a table of the coordinator beside it."""
    for s in statement.every():
        filters = [x for x in s.inner if any(over_shards(t) for t in x.tables)] if re.search(r"\bin\s+\(#\)", s.text) else []
        if filters and any(over_shards(t) for t in s.tables) and local(s.tables):
            yield s.text


@pytest.mark.parametrize("rule, text, bad", [
    (without_columns, "select count(*) from sahut_report.replies r having exists ( select from sahut_etl.message_state s )", True),
    (without_columns, "select count(*) from sahut_report.replies r having exists ( select 1 from sahut_etl.message_state s )", False),
    (without_columns, "select 1 from sahut.agent a where exists ( select from sahut.turn k where k.reply_sender_id = a.id )", False),
    (filtered_and_joined, "select 1 from sahut_report.waiting_now r join sahut_etl.workspace w on w.name = r.workspace_name "
     "where r.conversation_id in ( select l.conversation_id from sahut_report.conversation_labels l )", True),
    (filtered_and_joined, "with r as materialized ( select 1 from sahut_report.waiting_now x where x.conversation_id in ( select l.conversation_id "
     "from sahut_report.conversation_labels l ) ) select 1 from r join sahut_etl.workspace w on true", False)])
def test_a_rule_for_readers_can_fail(rule, text, bad):
    assert bool(list(rule(Scope(text)))) is bad


def test_an_exists_that_stands_alone_selects_a_column():
    """XX000: "function in FROM has unsupported return type", or that a column definition list is required."""
    assert over_shards("sahut_report.replies") and not over_shards("sahut_report.teams")
    for where, scope in READERS + [(w, s) for w, s, _ in OF_CITUS]:
        assert not list(without_columns(scope)), f"{where}: {list(without_columns(scope))}"


def test_what_is_filtered_by_labels_joins_no_table_of_the_coordinator():
    """"recursive complex joins are only supported when all distributed tables are co-located"."""
    for where, scope in READERS:
        assert not list(filtered_and_joined(scope)), f"{where}: {list(filtered_and_joined(scope))}"


def days_computed_again(statement):
    """Names of WITHs over days that one join alone reads. One without a GROUP BY is taken apart, and computed for each row of the join."""
    of_days = r"\b(?:from|join) sahut_report\.(?:daily_\w+|hourly_volume)\b"
    whole = " ".join(s.text for s in statement.every())
    for s in statement.every():
        for (name, kept), body in zip(re.findall(r"(?:(\w+) as\s+(materialized)?\s*)?\(#\)", s.text), s.inner):
            used = re.findall(r"\b(from|join) " + name + r"\b", whole)
            joined = used == ["join"] or re.search(r"\bfrom " + name + r"\b[^()]*\bjoin\b", whole)
            if name and not kept and "group by" not in body.text and len(used) == 1 and joined and any(re.search(of_days, x.text) for x in body.every()):
                yield name


@pytest.mark.parametrize("how, bad", [("as (", True), ("as materialized (", False)])
def test_the_rule_for_joined_days_can_fail(how, bad):
    text = f"with days as ( select 1 from sahut_report.calendar c ), work {how} select 1 from sahut_report.daily_agent_workload ) select 1 from work join days on true"
    assert bool(list(days_computed_again(Scope(text)))) is bad


def test_days_that_are_joined_are_computed_once():
    """A day that is not over is computed when it is asked for, and here that asks every machine."""
    for where, scope in READERS:
        assert not list(days_computed_again(scope)), f"{where}: {list(days_computed_again(scope))} must be materialized"

# SPDX-License-Identifier: MIT
"""The columns of a conversation, in each list that repeats them.

The table in src/source/item.c names them. The merge repeats them, because each of its statements names the columns that it
reads and writes; one that is forgotten in the comparison would never be seen to change, and none of PostgreSQL's errors
would tell. So do the table of conversations and its view. A column with a history, which the comparison of the merge names
once more as tracked, has it in versions and events.
"""
import re

PICK, WRITE, VERSIONS, EVENTS = (f"sql/merge/{n}.sql" for n in ("30_pick", "40_conversations", "50_versions", "60_events"))
CORE, VIEWS, SESSION = "sql/migrations/0002_core.sql", "sql/migrations/0004_views.sql", "sql/session.sql"
# Behind fields that no column knows there is no column; configured ones stand in conversation_times, by shape_rows().
NO_FIELD = {"extra"}


def names(text):
    return set(re.findall(r"\b(?:[a-z]\.)?([a-z_]+)\b", text))


def aliased(alias, text):
    return set(re.findall(rf"\b{alias}\.([a-z_]+)", text))


def table(sql, relation):
    """The columns of a table, and those that a later statement adds."""
    body = re.search(rf"(?ms)^create table {re.escape(relation)} \(\n(.*?)^\);", sql).group(1)
    return set(re.findall(r"(?m)^\t([a-z_]+)\s", body)) | set(re.findall(rf"alter table {re.escape(relation)} add column (\w+)", sql))


def comments(sql, relation):
    return set(re.findall(rf"comment on column {re.escape(relation)}\.(\w+)", sql))


def merge(pick, write):
    """(place, its columns) of each list of the merge."""
    compared = re.search(r"\(\((s\.[^)]*)\)\s*is distinct from\s*\((c\.[^)]*)\)", pick)
    inserted = re.search(r"insert into pg_temp\.pick \(([^)]*)\)\s*select(.*?)\bfrom differs", pick, re.S)
    new = re.search(r"insert into sahut\.conversation \(([^)]*)\)\s*select(.*?)\bfrom pg_temp\.pick", write, re.S)
    changed = re.search(r"update sahut\.conversation c\s+set(.*?)\bfrom \(", write, re.S)
    yield f"{PICK}: the row that came", names(re.search(r"select\s+(s\..*?)\bfrom \(", pick, re.S).group(1))
    yield f"{PICK}: the row that is held", names(re.search(r"left join \(\s*select (.*?)\bfrom sahut", pick, re.S).group(1))
    yield f"{PICK}: the comparison, of the row that came", names(compared.group(1))
    yield f"{PICK}: the comparison, of the row that is held", names(compared.group(2))
    yield f"{PICK}: the columns of pick", names(inserted.group(1))
    yield f"{PICK}: the values of pick", aliased("s", inserted.group(2))
    yield f"{WRITE}: the columns of a new row", names(new.group(1))
    yield f"{WRITE}: the values of a new row", aliased("p", new.group(2))
    yield f"{WRITE}: the columns of a changed row", set(re.findall(r"\b([a-z_]+) = p\.\1\b", changed.group(1)))


def readers(views):
    """(place, its columns) of the places in which readers find the field."""
    view = re.search(r"create view sahut_report\.conversations as(.*?)\nfrom ", views, re.S).group(1)
    yield f"{VIEWS}: the view sahut_report.conversations", aliased("c", view)
    yield f"{VIEWS}: the comments of sahut_report.conversations", comments(views, "sahut_report.conversations")


def history(texts):
    """(place, its columns) of each list of the columns with a history."""
    first, rest = re.split(r"\n-- The first state of a conversation", texts[VERSIONS])[:2]
    yield f"{SESSION}: the columns that were held before", set(re.findall(r"\bs\.(\w+) as was_", texts[SESSION]))
    yield f"{CORE}: the table sahut.conversation_version", table(texts[CORE], "sahut.conversation_version")
    yield f"{VERSIONS}: a version", aliased("p", re.search(r"select (p\.id.*?)from", first, re.S).group(1))
    yield f"{VERSIONS}: the first version", aliased("p", re.search(r"select (p\.id.*?)from", rest, re.S).group(1)) | {"status", "assignee_id"}
    yield f"{EVENTS}: the events", aliased("q", texts[EVENTS])
    yield "sql/explain/versions.sql", aliased("v", texts["sql/explain/versions.sql"])


def complaints(item, read):
    """A line for each column that a list lacks. ITEM is item.c; READ gives the text of a file."""
    texts = {p: re.sub(r"--[^\n]*", "", read(p)) for p in (PICK, WRITE, EVENTS, SESSION, "sql/explain/versions.sql")}
    texts |= {p: read(p) for p in (VERSIONS, CORE, VIEWS)}
    columns = set(re.findall(r'\{ "(\w+)", ITEM_\w+, offsetof', item)) - {"id"}
    tracked = re.search(r"\((s\.[^)]*)\) is distinct\s+from \((s\.was_[^)]*)\) as is_tracked", texts[PICK])
    found = [] if tracked.group(1).count(",") == tracked.group(2).count(",") else [f"{PICK}: is_tracked compares lists of unlike length"]

    def lacking(wanted, lists):
        return [f"{place} lacks {column}" for place, there in lists for column in sorted(wanted - there)]
    found += lacking(columns, merge(texts[PICK], texts[WRITE]))
    found += lacking(columns, [(f"{CORE}: the table sahut.conversation", table(texts[CORE], "sahut.conversation")),
                               (f"{CORE}: the comments of sahut.conversation", comments(texts[CORE], "sahut.conversation"))])
    found += lacking(columns - NO_FIELD, readers(texts[VIEWS]))
    return found + lacking(aliased("s", tracked.group(1)), history(texts))

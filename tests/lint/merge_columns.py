# SPDX-License-Identifier: MIT
"""The columns of a conversation, in each list of the merge.

The table in src/source/item.c names them. The merge repeats them, because each of its statements names the columns that it
reads and writes; one that is forgotten in the comparison would never be seen to change, and none of PostgreSQL's errors
would tell.
"""
import re


def names(text):
    return set(re.findall(r"\b(?:[a-z]\.)?([a-z_]+)\b", text))


def lists(pick, write):
    """(place, its columns) of each list."""
    compared = re.search(r"\(\((s\.[^)]*)\)\s*is distinct from\s*\((c\.[^)]*)\)", pick)
    inserted = re.search(r"insert into pg_temp\.pick \(([^)]*)\)\s*select(.*?)\bfrom differs", pick, re.S)
    new = re.search(r"insert into sahut\.conversation \(([^)]*)\)\s*select(.*?)\bfrom pg_temp\.pick", write, re.S)
    changed = re.search(r"update sahut\.conversation c\s+set(.*?)\bfrom \(", write, re.S)
    yield "30_pick.sql: the row that came", names(re.search(r"select\s+(s\..*?)\bfrom \(", pick, re.S).group(1))
    yield "30_pick.sql: the row that is held", names(re.search(r"left join \(\s*select (.*?)\bfrom sahut", pick, re.S).group(1))
    yield "30_pick.sql: the comparison, of the row that came", names(compared.group(1))
    yield "30_pick.sql: the comparison, of the row that is held", names(compared.group(2))
    yield "30_pick.sql: the columns of pick", names(inserted.group(1))
    yield "30_pick.sql: the values of pick", set(re.findall(r"\bs\.([a-z_]+)", inserted.group(2)))
    yield "40_conversations.sql: the columns of a new row", names(new.group(1))
    yield "40_conversations.sql: the values of a new row", set(re.findall(r"\bp\.([a-z_]+)", new.group(2)))
    yield "40_conversations.sql: the columns of a changed row", set(re.findall(r"\b([a-z_]+) = p\.\1\b", changed.group(1)))


def complaints(item, pick, write):
    """A line for each column that a list lacks."""
    columns = set(re.findall(r'\{ "(\w+)", ITEM_\w+, offsetof', item)) - {"id"}
    pick, write = (re.sub(r"--[^\n]*", "", s) for s in (pick, write))
    return [f"sql/merge/{place} lacks {column}" for place, found in lists(pick, write) for column in sorted(columns - found)]

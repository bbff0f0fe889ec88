# SPDX-License-Identifier: MIT
"""The columns of reports and the words that they are shown with, for lint.py.

A report's panel shows what its statement in sql/report/ answers; each column
that the statement names needs a word ("col_NAME") in both languages.
"""
import re


def top_level(text):
    """The text with everything between parentheses blanked."""
    out, depth = [], 0
    for c in text:
        depth -= c == ")"
        out.append(c if depth == 0 else " ")
        depth += c == "("
    return "".join(out)


def columns(sql):
    """The names of the columns that a statement answers."""
    text = re.sub(r"(?m)^\s*--.*$", "", sql)
    text = re.sub(r"'[^']*'", lambda m: "'" + "x" * (len(m.group(0)) - 2) + "'", text).strip()
    if text.startswith("("):
        # A union of parentheses is called as its first part calls it.
        end, depth = 0, 0
        for end, c in enumerate(text):
            depth += {"(": 1, ")": -1}.get(c, 0)
            if depth == 0:
                break
        return columns(text[1:end])
    flat = top_level(text)
    start = re.search(r"(?i)\bselect\b", flat).end()
    stop = re.compile(r"(?i)\bfrom\b").search(flat, start)
    names, begin = [], start
    stop = stop.start() if stop else len(flat)
    for i in [m.start() for m in re.finditer(",", flat[:stop]) if m.start() > start] + [stop]:
        item = text[begin:i].strip()
        named = re.search(r'(?:\bas\s+"?|\.|^)(\w+)"?$', item)
        names.append(named.group(1) if named else f"(without a name: {item[:30]})")
        begin = i + 1
    return names


def panels(topic):
    """(name, whether it shows its rows as columns, whether it shows figures in large type) of each panel in the table of topics."""
    for entry in re.findall(r'\{ \.name = "(\w+)",(.*?)\}', topic, re.S):
        yield entry[0], ".pivot = true" in entry[1], "PANEL_TILES" in entry[1]


def words(table):
    """Of each key how many of the two languages have a text."""
    for key, texts in re.findall(r'\{\s*"(\w+)",\s*\{(.*?)\}\s*\}', re.sub(r'"\s*\n\s*"', "", table), re.S):
        yield key, len(re.findall(r'"(?:[^"\\]|\\.)+"', texts))


def complaints(topic, table, read_sql):
    """What is missing. READ_SQL gives the text of a panel's statement."""
    known = dict(words(table))
    found = [f"{key}: its words are in one language only" for key, n in known.items() if n != 2]
    for name, pivot, tiles in panels(topic):
        shown = columns(read_sql(name))
        for column in shown[:1] if pivot else shown:
            if tiles and column.endswith("_before"):
                continue
            if f"col_{column}" not in known:
                found.append(f"sql/report/{name}.sql: the column {column} has no words (col_{column})")
    return found

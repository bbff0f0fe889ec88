# SPDX-License-Identifier: MIT
"""The columns of reports and the words that they are shown with, for lint.py.

A panel of a report shows the answer of its statement in sql/report/, and a
sheet of a workbook shows the answer of the topic's own statement; each column
that the statement names needs a word ("col_NAME") in both languages. So do the
columns of the sheet that says how complete the data is.
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
    text = re.sub(r"(?m)^\s*--.*$|/\*.*?\*/", "", sql)
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
    stop = re.compile(r"(?i)(?<!\bdistinct )\bfrom\b").search(flat, start)
    names, begin = [], start
    stop = stop.start() if stop else len(flat)
    for i in [m.start() for m in re.finditer(",", flat[:stop]) if m.start() > start] + [stop]:
        item = text[begin:i].strip()
        named = re.search(r'(?:\bas\s+"?|\.|^)(\w+)"?$', item)
        names.append(named.group(1) if named else f"(without a name: {item[:30]})")
        begin = i + 1
    return names


def panels(topic):
    """(name, whether it shows its rows as columns) of each panel in the table of topics."""
    for entry in re.findall(r'\{ \.name = "(\w+)",(.*?)\}', topic, re.S):
        yield entry[0], ".pivot = true" in entry[1]


def topics(topic):
    """The names of the topics in their table; each has a statement of its own, whose rows are a sheet."""
    return re.findall(r'(?m)^\t\{ "(\w+)", \w+, ', topic)


def about(data):
    """The columns of the sheet that says how complete the data is."""
    return re.findall(r'"(\w+)"', re.search(r"\bcolumns\[\] = \{(.*?)\};", data, re.S).group(1))


def words(table):
    """Of each key how many of the two languages have a text."""
    for key, texts in re.findall(r'\{\s*"(\w+)",\s*\{(.*?)\}\s*\}', re.sub(r'"\s*\n\s*"', "", table), re.S):
        yield key, len(re.findall(r'"(?:[^"\\]|\\.)+"', texts))


def complaints(topic, data, table, read_sql):
    """The columns that lack words. TOPIC, DATA and TABLE are C; READ_SQL gives the text of a statement."""
    known = dict(words(table))
    found = [f"{key}: its words are in one language only" for key, n in known.items() if n != 2]
    shown = {f"sql/report/{name}.sql": columns(read_sql(name))[:1 if pivot else None] for name, pivot in panels(topic)}
    shown |= {f"sql/report/{name}.sql": columns(read_sql(name)) for name in topics(topic) + ["changes"]}
    shown["the sheet about the data"] = about(data)
    for place, names in shown.items():
        for column in names:
            # A figure of the period before has the words of its figure.
            word = "col_" + re.sub("_before$", "", column)
            if word not in known:
                found.append(f"{place}: the column {column} has no words ({word})")
    return found

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes docs/sahut-etl-schema.7.scd, the data dictionary, and etc/dbt/models/sources.yml, the same for dbt, from the
comments of a warehouse that migrate has just made.

usage: dictionary.py [FILE [SOURCES]]      (SAHUT_BUILD names the directory of the program)
"""
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "e2e"))

from cluster import Cluster  # noqa: E402
from etl import Etl  # noqa: E402

SCHEMAS = ["sahut_report", "sahut", "sahut_pii", "sahut_etl"]

HEAD = """sahut-etl-schema(7)

# NAME

sahut-etl-schema - the tables and views of the warehouse, column by column

# DESCRIPTION

Made from the comments in the database, which every client shows (*\\\\d+* in psql), by tests/dictionary.py.
Reports read *sahut_report* alone: role *sahut_reader*. History is in *sahut*: role *sahut_analyst*. The
identity of contacts is in *sahut_pii*: role *sahut_pii_reader*. *sahut_etl* is the program's own.

The definitions of the numbers, and their limits, are in docs/METRICS.md. Days are days of the
workspace's time zone. Times are instants; the API's clock is the one that counts.
"""

TAIL = """
# SEE ALSO

*sahut-etl*(8), *sahut-etl.yaml*(5)
"""

OBJECTS = """
select c.oid, c.relname, case c.relkind when 'v' then 'view' else 'table' end, obj_description(c.oid)
from pg_class c where c.relnamespace = to_regnamespace(%s) and c.relkind in ('r', 'v')
order by 2"""
COLUMNS = """
select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, col_description(a.attrelid, a.attnum),
    coalesce(bool_or(i.indisprimary), false)
from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and a.attnum = any(i.indkey) and i.indisprimary
where a.attrelid = %s and a.attnum > 0 and not a.attisdropped
group by a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attrelid, a.attnum order by a.attnum"""

SHORT = {"timestamp with time zone": "timestamptz", "time without time zone": "time"}


def escaped(text):
    """Text for scdoc, in which an underscore or a star may begin a word's emphasis."""
    return "".join("\\" + c if c in "_*\\#[" else c for c in text)


def write(etl):
    out = [HEAD]
    for schema in SCHEMAS:
        comment = etl.one("select obj_description(to_regnamespace(%s))", schema)
        out.append(f"\n# {schema.upper().replace('_', ' ')}\n\n{escaped(comment)}\n")
        for oid, name, kind, about in etl.sql(OBJECTS, schema):
            out.append(f"\n## {escaped(schema)}.{escaped(name)}\n\n{kind.capitalize()}. {escaped(about)}\n")
            for column, type_, required, text, key in etl.sql(COLUMNS, oid):
                facts = SHORT.get(type_, type_) + (", key" if key else ", never empty" if required else "")
                out.append(f"\n*{escaped(column)}* ({escaped(facts)})\n\t{escaped(text)}\n")
    out.append(TAIL)
    return "".join(out)


SOURCES = """# Made by tests/dictionary.py from the comments in the warehouse; do not edit.
version: 2

sources:
  - name: sahut
    schema: sahut_report
    description: {about}
    # As fresh as the workspace that is furthest behind; one that was never read is as old as time.
    loaded_at_field: "(select min(coalesce(active_as_of, 'epoch')) from sahut_report.data_freshness)"
    freshness:
      warn_after: {{count: 15, period: minute}}
      error_after: {{count: 1, period: hour}}
    tables:
"""


def write_sources(etl):
    """YAML takes JSON's strings as they are."""
    out = [SOURCES.format(about=json.dumps(etl.one("select obj_description('sahut_report'::regnamespace)")))]
    for oid, name, _, about in etl.sql(OBJECTS, "sahut_report"):
        out.append(f"      - name: {name}\n        description: {json.dumps(about)}\n")
        if name != "data_freshness":
            out.append("        freshness: null\n")
        out.append("        columns:\n")
        for column, _, _, text, _ in etl.sql(COLUMNS, oid):
            out.append(f"          - name: {column}\n            description: {json.dumps(text)}\n")
            if column == "id":
                out.append("            data_tests: [unique, not_null]\n")
    return "".join(out)


def main():
    build = os.environ.get("SAHUT_BUILD", os.path.join(HERE, "..", "build"))
    paths = [os.path.join(HERE, "..", "docs", "sahut-etl-schema.7.scd"), os.path.join(HERE, "..", "etc", "dbt", "models", "sources.yml")]
    paths[:len(sys.argv) - 1] = sys.argv[1:3]
    cluster = Cluster()
    try:
        with tempfile.TemporaryDirectory() as directory:
            cluster.create_database("dictionary")
            etl = Etl(os.path.join(build, "sahut-etl"), directory, cluster, "dictionary", "http://127.0.0.1:1/v1")
            etl.run("migrate")
            texts = write(etl), write_sources(etl)
    finally:
        cluster.stop()
    for path, text in zip(paths, texts):
        with open(path, "w") as f:
            f.write(text)


if __name__ == "__main__":
    main()

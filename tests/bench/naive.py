#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What one would write in an afternoon: requests and psycopg, a page at a time, upserts, one commit a page.

It is given every chance: one connection is kept alive, rows go in sets of a hundred, dimensions once a page, history by one
look-up a page. It keeps what sahut-etl keeps of the present, and the history of status and assignee; no proof of anything.

usage: naive.py CONNINFO BASE-URL KEY [PAGES]
"""
import sys
import time

import psycopg2
import requests
from psycopg2.extras import Json, execute_values

SCHEMA = """
create table channels (id text primary key, type text, name text);
create table contacts (id text primary key, name text, phone text);
create table agents (id text primary key, name text);
create table conversations (
    id text primary key, status text not null, channel_id text references channels, contact_id text references contacts,
    assignee_id text references agents, team jsonb, extra jsonb, created_at timestamptz not null, updated_at timestamptz,
    synced_at timestamptz not null);
create index on conversations (updated_at);
create index on conversations (created_at);
create index on conversations (contact_id);
create index on conversations (assignee_id, status);
create table conversation_labels (
    conversation_id text not null references conversations on delete cascade, label text not null, primary key (conversation_id, label));
create table conversation_history (
    conversation_id text not null references conversations on delete cascade, status text not null, assignee_id text references agents,
    valid_from timestamptz not null, valid_to timestamptz, primary key (conversation_id, valid_from));
create unique index on conversation_history (conversation_id) where valid_to is null;
"""

KNOWN = {"id", "status", "channel", "contact", "assignee", "team", "labels", "created_at", "updated_at"}


def upsert(cursor, table, columns, rows):
    if rows:
        sets = ", ".join(f"{c} = excluded.{c}" for c in columns[1:])
        execute_values(cursor, f"insert into {table} ({', '.join(columns)}) values %s on conflict (id) do update set {sets}",
                       rows, page_size=100)


def distinct(objects, columns):
    return list({o["id"]: tuple(o.get(c) for c in columns) for o in objects if o and o.get("id")}.values())


def load_page(cursor, rows):
    upsert(cursor, "channels", ("id", "type", "name"), distinct((r.get("channel") for r in rows), ("id", "type", "name")))
    upsert(cursor, "contacts", ("id", "name", "phone"), distinct((r.get("contact") for r in rows), ("id", "name", "phone")))
    upsert(cursor, "agents", ("id", "name"), distinct((r.get("assignee") for r in rows), ("id", "name")))
    ids = [r["id"] for r in rows]
    cursor.execute("select id, status, assignee_id from conversations where id = any(%s)", (ids,))
    held = {i: (s, a) for i, s, a in cursor}
    now = {r["id"]: (r["status"], (r.get("assignee") or {}).get("id")) for r in rows}
    upsert(cursor, "conversations",
           ("id", "status", "channel_id", "contact_id", "assignee_id", "team", "extra", "created_at", "updated_at", "synced_at"),
           [(r["id"], r["status"], (r.get("channel") or {}).get("id"), (r.get("contact") or {}).get("id"), now[r["id"]][1],
             Json(r.get("team")), Json({k: v for k, v in r.items() if k not in KNOWN}), r["created_at"], r.get("updated_at"), "now")
            for r in {r["id"]: r for r in rows}.values()])
    cursor.execute("delete from conversation_labels where conversation_id = any(%s)", (ids,))
    labels = [(r["id"], label) for r in rows for label in r.get("labels") or ()]
    if labels:
        execute_values(cursor, "insert into conversation_labels values %s on conflict do nothing", labels, page_size=500)
    moved = [(r["id"], *now[r["id"]], r.get("updated_at") or r["created_at"]) for r in rows if held.get(r["id"]) != now[r["id"]]]
    if moved:
        cursor.execute("update conversation_history set valid_to = now() where valid_to is null and conversation_id = any(%s)",
                       ([m[0] for m in moved],))
        execute_values(cursor, "insert into conversation_history values %s on conflict do nothing", moved,
                       template="(%s, %s, %s, %s::timestamptz, null)", page_size=100)


def main():
    conninfo, base, key = sys.argv[1:4]
    most = int(sys.argv[4]) if len(sys.argv) > 4 else 10**9
    connection = psycopg2.connect(conninfo)
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {key}"
    began, page, n = time.monotonic(), 1, 0
    while page <= most:
        reply = session.get(f"{base}/conversations", params={"page": page, "per_page": 100}).json()
        if not reply["data"]:
            break
        with connection.cursor() as cursor:
            load_page(cursor, reply["data"])
        connection.commit()
        n += len(reply["data"])
        if page >= reply["meta"]["total_pages"]:
            break
        page += 1
    print(n, time.monotonic() - began)


if __name__ == "__main__":
    main()

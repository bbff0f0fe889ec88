# SPDX-License-Identifier: MIT
"""A Metabase of our own making: the calls that `metabase apply` uses, with state, and with the manners of the real one
that break naive clients. It sees the tables that its database role may read, and runs cards as that role."""
import json
import random
import re
import socket
import string
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2

ENTITY = re.compile(r"[A-Za-z0-9_-]{21}\Z")

# What the published API asks of each body.
REQUIRED = {
    "database": ("name", "engine", "details"),
    "collection": ("name",),
    "card": ("name", "dataset_query", "display", "visualization_settings"),
    "dashboard": ("name",),
}


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(status)
        self.status, self.body = status, body


class Metabase:
    """Started when made. What a test turns on goes wrong; `log` has every request."""

    def __init__(self, cluster, dbname, role="sahut_reader", key="mb_secret", version="v0.58.3"):
        self.cluster, self.dbname, self.role, self.key, self.version = cluster, dbname, role, key, version
        self.superuser, self.setup_token = True, None
        self.databases, self.collections, self.cards, self.dashboards = {}, {}, {}, {}
        self.fields, self.tables = {}, {}
        self.next_id = 10
        self.log = []
        self.starting = 0          # so many times health answers 503
        self.polls_before_tables = 0  # so many times the catalogue is still without tables
        self.lose_answers = 0      # so many POSTs are done, and their answers lost
        self.throttle = 0          # so many requests are answered 429
        self.hidden = set()        # tables that an administrator hid
        self.runs_cards = False    # whether a card that is run is really run
        self.broken_cards = set()  # names of cards whose queries fail
        self.instead = None        # (status, body, headers) of everything but health
        self.refuse_from = None    # from so manieth request on, counted from 1, everything is refused for good
        self.requests = 0
        self.lock = threading.Lock()
        mock = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def log_message(self, *args):
                pass

            def answer(self):
                mock.serve(self)

            do_GET = do_POST = do_PUT = do_DELETE = answer

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    # ---- what tests look at ----

    def writes(self):
        return [(m, p) for m, p, _ in self.log if m != "GET"]

    def clear(self):
        self.log = []

    def card(self, name):
        return next(c for c in self.cards.values() if c["name"] == name)

    def delete_card(self, name):
        """For good; what shows it goes with it."""
        number = self.card(name)["id"]
        del self.cards[number]
        for dashboard in self.dashboards.values():
            dashboard["dashcards"] = [d for d in dashboard["dashcards"] if d["card_id"] != number]

    def dashboard(self, name):
        return next(d for d in self.dashboards.values() if d["name"] == name)

    # ---- serving ----

    def serve(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        text = handler.rfile.read(length)
        body = json.loads(text) if text else None
        url = urllib.parse.urlsplit(handler.path)
        with self.lock:
            self.log.append((handler.command, handler.path, body))
            status, answer, headers = self.decide(handler, url, body)
            lost = handler.command == "POST" and self.lose_answers > 0 and status == 200
            self.lose_answers -= lost
        if lost:
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        data = b"" if answer is None else answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        handler.send_response(204 if answer is None and status == 200 else status)
        handler.send_header("Content-Type", "text/plain" if isinstance(answer, str) else "application/json;charset=utf-8")
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)
        handler.wfile.flush()

    def decide(self, handler, url, body):
        path = url.path.rstrip("/")
        if self.throttle > 0 and path != "/api/health":
            self.throttle -= 1
            return 429, "Too many", {"Retry-After": "1"}
        self.requests += path != "/api/health"
        if self.refuse_from and self.requests >= self.refuse_from:
            return 418, "a teapot", {}
        if self.instead and path != "/api/health":
            return self.instead
        try:
            if path not in ("/api/health", "/api/session/properties") and handler.headers.get("x-api-key") != self.key:
                raise Refused(401, "Unauthenticated")
            return 200, self.route(handler.command, path, url.query, body), {}
        except Refused as refused:
            return refused.status, refused.body, {}

    def route(self, method, path, query, body):
        for pattern, name in ROUTES:
            match = re.fullmatch(pattern, f"{method} {path}")
            if match:
                return getattr(self, name)(query if name in WANTS_QUERY else body, *match.groups())
        raise Refused(404, "API endpoint does not exist.")

    # ---- the first words ----

    def health(self, _):
        if self.starting > 0:
            self.starting -= 1
            raise Refused(503, {"status": "initializing", "progress": 0.5})
        return {"status": "ok"}

    def properties(self, _):
        return {"version": {"tag": self.version}, "setup-token": self.setup_token, "has-user-setup": self.setup_token is None,
                "token-features": {}}

    def user(self, _):
        return {"id": 1, "email": "api-key-user@api-key.invalid", "is_superuser": self.superuser}

    # ---- helpers ----

    def new(self):
        self.next_id += 1
        return self.next_id

    def require(self, kind, body):
        missing = [k for k in REQUIRED[kind] if not isinstance(body, dict) or k not in body]
        if missing:
            raise Refused(400, {"errors": {missing[0]: "value must be given."}, "specific-errors": {missing[0]: ["missing required key"]}})

    @staticmethod
    def of(table, number):
        if not str(number).isdigit() or int(number) not in table:
            raise Refused(404, "Not found.")
        return table[int(number)]

    # ---- databases ----

    def shown_database(self, database):
        details = {**database["details"]}
        if "password" in details:
            details["password"] = "**MetabasePass**"
        return {**database, "details": details}

    def list_databases(self, _):
        return {"data": [self.shown_database(d) for d in self.databases.values()], "total": len(self.databases)}

    def make_database(self, body):
        self.require("database", body)
        number = self.new()
        self.databases[number] = {"id": number, "initial_sync_status": "complete", **body}
        self.left = self.polls_before_tables
        return self.shown_database(self.databases[number])

    def get_database(self, _, number):
        return self.shown_database(self.of(self.databases, number))

    def change_database(self, body, number):
        self.of(self.databases, number).update(body)
        return self.shown_database(self.databases[int(number)])

    def sync(self, _, number):
        self.of(self.databases, number)
        return {"status": "ok"}

    def as_reader(self, query):
        connection = psycopg2.connect(self.cluster.conninfo(self.dbname))
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(f"set role {self.role}")
                cursor.execute("set default_transaction_read_only = on")
                cursor.execute(query)
                return cursor.fetchall(), [d.name for d in cursor.description]
        finally:
            connection.close()

    def metadata(self, query, number):
        database = self.of(self.databases, number)
        if self.left > 0:
            self.left -= 1
            return {**self.shown_database(database), "tables": []}
        rows, _ = self.as_reader("""
            select c.relname, a.attname, format_type(a.atttypid, null) from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relnamespace = 'sahut_report'::regnamespace and c.relkind in ('r', 'p', 'v', 'f', 'm')
            and has_schema_privilege('sahut_report', 'usage') and has_any_column_privilege(c.oid, 'select') order by 1, a.attnum""")
        tables = {}
        for table, column, kind in rows:
            if (table, None) not in self.fields:
                self.fields[table, None] = {"id": self.new()}
            if (table, column) not in self.fields:
                # A reader sees no primary key; a column called id is one by its name.
                self.fields[table, column] = {"id": self.new(), "name": column, "table_id": self.fields[table, None]["id"], "base_type": kind,
                                              "semantic_type": "type/PK" if column == "id" else None, "fk_target_field_id": None,
                                              "has_field_values": None}
            tables.setdefault(table, []).append(self.fields[table, column])
        # warehouses_rest/api.clj, db-metadata: hidden tables only with include_hidden (commit 004f0ce6).
        shown = {t: f for t, f in tables.items() if t not in self.hidden or "include_hidden=true" in query}
        return {**self.shown_database(database), "tables": [
            {"id": self.fields[t, None]["id"], "name": t, "schema": "sahut_report", "fields": f} for t, f in shown.items()]}

    def field_of(self, number):
        for (_, column), field in self.fields.items():
            if column and field["id"] == int(number):
                return field
        raise Refused(404, "Not found.")

    def get_field(self, _, number):
        return self.field_of(number)

    def change_field(self, body, number):
        field = self.field_of(number)
        if body.get("semantic_type") == "type/FK" and not body.get("fk_target_field_id"):
            raise Refused(400, {"errors": {"fk_target_field_id": "a foreign key needs a target."}})
        field.update(body)
        return field

    # ---- collections ----

    def list_collections(self, _):
        return [{"id": "root", "name": "Our analytics"}] + [c for c in self.collections.values() if not c.get("archived")]

    def make_collection(self, body):
        self.require("collection", body)
        number, parent = self.new(), body.get("parent_id")
        location = "/" if parent is None else f"{self.of(self.collections, parent)['location']}{parent}/"
        self.collections[number] = {"id": number, "location": location, "archived": False, **body}
        return self.collections[number]

    def get_collection(self, _, number):
        return self.of(self.collections, number)

    def change_collection(self, body, number):
        self.of(self.collections, number).update(body)
        return self.collections[int(number)]

    def items(self, _, number):
        found = [{"id": d["id"], "name": d["name"], "model": "dashboard"} for d in self.dashboards.values()
                 if d["collection_id"] == int(number) and not d.get("archived")]
        return {"data": found, "total": len(found)}

    # ---- cards ----

    def shown_card(self, card):
        """As 0.57 and newer have it: MBQL 5, and the template tags as a list in any order."""
        native = card["dataset_query"]["native"]
        tags = [{**t, "dimension": ["field", {}, t["dimension"][1]]} for t in native["template-tags"].values()]
        random.shuffle(tags)
        return {**card, "dataset_query": {"lib/type": "mbql/query", "database": card["dataset_query"]["database"], "stages": [
            {"lib/type": "mbql.stage/native", "native": native["query"], "template-tags": tags}]}}

    def find_card(self, key):
        for card in self.cards.values():
            if str(card["id"]) == key or card["entity_id"] == key:
                return card
        raise Refused(404, "Not found.")

    def check_card(self, body):
        query = body["dataset_query"]
        if query.get("type") != "native" or query.get("database") not in self.databases:
            raise Refused(400, {"errors": {"dataset_query": "value must be a query of a database."}})
        named = set(re.findall(r"{{\s*(\w+)\s*}}", query["native"]["query"]))
        tags = query["native"]["template-tags"]
        if named != set(tags):
            raise Refused(400, {"errors": {"dataset_query": f"tags {sorted(named ^ set(tags))} do not agree."}})
        known = {f["id"] for (_, c), f in self.fields.items() if c}
        for name, tag in tags.items():
            if tag["name"] != name or tag["dimension"][1] not in known or not re.fullmatch(r"[0-9a-f-]{36}", tag["id"]):
                raise Refused(400, {"errors": {"dataset_query": f"tag {name} is of no field."}})

    def make_card(self, body):
        self.require("card", body)
        self.check_card(body)
        # queries/models/card.clj, create-card!: an entity_id that was sent is dropped, and one is made (commit 00652a13).
        body = {k: v for k, v in body.items() if k not in ("entity_id", "archived")}
        entity = "".join(random.choices(string.ascii_letters, k=21))
        number = self.new()
        self.cards[number] = {**body, "id": number, "entity_id": entity, "database_id": body["dataset_query"]["database"], "archived": False}
        return self.shown_card(self.cards[number])

    def list_cards(self, query):
        """queries_rest/api/card.clj, cards-for-filter-option* :database: the cards of a database that are not archived."""
        asked = urllib.parse.parse_qs(query)
        if asked.get("f") != ["database"]:
            raise Refused(400, {"errors": {"f": "value must be one of: database."}})
        return [self.shown_card(c) for c in self.cards.values()
                if c["database_id"] == int(asked["model_id"][0]) and not c["archived"]]

    def get_card(self, _, key):
        return self.shown_card(self.find_card(key))

    def change_card(self, body, key):
        card = self.find_card(key)
        if "dataset_query" in body:
            self.check_card(body)
        if "entity_id" in body:
            raise Refused(400, {"errors": {"entity_id": "cannot be changed."}})
        card.update(body)
        return self.shown_card(card)

    def run_card(self, body, key):
        card = self.find_card(key)
        if card["name"] in self.broken_cards:
            return {"status": "failed", "error": "ERROR: permission denied", "row_count": 0}
        if not self.runs_cards:
            return {"status": "completed", "row_count": 1}
        rows, columns = self.as_reader(re.sub(r"\[\[.*?\]\]", "", card["dataset_query"]["native"]["query"], flags=re.S))
        return {"status": "completed", "row_count": len(rows), "data": {"cols": [{"name": c} for c in columns]}}

    # ---- dashboards ----

    def shown_dashboard(self, dashboard):
        cards = [{**d} for d in dashboard["dashcards"]]
        random.shuffle(cards)
        return {**dashboard, "dashcards": cards}

    def make_dashboard(self, body):
        self.require("dashboard", body)
        number = self.new()
        # Cards sent along are not taken, nor is it said that they were not.
        self.dashboards[number] = {"archived": False, "collection_id": None, **body, "id": number, "dashcards": [], "tabs": []}
        return self.shown_dashboard(self.dashboards[number])

    def get_dashboard(self, _, number):
        return self.shown_dashboard(self.of(self.dashboards, number))

    def change_dashboard(self, body, number):
        dashboard = self.of(self.dashboards, number)
        tabs = body.get("tabs", dashboard["tabs"])
        if "dashcards" in body:
            # dashboards_rest/api.clj, update-dashboard!: with two tabs each card has one; one tab is filled in (commit 0085ec32).
            if len(tabs) > 1 and not all(d.get("dashboard_tab_id") for d in body["dashcards"]):
                raise Refused(400, "This dashboard has tab, makes sure every card has a tab")
            self.lay(dashboard, [{**d, "dashboard_tab_id": d.get("dashboard_tab_id") or tabs[0]["id"]} if len(tabs) == 1 else d
                                 for d in body["dashcards"]])
        dashboard.update({k: v for k, v in body.items() if k != "dashcards"})
        return self.shown_dashboard(dashboard)

    def lay(self, dashboard, sent):
        """All of it is replaced; who has a negative number is new."""
        known = {d["id"] for d in dashboard["dashcards"]}
        if len({d["id"] for d in sent}) != len(sent):
            raise Refused(400, {"errors": {"dashcards": "ids must be distinct."}})
        for d in sent:
            if any(k not in d for k in ("id", "row", "col", "size_x", "size_y")) or d["col"] + d["size_x"] > 24:
                raise Refused(400, {"errors": {"dashcards": "value must be a place on the grid."}})
            if d["id"] > 0 and d["id"] not in known:
                raise Refused(404, "Not found.")
            if d.get("card_id") is not None and d["card_id"] not in self.cards:
                raise Refused(404, "Not found.")
        dashboard["dashcards"] = [{**d, "id": d["id"] if d["id"] > 0 else self.new(), "dashboard_id": dashboard["id"]} for d in sent]


# Methods that look at the query of the URL, and not at the body.
WANTS_QUERY = {"list_cards", "metadata"}

ROUTES = [
    (r"GET /api/health", "health"),
    (r"GET /api/session/properties", "properties"),
    (r"GET /api/user/current", "user"),
    (r"GET /api/database", "list_databases"),
    (r"POST /api/database", "make_database"),
    (r"GET /api/database/(\d+)", "get_database"),
    (r"PUT /api/database/(\d+)", "change_database"),
    (r"POST /api/database/(\d+)/sync_schema", "sync"),
    (r"POST /api/database/(\d+)/rescan_values", "sync"),
    (r"GET /api/database/(\d+)/metadata", "metadata"),
    (r"GET /api/field/(\d+)", "get_field"),
    (r"PUT /api/field/(\d+)", "change_field"),
    (r"GET /api/collection", "list_collections"),
    (r"POST /api/collection", "make_collection"),
    (r"GET /api/collection/(\d+)", "get_collection"),
    (r"PUT /api/collection/(\d+)", "change_collection"),
    (r"GET /api/collection/(\d+)/items", "items"),
    (r"GET /api/card", "list_cards"),
    (r"POST /api/card", "make_card"),
    (r"GET /api/card/([A-Za-z0-9_-]+)", "get_card"),
    (r"PUT /api/card/(\d+)", "change_card"),
    (r"POST /api/card/(\d+)/query", "run_card"),
    (r"POST /api/dashboard", "make_dashboard"),
    (r"GET /api/dashboard/(\d+)", "get_dashboard"),
    (r"PUT /api/dashboard/(\d+)", "change_dashboard"),
]

# SPDX-License-Identifier: MIT
"""A Metabase of our own making: the calls that `metabase apply` uses, with state, and with the manners of the real one
that break naive clients. It sees the tables that its database role may read, and runs cards as that role.

What it refuses, drops and hides is what Metabase's source refuses, drops and hides: each rule has a number ("R7"), and
metabase_rules.md has the file and the commit of each."""
import json
import random
import re
import socket
import string
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2

TRASH = 7  # the collection that shows what was put into the trash


def text(v):
    return isinstance(v, str) and bool(v.strip())


def integer(v):
    return isinstance(v, int) and not isinstance(v, bool)


def positive(v):
    return integer(v) and v > 0


def natural(v):
    return integer(v) and v >= 0


def boolean(v):
    return isinstance(v, bool)


def mapping(v):
    return isinstance(v, dict)


def one_of(*values):
    return lambda v: v in values


def maybe(check):
    return lambda v: v is None or check(v)


def a_list(check):
    return lambda v: isinstance(v, list) and all(check(x) for x in v)


def fits(schema):
    return lambda v: isinstance(v, dict) and not wrong(schema, v)


def wrong(schema, body):
    """The first key that is missing or of the wrong type; None when there is none."""
    for key, (check, required) in schema.items():
        if key not in body:
            if required:
                return key
        elif not check(body[key]):
            return key
    return None


def must(check):
    return check, True


def may(check):
    return maybe(check), False


PARAMETER = {"id": must(text), "type": must(text), "name": may(lambda v: isinstance(v, str)), "slug": may(lambda v: isinstance(v, str)),
             "sectionId": (text, False), "filteringParameters": may(a_list(text)), "values_query_type": may(text), "values_source_type": may(text),
             "values_source_config": may(mapping), "temporal_units": may(a_list(text)), "default": (lambda v: True, False)}
MAPPING = {"parameter_id": must(text), "target": must(lambda v: isinstance(v, list)), "card_id": (positive, False), "dashcard": (mapping, False)}
DASHCARD = {"id": must(integer), "size_x": must(positive), "size_y": must(positive), "row": must(natural), "col": must(natural),
            "card_id": may(positive), "action_id": may(positive), "dashboard_tab_id": may(integer), "parameter_mappings": may(a_list(fits(MAPPING))),
            "visualization_settings": may(mapping), "inline_parameters": may(a_list(text)), "series": may(a_list(fits({"id": must(positive)})))}
TAB = {"id": must(integer), "name": must(text), "position": (natural, False)}
# What a collection may be asked for (R9).
ITEMS = {"card", "dataset", "document", "metric", "collection", "dashboard", "pulse", "snippet", "no_models", "timeline", "table"}

# What the newest endpoints declare of each body (R1 to R9).
BODIES = {
    "POST database": {"name": must(text), "engine": must(one_of("postgres", "mysql", "h2")), "details": must(mapping), "is_full_sync": may(boolean),
                      "is_on_demand": may(boolean), "schedules": may(mapping), "auto_run_queries": may(boolean), "cache_ttl": may(positive),
                      "connection_source": may(one_of("admin", "setup")), "provider_name": may(text)},
    "PUT database": {"name": may(text), "engine": may(text), "details": may(mapping), "is_full_sync": may(boolean), "is_on_demand": may(boolean),
                     "schedules": may(mapping), "description": may(lambda v: isinstance(v, str)), "settings": may(mapping)},
    "PUT field": {"semantic_type": may(lambda v: re.match(r"type/(PK|FK|Category|Source|Name|Quantity|Duration|CreationTimestamp)$", str(v))),
                  "fk_target_field_id": may(positive), "has_field_values": may(one_of("none", "list", "search", "auto-list")),
                  "description": may(text), "display_name": may(text), "visibility_type": may(one_of("normal", "details-only", "sensitive", "hidden"))},
    "POST collection": {"name": must(text), "description": may(text), "parent_id": may(positive), "namespace": may(text), "authority_level": may(text)},
    "PUT collection": {"name": (text, False), "description": may(text), "archived": may(boolean), "parent_id": may(positive), "authority_level": may(text)},
    "POST card": {"name": must(text), "type": may(text), "dataset_query": must(mapping), "entity_id": may(text), "parameters": may(a_list(fits(PARAMETER))),
                  "parameter_mappings": may(a_list(fits(MAPPING))), "description": may(text), "display": must(text), "visualization_settings": must(mapping),
                  "collection_id": may(positive), "collection_position": may(positive), "result_metadata": may(a_list(mapping)), "cache_ttl": may(positive),
                  "dashboard_id": may(positive), "dashboard_tab_id": may(positive)},
    "PUT card": {"name": may(text), "type": may(text), "dataset_query": may(mapping), "parameters": may(a_list(fits(PARAMETER))), "display": may(text),
                 "description": may(lambda v: isinstance(v, str)), "visualization_settings": may(mapping), "archived": may(boolean),
                 "collection_id": may(positive), "collection_position": may(positive), "dashboard_id": may(positive)},
    "POST query": {"ignore_cache": (boolean, False), "collection_preview": may(boolean), "dashboard_id": may(positive), "parameters": may(a_list(mapping))},
    "POST dashboard": {"name": must(text), "description": may(lambda v: isinstance(v, str)), "parameters": may(a_list(fits(PARAMETER))),
                       "cache_ttl": may(positive), "collection_id": may(positive), "collection_position": may(positive)},
    "PUT dashboard": {"name": may(text), "description": may(lambda v: isinstance(v, str)), "parameters": may(a_list(fits(PARAMETER))),
                      "archived": may(boolean), "collection_id": may(positive), "width": (one_of("fixed", "full"), False), "cache_ttl": may(positive),
                      "auto_apply_filters": may(boolean), "dashcards": may(a_list(fits(DASHCARD))), "tabs": may(a_list(fits(TAB)))},
}
FILTERS = ("all", "mine", "bookmarked", "database", "table", "archived", "using_model", "using_segment")


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(status)
        self.status, self.body = status, body


class Metabase:
    """Started when made. What a test turns on goes wrong; `log` has every request."""

    def __init__(self, cluster, dbname, role="sahut_reader", key="mb_secret", version="v0.58.3"):
        self.cluster, self.dbname, self.role, self.key, self.version = cluster, dbname, role, key, version
        self.superuser, self.setup_token = True, None
        self.settings = {"report-timezone": "Asia/Jakarta", "report-timezone-long": "Asia/Jakarta", "start-of-week": "monday"}
        self.databases, self.collections, self.cards, self.dashboards = {}, {}, {}, {}
        self.fields, self.tables = {}, {}
        self.next_id = 10
        self.log = []
        self.starting = 0          # so many times health answers 503
        self.polls_before_tables = 0  # so many times the catalogue is still without tables
        self.lose_answers = 0      # so many POSTs are done, and their answers lost
        self.throttle = 0          # so many requests are answered 429
        self.hidden = set()        # tables that an administrator hid
        self.sensitive = set()     # (table, column) that an administrator made sensitive
        self.unreachable = None    # what is said of a connection that cannot be made
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
            # R15: what runs a query is answered with 202.
            return 202 if path.endswith("/query") else 200, self.route(handler.command, path, url.query, body), {}
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
        # R10: an administrator sees report-timezone, which may be empty; everybody the long form and the first day of a week.
        return {"version": {"tag": self.version}, "setup-token": self.setup_token, "has-user-setup": self.setup_token is None,
                "token-features": {}, **self.settings}

    def user(self, _):
        return {"id": 1, "email": "api-key-user@api-key.invalid", "is_superuser": self.superuser}

    # ---- helpers ----

    @property
    def legacy(self):
        """Before 0.57 a query comes back as it was sent (R22)."""
        return int(self.version.split(".")[1]) < 57

    def new(self):
        self.next_id += 1
        return self.next_id

    def take(self, kind, body):
        """What an endpoint gets of a body: R1, what is not declared is dropped, at every level; R2, the rest must fit."""
        if not self.superuser:
            raise Refused(403, "You don't have permissions to do that.")
        schema, body = BODIES[kind], body if isinstance(body, dict) else {}
        taken = {k: v for k, v in body.items() if k in schema}
        for key, inner in (("dashcards", DASHCARD), ("tabs", TAB)):
            if isinstance(taken.get(key), list):
                taken[key] = [{k: v for k, v in x.items() if k in inner} if isinstance(x, dict) else x for x in taken[key]]
        for d in taken.get("dashcards") or []:
            if isinstance(d, dict) and isinstance(d.get("series"), list):
                d["series"] = [{"id": x.get("id")} for x in d["series"]]
        key = wrong(schema, taken)
        if key:
            raise Refused(400, {"errors": {key: "value must be of the declared kind."}, "specific-errors": {key: ["missing or invalid"]}})
        return taken

    @staticmethod
    def of(table, number):
        if not str(number).isdigit() or int(number) not in table:
            raise Refused(404, "Not found.")
        return table[int(number)]

    @staticmethod
    def archive(thing, body):
        """R20: only what is archived by itself shows up in the trash, and remembers its collection."""
        if "archived" in body and body["archived"] is not None and body["archived"] != thing.get("archived", False):
            thing["archived_directly"] = body["archived"]
            if body["archived"]:
                body.pop("collection_id", None)

    @staticmethod
    def in_trash(thing):
        return {**thing, "collection_id": TRASH} if thing.get("archived_directly") else dict(thing)

    # ---- databases ----

    def shown_database(self, database):
        details = {**database["details"]}
        if "password" in details:
            details["password"] = "**MetabasePass**"
        return {**database, "details": details}

    def list_databases(self, _):
        return {"data": [self.shown_database(d) for d in self.databases.values()], "total": len(self.databases)}

    def make_database(self, body):
        body = self.take("POST database", body)
        if self.unreachable:  # R3: the connection is tried first
            raise Refused(400, {"errors": {"host": self.unreachable}, "message": self.unreachable})
        number = self.new()
        self.databases[number] = {"id": number, "initial_sync_status": "complete", **body}
        self.left = self.polls_before_tables
        return self.shown_database(self.databases[number])

    def get_database(self, _, number):
        return self.shown_database(self.of(self.databases, number))

    def change_database(self, body, number):
        database, body = self.of(self.databases, number), self.take("PUT database", body)
        # R4: details are merged into those that are there; a masked password stands for the old one.
        sent = {k: v for k, v in (body.pop("details", None) or {}).items() if v != "**MetabasePass**"}
        database["details"].update(sent)
        database.update({k: v for k, v in body.items() if v is not None})
        return self.shown_database(database)

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
        # R5: hidden tables and sensitive columns only with include_hidden.
        everything = "include_hidden=true" in query
        shown = {t: [self.shown_field(x) for x in f if everything or (t, x["name"]) not in self.sensitive]
                 for t, f in tables.items() if everything or t not in self.hidden}
        return {**self.shown_database(database), "tables": [
            {"id": self.fields[t, None]["id"], "name": t, "schema": "sahut_report", "active": True,
             "visibility_type": "technical" if t in self.hidden else None, "fields": f} for t, f in shown.items()]}

    @staticmethod
    def shown_field(field):
        """R6: where nobody said whether there is a list of values, one is guessed and shown."""
        return {**field, "has_field_values": field["has_field_values"] or random.choice(["search", "auto-list", "none"])}

    def field_of(self, number):
        for (_, column), field in self.fields.items():
            if column and field["id"] == int(number):
                return field
        raise Refused(404, "Not found.")

    def get_field(self, _, number):
        return self.shown_field(self.field_of(number))

    def change_field(self, body, number):
        field, body = self.field_of(number), self.take("PUT field", body)
        target = body.get("fk_target_field_id", field["fk_target_field_id"])
        if target and target not in {f["id"] for (_, c), f in self.fields.items() if c}:  # R7
            raise Refused(400, {"errors": {"fk_target_field_id": "Invalid target field"}})
        if field["semantic_type"] == "type/FK" and body.get("semantic_type", "type/FK") != "type/FK":
            body["fk_target_field_id"] = None
        field.update(body)
        return self.shown_field(field)

    # ---- collections ----

    def list_collections(self, query):
        archived = "archived=true" in query  # R8: without it those in the trash are left out, and the trash itself
        if archived:
            return [{"id": TRASH, "name": "Trash", "type": "trash", "location": "/"}] + [c for c in self.collections.values() if c.get("archived")]
        return [{"id": "root", "name": "Our analytics"}] + [c for c in self.collections.values() if not c.get("archived")]

    def make_collection(self, body):
        body = self.take("POST collection", body)
        number, parent = self.new(), body.pop("parent_id", None)
        location = "/" if parent is None else f"{self.of(self.collections, parent)['location']}{parent}/"
        self.collections[number] = {"id": number, "location": location, "archived": False, **body}
        return self.collections[number]

    def get_collection(self, _, number):
        return self.of(self.collections, number)

    def change_collection(self, body, number):
        collection, body = self.of(self.collections, number), self.take("PUT collection", body)
        body.setdefault("archived", False)  # R24
        if body["archived"] and not collection["archived"]:
            self.trash_collection(number)
        elif collection["archived"] and not body["archived"]:
            self.restore_collection(number)
        collection.update({k: v for k, v in body.items() if k != "parent_id"})
        return collection

    def within(self, number):
        return {int(number)} | {c["id"] for c in self.collections.values() if f"/{number}/" in c["location"]}

    def trash_collection(self, number):
        """R21: with a collection goes all that is in it, and none of it is archived by itself."""
        gone = self.within(number)
        for c in gone:
            self.collections[c]["archived"] = True
        for thing in [*self.cards.values(), *self.dashboards.values()]:
            if thing["collection_id"] in gone and not thing["archived"]:
                thing.update(archived=True, archived_directly=False)

    def restore_collection(self, number):
        """R21: what went with it comes back with it."""
        back = self.within(number)
        for c in back:
            self.collections[c]["archived"] = False
        for thing in [*self.cards.values(), *self.dashboards.values()]:
            if thing["collection_id"] in back and not thing.get("archived_directly"):
                thing["archived"] = False

    def items(self, query, number):
        """R9: all of them, since no limit is asked for; what is in the trash by itself is left out."""
        collection = self.of(self.collections, number)
        models = urllib.parse.parse_qs(query).get("models", ["card", "dashboard"])
        if set(models) - ITEMS:
            raise Refused(400, {"errors": {"models": "value must be one of them."}})
        found = [{"id": x["id"], "name": x["name"], "model": model} for model, table in (("card", self.cards), ("dashboard", self.dashboards))
                 for x in table.values() if model in models and x["collection_id"] == int(number) and not x.get("archived_directly")
                 and bool(x["archived"]) == bool(collection["archived"])]
        return {"data": sorted(found, key=lambda x: (x["name"].lower(), x["id"])), "total": len(found) or None, "models": models}

    # ---- cards ----

    def shown_card(self, card):
        """R22: from 0.57 on a query comes back as MBQL 5. R23: its members and tags come in any order."""
        card = self.in_trash(card)
        native = card["dataset_query"]["native"]
        tags = list(native["template-tags"].items())
        random.shuffle(tags)
        if self.legacy:
            return {**card, "dataset_query": {**card["dataset_query"], "native": {**native, "template-tags": dict(tags)}}}
        tags = {n: {**t, "dimension": ["field", {"lib/uuid": "x"}, t["dimension"][1]]} for n, t in tags}
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
        tags = query["native"]["template-tags"]
        named = set(re.findall(r"{{\s*(\w+)\s*}}", query["native"]["query"]))
        if named != set(tags):
            raise Refused(400, {"errors": {"dataset_query": f"tags {sorted(named ^ set(tags))} do not agree."}})
        known = {f["id"] for (_, c), f in self.fields.items() if c}
        for name, tag in tags.items():  # R13, R14
            if tag["name"] != name or not text(tag.get("display-name")) or tag["dimension"][1] not in known or not text(tag.get("widget-type")):
                raise Refused(400, {"errors": {"dataset_query": f"tag {name} is of no field."}})

    def make_card(self, body):
        body = self.take("POST card", body)
        self.check_card(body)
        if body.get("collection_id") is not None:
            self.of(self.collections, body["collection_id"])
        # R12: an entity_id that was sent is dropped, and one is made.
        body.pop("entity_id", None)
        number = self.new()
        self.cards[number] = {"description": None, "collection_id": None, **body, "id": number, "archived": False,
                              "entity_id": "".join(random.choices(string.ascii_letters, k=21)), "database_id": body["dataset_query"]["database"]}
        return self.shown_card(self.cards[number])

    def list_cards(self, query):
        """R11: the cards of a database that are not archived, or all that are, each whole; only known filters."""
        asked = {k: v[0] for k, v in urllib.parse.parse_qs(query).items()}
        if asked.get("f", "all") not in FILTERS:
            raise Refused(400, {"errors": {"f": "value must be one of them."}})
        if asked["f"] == "archived":
            return [{**self.shown_card(c), "collection_id": c["collection_id"]} for c in self.cards.values() if c["archived"]]
        if not asked.get("model_id", "").isdigit():
            raise Refused(400, {"errors": {"model_id": "model_id is a required parameter when filter mode is 'database'"}})
        return [self.shown_card(c) for c in sorted(self.cards.values(), key=lambda c: c["name"].lower())
                if c["database_id"] == int(asked["model_id"]) and not c["archived"]]

    def get_card(self, _, key):
        return self.shown_card(self.find_card(key))

    def change_card(self, body, key):
        card, body = self.find_card(key), self.take("PUT card", body)
        if body.get("dataset_query"):
            self.check_card(body)
        self.archive(card, body)
        card.update({k: v for k, v in body.items() if v is not None or k == "description"})
        card["database_id"] = card["dataset_query"]["database"]
        return self.shown_card(card)

    def run_card(self, body, key):
        card = self.find_card(key)
        self.take("POST query", body)
        if card["name"] in self.broken_cards:  # R15: a query that fails is no failure of the call
            return {"status": "failed", "error": "ERROR: permission denied", "row_count": 0}
        if not self.runs_cards:
            return {"status": "completed", "row_count": 1}
        rows, columns = self.as_reader(re.sub(r"\[\[.*?\]\]", "", card["dataset_query"]["native"]["query"], flags=re.S))
        return {"status": "completed", "row_count": len(rows), "data": {"cols": [{"name": c} for c in columns]}}

    # ---- dashboards ----

    def shown_dashboard(self, dashboard):
        """R16: what shows a card in the trash is not shown, and each card comes whole with what shows it."""
        cards = [{**d, "card": self.shown_card(self.cards[d["card_id"]]) if d["card_id"] else None, "created_at": "2027-01-01T00:00:00Z",
                  "collection_authority_level": None, "series": [self.cards.get(x["id"], {"id": x["id"]}) for x in d.get("series") or []]}
                 for d in dashboard["dashcards"] if not (d["card_id"] and self.cards[d["card_id"]]["archived"])]
        random.shuffle(cards)
        return {**self.in_trash(dashboard), "dashcards": cards, "param_fields": {}, "last_used_param_values": {}}

    def make_dashboard(self, body):
        body = self.take("POST dashboard", body)  # dashcards sent along are not declared, so they are dropped (R1)
        if body.get("collection_id") is not None:
            self.of(self.collections, body["collection_id"])
        number = self.new()
        self.dashboards[number] = {"archived": False, "collection_id": None, "description": None, "parameters": [], **body, "id": number,
                                   "dashcards": [], "tabs": []}
        return self.shown_dashboard(self.dashboards[number])

    def list_dashboards(self, query):
        asked = urllib.parse.parse_qs(query).get("f", ["all"])[0]
        if asked not in ("all", "mine", "archived"):
            raise Refused(400, {"errors": {"f": "value must be one of them."}})
        return [{k: v for k, v in d.items() if k not in ("dashcards", "tabs")} for d in self.dashboards.values()
                if d["archived"] == (asked == "archived")]

    def get_dashboard(self, _, number):
        return self.shown_dashboard(self.of(self.dashboards, number))

    def change_dashboard(self, body, number):
        dashboard, body = self.of(self.dashboards, number), self.take("PUT dashboard", body)
        self.archive(dashboard, body)
        if body.get("archived") is not None:
            dashboard["archived"] = body["archived"]
        if body.get("dashcards") is not None:
            if dashboard["archived"]:  # R17
                raise Refused(404, {"message": "The object has been archived.", "error_code": "archived"})
            tabs = [{**t, "position": i} for i, t in enumerate(body.get("tabs") or [])]
            if len(tabs) == 1:
                for d in body["dashcards"]:
                    d["dashboard_tab_id"] = d.get("dashboard_tab_id") or tabs[0]["id"]
            if tabs and not all(d.get("dashboard_tab_id") for d in body["dashcards"]):  # R18
                raise Refused(400, "This dashboard has tab, makes sure every card has a tab")
            gone = {t["id"] for t in dashboard["tabs"]} - {t["id"] for t in tabs}
            dashboard["dashcards"] = [d for d in dashboard["dashcards"] if d.get("dashboard_tab_id") not in gone]
            dashboard["tabs"] = tabs
            self.lay(dashboard, body["dashcards"])
        dashboard.update({k: v for k, v in body.items() if k not in ("dashcards", "tabs") and v is not None})
        return self.shown_dashboard(dashboard)

    def lay(self, dashboard, sent):
        """R19: what is shown and not sent is taken away; what has no number that is there is new, and shows no card in the trash."""
        hidden = [d for d in dashboard["dashcards"] if d["card_id"] and self.cards[d["card_id"]]["archived"]]
        known = {d["id"]: d for d in dashboard["dashcards"] if d not in hidden}
        laid = []
        for d in sent:
            card = d.get("card_id")
            if card is not None and (card not in self.cards or (d["id"] not in known and self.cards[card]["archived"])):
                raise Refused(404, {"message": "The object has been archived.", "error_code": "archived"} if card in self.cards else "Not found.")
            if d["id"] in known:
                laid.append({**known[d["id"]], **d})
            else:
                laid.append({"card_id": None, "parameter_mappings": [], "visualization_settings": {}, "series": [], "dashboard_tab_id": None,
                             **d, "id": self.new(), "dashboard_id": dashboard["id"]})
        dashboard["dashcards"] = hidden + laid


# Methods that look at the query of the URL, and not at the body.
WANTS_QUERY = {"list_cards", "list_dashboards", "list_collections", "items", "metadata"}

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
    (r"GET /api/dashboard", "list_dashboards"),
    (r"GET /api/dashboard/(\d+)", "get_dashboard"),
    (r"PUT /api/dashboard/(\d+)", "change_dashboard"),
]

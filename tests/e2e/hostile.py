# SPDX-License-Identifier: MIT
"""An API that says whatever a test wants it to say, byte for byte.

The sandbox is the API as it is meant to be; this is the one for what is not:
items are raw bytes, and every part of an answer can be made a lie.
"""
import gzip
import json
import re
import threading
import time
import urllib.parse
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "sk_live_canary_7f3a"


class Answer:
    """What is sent back; a test may change any of it."""

    def __init__(self, body, status=200, headers=()):
        self.body, self.status = body, status
        self.headers = {"Content-Type": "application/json", "Date": formatdate(time.time(), usegmt=True), **dict(headers)}


def look(item, *path):
    """A member of an item's raw text, as well as Python can read it; the last of two equal keys."""
    try:
        value = json.loads(item.decode("utf-8", "replace"), strict=False)
    except ValueError:
        return None
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.api.requests.append((self.command, self.path, dict(self.headers)))
        answer = self.server.api.answer(self.path)
        body = answer.body
        if answer.headers.get("Content-Encoding") == "gzip" and not body.startswith(b"\x1f\x8b"):
            body = gzip.compress(body)
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            if value is not None:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PATCH = do_GET

    def log_message(self, *args):
        pass


class Hostile:
    """
    items: raw JSON texts, in the order of the list. The options, all of them lies or oddities:
      per_page_most   the server gives no larger pages than this
      total, total_pages, per_page, page   what meta says instead of the truth; None leaves it out
      date            what the Date header says; None leaves it out
      before, after   bytes around each page
      twist           a function from (path, Answer) to what is answered instead
    """

    def __init__(self, items, ssl=None, **options):
        self.items, self.options, self.requests = list(items), options, []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.api = self
        self.scheme = "https" if ssl else "http"
        if ssl:
            self.server.socket = ssl.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    @property
    def base_url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}/v1"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path):
        answer = self._answer(path)
        if "date" in self.options:
            answer.headers["Date"] = self.options["date"]
        twist = self.options.get("twist")
        return twist(path, answer) if twist else answer

    def _answer(self, path):
        where, _, query = path.partition("?")
        if where == "/v1/conversations":
            return self._list({k: v[-1] for k, v in urllib.parse.parse_qs(query, keep_blank_values=True).items()})
        match = re.fullmatch(r"/v1/conversations/([^/]+)", where)
        wanted = urllib.parse.unquote(match.group(1)) if match and not query else None
        for item in self.items:
            if wanted is not None and look(item, "id") == wanted:
                return Answer(b'{"data":' + item + b"}")
        return Answer(b'{"error":{"code":"not_found","message":"No such conversation","status":404}}', 404)

    def _list(self, query):
        rows = [i for i in self.items if self._passes(i, query)]
        asked = int(query.get("per_page", 25))
        size, page = min(asked, self.options.get("per_page_most", 100)), int(query.get("page", 1))
        meta = {"total": len(rows), "page": page, "per_page": size, "total_pages": -(-len(rows) // size)}
        for key in meta:
            if key in self.options and (asked > 1 or key != "total"):
                meta[key] = self.options[key]
        meta = {k: v for k, v in meta.items() if v is not None}
        data = b",".join(rows[(page - 1) * size:page * size])
        body = b'{"data":[' + data + b'],"meta":' + json.dumps(meta).encode() + b"}"
        return Answer(self.options.get("before", b"") + body + self.options.get("after", b""))

    @staticmethod
    def _passes(item, query):
        filters = {"status": ("status",), "channel_id": ("channel", "id"), "assignee_id": ("assignee", "id")}
        for key, path in filters.items():
            if key in query and look(item, *path) != (None if query[key] == "unassigned" else query[key]):
                return False
        return True

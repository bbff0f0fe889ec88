# SPDX-License-Identifier: MIT
"""What the API, and the wire to it, can do to us: one row, one case.

TRANSIENT: it happens once, in the middle of a first load, which tries again and ends equal.
LASTING: it stays. The cycle ends with the exit code and the words of the row, vouches for nothing it does not hold, loses
nothing; and when the fault is over the next cycle ends equal.
"""
import contextlib
import datetime
import email.utils
import gzip
import re
import socket
import ssl
import subprocess
import threading
import time

import pytest

import proxy as wire
from cluster import free_port
from daemon import Daemon, wait_for
from etl import assert_equal
from proxy import Proxy
from test_metrics import number
from truth import assert_promise, assert_quiet, forget

ROWS = 330  # four pages

slow = pytest.mark.slow


def answer(head, body=b""):
    return b"HTTP/1." + head.encode() + b"\r\n\r\n" + body


JSON = "Content-Type: application/json"
BOMB = gzip.compress(b" " * (64 << 20), 9)
HALF = gzip.compress(b'{"data":[' + b" " * 9999)[:-20]


def api(kind, **how):
    """A fault of the sandbox's own, on the second list and after."""
    return lambda at: at.sandbox.fault(kind, **{"match": "list", "after": 1, "times": at.times, **how})


def on_wire(kind, **how):
    return lambda at: at.wire.spoil(kind, **{"times": at.times, **how})


def retry_after_date(at):
    now = datetime.datetime.fromisoformat(at.sandbox.control("clock", {"advance": 0})["now"]).timestamp()
    at.sandbox.fault("status", match="list", after=1, times=at.times, status=429, retry_after=email.utils.formatdate(now + 2, usegmt=True))


def idle_connection_dies(at):
    """The server closes the connection that was kept open, while we wait to try again."""
    at.sandbox.fault("status", match="list", after=1, status=503, retry_after="1")
    at.meanwhile = lambda: at.wire.cut_all() if at.sandbox.stats()["by_status"].get("503") else None


# name, what happens, how often a request is sent again (None: once or more; "any": a connection that was kept open may end at
# any time, and libcurl itself sends again what was lost with it), of them after a 429
TRANSIENT = [
    ("reset_before_the_answer", on_wire(wire.reset), None, 0),
    ("reset_in_the_headers", on_wire(wire.reset, after=60), None, 0),
    ("reset_in_the_body", on_wire(wire.reset, after=5000), None, 0),
    ("end_in_the_headers", on_wire(wire.truncate, after=60), None, 0),
    ("end_in_the_body", on_wire(wire.truncate, after=5000), None, 0),
    ("nothing_is_said", api("hang_up"), "any", 0),
    ("cut_short", api("cut", bytes=999), 1, 0),
    ("cut_short_where_nothing_says_how_long", on_wire(wire.say, held=answer("0 200 OK\r\n" + JSON, b'{"data":[')), None, 0),
    ("cut_short_in_a_chunk",
     on_wire(wire.say, held=answer("1 200 OK\r\nTransfer-Encoding: chunked\r\n" + JSON, b"40\r\n{\"data\":[")), None, 0),
    ("cut_short_in_gzip", on_wire(wire.say, held=answer("0 200 OK\r\nContent-Encoding: gzip\r\n" + JSON, HALF)), None, 0),
    ("not_gzip_at_all", on_wire(wire.say, held=answer("0 200 OK\r\nContent-Encoding: gzip\r\n" + JSON, b"{}")), None, 0),
    ("not_http", on_wire(wire.say, held=b"SSH-2.0-OpenSSH_9.2\r\n"), None, 0),
    ("a_total_is_misspelt_on_the_way", on_wire(wire.replace, held=(b'"total"', b'"tota1"')), None, 0),
    ("a_key_is_misspelt_on_the_way", on_wire(wire.replace, held=(b'"data"', b'"dat4"')), None, 0),
    ("answers_are_late", on_wire(wire.delay, seconds=0.3), 0, 0),
    ("answers_trickle", on_wire(wire.trickle, seconds=0.001, piece=500), 0, 0),
    ("requests_trickle", on_wire(wire.trickle, answer=False, seconds=0.001, piece=10), 0, 0),
    ("idle_connection_dies", idle_connection_dies, None, 0),
    ("status_408", api("status", status=408), 1, 0),
    pytest.param("status_425", api("status", status=425), 1, 0, marks=slow),
    ("status_500", api("status", status=500), 1, 0),
    ("status_502_without_an_error_object", api("status", status=502, body="<html>Bad Gateway</html>", content_type="text/html"), 1, 0),
    ("status_503", api("status", status=503), 1, 0),
    ("status_503_retry_after", api("status", status=503, retry_after="1"), 1, 0),
    pytest.param("status_504", api("status", status=504), 1, 0, marks=slow),
    ("status_429_seconds", api("status", status=429, retry_after="1"), 1, 1),
    ("status_429_date", retry_after_date, 1, 1),
    ("status_200_empty", api("empty"), 1, 0),
    ("status_200_html", api("body", body="<html>Log in to the hotel's network</html>", content_type="text/html"), 1, 0),
    ("broken_json", api("body", body='{"data":[{"id":'), 1, 0),
    pytest.param("status_429_without_retry_after", api("status", status=429), 1, 1, marks=slow),
    pytest.param("status_429_retry_after_zero", api("status", status=429, retry_after="0"), 1, 1, marks=slow),
    pytest.param("status_429_retry_after_negative", api("status", status=429, retry_after="-5"), 1, 1, marks=slow),
    pytest.param("status_429_retry_after_a_past_date",
                 api("status", status=429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"), 1, 1, marks=slow),
    pytest.param("black_hole_before_the_answer", on_wire(wire.black_hole), None, 0, marks=slow),
    pytest.param("black_hole_in_the_body", on_wire(wire.black_hole, after=9000), None, 0, marks=slow),
    pytest.param("answers_trickle_for_ever", on_wire(wire.trickle, after=100, seconds=0.1), None, 0, marks=slow),
]


def page(data, total=ROWS, pages=4, per_page=100):
    return f'{{"data":{data},"meta":{{"total":{total},"page":1,"per_page":{per_page},"total_pages":{pages}}}}}'


def unresolvable(at):
    at.point("https://sahut.invalid/v1")


def refused(at):
    at.wire.refuse()


class Handshakes:
    """A server that gets no further than TLS, and tells by an alert why; what serves with asyncio may close without one.
    Without a context it always does, after an answer that is no TLS if it has one: what libmicrohttpd says to a greeting, if it
    says anything, depends on the bytes of the greeting."""

    def __init__(self, context, answer=b""):
        self.context, self.answer, self.listener = context, answer, socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                if self.context:
                    self.context.wrap_socket(connection, server_side=True)
                else:
                    connection.recv(65536)
                    connection.sendall(self.answer)

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()


def tls(at, name, options=(), ca=True, host="localhost", version=None):
    """The API behind TLS with a certificate that is made now."""
    d = at.directory
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{d}/{name}.key", "-out", f"{d}/{name}.crt",
                    "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}", *(options or ("-days", "2"))], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{d}/{name}.crt", f"{d}/{name}.key")
    if version:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    at.secure = Handshakes(context) if version else Proxy(("127.0.0.1", at.wire.target[1]), tls=context)
    at.etl.extra = f"http: {{ca_file: {d}/{name}.crt}}\n" if ca else ""
    at.point(f"https://localhost:{at.secure.port}/v1")


def tls_is_not_spoken(at):
    at.secure = Handshakes(None, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    at.point(f"https://localhost:{at.secure.port}/v1")


def tls_breaks_off(at):
    at.secure = Handshakes(None)
    at.point(f"https://localhost:{at.secure.port}/v1")


def tls_expired(at):
    d = at.directory
    # A certificate that ended yesterday has to be signed by hand: req -x509 only knows how long from now.
    with open(f"{d}/ca.cnf", "w") as f:
        f.write("[ca]\ndefault_ca=x\n[x]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\ncopy_extensions=copy\n"
                "[p]\ncommonName=supplied\n")
    open(f"{d}/index", "w").close()
    tls(at, "old")
    subprocess.run(["openssl", "req", "-new", "-key", f"{d}/old.key", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out",
                    f"{d}/old.csr"], check=True, capture_output=True)
    subprocess.run(["openssl", "ca", "-batch", "-config", "ca.cnf", "-selfsign", "-keyfile", "old.key", "-in", "old.csr", "-out", "old.crt",
                    "-startdate", "20200101000000Z", "-enddate", "20210101000000Z", "-notext", "-create_serial"], cwd=d, check=True,
                   capture_output=True)
    at.secure.stop()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{d}/old.crt", f"{d}/old.key")
    at.secure = Proxy(("127.0.0.1", at.wire.target[1]), tls=context)
    at.point(f"https://localhost:{at.secure.port}/v1")


def ca_missing(at):
    at.etl.extra = "http: {ca_file: /nonexistent/ca.pem}\n"
    at.etl.write()


def behind_a_proxy(status):
    """The way to the API leads through a proxy, which answers CONNECT with STATUS; None: it is not there."""
    def set_up(at):
        if status:
            at.wire.spoil(wire.say, times=0, held=answer(f"1 {status}\r\nContent-Length: 0"))
        else:
            at.wire.refuse()
        at.etl.extra = f'http: {{proxy: "http://127.0.0.1:{at.wire.port}"}}\n'
        at.point("https://api.sahut.invalid/v1")
    return set_up


# name, what happens, exit, what is said, kind in the log (None: it ends before there is a cycle)
LASTING = [
    ("status_400", api("status", status=400), 65, "the API answers 400 bad_request", "data"),
    ("status_401", api("status", status=401), 77, "the API answers 401 unauthorized", "denied"),
    ("status_403", api("status", status=403), 77, "the API answers 403 forbidden", "denied"),
    ("status_404", api("status", status=404), 65, "the API answers 404 not_found", "missing"),
    ("status_410", api("status", status=410), 65, "the API answers 410", "missing"),
    ("status_422", api("status", status=422), 65, "the API answers 422 validation_error", "data"),
    ("status_418", api("status", status=418, body="teapot"), 65, "the API answers 418 without an error object", "data"),
    ("status_204", on_wire(wire.say, held=answer("1 204 No Content")), 65, "the API answers 204", "data"),
    ("status_304", on_wire(wire.say, held=answer("1 304 Not Modified")), 78, "the API answers 304", "config"),
    ("status_500", api("status", status=500), 69, "the API answers 500 server_error", "unavailable"),
    ("status_429_for_an_hour", api("status", status=429, retry_after="3600"), 75, "the API answers 429 rate_limited", "slow_down"),
    ("status_429_for_ages", api("status", status=429, retry_after="99999999999999999999"), 75, "the API answers 429 rate_limited", "slow_down"),
    ("redirect_301", api("redirect", status=301, location="http://127.0.0.1:1/v1"), 78, "a redirect to http://127.0.0.1:1/v1, which is not", "config"),
    pytest.param("redirect_308", api("redirect", status=308, location="https://evil.example/v1"), 78, "a redirect to https://evil.example/v1", "config", marks=slow),
    ("redirect_to_a_file", api("redirect", location="file:///etc/passwd"), 78, "a redirect to file:///etc/passwd", "config"),
    ("html_every_time", api("body", body="<html>Log in</html>", content_type="text/html"), 65, "page 2 of the list: ", "data"),
    ("json_cut_off", api("body", body='{"data":['), 65, "page 2 of the list: ", "data"),
    pytest.param("json_with_a_trailing_comma", api("body", body=page("[],")), 65, "page 2 of the list: ", "data", marks=slow),
    pytest.param("json_with_a_comment", api("body", body=page("[] /* none */")), 65, "page 2 of the list: ", "data", marks=slow),
    pytest.param("json_with_something_behind_it", api("body", body=page("[]") + "x"), 65, "page 2 of the list: ", "data", marks=slow),
    pytest.param("json_with_single_quotes", api("body", body=page("[{'id':'a'}]")), 65, "page 2 of the list: ", "data", marks=slow),
    pytest.param("json_with_nan", api("body", body=page("[NaN]")), 65, "page 2 of the list: ", "data", marks=slow),
    ("json_that_nests_for_ever", api("body", body=page("[" * 5000 + "]" * 5000)), 65, "page 2 of the list: ", "data"),
    pytest.param("json_of_another_kind", api("body", body='"maintenance"'), 65, "page 2 of the list: ", "data", marks=slow),
    ("data_is_no_list", api("body", body=page('{"a":1}')), 65, r"page 2 of the list: \$\.data", "data"),
    ("meta_is_missing", api("body", body='{"data":[]}'), 65, r"page 2 of the list: \$\.meta", "data"),
    ("total_is_a_word", api("body", body=page("[]", total='"many"')), 65, r"page 2 of the list: \$\.meta\.total", "data"),
    pytest.param("total_is_negative", api("body", body=page("[]", total=-1)), 65, r"page 2 of the list: \$\.meta\.total", "data", marks=slow),
    ("a_bomb", on_wire(wire.say, held=answer("0 200 OK\r\nContent-Encoding: gzip\r\n" + JSON, BOMB)), 65, "the reply is larger than 8388608 bytes",
     "data"),
    ("tls_unknown_ca", lambda at: tls(at, "stranger", ca=False), 78, "certificate", "config"),
    ("tls_wrong_host", lambda at: tls(at, "other", host="other.example"), 78, "(?i)certificate|subject name", "config"),
    ("tls_expired", tls_expired, 78, "certificate has expired", "config"),
    ("tls_1_1_only", lambda at: tls(at, "ancient", version=ssl.TLSVersion.TLSv1_1), 78, "(?i)ssl|tls", "config"),
    ("tls_is_not_spoken", tls_is_not_spoken, 78, "(?i)ssl|tls", "config"),
    ("ca_file_missing", ca_missing, 78, "ca_file: /nonexistent/ca.pem cannot be read", None),
    ("http_to_another_host", lambda at: at.point("http://api.example/v1"), 78, "only https://", None),
    ("proxy_407", behind_a_proxy("407 Proxy Authentication Required"), 77, "407", "denied"),
    pytest.param("refused", refused, 69, "(?i)connect", "unavailable", marks=slow),
    pytest.param("tls_breaks_off", tls_breaks_off, 69, "(?i)ssl|tls", "unavailable", marks=slow),
    pytest.param("no_such_host", unresolvable, 69, "(?i)resolve", "unavailable", marks=slow),
    pytest.param("reset_every_time", on_wire(wire.reset), 69, "127.0.0.1", "unavailable", marks=slow),
    pytest.param("headers_without_end", on_wire(wire.say, held=answer("1 200 OK\r\n" + "\r\n".join(f"X-{i}: {'x' * 1000}" for i in range(500)))), 65,
                 "more than 262144 bytes of headers", "data", marks=slow),
    pytest.param("proxy_down", behind_a_proxy(None), 69, "(?i)connect", "unavailable", marks=slow),
]


def named(rows):
    """The names of the cases."""
    return [getattr(row, "values", row)[0] for row in rows]


class At:
    """The scene: a sandbox, the wire in front of it, and a warehouse."""

    def __init__(self, sandbox, etl, directory):
        self.sandbox, self.etl, self.directory = sandbox, etl, str(directory)
        host, port = sandbox.base_url.split("/")[2].split(":")
        self.wire = Proxy((host, int(port)))
        self.secure = None
        self.meanwhile = None
        self.times = 1
        self.point(f"http://127.0.0.1:{self.wire.port}/v1")

    def point(self, base_url):
        self.etl.workspaces[0]["base_url"] = base_url
        self.etl.write()

    def heal(self):
        self.sandbox.control("fault", method="DELETE")
        self.wire.heal()
        self.etl.extra = ""
        self.point(self.sandbox.base_url)
        # What a 429 asked for is kept, in the warehouse, for whoever comes next.
        self.etl.sql("update sahut_etl.quota set paused_until = null, slow_until = null")

    def stop(self):
        self.wire.stop()
        if self.secure:
            self.secure.stop()

    def sync(self, *options):
        """One cycle; what happens meanwhile happens."""
        process = self.etl.start("sync", *options)
        while self.meanwhile and process.poll() is None:
            self.meanwhile()
            time.sleep(0.02)
        out, err = process.communicate(timeout=240)
        return process.returncode, err


@pytest.fixture
def at(sandboxes, warehouse, tmp_path):
    sandbox = sandboxes(conversations=ROWS)
    scene = At(sandbox, warehouse(sandbox.base_url, max_in_flight=1), tmp_path)
    yield scene
    scene.stop()


@pytest.mark.parametrize("name, happens, retried, throttled", TRANSIENT, ids=named(TRANSIENT))
def test_once(at, name, happens, retried, throttled):
    happens(at)
    code, err = at.sync()
    assert code == 0, err
    again, slowed = at.etl.sql("select retried, throttled from sahut_etl.run")[0]
    assert retried == "any" or (again >= 1 if retried is None else again == retried)
    assert slowed == throttled
    at.heal()
    assert_equal(at.etl, at.sandbox)
    assert_promise(at.etl, at.sandbox)
    assert_quiet(at.etl)


@pytest.mark.parametrize("name, happens, exits, says, kind", LASTING, ids=named(LASTING))
def test_for_good(at, name, happens, exits, says, kind):
    at.etl.run("sync")
    before = at.etl.one("select complete_as_of from sahut_etl.workspace")
    at.sandbox.change("update", 25)
    at.sandbox.change("resolve", 5)
    at.sandbox.control("clock", {"advance": 600})
    at.sandbox.reset_stats()
    at.times = 0
    happens(at)
    code, err = at.sync("--full")
    assert code == exits, err
    assert re.search(says, err), err
    assert sum(1 for line in err.splitlines() if "level=" in line) <= 2, err
    if kind:
        assert f" error={kind}" in err and " event=cycle_failed" in err, err
        state = "partial" if kind == "slow_down" else "failed"
        assert at.etl.sql("select state, error_kind from sahut_etl.run order by id desc limit 1") == [(state, kind)]
    assert at.sandbox.stats()["requests"] <= 7
    assert at.etl.one("select complete_as_of from sahut_etl.workspace") == before
    assert_promise(at.etl, at.sandbox)
    assert_quiet(at.etl)
    at.heal()
    at.etl.run("sync")
    assert_equal(at.etl, at.sandbox)
    assert_promise(at.etl, at.sandbox)


# name, what happens to the daemon's first cycle, and what its metrics then say
COUNTED = [
    ("sent_again", api("status", status=500), {"requests_retried_total": 1, "requests_throttled_total": 0, "consecutive_failures": 0}),
    ("throttled", api("status", status=429, retry_after="1"), {"requests_retried_total": 1, "requests_throttled_total": 1, "consecutive_failures": 0}),
    ("denied", api("status", status=401, times=0), {"requests_retried_total": 0, "consecutive_failures": 1}),
    ("broken", api("body", body="{", times=0), {"requests_retried_total": 2, "consecutive_failures": 1}),
]


@pytest.mark.parametrize("name, happens, says", COUNTED, ids=named(COUNTED))
def test_counted(at, name, happens, says):
    port = free_port()
    at.etl.extra = f'metrics: {{listen: "127.0.0.1:{port}"}}\n'
    at.etl.write()
    happens(at)
    daemon = Daemon(at.etl)
    try:
        outcome = "failed" if says["consecutive_failures"] else "ok"
        ended = f'sahut_etl_cycles_total{{workspace="utama",kind="incremental",outcome="{outcome}"}}'
        wait_for(lambda: number(port, ended), "the end of the first cycle")
        assert {what: number(port, f'sahut_etl_{what}{{workspace="utama"}}') for what in says} == says
        assert number(port, "sahut_etl_warehouse_up") == 1
        assert daemon.stop() == 0
    finally:
        daemon.end()

# SPDX-License-Identifier: MIT
"""An API whose answers are an attack, byte for byte and on demand: `Attacker.mode` names what the next request meets.

Each attack is a function of a connection, which has heard a request; it writes what it likes. What is written in vain, since the
other end has gone, ends the attack.
"""
import gzip
import io
import re
import socket
import threading
import time
import zlib
from email.utils import formatdate

ATTACKS = {}
KB, MB = 1 << 10, 1 << 20


def attack(function):
    ATTACKS[function.__name__] = function
    return function


def head(*lines, status="200 OK", date=True):
    fixed = [f"HTTP/1.1 {status}", "Content-Type: application/json"] + ([f"Date: {formatdate(usegmt=True)}"] if date else [])
    return "\r\n".join([*fixed, *lines, "", ""]).encode()


def say(c, body, *lines, **more):
    c.sendall(head(f"Content-Length: {len(body)}", *lines, **more) + body)


def row(number=1, more=b""):
    return b'{"id":"c_%d","status":"open","created_at":"2024-03-15T08:30:00Z","updated_at":"2024-03-16T01:02:03Z"%s}' % (number, more)


def page(rows, total=None, after=b""):
    data = b",".join(rows) if isinstance(rows, list) else rows
    n = total if total is not None else (len(rows) if isinstance(rows, list) else 1)
    return b'{"data":[%s],"meta":{"total":%d,"page":1,"per_page":100,"total_pages":1}}%s' % (data, n, after)


GOOD = page([row()])


def flood(c, first, piece, seconds=120):
    """A beginning, and then the same for as long as anybody listens."""
    c.sendall(first)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        c.sendall(piece)


# ---- headers ----

@attack
def header_line(c):
    say(c, GOOD, "X-Big: " + "a" * 103000)


@attack
def status_line(c):
    say(c, GOOD, status="200 " + "a" * 103000)


@attack
def location(c):
    say(c, b"", "Location: https://elsewhere.example/" + "a" * 103000, status="302 Found")


@attack
def set_cookie(c):
    say(c, GOOD, "Set-Cookie: a=" + "a" * 103000)


@attack
def www_authenticate(c):
    say(c, b"", "WWW-Authenticate: Basic realm=" + "a" * 103000, status="401 Unauthorized")


@attack
def header_folded(c):
    say(c, GOOD, "X-Folded: a\r\n  b\r\n\tc")


@attack
def header_nul(c):
    c.sendall(head("X-Nul: a\0b", f"Content-Length: {len(GOOD)}") + GOOD)


@attack
def headers_a_million(c):
    c.sendall(head()[:-2])
    for _ in range(1000):
        c.sendall(b"X-N: 1\r\n" * 1000)
    c.sendall(b"Content-Length: 0\r\n\r\n")


@attack
def headers_endless(c):
    flood(c, head()[:-2], b"X-N: 1\r\n" * 1000)


@attack
def informational_flood(c):
    flood(c, b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" * 500)


@attack
def continue_flood(c):
    flood(c, b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


@attack
def switching_protocols(c):
    c.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")


# ---- the end of the body ----

CHUNKED = "Transfer-Encoding: chunked"


def chunk(body):
    return b"%x\r\n%s\r\n" % (len(body), body)


@attack
def trailers_endless(c):
    flood(c, head(CHUNKED) + chunk(GOOD) + b"0\r\n", b"X-T: " + b"a" * 1000 + b"\r\n")


@attack
def trailer_line(c):
    c.sendall(head(CHUNKED) + chunk(GOOD) + b"0\r\nX-T: " + b"a" * 9000 + b"\r\n\r\n")


@attack
def chunk_nonsense(c):
    c.sendall(head(CHUNKED) + b"zz\r\n" + GOOD + b"\r\n0\r\n\r\n")


@attack
def chunk_too_large(c):
    c.sendall(head(CHUNKED) + b"ffffffffffffffffff\r\n" + GOOD)


@attack
def chunk_extensions(c):
    c.sendall(head(CHUNKED))
    for i in range(0, len(GOOD), 8):
        part = GOOD[i:i + 8]
        c.sendall(b"%x;%s\r\n%s\r\n" % (len(part), b"e=" + b"a" * 8000, part))
    c.sendall(b"0\r\n\r\n")


@attack
def chunk_extension_endless(c):
    flood(c, head(CHUNKED) + b"5;", b"a" * 65536)


@attack
def length_short(c):
    c.sendall(head(f"Content-Length: {len(GOOD) - 5}") + GOOD)


@attack
def length_long(c):
    c.sendall(head(f"Content-Length: {len(GOOD) + 5}", "Connection: close") + GOOD)


@attack
def length_negative(c):
    c.sendall(head("Content-Length: -1") + GOOD)


@attack
def length_huge(c):
    c.sendall(head("Content-Length: 9223372036854775807") + GOOD)


@attack
def length_double(c):
    c.sendall(head(f"Content-Length: {len(GOOD)}", f"Content-Length: {len(GOOD) + 7}") + GOOD)


@attack
def answer_nobody_asked_for(c):
    say(c, GOOD)
    say(c, page([row(666)]))


@attack
def body_endless(c):
    flood(c, head("Connection: close"), b" " * 65536)


@attack
def not_http(c):
    c.sendall(b"\x00\x01\x02 this is no protocol\r\n" * 100)


@attack
def http_0_9(c):
    c.sendall(GOOD)


# ---- what it is packed in ----

def squeezed(parts):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as f:
        for part in parts:
            f.write(part)
    return out.getvalue()


BOMB = squeezed([b" " * MB] * 512)


@attack
def bomb(c):
    say(c, BOMB, "Content-Encoding: gzip")


@attack
def bomb_in_an_error(c):
    say(c, BOMB, "Content-Encoding: gzip", status="500 Internal Server Error")


@attack
def empty_blocks(c):
    """A compressed body that never says anything: deflate's stored blocks of no bytes."""
    flood(c, head("Content-Encoding: gzip", "Connection: close") + b"\x1f\x8b\x08\0\0\0\0\0\0\3", b"\0\0\0\xff\xff" * 10000)


@attack
def chunks_of_one_byte(c):
    """As wasteful as a server can be that means well."""
    body = page([row(i, b',"x":"%s"' % (b"a" * 2000)) for i in range(100)])
    c.sendall(head(CHUNKED) + b"".join(b"1\r\n%c\r\n" % b for b in body) + b"0\r\n\r\n")


@attack
def bomb_in_a_bomb(c):
    say(c, squeezed([BOMB]), "Content-Encoding: gzip, gzip")


@attack
def encodings_twenty(c):
    say(c, GOOD, "Content-Encoding: " + ", ".join(["gzip"] * 20))


@attack
def deflate(c):
    say(c, zlib.compress(b" " * (64 * MB), 9), "Content-Encoding: deflate")


@attack
def brotli(c):
    say(c, GOOD, "Content-Encoding: br")


@attack
def zstd(c):
    say(c, GOOD, "Content-Encoding: zstd")


# ---- pages ----

@attack
def keys_a_million(c):
    say(c, page([row(1, b"".join(b',"k%d":0' % i for i in range(1000000)))]))


# The heaviest that is allowed: pages of nearly eight MiB, or of nearly 200,000 values, and so many of them that all slots are in flight.
HEAVIEST = {}
PAGES = 17


def heaviest(name, make, most=1000):
    """Pages of as many rows as one may have; each is made of its number."""
    rows = min(most, (8 * MB - 200) // (len(make(10 ** 6)) + 1))

    def tell(c):
        data = [make(10000 + c.page * 1000 + i) for i in range(rows if c.page <= PAGES else 0)]
        say(c, b'{"data":[%s],"meta":{"total":%d,"page":%d,"per_page":%d,"total_pages":%d}}' % (b",".join(data), rows * PAGES, c.page, rows, PAGES))
    HEAVIEST[name] = ATTACKS[name] = tell


heaviest("heavy_in_every_slot", lambda i: row(i, b',"x":[%s],"y":"%s"' % (b"{}," * 1899 + b"{}", b"a" * 160000)))
heaviest("heavy_objects", lambda i: row(i, b',"x":[%s],"y":"%s"' % (b"{}," * 979 + b"{}", b"a" * 80000)), most=100)
heaviest("heavy_texts", lambda i: row(i, b',"x":"%s"' % (b"a" * (4 * MB - 500))))
heaviest("heavy_escapes", lambda i: row(i, b',"x":"%s"' % (b"\\u0001" * (600 * KB))))
heaviest("heavy_members", lambda i: row(i, b"".join(b',"k%d":"%s"' % (k, b"a" * 70) for k in range(980))), most=100)
heaviest("heavy_numbers", lambda i: row(i, b',"x":[%s],"y":"%s"' % (b"1e300," * 1949 + b"1e300", b"a" * 60000)), most=100)
heaviest("heavy_labels", lambda i: row(i, b',"labels":[%s]' % b",".join(b'"%03d"' % k for k in range(1000))), most=100)
heaviest("heavy_rows", lambda i: row(i, b',"x":"%s"' % (b"a" * 8000)))


def too_many(values):
    """Pages of nearly eight MiB that PostgreSQL would read for seconds, each: a million values and more, in items that are none too large."""
    rows = min(1000, (8 * MB - 200) // (len(row(1000, values)) + 1))

    def tell(c):
        say(c, page([row(10000 + c.page * 1000 + i, values) for i in range(rows if c.page <= PAGES else 0)], total=rows * PAGES))
    return tell


for name, values in {"objects": b',"x":[%s]' % (b"{}," * 9399 + b"{}"), "numbers": b',"x":[%s]' % (b"1e300," * 12999 + b"1e300"),
                     "members": b"".join(b',"k%d":0' % k for k in range(900))}.items():
    ATTACKS[f"too_many_{name}"] = too_many(values)


@attack
def suspects_of_4_mb(c):
    """A list that shows nothing, so that each conversation is asked for by itself, and each is as large as one may be."""
    if c.item:
        say(c, b'{"data":%s}' % row(int(c.item.split(b"_")[1]), b',"x":"%s"' % (b"a" * (4 * MB - 500))))
    else:
        say(c, page([row()]))


@attack
def objects_a_million(c):
    say(c, page([row(1, b',"x":[%s]' % b",".join([b"{}"] * 1000000))]))


@attack
def arrays_a_million(c):
    say(c, page([row(1, b',"x":[%s]' % b",".join([b"[]"] * 1000000))]))


@attack
def string_of_28_mb(c):
    say(c, page([row(1, b',"x":"%s"' % (b"a" * (28 * MB)))]))


@attack
def nul_escapes(c):
    say(c, page([row(1, b',"x":"%s"' % (b"\\u0000" * (5 * MB)))]))


@attack
def labels_a_million(c):
    say(c, page([row(1, b',"labels":[%s]' % b",".join(b'"l%d"' % i for i in range(1000000)))]))


@attack
def labels_of_20_kb(c):
    say(c, page([row(1, b',"labels":[%s]' % b",".join(b'"%04d%s"' % (i, b"a" * (20 * KB)) for i in range(1000)))]))


@attack
def labels_a_million_in_sum(c):
    """No item has more than it may have, and the page has ten times as many."""
    labels = b",".join(b'"%03d"' % k for k in range(1000))
    say(c, page([row(i, b',"labels":[%s]' % labels) for i in range(1000)]))


@attack
def rows_two_million(c):
    say(c, page(b",".join([b"{}"] * 2000000)))


@attack
def numbers_without_end(c):
    say(c, page([row(1, b',"x":[%s]' % b",".join([b"1e8000"] * 200000))]))


@attack
def digits_a_million(c):
    say(c, page([row(1, b',"x":%s' % (b"7" * 1000000))]))


@attack
def pages_without_end(c):
    """Rows that nobody has seen, and a total that is always a million ahead of them."""
    first = c.page * 1000
    say(c, b'{"data":[%s],"meta":{"total":%d,"page":%d,"per_page":100}}'
        % (b",".join(row(first + i) for i in range(100)), first + 1000000, c.page))


@attack
def keys_odd(c):
    odd = [b"\\u0000", b"", b"\\ud800", b"\\u202e", b"a\\u0000b", b"__proto__", b"id\\u0000", b"a" * 100000]
    say(c, page([row(i, b',"%s":1' % k) for i, k in enumerate(odd)]))


@attack
def depth(c):
    say(c, page([row(1, b',"x":' + b"[" * 100000 + b"]" * 100000)]))


@attack
def deep_objects(c):
    say(c, page([row(1, b',"x":' + b'{"a":' * 100000 + b"1" + b"}" * 100000)]))


@attack
def keys_twice(c):
    say(c, b'{"data":[],"data":[%s],"meta":{"total":1,"total":9,"page":1,"per_page":100}}' % row())


@attack
def numbers_odd(c):
    say(c, page([row(i, b',"x":%s' % n) for i, n in enumerate([b"1e400", b"1e999999999999", b"-0", b"1180591620717411303424", b"0.1e-9999"])]))


@attack
def id_of_100_000(c):
    say(c, page([b'{"id":"%s","status":"open","created_at":"2024-03-15T08:30:00Z"}' % (b"a" * 100000)]))


@attack
def ids_odd(c):
    odd = [b"..", b"../x", b"%2e%2e", b"a/b", b"a?b", b"a#b", b" ", b"\\u0000", b"\\u202e", b"\\ud800", b"';--", b"\\\\N", b"\\t", b"{}", b"NULL"]
    say(c, page([b'{"id":"%s","status":"open","created_at":"2024-03-15T08:30:00Z","updated_at":"2024-03-15T08:30:00Z"}' % i for i in odd]))


@attack
def times_odd(c):
    odd = [b"0000-01-01T00:00:00Z", b"9999-12-31T23:59:60Z", b"294276-12-31T23:59:59Z", b"2024-02-30T00:00:00Z", b"2024-01-01T00:00:61Z"]
    say(c, page([b'{"id":"c_%d","status":"open","created_at":"%s"}' % x for x in enumerate(odd)]))


def lie(total):
    def tell(c):
        say(c, b'{"data":[%s],"meta":{"total":%s,"page":1,"per_page":100}}' % (row(), total))
    return tell


for name, total in {"31": b"2147483648", "70": b"1180591620717411303424", "billion": b"1000000000", "negative": b"-1"}.items():
    ATTACKS[f"total_{name}"] = lie(total)


# ---- where it leads, and how long it takes ----

for name, target in {"a_file": "file:///etc/passwd", "another_host": "https://169.254.169.254/latest", "gopher": "gopher://127.0.0.1:1/x",
                     "itself": "/v1/conversations"}.items():
    ATTACKS[f"redirect_to_{name}"] = lambda c, target=target: say(c, b"", f"Location: {target}", status="307 Temporary Redirect")


@attack
def retry_after_odd(c):
    say(c, b"", "Retry-After: 99999999999999999999", status="429 Too Many Requests")


@attack
def says_nothing(c):
    time.sleep(120)


@attack
def trickle(c):
    c.sendall(head(f"Content-Length: {len(GOOD)}"))
    for i in range(len(GOOD)):
        c.sendall(GOOD[i:i + 1])
        time.sleep(1)


# Those that wait for a deadline of the program's own, or keep it busy until one.
SLOW = {"says_nothing", "trickle", "switching_protocols", "length_long", "length_huge", "length_double"}


class Connection:
    """Where an answer goes to, and the page that was asked for."""

    def __init__(self, to, request):
        self.sendall = to.sendall
        asked = re.search(rb"[?&]page=(\d+)", request)
        item = re.search(rb"/conversations/(c_\d+) ", request)
        self.item = item.group(1) if item else None
        self.page = int(asked.group(1)) if asked else 1


class Attacker:
    """A server on a port of its own; `requests` counts what it heard."""
    ca_file = None

    def __init__(self):
        self.mode, self.requests = "header_line", 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def stop(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            connection.settimeout(150)
            heard = b""
            try:
                while True:
                    while b"\r\n\r\n" not in heard:
                        more = connection.recv(65536)
                        if not more:
                            return
                        heard += more
                    request, heard = heard.split(b"\r\n\r\n", 1)
                    self.requests += 1
                    ATTACKS[self.mode](Connection(connection, request))
            except OSError:
                pass

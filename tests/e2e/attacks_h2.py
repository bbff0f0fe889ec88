# SPDX-License-Identifier: MIT
"""An API that speaks HTTP/2 and means harm, frame by frame (RFC 9113): `AttackerH2.mode` names what the next request meets.

Each attack is a function of a stream, on which a request was heard. The frames are written here, so that they may be wrong.
"""
import ssl
import struct
import time
from email.utils import formatdate

from attacks import GOOD, KB, Attacker

ATTACKS_H2 = {}
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION, UNKNOWN = *range(10), 0xbb
END_STREAM = ACK = 1
END_HEADERS, PADDED = 4, 8
NO_ERROR, PROTOCOL_ERROR, REFUSED_STREAM, ENHANCE_YOUR_CALM = 0, 1, 7, 11


def attack(function):
    ATTACKS_H2["h2_" + function.__name__] = function
    return function


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def number(value, bits, first=0):
    """A number of HPACK (RFC 7541, 5.1)."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([first | value])
    out, value = bytearray([first | most]), value - most
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes(out) + bytes([value])


def text(value):
    return number(len(value), 7) + value


def field(name, value):
    """A header that is not remembered."""
    return b"\0" + text(name) + text(value)


def remembered(name, value):
    return b"\x40" + text(name) + text(value)


def status(code):
    return field(b":status", b"%d" % code)


def good_head():
    return status(200) + field(b"content-type", b"application/json") + field(b"date", formatdate(usegmt=True).encode())


class Stream:
    """Where an answer goes to."""

    def __init__(self, connection, number):
        self.connection, self.number = connection, number

    def raw(self, data):
        self.connection.sendall(data)

    def send(self, kind, flags=0, payload=b"", stream=None):
        self.raw(frame(kind, flags, self.number if stream is None else stream, payload))

    def head(self, more=b"", flags=END_HEADERS):
        self.send(HEADERS, flags, good_head() + more)

    def answer(self):
        self.head()
        self.send(DATA, END_STREAM, GOOD)

    def flood(self, piece, seconds=120):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.raw(piece)

    def flood_frames(self, kind, flags=0, payload=b"", stream=None):
        self.flood(frame(kind, flags, self.number if stream is None else stream, payload) * 100)


# ---- it goes away ----

@attack
def goaway(s):
    s.send(GOAWAY, 0, struct.pack(">II", 0, NO_ERROR), 0)
    s.connection.close()


@attack
def goaway_with_an_error(s):
    s.send(GOAWAY, 0, struct.pack(">II", s.number, ENHANCE_YOUR_CALM) + b"a" * 16000, 0)
    s.connection.close()


@attack
def reset(s):
    s.send(RST_STREAM, 0, struct.pack(">I", REFUSED_STREAM))


@attack
def reset_in_the_body(s):
    s.head()
    s.send(DATA, 0, GOOD[:30])
    s.send(RST_STREAM, 0, struct.pack(">I", PROTOCOL_ERROR))


@attack
def ends_in_the_body(s):
    s.head(field(b"content-length", b"%d" % (len(GOOD) + 5)))
    s.send(DATA, END_STREAM, GOOD)


# ---- frames without end ----

@attack
def ping_flood(s):
    s.flood_frames(PING, 0, b"12345678", 0)


@attack
def settings_flood(s):
    s.flood_frames(SETTINGS, 0, struct.pack(">HI", 4, 65535), 0)


@attack
def data_flood_of_nothing(s):
    s.head()
    s.flood_frames(DATA)


@attack
def data_flood_of_padding(s):
    s.head()
    s.flood_frames(DATA, PADDED, b"\xff" + b"\0" * 255)


@attack
def data_flood(s):
    s.head()
    s.flood_frames(DATA, 0, b" " * 16384)


@attack
def window_update_flood(s):
    s.flood_frames(WINDOW_UPDATE, 0, struct.pack(">I", 1), 0)


@attack
def unknown_flood(s):
    s.flood_frames(UNKNOWN, 0, b"a" * 1000)


@attack
def priority_flood(s):
    s.flood_frames(PRIORITY, 0, struct.pack(">IB", 0, 1))


@attack
def informational_flood(s):
    s.flood_frames(HEADERS, END_HEADERS, status(103) + field(b"link", b"</a>; rel=preload"))


@attack
def resets_of_nothing(s):
    s.answer()
    s.flood_frames(RST_STREAM, 0, struct.pack(">I", NO_ERROR))


# ---- headers ----

@attack
def continuation_flood(s):
    s.send(HEADERS, 0, good_head())
    s.flood_frames(CONTINUATION, 0, field(b"x", b"a" * 1000))


@attack
def continuation_flood_of_nothing(s):
    s.send(HEADERS, 0, good_head())
    s.flood_frames(CONTINUATION)


def in_pieces(s, block, last=0):
    """A block of headers, in as many frames as it takes."""
    pieces = [block[i:i + 16000] for i in range(0, len(block), 16000)]
    for i, piece in enumerate(pieces):
        s.send(CONTINUATION if i else HEADERS, (END_HEADERS if i == len(pieces) - 1 else 0) | (0 if i else last), piece)


@attack
def headers_many(s):
    in_pieces(s, good_head() + b"".join(field(b"x-%d" % i, b"1") for i in range(20000)))


@attack
def header_big(s):
    in_pieces(s, good_head() + field(b"x-big", b"a" * 103000))


@attack
def header_bomb(s):
    """Packed as only HPACK can: one header of four kilobytes is remembered, and each byte from there on is that header."""
    in_pieces(s, good_head() + remembered(b"x-big", b"a" * 3900) + number(62, 7, 0x80) * 60000)


@attack
def trailers_big(s):
    s.head()
    s.send(DATA, 0, GOOD)
    in_pieces(s, b"".join(field(b"x-%d" % i, b"a" * 1000) for i in range(2000)), END_STREAM)


@attack
def headers_odd(s):
    s.send(HEADERS, END_HEADERS, status(200) + field(b"X-Upper", b"a") + field(b":path", b"/") + field(b"x\r\ny", b"a\0b\r\nc: d"))
    s.send(DATA, END_STREAM, GOOD)


@attack
def headers_that_cannot_be_unpacked(s):
    s.send(HEADERS, END_HEADERS, number(4000, 7, 0x80) + b"\xff" * 100)


# ---- what nobody asked for ----

@attack
def push(s):
    asked = field(b":method", b"GET") + field(b":scheme", b"https") + field(b":authority", b"localhost") + field(b":path", b"/v1/conversations")
    s.send(PUSH_PROMISE, END_HEADERS, struct.pack(">I", 2) + asked)
    s.send(HEADERS, END_HEADERS, good_head(), 2)
    s.send(DATA, END_STREAM, GOOD, 2)
    s.answer()


@attack
def answers_on_other_streams(s):
    s.send(HEADERS, END_HEADERS, good_head(), s.number + 200)
    s.send(DATA, END_STREAM, GOOD, s.number + 200)


@attack
def answered_twice(s):
    s.answer()
    s.answer()


@attack
def frame_too_large(s):
    s.head()
    s.send(DATA, END_STREAM, GOOD + b" " * (256 * KB))


@attack
def window_of_nothing(s):
    s.send(SETTINGS, 0, struct.pack(">HIHI", 4, 0, 3, 0), 0)


@attack
def not_h2(s):
    s.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" * 10)


# Those that wait for a deadline of the program's own.
SLOW_H2 = {"h2_" + n for n in ("ping_flood", "settings_flood", "window_update_flood", "unknown_flood", "priority_flood", "window_of_nothing",
                               "answers_on_other_streams", "data_flood_of_nothing", "data_flood_of_padding", "informational_flood", "resets_of_nothing",
                               "continuation_flood_of_nothing", "goaway_with_an_error")}
HARMLESS_H2 = {"h2_answered_twice", "h2_resets_of_nothing"}


class AttackerH2(Attacker):
    def __init__(self, certificate, key):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.context.set_alpn_protocols(["h2"])
        super().__init__()
        self.mode = "h2_goaway"

    @property
    def base_url(self):
        return f"https://localhost:{self.port}/v1"

    def _serve(self, plain):
        try:
            plain.settimeout(150)
            with self.context.wrap_socket(plain, server_side=True) as connection:
                self._talk(connection)
        except OSError:
            pass

    def _talk(self, connection):
        heard = connection.makefile("rb")
        if heard.read(len(PREFACE)) != PREFACE:
            return
        connection.sendall(frame(SETTINGS, 0, 0))
        while True:
            fixed = heard.read(9)
            if len(fixed) < 9:
                return
            kind, flags, stream = fixed[3], fixed[4], struct.unpack(">I", fixed[5:])[0]
            payload = heard.read(int.from_bytes(fixed[:3], "big"))
            if kind == SETTINGS and not flags & ACK:
                connection.sendall(frame(SETTINGS, ACK, 0))
            elif kind == PING and not flags & ACK:
                connection.sendall(frame(PING, ACK, 0, payload))
            elif kind == HEADERS:
                self.requests += 1
                ATTACKS_H2[self.mode](Stream(connection, stream))

# SPDX-License-Identifier: MIT
"""Conversations of arbitrary bytes, from a seed.

What comes out is JSON, item by item, that a careless server might write: texts in any encoding and in none, every escape in
several spellings, keys twice, numbers of any size. good() are what the warehouse must hold; bad() what it must reject.
"""
import json

LETTERS = ["a", "Z", "0", " ", "  ", "é", "ß", "漢", "😀", "\u200f", "\u202e", "\u0301", "\ufeff", "\ufffd", "\uffff", "\U0010ffff", "\x7f", "\x85", "'", "''", "{",
           "}", ",", ";", "\\N", "\\.", "%s", "$1", "--", "/*", "<b>", "&amp;", "=1+1", "null", "NULL", "\\x41", "\\u0041", "E'", "💥👩‍👩‍👧"]
CONTROLS = ["\t", "\n", "\r", "\b", "\f", "\x01", "\x1b", "\x1f"]
BROKEN = [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf4\x90\x80\x80", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\x80", b"\x00", b"\xf8\x88\x80\x80\x80"]
ESCAPED = ["\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\ude00\\ud83d", "\\ud83d\\ud83d\\ude00", "\\u00e9", "\\uFFFF", "\\uFEFF", "\\u0022", "\\u005c", "\\/"]
SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
STATUSES = ["open", "pending", "snoozed", "resolved"]


class Arbitrary:
    def __init__(self, chance):
        self.chance = chance
        self.number = 0

    # ---- pieces, as JSON bytes ----

    def char(self):
        """One character or so of a text, in one of the ways to write it."""
        chance = self.chance
        kind = chance.randrange(20)
        if kind < 8:
            text = chance.choice(LETTERS)
        elif kind < 10:
            text = chr(chance.choice([chance.randrange(0x20, 0xd800), chance.randrange(0xe000, 0x110000)]))
        elif kind < 12:
            text = chance.choice(CONTROLS)
        elif kind < 14:
            return chance.choice(BROKEN)
        elif kind < 16:
            return chance.choice(ESCAPED).encode()
        else:
            text = chance.choice(["\"", "\\", "/", "\"\"", "\\\\", "\\\""])
        return b"".join(self.written(c) for c in text)

    def written(self, c):
        how = self.chance.randrange(3)
        if c in "\"\\":
            return b"\\" + c.encode() if how else b"\\u%04x" % ord(c)
        if c in SHORT and how == 0:
            return SHORT[c].encode()
        if how == 1 and ord(c) < 0x10000:
            return (b"\\u%04X" if self.chance.randrange(2) else b"\\u%04x") % ord(c)
        # Control characters stand there as they are, too, which JSON does not allow and servers do.
        return c.encode()

    def text(self, most, least=0):
        """A text whose UTF-8 is at most MOST bytes long after all repairs."""
        out, used = [], 0
        for _ in range(max(least, min(self.chance.randrange(1, 12) ** 2, most))):
            piece = self.char()
            # No piece is longer than what its bytes become, one by one.
            used += 3 * len(piece)
            if used > most and len(out) >= least:
                break
            out.append(piece)
        return b'"' + b"".join(out) + b'"'

    def name(self, what):
        """A text that names one thing and no other."""
        self.number += 1
        return b'"%s%d ' % (what, self.number) + self.text(440)[1:]

    def figure(self):
        chance = self.chance
        digits = "".join(chance.choice("0123456789") for _ in range(chance.choice([1, 2, 17, 18, 19, 20, 40, 400]))).lstrip("0") or "0"
        number = chance.choice(["", "-"]) + digits
        if chance.randrange(2):
            number += "." + "".join(chance.choice("0123456789") for _ in range(chance.choice([1, 3, 20, 300])))
        if chance.randrange(3) == 0:
            number += chance.choice("eE") + chance.choice(["", "+", "-"]) + str(chance.choice([0, 1, 7, 30, 400, 4000]))
        return number.encode()

    def value(self, depth=0):
        kind = self.chance.randrange(8 if depth < 6 else 5)
        if kind < 2:
            return self.text(300)
        if kind < 4:
            return self.figure()
        if kind == 4:
            return self.chance.choice([b"null", b"true", b"false", b'""'])
        if kind == 5:
            return b"[" + b", ".join(self.value(depth + 1) for _ in range(self.chance.randrange(4))) + b"]"
        return self.object([(self.text(60), self.value(depth + 1)) for _ in range(self.chance.randrange(4))])

    def object(self, members):
        self.chance.shuffle(members)
        comma, colon = self.chance.choice([(b",", b":"), (b" ,\n", b" : "), (b",\t", b":\r\n")])
        return b"{" + comma.join(key + colon + value for key, value in members) + b"}"

    def instant(self):
        chance = self.chance
        year = chance.choice([2, 1582, 1969, 1970, 1999, 2000, 2038, 9998]) if chance.randrange(50) == 0 else chance.randrange(2019, 2025)
        text = f"{year:04d}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}{chance.choice('TTTt ')}"
        text += f"{chance.randrange(24):02d}:{chance.randrange(60):02d}:{chance.choice([0, 59, 60, chance.randrange(60)]):02d}"
        text += chance.choice(["", "", ".5", ".000001", ".9999999", ",25", "." + str(chance.randrange(10**9))])
        text += chance.choice(["Z", "Z", "z", "+07:00", "-0330", "+14:00", "-12", ""])
        return b'"' + text.encode() + b'"'

    def named(self, what, keys):
        """An object that has an id, mostly, and some of the keys."""
        members = [(b'"id"', self.name(what))] if self.chance.randrange(8) else []
        members += [(b'"%s"' % key, self.chance.choice([b"null", self.text(3000), self.text(30)])) for key in keys if self.chance.randrange(4)]
        if self.chance.randrange(4) == 0:
            members.append((self.fresh_key(), self.value()))
        return self.object(members)

    def fresh_key(self):
        """A key that is none of ours."""
        return b'"x' + self.text(60)[1:]

    def labels(self):
        return b"[" + b",".join(b'"l' + self.text(self.chance.choice([10, 200, 900]))[1:] for _ in range(self.chance.randrange(6))) + b"]"

    # ---- items ----

    def members(self):
        chance = self.chance
        members = {
            b'"id"': self.name(b"c"),
            b'"status"': b'"%s"' % chance.choice(STATUSES).encode() if chance.randrange(8) else b'"s' + self.text(90)[1:],
            b'"created_at"': self.instant(),
        }
        optional = {
            b'"updated_at"': self.instant, b'"labels"': self.labels,
            b'"channel"': lambda: self.named(b"ch", [b"type", b"name"]), b'"contact"': lambda: self.named(b"ct", [b"name", b"phone"]),
            b'"assignee"': lambda: self.named(b"u", [b"name"]), b'"team"': lambda: self.named(b"t", [b"name"]), b'"team_id"': lambda: self.name(b"t"),
        }
        for key, make in optional.items():
            if chance.randrange(5):
                members[key] = make() if chance.randrange(6) else b"null"
        for _ in range(chance.randrange(4)):
            members[self.fresh_key()] = self.value()
        return members

    def good(self):
        members = list(self.members().items())
        self.chance.shuffle(members)
        if self.chance.randrange(10) == 0:
            # Twice: the last one counts.
            key, value = self.chance.choice(members)
            members.insert(0, (key, self.value() if key.startswith(b'"x') else value))
        return b"{" + b",".join(key + b":" + value for key, value in members) + b"}"

    def bad(self):
        """(where, item): what is wrong with it, as a pattern of a path."""
        members = self.members()
        key, value = self.chance.choice([
            (b'"id"', self.figure()), (b'"id"', b'""'), (b'"id"', b"null"), (b'"id"', b'"' + b"\xff" * 171 + b'"'), (b'"status"', b"[]"), (b'"status"', b'""'),
            (b'"status"', b'"' + b"x" * 101 + b'"'), (b'"created_at"', self.text(40, least=1)), (b'"created_at"', b"17"), (b'"updated_at"', b'"2024-13-01T00:00:00Z"'),
            (b'"labels"', self.text(30)), (b'"labels"', b'["a",null]'), (b'"labels"', b'["a",{}]'), (b'"channel"', b"7"), (b'"contact"', b'{"id":[]}'),
            (b'"assignee"', b'{"id":"u","name":3}'), (b'"team"', b"[]"), (b'"team_id"', b"{}")])
        members[key] = value
        return json.loads(key), b"{" + b",".join(k + b":" + v for k, v in members.items()) + b"}"

# SPDX-License-Identifier: MIT
"""Data that bites: every good item is held byte for byte, every bad one is kept with the reason.

The cases are files in tests/data/hostile. A line is a word and what belongs
to it; \\xNN stands for a byte:
  good ITEM           it must be in the warehouse, field by field
  bad WHERE | ITEM    it must be among the rejected, with a reason that begins with WHERE
  fill N              so many ordinary items
  server JSON         options of the server (hostile.py)
  exit CODE           what `sync` must end with (0; with a bad item 65)
"""
import codecs
import datetime
import decimal
import json
import os
import re
import time
from email.utils import formatdate

import pytest

from hostile import KEY, Hostile

CASES = os.path.join(os.path.dirname(__file__), "..", "data", "hostile")
COLUMNS = {"id", "status", "channel", "contact", "assignee", "team", "team_id", "labels", "created_at", "updated_at"}


def ordinary(i):
    return json.dumps({"id": f"fill_{i:06d}", "status": "open", "channel": {"id": "ch_1", "type": "whatsapp", "name": "Sales"},
                       "contact": {"id": f"ct_{i % 7}", "name": "Bu Siti", "phone": "+628123"}, "assignee": None, "labels": [],
                       "created_at": f"2024-03-15T{i // 3600 % 24:02d}:{i // 60 % 60:02d}:{i % 60:02d}Z",
                       "updated_at": f"2024-03-16T{i // 3600 % 24:02d}:{i // 60 % 60:02d}:{i % 60:02d}Z"}).encode()


class Case:
    def __init__(self, path):
        self.items, self.good, self.bad, self.server, self.exit = [], [], [], {}, None
        with open(path, "rb") as f:
            lines = f.read().split(b"\n")
        for line in lines:
            word, _, rest = line.partition(b" ")
            rest = re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m.group(1), 16)]), rest)
            if word == b"good":
                self.add_good(rest)
            elif word == b"bad":
                where, _, item = rest.partition(b" | ")
                self.items.append(item)
                self.bad.append((where.decode(), item))
            elif word == b"fill":
                for i in range(int(rest)):
                    self.add_good(ordinary(i))
            elif word == b"server":
                self.server = json.loads(rest)
            elif word == b"exit":
                self.exit = int(rest)
            else:
                assert not line.strip() or line.startswith(b"#"), line
        if self.exit is None:
            self.exit = 65 if self.bad else 0

    def add_good(self, item):
        self.items.append(item)
        self.good.append(item)


# ---- what must be held, worked out without the program ----

codecs.register_error("each", lambda e: ("\ufffd", e.start + 1))


def repaired(raw):
    """The text as the warehouse can hold it: no NUL, no byte that is no UTF-8, every number with all its digits."""
    return mended(json.loads(raw.decode("utf-8", "each"), strict=False, parse_float=decimal.Decimal, parse_int=decimal.Decimal))


def mended(value):
    if isinstance(value, str):
        return re.sub("[\x00\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, list):
        return [mended(v) for v in value]
    if isinstance(value, dict):
        return {mended(k): mended(v) for k, v in value.items()}
    return value


def usec(text):
    """An instant as microseconds since 1970, or None; second 60 is the next minute's first."""
    if text is None:
        return None
    m = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:[Zz]|([+-])(\d\d):?(\d\d)?)?", text)
    days = datetime.date(int(m[1]), int(m[2]), int(m[3])).toordinal() - datetime.date(1970, 1, 1).toordinal()
    seconds = days * 86400 + int(m[4]) * 3600 + int(m[5]) * 60 + int(m[6])
    east = (int(m[9]) * 3600 + int(m[10] or 0) * 60) * (-1 if m[8] == "-" else 1) if m[8] else 0
    return (seconds - east) * 1000000 + int(((m[7] or "") + "000000")[:6])


def rest(value, known):
    left = {k: v for k, v in value.items() if k not in known}
    return left or None


def part(item, name, known):
    """(the known members, what is left over) of an object inside an item; without an id all of it is left over."""
    value = item.get(name) or {}
    if value.get("id") is None:
        return tuple(None for _ in known), value or None
    return tuple(value.get(k) for k in known), rest(value, known)


def wanted(raw):
    item = repaired(raw)
    channel, channel_rest = part(item, "channel", ("id", "type", "name"))
    contact, contact_rest = part(item, "contact", ("id", "name", "phone"))
    assignee, assignee_rest = part(item, "assignee", ("id", "name"))
    team, team_rest = part(item, "team", ("id", "name"))
    if item.get("team_id") is not None and team[0] is None:
        team = (item["team_id"], None)
    elif item.get("team_id") not in (None, team[0]):
        item["rest of team_id"] = item["team_id"]
    extra = {k.replace("rest of ", ""): v for k, v in item.items() if k not in COLUMNS}
    for name, left in (("channel", channel_rest), ("assignee", assignee_rest), ("team", team_rest)):
        if left:
            extra[name] = left
    if contact_rest and not any(v is not None for v in contact_rest.values()) and contact[0] is None:
        contact_rest = None
    return item["id"], {
        "status": item["status"], "channel": channel, "contact": contact, "contact_rest": contact_rest, "assignee": assignee,
        "team": team, "labels": sorted(set(item.get("labels") or []), key=lambda s: s.encode()),
        "created_at": usec(item["created_at"]), "updated_at": usec(item.get("updated_at")), "extra": extra or None}


HELD = """
select c.id, c.status, c.channel_id, ch.type, ch.name, c.contact_id, p.name, p.phone, p.extra::text, c.assignee_id, a.name, c.team_id, t.name,
    c.labels, (extract(epoch from c.created_at) * 1000000)::bigint, (extract(epoch from c.updated_at) * 1000000)::bigint, c.extra::text,
    (select coalesce(array_agg(l.label_name order by l.label_name), '{}') from sahut.conversation_label l where l.conversation_id = c.id)
from sahut.conversation c
left join sahut.channel ch on ch.workspace_id = c.workspace_id and ch.id = c.channel_id
left join sahut_pii.contact p on p.workspace_id = c.workspace_id and p.contact_id = coalesce(c.contact_id, 'conversation:' || c.id)
left join sahut.agent a on a.workspace_id = c.workspace_id and a.id = c.assignee_id
left join sahut.team t on t.workspace_id = c.workspace_id and t.id = c.team_id
where c.deleted_at is null
"""


def parsed(text):
    return None if text is None else json.loads(text, parse_float=decimal.Decimal, parse_int=decimal.Decimal)


def held(etl):
    found = {}
    for r in etl.sql(HELD):
        assert list(r[13]) == list(r[17]), f"{r[0]}: the labels of the row and of the bridge differ"
        found[r[0]] = {
            "status": r[1], "channel": r[2:5], "contact": r[5:8], "contact_rest": parsed(r[8]), "assignee": r[9:11], "team": r[11:13],
            "labels": list(r[13]), "created_at": r[14], "updated_at": r[15], "extra": parsed(r[16])}
    return found


def assert_held(etl, good):
    truth, ours = dict(wanted(raw) for raw in good), held(etl)
    assert sorted(ours) == sorted(truth), f"missing: {sorted(set(truth) - set(ours))[:5]}, too many: {sorted(set(ours) - set(truth))[:5]}"
    for i in truth:
        for field, value in truth[i].items():
            assert ours[i][field] == value, f"{i[:80]!r}: {field}: {str(ours[i][field])[:400]!r}, not {str(value)[:400]!r}"


def assert_rejected(etl, bad):
    """Each bad item is kept whole, once, with its reason."""
    rows = etl.sql("select reason, item from sahut_etl.rejected_item")
    left = [(reason, parsed(item)) for reason, item in rows]
    for where, raw in bad:
        whole = repaired(raw)
        match = next((r for r in left if r[0].startswith(where) and r[1] == whole), None)
        assert match, f"{where} | {raw[:200]!r} is not among {left}"
        left.remove(match)
    assert not left, f"rejected, but not bad: {left}"


@pytest.fixture
def hostile(warehouse):
    """Makes a hostile API and a warehouse that is to mirror it."""
    servers = []

    def make(items, workspace=None, **options):
        servers.append(Hostile(items, **options))
        return servers[-1], warehouse(servers[-1].base_url, key=KEY, **(workspace or {}))

    yield make
    for server in servers:
        server.stop()


def assert_readable(etl):
    """Every view can be read, whatever is in it."""
    views = [r[0] for r in etl.sql("select viewname from pg_views where schemaname = 'sahut_report' order by 1")]
    assert views
    for view in views:
        etl.sql(f"set statement_timeout = '20s'; select count(v::text) from sahut_report.{view} v")


# The views go over years of days, which takes seconds; these cases are what could break one.
READ_IN_EVERY_VIEW = {"texts", "times"}


@pytest.mark.parametrize("name", sorted(n[:-5] for n in os.listdir(CASES) if n.endswith(".case")))
def test_case(hostile, name):
    case = Case(os.path.join(CASES, name + ".case"))
    server, etl = hostile(case.items, **case.server)
    etl.run("sync", expect=case.exit)
    assert_held(etl, case.good)
    assert_rejected(etl, case.bad)
    if name in READ_IN_EVERY_VIEW:
        assert_readable(etl)
    # What has not changed is not written again, odd as it may be.
    before = etl.sql("select id, xmin::text from sahut.conversation union all select fingerprint, xmin::text from sahut_etl.rejected_item order by 1")
    etl.run("sync", "--full", expect=case.exit)
    assert etl.sql("select id, xmin::text from sahut.conversation union all select fingerprint, xmin::text from sahut_etl.rejected_item order by 1") == before


# ---- answers that are no list ------------------------------------------------

def body(text, **headers):
    def twist(path, answer):
        answer.body = text
        answer.headers.update({k.replace("_", "-"): v for k, v in headers.items()})
        return answer
    return twist


NO_LISTS = {
    "nothing": body(b""),
    "no-json": body(b"<html><title>502</title></html>", Content_Type="text/html"),
    "a-list-alone": body(b"[]"),
    "a-text": body(b'"conv_1"'),
    "null": body(b"null"),
    "without-data": body(b'{"meta":{"total":0}}'),
    "data-null": body(b'{"data":null,"meta":{"total":0}}'),
    "data-an-object": body(b'{"data":{"id":"x"},"meta":{"total":1}}'),
    "without-meta": body(b'{"data":[]}'),
    "without-total": body(b'{"data":[],"meta":{"page":1}}'),
    "total-a-text": body(b'{"data":[],"meta":{"total":"3"}}'),
    "total-negative": body(b'{"data":[],"meta":{"total":-1}}'),
    "total-a-fraction": body(b'{"data":[],"meta":{"total":1.5}}'),
    "cut-off": body(b'{"data":[{"id":"c","status":"open"'),
    "twice": body(b'{"data":[],"meta":{"total":0}}{"data":[],"meta":{"total":0}}'),
    "nan": body(b'{"data":[NaN],"meta":{"total":1}}'),
    "single-quotes": body(b"{'data':[],'meta':{'total':0}}"),
    "brackets": body(b'{"data":[' + b"[" * 100000 + b"]" * 100000 + b'],"meta":{"total":1}}'),
    "more-than-a-page": body(b'{"data":[' + b",".join([b"{}"] * 1001) + b'],"meta":{"total":1001}}'),
    "no-gzip": body(b"\x1f\x8b not gzip at all", Content_Encoding="gzip"),
    "bomb": body(b'{"data":[],"meta":{"total":0},"x":"' + b"x" * (40 << 20) + b'"}', Content_Encoding="gzip"),
}


def test_what_is_no_list_fails_the_sweep_and_touches_nothing(hostile):
    server, etl = hostile([ordinary(i) for i in range(3)])
    etl.run("sync")
    before = held(etl)
    for name, twist in NO_LISTS.items():
        server.options["twist"] = twist
        done = etl.run("sync", "--full", expect=None)
        assert done.returncode == 65, (name, done.returncode, done.stderr)
        assert held(etl) == before, name
        assert done.stderr.count("\n") < 10 and len(done.stderr) < 4000, name
    assert etl.one("select count(*) from sahut.conversation where deleted_at is not null") == 0
    server.options.clear()
    etl.run("sync", "--full")
    assert held(etl) == before


# ---- headers ------------------------------------------------------------------

def test_without_the_time_of_the_api_no_instant_moves(hostile):
    server, etl = hostile([ordinary(i) for i in range(150)])
    for date in (None, "", "yesterday", "Thu, 99 Foo 2024 99:99:99 GMT", "2024-03-15T08:30:00Z", "0", "x" * 5000):
        server.options["date"] = date
        done = etl.run("sync", expect=None)
        assert done.returncode in (0, 75), (date, done.stderr)
        assert_held(etl, server.items)
        assert etl.sql("select complete_as_of, active_as_of, watermark from sahut_etl.workspace") == [(None, None, None)], date
    del server.options["date"]
    etl.run("sync", "--full")
    assert etl.one("select complete_as_of is not null from sahut_etl.workspace")


# ---- lists that lie --------------------------------------------------------------

def test_a_page_that_is_shown_twice_hides_nothing(hostile):
    """Page 2 is page 1 again, once; what it hid is found, or nothing is claimed."""
    server, etl = hostile([ordinary(i) for i in range(250)])
    shown = []

    def twist(path, answer):
        if "page=2&" in path and "per_page=100" in path and not shown:
            shown.append(path)
            return server._answer(path.replace("page=2&", "page=1&"))
        return answer
    server.options["twist"] = twist
    done = etl.run("sync", expect=None)
    assert shown
    complete = etl.one("select complete_as_of is not null from sahut_etl.workspace")
    assert (done.returncode == 0) == complete
    if complete:
        assert_held(etl, server.items)
    etl.run("sync", "--full")
    assert_held(etl, server.items)


def test_a_page_that_is_shown_for_ever_ends_the_cycle(hostile):
    server, etl = hostile([ordinary(i) for i in range(100)], total=100000, total_pages=1000)

    def twist(path, answer):
        return server._answer(re.sub(r"([?&])page=\d+", r"\1page=1", path))
    server.options["twist"] = twist
    done = etl.run("sync", expect=None)
    assert done.returncode in (65, 75)
    assert len(server.requests) < 2100
    assert etl.sql("select complete_as_of, (select count(*) from sahut.conversation) from sahut_etl.workspace") == [(None, 100)]


@pytest.mark.parametrize("total", [0, 1, 100, 249])
def test_a_total_that_is_too_small_hides_nothing_that_is_shown(hostile, total):
    server, etl = hostile([ordinary(i) for i in range(250)], total=total)
    done = etl.run("sync", expect=None)
    assert done.returncode in (0, 75)
    if etl.one("select complete_as_of is not null from sahut_etl.workspace"):
        assert_held(etl, server.items)


@pytest.mark.parametrize("total", [251, 10**6, 2**31, 10**30])
def test_a_total_that_is_too_large_is_never_called_complete(hostile, total):
    server, etl = hostile([ordinary(i) for i in range(250)], total=total)
    done = etl.run("sync", expect=None)
    assert done.returncode in (65, 75)
    assert etl.one("select complete_as_of is null from sahut_etl.workspace")
    assert len(server.requests) < 200
    if done.returncode == 75:
        assert_held(etl, server.items)


def test_an_item_whose_age_cannot_be_read_delays_the_proof_and_no_more(hostile):
    """It may be new, so it proves nothing; once it has been known for a lookback, it is not."""
    items = [ordinary(i) for i in range(150)] + [b'{"id":"odd","status":"open","created_at":"yesterday"}']
    server, etl = hostile(items)
    server.options["date"] = formatdate(time.time() - 600, usegmt=True)
    etl.run("sync", expect=75)
    assert_held(etl, items[:-1])
    del server.options["date"]
    etl.run("sync", "--full", expect=65)
    assert etl.one("select certified_at is not null and complete_as_of is null from sahut_etl.workspace")
    assert_rejected(etl, [("$.data[50].created_at", items[-1])])


# ---- one conversation, asked for by its id ----------------------------------------

IDS = ["a/b", "/", "..", ".", "%2F", "%", "?x=1", "a#b", "a b", "a+b", "é", "漢", "\"", "a&b=c", "\\", "a\nb", "../../etc/passwd", ";", "x" * 512]


def test_an_id_is_one_segment_of_the_path(hostile):
    server, etl = hostile([json.dumps({"id": i, "status": "open", "created_at": "2024-03-15T08:30:00Z"}).encode() for i in IDS])
    for i in IDS:
        done = etl.run("conversations", "get", "--", i)
        assert json.loads(done.stdout)["id"] == i
        method, path, _ = server.requests[-1]
        assert method == "GET" and path.startswith("/v1/conversations/")
        assert not set("/?#") & set(path[len("/v1/conversations/"):]), path
        etl.run("conversations", "update", "--status", "resolved", "--", i)
        assert server.requests[-1][:2] == ("PATCH", path)


def test_ids_that_vanish_from_the_list_are_asked_for_each_by_its_own_name(hostile):
    items = [json.dumps({"id": i, "status": "open", "created_at": "2024-03-15T08:30:00Z"}).encode() for i in IDS]
    server, etl = hostile([ordinary(i) for i in range(5)] + items)
    etl.run("sync")
    server.items = server.items[:5]
    etl.run("sync", "--full", expect=None)
    etl.run("verify", "--repair", expect=None)
    gone = {r[0] for r in etl.sql("select id from sahut.conversation where deleted_at is not null")}
    assert gone == set(IDS)


def test_what_a_contact_without_an_id_said_is_not_kept_when_it_says_it_no_more(hostile):
    said = {"name": "Bu Siti", "phone": "+628123"}

    def item(i, contact, day):
        return json.dumps({"id": i, "status": "open", "created_at": "2024-03-15T08:30:00Z", "contact": contact, "updated_at": f"2024-03-{day}T00:00:00Z"}).encode()
    server, etl = hostile([item("a", said, 16), item("b", said, 16), item("c", said, 16), item("d", said, 16)])
    etl.run("sync")
    server.items = [item("a", None, 17), item("b", {"id": "ct_1", "name": "Bu Siti"}, 17), item("c", {**said, "name": "Bu Sri"}, 17), item("d", None, 14)]
    etl.run("sync", "--full")
    assert sorted(r[0] for r in etl.sql("select contact_id from sahut_pii.contact")) == ["conversation:c", "conversation:d", "ct_1"]
    assert etl.one("select extra->>'name' from sahut_pii.contact where contact_id = 'conversation:c'") == "Bu Sri"


# ---- size --------------------------------------------------------------------------

def test_a_mebibyte_of_text_goes_through(hostile):
    big = "x\\\"\n\t😀" * 30000
    items = [json.dumps({"id": "big", "status": "open", "created_at": "2024-03-15T08:30:00Z", "note": big,
                         "contact": {"id": "ct", "name": big, "bio": big}, "channel": {"id": "ch", "name": big}, "assignee": {"id": "u", "name": big}}
                        ).encode()]
    server, etl = hostile(items + [ordinary(1)])
    etl.run("sync")
    assert_held(etl, server.items)

# SPDX-License-Identifier: MIT
"""plan and explain: what the program says of its costs, and of one conversation."""
import json
import os
import re

import pytest

from etl import assert_equal
from test_privacy import configure, secret

SQL = os.path.join(os.path.dirname(__file__), "..", "..", "sql")


def row(text, what):
    """The requests of one line of plan: at least, at most."""
    line = next(l for l in text.splitlines() if what in l)
    numbers = re.search(r"_(?:page|scan|sweep|audit)\s+(\d+)(?: to (\d+))?", line)
    return int(numbers[1]), int(numbers[2] or numbers[1])


@pytest.mark.parametrize("order,strategy", [("updated_desc", "head_scan"), ("updated_asc", "tail_scan"), ("id_asc", "unresolved_scan")])
def test_a_cycle_costs_what_plan_printed(pair, order, strategy):
    sandbox, etl = pair(conversations=3000, order=order, resolved=95)
    etl.run("sync", expect=None)
    said = etl.run("plan").stdout
    assert strategy in said
    for command, what in (("sync", "next cycle"), ("verify", "verify"), (("sync", "--full"), "full sweep")):
        least, most = row(said, what)
        sandbox.reset_stats()
        etl.run(*(command if isinstance(command, tuple) else (command,)))
        assert least <= sandbox.stats()["requests"] <= most, (what, said)
    assert_equal(etl, sandbox)


def test_plan_sends_no_request(pair):
    sandbox, etl = pair(conversations=300)
    assert "nothing is known of it" in etl.run("plan").stdout
    etl.run("sync")
    sandbox.reset_stats()
    etl.run("plan")
    assert sandbox.stats()["requests"] == 0


def test_a_schedule_that_the_quota_does_not_bear_is_said_with_the_arithmetic(pair):
    sandbox, etl = pair(conversations=2000, order="id_asc", resolved=10)
    etl.run("sync", expect=None)
    etl.workspaces[0].update(requests_per_minute=10, schedule="{incremental: 10s}")
    etl.write()
    said = etl.run("plan").stdout
    assert "the schedule cannot be met" in said
    assert "8 requests a minute are ours (10 less 20%), 11520 a day" in said
    assert re.search(r"8640 cycles of \d+, 96 verifies of 5, a full sweep of [23]\d", said)


def test_explain_tells_where_a_conversation_came_from(pair):
    sandbox, etl = pair(conversations=300)
    etl.run("sync")
    one = sandbox.change("resolve", 1)[0]
    etl.run("sync")
    said = etl.run("explain", one).stdout
    assert re.search(r"first seen +\S+ by run 1 \(first_load\), page \d", said)
    assert re.search(r"last written +\S+ by run 2 \(incremental\), page 1", said)
    assert "300 of 300 conversations seen: certified" in said
    assert "The API now: the same." in said
    assert len(re.findall(r"(?m)^ *[12]  (?:open|pending|snoozed|resolved)", said)) == 2
    sandbox.change("relabel", id=one, labels=["refund"])
    said = etl.run("explain", one).stdout
    assert "it differs" in said and "refund" in said


def test_explain_compares_field_by_field(pair):
    sandbox, etl = pair(conversations=50)
    etl.run("sync")
    one = next(c for c in sandbox.dump()["conversations"] if c["assignee"])
    now = json.loads(etl.run("conversations", "get", one["id"]).stdout)
    changed = {**now, "assignee": None, "team": {"id": "tm_other", "name": "Lain"}, "updated_at": None, "created_at": "2020-02-29T23:59:59.5Z"}
    sandbox.control("item", {"id": one["id"], "raw": json.dumps(changed)})
    said = etl.run("explain", one["id"]).stdout
    assert "The API now: it differs." in said
    assert re.search(rf"(?m)^assignee +{one['assignee']['id']} *$", said) and re.search(r"(?m)^team .*tm_other$", said)
    assert re.search(r"(?m)^created_at +\S+ +2020-02-29T23:59:59.500000Z$", said) and re.search(r"(?m)^updated_at +\S+ *$", said)
    # What was merged into another is answered with that one.
    sandbox.control("item", {"id": one["id"], "raw": json.dumps({**now, "id": "conv_other"})})
    assert "it answers with conv_other, into which it was merged" in etl.run("explain", one["id"]).stdout
    sandbox.control("item", {"id": one["id"], "raw": json.dumps({**now, "labels": ["a", "b"]})})
    assert re.search(r"(?m)^labels .*a, b$", etl.run("explain", one["id"]).stdout)


# A change of the warehouse that makes it another than the API, and the line that names it. Contacts are not shown.
CHANGES = {
    "extra": ("update sahut.conversation set extra = '{\"vip\": true}' where id = %s", r'extra +\{"vip": true\} *'),
    "labels": ("update sahut.conversation set labels = '{z}' where id = %s", r"labels +z .*"),
    "deleted": ("update sahut.conversation set deleted_at = now() where id = %s", r"deleted +true +false"),
    "assignee name": ("update sahut.agent a set name = 'Somebody' from sahut.conversation c where c.id = %s and a.id = c.assignee_id",
                      r"assignee name +Somebody .*"),
    "channel name": ("update sahut.channel a set name = 'Other' from sahut.conversation c where c.id = %s and a.id = c.channel_id",
                     r"channel name +Other .*"),
    "channel type": ("update sahut.channel a set type = 'fax' from sahut.conversation c where c.id = %s and a.id = c.channel_id",
                     r"channel type +fax .*"),
    "team name": ("update sahut.team a set name = 'Others' from sahut.conversation c where c.id = %s and a.id = c.team_id", r"team name +Others .*"),
    "contact name": ("update sahut_pii.contact a set name = 'Rahasia' from sahut.conversation c where c.id = %s and a.contact_id = c.contact_id",
                     r"contact name +\(not shown\) +\(not shown\)"),
    "contact phone": ("update sahut_pii.contact a set phone = null from sahut.conversation c where c.id = %s and a.contact_id = c.contact_id",
                      r"contact phone +\(not shown\)"),
    "contact extra": ("update sahut_pii.contact a set extra = '{\"x\": 1}' from sahut.conversation c where c.id = %s and a.contact_id = c.contact_id",
                      r"contact extra +\(not shown\) *"),
}


def everything(sandbox, etl):
    """Loads; returns the id of a conversation with all that one can have."""
    one = next(c["id"] for c in sandbox.dump()["conversations"] if c["assignee"] and c["contact"].get("phone"))
    now = json.loads(etl.run("conversations", "get", one).stdout)
    sandbox.control("item", {"id": one, "raw": json.dumps({**now, "team": {"id": "tm_1", "name": "Tim"}, "labels": ["a"]})})
    etl.run("sync")
    return one


@pytest.mark.parametrize("field", CHANGES)
def test_explain_compares_what_the_merge_compares(pair, field):
    sandbox, etl = pair(conversations=200)
    one = everything(sandbox, etl)
    assert "The API now: the same." in etl.run("explain", one).stdout
    change, line = CHANGES[field]
    etl.sql(change, one)
    said = etl.run("explain", one).stdout
    assert "The API now: it differs." in said and "Rahasia" not in said
    assert re.search(rf"(?m)^{line}$", said), said


def test_explain_leaves_out_no_column_of_the_merge(pair):
    """Each column by which the merge says that a conversation differs."""
    sandbox, etl = pair(conversations=200)
    one = everything(sandbox, etl)
    with open(os.path.join(SQL, "merge", "30_pick.sql")) as f:
        columns = re.findall(r"c\.(\w+)", re.search(r"is distinct from\s+\((c\.status[^)]*)\)", f.read())[1])
    assert len(columns) >= 9
    etl.sql("insert into sahut.channel select workspace_id, 'other', type, name, first_seen_at from sahut.channel limit 1")
    for table in ("agent", "team"):
        etl.sql(f"insert into sahut.{table} select workspace_id, 'other', name, first_seen_at from sahut.{table} limit 1")
    etl.sql("insert into sahut.contact select workspace_id, 'other', phone_key, first_seen_at from sahut.contact limit 1")
    other = {"status": "case status when 'open' then 'pending' else 'open' end", "labels": "'{z}'", "extra": "'{}'", "created_at": "created_at - interval '1 day'",
             "updated_at": "null"}
    for column in columns:
        before = etl.one(f"select {column}::text from sahut.conversation where id = %s", one)
        kind = etl.one("select format_type(atttypid, null) from pg_attribute where attrelid = 'sahut.conversation'::regclass and attname = %s", column)
        etl.sql(f"update sahut.conversation set {column} = {other.get(column, chr(39) + 'other' + chr(39))} where id = %s", one)
        said = etl.run("explain", one).stdout
        assert re.search(rf"(?m)^{re.sub('_id$', '', column)} ", said), (column, said)
        etl.sql(f"update sahut.conversation set {column} = %s::{kind} where id = %s", before, one)
    assert "The API now: the same." in etl.run("explain", one).stdout


def test_explain_compares_a_keyed_phone_and_nothing_of_who_was_erased(pair):
    sandbox, etl = pair(conversations=200)
    configure(etl, hash_key_file=secret(etl))
    one = everything(sandbox, etl)
    assert "The API now: the same." in etl.run("explain", one).stdout
    contact = etl.one("select contact_id from sahut.conversation where id = %s", one)
    etl.sql("update sahut.contact set phone_key = '\\x00' where id = %s", contact)
    assert re.search(r"(?m)^contact phone key +\(not shown\)", etl.run("explain", one).stdout)
    etl.run("erase", contact)
    assert "The API now: the same." in etl.run("explain", one).stdout


def test_explain_of_one_that_is_not_loaded_yet(pair):
    sandbox, etl = pair(conversations=50)
    etl.run("sync")
    one = sandbox.change("create", 1)[0]
    said = etl.run("explain", one).stdout
    assert "The warehouse does not hold it." in said and re.search(r"The API now: it is there, open, updated at \S+Z\.", said)


@pytest.mark.parametrize("body,words", [("<html>", "not JSON"), ("{}", "the API's answer"), ('{"data": {"id": "x"}}', "the API's answer"), ("[1, ", "ends in the middle")])
def test_explain_of_an_answer_that_is_none(pair, body, words):
    sandbox, etl = pair(conversations=50)
    etl.run("sync")
    one = sandbox.dump()["conversations"][0]["id"]
    sandbox.fault("status", match="get", status=200, body=body, times=0)
    assert words in etl.run("explain", one, expect=65).stderr


def test_explain_shows_nothing_personal(pair):
    sandbox, etl = pair(conversations=50)
    etl.run("sync")
    one = next(c for c in sandbox.dump()["conversations"] if c["contact"].get("phone"))
    said = etl.run("-v", "explain", one["id"])
    for text in (one["contact"]["name"], one["contact"]["phone"]):
        assert text not in said.stdout + said.stderr


def test_explain_of_one_that_is_nowhere(pair):
    sandbox, etl = pair(conversations=50)
    etl.run("sync")
    done = etl.run("explain", "conv_nowhere", expect=65)
    assert "does not hold it" in done.stdout and "404 not_found" in done.stdout


def test_explain_of_one_that_could_not_be_loaded(pair):
    sandbox, etl = pair(conversations=50)
    one = sandbox.dump()["conversations"][7]["id"]
    sandbox.control("item", {"id": one, "raw": '{"id": "%s", "status": 7, "created_at": "2024-03-15T08:30:00Z"}' % one})
    etl.run("sync", expect=65)
    done = etl.run("explain", one, expect=None)
    assert "rejected" in done.stdout and "$.data[7].status" in done.stdout


def test_every_request_of_a_command_stands_in_the_ledger(pair):
    sandbox, etl = pair(conversations=250)
    etl.run("sync")
    etl.run("verify")
    etl.run("explain", sandbox.dump()["conversations"][0]["id"])
    etl.run("conversations", "list", "--all")
    etl.run("sync")
    assert etl.one("select sum(requests) from sahut_etl.request_ledger") == sandbox.stats()["requests"]

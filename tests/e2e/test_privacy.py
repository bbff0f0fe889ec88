# SPDX-License-Identifier: MIT
"""What identifies a contact stands in one place, is kept or dropped as configured, and can be forgotten for good."""
import hashlib
import hmac
import json
import os
import signal
import threading
import time

import pytest

from etl import assert_equal

SECRET = "rahasia-untuk-uji-coba"


def secret(etl, text=SECRET):
    path = os.path.join(etl.dir, "pii-key")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        f.write(text + "\n")
    return "pii-key"


def configure(etl, **privacy):
    etl.extra = "privacy:\n" + "".join(f"  {k}: {v}\n" for k, v in privacy.items())
    etl.write()


def key_of(phone, text=SECRET):
    digits = "".join(c for c in phone if c.isdigit())
    return hmac.new(text.encode(), digits.encode(), hashlib.sha256).hexdigest()


def identifying(sandbox):
    """Names and phones of all contacts, as the API has them."""
    found = set()
    for c in sandbox.dump()["conversations"]:
        contact = c.get("contact") or {}
        found |= {contact[k] for k in ("name", "phone") if contact.get(k)}
    return found


def everything(etl, *schemas):
    """All that stands in tables and views, as text; what the log of requests may hold, too."""
    text = []
    for schema, name in etl.sql("""select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = any(%s) and c.relkind in ('r', 'v')""", list(schemas)):
        text += [r[0] for r in etl.sql(f'select t::text from {schema}."{name}" t')]
    return "\n".join(text)


def test_names_and_phones_stand_in_sahut_pii_alone(pair):
    sandbox, etl = pair(conversations=300)
    configure(etl, hash_key_file=secret(etl))
    bad = item(sandbox, 0)
    raw = json.dumps({**bad, "labels": "not a list", "contact": {**bad["contact"], "name": "Rahasia Sekali"}})
    sandbox.control("item", {"id": bad["id"], "raw": raw})
    said = etl.run("sync", "--full", expect=65)
    said = said.stdout + said.stderr + "".join(
        (lambda d: d.stdout + d.stderr)(etl.run(*args, expect=None)) for args in (("status",), ("status", "--json"), ("rejected",), ("check",), ("verify",), ("plan",)))
    names = identifying(sandbox) | {"Rahasia Sekali"}
    elsewhere = everything(etl, "sahut", "sahut_report")
    elsewhere += "\n".join(r[0] for (t,) in etl.sql("""select relname from pg_class where relnamespace = 'sahut_etl'::regnamespace and relkind = 'r'
        and relname <> 'rejected_item'""") for r in etl.sql(f"select x::text from sahut_etl.{t} x"))
    assert not [n for n in names if n in elsewhere or n in said]
    held = everything(etl, "sahut_pii")
    assert {n for n in names if n not in held} <= {"Rahasia Sekali", bad["contact"]["name"], bad["contact"].get("phone")}
    # A whole item that could not be loaded may hold them: the daemon's role alone reads it, and no command shows it.
    assert "Rahasia Sekali" in etl.one("select item from sahut_etl.rejected_item")
    assert etl.one("select has_schema_privilege('sahut_reader', 'sahut_etl', 'usage') or has_schema_privilege('sahut_analyst', 'sahut_etl', 'usage')") is False


@pytest.mark.parametrize("name, phone", [("keep", "drop"), ("drop", "keep"), ("drop", "drop")])
def test_each_is_kept_or_dropped(pair, name, phone):
    sandbox, etl = pair(conversations=150)
    configure(etl, contact_name=name, contact_phone=phone, hash_key_file=secret(etl))
    etl.run("sync")
    kept = etl.sql("select count(name), count(phone), count(extra) from sahut_pii.contact")[0]
    assert (kept[0] > 0, kept[1] > 0, kept[2]) == (name == "keep", phone == "keep", 0)
    # The hash is made of what is not kept, too.
    assert etl.one("select count(phone_key) from sahut.contact") > 50
    everywhere = everything(etl, "sahut", "sahut_pii", "sahut_report", "sahut_etl")
    for c in sandbox.dump()["conversations"]:
        contact = c.get("contact") or {}
        assert name == "keep" or not contact.get("name") or contact["name"] not in everywhere
        assert phone == "keep" or not contact.get("phone") or contact["phone"] not in everywhere


def test_what_is_not_to_be_kept_any_longer_goes_at_once(pair):
    sandbox, etl = pair(conversations=150)
    etl.run("sync")
    assert etl.one("select count(name) from sahut_pii.contact") > 0
    configure(etl, contact_name="drop")
    etl.run("sync")
    assert etl.sql("select count(name), count(phone) > 0 from sahut_pii.contact") == [(0, True)]
    configure(etl, contact_name="drop", contact_phone="drop")
    etl.run("sync")
    assert etl.one("select count(*) from sahut_pii.contact") == 0
    # And comes back when it may be kept again.
    configure(etl, contact_name="keep")
    etl.run("sync", "--full")
    assert_equal(etl, sandbox)


def item(sandbox, number):
    return {k: v for k, v in sandbox.dump()["conversations"][number].items() if k not in ("history", "raw")}


def with_contact(sandbox, number, **contact):
    """The conversation of that number, with another contact."""
    one = item(sandbox, number)
    sandbox.control("item", {"id": one["id"], "raw": json.dumps({**one, "contact": contact})})
    return one["id"]


def test_the_hash_joins_one_person_across_channels(pair):
    sandbox, etl = pair(conversations=100)
    configure(etl, hash_key_file=secret(etl))
    one = with_contact(sandbox, 0, id="ct_wa", name="Sari", phone="+6281234567890")
    two = with_contact(sandbox, 1, id="ct_ig", name="sari.s", phone="+62 812-3456-7890")
    three = with_contact(sandbox, 2, id="ct_mail", name="Sari S", phone=None)
    four = with_contact(sandbox, 3, id="ct_other", name="Budi", phone="+6281234567891")
    etl.run("sync")
    person = dict(etl.sql("select id, person_id from sahut_report.conversations where id = any(%s)", [one, two, three, four]))
    assert person[one] == person[two] == key_of("+6281234567890")
    assert person[three] == "ct_mail"
    assert person[four] == key_of("+6281234567891")
    assert etl.sql("select person_id, count(*), sum(conversation_count) from sahut_report.contact_activity where person_id = %s group by 1", person[one]) == [
        (person[one], 2, 2)]
    # Another secret gives other hashes; without one there are none.
    secret(etl, "another secret, another hash")
    etl.run("sync", "--full")
    assert etl.one("select encode(phone_key, 'hex') from sahut.contact where id = 'ct_wa'") == key_of("+6281234567890", "another secret, another hash")
    configure(etl, contact_name="keep")
    etl.run("sync", "--full")
    assert etl.one("select count(phone_key) from sahut.contact") == 0


def test_an_erased_contact_stays_erased(pair):
    sandbox, etl = pair(conversations=120)
    configure(etl, hash_key_file=secret(etl))
    loaded = with_contact(sandbox, 0, id="ct_gone", name="Lupa Aku", phone="+628999000111", mother="Ibu Lupa")
    bad = item(sandbox, 1)
    broken = json.dumps({**bad, "labels": 7, "contact": {"id": "ct_gone", "name": "Lupa Aku", "phone": "+628999000111"}})
    sandbox.control("item", {"id": bad["id"], "raw": broken})
    strange = item(sandbox, 2)
    sandbox.control("item", {"id": strange["id"], "raw": json.dumps({**strange, "contact": {"id": "ct_gone", "name": 12, "phone": "+628999000111"}})})
    etl.run("sync", expect=65)
    private = ["Lupa Aku", "628999000111", "Ibu Lupa", key_of("+628999000111")]
    before = everything(etl, "sahut", "sahut_pii", "sahut_etl")
    assert [p in before for p in private] == [True] * 4
    done = etl.run("erase", "ct_gone")
    assert done.stdout == "utama: contact ct_gone: name, phone and all that identifies it are erased; 2 rejected items emptied\n"

    def assert_nothing():
        held = everything(etl, "sahut", "sahut_pii", "sahut_report", "sahut_etl")
        assert not [p for p in private if p in held]
        assert etl.sql("select phone_key, erased_at is not null from sahut.contact where id = 'ct_gone'") == [(None, True)]
        # What was rejected is still counted, and the conversation is still there.
        assert etl.one("select count(*) from sahut_etl.rejected_item") == 2
        assert etl.one("select contact_id from sahut_report.conversations where id = %s", loaded) == "ct_gone"

    assert_nothing()
    etl.run("sync", "--full", expect=65)
    assert_nothing()
    # A sweep that meets the same again writes nothing for it.
    seen = etl.sql("select xmin::text, times_seen from sahut_etl.rejected_item order by 1")
    etl.run("sync", "--full", expect=65)
    assert etl.sql("select xmin::text, times_seen from sahut_etl.rejected_item order by 1") == seen
    with_contact(sandbox, 0, id="ct_gone", name="Lupa Aku", phone="+628999000111", mother="Ibu Lupa", status="again")
    etl.run("sync", "--full", expect=65)
    assert_nothing()
    again = etl.run("erase", "ct_gone")
    assert again.stdout == "utama: contact ct_gone: nothing that identifies it was held; none will be loaded\n"
    assert etl.run("erase", "ct_nobody").stdout == "contact ct_nobody is not known here; there is nothing to erase\n"
    assert etl.run("erase", expect=64).stderr


def test_a_contact_seen_only_in_what_was_rejected_is_never_loaded(pair):
    sandbox, etl = pair(conversations=110)
    one = item(sandbox, 0)
    sandbox.control("item", {"id": one["id"], "raw": json.dumps({**one, "labels": 7, "contact": {"id": "ct_new", "name": "Belum Ada"}})})
    etl.run("sync", expect=65)
    assert etl.sql("select * from sahut.contact where id = 'ct_new'") == []
    etl.run("erase", "ct_new")
    sandbox.control("item", {"id": one["id"], "raw": json.dumps({**one, "contact": {"id": "ct_new", "name": "Belum Ada"}})})
    etl.run("sync", "--full")
    assert etl.one("select contact_id from sahut.conversation where id = %s", one["id"]) == "ct_new"
    assert "Belum Ada" not in everything(etl, "sahut", "sahut_pii", "sahut_etl")


def test_erase_in_one_workspace_of_two(sandboxes, warehouse):
    sandbox = sandboxes(conversations=100, workspaces=["key=sk_live_two,conversations=100,seed=7"])
    etl = warehouse(sandbox.base_url)
    etl.add("kedua", sandbox.base_url, key="sk_live_two")
    etl.run("sync")
    contact = etl.one("select contact_id from sahut_pii.contact where workspace_id = 1 and name is not null limit 1")
    etl.sql("insert into sahut.contact values (2, %s, null, now()); insert into sahut_pii.contact values (2, %s, 'Lain', null, null, now())", contact, contact)
    assert etl.run("-w", "kedua", "erase", contact).stdout.startswith("kedua: ")
    assert etl.sql("select workspace_id from sahut_pii.contact where contact_id = %s", contact) == [(1,)]
    assert etl.run("erase", contact).stdout.count("\n") == 2
    assert etl.sql("select workspace_id from sahut_pii.contact where contact_id = %s", contact) == []


def test_erase_beside_a_batch_that_has_read_the_contact_before(pair):
    """The batch has seen the contact as one to be loaded, and writes it only after the erasure began."""
    sandbox, etl = pair(conversations=120)
    etl.run("sync")
    contact, name = etl.sql("select contact_id, name from sahut_pii.contact where name is not null order by 1 limit 1")[0]
    batch = etl.cluster.connect(etl.dbname)
    batch.autocommit = False
    cursor = batch.cursor()
    cursor.execute("select count(*) from sahut.contact where id = %s and erased_at is null", (contact,))
    assert cursor.fetchone()[0] == 1
    cursor.execute("update sahut_pii.contact set name = %s where contact_id = %s", (name + " baru", contact))
    done = []
    thread = threading.Thread(target=lambda: done.append(etl.run("erase", contact)))
    thread.start()
    deadline = time.monotonic() + 30
    while etl.one("select count(*) from pg_locks where relation = 'sahut_pii.contact'::regclass and not granted") == 0:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert not done
    batch.commit()
    thread.join(60)
    batch.close()
    assert "are erased" in done[0].stdout
    assert etl.one("select count(*) from sahut_pii.contact where contact_id = %s", contact) == 0


def test_erase_beside_a_running_daemon(pair):
    sandbox, etl = pair(conversations=300, drift_per_request=3, workspace={"schedule": "{incremental: 5s}"})
    etl.run("sync")
    process = etl.start("run")
    try:
        deadline = time.monotonic() + 60
        while etl.one("select count(*) from sahut_etl.run where state = 'ok'") < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        contact, name = etl.sql("select contact_id, name from sahut_pii.contact where name is not null order by 1 limit 1")[0]
        began = time.monotonic()
        assert "are erased" in etl.run("erase", contact).stdout
        runs = etl.one("select max(id) from sahut_etl.run")
        while etl.one("select count(*) from sahut_etl.run where id > %s and state = 'ok'", runs) < 1:
            assert time.monotonic() < began + 120
            time.sleep(0.05)
    finally:
        etl.kill(process, signal.SIGTERM)
    assert etl.one("select count(*) from sahut_pii.contact where contact_id = %s", contact) == 0


def test_a_server_that_logs_everything_logs_nothing_of_a_person(sandboxes, tmp_path):
    """Its log is read by others, copied elsewhere and kept for years: values travel by COPY, and the key not at all."""
    from cluster import Cluster
    from conftest import BUILD
    from etl import Etl
    cluster = Cluster(log_statement="all", log_min_duration_statement="0", log_error_verbosity="verbose", log_parameter_max_length="-1")
    try:
        cluster.connect().cursor().execute("create database privacy")
        sandbox = sandboxes(conversations=120)
        etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path, cluster, "privacy", sandbox.base_url)
        etl.run("migrate")
        etl.run("sync")
        sandbox.change("silent", 5)
        sandbox.change("create", 5)
        sandbox.control("clock", {"advance": 600})
        etl.run("sync", "--full")
        etl.run("verify")
        etl.run("report", "volume")
        with open(os.path.join(cluster.dir, "log"), errors="replace") as f:
            log = f.read()
        contacts = [c["contact"] for c in sandbox.dump()["conversations"] if c.get("contact")]
        assert len(contacts) >= 100 and len(log) > 100000
        found = [v for c in contacts for v in (c.get("name"), c.get("phone")) if v and v in log]
        assert not found and "sk_live_sandbox" not in log, found[:5]
    finally:
        cluster.stop()

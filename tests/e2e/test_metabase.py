# SPDX-License-Identifier: MIT
"""metabase apply: dashboards in a Metabase, once and again, and what people do there stays."""
import json
import os
import re
import signal

import pytest

from conftest import BUILD
from daemon import wait_for
from etl import Etl
from metabase_mock import Metabase

TOP = os.path.join(os.path.dirname(__file__), "..", "..", "etc", "metabase")
SPEC = json.load(open(os.path.join(TOP, "dashboards.json")))
CARDS = [c for d in SPEC["dashboards"] for c in d["cards"] if "key" in c]
BOARDS = ["Conversation volume", "Agent workload", "Data freshness"]


def settings(etl, mock, key="mb_secret", password="geheim"):
    for name, text in (("metabase-key", key), ("metabase-password", password)):
        with open(os.open(os.path.join(etl.dir, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
            f.write(text + "\n")
    etl.extra = f"""
        metabase:
          url: {mock.url}
          api_key_file: metabase-key
          database: {{host: 127.0.0.1, dbname: {etl.dbname}, user: metabase, password_file: metabase-password}}
        """
    etl.write()


@pytest.fixture(scope="module")
def empty(cluster, tmp_path_factory):
    """A warehouse without data, for all tests here."""
    dbname = f"metabase_{os.getpid()}"
    cluster.create_database(dbname)
    etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path_factory.mktemp("etl"), cluster, dbname, "http://127.0.0.1:9/v1")
    etl.run("migrate")
    return etl


@pytest.fixture
def metabase(cluster, empty):
    """That warehouse, and a Metabase that may read it and that nothing was put into yet."""
    started = []

    def make(**options):
        etl = empty
        etl.sql("truncate sahut_etl.metabase_object")
        mock = Metabase(cluster, etl.dbname, **options)
        started.append(mock)
        settings(etl, mock)
        return mock, etl

    yield make
    for mock in started:
        mock.stop()


def apply(etl, *options, expect=0):
    return etl.run("metabase", "apply", *options, expect=expect)


# ---- the files ----

def test_every_card_has_its_file_and_every_file_its_card():
    assert {c["key"] + ".sql" for c in CARDS} | {"dashboards.json"} == set(os.listdir(TOP))
    assert [d["name"] for d in SPEC["dashboards"]] == BOARDS


def test_every_filter_of_a_card_is_one_of_its_dashboard_and_stands_in_its_sql():
    for board in SPEC["dashboards"]:
        known = {p["id"] for p in board["parameters"]}
        for card in board["cards"]:
            if "key" not in card:
                continue
            sql = open(os.path.join(TOP, card["key"] + ".sql")).read()
            assert set(re.findall(r"{{(\w+)}}", sql)) == set(card["tags"]), card["key"]
            assert set(card["tags"]) <= known, card["key"]
            # A filter expands to a whole column name, which an alias of the table would break.
            for target in card["tags"].values():
                table = target.split(".")[0]
                assert re.search(rf"from sahut_report\.{table}\n", sql), (card["key"], table)


@pytest.mark.parametrize("board", range(3))
def test_no_card_lies_on_another_or_over_the_edge(board):
    taken = {}
    for card in SPEC["dashboards"][board]["cards"]:
        name = card.get("key", "text")
        assert card["col"] + card["size_x"] <= 24
        for x in range(card["col"], card["col"] + card["size_x"]):
            for y in range(card["row"], card["row"] + card["size_y"]):
                assert (x, y) not in taken, (name, taken.get((x, y)))
                taken[x, y] = name


def test_every_card_runs_as_the_reader_with_its_filters_on_and_off(pair):
    sandbox, etl = pair(conversations=300)
    etl.run("sync")
    values = {"day": "date '2020-01-01'", "workspace": "'utama'", "channel": "'x'", "channel_type": "'whatsapp'", "agent": "'x'"}
    for card in CARDS:
        sql = open(os.path.join(TOP, card["key"] + ".sql")).read()
        off = re.sub(r"\[\[.*?\]\]", "", sql)
        on = sql.replace("[[", "").replace("]]", "")
        for tag, target in card["tags"].items():
            table, column = target.split(".")
            on = on.replace("{{%s}}" % tag, f'"sahut_report"."{table}"."{column}" >= {values[tag]}')
        for query in (off, on):
            etl.sql(f"set role sahut_reader; set default_transaction_read_only = on; {query}")


# ---- applying ----

def test_a_second_run_writes_nothing(metabase):
    mock, etl = metabase()
    mock.polls_before_tables = 3
    mock.runs_cards = True
    mock.starting = 1
    first = apply(etl)
    assert {d["name"] for d in mock.dashboards.values()} == set(BOARDS)
    assert len(mock.cards) == len(CARDS)
    assert "make card \"Created\"" in first.stdout
    for board in SPEC["dashboards"]:
        laid = mock.dashboard(board["name"])["dashcards"]
        assert len(laid) == len(board["cards"])
        for dashcard in laid:
            if dashcard["card_id"]:
                tags = mock.cards[dashcard["card_id"]]["dataset_query"]["native"]["template-tags"]
                assert {m["parameter_id"] for m in dashcard["parameter_mappings"]} == set(tags)
    mock.clear()
    second = apply(etl)
    assert mock.writes() == []
    assert second.stdout == f"{len(CARDS) + len(BOARDS) + len(SPEC['fields']) + len(SPEC['collections']) + 1} objects as they should be\n"


def test_what_metabase_is_told_of_the_database(metabase):
    mock, etl = metabase()
    apply(etl)
    [database] = mock.databases.values()
    assert database["engine"] == "postgres"
    assert database["details"]["schema-filters-patterns"] == "sahut_report"
    assert database["details"]["password"] == "geheim"
    assert database["details"]["ssl"] is False
    keys = {(t, c): f for (t, c), f in mock.fields.items() if c}
    for field in SPEC["fields"]:
        table, column = field["column"].split(".")
        if "target" in field:
            target = keys[tuple(field["target"].split("."))]
            assert keys[table, column]["semantic_type"] == "type/FK"
            assert keys[table, column]["fk_target_field_id"] == target["id"]
        if "values" in field:
            assert keys[table, column]["has_field_values"] == field["values"]


def test_a_dry_run_writes_nothing_and_says_what_it_would(metabase):
    mock, etl = metabase()
    done = apply(etl, "--dry-run")
    assert mock.writes() == []
    assert "would make database connection" in done.stdout and 'would make dashboard "Agent workload"' in done.stdout
    assert etl.one("select count(*) from sahut_etl.metabase_object") == 0
    apply(etl)
    mock.clear()
    done = apply(etl, "--dry-run")
    assert mock.writes() == [] and "would" not in done.stdout


def test_secrets_stand_in_no_output_and_not_in_the_warehouse(metabase):
    mock, etl = metabase()
    done = apply(etl)
    held = str(etl.sql("select * from sahut_etl.metabase_object"))
    for secret in ("mb_secret", "geheim"):
        assert secret not in done.stdout + done.stderr + held


def forget_spec(etl, key):
    """As if that object had another form in a newer version of the program."""
    etl.sql("update sahut_etl.metabase_object set spec_sha256 = 'old' where key = %s", key)


def test_a_changed_card_is_one_write_and_its_run(metabase):
    mock, etl = metabase()
    apply(etl)
    mock.clear()
    forget_spec(etl, "card:volume_created")
    apply(etl)
    number = mock.card("Created")["id"]
    assert mock.writes() == [("PUT", f"/api/card/{number}"), ("POST", f"/api/card/{number}/query")]


def test_what_people_edited_stays_unless_forced(metabase):
    mock, etl = metabase()
    apply(etl)
    card = mock.card("Created")
    card["name"] = "Neue Anfragen"
    mock.dashboard("Agent workload")["dashcards"].pop()
    mock.clear()
    apply(etl)
    assert mock.writes() == []
    forget_spec(etl, "card:volume_created")
    forget_spec(etl, "dashboard:workload")
    done = apply(etl)
    assert mock.writes() == []
    assert "edited" in done.stdout and "--force" in done.stdout
    apply(etl, "--force")
    assert card["name"] == "Created"


def test_a_dashboard_keeps_the_numbers_of_its_cards_and_what_others_put_there(metabase):
    mock, etl = metabase()
    apply(etl)
    board = mock.dashboard("Conversation volume")
    before = {d["card_id"]: d["id"] for d in board["dashcards"]}
    other = mock.make_card({"name": "Mine", "display": "table", "visualization_settings": {}, "dataset_query": {
        "type": "native", "database": next(iter(mock.databases)), "native": {"query": "select 1", "template-tags": {}}}})
    board["dashcards"].append({"id": 9999, "card_id": other["id"], "row": 90, "col": 0, "size_x": 4, "size_y": 4})
    apply(etl, "--force")
    after = {d["card_id"]: d["id"] for d in board["dashcards"]}
    assert after == {**before, other["id"]: 9999}
    apply(etl, "--force", "--prune")
    assert {d["card_id"]: d["id"] for d in board["dashcards"]} == before


def test_what_somebody_put_into_the_trash_stays_there(metabase):
    mock, etl = metabase()
    apply(etl)
    mock.card("Channel mix")["archived"] = True
    mock.clear()
    done = apply(etl)
    assert mock.writes() == [] and "trash" in done.stdout


def test_what_was_deleted_for_good_is_made_again(metabase):
    mock, etl = metabase()
    apply(etl)
    mock.delete_card("Channel mix")
    apply(etl)
    board = mock.dashboard("Conversation volume")
    assert mock.card("Channel mix")["id"] in {d["card_id"] for d in board["dashcards"]}


def test_what_the_program_has_no_more_is_put_away_when_asked(metabase):
    mock, etl = metabase()
    apply(etl)
    old = mock.make_card({**mock.card("Created"), "entity_id": "x" * 21})
    etl.sql("""insert into sahut_etl.metabase_object (instance_url, key, metabase_id, spec_sha256)
        values (%s, 'card:volume_gone', %s, 'x')""", mock.url, old["id"])
    done = apply(etl)
    assert "--prune" in done.stdout and not mock.cards[old["id"]]["archived"]
    apply(etl, "--prune")
    assert mock.cards[old["id"]]["archived"]
    assert etl.one("select count(*) from sahut_etl.metabase_object where key = 'card:volume_gone'") == 0


def test_when_memory_is_lost_what_is_there_is_found_again(metabase):
    mock, etl = metabase()
    apply(etl)
    etl.sql("truncate sahut_etl.metabase_object")
    mock.clear()
    apply(etl)
    assert len(mock.cards) == len(CARDS) and len(mock.dashboards) == 3 and len(mock.databases) == 1 and len(mock.collections) == 2
    made = [p for m, p in mock.writes() if m == "POST" and not p.endswith(("/query", "/rescan_values", "/sync_schema"))]
    assert made == []


# ---- what goes wrong ----

def test_an_answer_that_is_lost_makes_nothing_twice(metabase):
    mock, etl = metabase()
    mock.lose_answers = 1000
    for _ in range(3):
        done = apply(etl, expect=None)
        mock.lose_answers = 6 if done.returncode else 0
    mock.lose_answers = 0
    apply(etl)
    assert len(mock.databases) == 1 and len(mock.collections) == 2
    assert len(mock.cards) == len(CARDS) and len(mock.dashboards) == 3


def test_one_lost_answer_to_a_card_makes_no_second_one(metabase):
    mock, etl = metabase()
    apply(etl)
    mock.delete_card("Created")
    mock.lose_answers = 1
    apply(etl)
    assert [c["name"] for c in mock.cards.values()].count("Created") == 1 and len(mock.cards) == len(CARDS)


def test_a_card_that_was_renamed_and_moved_is_found_when_memory_is_lost(metabase):
    mock, etl = metabase()
    apply(etl)
    card = mock.card("Created")
    card.update(name="Masuk", collection_id=None)
    etl.sql("truncate sahut_etl.metabase_object")
    apply(etl)
    assert len(mock.cards) == len(CARDS) and all(len([d for d in b["dashcards"] if d["card_id"] == card["id"]]) <= 1
                                                 for b in mock.dashboards.values())


def test_cards_of_two_warehouses_in_one_collection_are_told_apart(metabase):
    """A card of the same name that asks another database is left alone."""
    mock, etl = metabase()
    apply(etl)
    card = mock.card("Created")
    card["database_id"] += 1000
    etl.sql("truncate sahut_etl.metabase_object")
    apply(etl)
    assert len(mock.cards) == len(CARDS) + 1


def test_a_hidden_table_changes_nothing(metabase):
    mock, etl = metabase()
    apply(etl)
    mock.hidden = {"sync_runs", "health"}
    mock.clear()
    apply(etl)
    assert mock.writes() == []


def test_edits_of_a_card_on_its_dashboard_stay(metabase):
    mock, etl = metabase()
    apply(etl)
    board = mock.dashboard("Agent workload")
    dashcard = next(d for d in board["dashcards"] if d["card_id"])
    dashcard.update(visualization_settings={"card.title": "Tim Budi"}, series=[{"id": 99}], parameter_mappings=[])
    etl.sql("update sahut_etl.metabase_object set spec_sha256 = 'older' where key like 'dashboard:%%'")
    done = apply(etl)
    assert 'leave as somebody edited it (--force overwrites it): dashboard "Agent workload"' in done.stdout
    now = next(d for d in mock.dashboard("Agent workload")["dashcards"] if d["id"] == dashcard["id"])
    assert now["visualization_settings"] == {"card.title": "Tim Budi"} and now["series"] == [{"id": 99}]
    assert now["parameter_mappings"] == []


@pytest.mark.parametrize("option", [(), ("--force",)])
def test_a_dashboard_that_was_split_into_tabs_can_be_upgraded(metabase, option):
    mock, etl = metabase()
    apply(etl)
    board = mock.dashboard("Conversation volume")
    board["tabs"] = [{"id": 501, "name": "Harian"}, {"id": 502, "name": "Bulanan"}]
    for i, d in enumerate(board["dashcards"]):
        d["dashboard_tab_id"] = 501 + i % 2
    tabs = {d["id"]: d["dashboard_tab_id"] for d in board["dashcards"]}
    mock.delete_card("Created")
    etl.sql("update sahut_etl.metabase_object set spec_sha256 = 'older' where key like 'dashboard:%%'")
    apply(etl, *option)
    board = mock.dashboard("Conversation volume")
    created = [d for d in board["dashcards"] if d["card_id"] == mock.card("Created")["id"]]
    assert [d["dashboard_tab_id"] for d in created] == [501]
    assert all(d["dashboard_tab_id"] == tabs[d["id"]] for d in board["dashcards"] if d["id"] in tabs)


def test_a_pause_that_is_asked_for_is_made(metabase):
    mock, etl = metabase()
    mock.throttle = 2
    apply(etl)
    assert len(mock.cards) == len(CARDS)


@pytest.mark.parametrize("what, exit_code, words", [
    ({"key": "another"}, 77, "does not accept the API key"),
    ({"version": "v0.57.9"}, 78, "0.58 or newer is needed"),
    ({"version": "v1.61.2"}, 0, ""),
])
def test_who_may_not_and_what_is_too_old_is_told_so(metabase, what, exit_code, words):
    mock, etl = metabase(**what)
    done = apply(etl, expect=exit_code)
    assert words in done.stderr
    assert exit_code == 0 or mock.writes() == []


@pytest.mark.parametrize("answer, exit_code, words", [
    ((403, {"message": "You don't have permissions to do that."}, {}), 77, "must belong to the group Administrators"),
    ((302, "", {"Location": "https://login.example/"}), 78, "sends us on to another place (https://login.example/)"),
    ((200, "<html>Welcome</html>", {}), 78, 'is no Metabase (content type "text/plain")'),
    ((200, "", {}), 65, "answered nothing to GET"),
    ((400, {"message": "no \x1b[2J"}, {}), 65, 'refuses it (400): no \\x1b[2J'),
    ((400, {"errors": {"name": "must be given"}}, {}), 65, "name: must be given"),
    ((418, "a teapot", {}), 65, "refuses it (418): a teapot"),
    ((500, {"message": "broken"}, {}), 69, "is not well, it answers 500: broken"),
    ((503, "starting", {}), 69, "is not well, it answers 503: starting"),
])
def test_what_answers_instead_of_metabase_is_told(metabase, answer, exit_code, words):
    mock, etl = metabase()
    mock.instead = answer
    done = apply(etl, expect=exit_code)
    assert words in done.stderr and "\x1b" not in done.stderr and "mb_secret" not in done.stderr
    assert mock.writes() == []


@pytest.mark.parametrize("step", [13, pytest.param(1, marks=pytest.mark.slow)])
def test_broken_off_at_each_request_nothing_is_made_twice(metabase, step):
    """What is there then is found again by the next run, which goes on from it."""
    n = 1
    while True:
        mock, etl = metabase()
        mock.refuse_from = n
        done = apply(etl, expect=None)
        if done.returncode == 0:
            break
        assert done.returncode == 65 and "a teapot" in done.stderr + done.stdout, (n, done.stderr)
        mock.refuse_from = None
        apply(etl)
        assert sorted(d["name"] for d in mock.dashboards.values()) == sorted(BOARDS), n
        assert sorted(c["name"] for c in mock.cards.values()) == sorted(c["name"] for c in CARDS), n
        n += step
    assert n > 20


def test_a_start_that_is_waited_for_can_be_broken_off(metabase):
    mock, etl = metabase()
    mock.starting = 1000
    process = etl.start("metabase", "apply")
    wait_for(lambda: mock.starting < 1000, "a first question")
    process.send_signal(signal.SIGTERM)
    assert "told to stop" in process.communicate(timeout=30)[1] and process.returncode == 75


def test_tables_that_do_not_come_are_waited_for_until_told_to_end(metabase):
    mock, etl = metabase()
    mock.polls_before_tables = 1000
    process = etl.start("metabase", "apply")
    wait_for(lambda: getattr(mock, "left", 1000) < 999, "the tables to be asked for")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 75


def test_a_database_that_is_far_away_is_spoken_to_with_tls(metabase):
    mock, etl = metabase()
    etl.extra = etl.extra.replace("host: 127.0.0.1", "host: db.example")
    etl.write()
    apply(etl)
    assert [d["details"].get("ssl-mode") for d in mock.databases.values()] == ["require"]


def test_two_collections_of_our_name_are_not_guessed_between(metabase):
    mock, etl = metabase()
    apply(etl)
    etl.sql("truncate sahut_etl.metabase_object")
    twin = dict(next(iter(mock.collections.values())))
    twin["id"] = mock.new()
    mock.collections[twin["id"]] = twin
    assert twin["name"] in apply(etl, expect=78).stderr


def test_two_dashboards_of_our_name_are_not_guessed_between(metabase):
    mock, etl = metabase()
    apply(etl)
    etl.sql("truncate sahut_etl.metabase_object")
    twin = dict(mock.dashboard(BOARDS[0]))
    twin["id"] = mock.new()
    mock.dashboards[twin["id"]] = twin
    assert BOARDS[0] in apply(etl, expect=78).stderr


def test_a_key_that_is_no_administrators_is_refused_before_anything_is_written(metabase):
    mock, etl = metabase()
    mock.superuser = False
    done = apply(etl, expect=77)
    assert "Administrators" in done.stderr and mock.writes() == []


def test_a_metabase_that_is_not_set_up_is_told_apart(metabase):
    mock, etl = metabase()
    mock.setup_token = "abc"
    assert "not set up yet" in apply(etl, expect=78).stderr


def test_a_metabase_that_is_not_there(metabase):
    mock, etl = metabase()
    mock.stop()
    assert "connect" in apply(etl, expect=69).stderr.lower()


def test_two_connections_of_our_name_are_not_guessed_between(metabase):
    mock, etl = metabase()
    for _ in range(2):
        mock.make_database({"name": f"Sahut ({etl.dbname})", "engine": "postgres", "details": {}})
    assert "rename" in apply(etl, expect=78).stderr


def test_a_card_that_does_not_run_is_named_and_the_others_are_made(metabase):
    mock, etl = metabase()
    mock.broken_cards = {"Created"}
    done = apply(etl, expect=65)
    assert 'card "Created" does not run: ERROR: permission denied' in done.stdout
    assert len(mock.dashboards) == 3


def test_without_a_section_it_says_so(empty):
    etl = empty
    etl.extra = ""
    etl.write()
    assert "no section metabase" in apply(etl, expect=78).stderr
    assert "apply" in etl.run("metabase", "destroy", expect=64).stderr

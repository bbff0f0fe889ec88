# SPDX-License-Identifier: MIT
"""metabase apply: dashboards in a Metabase, once and again, and what people do there stays."""
import json
import os
import re
import signal

import psycopg2
import pytest

from conftest import BUILD
from daemon import wait_for
from etl import Etl
from metabase_mock import Metabase

TOP = os.path.join(os.path.dirname(__file__), "..", "..", "etc", "metabase")
SPEC = json.load(open(os.path.join(TOP, "dashboards.json")))
CARDS = [c for d in SPEC["dashboards"] for c in d["cards"] if "key" in c]


def file_of(card):
    return card.get("sql", card["key"]) + ".sql"


BOARDS = ["Conversation volume", "Agent workload", "Replies to customers", "Data freshness"]


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
    assert {file_of(c) for c in CARDS} | {"dashboards.json"} == set(os.listdir(TOP))
    assert [d["name"] for d in SPEC["dashboards"]] == BOARDS


def test_every_filter_of_a_card_is_one_of_its_dashboard_and_stands_in_its_sql():
    for board in SPEC["dashboards"]:
        known = {p["id"] for p in board["parameters"]}
        for card in board["cards"]:
            if "key" not in card:
                continue
            sql = open(os.path.join(TOP, file_of(card))).read()
            assert set(re.findall(r"{{(\w+)}}", sql)) == set(card["tags"]), card["key"]
            assert set(card["tags"]) <= known, card["key"]
            # A filter expands to a whole column name, which an alias of the table would break.
            for target in card["tags"].values():
                table = target.split(".")[0]
                assert re.search(rf"from sahut_report\.{table}\n", sql), (card["key"], table)


@pytest.mark.parametrize("board", range(len(BOARDS)))
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
    """Its columns are those that dashboards.json names, and no session's time zone changes what it says."""
    sandbox, etl = pair(conversations=300)
    etl.run("sync")
    for kind in ("create", "resolve", "reopen"):
        sandbox.change(kind, 20)
    etl.run("sync")
    values = {"day": "date '2020-01-01'", "workspace": "'utama'", "channel": "'x'", "channel_type": "'whatsapp'", "agent": "'x'",
              "team": "'x'"}
    connection = psycopg2.connect(etl.cluster.conninfo(etl.dbname))
    cursor = connection.cursor()
    cursor.execute("set role sahut_reader; set default_transaction_read_only = on")
    for card in CARDS:
        sql = open(os.path.join(TOP, file_of(card))).read()
        off = re.sub(r"\[\[.*?\]\]", "", sql)
        on = sql.replace("[[", "").replace("]]", "")
        for tag, target in card["tags"].items():
            table, column = target.split(".")
            on = on.replace("{{%s}}" % tag, f'"sahut_report"."{table}"."{column}" >= {values[tag]}')
        cursor.execute(on)
        said = []
        for zone in ("UTC", "America/New_York", "Asia/Jakarta", "Pacific/Kiritimati"):
            # One instant for all, since ages grow.
            cursor.execute(f"set timezone = '{zone}'")
            cursor.execute(off)
            assert [d.name for d in cursor.description] == card["columns"], card["key"]
            assert not any(d.type_code == 1184 for d in cursor.description), f"{card['key']} shows an instant by the session's clock"
            said.append(sorted(map(str, cursor.fetchall())))
        assert said.count(said[0]) == 4, card["key"]
    connection.rollback()


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
    etl.sql("update sahut_etl.metabase_object set sent = '' where key = %s", key)


def age(mock, etl, name):
    """As if an older version of the program had described that card otherwise."""
    card = mock.card(name)
    card["description"] = "Of old"
    etl.sql(r"update sahut_etl.metabase_object set sent = regexp_replace(sent, 'description=\S+ ', ''), "
            r"seen = regexp_replace(seen, 'description=\S+ ', '') where key like 'card:%%' and metabase_id = %s", card["id"])
    return card["id"]


def test_a_changed_card_is_one_write_and_its_run(metabase):
    mock, etl = metabase()
    apply(etl)
    mock.clear()
    number = age(mock, etl, "Created")
    apply(etl)
    assert mock.writes() == [("PUT", f"/api/card/{number}"), ("POST", f"/api/card/{number}/query")]
    # The query goes along: its first line tells how all of the card was when we wrote it.
    assert next(set(b) for m, p, b in mock.log if m == "PUT") == {"description", "dataset_query"}
    assert mock.cards[number]["description"] == "How many conversations came in?"


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
    etl.sql("""insert into sahut_etl.metabase_object (instance_url, key, metabase_id, sent)
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
    assert len(mock.cards) == len(CARDS) and len(mock.dashboards) == len(BOARDS) and len(mock.databases) == 1 and len(mock.collections) == 2
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
    assert len(mock.cards) == len(CARDS) and len(mock.dashboards) == len(BOARDS)


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
    etl.sql("update sahut_etl.metabase_object set sent = '' where key like 'dashboard:%%' or key like 'dashcard:%%' or key like 'filter:%%'")
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
    etl.sql("update sahut_etl.metabase_object set sent = '' where key like 'dashboard:%%' or key like 'dashcard:%%' or key like 'filter:%%'")
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
    ({"version": "v0.49.9"}, 78, "0.50 or newer is needed"),
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
    for _ in range(2):
        mock.make_collection({"name": "Sahut"})
    assert 'two collections called "Sahut"' in apply(etl, expect=78).stderr


def test_of_two_collections_of_our_name_ours_has_our_cards(metabase):
    mock, etl = metabase()
    apply(etl)
    etl.sql("truncate sahut_etl.metabase_object")
    mock.make_collection({"name": "Sahut"})
    apply(etl)
    assert len(mock.collections) == 3 and len(mock.dashboards) == len(BOARDS)


def test_of_two_dashboards_with_our_cards_the_older_is_ours(metabase):
    mock, etl = metabase()
    apply(etl)
    etl.sql("truncate sahut_etl.metabase_object")
    first = mock.dashboard(BOARDS[0])
    twin = {**first, "id": mock.new(), "dashcards": [dict(d) for d in first["dashcards"]], "parameters": list(first["parameters"])}
    mock.dashboards[twin["id"]] = twin
    apply(etl, "--lang", "id")
    assert (first["name"], twin["name"]) == ("Volume percakapan", BOARDS[0])


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
    assert len(mock.dashboards) == len(BOARDS)


def test_without_a_section_it_says_so(empty):
    etl = empty
    etl.extra = ""
    etl.write()
    assert "no section metabase" in apply(etl, expect=78).stderr
    assert "apply" in etl.run("metabase", "destroy", expect=64).stderr


# ---- whatever either side forgot ----

def names(mock):
    return sorted((c["name"], c["collection_id"]) for c in mock.cards.values())


def test_where_all_is_as_it_was_nothing_is_written_though_memory_is_lost(metabase):
    mock, etl = metabase()
    apply(etl)
    etl.sql("truncate sahut_etl.metabase_object")
    mock.clear()
    apply(etl)
    assert [w for w in mock.writes() if not w[1].endswith("sync_schema")] == []


def test_what_people_changed_stays_though_memory_is_lost(metabase):
    mock, etl = metabase()
    apply(etl)
    card, other = mock.card("Created"), mock.card("Resolved")
    card["description"] = "Angka kami"
    board = mock.dashboard("Conversation volume")
    laid = next(d for d in board["dashcards"] if d["card_id"] == other["id"])
    laid.update(row=70, visualization_settings={"card.title": "Tim Budi"})
    field = mock.fields["conversations", "status"]
    field["has_field_values"] = "search"
    etl.sql("truncate sahut_etl.metabase_object")
    done = apply(etl)
    assert card["description"] == "Angka kami" and field["has_field_values"] == "search"
    now = next(d for d in board["dashcards"] if d["id"] == laid["id"])
    assert (now["row"], now["visualization_settings"]) == (70, {"card.title": "Tim Budi"})
    assert 'card "Created" (description)' in done.stdout and "place of Resolved, settings of Resolved" in done.stdout
    # And in the runs after that, in another language, too.
    apply(etl, "--lang", "id")
    now = next(d for d in board["dashcards"] if d["id"] == laid["id"])
    assert card["description"] == "Angka kami" and card["name"] == "Masuk" and now["row"] == 70


def test_all_that_people_renamed_and_moved_is_found_though_memory_is_lost(metabase):
    mock, etl = metabase()
    apply(etl)
    next(iter(mock.databases.values()))["name"] = "Gudang"
    home = mock.make_collection({"name": "Operasional"})
    for collection in list(mock.collections.values())[:2]:
        collection.update(name="Dasbor " + collection["name"], location=f"/{home['id']}/")
    for dashboard in mock.dashboards.values():
        dashboard["name"] = "Kami: " + dashboard["name"]
    before = (set(mock.databases), set(mock.collections), set(mock.cards), set(mock.dashboards), [len(d["dashcards"]) for d in mock.dashboards.values()])
    etl.sql("truncate sahut_etl.metabase_object")
    done = apply(etl)
    assert before == (set(mock.databases), set(mock.collections), set(mock.cards), set(mock.dashboards),
                      [len(d["dashcards"]) for d in mock.dashboards.values()])
    assert {d["name"] for d in mock.dashboards.values()} == {"Kami: " + b for b in BOARDS}
    assert "make" not in done.stdout


def test_a_warehouse_restored_from_an_older_backup_takes_our_own_cards_for_no_edits(metabase):
    mock, etl = metabase()
    apply(etl)
    older = etl.sql("select instance_url, key, metabase_id, sent, seen from sahut_etl.metabase_object")
    apply(etl, "--lang", "id")
    etl.sql("truncate sahut_etl.metabase_object")
    for row in older:
        etl.sql("insert into sahut_etl.metabase_object values (%s, %s, %s, %s, %s)", *row)
    done = apply(etl, "--lang", "en")
    assert sorted(c["name"] for c in mock.cards.values()) == sorted(c["name"] for c in CARDS)
    assert "card " not in "".join(line for line in done.stdout.splitlines() if line.startswith("leave"))


def test_a_copy_that_somebody_made_is_never_taken_for_ours(metabase):
    mock, etl = metabase()
    apply(etl)
    card = mock.card("Created")
    copy = mock.make_card({**card, "name": "Created - Duplicate", "collection_id": card["collection_id"]})
    mock.delete_card("Created")
    apply(etl)
    assert mock.cards[copy["id"]]["name"] == "Created - Duplicate" and mock.card("Created")["id"] != copy["id"]
    etl.sql("truncate sahut_etl.metabase_object")
    apply(etl)
    assert len(mock.cards) == len(CARDS) + 1 and mock.cards[copy["id"]]["name"] == "Created - Duplicate"


def test_two_warehouses_have_dashboards_of_their_own_in_one_metabase(metabase, cluster, tmp_path):
    mock, etl = metabase()
    apply(etl)
    before = {d["id"]: [c["id"] for c in d["dashcards"]] for d in mock.dashboards.values()}
    other = Etl(etl.program, tmp_path, cluster, etl.dbname, "http://127.0.0.1:9/v1")
    settings(other, mock)
    other.extra = other.extra.replace(f"dbname: {etl.dbname}", "dbname: second")
    other.write()
    etl.sql("truncate sahut_etl.metabase_object")
    other.run("metabase", "apply")
    assert len(mock.databases) == 2 and len(mock.cards) == 2 * len(CARDS) and len(mock.dashboards) == 2 * len(BOARDS)
    for number, cards in before.items():
        assert [c["id"] for c in mock.dashboards[number]["dashcards"]] == cards


# ---- the trash ----

@pytest.mark.parametrize("lost", [False, True])
def test_a_card_in_the_trash_does_not_stop_its_dashboard(metabase, lost):
    """Metabase refuses a card in the trash as a new one on a dashboard, and does not show that it lies there still (R16, R19)."""
    mock, etl = metabase()
    apply(etl)
    card = mock.card("Channel mix")
    mock.change_card({"archived": True}, str(card["id"]))
    if lost:
        etl.sql("truncate sahut_etl.metabase_object")
    done = apply(etl, "--lang", "id")
    assert "leave in the trash" in done.stdout and card["archived"] and len(mock.cards) == len(CARDS)
    assert mock.dashboard("Volume percakapan")["name"] == "Volume percakapan"
    mock.change_card({"archived": False}, str(card["id"]))
    apply(etl)
    laid = [d for d in mock.dashboard("Volume percakapan")["dashcards"] if d["card_id"] == card["id"]]
    assert len(laid) == 1 and card["name"] == "Komposisi kanal"


def test_a_collection_in_the_trash_stays_there_with_all_in_it(metabase):
    mock, etl = metabase()
    apply(etl)
    number = next(c["id"] for c in mock.collections.values() if c["name"] == "Sahut: agents")
    mock.change_collection({"archived": True}, number)
    mock.clear()
    done = apply(etl)
    assert mock.writes() == [] and 'trash, where somebody put it: collection "Sahut: agents"' in done.stdout
    assert len(mock.cards) == len(CARDS)


def test_a_dashboard_in_the_trash_is_found_there(metabase):
    mock, etl = metabase()
    apply(etl)
    mock.change_dashboard({"archived": True}, str(mock.dashboard("Data freshness")["id"]))
    etl.sql("truncate sahut_etl.metabase_object")
    apply(etl)
    assert len(mock.dashboards) == len(BOARDS) and mock.dashboard("Data freshness")["archived"]
    apply(etl, "--force")
    assert not mock.dashboard("Data freshness")["archived"]


# ---- languages ----

def texts(mock):
    yield from (c["name"] for c in mock.collections.values())
    yield from (c["description"] for c in mock.collections.values())
    for dashboard in mock.dashboards.values():
        yield from (dashboard["name"], dashboard["description"])
        yield from (p["name"] for p in dashboard["parameters"])
        yield from (d["visualization_settings"]["text"] for d in dashboard["dashcards"] if not d["card_id"])
    for card in mock.cards.values():
        yield from (card["name"], card["description"])
        yield from (t["display-name"] for t in card["dataset_query"]["native"]["template-tags"].values())


def test_everything_is_in_indonesian_and_back_again(metabase):
    mock, etl = metabase()
    apply(etl)
    english = list(texts(mock))
    done = apply(etl, "--lang", "id")
    indonesian = list(texts(mock))
    assert [a for a, b in zip(english, indonesian) if a == b and a != "Sahut"] == []
    assert "leave" not in done.stdout
    for card in mock.cards.values():
        sql = card["dataset_query"]["native"]["query"]
        assert "@" not in sql + json.dumps(card["visualization_settings"])
        key = re.match(r"-- sahut-etl card (\w+)", sql).group(1)
        titles = card["visualization_settings"]["column_settings"]
        same = [c for c in next(c for c in CARDS if c["key"] == key)["columns"]
                if "column_title" not in titles.get(f'["name","{c}"]', {})]
        assert same == [], key
    # The pages' words, where a page says the same.
    page = etl.run("report", "workload", "--format", "html", "--lang", "id").stdout
    assert "<title>Beban kerja agen" in page and mock.dashboard("Beban kerja agen") and mock.card("Agen pada periode ini")
    # It stays the language of later runs.
    mock.clear()
    apply(etl)
    assert mock.writes() == []
    apply(etl, "--lang", "en")
    assert list(texts(mock)) == english
    assert "en or id" in etl.run("metabase", "apply", "--lang", "de", expect=64).stderr


def test_another_language_changes_our_names_and_keeps_peoples_changes(metabase):
    mock, etl = metabase()
    apply(etl)
    board = mock.dashboard("Conversation volume")
    renamed, drawn = mock.card("Created"), mock.card("Channel mix")
    renamed["name"] = "Tiket baru"
    drawn.update(display="bar", visualization_settings={"graph.dimensions": ["channel_type"], "graph.metrics": ["created"]})
    board["parameters"].append({"id": "vip", "name": "VIP", "slug": "vip", "type": "string/="})
    board["parameters"][0]["default"] = "past7days"
    moved = next(d for d in board["dashcards"] if d["card_id"] == drawn["id"])
    moved.update(row=80, col=3)
    away = next(d for d in board["dashcards"] if d["card_id"] == mock.card("Reopened")["id"])
    board["dashcards"].remove(away)
    board["tabs"] = [{"id": 501, "name": "Harian", "position": 0}]
    for d in board["dashcards"]:
        d["dashboard_tab_id"] = 501
    done = apply(etl, "--lang", "id")
    assert 'card "Masuk" (name)' in done.stdout
    assert renamed["name"] == "Tiket baru" and renamed["description"] == "Berapa percakapan yang masuk?"
    assert (drawn["name"], drawn["display"]) == ("Komposisi kanal", "bar")
    assert drawn["visualization_settings"]["graph.metrics"] == ["created"]
    assert [p["name"] for p in board["parameters"]] == ["Tanggal", "Jenis kanal", "Kanal", "Ruang kerja", "VIP"]
    assert board["parameters"][0]["default"] == "past7days" and board["name"] == "Volume percakapan"
    assert next((d["row"], d["col"]) for d in board["dashcards"] if d["id"] == moved["id"]) == (80, 3)
    assert away["card_id"] not in {d["card_id"] for d in board["dashcards"]}
    assert [t["name"] for t in board["tabs"]] == ["Harian"] and {d["dashboard_tab_id"] for d in board["dashcards"]} == {501}


# ---- what Metabase is like ----

def test_an_older_metabase_that_shows_queries_as_they_were_sent(metabase):
    mock, etl = metabase(version="v0.50.36")
    apply(etl)
    mock.clear()
    apply(etl)
    assert mock.writes() == []
    etl.sql("truncate sahut_etl.metabase_object")
    mock.version = "v0.61.1"  # upgraded, and forgotten by us
    apply(etl)
    assert [w for w in mock.writes() if not w[1].endswith("sync_schema")] == [] and len(mock.cards) == len(CARDS)


def test_a_column_that_an_administrator_hid_changes_nothing(metabase):
    mock, etl = metabase()
    mock.sensitive = {("sync_runs", "workspace_name"), ("conversations", "assignee_name")}
    apply(etl)
    mock.clear()
    apply(etl)
    assert mock.writes() == []


def test_a_connection_that_cannot_be_made_is_told_as_metabase_tells_it(metabase):
    mock, etl = metabase()
    mock.unreachable = "Hmm, we couldn't connect to the database."
    done = apply(etl, expect=65)
    assert "couldn't connect" in done.stderr and mock.databases == {}


def test_a_field_that_somebody_set_otherwise_stays(metabase):
    mock, etl = metabase()
    apply(etl)
    field = mock.fields["daily_volume", "channel_name"]
    field.update(semantic_type="type/Name", has_field_values="search")
    etl.sql("update sahut_etl.metabase_object set sent = '' where key = 'field:daily_volume.channel_name'")
    done = apply(etl)
    assert (field["semantic_type"], field["has_field_values"]) == ("type/Name", "search")
    assert "column daily_volume.channel_name (type, list of values)" in done.stdout
    apply(etl, "--force")
    assert (field["semantic_type"], field["has_field_values"]) == ("type/Category", "list")


def test_a_card_that_somebody_replaced_on_the_dashboard_stays_replaced(metabase):
    mock, etl = metabase()
    apply(etl)
    board = mock.dashboard("Conversation volume")
    theirs = mock.make_card({**mock.card("Created"), "name": "Ours"})
    laid = next(d for d in board["dashcards"] if d["card_id"] == mock.card("Created")["id"])
    laid["card_id"] = theirs["id"]
    apply(etl, "--lang", "id")
    assert {d["id"]: d["card_id"] for d in board["dashcards"]}[laid["id"]] == theirs["id"]
    assert len(board["dashcards"]) == len(SPEC["dashboards"][0]["cards"])


@pytest.mark.parametrize("zone, week, words", [
    ("UTC", "monday", ["Metabase's report time zone is UTC, the workspace's is Asia/Jakarta", "Localization, Report timezone: Asia/Jakarta"]),
    ("Asia/Jakarta", "sunday", ["weeks begin on sunday", "First day of the week: Monday"]),
    ("", "monday", ["report time zone is Etc/UTC"]),
    ("Asia/Jakarta", "monday", []),
])
def test_days_and_weeks_of_metabase_are_compared(metabase, zone, week, words):
    mock, etl = metabase()
    mock.settings = {"report-timezone": zone or None, "report-timezone-long": zone or "Etc/UTC", "start-of-week": week}
    for said in (apply(etl).stdout, etl.run("check", expect=None).stdout):
        assert [w for w in words if w not in said] == []
        assert words or ("report time zone" not in said and "weeks begin" not in said)


def test_a_workspace_that_is_not_proven_says_so_on_top_of_each_dashboard(metabase):
    mock, etl = metabase()
    for board in SPEC["dashboards"]:
        first = min((c for c in board["cards"]), key=lambda c: (c["row"], c["col"]))
        assert first["sql"] == "proof" and first["size_x"] == 24
    etl.sql("""insert into sahut_etl.workspace (name, base_url, timezone, history_started_at, unproven_since, unproven)
        values ('depan', 'http://127.0.0.1:9/v1', 'Asia/Jakarta', now(), now(), 'short')""")
    try:
        sql = open(os.path.join(TOP, "proof.sql")).read()
        [(workspace, counted, complete)] = etl.sql(re.sub(r"\[\[.*?\]\]", "", sql))
        assert workspace == "depan" and "not proven complete" in counted and "lower bound" in counted and complete is None
    finally:
        etl.sql("delete from sahut_etl.workspace where name = 'depan'")


def test_each_rule_of_the_mock_has_its_source():
    """metabase_rules.md names the file and the commit of each rule; the mock and the tests cite no other."""
    here = os.path.dirname(__file__)
    table = open(os.path.join(here, "metabase_rules.md")).read()
    rules = re.findall(r"^\| (R\d+) \| .+? \| `([\w/.]+)` \| `([0-9a-f]{8})` \|$", table, re.M)
    named = {r for r, _, _ in rules}
    cited = set(re.findall(r"\bR\d+\b", open(os.path.join(here, "metabase_mock.py")).read()))
    first, last = 1, 9  # "R1 to R9" stands for those between
    assert cited | {f"R{i}" for i in range(first, last + 1)} == named and len(rules) == len(named)

# SPDX-License-Identifier: MIT
"""The commands as a person at a shell meets them: what they say, and the code they end with."""
import json
import os
import re
import shlex
import signal
import subprocess

import pytest

from conftest import BUILD
from daemon import Daemon, loaded, wait_for
from etl import Etl


# ---- what goes wrong on the first day ----

def test_a_wrong_key_is_said_in_a_sentence(pair):
    sandbox, etl = pair(conversations=50)
    etl.add("lain", sandbox.base_url, key="sk_live_wrong")
    done = etl.run("-w", "lain", "sync", expect=77)
    assert "401" in done.stderr and "unauthorized" in done.stderr
    assert "sk_live_wrong" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_database_is_said_in_a_sentence(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1", migrate=False)
    text = open(etl.config).read()
    with open(etl.config, "w") as f:
        f.write(re.sub(r"port=\d+", "port=1", text))
    for command in ("sync", "status", "migrate", "plan"):
        done = etl.run(command, expect=69)
        assert done.stderr.startswith("sahut-etl: ") and done.stderr.count("\n") == 1


def test_an_api_that_is_not_there_is_said_in_a_sentence(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    done = etl.run("sync", expect=69)
    assert "127.0.0.1:9" in done.stderr


def test_an_unknown_key_is_said_with_its_place_and_the_nearest_one(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1", migrate=False)
    etl.workspaces[0]["lookbak"] = "2m"
    etl.workspaces[0]["reserve"] = "95%"
    etl.write()
    done = etl.run("check", "--offline", expect=78)
    line = next(i for i, text in enumerate(open(etl.config), 1) if "lookbak" in text)
    assert f"{etl.config}:{line}:5: workspaces[0].lookbak: there is no such key; did you mean lookback?" in done.stderr
    assert "workspaces[0].reserve: a share from 0% to 90% was expected" in done.stderr


def test_a_warehouse_of_another_version_is_refused_with_what_to_do(pair):
    _, etl = pair(conversations=10)
    etl.sql("update sahut_etl.migration set version = 999 where version = 1")
    for command in ("sync", "status", "migrate"):
        assert "schema" in etl.run(command, expect=78).stderr


def test_a_warehouse_without_tables_is_refused_with_what_to_do(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1", migrate=False)
    assert "sahut-etl migrate" in etl.run("sync", expect=78).stderr


COMMANDS = [["run"], ["sync"], ["verify"], ["status"], ["plan"], ["explain", "conv_1"], ["check"], ["migrate"], ["report", "volume"], ["metabase", "apply"],
            ["erase", "ct_1"], ["conversations", "list"], ["conversations", "get", "conv_1"], ["conversations", "create", "--contact", "ct_1"],
            ["conversations", "update", "conv_1"]]

MISUSES = [
    (["sink"], "did you mean sync?"),
    (["xyzzy"], "sahut-etl --help lists them"),
    (["sync", "--fulll"], "--full"),
    (["--workspac", "x", "sync"], "--workspace"),
    (["sync", "now"], "now"),
    (["explain"], "which conversation"),
    (["erase"], "which contact?"),
    (["metabase"], "metabase apply"),
    (["metabase", "remove"], "metabase apply"),
    (["report", "volume", "--from", "2026-02-30"], "2026-02-30"),
    (["report", "volume", "--from", "2026-13-01"], "2026-13-01"),
    (["report", "volume", "--from", "2026/01/01"], "2026/01/01"),
    (["report", "volume", "--to", "26-1-1"], "26-1-1"),
    (["report", "volume", "--to", "2026-01-0x"], "2026-01-0x"),
    (["report", "volume", "--format", "pdf"], "pdf"),
    (["report", "volume", "--lang", "fr"], "fr"),
    (["report", "weather"], "weather"),
    (["report"], "report"),
    (["conversations"], "there are list, get, create and update"),
    (["conversations", "lst"], "there is no command conversations lst"),
    (["conversations", "list", "--page", "0"], "--page wants a whole number from 1"),
    (["conversations", "list", "--page", "two"], '"two"'),
    (["conversations", "list", "--per-page", "5x"], '"5x"'),
    (["conversations", "list", "--per-page", "1000001"], "--per-page"),
    (["conversations", "list", "--per-page", ""], "--per-page"),
    (["conversations", "get"], "which conversation"),
    (["conversations", "update"], "which conversation"),
    (["conversations", "create", "--body", "/nowhere"], "/nowhere: No such file"),
    (["conversations", "update", "conv_1", "--body", "/nowhere"], "/nowhere: No such file"),
]


@pytest.mark.parametrize("arguments,words", MISUSES, ids=lambda a: " ".join(a) if isinstance(a, list) else "")
def test_what_makes_no_sense_is_a_misuse(offline, arguments, words):
    done = offline.run(*arguments, expect=64)
    assert done.stderr.startswith("sahut-etl: ") and words in done.stderr and done.stdout == ""


@pytest.fixture(scope="module")
def offline(cluster, tmp_path_factory):
    """A configuration whose database and API nobody asks."""
    etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path_factory.mktemp("etl"), cluster, "nowhere", "http://127.0.0.1:9/v1")
    etl.conninfo = "host=/nowhere dbname=nowhere"
    etl.write()
    return etl


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_command_has_help_and_refuses_what_it_does_not_know(offline, command):
    assert re.search(r"-h, --help +this", offline.run(*command, "--help").stdout)
    unknown = offline.run(*command, "--no-such-option", expect=64)
    assert "--no-such-option" in unknown.stderr and unknown.stdout == ""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_command_says_what_is_wrong_with_the_configuration(offline, command):
    """A file that is not there, that is a directory, that is no YAML, and a workspace that is not in it."""
    broken = os.path.join(offline.dir, "broken.yaml")
    with open(broken, "w") as f:
        f.write("workspaces: [\n")
    for path, words in ((broken + ".not", "No such file|not there|there is no"), (offline.dir, "director"), (broken, "broken.yaml:")):
        done = offline.run("-c", path, *command, expect=78)
        assert re.search(words, done.stderr), done.stderr
    if command[0] not in ("check", "explain", "metabase", "migrate", "status"):
        assert '"nobody"' in offline.run("-w", "nobody", *command, expect=None).stderr


def test_each_help_has_its_usage_and_an_example_that_works(offline):
    """Of each command that --help lists, and of those that conversations has."""
    listed = re.findall(r"(?m)^  ([a-z]+) ", offline.run("--help").stdout)
    assert len(listed) > 15
    for name in [*listed, *(f"conversations {verb}" for verb in ("list", "get", "create", "update"))]:
        text = offline.run(*name.split(), "--help").stdout
        usage, example = re.search(rf"\Ausage: sahut-etl (?:\[[^]]*\] )*{name}\b(.*)", text), re.search(rf"(?m)^example: sahut-etl (.*\b{name}\b.*)$", text)
        assert usage and example, (name, text)
        # What is shown is understood, all of it but the word that it asks for.
        assert offline.run(*shlex.split(example.group(1)), "--help").returncode == 0
    for name in ("explain", "erase", "conversations get", "conversations update"):
        assert "ID" in offline.run(*name.split(), "-h").stdout.splitlines()[0]


def test_help_lists_the_commands(offline):
    said = offline.run("--help").stdout
    for command in COMMANDS:
        assert re.search(rf"(?m)^  {command[0]}\b", said)
    assert "--workspace" in said
    # Without a command it is the same, and a misuse.
    assert offline.run(expect=64).stdout == said
    assert "update" in offline.run("conversations", "--help").stdout


def test_a_body_that_is_too_long_is_not_sent(offline):
    assert "longer than 1 MiB" in offline.run("conversations", "create", "--body", "-", stdin="x" * ((1 << 20) + 1), expect=64).stderr


@pytest.mark.parametrize("form,begins", [("text", "time="), ("json", "{"), ("logfmt", "time=")])
def test_a_log_has_the_form_that_was_asked_for(warehouse, form, begins):
    etl = warehouse("http://127.0.0.1:9/v1")
    done = subprocess.run(etl.command("-v", "sync"), capture_output=True, text=True, env={**etl.environment(), "SAHUT_ETL_LOG": form})
    assert done.returncode == 69 and done.stderr.splitlines()[0].startswith(begins), done.stderr


def test_migrate_may_be_run_again_and_told_beforehand(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1", migrate=False)
    told = etl.run("migrate", "--dry-run").stdout
    assert etl.one("select to_regclass('sahut_etl.migration') is null")
    assert told
    etl.run("migrate")
    before = etl.sql("select * from sahut_etl.migration order by 1")
    etl.run("migrate")
    assert etl.sql("select * from sahut_etl.migration order by 1") == before


def test_a_migration_that_was_changed_is_noticed(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    etl.sql("update sahut_etl.migration set checksum = repeat('0', 64) where version = 1")
    assert "migration 1 (etl) was applied in another wording" in etl.run("migrate", expect=78).stderr


def test_check_says_each_thing_in_a_line(pair):
    _, etl = pair(conversations=10, ago="0s")
    done = etl.run("check")
    assert all(line.startswith("✓") for line in done.stdout.splitlines()), done.stdout
    assert len(done.stdout.splitlines()) >= 5


def test_version_names_the_libraries(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1", migrate=False)
    said = etl.run("--version").stdout
    for name in ("sahut-etl", "libcurl", "libpq", "json-c", "libyaml", "libmicrohttpd", "libsystemd"):
        assert name in said


# ---- the API's four endpoints ----

def conversations(etl, *arguments, **options):
    return etl.run("conversations", *arguments, **options)


def test_list_pages_through_everything(pair):
    sandbox, etl = pair(conversations=230)
    everything = json.loads(conversations(etl, "list", "--all").stdout)
    assert {c["id"] for c in everything} == {c["id"] for c in sandbox.dump()["conversations"]}
    assert len(json.loads(conversations(etl, "list").stdout)) == 25
    assert len(json.loads(conversations(etl, "list", "--page", "3", "--per-page", "100").stdout)) == 30


def test_list_filters_as_the_reference_has_it(pair):
    sandbox, etl = pair(conversations=300, resolved=50)
    truth = sandbox.dump()["conversations"]
    some = next(c for c in truth if c["assignee"] and c["status"] == "open")
    for options, wanted in (
            (["--status", "open"], [c for c in truth if c["status"] == "open"]),
            (["--assignee", "unassigned"], [c for c in truth if not c["assignee"]]),
            (["--channel", some["channel"]["id"], "--assignee", some["assignee"]["id"]],
             [c for c in truth if c["channel"]["id"] == some["channel"]["id"] and (c["assignee"] or {}).get("id") == some["assignee"]["id"]])):
        got = json.loads(conversations(etl, "list", "--all", *options).stdout)
        assert {c["id"] for c in got} == {c["id"] for c in wanted} and wanted


def test_a_conversation_is_created_got_and_updated(pair):
    sandbox, etl = pair(conversations=60)
    some = sandbox.dump()["conversations"][0]
    made = json.loads(conversations(etl, "create", "--contact", some["contact"]["id"], "--channel", some["channel"]["id"],
                                    "--message", 'Selamat pagi, "Kak"').stdout)
    assert made["status"] == "open"
    assert json.loads(conversations(etl, "get", made["id"]).stdout)["id"] == made["id"]
    now = json.loads(conversations(etl, "update", made["id"], "--status", "resolved", "--labels", "refund,urgent").stdout)
    assert now["status"] == "resolved" and sorted(now["labels"]) == ["refund", "urgent"]
    body = os.path.join(etl.dir, "body.json")
    with open(body, "w") as f:
        json.dump({"labels": []}, f)
    assert json.loads(conversations(etl, "update", made["id"], "--body", body).stdout)["labels"] == []
    again = conversations(etl, "update", made["id"], "--body", "-", stdin='{"status": "open", "assignee_id": null}')
    assert json.loads(again.stdout)["status"] == "open" and json.loads(again.stdout)["assignee"] is None


@pytest.mark.parametrize("arguments,code,words", [
    (["get", "conv_nowhere"], 65, "404 not_found"),
    (["create", "--contact", "ct_nobody"], 65, "400 bad_request"),
    (["create", "--contact", "ct_nobody", "--channel", "ch_none"], 65, "422 validation_error"),
    (["list", "--status", "closed"], 65, "400 bad_request"),
])
def test_what_the_api_refuses_is_said_in_its_own_words(pair, arguments, code, words):
    _, etl = pair(conversations=30)
    assert words in conversations(etl, *arguments, expect=code).stderr


def test_a_refusal_for_now_is_waited_for(pair):
    sandbox, etl = pair(conversations=30)
    sandbox.fault("status", "any", status=429, retry_after="1")
    assert len(json.loads(conversations(etl, "list").stdout)) == 25
    assert sandbox.stats()["by_status"]["429"] == 1


def test_a_creation_is_not_sent_twice(pair):
    sandbox, etl = pair(conversations=30)
    some = sandbox.dump()["conversations"][0]
    sandbox.fault("status", "create", status=500)
    conversations(etl, "create", "--contact", some["contact"]["id"], "--channel", some["channel"]["id"], expect=69)
    assert sandbox.stats()["by_kind"]["create"] == 1


def test_an_assignee_is_taken_away(pair):
    sandbox, etl = pair(conversations=60)
    some = next(c for c in sandbox.dump()["conversations"] if c["assignee"])
    assert json.loads(conversations(etl, "update", some["id"], "--assignee", "none").stdout)["assignee"] is None


@pytest.mark.parametrize("body,words", [("<html>", "not JSON"), ('{"data": {}}', "has no list"), ("{}", "has no list"), ('{"data": [1', "ends in the middle")])
def test_an_answer_that_is_no_list_is_not_called_an_empty_one(pair, body, words):
    sandbox, etl = pair(conversations=30)
    sandbox.fault("status", "list", status=200, body=body, times=0)
    done = conversations(etl, "list", "--all", expect=65)
    assert words in done.stderr and "]" not in done.stdout


def test_without_its_warehouse_the_endpoints_are_there_all_the_same(pair):
    sandbox, etl = pair(conversations=30)
    etl.conninfo = "host=/nowhere dbname=nowhere"
    etl.write()
    done = conversations(etl, "list")
    assert len(json.loads(done.stdout)) == 25 and done.stderr == ""
    assert "the quota is not shared with other processes" in etl.run("-v", "conversations", "list").stderr


def test_a_command_that_waits_for_the_quota_can_be_told_to_end(pair):
    sandbox, etl = pair(conversations=1500, workspace={"requests_per_minute": 6})
    process = subprocess.Popen(etl.command("conversations", "list", "--all"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                               env=etl.environment())
    wait_for(lambda: sandbox.stats()["requests"] >= 4, "what may be asked in a minute")
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=30)[1]
    assert (process.returncode, "told to stop" in said) == (75, True), said


def test_a_command_that_accounts_for_a_request_can_be_told_to_end(pair):
    """Its connection is given up for that; it is not the database that is gone."""
    sandbox, etl = pair(conversations=300, workspace={"requests_per_minute": 6})
    blocker = etl.cluster.connect(etl.dbname)
    try:
        blocker.cursor().execute("begin; lock table sahut_etl.request_ledger")
        process = subprocess.Popen(etl.command("conversations", "list", "--all"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   env=etl.environment())
        wait_for(lambda: etl.one("select count(*) from pg_locks where not granted and relation = 'sahut_etl.request_ledger'::regclass"), "the ledger to be waited for")
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=30)[1]
    finally:
        blocker.close()
    assert (process.returncode, "told to stop" in said) == (75, True), said


# A mount namespace of its own, in which the system has no time zones.
WITHOUT_ZONES = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /usr/share/zoneinfo && exec "$@"', "sh"]


def test_a_system_without_time_zones_asks_the_database(pair):
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode != 0:
        pytest.skip("no mount namespace can be made here")
    _, etl = pair(conversations=30)

    def check():
        return subprocess.run([*WITHOUT_ZONES, *etl.command("check")], capture_output=True, text=True, env=etl.environment())

    assert "✗" not in check().stdout
    daemon = Daemon(etl, program=WITHOUT_ZONES)
    try:
        loaded(etl, 30)
        wait_for(lambda: etl.one("select next_at > now() from sahut_etl.schedule"), "the next cycle to be known")
        assert "full sweep" not in daemon.text()
        etl.workspaces[0]["timezone"] = "Asia/Nowhere"
        etl.write()
        done = check()
        assert re.search(r'(?m)^✗ utama: the database knows no time zone "Asia/Nowhere"\n  -> .*timezone', done.stdout) and done.returncode == 78, done
        daemon.send(signal.SIGHUP)
        daemon.wait_text("when the next full sweep is due is not known")
        assert daemon.stop() == 0
    finally:
        daemon.end()

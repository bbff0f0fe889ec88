# SPDX-License-Identifier: MIT
"""status at a glance, and check as a doctor."""
import os
import pty
import re
import signal
import subprocess

from daemon import wait_for

FAST = {"schedule": "{incremental: 5s, verify: 1h}"}


def idle(etl):
    wait_for(lambda: etl.sql("""select 1 from sahut_etl.schedule s join sahut_etl.workspace w on w.id = s.workspace_id
        where s.running is null and s.next_at is not null and w.complete_as_of is not null"""), "the load to end")


def on_terminal(etl, *args, **environment):
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    subprocess.run(etl.command(*args), stdout=theirs, stderr=theirs, env={**etl.environment(), "TERM": "xterm", **environment}, check=False)
    os.close(theirs)
    out = b""
    try:
        while chunk := os.read(ours, 65536):
            out += chunk
    except OSError:
        pass
    os.close(ours)
    return out.decode()


def test_what_runs_and_what_is_next(pair, daemons):
    _, etl = pair(conversations=120, workspace=FAST)
    daemon = daemons(etl)
    idle(etl)
    row = etl.status()
    assert row["state"] == "well" and row["next_kind"] in ("incremental", "verify") and row["next_at"]
    assert row["holder"] == f"daemon on {os.uname().nodename}, process {daemon.pid}"
    assert row["failures"] == 0 and row["trouble"] is None
    assert (row["incremental_seconds"], row["verify_seconds"], row["full_at"]) == (5, 3600, "02:30")
    text = etl.run("status").stdout
    assert re.search(r"utama +well ", text) and f"at work: {row['holder']}" in text
    daemon.kill()
    wait_for(lambda: etl.status()["holder"] is None, "the lock to end")
    row = etl.status()
    assert row["state"] == "unattended" and row["running"] is None and row["next_at"] is None
    assert "no daemon works on it" in etl.run("status").stdout


def test_what_goes_wrong_is_shown(sandboxes, warehouse, daemons):
    sandbox = sandboxes(conversations=120)
    etl = warehouse(sandbox.base_url, **FAST)
    with open(etl.workspaces[0]["api_key_file"], "w") as f:
        f.write("sk_wrong")
    daemons(etl)
    wait_for(lambda: etl.sql("select 1 from sahut_etl.schedule where failures > 0"), "a failure")
    row = etl.status()
    assert row["state"] == "failing" and "401" in row["trouble"] and row["failures"] >= 1
    text = etl.run("status").stdout
    assert re.search(r"(?m)^utama: .*401.*\(\d+ times in .*\)$", text)
    assert "\x1b[31mutama" in on_terminal(etl, "status")


def test_without_a_daemon_it_is_what_the_last_command_did(pair):
    _, etl = pair(conversations=120)
    etl.run("sync")
    row = etl.status()
    assert (row["state"], row["holder"], row["next_at"], row["last_state"]) == ("well", None, None, "ok")


def test_colours_are_for_terminals_only(pair):
    _, etl = pair(conversations=10)
    etl.run("sync")
    assert "\x1b" not in etl.run("status").stdout
    assert "\x1b[1m" in on_terminal(etl, "status")
    assert "\x1b" not in on_terminal(etl, "status", NO_COLOR="1")
    assert "\x1b" not in on_terminal(etl, "status", TERM="dumb")
    assert "\x1b" not in on_terminal(etl, "status", "--json")


def test_what_is_under_way_and_what_is_advised(pair, daemons):
    sandbox, etl = pair(conversations=2000, latency=300, workspace={**FAST, "max_in_flight": 1})
    daemon = daemons(etl)
    wait_for(lambda: etl.sql("select 1 from sahut_etl.schedule where running is not null"), "the first load to begin")
    etl.sql("update sahut_etl.schedule set advice = E'ask less\\x1b[2J'")
    assert re.search(r"(?m)^utama +loading .* \w+ for \d", etl.run("status").stdout)
    assert "utama: ask less" in etl.run("status").stdout
    assert "\x1b[33mutama" in on_terminal(etl, "status")
    assert daemon.stop() == 0


def test_a_warehouse_that_is_not_there_and_one_that_is_no_more(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1", migrate=False)
    assert "sahut-etl migrate" in etl.run("status", expect=78).stderr
    etl.run("migrate")
    assert re.search(r"(?m)^utama +never ran ", etl.run("status").stdout)
    etl.sql("drop table sahut_etl.schedule cascade")
    assert "schedule" in etl.run("status", expect=78).stderr


# ---- progress ----

def test_a_first_load_shows_how_far_it_is(pair):
    sandbox, etl = pair(conversations=3500, latency=60, workspace={"max_in_flight": 1})
    sandbox.fault("status", match="list", after=5, status=500)
    text = on_terminal(etl, "sync")
    assert re.search(r"\rutama \[#+\.+\] page \d+/35  [\d,]+ rows  [\d,]+/s  \d+ requests left, \d", text), text[-2000:]
    assert re.search(r"[1-3],\d00 rows", text)
    assert "60 conversations" not in text and re.search(r"\r +\r", text)
    assert "[#" not in on_terminal(etl, "-q", "sync", "--full")


def test_a_wait_for_the_quota_is_shown(pair):
    sandbox, etl = pair(conversations=1500, workspace={"requests_per_minute": 6, "max_in_flight": 1})
    ours, theirs = pty.openpty()
    process = subprocess.Popen(etl.command("sync"), stdout=theirs, stderr=theirs, env=etl.environment())
    os.close(theirs)
    seen = b""
    while b"for the quota" not in seen:
        seen += os.read(ours, 65536)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 75
    os.close(ours)
    assert re.search(rb"page \d+/15 .*waiting \d.* for the quota", seen)


def test_an_api_that_does_not_answer_is_shown(warehouse):
    etl = warehouse("http://127.0.0.1:9/v1")
    assert re.search(r"\rutama: .*(refused|connect)", on_terminal(etl, "sync"))


def test_no_name_and_no_error_steers_the_terminal(pair):
    _, etl = pair(conversations=10)
    etl.run("sync")
    etl.sql("update sahut_etl.run set state = 'failed', error_text = E'\\x1b]0;x\\x07\\n\\rforged'")
    holder = etl.cluster.connect(etl.dbname)
    try:
        with holder.cursor() as cursor:
            cursor.execute("select sahut_etl.take_lease(id, E'\\x1b[2J') from sahut_etl.workspace")
            text = etl.run("status").stdout
    finally:
        holder.close()
    assert "at work: \\x1b[2J" in text
    assert "\x1b" not in text and "\r" not in text and "\n" + "forged" not in text


# ---- check ----


def check(etl, expect, *args):
    return etl.run(*args, "check", expect=expect).stdout


def as_role(etl, role):
    """The configuration connects as another role, which may log in."""
    etl.sql(f"do $$ begin if not exists (select from pg_roles where rolname = '{role}') then create role {role} login; end if; end $$")
    with open(etl.config) as f:
        text = f.read()
    with open(etl.config, "w") as f:
        f.write(text.replace("user=postgres", f"user={role}"))


def test_all_is_well(pair):
    _, etl = pair(conversations=120, ago="0s")
    etl.run("sync")
    text = check(etl, 0)
    assert "✗" not in text and "!" not in text
    for what in ("configuration", "secrets", "database: PostgreSQL", "schema: version", "privileges", "API of utama", "quota of utama"):
        assert re.search(rf"(?m)^✓ {what}", text), (what, text)
    # The request is accounted for like any other.
    assert etl.one("select sum(used[array_length(used, 1)]) is not null from sahut_etl.quota")


def test_a_grant_that_is_missing_is_named_and_helps(pair):
    _, etl = pair(conversations=10)
    as_role(etl, "doctor_of_tests")
    text = check(etl, 77)
    [remedy] = re.findall(r"administrator must run: (grant .*);", text)
    assert remedy == "grant sahut_writer to doctor_of_tests"
    etl.sql(remedy)
    assert "✓ privileges" in check(etl, 0)
    etl.run("sync")
    etl.sql("revoke sahut_writer from doctor_of_tests")


def test_what_a_key_lacks(pair):
    sandbox, etl = pair(conversations=10)
    for status, code, remedy in ((401, 77, "api_key_file"), (403, 77, "permission to read"), (404, 65, "base_url")):
        sandbox.fault("status", match="count", status=status, body='{"error": {"code": "x", "message": "y"}}')
        text = check(etl, None)
        assert re.search(rf"(?m)^✗ API of utama: .*{status}.*\n  -> .*{remedy}", text), text
    sandbox.fault("status", match="count", status=403)
    assert etl.run("check", expect=None).returncode == 77


def test_what_the_api_answers_instead(pair):
    sandbox, etl = pair(conversations=10)
    for fault, code, remedy in (({"status": 429, "retry_after": "86400"}, 75, "wait a minute"), ({"status": 418}, 65, "curl -i"),
                                ({"status": 200, "body": "<html>"}, 0, None)):
        sandbox.fault("status", match="count", **fault)
        text = check(etl, None)
        if remedy:
            assert re.search(rf"(?m)^✗ API of utama: .*\n  -> .*{remedy}", text), text
            sandbox.control("fault", method="DELETE")
    etl.workspaces[0]["base_url"] = "http://127.0.0.1:9/v1"
    etl.write()
    assert re.search(r"(?m)^✗ API of utama: .*\n  -> .*http.proxy", check(etl, 69))


def test_one_workspace_alone_is_looked_at(sandboxes, warehouse):
    etl = warehouse(sandboxes(conversations=10).base_url)
    etl.add("lain", "http://127.0.0.1:9/v1")
    assert "API of lain" not in check(etl, 0, "-w", "utama")
    assert "✗ API of lain" in check(etl, 69, "-w", "lain")
    assert '"nobody"' in etl.run("-w", "nobody", "check", expect=None).stderr


def test_a_database_that_is_not_there(pair):
    _, etl = pair(conversations=10)
    with open(etl.config) as f:
        text = f.read()
    with open(etl.config, "w") as f:
        f.write(text.replace(f"port={etl.cluster.port}", "port=1"))
    text = check(etl, 69)
    assert re.search(r"(?m)^✗ database: .*No such file.*\n  -> no PostgreSQL runs with its socket there", text)
    assert "✓ API of utama" in text


def test_a_schema_that_is_not_made(sandboxes, warehouse):
    etl = warehouse(sandboxes(conversations=10).base_url, migrate=False)
    assert re.search(r"(?m)^✗ schema: .*\n  -> .*sahut-etl migrate", check(etl, 78))


def test_clocks_that_differ(pair):
    sandbox, etl = pair(conversations=10)
    sandbox.control("config", {"date_skew_seconds": 600})
    assert re.search(r"(?m)^! clock: this host's is .* behind the API's of utama\n  -> .*timedatectl", check(etl, 0))
    sandbox.control("config", {"no_date": True})
    assert re.search(r"(?m)^✗ utama: .*no Date header\n  -> ", check(etl, 65))


def test_a_quota_that_cannot_bear_the_schedule(pair):
    _, etl = pair(conversations=300, order="heap", workspace={"schedule": "{incremental: 5s, verify: 1m}"})
    etl.run("sync", expect=None)
    etl.workspaces[0]["requests_per_minute"] = 5
    etl.write()
    # As if the minute of the first load had passed.
    etl.sql("delete from sahut_etl.quota")
    assert re.search(r"(?m)^! quota of utama: 4 requests a minute.*\n  -> ", check(etl, 0))


def test_a_workspace_that_was_renamed_in_the_configuration_alone(pair, daemons):
    sandbox, etl = pair(conversations=60)
    etl.run("sync")
    assert "under another name" not in etl.run("status").stdout
    etl.workspaces[0]["name"] = "pusat"
    etl.write()
    says = "pusat: if it is utama under another name, stop the daemon, and in the warehouse: select sahut_etl.rename_workspace('utama', 'pusat')"
    assert says in etl.run("status").stdout
    daemon = daemons(etl)
    daemon.wait_text("the warehouse holds workspaces that are not configured: utama; one that was renamed")
    assert daemon.stop() == 0
    # Nothing of the other's is taken, it is not called well, and the sentence mends it.
    assert etl.status("pusat")["state"] != "well" and says in etl.run("status").stdout
    etl.sql(re.search("select sahut_etl.rename_workspace.*", says).group(0))
    etl.run("sync")
    assert etl.status("pusat")["rows"] == 60 and "under another name" not in etl.run("status").stdout


def test_a_workspace_that_is_not_configured_any_more(pair):
    _, etl = pair(conversations=10)
    etl.run("sync")
    etl.workspaces[0]["name"] = "baru"
    etl.write()
    assert "rename_workspace('utama'" in check(etl, 0)


# ---- for scripts, and for small screens ----

def widths(text):
    return max(len(line) for line in text.split("\n\n")[0].splitlines())


def test_the_table_fits_the_screen(pair, daemons):
    _, etl = pair(conversations=230, workspace={"schedule": "{incremental: 5s, verify: 1h}"})
    etl.run("sync")
    daemon = daemons(etl)
    idle(etl)
    for columns, most in (("80", 80), ("60", 60), ("200", 200), ("", 80)):
        os.environ["COLUMNS"] = columns
        text = etl.run("status").stdout
        del os.environ["COLUMNS"]
        assert widths(text) <= most, text
        # What has no room in a line has a line of its own.
        assert re.search(r"(incremental|first_load|verify) (ok|running|for)", text) and "230" in text or columns == "60", text
    assert daemon.stop() == 0


def test_workspaces_that_never_ran_are_shown(sandboxes, warehouse):
    sandbox = sandboxes(conversations=20)
    etl = warehouse(sandbox.base_url)
    etl.add("kedua", "http://127.0.0.1:1/v1")
    etl.run("-w", "utama", "sync")
    text = etl.run("status").stdout
    assert re.search(r"(?m)^utama +well", text) and re.search(r"(?m)^kedua +never ran", text) and "kedua: it is configured" in text
    assert etl.status("kedua")["state"] == "never ran" and etl.status("kedua")["complete_as_of"] is None
    assert etl.run("-w", "utama", "status").stdout.count("kedua") == 0


def test_a_script_can_test_it(sandboxes, warehouse):
    sandbox = sandboxes(conversations=20)
    etl = warehouse(sandbox.base_url)
    assert "never ran" in etl.run("status", "--check", expect=1).stdout
    etl.run("sync")
    etl.run("status", "--check")
    assert etl.run("-q", "status", "--check").stdout == ""
    etl.run("status", "--check", "--json")
    etl.sql("update sahut_etl.run set state = 'failed', error_text = 'x', error_kind = 'denied'")
    assert etl.status()["state"] == "failing"
    etl.run("status", "--check", expect=1)
    etl.run("-q", "status", "--check", expect=1)


def test_a_workspace_that_is_none_is_a_misuse_of_every_command(pair):
    _, etl = pair(conversations=10)
    etl.run("sync")
    for command in (["status"], ["check"], ["check", "--offline"], ["migrate", "--rebuild-reports"], ["migrate"], ["sync"], ["verify"], ["plan"], ["run"],
                    ["report", "volume"], ["explain", "x"], ["erase", "x"], ["conversations", "list"], ["config"], ["pause"], ["resume"], ["rejected"],
                    ["wait", "--until-complete"], ["webhook", "remove", "1"], ["notify", "test"], ["metabase", "apply"]):
        done = etl.run("-w", "nope", *command, expect=64)
        assert '"nope"' in done.stderr and not re.search(r"(?m)^✓ API", done.stdout), (command, done)


def test_an_option_behind_its_command_is_told_its_place(pair):
    _, etl = pair(conversations=10)
    assert "it stands before the command: sahut-etl -w NAME status" in etl.run("status", "-w", "utama", expect=64).stderr
    assert "it stands before the command: sahut-etl -q sync" in etl.run("sync", "-q", expect=64).stderr
    assert "stands" not in etl.run("sync", "-z", expect=64).stderr


def test_who_stops_a_load_is_told_what_is_kept(pair):
    sandbox, etl = pair(conversations=6000, latency=20)
    process = etl.start("sync")
    wait_for(lambda: etl.one("select count(*) from sahut.conversation") > 0, "a batch")
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[1]
    assert process.returncode == 75
    assert re.search(r"utama: stopped; the [1-9]\d* conversations that were committed are kept, and sahut-etl sync goes on", said), said


def test_a_long_wait_for_the_quota_is_said_without_a_terminal(pair):
    sandbox, etl = pair(conversations=900, workspace={"requests_per_minute": 4, "reserve": "0%"})
    process = etl.start("sync")
    seen = []

    def said():
        seen.append(process.stderr.readline())
        return "for the quota" in seen[-1]
    os.set_blocking(process.stderr.fileno(), False)
    try:
        wait_for(said, "the line", seconds=60)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert re.match(r"utama: waiting \d+s? .*for the quota", seen[-1]) or re.match(r"utama: waiting \S+ for the quota", seen[-1]), seen

# SPDX-License-Identifier: MIT
"""Where output goes: files of every kind, streams that take nothing, terminals; and what may not stand in it."""
import json
import os
import pty
import re
import socket
import stat
import subprocess
import threading
import time
import urllib.request

import pytest

from cluster import Cluster, free_port
from conftest import BUILD
from etl import Etl
from hostile import KEY, Answer, Hostile

CSV = ("report", "volume", "--format", "csv")


@pytest.fixture
def loaded(pair):
    sandbox, etl = pair(conversations=60)
    etl.run("sync")
    return etl


# ---- --output ------------------------------------------------------------------

def test_what_is_no_file_is_written_into(loaded, tmp_path):
    full = tmp_path / "full"
    os.mknod(full, 0o666 | stat.S_IFCHR, os.makedev(1, 7)) if os.geteuid() == 0 else full.symlink_to("/dev/full")
    done = loaded.run(*CSV, "-o", str(full), expect=71)
    assert "No space left" in done.stderr
    assert stat.S_ISCHR(os.stat(full).st_mode)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "No such device or address" in loaded.run(*CSV, "-o", str(pipe), expect=71, timeout=20).stderr
    heard = []
    reader = threading.Thread(target=lambda: heard.append(open(pipe, "rb").read()))
    reader.start()
    time.sleep(0.2)
    loaded.run(*CSV, "-o", str(pipe))
    reader.join(20)
    assert heard[0].startswith(b"workspace") or b"," in heard[0]
    assert stat.S_ISFIFO(os.stat(pipe).st_mode)


def test_links_are_followed_and_owner_and_mode_stay(loaded, tmp_path):
    target, link = tmp_path / "sub" / "report", tmp_path / "link"
    target.parent.mkdir()
    target.write_text("old")
    target.chmod(0o604)
    if os.geteuid() == 0:
        os.chown(target, 12345, 12346)
    link.symlink_to(target)
    loaded.run(*CSV, "-o", str(link))
    assert link.is_symlink() and target.read_text() != "old"
    now = target.stat()
    assert stat.S_IMODE(now.st_mode) == 0o604
    if os.geteuid() == 0:
        assert (now.st_uid, now.st_gid) == (12345, 12346)
    loaded.run(*CSV, "-o", str(tmp_path / "new"))
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "nowhere")
    loaded.run(*CSV, "-o", str(dangling), expect=71)
    assert dangling.is_symlink()
    assert loaded.run(*CSV, "-o", "-").stdout == (tmp_path / "new").read_text()
    assert not os.path.exists("-")


COMMANDS = [("--help",), ("--version",), ("status",), ("status", "--json"), ("verify", "--json"), ("plan",), ("check",),
            ("conversations", "list", "--all"), CSV, ("report", "volume", "--format", "html"), ("report", "workload")]


@pytest.mark.parametrize("where", ["full", "closed"])
def test_output_that_cannot_be_written_is_an_error_of_every_command(loaded, where):
    for args in COMMANDS:
        if where == "full":
            out = open("/dev/full", "w")
        else:
            reader, writer = os.pipe()
            os.close(reader)
            out = os.fdopen(writer, "w")
        with out:
            done = subprocess.run(loaded.command(*args), stdout=out, stderr=subprocess.PIPE, text=True, env=loaded.environment())
        assert done.returncode == 71, (args, done.returncode, done.stderr)
        assert done.stderr.count("standard output cannot be written") == 1, (args, done.stderr)


# ---- files that are read ------------------------------------------------------------

def test_a_configuration_or_a_key_that_is_no_file_is_refused(warehouse, tmp_path):
    etl = warehouse("https://127.0.0.1:1/v1", migrate=False)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, "/dev/zero"):
        done = subprocess.run([etl.program, "-c", str(path), "check", "--offline"], capture_output=True, text=True, timeout=20)
        assert done.returncode == 78 and "is not a file" in done.stderr, (path, done.stderr)
    etl.workspaces[0]["api_key_file"] = str(pipe)
    etl.write()
    assert "is not a file" in etl.run("check", "--offline", expect=78, timeout=20).stderr


@pytest.mark.parametrize("key, why", [(b"\xef\xbb\xbfsk_live", "byte order mark"), (b"sk_live \n", "blank"), (b" sk_live\n", "blank"),
                                      (b"Bearer sk_live\n", "blank"), (b"sk live\n", "blank")])
def test_a_key_is_one_word(warehouse, key, why):
    etl = warehouse("https://127.0.0.1:1/v1", migrate=False)
    with open(etl.workspaces[0]["api_key_file"], "wb") as f:
        f.write(key)
    assert why in etl.run("check", "--offline", expect=78).stderr


def test_a_configuration_with_a_byte_order_mark_is_taken(warehouse):
    etl = warehouse("https://127.0.0.1:1/v1", migrate=False)
    with open(etl.config, "rb") as f:
        text = f.read()
    with open(etl.config, "wb") as f:
        f.write(b"\xef\xbb\xbf" + text)
    etl.run("check", "--offline")


@pytest.mark.parametrize("text", ["[" * 200000, "{a: " * 100000, "".join(f"k{i}: 1\n" for i in range(60000)),
                                  "http:\n" + "".join(f"  k{i}: 1\n" for i in range(60000)), "a: &a [x]\n" + "b: *a\n" * 50000],
                         ids=["lists", "maps", "keys", "keys of a section", "aliases"])
def test_nothing_is_quadratic_in_the_size_of_a_configuration(warehouse, text):
    etl = warehouse("https://127.0.0.1:1/v1", migrate=False)
    with open(etl.config, "w") as f:
        f.write(text)
    # Twenty seconds and more before; a fraction of one now, with sanitizers and on a busy machine a few.
    etl.run("check", "--offline", expect=78, timeout=10)


# ---- secrets -----------------------------------------------------------------------

def dump(etl):
    return subprocess.run(["pg_dump", "-d", etl.cluster.conninfo(etl.dbname)], capture_output=True, check=True).stdout


def test_a_key_that_is_repeated_is_found_in_any_encoding(warehouse):
    escaped = "".join(f"\\u{ord(c):04x}" for c in KEY)
    percent = "".join(f"%{ord(c):02x}" for c in KEY)
    one = KEY[:2] + "\\u005f" + KEY[3:]
    assert json.loads(f'"{escaped}"') == KEY == json.loads(f'"{one}"')
    server = Hostile([json.dumps({"id": "c", "status": "open", "created_at": "2024-03-15T08:30:00Z", "updated_at": "2024-03-15T08:30:00Z"}).encode()])
    try:
        etl = warehouse(server.base_url, key=KEY)
        said, bodies = "", []
        for form in (KEY, escaped, one, percent):
            bodies.append((401, '{"error":{"code":"no","message":"the key %s was revoked","status":401}}' % form))
            bodies.append((200, '{"data":"%s","meta":{"total":1}}' % form))
            bodies.append((200, '{"data":[{"id":"c","status":"open","created_at":"2024-03-15T08:30:00Z","note":"%s"}],"meta":{"total":1}}' % form))
            bodies.append((200, '{"data":[{"id":"c","status":"open","created_at":"%s"}],"meta":{"total":1}}' % form))
        for status, body in bodies:
            server.options["twist"] = lambda path, answer: Answer(body.encode(), status)
            for args in (["-v", "sync", "--full"], ["conversations", "get", "c"]):
                done = etl.run(*args, expect=None)
                said += done.stdout + done.stderr
        for text in (KEY, escaped, one, percent):
            assert text not in said
            assert text.encode() not in dump(etl)
        assert "*" * len(KEY) in said
    finally:
        server.stop()


@pytest.mark.parametrize("conninfo", ["postgres://u:sesame@[::1/d", "postgres://u:sesame@h:x/d", "password=sesame dbname", "password='sesame"])
def test_a_password_in_a_conninfo_that_cannot_be_read_is_not_shown(warehouse, conninfo):
    etl = warehouse("https://127.0.0.1:1/v1", migrate=False)
    etl.conninfo = conninfo
    etl.write()
    done = etl.run("check", "--offline", expect=78)
    assert "sesame" not in done.stdout + done.stderr


def test_other_passwords_stand_in_files_too(warehouse):
    etl = warehouse("https://127.0.0.1:1/v1", migrate=False)
    etl.conninfo = "host=127.0.0.1 sslpassword=sesame"
    etl.write()
    done = etl.run("check", "--offline", expect=78)
    assert "a password does not belong here" in done.stderr and "sesame" not in done.stderr
    etl.conninfo = "host=127.0.0.1"
    etl.extra = "http:\n  proxy: http://user:sesame@proxy.example:3128\n"
    etl.write()
    done = etl.run("check", "--offline", expect=78)
    assert "proxy_login_file" in done.stderr and "sesame" not in done.stderr


def test_a_proxy_gets_its_login_from_a_file(warehouse):
    heard = []

    def serve():
        connection, _ = listener.accept()
        with connection:
            heard.append(connection.recv(4096))
            connection.sendall(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        etl = warehouse("https://api.example/v1")
        login = os.path.join(etl.dir, "login")
        with open(os.open(login, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            f.write("user:sesame\n")
        etl.extra = f"http:\n  proxy: http://127.0.0.1:{listener.getsockname()[1]}\n  proxy_login_file: login\n"
        etl.write()
        done = etl.run("sync", expect=77)
    assert b"Proxy-Authorization: Basic dXNlcjpzZXNhbWU=" in heard[0]
    assert "sesame" not in done.stderr


@pytest.fixture
def keeper():
    """A server that keeps all statements that it was told, as many administrators have it."""
    cluster = Cluster(shared_preload_libraries="pg_stat_statements")
    yield cluster
    cluster.stop()


def test_statements_that_the_server_keeps_have_no_value_of_anybodys(keeper, sandboxes, tmp_path):
    """pg_stat_statements, whose rows pg_monitor and a hosted database's console show to many."""
    keeper.create_database("gudang")
    sandbox = sandboxes(conversations=50)
    etl = Etl(os.path.join(BUILD, "sahut-etl"), tmp_path, keeper, "gudang", sandbox.base_url)
    with open(etl.workspaces[0]["api_key_file"]) as f:
        key = f.read().strip()
    etl.sql("create extension pg_stat_statements schema public")
    etl.run("migrate")
    etl.run("sync")
    sandbox.change("create", 3)
    contact, conversation = etl.one("select contact_id from sahut_pii.contact limit 1"), etl.one("select id from sahut.conversation limit 1")
    for command in (["sync"], ["sync", "--full"], ["verify"], ["verify", "--repair"], ["explain", conversation], ["report", "volume", "--label", "vip"],
                    ["report", "conversations"], ["status"], ["check"], ["rejected"], ["rejected", "--accept", conversation], ["pause"], ["resume"],
                    ["erase", contact], ["migrate", "--rebuild-reports"]):
        etl.run(*command, expect=None)
    values = {text for rows in (etl.sql("select id from sahut.conversation"), etl.sql("select id from sahut.contact"), etl.sql("select name from sahut.agent"),
                                etl.sql("select name from sahut.channel"), etl.sql("select name from sahut_pii.contact"),
                                etl.sql("select phone from sahut_pii.contact")) for text, in rows if text} | {key, "utama", "'vip'", contact, conversation}
    kept = [text for text, in etl.sql("select query from public.pg_stat_statements where query !~ 'pg_stat_statements'")]
    # The questions of this test are among them, with their values left out as of all statements that are planned.
    assert len(kept) > 200 and any("/* sql/merge/" in text for text in kept)
    for text in kept:
        assert not any(value in text for value in values), (text, [v for v in values if v in text])


# ---- terminals -----------------------------------------------------------------------

EVIL = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b31m\u202e\u2066\u200f\u061c\u206a\u2028\ufff9"


# All controls but the end of a line; whatever turns the direction of writing around, or hides.
RAW = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]"


def on_terminal(etl, *args):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(etl.command(*args), stdout=theirs, stderr=theirs, env={**etl.environment(), "TERM": "xterm", "NO_COLOR": "1"})
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    process.wait(30)
    os.close(ours)
    return seen.decode("utf-8", "replace")


def test_nothing_raw_reaches_a_terminal(warehouse):
    item = {"id": "c", "status": "open", "created_at": "2024-03-15T08:30:00Z", "updated_at": "2024-03-16T01:02:03Z", "labels": [EVIL],
            "channel": {"id": "ch", "name": EVIL, "type": EVIL}, "assignee": {"id": "a", "name": EVIL}, "contact": {"id": EVIL, "name": EVIL}}
    server = Hostile([json.dumps(item).encode()])
    try:
        etl = warehouse(server.base_url, key=KEY)
        etl.run("sync")
        day = "2024-03-15"
        commands = [("report", "volume", "--format", form, "--from", day, "--to", day) for form in ("csv", "json", "table", "html")]
        commands += [("report", name, "--format", form) for name in ("workload", "backlog", "replies", "conversations", "freshness")
                     for form in ("csv", "json", "table", "html")]
        commands += [("status",), ("erase", EVIL), ("explain", "c"), ("explain", EVIL), ("conversations", "get", "c"), ("plan",), ("verify",)]
        commands += [("conversations", "list"), ("conversations", "get", EVIL), ("conversations", "update", EVIL, "--status", EVIL),
                     ("status", "--json"), ("verify", "--json"), ("verify", "--full"), ("rejected",), ("rejected", "--accept", EVIL), ("check",), ("config",),
                     ("sync", "-v"), ("-v", "sync", "--full"), ("report", EVIL), ("report", "volume", "--channel", EVIL), ("report", "volume", "--label", EVIL),
                     ("report", "volume", "--from", EVIL), ("-w", EVIL, "status"), ("-c", EVIL, "status"), (EVIL,), ("--" + EVIL,), ("webhook", "register", EVIL),
                     ("webhook", "remove", EVIL), ("wait", "--until-complete", EVIL), ("pause", EVIL), ("report", "volume", "--output", "/" + EVIL)]
        for args in commands:
            text = on_terminal(etl, *args)
            # Colours of ours are none here, since NO_COLOR says so.
            assert not re.search(RAW, text), (args, repr(re.search(RAW, text)), repr(text[:2000]))
    finally:
        server.stop()


# ---- the metrics' socket ---------------------------------------------------------------

def scrape(port, host=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Host": host} if host else {})
    try:
        return urllib.request.urlopen(request, timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code


def test_prometheus_is_served_while_a_thousand_half_open_connections_lie_there(pair, daemons):
    port = free_port()
    sandbox, etl = pair(conversations=20)
    etl.extra = f"metrics:\n  listen: 127.0.0.1:{port}\n"
    etl.write()
    daemon = daemons(etl)
    daemon.wait_text("works on 1 workspace")
    lying = []
    try:
        for i in range(1000):
            lying.append(socket.create_connection(("127.0.0.1", port), timeout=5))
            if i % 2:
                lying[-1].sendall(b"GET /metrics HTTP/1.1\r\nHost: ")
            if i % 100 == 99:
                assert scrape(port) == 200
        for _ in range(5):
            assert scrape(port) == 200
        assert len(os.listdir(f"/proc/{daemon.pid}/fd")) < 200
    finally:
        for connection in lying:
            connection.close()
    assert daemon.running()
    for host in ("localhost", "127.0.0.1", f"localhost:{port}", f"127.0.0.1:{port}", "[::1]"):
        assert scrape(port, host) == 200, host
    # Neither a name that resolves to this host, nor other ways to write its address.
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "localhost.", "2130706433",
                 "0x7f.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "evil@localhost.example", "x" * 63 + ".localhost"):
        assert scrape(port, host) == 421, host


def test_no_file_of_keys_is_written_for_who_asks_for_one(warehouse, tmp_path, monkeypatch):
    """SSLKEYLOGFILE: the handshake is enough for libcurl to write into it."""
    from test_security import certificate, context, openssl
    directory = str(tmp_path)
    openssl(directory, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "30",
            "-addext", "basicConstraints=critical,CA:TRUE")
    certificate(directory, "good")
    server = Hostile([], ssl=context(directory, "good"))
    try:
        etl = warehouse(server.base_url, key=KEY)
        etl.extra = f"http:\n  ca_file: {directory}/ca.pem\n"
        etl.write()
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
        etl.run("sync")
        assert server.requests and not (tmp_path / "keys").exists()
    finally:
        server.stop()



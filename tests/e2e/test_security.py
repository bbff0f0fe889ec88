# SPDX-License-Identifier: MIT
"""The security checklist of docs/SECURITY.md, S1 to S25: each test is named after the point it shows.

What is shown elsewhere: S4 by every test here that reaches PostgreSQL by its
socket; S14 and S13 by the unit programs table_format and err and the harness
fuzz_writers; S16 by test_hostile; S17 and S18 by tests/install.py; S23 by
the package; S24 by ./dev analyze.
"""
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time

import pytest

from hostile import KEY, Answer, Hostile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def item(id="c_1", **more):
    return json.dumps({"id": id, "status": "open", "created_at": "2024-03-15T08:30:00Z", "updated_at": "2024-03-16T01:02:03Z", **more}).encode()


@pytest.fixture
def servers():
    """Starts hostile APIs that end with the test."""
    running = []

    def start(items=(), **options):
        running.append(Hostile(items, **options))
        return running[-1]

    yield start
    for server in running:
        server.stop()


# ---- S1: TLS ------------------------------------------------------------------

def openssl(directory, *args):
    subprocess.run(["openssl", *args], cwd=directory, check=True, capture_output=True)


def certificate(directory, name, ca="ca", names="IP:127.0.0.1,DNS:localhost", days=("-days", "30")):
    """A key and a certificate called NAME, signed by CA (None: by itself)."""
    openssl(directory, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
    with open(os.path.join(directory, f"{name}.ext"), "w") as f:
        f.write(f"subjectAltName={names}\n")
    signer = ["-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial"] if ca else ["-signkey", f"{name}.key"]
    openssl(directory, "x509", "-req", "-in", f"{name}.csr", *signer, "-out", f"{name}.pem", *days, "-extfile", f"{name}.ext")


CA = """[ca]
default_ca = d
[d]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = p
unique_subject = no
[p]
commonName = supplied
"""


def dated(directory, name, since, until):
    """A certificate that is good from one day to another; `openssl x509` of some versions takes no days that are over."""
    certificate(directory, name)
    with open(os.path.join(directory, "ca.conf"), "w") as f:
        f.write(CA)
    open(os.path.join(directory, "index.txt"), "w").close()
    openssl(directory, "ca", "-batch", "-config", "ca.conf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", f"{name}.csr", "-out", f"{name}.pem",
            "-notext", "-startdate", since, "-enddate", until, "-extfile", f"{name}.ext")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    directory = str(tmp_path_factory.mktemp("certificates"))
    for ca in ("ca", "other"):
        openssl(directory, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{ca}.key", "-out", f"{ca}.pem", "-subj", f"/CN={ca}",
                "-days", "30", "-addext", "basicConstraints=critical,CA:TRUE")
    certificate(directory, "good")
    certificate(directory, "wrong-name", names="DNS:api.example")
    certificate(directory, "wrong-address", names="IP:127.0.0.2")
    dated(directory, "expired", "20200101000000Z", "20200201000000Z")
    dated(directory, "not-yet-valid", "20980101000000Z", "20990101000000Z")
    certificate(directory, "of-another-authority", ca="other")
    certificate(directory, "of-itself", ca=None)
    return directory


def context(certificates, name):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(os.path.join(certificates, f"{name}.pem"), os.path.join(certificates, f"{name}.key"))
    return made


def trusting(etl, certificates):
    etl.extra = f"http:\n  ca_file: {certificates}/ca.pem\n"
    etl.write()


def test_s1_a_server_that_proves_who_it_is_is_read(servers, warehouse, certificates):
    server = servers([item()], ssl=context(certificates, "good"))
    etl = warehouse(server.base_url, key=KEY)
    trusting(etl, certificates)
    etl.run("sync")
    assert etl.one("select count(*) from sahut.conversation") == 1


def test_s1_a_server_that_does_not_never_hears_the_key(servers, warehouse, certificates):
    etl = warehouse("https://127.0.0.1:1/v1", key=KEY)
    trusting(etl, certificates)
    why = {"wrong-name": "name", "wrong-address": "name|address", "expired": "has expired", "not-yet-valid": "not yet valid",
           "of-another-authority": "issuer", "of-itself": "self.signed"}
    for name in why:
        server = servers([item()], ssl=context(certificates, name))
        etl.workspaces[0]["base_url"] = server.base_url
        etl.write()
        done = etl.run("sync", expect=None)
        assert done.returncode == 78, (name, done.returncode, done.stderr)
        assert re.search(why[name], done.stderr), (name, done.stderr)
        assert server.requests == [], name


def chained(directory, name, ca, *, ext, bits=2048, digest="sha256"):
    """A key and a certificate called NAME with the lines EXT, signed by CA."""
    openssl(directory, "req", "-newkey", f"rsa:{bits}", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
    with open(os.path.join(directory, f"{name}.ext"), "w") as f:
        f.write("\n".join(ext) + "\n")
    openssl(directory, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial", f"-{digest}", "-out", f"{name}.pem",
            "-days", "30", "-extfile", f"{name}.ext")


NAMED = "subjectAltName=IP:127.0.0.1,DNS:localhost"


def test_s1_nor_one_whose_signature_is_good_and_that_is_not_for_a_server(servers, warehouse, certificates):
    """Signed by the authority, one way or another, each with the right address."""
    d = certificates
    chained(d, "for-clients", "ca", ext=[NAMED, "extendedKeyUsage=clientAuth"])
    chained(d, "small-key", "ca", ext=[NAMED], bits=1024)
    chained(d, "old-digest", "ca", ext=[NAMED], digest="sha1")
    # A server's own key is no authority; one that may sign a single level signs no other.
    chained(d, "no-authority", "ca", ext=[NAMED, "basicConstraints=critical,CA:FALSE"])
    chained(d, "of-no-authority", "no-authority", ext=[NAMED])
    chained(d, "last", "ca", ext=["basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=keyCertSign"])
    chained(d, "beyond", "last", ext=["basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign"])
    chained(d, "of-beyond", "beyond", ext=[NAMED])
    chained(d, "for-others", "ca", ext=["basicConstraints=critical,CA:TRUE", "nameConstraints=critical,permitted;DNS:example.org,permitted;IP:10.0.0.0/255.0.0.0"])
    chained(d, "of-for-others", "for-others", ext=[NAMED])
    chained(d, "address-as-name", "ca", ext=["subjectAltName=DNS:127.0.0.1"])
    chained(d, "any-name", "ca", ext=["subjectAltName=DNS:*,DNS:*.*.*.*,DNS:127.0.0.*"])
    etl = warehouse("https://127.0.0.1:1/v1", key=KEY)
    trusting(etl, d)
    for name, between in (("for-clients", ()), ("small-key", ()), ("old-digest", ()), ("of-no-authority", ("no-authority",)), ("of-beyond", ("beyond", "last")),
                          ("of-for-others", ("for-others",)), ("address-as-name", ()), ("any-name", ())):
        with open(os.path.join(d, f"{name}.chain"), "w") as f:
            for link in (name, *between):
                with open(os.path.join(d, f"{link}.pem")) as g:
                    f.write(g.read())
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.set_ciphers("DEFAULT@SECLEVEL=0")
        made.load_cert_chain(os.path.join(d, f"{name}.chain"), os.path.join(d, f"{name}.key"))
        server = servers([item()], ssl=made)
        etl.workspaces[0]["base_url"] = server.base_url
        etl.write()
        done = etl.run("sync", expect=None)
        assert done.returncode == 78, (name, done.returncode, done.stderr)
        assert server.requests == [], name


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_s1_an_old_protocol_is_refused(servers, warehouse, certificates, version):
    old = context(certificates, "good")
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = version
    server = servers([item()], ssl=old)
    etl = warehouse(server.base_url, key=KEY)
    trusting(etl, certificates)
    done = etl.run("sync", expect=78)
    assert re.search("protocol|version", done.stderr), done.stderr
    assert server.requests == []


def test_s1_a_file_of_authorities_stands_instead_of_the_systems(servers, warehouse, certificates, tmp_path, monkeypatch):
    """The directory of the system's authorities is one of ours here: what is in it is not trusted once a file is named."""
    server = servers([item()], ssl=context(certificates, "of-another-authority"))
    etl = warehouse(server.base_url, key=KEY)
    hashed = subprocess.run(["openssl", "x509", "-hash", "-noout", "-in", "other.pem"], cwd=certificates, capture_output=True, text=True).stdout.strip()
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / f"{hashed}.0").write_text(open(os.path.join(certificates, "other.pem")).read())
    trusting(etl, certificates)
    mount = f"mount --bind {tmp_path}/certs /etc/ssl/certs && exec \"$@\""
    inside = ["unshare", "-m", "sh", "-c", mount, "sh"]
    if subprocess.run([*inside, "true"], capture_output=True).returncode != 0:
        pytest.skip("no mount namespace can be made here")
    done = subprocess.run([*inside, *etl.command("sync")], capture_output=True, text=True, env=etl.environment())
    assert done.returncode == 78 and server.requests == [], done.stderr
    etl.extra = f"http:\n  ca_file: {certificates}/other.pem\n"
    etl.write()
    etl.run("sync")


def test_s1_a_file_of_authorities_that_was_renewed_is_seen(servers, warehouse, certificates, tmp_path, daemons):
    server = servers([item()], ssl=context(certificates, "of-another-authority"))
    etl = warehouse(server.base_url, key=KEY, schedule="{incremental: 5s, verify: 1d}")
    authorities = tmp_path / "authorities.pem"
    authorities.write_text(open(os.path.join(certificates, "ca.pem")).read())
    etl.extra = f"http:\n  ca_file: {authorities}\n"
    etl.write()
    daemon = daemons(etl)
    wait_for(lambda: "issuer" in daemon.text())
    authorities.write_text(open(os.path.join(certificates, "other.pem")).read())
    wait_for(lambda: etl.one("select count(*) from sahut.conversation") == 1, 120)


def test_s1_there_is_no_way_to_be_careless(warehouse):
    etl = warehouse("https://127.0.0.1:1/v1", migrate=False)
    for key in ("insecure: true", "verify: false", "tls_verify: false"):
        etl.extra = f"http:\n  {key}\n"
        etl.write()
        assert "there is no such key" in etl.run("check", "--offline", expect=78).stderr


# ---- S2: no other host ------------------------------------------------------------

@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_s2_a_redirect_is_not_followed(servers, warehouse, status):
    trap = servers([item()])
    server = servers([item()], twist=lambda path, answer: Answer(b"{}", status, {"Location": trap.base_url + "/conversations"}))
    etl = warehouse(server.base_url, key=KEY)
    done = etl.run("sync", expect=78)
    assert "redirect" in done.stderr
    assert trap.requests == []


def test_s2_the_environment_leads_nowhere_and_nothing_is_kept(servers, warehouse, tmp_path, monkeypatch):
    trap = servers([item()])
    server = servers([item(f"c_{i}") for i in range(150)], twist=lambda path, answer: with_cookie(answer))
    etl = warehouse(server.base_url, key=KEY)
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{trap.port}")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password sesame\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    etl.run("sync")
    etl.run("sync")
    assert trap.requests == []
    for _, _, headers in server.requests:
        assert headers["Authorization"] == f"Bearer {KEY}"
        assert "Cookie" not in headers


def with_cookie(answer):
    answer.headers["Set-Cookie"] = "session=1; Path=/"
    return answer


# ---- S3: PostgreSQL over a network ---------------------------------------------------

def own_address():
    """An address of this machine that is not loopback, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))
            return s.getsockname()[0]
        except OSError:
            return None


def test_s3_a_server_elsewhere_that_does_not_speak_tls_hears_nothing(warehouse):
    address = own_address()
    if not address or address.startswith("127."):
        pytest.skip("this machine has no address but loopback")
    heard = []

    def serve():
        connection, _ = listener.accept()
        with connection:
            heard.append(connection.recv(100))
            connection.sendall(b"N")  # "no TLS here"
            connection.settimeout(30)
            while part := connection.recv(1000):
                heard.append(part)
    with socket.create_server((address, 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        etl = warehouse("https://127.0.0.1:1/v1", migrate=False)
        with open(etl.config) as f:
            text = f.read()
        text = re.sub(r"host=\S+ port=\d+", f"host={address} port={listener.getsockname()[1]}", text)
        with open(etl.config, "w") as f:
            f.write(text)
        done = etl.run("migrate", expect=None)
        thread.join(30)
    assert done.returncode in (69, 78)
    assert "SSL" in done.stderr
    assert heard == [b"\0\0\0\x08\x04\xd2\x16\x2f"]  # asked for TLS, and not a word more


# ---- S5, S6, S21: the process --------------------------------------------------------

def everything_about(pid):
    found = {}
    for name in ("cmdline", "environ", "status", "limits", "comm"):
        with open(f"/proc/{pid}/{name}", "rb") as f:
            found[name] = f.read()
    return found


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def dump(etl):
    done = subprocess.run(["pg_dump", "-d", etl.cluster.conninfo(etl.dbname)], capture_output=True, check=True)
    return done.stdout


def test_s5_the_key_is_nowhere_but_in_the_request(servers, warehouse, tmp_path):
    """Not even where the API repeats it: in an error, in a redirect."""
    said = json.dumps({"error": {"code": "unauthorized", "message": f"the key {KEY} was revoked", "status": 401}}).encode()
    server = servers([item(f"c_{i}") for i in range(150)])
    etl = warehouse(server.base_url, key=KEY)
    output = ""
    for args in (["sync"], ["status"], ["status", "--json"], ["check"], ["conversations", "list"]):
        done = etl.run("-v", *args, expect=None)
        output += done.stdout + done.stderr
    for twist in (lambda path, answer: Answer(said, 401), lambda path, answer: Answer(said, 422),
                  lambda path, answer: Answer(b"", 302, {"Location": f"https://elsewhere.example/?key={KEY}"}),
                  lambda path, answer: Answer(KEY.encode(), 403, {"Content-Type": KEY})):
        server.options["twist"] = twist
        for args in (["sync", "--full"], ["check"], ["conversations", "get", "c_1"]):
            done = etl.run("-v", *args, expect=None)
            assert done.returncode != 0
            output += done.stdout + done.stderr
    assert KEY not in output
    assert KEY.encode() not in dump(etl)
    assert any(headers.get("Authorization") == f"Bearer {KEY}" for _, _, headers in server.requests)


@pytest.fixture
def daemon(servers, warehouse):
    """A daemon at work; killed where the test leaves it."""
    server = servers([item(f"c_{i}") for i in range(150)])
    etl = warehouse(server.base_url, key=KEY)
    process = etl.start("run")
    wait_for(lambda: etl.one("select count(*) from sahut.conversation") == 150)
    yield etl, process, server
    if process.poll() is None:
        etl.kill(process)


def test_s5_s6_s21_a_running_daemon_shows_nothing(daemon):
    etl, process, server = daemon
    about = everything_about(process.pid)
    assert all(KEY.encode() not in text for text in about.values())
    activity = etl.sql("select coalesce(string_agg(query || application_name, ' '), '') from pg_stat_activity")
    assert KEY not in str(activity)
    # S6: no core, whatever the shell allows, and nobody looks in.
    assert re.search(rb"Max core file size\s+0\s+0", about["limits"])
    assert os.stat(f"/proc/{process.pid}/environ").st_uid == 0
    # S21: there is no door to knock at: commands speak to it through the warehouse.
    with open("/proc/net/unix") as f:
        listening = {line.split()[6] for line in f.read().split("\n")[1:] if len(line.split()) > 6 and line.split()[3] == "00010000"}
    with open("/proc/net/tcp") as f:
        listening |= {line.split()[9] for line in f.read().split("\n")[1:] if len(line.split()) > 9 and line.split()[3] == "0A"}
    ours = {os.readlink(f"/proc/{process.pid}/fd/{n}") for n in os.listdir(f"/proc/{process.pid}/fd")}
    assert not {f"socket:[{inode}]" for inode in listening} & ours
    process.send_signal(signal.SIGABRT)
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert not [n for n in os.listdir(etl.dir) if n.startswith("core")]


# ---- S7: files ---------------------------------------------------------------------------

def test_s7_files_that_others_may_read_or_write_are_refused(warehouse):
    etl = warehouse("https://127.0.0.1:1/v1", migrate=False)
    key = etl.workspaces[0]["api_key_file"]
    for mode, expect in ((0o600, 0), (0o400, 0), (0o640, 78), (0o604, 78), (0o644, 78), (0o660, 78), (0o620, 78), (0o606, 78)):
        os.chmod(key, mode)
        done = etl.run("check", "--offline", expect=None)
        assert (done.returncode == 0) == (expect == 0), (oct(mode), done.stdout, done.stderr)
        assert expect == done.returncode, (oct(mode), done.stdout, done.stderr)
    os.chmod(key, 0o600)
    for mode, expect in ((0o600, 0), (0o640, 0), (0o644, 0), (0o646, 78), (0o666, 78), (0o602, 78)):
        os.chmod(etl.config, mode)
        assert etl.run("check", "--offline", expect=None).returncode == expect, oct(mode)
    os.chmod(etl.config, 0o600)
    if os.geteuid() == 0:
        os.chown(key, 12345, 12345)
        assert "another user" in etl.run("check", "--offline", expect=78).stderr


def test_s7_a_configuration_that_anybody_may_replace_is_refused(warehouse, tmp_path):
    etl = warehouse("https://127.0.0.1:1/v1", migrate=False)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    os.symlink(etl.config, elsewhere / "link.yaml")
    direct, link = etl.config, str(elsewhere / "link.yaml")

    def check(path):
        return subprocess.run([etl.program, "-c", path, "check", "--offline"], capture_output=True, text=True, env=etl.environment())

    assert check(direct).returncode == check(link).returncode == 0
    for open_to_all, refused in ((etl.dir, (direct, link)), (str(elsewhere), (link,))):
        os.chmod(open_to_all, 0o777)
        for path in (direct, link):
            done = check(path)
            assert done.returncode == (78 if path in refused else 0), (open_to_all, path, done.stderr)
            assert path not in refused or f"run: chmod o-w {open_to_all}" in done.stderr
        # As /tmp is: what lies there is ours, and nobody else can move it away.
        os.chmod(open_to_all, 0o1777)
        assert check(direct).returncode == check(link).returncode == 0
        os.chmod(open_to_all, 0o700)
    # What is included is configuration.
    os.mkdir(tmp_path / "conf.d")
    (tmp_path / "conf.d" / "more.yaml").write_text("log: {level: info}\n")
    with open(etl.config, "a") as f:
        f.write(f"include: {tmp_path}/conf.d/*.yaml\n")
    assert check(direct).returncode == 0
    os.chmod(tmp_path / "conf.d", 0o777)
    assert "where anybody may put another file" in check(direct).stderr
    os.chmod(tmp_path / "conf.d", 0o1777)
    if os.geteuid() == 0:
        os.chown(tmp_path / "conf.d" / "more.yaml", 12345, 12345)
        assert "where anybody may put another file" in check(direct).stderr


# ---- S8, S10: the database -----------------------------------------------------------------

REFUSED = [
    "drop table sahut.conversation", "truncate sahut.conversation", "alter table sahut.conversation add x int", "create table sahut.x (i int)",
    "create table sahut_etl.x (i int)", "create schema x", "copy sahut.conversation to program 'cat'", "copy sahut.conversation from '/etc/passwd'",
    "update sahut_etl.migration set name = name", "create function sahut.f() returns int language sql as 'select 1'",
]


def refused(etl, role, statement):
    import psycopg2
    connection = etl.cluster.connect(etl.dbname)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"set session authorization {role}")
            try:
                cursor.execute(statement)
            except psycopg2.Error as error:
                return error.pgcode
    finally:
        connection.close()
    return None


@pytest.fixture
def loaded(servers, warehouse):
    server = servers([item(f"c_{i}", contact={"id": f"ct_{i}", "name": "Bu Siti", "phone": "+628123"}) for i in range(3)])
    etl = warehouse(server.base_url, key=KEY)
    etl.run("sync")
    return etl


def test_s8_the_writer_writes_and_no_more(loaded, cluster):
    loaded.sql("drop role if exists sahut_test_writer")
    loaded.sql("create role sahut_test_writer login in role sahut_writer")
    with open(loaded.config) as f:
        text = f.read()
    with open(loaded.config, "w") as f:
        f.write(text.replace("user=postgres", "user=sahut_test_writer"))
    loaded.run("sync", "--full")
    loaded.run("status")
    for statement in REFUSED:
        assert refused(loaded, "sahut_test_writer", statement) == "42501", statement
    loaded.sql("drop role sahut_test_writer")


def test_s8_each_reader_sees_its_own_layer(loaded):
    tables = {"report": "sahut_report.conversations", "core": "sahut.conversation", "pii": "sahut_pii.contact", "etl": "sahut_etl.rejected_item"}
    sees = {"sahut_reader": {"report"}, "sahut_analyst": {"report", "core"}, "sahut_pii_reader": {"pii"}}
    for role, layers in sees.items():
        for layer, table in tables.items():
            assert (refused(loaded, role, f"select * from {table}") is None) == (layer in layers), (role, table)
            assert refused(loaded, role, f"delete from {table}") in ("42501", "55000"), (role, table)
    columns = {r[0] for r in loaded.sql("select column_name from information_schema.columns where table_schema in ('sahut', 'sahut_report')")}
    assert not columns & {"contact_name", "contact_phone", "phone"}


def test_s10_what_stands_in_public_is_not_taken_for_ours(loaded):
    loaded.sql("create table public.stage_conversation (x int)")
    loaded.sql("create table public.workspace (x int)")
    loaded.sql("create table public.tally (x int)")
    loaded.sql("create function public.id_hash(text) returns bigint language sql as 'select 1::bigint'")
    loaded.sql("create function public.lower(text) returns text language sql as $$ select 'stolen' $$")
    loaded.sql(f'alter database "{loaded.dbname}" set search_path = public, sahut, sahut_etl')
    loaded.run("sync", "--full")
    assert loaded.one("select count(*) from public.stage_conversation") == 0
    careless = loaded.sql("""select proname from pg_proc where pronamespace in ('sahut'::regnamespace, 'sahut_etl'::regnamespace, 'sahut_report'::regnamespace)
        and prosecdef and not exists (select from unnest(proconfig) c where c like 'search_path=%')""")
    assert not careless, careless


# ---- S11, S12, S13: what a name can do ------------------------------------------------------------

EVIL = "'; drop table sahut.conversation; --\n<2>forged: all is well\r\x1b[2J\x07\x9b31m\u202egnp.exe\u2028$(id)`id`%n%s"


def plain(text):
    """Whether a text can be shown on a terminal: no control character but the line end, no mark that turns it around."""
    return not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", text)


def test_s11_s12_s13_a_name_is_a_name(servers, warehouse):
    items = [item(f"c_{i}", channel={"id": EVIL, "name": EVIL, "type": EVIL}, contact={"id": EVIL, "name": EVIL, "phone": EVIL},
                  assignee={"id": EVIL, "name": EVIL}, labels=[EVIL]) for i in range(3)]
    items += [json.dumps({"id": EVIL, "status": EVIL, "created_at": "2024-03-15T08:30:00Z"}).encode(),
              json.dumps({"id": "bad", "status": "open", "created_at": EVIL}).encode()]
    server = servers(items)
    etl = warehouse(server.base_url, key=KEY)
    output = ""
    for args in (["sync"], ["sync", "--full"], ["verify"], ["status"], ["plan"], ["explain", EVIL], ["conversations", "get", "no such"],
                 ["conversations", "update", "--status", EVIL, "nothing"], ["report", "volume"], ["-w", EVIL, "status"]):
        done = etl.run(*args, expect=None)
        output += done.stdout + done.stderr
    said = json.dumps({"error": {"code": EVIL, "message": EVIL, "status": 422}}).encode()
    server.options["twist"] = lambda path, answer: Answer(said, 422, {"Content-Type": "x/\x9b31m"})
    for args in (["sync", "--full"], ["check"], ["conversations", "get", "c_1"], ["status"]):
        done = etl.run(*args, expect=None)
        output += done.stdout + done.stderr
    for line in output.split("\n"):
        assert plain(line), repr(line)
        assert not line.startswith("<2>")
    assert etl.one("select count(*) from sahut.conversation") == 4
    assert etl.one("select name from sahut.channel") == EVIL


# ---- S15: where requests may go ---------------------------------------------------------------------

ELSEWHERE = [
    "http://169.254.169.254/latest", "http://10.0.0.1/v1", "http://api.sahut.id/v1", "http://localhost.example/v1", "http://127.0.0.1.example/v1",
    "http://127.0.0.1@example.com/v1", "https://user@api.sahut.id/v1", "https://user:sesame@api.sahut.id/v1", "file:///etc/passwd", "ftp://127.0.0.1/",
    "gopher://127.0.0.1/", "http://[::ffff:10.0.0.1]/v1", "http://[fe80::1]/v1", "http://0x0a000001/v1", "//127.0.0.1/v1", "127.0.0.1", "javascript:1", "https://",
]


def test_s15_only_https_or_this_machine(warehouse):
    etl = warehouse("https://127.0.0.1:1/v1", migrate=False)
    for url in ELSEWHERE:
        etl.workspaces[0]["base_url"] = f'"{url}"'
        etl.write()
        done = etl.run("check", "--offline", expect=None)
        assert done.returncode == 78, (url, done.stdout, done.stderr)
        assert "sesame" not in done.stdout + done.stderr


def test_s15_no_link_in_the_data_is_followed(servers, warehouse):
    trap = servers([item()])
    link = trap.base_url + "/conversations"
    server = servers([item(f"c_{i}", href=link, next=link, avatar_url=link, channel={"id": "ch", "url": link}) for i in range(120)],
                     after=b" ", twist=lambda path, answer: with_link(answer, link))
    etl = warehouse(server.base_url, key=KEY)
    etl.run("sync")
    assert trap.requests == []
    assert all(re.match(r"/v1/conversations[?/]", path) for _, path, _ in server.requests)


def with_link(answer, link):
    answer.headers["Link"] = f'<{link}>; rel="next"'
    return answer


# ---- S19, S20: the binary ---------------------------------------------------------------------------------

def test_s19_s20_the_program_is_hardened():
    program = os.path.join(TOP, "build", "sahut-etl")
    if not os.path.exists(program):
        pytest.skip("there is no plain build")

    def readelf(*options):
        return subprocess.run(["readelf", "-W", *options, program], capture_output=True, text=True, check=True).stdout
    assert "DYN (Position-Independent Executable" in readelf("-h")
    dynamic, segments, symbols = readelf("-d"), readelf("-l"), readelf("--dyn-syms")
    assert "BIND_NOW" in dynamic or "NOW" in dynamic
    assert "GNU_RELRO" in segments
    assert re.search(r"GNU_STACK.*\bRW\b", segments) and not re.search(r"GNU_STACK.*\bRWE\b", segments)
    assert "__stack_chk_fail" in symbols
    assert re.search(r"__\w+_chk\b", symbols.replace("__stack_chk_fail", ""))
    flags = subprocess.run(["readelf", "-p", ".debug_str", program], capture_output=True, text=True).stdout
    flags += subprocess.run(["readelf", "-p", ".debug_line_str", program], capture_output=True, text=True).stdout
    for flag in ("-fstack-clash-protection", "-fstack-protector-strong", "-ftrivial-auto-var-init=zero", "-fcf-protection=full"):
        assert flag in flags, flag

# SPDX-License-Identifier: MIT
"""The web servers that docs/INSTALL.md puts in front of the daemon, with its very lines: an event goes through, and nothing else does."""
import http.client
import os
import pathlib
import re
import shutil
import ssl
import subprocess

import pytest
from daemon import loaded, wait_for
from webhook import Webhook, free_port

INSTALL = pathlib.Path(__file__).resolve().parents[2] / "docs" / "INSTALL.md"
NAME = "etl.example.com"


def lines_of(language):
    (block,) = re.findall(rf"```{language}\n(.*?)```", INSTALL.read_text(), re.S)
    return block


@pytest.fixture
def certificate(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
                    "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"], check=True, capture_output=True)
    return certificate, key


def nginx(directory, port, behind, certificate, key):
    server = lines_of("nginx").replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace("127.0.0.1:9798", f"127.0.0.1:{behind}")
    server = re.sub(r"/etc/letsencrypt/\S+/fullchain.pem", str(certificate), re.sub(r"/etc/letsencrypt/\S+/privkey.pem", str(key), server))
    kinds = "client_body proxy fastcgi uwsgi scgi"
    conf = directory / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    conf.write_text(f"daemon off; {user} pid {directory}/nginx.pid; error_log {directory}/nginx.log; events {{}}\nhttp {{ access_log off;\n"
                    + "".join(f"{kind}_temp_path {directory}/{kind};\n" for kind in kinds.split()) + server + "}\n")
    return ["nginx", "-p", str(directory), "-c", str(conf)]


def caddy(directory, port, behind, certificate, key):
    site = lines_of("caddy").replace("127.0.0.1:9798", f"127.0.0.1:{behind}").replace(f"{NAME} {{", f"{NAME}:{port} {{\n    tls {certificate} {key}", 1)
    (directory / "Caddyfile").write_text(f"{{\n admin off\n auto_https disable_redirects\n http_port {free_port()}\n https_port {port}\n}}\n{site}")
    return ["caddy", "run", "--config", str(directory / "Caddyfile"), "--adapter", "caddyfile"]


FRONTS = {"nginx": nginx, "caddy": caddy}


def post(port, certificate, path, body, signature):
    context = ssl.create_default_context(cafile=str(certificate))
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
    # To the address, by the name.
    connection.sock = context.wrap_socket(__import__("socket").create_connection(("127.0.0.1", port), 10), server_hostname=NAME)
    try:
        connection.request("POST", path, body, {"Host": NAME, "X-Sahut-Signature": signature})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.slow
@pytest.mark.parametrize("front", list(FRONTS))
def test_events_come_through_the_server_of_the_manual(front, pair, daemons, tmp_path, certificate):
    if not shutil.which(front):
        pytest.skip(f"there is no {front}")
    hook, port = Webhook(tmp_path), free_port()
    sandbox, etl = pair(conversations=100, workspace={"schedule": "{incremental: 1h, verify: 1d}", "webhook": hook.conf()})
    daemons(etl)
    loaded(etl, 100)
    with open(tmp_path / "front.log", "w") as log:
        server = subprocess.Popen(FRONTS[front](tmp_path, port, hook.port, *certificate), stdout=log, stderr=log,
                                  env={**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)})
    try:
        body = b'{"data":{"id":"conv_x"}}'

        def through(path="/webhook/utama", body=body, signature=None):
            return post(port, certificate[0], path, body, signature or hook.sign(body))

        def answers():
            try:
                return through() == 200
            except OSError:
                assert server.poll() is None, (tmp_path / "front.log").read_text()
                return False

        wait_for(answers, f"an event through {front}")
        assert through(signature="0" * 64) == 401
        assert through(path="/metrics") == 404 and through(path="/") == 404 and through(path="/webhook/other") == 404
        assert through(body=b"[" * (200 << 10)) == 200
        # What is too large is refused by the one or by the other.
        try:
            assert through(body=b"[" * (400 << 10)) in (413, 502)
        except OSError:
            pass
        (changed,) = sandbox.change("reopen")
        assert through(body=b'{"id":"%s"}' % changed.encode()) == 200
        wait_for(lambda: etl.one("select status from sahut.conversation where id = %s", changed) == "open", "the row")
    finally:
        server.terminate()
        server.wait(30)

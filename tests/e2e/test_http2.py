# SPDX-License-Identifier: MIT
"""The API behind a proxy that speaks HTTP/2: many requests on one connection, which the proxy ends with GOAWAY in their middle."""
import os
import re
import shutil
import subprocess

import pytest

from cluster import free_port
from daemon import wait_for
from etl import assert_equal
from truth import assert_promise, assert_quiet

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not shutil.which("nginx", path="/usr/sbin:/usr/bin"), reason="nginx is not installed")]

CONFIG = """
daemon off;
master_process off;
pid {dir}/nginx.pid;
error_log {dir}/error.log info;
events {{}}
http {{
    log_format how '$server_protocol $connection $connection_requests $status $request';
    access_log {dir}/access.log how;
    client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi; uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {dir}/nginx.crt;
        ssl_certificate_key {dir}/nginx.key;
        keepalive_requests {requests};
        location / {{ proxy_pass {upstream}; proxy_pass_header Date; }}
    }}
}}
"""


class Nginx:
    def __init__(self, directory, upstream, requests):
        self.dir, self.port = str(directory), free_port()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{self.dir}/nginx.key", "-out", f"{self.dir}/nginx.crt",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
        with open(f"{self.dir}/nginx.conf", "w") as f:
            f.write(CONFIG.format(dir=self.dir, port=self.port, upstream=upstream, requests=requests))
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-p", self.dir, "-c", f"{self.dir}/nginx.conf"], stderr=subprocess.DEVNULL)
        wait_for(lambda: os.path.exists(f"{self.dir}/nginx.pid"), "nginx")

    def served(self):
        """(protocol, connection, request of it, status, request line) of what was asked."""
        with open(f"{self.dir}/access.log") as f:
            return [re.fullmatch(r"(\S+) (\d+) (\d+) (\d+) (.*)\n", line).groups() for line in f]

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture
def behind(pair, tmp_path):
    """A pair with nginx between, that takes so many requests a connection."""
    proxies = []

    def make(requests, **options):
        sandbox, etl = pair(**options)
        proxies.append(Nginx(tmp_path, sandbox.root, requests))
        etl.workspaces[0]["base_url"] = f"https://localhost:{proxies[0].port}/v1"
        etl.extra = f"http: {{ca_file: {tmp_path}/nginx.crt}}\n"
        etl.write()
        return sandbox, etl, proxies[0]

    yield make
    for proxy in proxies:
        proxy.stop()


@pytest.mark.parametrize("requests", [1, 2, 5])
@pytest.mark.parametrize("latency", [0, 30])
def test_a_connection_that_is_ended_in_the_middle_of_a_load(behind, requests, latency):
    sandbox, etl, proxy = behind(requests, conversations=1500, ago="3h", workspace={"max_in_flight": 8})
    # Several are on their way when the connection is called over.
    sandbox.control("config", {"latency_ms": latency, "per_page_max": 25})
    etl.run("sync")
    assert_equal(etl, sandbox)
    for _ in range(3):
        sandbox.change("update", 40)
        sandbox.change("create", 5)
        sandbox.change("resolve", 5)
        sandbox.control("clock", {"advance": 600})
        etl.run("sync")
        assert_equal(etl, sandbox)
        assert_promise(etl, sandbox)
    etl.run("sync", "--full")
    assert_equal(etl, sandbox)
    assert_quiet(etl)
    served = proxy.served()
    assert {r[0] for r in served} == {"HTTP/2.0"}
    assert len({r[1] for r in served}) > len(served) / requests / 2
    # Asked for again is only what the end of a connection turned away, which was not served; libcurl does most of that by itself.
    sent, again = etl.sql("select sum(requests), sum(retried) from sahut_etl.run")[0]
    assert len(served) == sent - again

# SPDX-License-Identifier: MIT
"""What the daemon shows of itself: metrics and health over HTTP, and in a file."""
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request

import pytest

from cluster import free_port
from daemon import Daemon, wait_for
from webhook import UNCLEAR, say_raw

FAST = {"schedule": "{incremental: 5s, verify: 1h}"}


@pytest.fixture
def watched(pair):
    """A daemon whose metrics can be read."""
    running = []

    def start(wait=True, **options):
        workspace = {**FAST, **options.pop("workspace", {})}
        sandbox, etl = pair(workspace=workspace, **options)
        port = free_port()
        etl.extra = f'metrics: {{listen: "127.0.0.1:{port}", textfile: {etl.dir}/sahut.prom}}\n'
        etl.write()
        running.append(Daemon(etl))
        if wait:
            wait_for(lambda: get(port, "/metrics")[0] == 200 and number(port, 'sahut_etl_cycles_total{workspace="utama",kind="incremental",outcome="ok"}'), "a cycle")
        return sandbox, etl, port, running[-1]

    yield start
    for daemon in running:
        daemon.end()


def get(port, path, method="GET"):
    try:
        with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method), timeout=10) as reply:
            return reply.status, reply.read().decode(), reply.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers
    except OSError:
        return 0, "", {}


def samples(text):
    return {name: float(value) for name, value in re.findall(r"^([a-z_]+(?:\{.*\})?) (\S+)$", text, re.M)}


def number(port, name):
    return samples(get(port, "/metrics")[1]).get(name)


def test_cycles_are_counted_and_instants_shown(watched):
    sandbox, etl, port, _ = watched(conversations=250)
    # A cycle is counted a moment before the schedule knows that everything is loaded.
    wait_for(lambda: number(port, 'sahut_etl_next_timestamp_seconds{workspace="utama",kind="full"}'), "a schedule")
    status, text, headers = get(port, "/metrics")
    assert status == 200 and headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    all_of = samples(text)
    assert all_of['sahut_etl_conversations{workspace="utama"}'] == 250
    assert all_of['sahut_etl_workspace_held{workspace="utama"}'] == 1
    assert all_of['sahut_etl_workspace_healthy{workspace="utama"}'] == 1
    assert all_of['sahut_etl_conversation_changes_total{workspace="utama",change="new"}'] == 250
    assert all_of['sahut_etl_requests_total{workspace="utama"}'] == sandbox.stats()["requests"]
    assert all_of['sahut_etl_schedule_interval_seconds{workspace="utama",kind="incremental"}'] == 5
    assert all_of['sahut_etl_next_timestamp_seconds{workspace="utama",kind="full"}'] > all_of['sahut_etl_last_success_timestamp_seconds{workspace="utama",kind="full"}']
    complete = etl.one("select extract(epoch from complete_as_of)::float from sahut_etl.workspace")
    wait_for(lambda: number(port, 'sahut_etl_complete_timestamp_seconds{workspace="utama"}') >= complete, "complete_as_of")
    assert all_of["process_open_fds"] > 5 and all_of["process_resident_memory_bytes"] > 1e6


def test_the_exposition_is_as_prometheus_wants_it(watched):
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed (package prometheus)")
    _, _, port, _ = watched(conversations=100)
    done = subprocess.run(["promtool", "check", "metrics"], input=get(port, "/metrics")[1], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_labels_come_from_the_configuration_alone(pair):
    _, etl = pair(conversations=100)
    port = free_port()
    etl.extra = f'metrics: {{listen: "127.0.0.1:{port}"}}\n'
    etl.workspaces[0]["name"] = "'a \"b\" \\ c'"
    etl.write()
    daemon = Daemon(etl)
    try:
        wait_for(lambda: number(port, 'sahut_etl_conversations{workspace="a \\"b\\" \\\\ c"}') == 100, "the load")
        text = get(port, "/metrics")[1]
        assert set(re.findall(r'[{,](\w+)="', text)) <= {"workspace", "kind", "outcome", "change", "exception", "version", "libpq", "json_c", "libmicrohttpd"}
    finally:
        daemon.end()


def test_health_says_why(watched):
    sandbox, etl, port, daemon = watched(conversations=100)
    status, text, _ = get(port, "/healthz")
    assert (status, text) == (200, "utama: well\n")
    connection = etl.cluster.connect()
    # In this order, or it would be back before the door is shut.
    connection.cursor().execute(f'alter database "{etl.dbname}" allow_connections false')
    connection.cursor().execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (etl.dbname,))
    wait_for(lambda: get(port, "/healthz")[0] == 503, "bad health")
    assert "the warehouse does not answer" in get(port, "/healthz")[1]
    assert number(port, "sahut_etl_warehouse_up") == 0
    connection.cursor().execute(f'alter database "{etl.dbname}" allow_connections true')
    connection.close()
    wait_for(lambda: get(port, "/healthz")[0] == 200, "good health")


def test_other_paths_and_methods_are_refused(watched):
    _, _, port, _ = watched(conversations=10)
    assert get(port, "/nothing")[0] == 404
    assert get(port, "/metrics", "POST")[0] == 405
    assert get(port, "/metrics", "HEAD")[1] == ""
    assert get(port, "/")[0] == 200


def test_no_request_hides_in_another(watched):
    _, _, port, daemon = watched(conversations=10)
    for method in (b"GET", b"POST"):
        for name, (headers, end) in UNCLEAR.items():
            seen = say_raw(port, method + b" /metrics HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n\r\n" + end
                           + b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert set(seen) <= {400, 405, 413}, (method, name, seen)
    assert get(port, "/metrics")[0] == 200 and daemon.running()


def test_the_file_holds_the_same_and_is_never_half_written(watched):
    _, etl, port, daemon = watched(conversations=100)
    path = os.path.join(etl.dir, "sahut.prom")
    wait_for(lambda: os.path.exists(path) and samples(open(path).read()).get('sahut_etl_conversations{workspace="utama"}') == 100, "the file")
    assert {re.sub(" .*", "", l) for l in open(path).read().split("\n")} == {re.sub(" .*", "", l) for l in get(port, "/metrics")[1].split("\n")}
    assert os.stat(path).st_mode & 0o777 == 0o644
    assert [n for n in os.listdir(etl.dir) if n.startswith("sahut.prom")] == ["sahut.prom"]


def test_a_port_that_is_taken_is_said_and_work_goes_on(pair):
    sandbox, etl = pair(conversations=100, workspace=FAST)
    etl.extra = f'metrics: {{listen: "127.0.0.1:{sandbox.root.rsplit(":", 1)[1]}"}}\n'
    etl.write()
    daemon = Daemon(etl)
    try:
        daemon.wait_text("metrics.listen")
        wait_for(lambda: etl.sql("select live_count from sahut_etl.workspace") == [(100,)], "the load")
    finally:
        daemon.end()


def test_sync_leaves_a_file(pair):
    _, etl = pair(conversations=120)
    etl.extra = f"metrics: {{textfile: {etl.dir}/once.prom}}\n"
    etl.write()
    etl.run("sync")
    all_of = samples(open(os.path.join(etl.dir, "once.prom")).read())
    assert all_of['sahut_etl_conversations{workspace="utama"}'] == 120
    assert all_of['sahut_etl_last_success_timestamp_seconds{workspace="utama",kind="incremental"}'] > 1.7e9


def test_a_full_sync_is_a_full_sweep_in_its_file(pair):
    _, etl = pair(conversations=120)
    etl.extra = f"metrics: {{textfile: {etl.dir}/once.prom}}\n"
    etl.write()
    etl.run("sync")
    etl.run("sync", "--full")
    all_of = samples(open(os.path.join(etl.dir, "once.prom")).read())
    assert all_of['sahut_etl_cycles_total{workspace="utama",kind="full",outcome="ok"}'] == 1


def test_a_file_that_cannot_be_written_is_said_and_work_goes_on(pair, daemons):
    _, etl = pair(conversations=60, workspace=FAST)
    etl.extra = f"metrics: {{textfile: {etl.dir}/nowhere/once.prom}}\n"
    etl.write()
    assert re.search(r"metrics.textfile: .*nowhere/once.prom[.\d]*: No such file", etl.run("sync").stderr)
    assert etl.one("select live_count from sahut_etl.workspace") == 60
    daemon = daemons(etl)
    daemon.wait_text("nowhere/once.prom")
    wait_for(lambda: daemon.text().count("event=cycle ") >= 1, "a cycle")
    assert daemon.text().count("No such file") == 1
    assert daemon.stop() == 0
    # A name that cannot be one at all.
    etl.extra = f"metrics: {{textfile: {etl.dir}/{'x' * 4096}}}\n"
    etl.write()
    assert re.search("metrics.textfile: .*(too long)", etl.run("sync").stderr)


# ---- what is made of them ----

TOP = os.path.join(os.path.dirname(__file__), "..", "..")


def read(path):
    with open(os.path.join(TOP, path)) as f:
        return f.read()


def test_the_manual_tells_of_each_metric_what_the_exposition_does(watched):
    _, _, port, _ = watched(conversations=10)
    text, manual = get(port, "/metrics")[1], read("docs/sahut-etl-metrics.7.scd").replace("\\", "")
    told = dict(re.findall(r"(?m)^# HELP (\S+) (.*)$", text))
    types = dict(re.findall(r"(?m)^# TYPE (\S+) (\S+)$", text))
    entries = re.findall(r"(?m)^\*(\w+)\*(\{[^}]*\})? \((gauge|counter)\)\n\t(.*)$", manual)
    assert {m[0]: (m[2], m[3]) for m in entries} == {name: (types[name], help) for name, help in told.items()}
    labels = {m[0]: re.findall(r"\w+", m[1]) for m in entries}
    samples = re.findall(r"(?m)^(\w+)(\{.*\})? \S+$", text)
    assert len(samples) > len(told) / 2
    for name, served in samples:
        assert re.findall(r'(\w+)="', served) == labels[name], name


def test_rules_and_dashboard_know_only_what_there_is(watched):
    _, _, port, _ = watched(conversations=10)
    names = set(re.findall(r"(?m)^# HELP (\S+)", get(port, "/metrics")[1]))
    for path in ("etc/prometheus/sahut-etl.rules.yml", "etc/grafana/sahut-etl.json"):
        assert set(re.findall(r"(?<![:\w])(?:sahut_etl|process)_[a-z_]+", read(path))) <= names, path


def test_the_rules_ring_when_they_should():
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed (package prometheus)")
    for command in (["check", "rules", "etc/prometheus/sahut-etl.rules.yml"], ["test", "rules", "tests/prometheus/sahut-etl.test.yml"]):
        done = subprocess.run(["promtool", *command], cwd=TOP, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

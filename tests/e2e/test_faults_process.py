# SPDX-License-Identifier: MIT
"""What can befall the process itself: told to end in any phase, without memory, without descriptors, without anybody to tell.

Killed at every operation and at random moments: cut.py and torture.py, of which a sample runs here.
"""
import os
import random
import resource
import signal
import subprocess
import time

import pytest

import cut
import matrix
import proxy as wire
import torture
from conftest import BUILD
from daemon import Daemon, wait_for
from etl import assert_equal
from proxy import Proxy
from truth import assert_promise, assert_quiet

slow = pytest.mark.slow

COMMIT, COPY, MERGE = b"commit\x00", b"PGCOPY\n", b"must_hold"


class At:
    """The scene: a sandbox and a warehouse, each behind a wire."""

    def __init__(self, sandbox, etl):
        self.sandbox, self.etl = sandbox, etl
        host, port = sandbox.base_url.split("/")[2].split(":")
        self.api = Proxy((host, int(port)))
        self.pg = Proxy(os.path.join(etl.cluster.dir, f".s.PGSQL.{etl.cluster.port}"))
        etl.workspaces[0]["base_url"] = f"http://127.0.0.1:{self.api.port}/v1"
        etl.conninfo = f"host=127.0.0.1 port={self.pg.port} user=postgres dbname={etl.dbname} connect_timeout=30"
        etl.write()

    def settings(self, **settings):
        self.etl.workspaces[0].update(settings)
        self.etl.write()

    def heal(self):
        self.api.heal()
        self.pg.heal()
        self.sandbox.control("fault", method="DELETE")
        self.settings(base_url=self.sandbox.base_url, requests_per_minute=1000000)
        self.etl.conninfo = self.etl.cluster.conninfo(self.etl.dbname)
        self.etl.write()
        self.etl.sql("delete from sahut_etl.quota")

    def stop(self):
        self.api.stop()
        self.pg.stop()


@pytest.fixture
def at(sandboxes, warehouse):
    sandbox = sandboxes(conversations=330)
    scene = At(sandbox, warehouse(sandbox.base_url, max_in_flight=1))
    yield scene
    scene.stop()


# ---- SIGTERM, in every phase ----

def held_by(proxy, kind=wire.black_hole, **how):
    """The phase in which the wire holds something back."""
    def reach(at):
        fault = getattr(at, proxy).spoil(kind, **how)
        return lambda: fault.began.wait(0)
    return reach


def connecting(proxy):
    """Accepted by the far side's kernel, and never greeted."""
    def reach(at):
        there = getattr(at, proxy)
        there.spoil(wire.black_hole, times=0)
        return lambda: there.connections > 0
    return reach


def backing_off(at):
    """Between two attempts; the API has said for how long to stay away."""
    at.sandbox.fault("status", match="list", after=1, times=0, status=503, retry_after="30")
    return lambda: at.sandbox.stats()["by_status"].get("503")


def throttled(at):
    at.sandbox.fault("status", match="list", after=1, times=0, status=429, retry_after="30")
    return lambda: at.sandbox.stats()["by_status"].get("429")


def waiting_for_the_quota(at):
    at.settings(requests_per_minute=1)
    return lambda: at.sandbox.stats()["requests"] >= 1


# Where it stands when it is told to end.
PHASES = [
    ("connecting_to_the_database", connecting("pg")),
    ("connecting_to_the_api", connecting("api")),
    ("in_the_answer", held_by("api", after=5000)),
    ("backing_off", backing_off),
    ("throttled", throttled),
    ("waiting_for_the_quota", waiting_for_the_quota),
    ("in_copy", held_by("pg", answer=False, before=COPY)),
    ("in_the_merge", held_by("pg", upon=MERGE)),
    ("before_commit", held_by("pg", answer=False, before=COMMIT)),
    ("after_commit", held_by("pg", upon=COMMIT)),
]


# The daemon and the command share what they wait in, so that of its phases some are enough for every day.
EACH = [pytest.param(name, reach, command, exits, id=f"{command}-{name}",
                     marks=slow if command == "run" and name not in ("connecting_to_the_database", "backing_off", "in_the_merge") else ())
        for command, exits in (("sync", 75), ("run", 0)) for name, reach in PHASES]


@pytest.mark.parametrize("name, reach, command, exits", EACH)
def test_told_to_end(at, name, reach, command, exits):
    reached = reach(at)
    process = at.etl.start(command)
    try:
        wait_for(reached, name)
        process.send_signal(signal.SIGTERM)
        # Nothing it may be waiting for comes within a quarter of a minute: it ends because it was told to.
        out, err = process.communicate(timeout=10)
    finally:
        process.kill()
    assert process.returncode == exits, err
    assert "level=error" not in err, err
    at.pg.cut_all()
    at.heal()
    if at.etl.sql("select from sahut_etl.workspace"):
        assert_promise(at.etl, at.sandbox)
    at.etl.run("sync")
    assert_equal(at.etl, at.sandbox)
    assert_promise(at.etl, at.sandbox)
    assert_quiet(at.etl)


# ---- what the system does not give ----

def is_sanitized(program):
    with open(program, "rb") as f:
        return b"__asan_init" in f.read()


def limited(which, limit):
    return lambda: resource.setrlimit(which, (limit, limit))


def run_limited(etl, which, limit, **how):
    return subprocess.run(etl.command("sync"), capture_output=True, text=True, timeout=60, env=etl.environment(),
                          preexec_fn=limited(which, limit), **how)


# Found where each of them leads to another end; below the first the loader itself gives up.
@pytest.mark.parametrize("megabytes", [60, 80, 100])
def test_without_memory(pair, megabytes):
    """It ends, by itself or by abort(), and what was committed stands: crash-only."""
    sandbox, etl = pair(conversations=1000)
    plain = os.path.join(BUILD, "..", "build", "sahut-etl")
    if is_sanitized(etl.program):
        if not os.path.exists(plain):
            pytest.skip("the sanitizers need all the address space there is, and there is no other build")
        etl.program = plain
    done = run_limited(etl, resource.RLIMIT_AS, megabytes << 20)
    assert done.returncode in (0, 69, 71, 75, 127, -signal.SIGABRT), done.stderr
    if done.returncode == -signal.SIGABRT:
        assert "out of memory" in done.stderr, done.stderr
    if etl.sql("select from sahut_etl.workspace"):
        assert_promise(etl, sandbox)
    etl.run("sync")
    assert_equal(etl, sandbox)
    assert_quiet(etl)


@pytest.mark.parametrize("descriptors", [4, 5, 6, 7, 9, 12])
def test_without_descriptors(pair, descriptors):
    """It says so, or it can do with them; it does not spin."""
    sandbox, etl = pair(conversations=330)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = run_limited(etl, resource.RLIMIT_NOFILE, descriptors)
    assert done.returncode in (0, 69, 71, 78), (done.returncode, done.stderr)
    assert done.returncode == 0 or done.stderr
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 5
    etl.run("sync")
    assert_equal(etl, sandbox)
    assert_quiet(etl)


@pytest.mark.parametrize("closed", [(0, 1, 2), (2,), (1, 2), (0,)], ids=str)
def test_started_without_the_three_standard_streams(pair, closed):
    """A socket must not become what messages are written to."""
    sandbox, etl = pair(conversations=330)

    def close():
        for fd in closed:
            os.close(fd)

    sandbox.control("config", {"latency_ms": 100})
    process = subprocess.Popen(etl.command("sync"), env=etl.environment(), preexec_fn=close)
    wait_for(lambda: sandbox.stats()["requests"] >= 1, "a request")
    if os.geteuid() == 0:  # nobody else may look
        assert {os.readlink(f"/proc/{process.pid}/fd/{fd}") for fd in closed} == {"/dev/null"}
    assert process.wait(60) == 0
    assert_equal(etl, sandbox)
    assert_quiet(etl)


def test_nobody_can_be_told(pair):
    """Messages go nowhere; the work is done all the same."""
    sandbox, etl = pair(conversations=330)
    with open("/dev/full", "w") as full:
        assert subprocess.run(etl.command("sync"), stdout=full, stderr=full, env=etl.environment()).returncode == 0
    assert_equal(etl, sandbox)


def test_nobody_listens_any_more(pair):
    """The reader of a pipe has gone: SIGPIPE ends nothing."""
    sandbox, etl = pair(conversations=330)
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(etl.command("sync"), stdout=writer, stderr=writer, env=etl.environment())
    os.close(writer)
    assert done.returncode == 0
    assert_equal(etl, sandbox)


# ---- time ----

def test_suspended_in_the_middle(at):
    """As a laptop that sleeps: what was waited for has come, or is asked for again."""
    fault = at.api.spoil(wire.delay, after=2000, seconds=0.3)
    process = at.etl.start("sync")
    wait_for(lambda: fault.began.wait(0), "the first page")
    process.send_signal(signal.SIGSTOP)
    time.sleep(1)
    process.send_signal(signal.SIGCONT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    at.heal()
    assert_equal(at.etl, at.sandbox)


@pytest.mark.parametrize("seconds", [3600, 366 * 86400])
def test_the_clock_of_the_api_jumps(pair, seconds):
    """Instants are the API's: they follow it, as long as it does not run ahead of our clocks."""
    sandbox, etl = pair(conversations=330, ago="367d")
    etl.run("sync")
    before = etl.one("select complete_as_of from sahut_etl.workspace")
    sandbox.change("update", 20)
    sandbox.control("clock", {"advance": seconds})
    sandbox.change("resolve", 5)
    etl.run("sync")
    assert_equal(etl, sandbox)
    assert_promise(etl, sandbox)
    assert (etl.one("select complete_as_of from sahut_etl.workspace") - before).total_seconds() >= seconds - 60


# ---- others ----

def test_many_at_once(pair):
    """One works, the others wait for it or go away; no row is doubled."""
    sandbox, etl = pair(conversations=700)
    processes = [etl.start("sync") for _ in range(6)]
    ends = [(p.communicate(timeout=90), p.returncode) for p in processes]
    assert {code for _, code in ends} <= {0, 75} and any(code == 0 for _, code in ends), ends
    assert_equal(etl, sandbox)
    assert_promise(etl, sandbox)
    assert_quiet(etl)


def test_a_daemon_that_is_told_to_end_again_and_again(pair):
    sandbox, etl = pair(conversations=330, latency=20)
    daemon = Daemon(etl)
    try:
        wait_for(lambda: sandbox.stats()["requests"] >= 1, "the first request")
        for _ in range(50):
            try:
                daemon.send(signal.SIGTERM)
            except ProcessLookupError:
                break
        assert daemon.wait() == 0
    finally:
        daemon.end()
    etl.run("sync")
    assert_equal(etl, sandbox)


# ---- what is written of all this ----

STOPPED_AT_ONCE = """#include <signal.h>
__attribute__((constructor)) static void stop(void) { raise(SIGSTOP); }
"""


@pytest.fixture(scope="module")
def stopped_at_once(tmp_path_factory):
    """A library that stops whoever loads it, before main() and before any other library has begun."""
    where = tmp_path_factory.mktemp("early")
    (where / "stop.c").write_text(STOPPED_AT_ONCE)
    subprocess.run([os.environ.get("CC", "cc").split()[-1], "-shared", "-fPIC", "-o", str(where / "stop.so"), str(where / "stop.c")], check=True)
    return {"LD_PRELOAD": str(where / "stop.so"), "ASAN_OPTIONS": "verify_asan_link_order=0"}


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2])
def test_a_signal_before_main(pair, stopped_at_once, how):
    """What comes in the first milliseconds is served later: a reload, or an end that is one."""
    sandbox, etl = pair(conversations=120)
    process = subprocess.Popen(etl.command("run"), stderr=subprocess.PIPE, text=True, env={**etl.environment(), **stopped_at_once})
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    process.send_signal(how)
    process.send_signal(signal.SIGCONT)
    if how not in (signal.SIGTERM, signal.SIGINT):
        wait_for(lambda: etl.one("select count(*) from sahut_etl.workspace where certified_at is not null"), "the load")
        process.send_signal(how)
        process.terminate()
    said = process.communicate(timeout=30)[1]
    assert process.returncode == 0, said
    assert ("reload" in said) == (how == signal.SIGHUP), said


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_command_that_is_no_daemon_ends_by_any_signal(pair, stopped_at_once, how):
    sandbox, etl = pair(conversations=10)
    for command in ("sync", "--version", "check"):
        process = subprocess.Popen(etl.command(command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**etl.environment(), **stopped_at_once})
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        process.send_signal(how)
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=30)
        assert process.returncode in (0, 75, -how), process.returncode


def test_the_unit_comes_back_after_any_signal():
    """systemd calls an end by SIGHUP, SIGINT, SIGTERM or SIGPIPE a good one, and Restart=on-failure leaves it at that."""
    path = os.path.join(os.path.dirname(__file__), "..", "..", "systemd", "sahut-etl.service.in")
    with open(path) as f:
        assert "\nRestart=always\n" in f.read()


def test_the_document_has_every_row():
    with open(matrix.DOCUMENT) as f:
        text = f.read()
    assert text == matrix.filled(text), "run tests/e2e/matrix.py --write"


# ---- killed: a sample of what ./dev cut and ./dev torture do at length ----

def test_cut_at_an_operation(cluster, tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    here = cut.Cut(BUILD, cluster, str(tmp_path))
    try:
        cuts, failed = cut.sample(here, 18, random.Random(seed))
    finally:
        here.stop()
    assert not failed, f"{failed} of {cuts} cuts, seed {seed}"


def test_killed_at_a_random_moment(cluster, tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    kills, _ = torture.torture(BUILD, cluster, str(tmp_path), 20, seed)
    assert kills == 20

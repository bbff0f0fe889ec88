# SPDX-License-Identifier: MIT
"""No step keeps the loop from signals, deadlines and metrics for long, and memory stays below half of what the unit allows: with the
heaviest pages that are allowed, in every slot in flight, and with a load, a full sweep and a proof of an ordinary workspace.

The plain program is measured, in processor time: sanitizers and other work make everything slower.
"""
import os
import subprocess

import pytest

from attacks import HEAVIEST
from daemon import loaded
from etl import assert_equal
from test_attacks import attacker, forget_peak, memory_limit, peak  # noqa: F401 (a fixture)
from test_memory import PROGRAM

HERE = os.path.dirname(os.path.abspath(__file__))
LONGEST = 1000000


class Steps:
    def __init__(self, path, library):
        self.path = path
        self.environment = {"LD_PRELOAD": library, "LONGEST_STEP": path}
        self.begin()

    def begin(self):
        open(self.path, "w").close()

    def longest(self):
        with open(self.path) as f:
            return int(f.read() or 0)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("preload") / "longest_step.so")
    subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-o", path, os.path.join(HERE, "longest_step.c")], check=True)
    return path


@pytest.fixture
def steps(library, tmp_path):
    if not os.path.exists(PROGRAM):
        pytest.skip("there is no plain build")
    return Steps(str(tmp_path / "longest"), library)


def test_steps_of_an_ordinary_workspace(pair, daemons, steps):
    sandbox, etl = pair(conversations=6000, ago="3h", workspace={"schedule": "{incremental: 5s, verify: 1h}", "max_in_flight": 16})
    etl.program = PROGRAM
    daemon = daemons(etl, environment=steps.environment)
    loaded(etl, 6000)
    print(f"a load: longest step {steps.longest()} us, peak {peak(daemon.pid)} KiB")
    assert 0 < steps.longest() < LONGEST
    steps.begin()
    sandbox.change("create", 2000)
    sandbox.control("clock", {"advance": 3600})
    etl.run("sync", "--full", timeout=120)
    etl.run("verify", timeout=120)
    print(f"a full sweep and a proof: longest step {steps.longest()} us, peak {peak(daemon.pid)} KiB")
    assert 0 < steps.longest() < LONGEST
    assert daemon.stop() == 0
    assert_equal(etl, sandbox)


@pytest.mark.slow
@pytest.mark.parametrize("mode", HEAVIEST)
def test_steps_of_the_heaviest_pages(pair, daemons, steps, attacker, mode):  # noqa: F811
    sandbox, etl = pair(conversations=20)
    etl.program = PROGRAM
    etl.add("jahat", attacker.base_url, key="sk_live_two", schedule="{incremental: 1d, verify: 7d}", max_in_flight=16)
    attacker.mode = mode
    daemon = daemons(etl, environment=steps.environment)
    loaded(etl, 20)
    done = etl.run("-w", "jahat", "sync", "--full", expect=None, timeout=600)
    assert attacker.requests > 16 and daemon.running()
    print(f"{mode}: exit {done.returncode}, {attacker.requests} requests, longest step {steps.longest()} us, peak {peak(daemon.pid)} KiB")
    assert 0 < steps.longest() < LONGEST, mode
    assert peak(daemon.pid) < memory_limit(), mode
    assert daemon.stop() == 0

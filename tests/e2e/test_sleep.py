# SPDX-License-Identifier: MIT
"""A database that sleeps while nobody is connected to it: the daemon leaves it alone between cycles, where it may."""
import signal
import time

from cluster import free_port
from daemon import loaded, wait_for
from etl import assert_equal
from test_metrics import get, number

RARE = {"schedule": "{incremental: 6h, verify: 12h, full: \"02:30\"}"}


def let_it_sleep(etl, after):
    etl.extra = ""
    etl.write()
    with open(etl.config) as f:
        text = f.read()
    with open(etl.config, "w") as f:
        f.write(text.replace("warehouse:\n", f"warehouse:\n  release_when_idle: {after}\n"))


def sessions(etl):
    connection = etl.cluster.connect()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_stat_activity where datname = %s and application_name = 'sahut-etl'", (etl.dbname,))
        n = cursor.fetchone()[0]
    connection.close()
    return n


def test_connections_are_given_back_until_a_cycle_is_due(pair, daemons):
    sandbox, etl = pair(conversations=120, workspace=RARE)
    let_it_sleep(etl, "10s")
    daemon = daemons(etl)
    loaded(etl, 120)
    wait_for(lambda: sessions(etl) == 0, "the connections to be given back")
    state = etl.status()
    assert state["state"] == "asleep" and state["asleep_until"] and state["holder"] is None
    assert state["next_at"] and abs(int(state["next_at"][17:19]) - int(state["asleep_until"][17:19])) in (0, 1, 59)
    assert "asleep" in etl.run("status", "--check").stdout
    assert etl.sql("select state, detail from sahut_report.health where item = 'work'") == [("green", "the daemon sleeps")]
    # Commands work by themselves, and the daemon goes on from there.
    sandbox.change("create", 3)
    etl.run("sync")
    assert_equal(etl, sandbox)
    etl.run("verify", "--repair")
    wait_for(lambda: sessions(etl) == 0, "the sessions of the commands to end")
    assert daemon.running()
    assert etl.sql("select count(*) from sahut_etl.command_request") == [(0,)]
    assert daemon.stop() == 0


def test_it_wakes_up_by_itself_and_by_a_reload(pair, daemons):
    sandbox, etl = pair(conversations=60, workspace={"schedule": "{incremental: 8s, verify: 12h}"})
    port = free_port()
    let_it_sleep(etl, "2s")
    with open(etl.config, "a") as f:
        f.write(f'metrics: {{listen: "127.0.0.1:{port}"}}\n')
    daemon = daemons(etl)
    loaded(etl, 60)
    wait_for(lambda: (number(port, "sahut_etl_asleep_until_timestamp_seconds") or 0) > 1.7e9, "sleep")
    assert get(port, "/healthz")[:2] == (200, "utama: well\n")
    assert number(port, 'sahut_etl_workspace_held{workspace="utama"}') == 1 and number(port, "sahut_etl_warehouse_up") == 1
    runs = etl.one("select count(*) from sahut_etl.run")
    sandbox.change("create", 2)
    loaded(etl, 62)
    assert etl.one("select count(*) from sahut_etl.run") > runs
    wait_for(lambda: etl.status()["state"] == "asleep", "sleep again")
    before = number(port, "sahut_etl_warehouse_connections_total")
    assert before >= 2
    daemon.send(signal.SIGHUP)
    daemon.wait_text("is in force")
    wait_for(lambda: number(port, "sahut_etl_warehouse_connections_total") > before, "another connection")
    assert daemon.stop() == 0 and "warehouse_lost" not in daemon.text()


def test_one_that_does_not_come_back_is_missed(pair, daemons):
    _, etl = pair(conversations=60, workspace=RARE)
    let_it_sleep(etl, "10s")
    daemon = daemons(etl)
    loaded(etl, 60)
    wait_for(lambda: etl.status()["state"] == "asleep", "sleep")
    daemon.kill()
    etl.one("with past as (update sahut_etl.schedule set asleep_until = now() - interval '2 minutes' returning 1) select count(*) from past")
    assert etl.status()["state"] == "unattended"


def test_a_connection_that_is_cut_while_idle_is_not_made_again_and_again(pair, daemons):
    """What idle_session_timeout does, and each cloud's own: without the option nothing of ours keeps such a server awake."""
    sandbox, etl = pair(conversations=60, workspace=RARE)
    port = free_port()
    etl.extra = f'metrics: {{listen: "127.0.0.1:{port}"}}\n'
    etl.write()
    daemon = daemons(etl)
    loaded(etl, 60)
    wait_for(lambda: etl.one("select count(*) from sahut_etl.run where state = 'running'") == 0, "rest")

    def cut():
        connection = etl.cluster.connect()
        connection.cursor().execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and application_name = 'sahut-etl'", (etl.dbname,))
        connection.close()

    wait_for(lambda: number(port, "sahut_etl_next_timestamp_seconds{workspace=\"utama\",kind=\"full\"}"), "a schedule")
    cut()
    wait_for(lambda: (number(port, "sahut_etl_asleep_until_timestamp_seconds") or 0) > 1.7e9, "it to be left alone")
    connections = number(port, "sahut_etl_warehouse_connections_total")
    began = time.monotonic()
    wait_for(lambda: time.monotonic() - began > 12, "more than the pause between two tries")
    assert number(port, "sahut_etl_warehouse_connections_total") == connections and get(port, "/healthz")[0] == 200
    # Whoever needs something meanwhile does it.
    sandbox.change("create", 2)
    etl.run("sync")
    assert_equal(etl, sandbox)
    assert daemon.stop() == 0

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The demo: a workspace that lives, and a warehouse that follows it.

usage: demo.py BUILD [--keep | --stop]
"""
import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "e2e"))

from cluster import Cluster  # noqa: E402
from etl import Etl  # noqa: E402
from sandbox import Sandbox  # noqa: E402

CONVERSATIONS = 20000
STATE = os.path.join(tempfile.gettempdir(), f"sahut-demo-{os.geteuid()}.json")

WORKLOAD = """
select coalesce(agent_name, '(nobody)') as agent, open_count as open, pending_count as pending, snoozed_count as snoozed,
    oldest_active_age_hours as "oldest (hours)"
from sahut_report.agent_workload_now
order by active_count desc, agent_name limit 8
"""

VOLUME = """
select created_day as day, channel_type as channel, count(*) as conversations
from sahut_report.conversations
where created_day > (select max(created_day) from sahut_report.conversations) - 3
group by 1, 2 order by 1 desc, 3 desc
"""


def title(text):
    print(f"\n\033[1m== {text}\033[0m" if sys.stdout.isatty() else f"\n== {text}", flush=True)


def shell(etl, *args):
    """Runs sahut-etl as a person would, on this terminal."""
    print("$ sahut-etl " + " ".join(args), flush=True)
    done = subprocess.run(etl.command(*args))
    if done.returncode != 0:
        raise SystemExit(f"sahut-etl {' '.join(args)} ended with {done.returncode}")


def psql(etl, query):
    subprocess.run(["psql", "-X", "-q", "-P", "footer=off", "-P", "pager=off", etl.cluster.conninfo(etl.dbname), "-c", query], check=True)


def show(etl, sandbox):
    title(f"the first load: {CONVERSATIONS:,} conversations, a hundred a request")
    shell(etl, "migrate")
    shell(etl, "sync")
    title("the inbox lives on: 20 new, 60 answered, 30 resolved, 10 reassigned")
    for kind, n in (("create", 20), ("update", 60), ("resolve", 30), ("reassign", 10)):
        sandbox.change(kind, n)
    shell(etl, "sync")
    title("and nothing happens")
    shell(etl, "sync")
    title("how far is it complete?")
    shell(etl, "status")
    title("and does it agree with the API?")
    shell(etl, "verify")
    title("what will it cost from here on?")
    shell(etl, "plan")
    title("who carries how much now?")
    psql(etl, WORKLOAD)
    title("how many came in, by day and channel?")
    psql(etl, VOLUME)


def connect_help(etl, sandbox):
    title("look around")
    print(f"""psql "{etl.cluster.conninfo(etl.dbname)}"
Metabase: PostgreSQL at 127.0.0.1 port {etl.cluster.port}, database {etl.dbname}, user postgres, schema sahut_report
the API:  curl -H 'Authorization: Bearer {sandbox.key}' '{sandbox.base_url}/conversations?per_page=1'
config:   {etl.config}""")


def kept():
    """What --keep left, or None. Nobody else can have written it: what it names is ended and removed."""
    try:
        with open(os.open(STATE, os.O_RDONLY | os.O_NOFOLLOW)) as f:
            if os.fstat(f.fileno()).st_uid != os.geteuid():
                raise SystemExit(f"{STATE} is not ours")
            return json.load(f)
    except FileNotFoundError:
        return None


def stop_kept():
    state = kept()
    if not state:
        raise SystemExit("no demo is running")
    try:
        os.kill(state["sandbox"], signal.SIGTERM)
    except ProcessLookupError:
        pass
    cluster = Cluster.__new__(Cluster)
    cluster.__dict__.update(state["cluster"])
    cluster.stop()
    subprocess.run(["rm", "-rf", state["directory"]])
    for path in (state["shell"], STATE):
        if os.path.exists(path):
            os.unlink(path)
    print("the demo is gone")


def write_shell(etl, sandbox, path):
    """What docs/FIRST_HOUR.md begins with: the programs, the database and the inbox, by short names."""
    with open(path, "w") as f:
        f.write(f"""# Made by ./dev demo --keep; gone with ./dev demo --stop.
config={etl.config} database={shlex.quote(etl.cluster.conninfo(etl.dbname))} api={sandbox.base_url} key={sandbox.key}
sahut-etl() {{ {etl.program} -c "$config" "$@"; }}
query() {{ psql -X -q -P pager=off "$database" -c "$1"; }}
happen() {{ curl -sS -d "{{\\"kind\\":\\"$1\\",\\"n\\":$2}}" {sandbox.root}/_sandbox/change >/dev/null; }} # KIND N
""")


def keep(etl, sandbox, build):
    path = os.path.join(build, "demo.sh")
    write_shell(etl, sandbox, path)
    with open(os.open(STATE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
        json.dump({"sandbox": sandbox.process.pid, "directory": etl.dir, "cluster": etl.cluster.__dict__, "shell": path}, f)
    print(f"""shell:    . {os.path.relpath(path)}, and then docs/FIRST_HOUR.md

it goes on running; end it with: ./dev demo --stop""")


def main():
    arguments = argparse.ArgumentParser(prog="demo")
    arguments.add_argument("build")
    arguments.add_argument("--keep", action="store_true", help="leave everything running")
    arguments.add_argument("--stop", action="store_true", help="end what --keep left")
    arguments = arguments.parse_args()
    if arguments.stop:
        stop_kept()
        return
    if arguments.keep and kept():
        raise SystemExit("a demo is running already; end it with: ./dev demo --stop")
    build = os.path.abspath(arguments.build)
    directory = tempfile.mkdtemp(prefix="sahut-demo-")
    title("a throw-away PostgreSQL, and a workspace to mirror")
    began, stays = time.monotonic(), False
    cluster = Cluster()
    # It may outlive this program, and whoever reads what this program says is not to wait for it.
    with open(os.path.join(directory, "sandbox.log"), "w") as log:
        sandbox = Sandbox(os.path.join(build, "sahut-sandbox"), stderr=log, conversations=CONVERSATIONS, requests_per_minute=1000, ago="0s")
    print(f"PostgreSQL on port {cluster.port}, the sandbox at {sandbox.base_url}")
    try:
        cluster.create_database("sahut")
        etl = Etl(os.path.join(build, "sahut-etl"), directory, cluster, "sahut", sandbox.base_url, requests_per_minute=1000)
        show(etl, sandbox)
        connect_help(etl, sandbox)
        if arguments.keep:
            keep(etl, sandbox, build)
            stays = True
    finally:
        if not stays:
            sandbox.stop()
            cluster.stop()
            subprocess.run(["rm", "-rf", directory])
    print(f"\ndone in {time.monotonic() - began:.0f} seconds")


if __name__ == "__main__":
    main()

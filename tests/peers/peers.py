#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The tools that people use today and sahut-etl, side by side: the same sandbox, the same PostgreSQL, the same work.

    ./dev peers [--quick] [--only PEER,...] [--write]

Each tool is configured as its own documentation tells for an API with page numbers and updated_at; its file in this folder names
the pages. After each scenario the source stands still, and its dump is compared with the rows that the tool has: how many are
missing, stale, doubled, or kept though they were deleted; and how the tool ended while that was so. --write puts the table into
docs/COMPARISON.md.

Where time is the subject, one tool runs at a time, three times over, and seconds are shown. Elsewhere two run side by side, each with
a PostgreSQL of its own, and only processor seconds are; where they mostly wait for the quota, all do.
"""
import argparse
import concurrent.futures
import datetime
import glob
import json
import os
import queue
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(TOP, "tests", "e2e"))

from cluster import Cluster  # noqa: E402
from etl import Etl  # noqa: E402
from sandbox import Sandbox  # noqa: E402

BUILD = os.environ.get("SAHUT_BUILD", os.path.join(TOP, "build"))
HOME = os.environ.get("SAHUT_PEERS", os.path.join(TOP, "build-peers"))

# Fixed versions: what is compared is these.
PACKAGES = {
    "dlt": ["dlt[postgres]==1.31.0"],
    "airbyte": ["airbyte==0.71.3"],
    "singer": ["singer-sdk==0.54.9", "meltanolabs-target-postgres==0.8.1"],
    # The newest that brings its program along; later ones fetch it when they are first run.
    "sling": ["sling==1.4.11", "sling-linux-amd64==1.4.11"],
}
MOST_SECONDS = 1800


def largest_process(pid):
    """KiB that the largest one of a process and its children has had in memory so far."""
    try:
        with open(f"/proc/{pid}/status") as f:
            largest = max([0] + [int(line.split()[1]) for line in f if line.startswith("VmHWM:")])
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return max([largest] + [largest_process(int(child)) for child in f.read().split()])
    except OSError:  # it has ended meanwhile
        return 0


class Peer:
    """A tool in an environment of its own. ROWS gives id, status, assignee's id, labels and updated_at of each row that it has."""

    name = mode = rows = None

    def __init__(self, mode):
        self.mode = mode

    @property
    def title(self):
        return self.name + ("" if self.mode == "incremental" else ", full refresh each time")

    def python(self):
        return os.path.join(HOME, self.name, "bin", "python")

    def install(self):
        if os.path.exists(os.path.join(HOME, self.name, "ready")):
            return
        subprocess.run([sys.executable, "-m", "venv", "--clear", os.path.join(HOME, self.name)], check=True)
        subprocess.run([self.python(), "-m", "pip", "install", "-q", *PACKAGES[self.name]], check=True)
        open(os.path.join(HOME, self.name, "ready"), "w").close()

    def prepare(self, directory, cluster, dbname, sandbox):
        self.directory, self.sandbox = directory, sandbox
        self.url = f"postgresql://postgres:none@127.0.0.1:{cluster.port}/{dbname}"

    def environment(self):
        return {**os.environ, "HOME": self.directory, "DLT_DATA_DIR": os.path.join(self.directory, "dlt"), "RUNTIME__DLTHUB_TELEMETRY": "false",
                "AIRBYTE_OFFLINE_MODE": "1", "DO_NOT_TRACK": "1"}

    def shell(self, full):
        raise NotImplementedError

    def run(self, full=False, kill_after=None):
        """Runs it once: exit code, seconds, processor seconds, MiB of its largest process, and the end of its output."""
        out = os.path.join(self.directory, "out")
        begun = time.monotonic()
        with open(out, "w") as log:
            process = subprocess.Popen(["/bin/bash", "-o", "pipefail", "-c", self.shell(full)], cwd=self.directory, env=self.environment(),
                                       stdout=log, stderr=log, start_new_session=True)
            if kill_after:
                while self.sandbox.stats()["requests"] < kill_after and os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                    time.sleep(0.02)
                os.killpg(process.pid, signal.SIGKILL)
            memory = 0
            while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                memory = max(memory, largest_process(process.pid))
                if time.monotonic() - begun > MOST_SECONDS:
                    os.killpg(process.pid, signal.SIGKILL)
                time.sleep(0.02)
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        with open(out, errors="replace") as log:
            said = log.read()[-400:]
        return {"code": process.returncode, "seconds": time.monotonic() - begun, "processor": used.ru_utime + used.ru_stime,
                "memory": memory // 1024, "said": said}


class Dlt(Peer):
    name = "dlt"
    rows = """select c.id, c.status, c.assignee__id, array(select l.value from peer.conversations__labels l where l._dlt_parent_id = c._dlt_id
        order by 1), c.updated_at from peer.conversations c"""

    def shell(self, full):
        mode = "refresh" if full or self.mode == "refresh" else "incremental"
        return f"exec {self.python()} {HERE}/peer_dlt.py {mode} {self.sandbox.base_url} {self.sandbox.key} {self.url}"


class Airbyte(Peer):
    name = "airbyte"
    rows = """select c.id, c.status, c.assignee ->> 'id', array(select jsonb_array_elements_text(c.labels::jsonb) order by 1),
        c.updated_at::timestamptz from peer.conversations c"""

    def shell(self, full):
        mode = "refresh" if full or self.mode == "refresh" else "incremental"
        return f"exec {self.python()} {HERE}/peer_airbyte.py {mode} {self.sandbox.base_url} {self.sandbox.key} {self.url}"


class Singer(Peer):
    """Settings of the target, by its README (https://github.com/MeltanoLabs/target-postgres): load_method is append-only and deletions are
    marks where nothing is said; here rows are upserted, and removed."""

    name = "singer"
    rows = """select c.id, c.status, c.assignee ->> 'id', array(select jsonb_array_elements_text(to_jsonb(c.labels)) order by 1),
        c.updated_at at time zone 'UTC' from peer.conversations c"""

    def shell(self, full):
        full = full or self.mode == "refresh"
        tap, target, state = (os.path.join(self.directory, n) for n in ("tap.json", "target.json", "state.json"))
        with open(tap, "w") as f:
            json.dump({"base_url": self.sandbox.base_url, "api_key": self.sandbox.key, "incremental": not full,
                       "emit_activate_version_messages": full}, f)
        with open(target, "w") as f:
            json.dump({"sqlalchemy_url": self.url.replace("postgresql:", "postgresql+psycopg:"), "default_target_schema": "peer",
                       "load_method": "upsert", "hard_delete": True}, f)
        last = f"--state {state}" if os.path.exists(state) and not full else ""
        keep = "" if full else f" && tail -n 1 {state}.new | grep -q . && tail -n 1 {state}.new > {state}"
        return (f"{self.python()} {HERE}/tap_sahut.py --config {tap} {last} | "
                f"{os.path.join(HOME, self.name, 'bin', 'target-postgres')} --config {target} > {state}.new{keep}")


class Sling(Peer):
    """Connections and the replication, by https://docs.slingdata.io/concepts/api-specs and https://docs.slingdata.io/concepts/replication."""

    name = "sling"
    rows = """select c.id, c.status, c.assignee ->> 'id', array(select jsonb_array_elements_text(c.labels) order by 1), c.updated_at
        from peer.conversations c"""

    def spec(self):
        """Its file; with a quota, at the rate that the plan allows, which is how its guide has an API respected."""
        with open(os.path.join(HERE, "sling.yaml")) as f:
            spec = f.read()
        path = os.path.join(self.directory, "sahut.yaml")
        with open(path, "w") as f:
            f.write(spec.replace("rate: 50", "rate: 1") if self.sandbox.limited else spec)
        return path

    def shell(self, full):
        with open(os.path.join(self.directory, "env.yaml"), "w") as f:
            json.dump({"connections": {
                "SAHUT": {"type": "api", "spec": f"file://{self.spec()}", "secrets": {"base_url": self.sandbox.base_url, "api_key": self.sandbox.key}},
                "WAREHOUSE": {"type": "postgres", "url": self.url + "?sslmode=disable"}}}, f)
        with open(os.path.join(self.directory, "replication.yaml"), "w") as f:
            json.dump({"source": "SAHUT", "target": "WAREHOUSE", "defaults": {"mode": "full-refresh", "object": "peer.conversations"},
                       "streams": {"conversations": {}}}, f)
        program = glob.glob(os.path.join(HOME, "sling", "lib", "*", "site-packages", "sling_linux_amd64", "bin", "sling-linux-amd64"))[0]
        os.chmod(program, 0o755)
        return f"SLING_HOME_DIR={self.directory} exec {program} run -r replication.yaml"


class N8n(Peer):
    """A workflow, run as https://docs.n8n.io/hosting/cli-commands/ tells; a note in it names the pages that it follows. A row is upserted by
    id; in the other mode the table is emptied first."""

    name = "n8n"
    rows = "select c.id, c.status, c.assignee_id, array(select jsonb_array_elements_text(c.labels) order by 1), c.updated_at from peer.conversations c"
    table = """create schema peer; create table peer.conversations (id text primary key, status text, assignee_id text, labels jsonb,
        created_at timestamptz, updated_at timestamptz)"""
    version = "1.123.81"

    def install(self):
        home = os.path.join(HOME, self.name)
        if os.path.exists(os.path.join(home, "ready")):
            return
        os.makedirs(home, exist_ok=True)
        with open(os.path.join(home, "package.json"), "w") as f:
            # Its reader of spreadsheets comes from another place than npm; nothing is read with it here.
            json.dump({"private": True, "dependencies": {"n8n": self.version}, "overrides": {"xlsx": "0.18.5"}}, f)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional", "--loglevel=error"], cwd=home, check=True)
        open(os.path.join(home, "ready"), "w").close()

    def prepare(self, directory, cluster, dbname, sandbox):
        super().prepare(directory, cluster, dbname, sandbox)
        self.port = cluster.port
        cluster.create_database("n8n")
        connection = cluster.connect(dbname)
        with connection.cursor() as cursor:
            cursor.execute(self.table)
        connection.commit()
        connection.close()
        with open(os.path.join(HERE, "n8n.json")) as f:
            workflow = json.load(f)
        if self.mode == "refresh":
            emptied = next(n for n in workflow["nodes"] if n["name"] == "Empty")
            emptied["disabled"] = False
        if sandbox.limited:
            request = next(n for n in workflow["nodes"] if n["name"] == "Conversations")
            request["parameters"]["options"]["pagination"]["pagination"]["requestInterval"] = 1000
        secrets = [{"id": "sahutcred0000001", "name": "Sahut", "type": "httpHeaderAuth",
                    "data": {"name": "Authorization", "value": "Bearer " + sandbox.key}},
                   {"id": "sahutcred0000002", "name": "Warehouse", "type": "postgres",
                    "data": {"host": "127.0.0.1", "port": cluster.port, "database": dbname, "user": "postgres", "password": "none", "ssl": "disable"}}]
        for kind, content in (("credentials", secrets), ("workflow", [workflow])):
            path = os.path.join(directory, kind + ".json")
            with open(path, "w") as f:
                json.dump(content, f)
            subprocess.run([self.program(), f"import:{kind}", f"--input={path}"], env=self.environment(), check=True, capture_output=True)

    def program(self):
        return os.path.join(HOME, self.name, "node_modules", ".bin", "n8n")

    def environment(self):
        # Its own database lies on the same server, and its expressions are read without the part that has to be compiled.
        return {**super().environment(), "N8N_USER_FOLDER": self.directory, "N8N_DIAGNOSTICS_ENABLED": "false", "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
                "N8N_RUNNERS_ENABLED": "false", "N8N_BLOCK_ENV_ACCESS_IN_NODE": "false", "SAHUT_URL": self.sandbox.base_url, "DB_TYPE": "postgresdb",
                "DB_POSTGRESDB_HOST": "127.0.0.1", "DB_POSTGRESDB_PORT": str(self.port), "DB_POSTGRESDB_DATABASE": "n8n", "DB_POSTGRESDB_USER": "postgres",
                "DB_POSTGRESDB_PASSWORD": "none", "N8N_ENCRYPTION_KEY": "of a test", "N8N_EXPRESSION_ENGINE": "legacy"}

    def shell(self, full):
        return f"exec {self.program()} execute --id=sahutpeer0000001"


class Ours(Peer):
    name = "sahut-etl"
    rows = "select c.id, c.status, c.assignee_id, c.labels, c.updated_at from sahut.conversation c where c.deleted_at is null"

    def install(self):
        pass

    def prepare(self, directory, cluster, dbname, sandbox):
        super().prepare(directory, cluster, dbname, sandbox)
        limits = {"requests_per_minute": 60} if sandbox.limited else {}
        self.etl = Etl(os.path.join(BUILD, "sahut-etl"), directory, cluster, dbname, sandbox.base_url, **limits)
        self.etl.run("migrate")

    def shell(self, full):
        return "exec " + " ".join(self.etl.command("sync", *(["--full"] if full else [])))


def truth(sandbox):
    return {c["id"]: (c["status"], (c["assignee"] or {}).get("id"), sorted(set(c["labels"]), key=str.encode), c["updated_at"])
            for c in sandbox.dump()["conversations"]}


def compare(peer, cluster, dbname, sandbox):
    """What differs, once the source stands still."""
    connection = cluster.connect(dbname)
    try:
        with connection.cursor() as cursor:
            cursor.execute("set timezone = 'UTC'")
            cursor.execute(peer.rows)
            rows = cursor.fetchall()
    except Exception as error:  # no table at all is an answer, too
        return {"missing": len(truth(sandbox)), "stale": 0, "doubled": 0, "kept": 0, "error": str(error).split("\n")[0]}
    finally:
        connection.close()
    held = {r[0]: (r[1], r[2], sorted(r[3] or [], key=str.encode), r[4].strftime("%Y-%m-%dT%H:%M:%SZ") if r[4] else None) for r in rows}
    there = truth(sandbox)
    return {"missing": len(there.keys() - held.keys()), "stale": sum(1 for i in there.keys() & held.keys() if there[i] != held[i]),
            "doubled": len(rows) - len(held), "kept": len(held.keys() - there.keys())}


# ---- the scenarios: each gets a peer, a sandbox that was made for it, N conversations, and a way to look meanwhile ----

def at_rest(peer, sandbox, n, look):
    return [peer.run()]


def moving(peer, sandbox, n, look):
    sandbox.control("config", {"drift_per_request": 6, "drift": "update=5,create=2,delete=1,resolve=1"})
    done = [peer.run()]
    sandbox.control("config", {"drift_per_request": 0})
    sandbox.control("clock", {"advance": 900})
    return done + [peer.run(), peer.run()]


def increments(peer, sandbox, n, look):
    done = [peer.run()]
    for _ in range(10):
        sandbox.control("clock", {"advance": 300})
        sandbox.control("config", {"drift_per_request": 2, "drift": "update=5,create=2,reassign=1,relabel=1,resolve=1"})
        done.append(peer.run())
        sandbox.control("config", {"drift_per_request": 0})
    sandbox.control("clock", {"advance": 900})
    return done + [peer.run()]


def silent(peer, sandbox, n, look):
    """Edits that do not move updated_at, deletions and an import with old times; afterwards the next run, and the night's full one."""
    done = [peer.run()]
    sandbox.control("clock", {"advance": 3600})
    sandbox.change("silent", 20)
    sandbox.change("delete", 10)
    for _ in range(10):
        sandbox.change("backdate", 1, seconds=86400 * 30)
    sandbox.control("clock", {"advance": 3600})
    done.append(peer.run())
    look()
    return done + [peer.run(full=True)]


def killed(peer, sandbox, n, look):
    peer.run(kill_after=n // 200)
    sandbox.change("update", 30)
    sandbox.change("create", 5)
    sandbox.control("clock", {"advance": 900})
    return [peer.run(), peer.run()]


def retyped(peer, sandbox, n, look):
    """A new member, and one whose type changes."""
    done = [peer.run()]
    sandbox.control("clock", {"advance": 900})
    for i, item in enumerate(sandbox.dump()["conversations"][:5]):
        sandbox.change("update", 1, id=item["id"])
        shown = sandbox.api("GET", "/conversations/" + item["id"])[1]["data"]
        shown["priority"] = "high" if i % 2 else 3
        sandbox.control("item", {"id": item["id"], "raw": json.dumps(shown)})
    sandbox.control("clock", {"advance": 900})
    return done + [peer.run()]


SCENARIOS = {
    "a first load at rest": (at_rest, {}),
    "50 ms until each answer": (at_rest, {"latency": 50}),
    "a first load while the list moves, by updated_at": (moving, {"order": "updated_desc"}),
    "a first load while the list moves, by created_at": (moving, {"order": "created_desc"}),
    "a first load while the list moves, no order": (moving, {"order": "heap"}),
    "ten increments under drift": (increments, {}),
    "silent edits, deletions, an import with old times": (silent, {}),
    "killed in the middle of a first load": (killed, {}),
    "60 requests a minute": (at_rest, {"requests_per_minute": 60}),
    "a new member of two types": (retyped, {}),
}


def server_seconds(cluster):
    """Processor seconds of the PostgreSQL server: of its main process, of the sessions that have ended, and of those that live."""
    with open(os.path.join(cluster.data, "postmaster.pid")) as f:
        main = int(f.readline())
    ticks = 0
    for pid in [main] + [int(p) for p in open(f"/proc/{main}/task/{main}/children").read().split()]:
        try:
            with open(f"/proc/{pid}/stat") as f:
                fields = f.read().rpartition(")")[2].split()
        except FileNotFoundError:  # it has ended meanwhile, and is counted with the main process from now on
            continue
        ticks += sum(int(t) for t in (fields[11:15] if pid == main else fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def asked(cluster, dbname, query):
    connection = cluster.connect(dbname)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0]
    finally:
        connection.close()


WAL = "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') / 1048576"


WRONG = ("missing", "stale", "doubled", "kept")


def play(peer, cluster, scenario, n):
    script, options = SCENARIOS[scenario]
    dbname = "peer"
    cluster.create_database(dbname)
    directory = tempfile.mkdtemp(prefix="sahut-peer-")
    # More pages than one minute's requests.
    count = max(n, 7000) if "requests_per_minute" in options else n
    sandbox = Sandbox(os.path.join(BUILD, "sahut-sandbox"), conversations=count, seed=7, ago="6h", **options)
    sandbox.limited = "requests_per_minute" in options
    meanwhile = []
    try:
        peer.prepare(directory, cluster, dbname, sandbox)
        wal, server = asked(cluster, dbname, WAL), server_seconds(cluster)
        done = script(peer, sandbox, n, lambda: meanwhile.append(compare(peer, cluster, dbname, sandbox)))
        server = server_seconds(cluster) - server
        wal = asked(cluster, dbname, WAL) - wal
        found = compare(peer, cluster, dbname, sandbox)
        size = asked(cluster, dbname, "select pg_database_size(current_database()) / 1048576")
        return {**found, "meanwhile": meanwhile, "codes": [d["code"] for d in done], "requests": sandbox.stats()["requests"],
                "seconds": sum(d["seconds"] for d in done), "processor": sum(d["processor"] for d in done), "server": server,
                "memory": max(d["memory"] for d in done), "disk": size, "wal": round(wal), "said": done[-1]["said"]}
    finally:
        sandbox.stop()
        shutil.rmtree(directory, ignore_errors=True)


# Where time is the subject, it is measured so many times, and nothing runs beside it.
TIMED = {"a first load at rest": 3, "50 ms until each answer": 3}
# Where nearly all of it is waiting, all run side by side.
WAITING = {"60 requests a minute"}


def played(peer, cluster, scenario, n):
    """One result; where time is the subject, the median of several, with the spread beside it."""
    results = [play(peer, cluster, scenario, n) for _ in range(TIMED.get(scenario, 1))]
    worst = max(results, key=lambda r: sum(r[k] for k in WRONG))
    for figure in ("seconds", "processor", "server"):
        values = sorted(r[figure] for r in results)
        worst[figure] = f"{statistics.median(values):.1f}" + (f" ({values[0]:.1f} to {values[-1]:.1f})" if len(values) > 1 else "")
    return worst


def verdict(r):
    return ", ".join(f"{r[k]} {k}" for k in WRONG if r[k]) or "equal"


def heading(scenario):
    seconds = " seconds |" if scenario in TIMED or scenario in WAITING else ""
    head = f"| tool | rows against the source | ended with | requests |{seconds} processor | server | memory | disk | WAL |"
    return ["", f"### {scenario[0].upper() + scenario[1:]}", "", head, "|---" * (head.count("|") - 1) + "|"]


def row(title, scenario, r):
    if "failed" in r:
        return f"| {title} | could not be run: {r['failed']} " + "| " * (heading(scenario)[3].count("|") - 2)
    wrong = "; after the night: ".join(verdict(found) for found in [*r["meanwhile"], r])
    ended = "0" if set(r["codes"]) == {0} else ", ".join(str(c) for c in r["codes"])
    seconds = f" {r['seconds']} |" if scenario in TIMED or scenario in WAITING else ""
    return (f"| {title} | {wrong} | {ended} | {r['requests']} |{seconds} {r['processor']} | {r['server']} | {r['memory']} | {r['disk']} | "
            f"{r['wal']} |")


class Lanes:
    """Places to play in, each with a PostgreSQL of its own, which is started when it is first wanted."""

    def __init__(self):
        self.clusters = []

    def each(self, peers, scenario, n):
        """The peers and their results, in their order, as they come."""
        width = len(peers) if scenario in WAITING else 1 if scenario in TIMED else 2
        while len(self.clusters) < width:
            self.clusters.append(Cluster())
        free = queue.SimpleQueue()
        for cluster in self.clusters[:width]:
            free.put(cluster)

        def one(peer):
            cluster = free.get()
            try:
                return peer, played(peer, cluster, scenario, n)
            except (OSError, RuntimeError, AssertionError, subprocess.CalledProcessError) as error:
                return peer, {"failed": str(error).split("\n")[0]}
            finally:
                free.put(cluster)

        with concurrent.futures.ThreadPoolExecutor(width) as pool:
            yield from pool.map(one, peers)

    def stop(self):
        for cluster in self.clusters:
            cluster.stop()


def write(table):
    path = os.path.join(TOP, "docs", "COMPARISON.md")
    with open(path) as f:
        text = f.read()
    head, _, rest = text.partition("<!-- measured -->\n")
    _, _, tail = rest.partition("<!-- end -->\n")
    with open(path, "w") as f:
        f.write(head + "<!-- measured -->\n" + "\n".join(table) + "\n\n<!-- end -->\n" + tail)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--quick", action="store_true", help="2,000 conversations in place of 20,000")
    options.add_argument("--only", default="", help="peers, with commas between them")
    options.add_argument("--scenario", default="", help="a part of the names of scenarios")
    options.add_argument("--write", action="store_true", help="writes the table into docs/COMPARISON.md")
    chosen = options.parse_args()
    n = 2000 if chosen.quick else 20000
    peers = [Ours("incremental"), Dlt("incremental"), Dlt("refresh"), Airbyte("incremental"), Airbyte("refresh"), Singer("incremental"), Singer("refresh"),
             Sling("refresh"), N8n("incremental"), N8n("refresh")]
    if chosen.only:
        peers = [p for p in peers if p.name in chosen.only.split(",")]
    os.makedirs(HOME, exist_ok=True)
    for peer in peers:
        peer.install()
    began, load, lanes, table, failed = time.monotonic(), [os.getloadavg()[0]], Lanes(), [], 0
    try:
        for scenario in SCENARIOS:
            if chosen.scenario not in scenario:
                continue
            table += heading(scenario)
            print("\n".join(table[-5:]), flush=True)
            for peer, result in lanes.each(peers, scenario, n):
                table.append(row(peer.title, scenario, result))
                print(table[-1], flush=True)
                failed += "failed" in result
                if "failed" not in result and (result.get("error") or set(result["codes"]) != {0}):
                    print("  # " + (result.get("error") or result["said"][-200:]).replace("\n", " "), flush=True)
            load.append(os.getloadavg()[0])
    finally:
        lanes.stop()
    took = (time.monotonic() - began) / 60
    told = [f"Measured on {datetime.date.today()} with {n:,} conversations on {os.cpu_count()} processors, which other work shared:",
            f"a load of {min(load):.0f} to {max(load):.0f} meanwhile. It took {took:.0f} minutes."]
    print("\n".join(["", *told]))
    if chosen.write:
        write(told + table)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: MIT
"""The bench itself: a cluster, sandboxes, databases made from a template, and processes that are measured."""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "tests", "e2e"))

from cluster import Cluster  # noqa: E402
from etl import Etl  # noqa: E402
from sandbox import Sandbox  # noqa: E402

# What differs from PostgreSQL's defaults; tests/bench/FIGURES.md says why. Nothing is lost that a default would keep.
SETTINGS = {"fsync": "on", "max_wal_size": "4GB", "shared_buffers": "128MB"}

TICK = os.sysconf("SC_CLK_TCK")


def text(value):
    if value is None:
        return "-"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value == int(value) else f"{value:.3g}"


@dataclass
class Figure:
    """One row of the table: values of rounds, what they are measured in, and what they are held to."""
    name: str
    unit: str
    values: list
    against: str = ""      # the yardstick, in words
    least: float = None    # the goal: at least this,
    most: float = None     # or at most this
    note: str = ""

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def met(self):
        if self.least is not None:
            return self.median >= self.least
        if self.most is not None:
            return self.median <= self.most
        return None

    def row(self):
        spread = f"{text(min(self.values))}..{text(max(self.values))}" if len(self.values) > 1 else ""
        goal = f"≥ {text(self.least)}" if self.least is not None else f"≤ {text(self.most)}" if self.most is not None else ""
        return [self.name, text(self.median) + (f" {self.unit}" if self.unit else ""), spread, goal,
                {True: "met", False: "MISSED", None: ""}[self.met], self.against + (f"; {self.note}" if self.note else "")]

    def data(self):
        return {**{k: v for k, v in self.__dict__.items()}, "median": self.median, "met": self.met}


@dataclass
class Measured:
    """A process that has ended."""
    wall: float
    cpu: float
    rss: float            # MiB
    database: float       # processor time of the whole cluster meanwhile
    ended: float          # by the clock
    out: str = field(repr=False, default="")


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(p) for p in f.read().split()]
    except OSError:
        return []


def ticks(pid, dead_children):
    """Seconds of processor time; with those of children that have ended."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return sum(int(fields[i]) for i in (11, 12) + ((13, 14) if dead_children else ())) / TICK


class Rig:
    def __init__(self, build):
        self.build = os.path.abspath(build)
        self.etl_program = os.path.join(self.build, "sahut-etl")
        self.dir = tempfile.mkdtemp(prefix="sahut-bench-", dir=os.environ.get("SAHUT_BENCH_DIR"))
        os.chmod(self.dir, 0o755)
        self.sandboxes = []
        self.n = 0
        self.cluster = Cluster(base=self.dir, **SETTINGS)
        try:
            self.templates()
        except BaseException:
            self.end()
            raise

    def end(self):
        for sandbox in self.sandboxes:
            sandbox.stop()
        self.cluster.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def templates(self):
        """Two empty warehouses, one of them without its foreign keys, from which databases are copied."""
        self.cluster.create_database("with_keys")
        Etl(self.etl_program, self.dir, self.cluster, "with_keys", "http://127.0.0.1:9/v1").run("migrate")
        self.cluster.create_database("without_keys")
        bare = Etl(self.etl_program, self.dir, self.cluster, "without_keys", "http://127.0.0.1:9/v1")
        bare.run("migrate")
        drop_keys(bare)

    def sandbox(self, conversations, **options):
        # What a benchmark lets pass stays behind the host's clock.
        options.setdefault("ago", "12h")
        sandbox = Sandbox(os.path.join(self.build, "sahut-sandbox"), conversations=conversations, **options)
        self.sandboxes.append(sandbox)
        return sandbox

    def sql(self, dbname, query):
        connection = self.cluster.connect(dbname)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def database(self, template="with_keys"):
        self.n += 1
        name = f"b{self.n}"
        self.sql("postgres", f"create database {name} template {template}")
        return name

    def drop(self, dbname):
        self.sql("postgres", f"drop database {dbname} with (force)")

    def etl(self, dbname, sandbox, **workspace):
        directory = os.path.join(self.dir, dbname)
        os.makedirs(directory, exist_ok=True)
        return Etl(self.etl_program, directory, self.cluster, dbname, sandbox.base_url, **workspace)

    def settle(self):
        """What was written before is on disk, so that no round pays for another's."""
        self.sql("postgres", "checkpoint")

    def database_cpu(self):
        with open(os.path.join(self.cluster.data, "postmaster.pid")) as f:
            postmaster = int(f.readline())
        return ticks(postmaster, True) + sum(ticks(p, True) for p in children(postmaster))

    def measure(self, command, stdin=None, expect=0):
        """Runs it. Memory is told by time(1): of a child of ours the kernel would count what it was before its exec."""
        told = os.path.join(self.dir, "told")
        before = self.database_cpu()
        began = time.monotonic()
        process = subprocess.Popen(["time", "-o", told, "-f", "%M", *command], stdin=stdin, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall, ended = time.monotonic() - began, time.time()
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        if expect is not None and process.returncode != expect:
            raise RuntimeError(f"{command}: {process.returncode}: {out[-2000:]}")
        with open(told) as f:
            rss = int(f.read().split()[-1]) / 1024
        time.sleep(0.05)  # the backend's own end
        return Measured(wall, usage.ru_utime + usage.ru_stime, rss, self.database_cpu() - before, ended, out)


def drop_keys(etl):
    for table, name in etl.sql("select conrelid::regclass::text, conname from pg_constraint where contype = 'f' and connamespace::regnamespace::text like 'sahut%'"):
        etl.sql(f"alter table {table} drop constraint {name}")

# SPDX-License-Identifier: MIT
"""First loads: the daemon beside psql with the same merge, beside a raw COPY, and beside a script."""
import glob
import os
import shutil
import subprocess
import sys
import urllib.request

from rig import HERE, TOP, Figure

WORKSPACE = """
insert into sahut_etl.workspace (name, timezone, base_url, lookback) values ('utama', 'Asia/Jakarta', 'http://127.0.0.1:9/v1', interval '2 minutes');
insert into sahut_etl.run (workspace_id, kind, strategy) select id, 'first_load', 'full_sweep' from sahut_etl.workspace;
insert into sahut_etl.sweep (workspace_id, run_id) select workspace_id, id from sahut_etl.run;
select sahut_etl.take_lease(id, 'benchmark') from sahut_etl.workspace;
select sahut_etl.drop_foreign_keys();
"""

BATCH = """begin;
insert into pg_temp.stage_batch (workspace_id, run_id, sweep_id, batch, pass, observed_at)
select workspace_id, run_id, id, {batch}, 1, now() from sahut_etl.sweep;
{copies}
\\i {merge}
commit;
"""


def psql(rig, dbname, script):
    return ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f", script, rig.cluster.conninfo(dbname)]


def fetch_pages(sandbox, n, path):
    """What the API serves, as staged.c reads it."""
    with open(path, "wb") as f:
        for page in range(1, (n + 99) // 100 + 1):
            request = urllib.request.Request(f"{sandbox.base_url}/conversations?page={page}&per_page=100",
                                             headers={"Authorization": f"Bearer {sandbox.key}"})
            body = urllib.request.urlopen(request).read()
            f.write(b"%d\n" % len(body) + body)


def write_merge_script(rig, pages, rows_per_batch):
    """The batches as files, and a script for psql that merges them as the daemon would. Returns the script."""
    directory = os.path.join(rig.dir, "staged")
    os.makedirs(directory)
    merge = os.path.join(directory, "merge.sql")
    with open(merge, "w") as out:
        for path in sorted(glob.glob(os.path.join(TOP, "sql", "merge", "*.sql"))):
            with open(path) as f:
                out.write(f.read() + "\n")
    with open(pages) as f:
        listing = subprocess.run([os.path.join(rig.build, "tests/bench/staged"), directory, str(rows_per_batch)], stdin=f,
                                 capture_output=True, text=True, check=True).stdout
    batches = {}
    for line in listing.splitlines():
        batch, table, copy = line.split(None, 2)
        batches.setdefault(int(batch), []).append((table, copy))
    script = os.path.join(directory, "load.sql")
    with open(script, "w") as out:
        out.write(f"\\i {TOP}/sql/session.sql\n" + WORKSPACE)
        for batch, tables in batches.items():
            copies = "\n".join("\\" + copy.replace(" from stdin ", f" from '{directory}/{batch:06}.{t}' ") for t, copy in tables)
            out.write(BATCH.format(batch=batch, copies=copies, merge=merge))
        out.write("select sahut_etl.restore_foreign_keys();\n")
    return script


def write_raw_script(rig, dbname, parts):
    """What a loaded warehouse holds, as binary COPY files in PARTS transactions. Returns the script that loads them."""
    directory = os.path.join(rig.dir, "raw")
    os.makedirs(directory)
    tables = [(t, pages) for t, pages in rig.sql(dbname, """
        select c.oid::regclass::text, pg_relation_size(c.oid) / 8192 from pg_class c
        where c.relkind = 'r' and c.relnamespace in ('sahut'::regnamespace, 'sahut_pii'::regnamespace)
        and c.relname <> 'status' order by c.oid""") if pages]
    dump, load = os.path.join(directory, "dump.sql"), os.path.join(directory, "load.sql")
    with open(dump, "w") as out, open(load, "w") as back:
        for part in range(parts):
            back.write("begin;\n")
            for table, pages in tables:
                first, last = pages * part // parts, pages * (part + 1) // parts
                if first == last:
                    continue
                path = os.path.join(directory, f"{part:06}.{table}")
                out.write(f"\\copy (select * from {table} where ctid >= '({first},0)' and ctid < '({last},0)') to '{path}' with (format binary)\n")
                back.write(f"\\copy {table} from '{path}' with (format binary)\n")
            back.write("commit;\n")
    subprocess.run(psql(rig, dbname, dump), check=True)
    return load


def naive(rig, sandbox, dbname, pages):
    command = [sys.executable, os.path.join(HERE, "naive.py"), rig.cluster.conninfo(dbname), sandbox.base_url, sandbox.key, str(pages)]
    measured = rig.measure(command)
    rows, wall = measured.out.split()
    return int(rows) / float(wall), measured


def naive_schema(rig, dbname):
    sys.path.insert(0, HERE)
    from naive import SCHEMA
    rig.sql(dbname, SCHEMA)


class Loads:
    """Rounds in which everything is loaded once, one after the other, so that what disturbs one disturbs all."""

    def __init__(self, rig, n, rounds, script_pages):
        self.rig, self.n, self.rounds, self.script_pages = rig, n, rounds, script_pages
        self.sandbox = rig.sandbox(n)
        self.slow_n = min(n, 20000)
        self.slow = rig.sandbox(self.slow_n, latency=50)
        self.got = {}

    def note(self, key, value):
        self.got.setdefault(key, []).append(value)

    def daemon(self, sandbox, template, **workspace):
        db = self.rig.database(template)
        etl = self.rig.etl(db, sandbox, **workspace)
        self.rig.settle()
        measured = self.rig.measure(etl.command("sync"))
        # What follows a first load, the days of the reports, is no part of it and has a row of its own.
        whole, measured.wall = measured.wall, etl.one("select extract(epoch from ended_at - began_at)::float8 from sahut_etl.run where kind = 'first_load'")
        self.note("days", whole - measured.wall)
        return etl, measured

    def prepare(self):
        """A first, unmeasured load, from which the yardsticks get their rows."""
        rig = self.rig
        etl, _ = self.daemon(self.sandbox, "without_keys")
        self.batches = max(1, etl.one("select batches from sahut_etl.sweep") - 1)
        pages = os.path.join(rig.dir, "pages")
        fetch_pages(self.sandbox, self.n, pages)
        self.merge_script = write_merge_script(rig, pages, -(-self.n // self.batches))
        self.raw_script = write_raw_script(rig, etl.dbname, self.batches)
        os.unlink(pages)
        rig.drop(etl.dbname)

    def psql(self, script, template):
        db = self.rig.database(template)
        self.rig.settle()
        measured = self.rig.measure(psql(self.rig, db, script))
        if script == self.merge_script:
            loaded = self.rig.sql(db, "select count(*) from sahut.conversation")[0][0]
            assert loaded == self.n, f"psql merged {loaded} of {self.n}"
        self.rig.drop(db)
        return measured

    def round(self):
        rig, n = self.rig, self.n
        etl, keyed = self.daemon(self.sandbox, "with_keys")
        self.note("keyed", keyed)
        merge_keyed = self.psql(self.merge_script, "with_keys")
        self.note("keyed speed", merge_keyed.wall / keyed.wall)
        sweep = rig.measure(etl.command("sync", "--full"))
        self.note("sweep", sweep)
        self.note("sweep load", keyed.wall / sweep.wall)
        rig.drop(etl.dbname)

        bare_etl, bare = self.daemon(self.sandbox, "without_keys")
        rig.drop(bare_etl.dbname)
        merge_bare = self.psql(self.merge_script, "without_keys")
        raw = self.psql(self.raw_script, "without_keys")
        self.note("bare", bare)
        self.note("bare speed", merge_bare.wall / bare.wall)
        self.note("bare raw", bare.wall / raw.wall)
        self.note("merge raw", merge_bare.wall / raw.wall)
        self.note("keyed raw", keyed.wall / raw.wall)

        db = rig.database("template1")
        naive_schema(rig, db)
        speed, script = naive(rig, self.sandbox, db, self.script_pages)
        again, _ = naive(rig, self.sandbox, db, self.script_pages)
        rig.drop(db)
        self.note("naive", n / keyed.wall / speed)
        self.note("naive bare", n / bare.wall / speed)
        self.note("naive sweep", n / sweep.wall / again)
        self.note("naive memory", keyed.rss / script.rss)
        rows = min(n, 100 * self.script_pages)
        self.note("naive work", (script.cpu + script.database) / rows / ((keyed.cpu + keyed.database) / n))

        slow = self.in_flight(None)
        # What latency and requests in flight allow, were nothing else to wait for.
        self.note("latency", self.slow_n / 100 / (8 / 0.050) / self.in_flight(8))
        self.note("sixteen", self.in_flight(8) / slow)
        db = rig.database("template1")
        naive_schema(rig, db)
        speed, _ = naive(rig, self.slow, db, min(self.script_pages, 30))
        rig.drop(db)
        self.note("naive slow", self.slow_n / slow / speed)

    def in_flight(self, most):
        """Seconds of a first load at 50 ms, with so many requests in flight; None: as the daemon has it."""
        etl, measured = self.daemon(self.slow, "with_keys", **({"max_in_flight": most} if most else {}))
        self.rig.drop(etl.dbname)
        return measured.wall

    def run(self):
        self.prepare()
        for _ in range(self.rounds):
            self.round()
        shutil.rmtree(os.path.join(self.rig.dir, "staged"))
        shutil.rmtree(os.path.join(self.rig.dir, "raw"))
        return self.figures()

    def figures(self):
        got, n = self.got, self.n
        size = f"{n:,} conversations"
        share = [100 * m.cpu / m.database for m in got["keyed"]]
        bare_share = [100 * m.cpu / m.database for m in got["bare"]]
        return [
            Figure("first load", "conv/s", [n / m.wall for m in got["keyed"]], f"{size}, foreign keys declared"),
            Figure("first load, no foreign keys", "conv/s", [n / m.wall for m in got["bare"]], size),
            Figure("after a first load", "s", got["days"], "start and end of the process, and the days of reports computed"),
            Figure("first load / psql", "x", got["keyed speed"], "speed against the same merge fed by psql's COPY from files", least=0.9),
            Figure("first load / psql, no keys", "x", got["bare speed"], "the same without foreign keys", least=0.9),
            Figure("first load / raw COPY, no keys", "x", got["bare raw"], "time against raw binary COPY into all final tables", most=1.9),
            Figure("merge alone / raw COPY, no keys", "x", got["merge raw"], "psql's time; what the merge itself costs"),
            Figure("first load / raw COPY without keys", "x", got["keyed raw"], "foreign keys declared here, none there", most=5.5),
            Figure("daemon's processor time", "%", share, "of the database's, first load with foreign keys", most=15),
            Figure("daemon's processor time, no keys", "%", bare_share, "of the database's, first load without foreign keys"),
            Figure("daemon, a conversation", "us", [m.cpu / n * 1e6 for m in got["keyed"]], "processor time, first load"),
            Figure("database, a conversation", "us", [m.database / n * 1e6 for m in got["keyed"]], "processor time, first load with keys"),
            Figure("sweep that finds nothing / first load", "x", got["sweep load"], "speed, start and end of the process included", least=2.5),
            Figure("50 ms, 8 in flight", "x", got["latency"], "pages a second, first load with start and end, against 8 / 50 ms", least=0.85),
            Figure("50 ms, as many as it likes / 8 in flight", "x", got["sixteen"], "speed of a first load", least=1.6),
            Figure("script: first load", "x", got["naive"], "conv/s against requests and psycopg, with foreign keys", least=5),
            Figure("script: first load, no keys", "x", got["naive bare"], "ours without foreign keys, the script with its own"),
            Figure("script: first load at 50 ms", "x", got["naive slow"], "the API answers after 50 ms", least=10),
            Figure("script: nothing changed", "x", got["naive sweep"], "a full sweep against the script's second run", least=15),
            Figure("script: processor time", "x", got["naive work"], "the script's and its database's, against ours and ours, a conversation"),
            Figure("script: memory", "x", got["naive memory"], "resident, ours against the script's", most=0.5),
        ]

# SPDX-License-Identifier: MIT
"""A throw-away PostgreSQL on several machines: a coordinator and workers with Citus, each a cluster of its own on loopback."""
import glob
import os
import subprocess

from cluster import Cluster

# Rebalancing copies shards by logical replication; what is spread is small here, and each shard costs a connection.
SETTINGS = {"shared_preload_libraries": "citus", "wal_level": "logical", "max_prepared_transactions": "50", "max_worker_processes": "32"}


def bindir():
    """The programs of a PostgreSQL that has Citus: those in $SAHUT_CITUS, else of any that is installed; None without one."""
    chosen = os.environ.get("SAHUT_CITUS")
    for directory in [chosen] if chosen else sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True):
        config = os.path.join(directory, "pg_config")
        if not os.access(os.path.join(directory, "postgres"), os.X_OK):
            continue
        # Where the program lies decides, not where it was to be installed.
        for share in (os.path.join(directory, "../share"), os.path.join(directory, "../../../../share/postgresql",
                      os.path.basename(os.path.dirname(directory)))):
            if os.path.exists(os.path.join(share, "extension/citus.control")):
                return directory
        if os.access(config, os.X_OK) and not chosen:
            share = subprocess.run([config, "--sharedir"], capture_output=True, text=True).stdout.strip()
            if os.path.exists(os.path.join(share, "extension/citus.control")):
                return directory
    return None


class Machines:
    """A coordinator and WORKERS workers; databases are made on all of them."""

    def __init__(self, workers=2):
        os.environ["SAHUT_POSTGRES"] = bindir()
        self.coordinator = Cluster(**SETTINGS)
        self.workers = [Cluster(**SETTINGS) for _ in range(workers)]

    def add_worker(self, dbname):
        """One more worker, which Citus knows; it holds no shard yet."""
        worker = Cluster(**SETTINGS)
        self.workers.append(worker)
        self._prepare(worker, dbname)
        self.sql(dbname, f"select citus_add_node('127.0.0.1', {worker.port})")
        return worker

    def _prepare(self, machine, dbname):
        machine.create_database(dbname)
        self.on(machine, dbname, "create extension citus")

    @staticmethod
    def on(machine, dbname, statement):
        connection = machine.connect(dbname)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def sql(self, dbname, statement):
        return self.on(self.coordinator, dbname, statement)

    def create_database(self, dbname):
        for machine in [self.coordinator, *self.workers]:
            self._prepare(machine, dbname)
        self.sql(dbname, f"select citus_set_coordinator_host('127.0.0.1', {self.coordinator.port})")
        for worker in self.workers:
            self.sql(dbname, f"select citus_add_node('127.0.0.1', {worker.port})")

    def stop(self):
        for machine in [self.coordinator, *self.workers]:
            machine.stop()

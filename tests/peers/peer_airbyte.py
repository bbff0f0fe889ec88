# SPDX-License-Identifier: MIT
"""Conversations into PostgreSQL with Airbyte's Python library: the declarative source of manifest.yaml into its PostgreSQL cache.

By https://docs.airbyte.com/developers/using-pyairbyte (caches, write strategies). With "refresh" every row is replaced in each
run. State is kept in the cache's own tables.
"""
import os
import pathlib
import sys
from urllib.parse import urlsplit

os.environ.update(DO_NOT_TRACK="1", AIRBYTE_OFFLINE_MODE="1")
import airbyte  # noqa: E402
import yaml  # noqa: E402
from airbyte.caches import PostgresCache  # noqa: E402
from airbyte.strategies import WriteStrategy  # noqa: E402

mode, base_url, key, conninfo = sys.argv[1:5]
where = urlsplit(conninfo)

manifest = yaml.safe_load((pathlib.Path(__file__).parent / "manifest.yaml").read_text())
if mode == "refresh":
    del manifest["streams"][0]["incremental_sync"]
source = airbyte.get_source("source-sahut", config={"base_url": base_url, "api_key": key}, source_manifest=manifest)
source.select_all_streams()
cache = PostgresCache(host=where.hostname, port=where.port, username=where.username, password=where.password or "none",
                      database=where.path[1:], schema_name="peer")
result = source.read(cache=cache, write_strategy=WriteStrategy.MERGE if mode == "incremental" else WriteStrategy.REPLACE,
                     force_full_refresh=mode == "refresh")
print(result.processed_records)

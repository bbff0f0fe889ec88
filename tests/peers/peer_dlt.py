# SPDX-License-Identifier: MIT
"""Conversations into PostgreSQL with dlt's REST source: updated_at as the cursor, merged by id.

By https://dlthub.com/docs/dlt-ecosystem/verified-sources/rest_api/basic (page numbers, the incremental field) and
https://dlthub.com/docs/general-usage/merge-loading. Where an API cannot filter, dlt does, by
https://dlthub.com/docs/general-usage/incremental/cursor; row_order, which would save requests there, is left out: it wants a list that is
sorted for certain. With "refresh" every row is replaced in each run, by https://dlthub.com/docs/general-usage/full-loading. The total of
pages is read from each answer. A 429 is waited for and tried again by its own client, five times.
"""
import sys

import dlt
from dlt.sources.rest_api import rest_api_source

mode, base_url, key, conninfo = sys.argv[1:5]

endpoint = {"path": "conversations", "params": {"per_page": 100}, "data_selector": "data"}
if mode == "incremental":
    endpoint["incremental"] = {"cursor_path": "updated_at", "initial_value": "2000-01-01T00:00:00Z"}

source = rest_api_source({
    "client": {
        "base_url": base_url + "/",
        "auth": {"type": "bearer", "token": key},
        "paginator": {"type": "page_number", "base_page": 1, "page_param": "page", "total_path": "meta.total_pages"},
    },
    "resources": [{
        "name": "conversations",
        "primary_key": "id",
        "write_disposition": "merge" if mode == "incremental" else "replace",
        "endpoint": endpoint,
    }],
})

pipeline = dlt.pipeline("sahut", destination=dlt.destinations.postgres(conninfo), dataset_name="peer")
print(pipeline.run(source))

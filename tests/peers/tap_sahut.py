# SPDX-License-Identifier: MIT
"""Conversations as a Singer tap made with Meltano's SDK, for meltanolabs-target-postgres.

By https://sdk.meltano.com/en/latest/incremental_replication.html, https://sdk.meltano.com/en/latest/guides/pagination-classes.html and
https://sdk.meltano.com/en/latest/code_samples.html (a wait that a header asks for): the replication key is updated_at, and the stream is
not said to be sorted, since the API does not say it is. A tap should leave out rows that are older than its state; this one sends them,
since it has to read every page anyway, and the target merges by id: that is safer. Deletions are told by ACTIVATE_VERSION, which the SDK
sends where it is asked to, and only of a full refresh (https://sdk.meltano.com/en/latest/implementation/load_methods.html).
"""
from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from singer_sdk.authenticators import BearerTokenAuthenticator
from singer_sdk.pagination import BasePageNumberPaginator


class Pages(BasePageNumberPaginator):
    def has_more(self, response):
        meta = response.json()["meta"]
        return meta["page"] < meta["total_pages"]


class Conversations(RESTStream):
    name = "conversations"
    path = "/conversations"
    primary_keys = ("id",)
    records_jsonpath = "$.data[*]"
    schema = th.PropertiesList(
        th.Property("id", th.StringType, required=True),
        th.Property("status", th.StringType),
        th.Property("channel", th.ObjectType(additional_properties=True)),
        th.Property("contact", th.ObjectType(additional_properties=True)),
        th.Property("assignee", th.ObjectType(additional_properties=True)),
        th.Property("labels", th.ArrayType(th.StringType)),
        th.Property("created_at", th.DateTimeType),
        th.Property("updated_at", th.DateTimeType),
    ).to_dict()

    @property
    def url_base(self):
        return self.config["base_url"]

    @property
    def authenticator(self):
        return BearerTokenAuthenticator(token=self.config["api_key"])

    def get_new_paginator(self):
        return Pages(start_value=1)

    def backoff_wait_generator(self):
        return self.backoff_runtime(value=lambda error: int(error.response.headers.get("Retry-After", 0)))

    def get_url_params(self, context, next_page_token):
        return {"page": next_page_token or 1, "per_page": 100}


class Sahut(Tap):
    name = "tap-sahut"
    config_jsonschema = th.PropertiesList(
        th.Property("base_url", th.StringType, required=True),
        th.Property("api_key", th.StringType, required=True, secret=True),
        th.Property("incremental", th.BooleanType, default=True),
    ).to_dict()

    def discover_streams(self):
        stream = Conversations(self)
        if self.config["incremental"]:
            stream.replication_key = "updated_at"
        return [stream]


if __name__ == "__main__":
    Sahut.cli()

# SPDX-License-Identifier: MIT
"""Arbitrary bytes, through decoder, COPY and merge into PostgreSQL, and read back: each field is what the JSON said.

What COPY writes is read by nobody but PostgreSQL, so PostgreSQL is asked. The seed is in the name of a failure; SAHUT_SEED
takes it again, SAHUT_ITEMS makes more of it.
"""
import json
import os
import random

from arbitrary import Arbitrary
from test_hostile import assert_held, assert_rejected, hostile, repaired, wanted  # noqa: F401


def distinct(items):
    """Without those that have become one id by being repaired, or one channel with two names."""
    known, kept = set(), []
    for item in items:
        i = wanted(item)[0]
        if i not in known:
            known.add(i)
            kept.append(item)
    return kept


def again(arbitrary, items):
    """The same conversations with another content, a third of them."""
    changed = []
    for item in items:
        if arbitrary.chance.randrange(3):
            changed.append(item)
            continue
        members = arbitrary.members()
        members.pop(b'"id"')
        # What is older than what is held is not believed (PROTOCOL, rule 8); of what has no time nobody can tell.
        if (repaired(item).get("updated_at") or "0000") >= "2025":
            members[b'"updated_at"'] = b"null"
        elif b'"updated_at"' in members:
            members[b'"updated_at"'] = b'"%d-01-01T00:00:00.%dZ"' % (arbitrary.chance.randrange(2025, 2100), arbitrary.chance.randrange(10**6))
        # The id as it was written, wherever that stood: the last of two equal keys counts.
        changed.append(b"{" + b",".join(k + b":" + v for k, v in members.items()) + b',"id":' + written(repaired(item)["id"]) + b"}")
    return changed


def written(text):
    return json.dumps(text, ensure_ascii=False).encode()


def shuffle(chance, items, bad):
    """Into another order, in which no page has more than a few bad ones: such a page ends the sweep (PROTOCOL)."""
    while True:
        chance.shuffle(items)
        if all(sum(i in bad for i in items[k:k + 100]) <= 5 for k in range(0, len(items), 100)):
            return


def test_arbitrary_bytes_are_read_back_as_they_were_said(hostile):  # noqa: F811
    seed = int(os.environ.get("SAHUT_SEED") or random.SystemRandom().randrange(10**9))
    how_many = int(os.environ.get("SAHUT_ITEMS", 1000))
    print(f"SAHUT_SEED={seed} SAHUT_ITEMS={how_many}")
    arbitrary = Arbitrary(random.Random(seed))
    items = distinct(arbitrary.good() for _ in range(how_many))
    bad = [arbitrary.bad() for _ in range(how_many // 50)]
    server, etl = hostile(items + [item for _, item in bad])
    shuffle(arbitrary.chance, server.items, {item for _, item in bad})
    for _ in range(2):
        done = etl.run("sync", "--full", expect=None)
        # Of what was rejected nothing is called complete, and it may be too young to be counted on; but all of it is there.
        assert done.returncode in (65, 75), done.stderr
        assert_held(etl, items)
        assert_rejected(etl, [("$.data[", item) for _, item in bad])
        items = again(arbitrary, items)
        server.items = items + [item for _, item in bad]
        shuffle(arbitrary.chance, server.items, {item for _, item in bad})
    # The last change has not been read yet.
    etl.run("sync", "--full", expect=None)
    assert_held(etl, items)

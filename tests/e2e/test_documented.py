# SPDX-License-Identifier: MIT
"""What the program prints is what its manual explains."""
import os
import re

MANUAL = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "sahut-etl.8.scd")


def test_every_member_of_status_is_in_the_manual(pair):
    sandbox, etl = pair(conversations=10)
    etl.run("sync")
    with open(MANUAL, encoding="utf-8") as f:
        section = re.search(r"(?ms)^# STATUS AS JSON\n(.*?)^# ", f.read()).group(1).replace("\\", "")
    explained = re.findall(r"\*(\w+)\*", "\n".join(re.findall(r"(?m)^\*.*$", section)))
    assert sorted(etl.status()) == sorted(explained)

# SPDX-License-Identifier: MIT
"""What an administrator does around the daemon."""
import os
import re

from etl import assert_equal


def test_who_only_looks_at_the_warehouse_needs_no_api_key(sandboxes, warehouse):
    etl = warehouse(sandboxes(conversations=10).base_url, migrate=False)
    os.unlink(etl.workspaces[0]["api_key_file"])
    etl.run("migrate")
    etl.run("status")
    etl.run("report", "freshness")
    assert "api_key_file" in etl.run("sync", expect=78).stderr


def test_migrate_needs_the_password_only_where_the_daemon_is_the_owner(sandboxes, warehouse):
    etl = warehouse(sandboxes(conversations=10).base_url, migrate=False)
    conninfo = etl.cluster.conninfo(etl.dbname)

    def configure(*more):
        etl.write()
        with open(etl.config) as f:
            text = f.read()
        with open(etl.config, "w") as f:
            f.write(text.replace("workspaces:\n", "".join(f"  {line}\n" for line in ("password_file: nowhere", *more)) + "workspaces:\n"))

    configure()
    assert "nowhere" in etl.run("migrate", expect=78).stderr
    configure(f'owner_conninfo: "{conninfo}"')
    etl.run("migrate")


# ---- what docs/OPERATIONS.md says ----

def recipe(beginning):
    """A statement from the manual, as it stands there."""
    with open(os.path.join(os.path.dirname(__file__), "..", "..", "docs", "OPERATIONS.md"), encoding="utf-8") as f:
        text = f.read()
    found = [m for m in re.findall(r"(?ms)^```sql\n(.*?)^```|psql -d sahut -c \"([^\"]*)\"", text)]
    statement, = [a or b for a, b in found if (a or b).startswith(beginning)]
    return statement


def test_a_workspace_is_renamed(pair):
    sandbox, etl = pair(conversations=250)
    etl.run("sync")
    etl.sql(recipe("select sahut_etl.rename_workspace"))
    etl.workspaces[0]["name"] = "pusat"
    etl.write()
    sandbox.change("create", 3)
    etl.run("sync")
    assert_equal(etl, sandbox, "pusat")
    assert etl.one("select count(*) from sahut_etl.workspace") == 1
    assert etl.one("select count(*) from sahut_etl.rejected_item") == 0


def test_names_that_are_stored_already_are_dropped(pair):
    sandbox, etl = pair(conversations=50)
    etl.run("sync")
    etl.sql(recipe("update sahut_pii.contact"))
    etl.extra = "privacy: {contact_name: drop}\n"
    etl.write()
    etl.run("sync", "--full")
    assert etl.one("select count(*) from sahut_pii.contact where name is not null") == 0

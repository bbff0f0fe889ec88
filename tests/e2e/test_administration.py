# SPDX-License-Identifier: MIT
"""What an administrator does around the daemon."""
import os


def test_migrate_and_status_need_no_api_key(sandboxes, warehouse):
    etl = warehouse(sandboxes(conversations=10).base_url, migrate=False)
    os.unlink(etl.workspaces[0]["api_key_file"])
    etl.run("migrate")
    etl.run("status")
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

# SPDX-License-Identifier: MIT
"""docs/FIRST_HOUR.md, followed as it stands: each block in one shell, each command with the end that the page names."""
import os
import re
import subprocess

from conftest import BUILD

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


def script():
    """The page's commands; a comment "ends with N" is what the command has to end with."""
    with open(os.path.join(TOP, "docs", "FIRST_HOUR.md"), encoding="utf-8") as f:
        blocks = re.findall(r"(?ms)^```sh\n(.*?)^```", f.read())
    lines = ["set -o pipefail"]
    for block in blocks:
        for command in re.split(r"\n(?! )", block.rstrip("\n")):
            ends = re.search(r"#\s+ends with (\d+)", command)
            command = command.replace("./dev demo", f"/usr/bin/python3 tests/demo.py {BUILD}").replace("build/", BUILD + "/")
            lines += [f"echo {repr_shell(command)}", command, f"rc=$?; [ $rc = {ends[1] if ends else 0} ] || {{ echo \"ended with $rc\"; exit 1; }}"]
    return "\n".join(lines)


def repr_shell(text):
    return "'$ " + text.replace("'", "'\\''") + "'"


def test_the_first_hour_goes_as_the_page_says(tmp_path):
    done = subprocess.run(["bash", "-c", script()], cwd=TOP, capture_output=True, text=True, env={**os.environ, "TMPDIR": str(tmp_path)})
    if done.returncode != 0:
        subprocess.run(["/usr/bin/python3", "tests/demo.py", BUILD, "--stop"], cwd=TOP, capture_output=True, env={**os.environ, "TMPDIR": str(tmp_path)})
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "the demo is gone" in done.stdout

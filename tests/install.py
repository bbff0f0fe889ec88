#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Looks at what `make install` put down. usage: install.py DESTDIR"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

UNITS = ("sahut-etl.service", "sahut-etl@.service", "sahut-etl-once@.service", "sahut-etl-report@.service", "sahut-etl-once@.timer",
         "sahut-etl-report@.timer", "sahut-etl-report-mail@.service", "sahut-etl-failed-mail@.service")
# In tenths. The unit for mail starts a program of somebody else's.
EXPOSURE = {**dict.fromkeys(UNITS[:4], 12), "sahut-etl-report-mail@.service": 20, "sahut-etl-failed-mail@.service": 20}


def run(*command, **environment):
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})


def whole_root(root, units, to):
    """A copy of what was installed beside the units of this machine, so that references lead somewhere."""
    shutil.copytree(root, to, symlinks=True, dirs_exist_ok=True)
    for name in os.listdir("/lib/systemd/system"):
        source, target = os.path.join("/lib/systemd/system", name), os.path.join(to, units.lstrip("/"), name)
        if os.path.isfile(source) and not os.path.lexists(target):
            shutil.copy(source, target, follow_symlinks=True)
    os.makedirs(os.path.join(to, "bin"), exist_ok=True)
    shutil.copy("/bin/kill", os.path.join(to, "bin"))


def main():
    root, number, failed = sys.argv[1], 0, 0

    def check(promise, kept, why=""):
        nonlocal number, failed
        number += 1
        failed += not kept
        print(f"{'ok' if kept else 'not ok'} {number} - install: {promise}")
        for line in why.splitlines() if not kept else []:
            print(f"#   {line}")

    def skip(promise, reason):
        nonlocal number
        number += 1
        print(f"ok {number} - install: {promise} # SKIP {reason}")

    programs, completed = {}, False
    for directory, _, names in os.walk(root):
        # bash's completion is called as the program is.
        programs.update({n: os.path.join(directory, n) for n in names if not directory.endswith("bash-completion/completions")})
        completed = completed or directory.endswith("bash-completion/completions") and "sahut-etl" in names
    check("there is a directory for the configuration", any(os.path.isdir(os.path.join(d, "etc/sahut-etl")) for d, _, _ in os.walk(root)))
    for name in ("sahut-etl", "sahut-sandbox"):
        check(f"{name} is there", name in programs)
        done = subprocess.run([programs[name], "--version"], capture_output=True, text=True)
        check(f"{name} runs", done.returncode == 0 and name in done.stdout)
        symbols = run("nm", "-a", programs[name]).stdout
        hooks = re.findall(r"__wrap_\w+|\w*fail_at\w*", symbols)
        check(f"{name} has no hook of the tests in it", not hooks, " ".join(hooks))

    for name in UNITS:
        check(f"{name} is there, and filled in", name in programs and not re.search(r"(?m)^[^#\n]*@[a-z]+@", open(programs[name]).read()))
    for name in ("sahut-etl.8", "sahut-etl.yaml.5", "sahut-etl-metrics.7", "sahut-sandbox.1", "sahut-etl.yaml", "_sahut-etl", "sahut-etl.fish"):
        check(f"{name} is there", name in programs)
    check("bash's completion is there", completed)
    postinst = open(os.path.join(os.path.dirname(__file__), "..", "packaging/debian/sahut-etl.postinst")).read()
    sentence = re.search(r'grep -q "(.*)"', postinst).group(1)
    check("the package looks for a sentence that the program says", sentence.encode() in open(programs["sahut-etl"], "rb").read(), sentence)
    documents = os.path.dirname(programs["INSTALL.md"])
    dead = [f"{name}: {link}" for name in sorted(os.listdir(documents)) if name.endswith(".md")
            for link in re.findall(r"\]\(([^)#:]+)\)", open(os.path.join(documents, name), encoding="utf-8").read())
            if not os.path.exists(os.path.join(documents, link))]
    check("every link of the documents leads to one that is there", not dead, "\n".join(dead))
    if not shutil.which("systemd-analyze"):
        skip("the units are verified", "there is no systemd-analyze here")
        return failed > 0
    units = "/" + os.path.relpath(os.path.dirname(programs["sahut-etl.service"]), root)
    manuals = os.path.dirname(os.path.dirname(programs["sahut-etl.8"]))
    with tempfile.TemporaryDirectory() as whole:
        whole_root(root, units, whole)
        for name in UNITS:
            # Some of what it finds wrong it says, and exits with 0.
            done = run("systemd-analyze", "verify", f"--root={whole}", f"{units}/{name}",
                       MANPATH=os.path.join(whole, os.path.relpath(manuals, root)))
            check(f"systemd-analyze verify has nothing to say of {name}", done.returncode == 0 and not done.stdout + done.stderr,
                  done.stdout + done.stderr)
    for name, most in EXPOSURE.items():
        done = run("systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={most}", programs[name])
        check(f"the exposure of {name} is at most {most / 10}", done.returncode == 0, "\n".join(done.stdout.splitlines()[-1:]) + done.stderr)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

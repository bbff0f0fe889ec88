#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The packages in a machine of their own, with systemd and without a compiler.

usage: container.py [--suite SUITE] DEBS NEXT [STEP...]

DEBS is a directory with the packages, NEXT one with the same at a later version
and one migration more. A Debian 12, or another SUITE, is made (once), booted with
systemd-nspawn, and used as an administrator would: docs/INSTALL.md is
followed to the letter. STEPs are functions below; without them, all. Prints
TAP. Needs root.
"""
import argparse
import atexit
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import platforms

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
PLACE = os.path.join(TOP, "build-container")
PACKAGES = ["systemd", "systemd-sysv", "dbus", "sudo", "ca-certificates", "procps", "curl", "tzdata", "postgresql", "man-db"]
CONVERSATIONS = 20000

# systemd-nspawn wants a pure cgroup2, in a mount namespace of its own. What is written lies over the base.
BOOT = """
umount -l -R /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup &&
mkdir -p /sys/fs/cgroup/sahut-container &&
echo $$ >/sys/fs/cgroup/sahut-container/cgroup.procs
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$1/root" &&
exec systemd-nspawn --quiet --register=no --keep-unit --private-network --resolv-conf=off --timezone=off \\
	-D "$1/root" --machine=sahut --boot
"""


class Container:
    """A machine; stop() ends it and removes it."""

    def __init__(self, suite, debs):
        os.makedirs(PLACE, exist_ok=True)
        self.dir = tempfile.mkdtemp(prefix="root-", dir=PLACE)
        for name in ("upper", "work", "root"):
            os.mkdir(os.path.join(self.dir, name), 0o755)
        self.console = open(os.path.join(PLACE, "console.log"), "wb")
        self.process = subprocess.Popen(["unshare", "-m", "bash", "-c", BOOT, "boot", self.dir, self.base(suite, debs)], stdin=subprocess.DEVNULL,
                                        stdout=self.console, stderr=subprocess.STDOUT)
        atexit.register(self.stop)
        # Anything but "starting" will do: a container has units that fail.
        wait_for("the container to be up", lambda: self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded"))

    @staticmethod
    def base(suite, debs):
        """What the packages depend on is there already, as the container has no network."""
        needed = set()
        for deb in glob.glob(os.path.join(debs, "*.deb")):
            depends = subprocess.run(["dpkg-deb", "-f", deb, "Pre-Depends", "Depends"], capture_output=True, text=True, check=True).stdout
            needed |= {d.strip() for d in re.sub(r"(?m)^[\w-]+:", ",", depends).replace("\n", " ").split(",") if d.strip()}
        return platforms.debian(suite, PACKAGES + sorted(n for n in needed if not n.startswith("sahut")), cluster=True)

    def leader(self):
        """Its first process. Before that is there, nspawn has other children."""
        if self.process.poll() is not None:
            raise RuntimeError("systemd-nspawn ended; see build-container/console.log")
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        return children[0] if children else "0"

    def path(self, name):
        """A file of its, as it is seen from here."""
        return f"/proc/{self.leader()}/root/{name}"

    def run(self, *command, stdin=None, expect=None):
        done = subprocess.run(["nsenter", "-t", self.leader(), "-a", "--", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                               "HOME=/root", "SYSTEMD_COLORS=0", "timeout", "300", *command], capture_output=True, text=True, input=stdin)
        if expect is not None and done.returncode != expect:
            raise RuntimeError(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def shell(self, script, **more):
        return self.run("bash", "-ec", "cd /root\n" + script, **more)

    def stop(self):
        if self.process.poll() is None:
            self.run("systemctl", "poweroff", "--no-block")
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGKILL)
                self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def wait_for(what, condition, seconds=120):
    """Until the condition holds; its value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise RuntimeError(f"waited in vain for {what}")


class Trial:
    def __init__(self, suite, debs, later):
        self.number = self.failed = 0
        self.debs, self.later = debs, later
        self.machine = Container(suite, debs)
        self.run, self.shell = self.machine.run, self.machine.shell

    def check(self, promise, kept, why=""):
        self.number += 1
        self.failed += not kept
        print(f"{'ok' if kept else 'not ok'} {self.number} - container: {promise}", flush=True)
        for line in str(why).splitlines() if not kept else []:
            print(f"#   {line}")

    # ---- looking ----

    def show(self, name, unit="sahut-etl"):
        return self.run("systemctl", "show", "-P", name, unit).stdout.strip()

    def status(self):
        done = self.run("sudo", "-u", "sahut-etl", "sahut-etl", "status", "--json")
        return {r["workspace"]: r for r in json.loads(done.stdout)} if done.returncode == 0 else {}

    def journal(self, *more):
        return self.run("journalctl", "-u", "sahut-etl", "-o", "cat", "--no-pager", *more).stdout

    def psql(self, query):
        return self.run("sudo", "-u", "postgres", "psql", "-AXtd", "sahut", "-c", query, expect=0).stdout.rstrip("\n")

    def sandbox(self, path, body=None):
        more = ["-d", json.dumps(body)] if body is not None else []
        return json.loads(self.run("curl", "-sS", *more, f"http://127.0.0.1:8480/_sandbox/{path}", expect=0).stdout)

    def is_equal(self):
        """The warehouse against the API's own dump."""
        truth = sorted((c["id"], c["status"], (c.get("assignee") or {}).get("id") or "", "|".join(sorted(c.get("labels") or []))) for c in self.sandbox("dump")["conversations"])
        held = sorted(tuple(line.split("\t")) for line in self.psql(
            "select concat_ws(e'\\t', id, status, coalesce(assignee_id, ''), array_to_string(labels, '|')) from sahut_report.conversations").splitlines())
        self.differences = f"API only: {sorted(set(truth) - set(held))[:3]}\nwarehouse only: {sorted(set(held) - set(truth))[:3]}"
        return truth == held

    def follows_change(self, kind, n):
        """Makes changes, and waits until they are in the warehouse."""
        self.sandbox("change", {"kind": kind, "n": n})
        try:
            wait_for("the changes", self.is_equal)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{self.differences}")

    def rows(self):
        return int(self.psql("select count(*) from sahut.conversation"))

    # ---- what is tried ----

    def installs(self):
        self.check("there is no compiler", not self.shell("command -v cc gcc clang || true").stdout)
        self.before = self.files()
        for deb in glob.glob(os.path.join(self.debs, "sahut-*_*.deb")):
            if "dbgsym" not in deb:
                shutil.copy(deb, self.machine.path("root"))
        self.shell("apt-get install -y ./sahut-sandbox_*.deb", expect=0)
        self.run("systemd-run", "--unit=api", "sahut-sandbox", "--conversations", str(CONVERSATIONS), "--latency", "20", expect=0)
        with open(os.path.join(TOP, "docs", "INSTALL.md"), encoding="utf-8") as f:
            steps = re.findall(r"(?ms)^```sh\n(.*?)^```", f.read())
        for step in steps:
            # The sandbox stands for the API, with a plan that is not the smallest.
            step = step.replace("    timezone:", "    base_url: http://127.0.0.1:8480/v1\n    timezone:").replace("requests_per_minute: 60", "requests_per_minute: 100000")
            began = time.monotonic()
            done = self.shell(step, stdin="sk_live_sandbox\n")
            first = step.splitlines()[0]
            print(f"# {time.monotonic() - began:.1f} s")
            self.check(f"INSTALL.md: {first}", done.returncode == 0, done.stdout + done.stderr)
            if first.startswith("sudo apt-get install"):
                self.fresh()
        self.check("it is active and enabled", self.show("ActiveState") == "active" and self.show("UnitFileState") == "enabled", self.journal())
        wait_for("the first load", lambda: self.status().get("utama", {}).get("complete_as_of"))
        self.check(f"the first load has all {CONVERSATIONS}", self.is_equal(), self.differences)

    def five_commands(self):
        """README's way from a key to rows, word by word, on a machine of its own; only the API is the sandbox."""
        for deb in glob.glob(os.path.join(self.debs, "sahut-*_*.deb")):
            shutil.copy(deb, self.machine.path("root"))
        self.shell("rm -f *dbgsym*; apt-get install -y ./sahut-sandbox_*.deb", expect=0)
        self.run("systemd-run", "--unit=api", "sahut-sandbox", "--conversations", "500", expect=0)
        with open(os.path.join(TOP, "README.md"), encoding="utf-8") as f:
            commands = re.search(r"(?ms)^## From a key to rows$.*?^```\n(.*?)^```", f.read()).group(1).splitlines()
        self.check("there are five of them", len(commands) == 5, "\n".join(commands))
        for command in commands:
            bare = command.split("  #")[0].strip()
            if bare == "sudo sahut-etl init":
                # It asks on a terminal: for all of it, of which the defaults are taken, and then for the key.
                done = self.shell(f"(sleep 1; printf '\\n\\n\\n\\n'; sleep 2; printf 'sk_live_sandbox\\n'; sleep 1) | script -qec '{bare}' /dev/null")
                self.shell("sed -i 's|^    api_key_file:.*|&\\n    base_url: http://127.0.0.1:8480/v1|' /etc/sahut-etl/sahut-etl.yaml", expect=0)
            else:
                done = self.shell(bare)
            self.check(f"README: {bare}", done.returncode == 0, done.stdout + done.stderr)
        self.check("the rows are there", self.rows() == 500)

    def fresh(self):
        self.check("nothing is started by the installation", self.show("ActiveState") == "inactive")
        self.run("systemctl", "start", "sahut-etl")
        wait_for("it to end", lambda: self.show("ActiveState") == "failed")
        self.check("without a configuration it stays down, and says where a sample is",
                   self.show("ExecMainStatus") == "78" and self.show("NRestarts") == "0" and "examples/sahut-etl.yaml" in self.journal(), self.journal())
        sample = self.run("cat", "/usr/share/doc/sahut-etl/examples/sahut-etl.yaml").stdout
        self.check("where the sample is said to be, it is", "workspaces:" in sample)
        self.check("the manuals are there", self.run("man", "-w", "sahut-etl", "sahut-etl.yaml", "sahut-etl-metrics", "sahut-sandbox").returncode == 0)

    def is_confined(self):
        done = self.run("systemd-analyze", "security", "--no-pager", "--threshold=12", "sahut-etl.service")
        self.check("exposure is at most 1.2 where it runs", done.returncode == 0, done.stdout)
        state = dict(line.split(":\t") for line in self.run("cat", f"/proc/{self.show('MainPID')}/status").stdout.splitlines() if ":\t" in line)
        self.check("no capability, no new privilege, system calls filtered",
                   (int(state["CapBnd"], 16), int(state["CapEff"], 16), state["NoNewPrivs"].strip(), state["Seccomp"].strip()) == (0, 0, "1", "2"), state)
        print(f"# resident {state['VmRSS'].strip()}, {state['Threads'].strip()} thread(s)")
        # Whatever the sandbox forbids would be seen by now.
        self.check("nothing that it does is forbidden", not re.search(r"(?i)not permitted|permission denied", self.journal()), self.journal())

    def follows(self):
        self.edit("timezone:", "schedule: {incremental: 5s}\n    timezone:")
        self.run("systemctl", "restart", "sahut-etl", expect=0)
        self.sandbox("change", {"kind": "resolve", "n": 50})
        self.follows_change("create", 50)
        self.check("changes are followed", True)
        done = self.run("systemctl", "start", "sahut-etl-once@sahut-etl.service")
        self.check("the one-shot unit works beside it", done.returncode == 0, self.run("journalctl", "-u", "sahut-etl-once@sahut-etl", "-o", "cat").stdout)

    # The configuration, changed and put back.

    def edit(self, old, new):
        path = self.machine.path("etc/sahut-etl/sahut-etl.yaml")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        assert old in text, (old, text)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new, 1))

    def reloads(self):
        pid = self.show("MainPID")
        done = self.run("systemctl", "reload", "sahut-etl")
        self.check("reload works", done.returncode == 0 and self.show("MainPID") == pid, done.stderr + self.journal("-n", "20"))
        self.edit("incremental: 5s", "incremantal: 5s")
        done = self.run("systemctl", "reload", "sahut-etl")
        said = self.journal("-n", "20")
        self.check("reload with a broken file fails, and says why", done.returncode != 0 and "did you mean incremental?" in said, done.stderr + said)
        # What does not come by systemctl is looked at by the daemon alone.
        self.run("systemctl", "kill", "-s", "HUP", "sahut-etl", expect=0)
        self.sandbox("change", {"kind": "update", "n": 5})
        self.follows_change("create", 5)
        self.check("with the broken file it goes on serving", self.show("MainPID") == pid and self.show("ActiveState") == "active", self.journal("-n", "20"))
        self.edit("incremantal: 5s", "incremental: 5s")
        done = self.run("systemctl", "reload", "sahut-etl")
        self.check("mended, it is taken", done.returncode == 0 and self.show("MainPID") == pid and self.show("ActiveState") == "active", done.stderr)

    def takes_credentials(self):
        self.shell("install -d -m 0700 /etc/credstore; install -m 0600 /etc/sahut-etl/api-key /etc/credstore/sahut-etl.api-key; rm /etc/sahut-etl/api-key",
                   expect=0)
        self.run("systemctl", "restart", "sahut-etl", expect=0)
        self.follows_change("create", 5)
        self.check("the key may be in systemd's credential store", True)
        done = self.shell("systemd-run --pipe --wait -q -p User=sahut-etl -p LoadCredential=api-key:sahut-etl.api-key sahut-etl check")
        self.check("check works with it, as INSTALL.md says", done.returncode == 0, done.stdout + done.stderr)
        self.shell("install -o sahut-etl -m 0400 /etc/credstore/sahut-etl.api-key /etc/sahut-etl/api-key; rm -r /etc/credstore", expect=0)
        self.run("systemctl", "restart", "sahut-etl", expect=0)

    def is_watched(self):
        self.shell("mkdir -p /run/systemd/system/sahut-etl.service.d; printf '[Service]\\nWatchdogSec=3s\\nTimeoutAbortSec=1s\\nRestartSec=1s\\n' "
                   ">/run/systemd/system/sahut-etl.service.d/test.conf; systemctl daemon-reload; systemctl restart sahut-etl", expect=0)
        pid = self.show("MainPID")
        wait_for("the first cycle", lambda: self.status().get("utama", {}).get("holder"))
        # The whole process hangs, in whatever it does.
        self.run("kill", "-STOP", pid, expect=0)
        wait_for("the next one", lambda: self.show("MainPID") not in ("0", pid) and self.show("ActiveState") == "active")
        self.check("what hangs is killed by the watchdog and begun again",
                   "Failed with result 'watchdog'" in self.journal(), self.journal("-n", "20"))
        self.follows_change("create", 5)
        self.check("the next one goes on", True)
        self.shell("rm /run/systemd/system/sahut-etl.service.d/test.conf; systemctl daemon-reload; systemctl restart sahut-etl", expect=0)

    def stops_at_once(self):
        """In the middle of the first load of an empty warehouse."""
        best = None
        for _ in range(3):
            self.run("systemctl", "stop", "sahut-etl", expect=0)
            self.shell("cd /; sudo -u postgres dropdb --force sahut; sudo -u postgres createdb sahut; sudo -u postgres sahut-etl migrate", expect=0)
            self.run("systemctl", "start", "sahut-etl", expect=0)
            wait_for("a part of the load", lambda: self.rows() > 0)
            self.run("systemctl", "stop", "sahut-etl", expect=0)
            took = (int(self.show("InactiveEnterTimestampMonotonic")) - int(self.show("ActiveExitTimestampMonotonic"))) / 1000
            part = self.rows()
            print(f"# stopped within {took:.1f} ms, with {part} of {CONVERSATIONS} conversations loaded")
            if 0 < part < CONVERSATIONS:
                best = min(best or took, took)
        self.check("a stop in the middle of the first load takes less than 100 ms", best is not None and best < 100, f"{best} ms at best of three")
        self.check("it ends well", self.show("Result") == "success" and self.show("ExecMainStatus") == "0", self.journal("-n", "20"))
        self.run("systemctl", "start", "sahut-etl", expect=0)
        wait_for("the rest of the load", lambda: self.rows() >= CONVERSATIONS)
        wait_for("the end of it", self.is_equal)
        self.check("the next start ends equal", True)

    def is_tested(self):
        """The packages' own test, as Debian would run it."""
        shutil.copy(os.path.join(TOP, "packaging/debian/tests/first-load"), self.machine.path("root"))
        done = self.shell("./first-load; sudo -u postgres dropdb sahut_test")
        self.check("the packages' own test passes", done.returncode == 0, done.stdout + done.stderr)

    # ---- upgrades ----

    def install(self, deb):
        shutil.copy(deb, self.machine.path("root"))
        return self.shell(f"apt-get install -y --allow-downgrades ./{os.path.basename(deb)} 2>&1")

    @staticmethod
    def renumbered(deb, version):
        """The same package with another version."""
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run(["dpkg-deb", "-R", deb, directory + "/x"], check=True)
            control = directory + "/x/DEBIAN/control"
            with open(control) as f:
                text = f.read()
            with open(control, "w") as f:
                f.write(re.sub(r"(?m)^Version: .*$", f"Version: {version}", text))
            made = os.path.join(PLACE, f"sahut-etl_{version}_all.deb")
            subprocess.run(["dpkg-deb", "--root-owner-group", "-b", directory + "/x", made], check=True, stdout=subprocess.DEVNULL)
        return made

    def upgrades(self):
        deb, = [d for d in glob.glob(os.path.join(self.debs, "sahut-etl_*.deb"))]
        later, = [d for d in glob.glob(os.path.join(self.later, "sahut-etl_*.deb"))]
        version = self.run("dpkg-query", "-W", "-f", "${Version}", "sahut-etl").stdout
        pid = self.show("MainPID")
        done = self.install(self.renumbered(deb, version + "+1"))
        wait_for("the new one", lambda: self.show("MainPID") not in ("0", pid) and self.show("ActiveState") == "active")
        self.check("an upgrade begins the daemon again", done.returncode == 0, done.stdout)

        pid = self.show("MainPID")
        done = self.install(later)
        self.check("an upgrade with a migration says so", done.returncode == 0 and "migrate" in done.stdout, done.stdout)
        self.follows_change("create", 5)
        self.check("and leaves the old daemon at work", self.show("MainPID") == pid)
        done = self.run("sudo", "-u", "sahut-etl", "sahut-etl", "check")
        self.check("meanwhile check says what to do", done.returncode == 78 and "sahut-etl migrate" in done.stdout, done.stdout)
        done = self.shell("cd /; sudo -u postgres sahut-etl migrate; systemctl restart sahut-etl")
        self.follows_change("create", 5)
        self.check("migrated and begun again, it goes on", done.returncode == 0 and self.show("MainPID") not in ("0", pid), done.stdout + done.stderr)
        self.check("the old program refuses the new warehouse, and stays down", self.refuses(deb))
        self.install(later)
        self.migrates_at_start()

    def migrates_at_start(self):
        """The drop-in of docs/OPERATIONS.md, with a warehouse that is not there yet."""
        with open(os.path.join(TOP, "docs", "OPERATIONS.md"), encoding="utf-8") as f:
            line = re.search(r"(?m)^    (ExecStartPre=.*)$", f.read()).group(1)
        self.shell("cd /; systemctl stop sahut-etl; sudo -u postgres dropdb --force sahut; sudo -u postgres createdb sahut; "
                   f"mkdir -p /run/systemd/system/sahut-etl.service.d; printf '[Service]\\n{line}\\n' >/run/systemd/system/sahut-etl.service.d/test.conf; "
                   "systemctl daemon-reload; systemctl start sahut-etl", expect=0)
        wait_for("the load", self.is_equal)
        self.check("the drop-in that migrates at each start does", True)
        self.shell("rm -r /run/systemd/system/sahut-etl.service.d; systemctl daemon-reload", expect=0)

    def refuses(self, deb):
        self.install(deb)
        self.run("systemctl", "restart", "sahut-etl")
        wait_for("it to end", lambda: self.show("ActiveState") == "failed")
        return self.show("ExecMainStatus") == "78" and "install a newer sahut-etl" in self.journal("-n", "5")

    # ---- the end ----

    def files(self):
        """All files that somebody could have left, but what logs and caches make anyway."""
        found = self.run("find", "/etc", "/usr", "/lib", "/var/lib", "-xdev").stdout.splitlines()
        return {f for f in found if not re.match(r"/var/lib/(postgresql|apt|dpkg|systemd)/|/etc/(passwd|group|shadow|gshadow|subuid|subgid|\.pwd)|/usr/share/(man|doc)/"
                                                 r"|/var/lib/ucf|/etc/systemd/system/multi-user", f)}

    def goes(self):
        done = self.shell("apt-get remove -y sahut-etl sahut-sandbox 2>&1")
        self.check("removed, it has ended", done.returncode == 0 and self.show("ActiveState") in ("inactive", "failed") and
                   not self.run("pgrep", "-x", "sahut-etl").stdout, done.stdout)
        self.check("removed, the configuration stays", os.path.exists(self.machine.path("etc/sahut-etl/sahut-etl.yaml")))
        done = self.shell("apt-get purge -y sahut-etl sahut-sandbox 2>&1")
        left = sorted(self.files() - self.before)
        self.check("purged, nothing is left", done.returncode == 0 and not left, done.stdout + "\n".join(left))
        self.check("the warehouse is still there", self.rows() > CONVERSATIONS)


STEPS = ("installs", "is_confined", "follows", "takes_credentials", "is_watched", "stops_at_once", "reloads", "is_tested",
         "upgrades", "goes")


def main():
    # So that what runs at the exit does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(prog="container")
    parser.add_argument("--suite", default="bookworm")
    parser.add_argument("debs")
    parser.add_argument("later")
    parser.add_argument("steps", nargs="*")
    arguments = parser.parse_args()
    trial = Trial(arguments.suite, os.path.abspath(arguments.debs), os.path.abspath(arguments.later))
    try:
        for step in arguments.steps or STEPS:
            began = time.monotonic()
            getattr(trial, step)()
            print(f"# {step}: {time.monotonic() - began:.0f} s", flush=True)
    except RuntimeError as error:
        trial.check("goes through", False, f"{error}\n{trial.journal('-n', '30')}")
    return trial.failed > 0


if __name__ == "__main__":
    sys.exit(main())

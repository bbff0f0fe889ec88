#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Asks the shells what they would offer. usage: completions.py BUILD"""
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile

# What is typed, what has to be offered, and what must not be.
CASES = (
    ("sahut-etl ", ["run", "sync", "status", "check", "migrate", "conversations"], ["list", "--full"]),
    ("sahut-etl st", ["status"], ["sync"]),
    ("sahut-etl --ver", ["--verbose", "--version"], ["--quiet"]),
    ("sahut-etl -c some.yaml sy", ["sync"], ["status"]),
    ("sahut-etl sync --f", ["--full"], ["--json"]),
    ("sahut-etl conversations ", ["list", "get", "create", "update"], ["run"]),
    ("sahut-etl conversations list --st", ["--status"], ["--team"]),
    ("sahut-etl conversations list --status ", ["open", "pending", "resolved", "snoozed"], ["run"]),
    ("sahut-etl report ", ["volume", "workload"], ["run"]),
    ("sahut-etl report --format ", ["table", "csv", "json", "html"], ["volume"]),
    ("sahut-etl metabase ", ["apply"], ["volume"]),
    ("sahut-etl -w ", ["utama", "toko-kedua"], ["run"]),
)


def bash(build, typed):
    script = f"""
source {build}/completions/sahut-etl
COMP_WORDS=({typed}{" ''" if typed.endswith(" ") else ""})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_sahut_etl
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    return subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True).stdout.split()


def fish(build, typed):
    script = f"source {build}/completions/sahut-etl.fish; complete -C '{typed}'"
    return [line.split("\t")[0] for line in subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True).stdout.splitlines()]


def zsh(build, typed):
    """zsh completes at a terminal only, so it gets one."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="dumb", PS1="%% ", COLUMNS="300", LINES="100")
        os.execlp("zsh", "zsh", "-f", "-i")

    def read_until(mark):
        got = b""
        while not re.search(mark, got):
            if not select.select([terminal], [], [], 20)[0]:
                raise RuntimeError(f"zsh says nothing after {got!r}")
            got += os.read(terminal, 65536)
        return got.decode(errors="replace")

    # What compadd is given is what would be offered; a list on the screen could be folded.
    os.write(terminal, f"""fpath=({build}/completions $fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=0
compadd() {{ local -a hits; builtin compadd -O hits "$@"; print -rl -- $hits >>$OFFERED; builtin compadd "$@" }}
sahut-etl() {{ : }}; offer() {{ zle complete-word; print "do""ne" }}; zle -N offer; bindkey '^I' offer; print "re""ady"
""".encode())
    read_until(b"ready")
    # Nothing may follow the tab before it was served: zsh completes less when more is typed already.
    os.write(terminal, typed.encode() + b"\t")
    read_until(b"done")
    os.close(terminal)
    os.waitpid(pid, 0)
    with open(os.environ["OFFERED"]) as f:
        return f.read().split("\n")


def main():
    build, number, failed = os.path.abspath(sys.argv[1]), 0, 0
    with tempfile.TemporaryDirectory() as directory:
        config = os.path.join(directory, "sahut-etl.yaml")
        with open(config, "w") as f:
            f.write('workspaces:\n  - name: utama\n  - name: "toko-kedua"  # the other\n')
        os.environ.update(SAHUT_ETL_CONFIG=config, OFFERED=os.path.join(directory, "offered"))
        for shell in (bash, zsh, fish):
            for typed, wanted, unwanted in CASES:
                number += 1
                promise = f"completions: {shell.__name__} completes \"{typed}\""
                if not shutil.which(shell.__name__):
                    print(f"ok {number} - {promise} # SKIP there is no {shell.__name__} here")
                    continue
                open(os.environ["OFFERED"], "w").close()
                offered = shell(build, typed)
                wrong = [w for w in wanted if w not in offered] + [f"not {w}" for w in unwanted if w in offered]
                failed += bool(wrong)
                print(f"{'not ok' if wrong else 'ok'} {number} - {promise}")
                if wrong:
                    print(f"#   wanted {' '.join(wrong)}; offered {' '.join(offered)}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

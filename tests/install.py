#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Looks at what `make install` put down. usage: install.py DESTDIR"""
import os
import subprocess
import sys


def main():
    root, number, failed = sys.argv[1], 0, 0

    def check(promise, kept):
        nonlocal number, failed
        number += 1
        failed += not kept
        print(f"{'ok' if kept else 'not ok'} {number} - install: {promise}")

    programs = {}
    for directory, _, names in os.walk(root):
        programs.update({n: os.path.join(directory, n) for n in names})
    for name in ("sahut-etl", "sahut-sandbox"):
        check(f"{name} is there", name in programs)
        done = subprocess.run([programs[name], "--version"], capture_output=True, text=True)
        check(f"{name} runs", done.returncode == 0 and name in done.stdout)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: MIT
"""A network of one's own, of which the cable can be pulled: packets vanish, and no kernel says so."""
import ctypes
import os
import subprocess

CLONE_NEWNET = 0x40000000


class Netns:
    """Whatever is started inside of `with netns:` lives in it; unix sockets lead out of it."""

    def __init__(self):
        self.name = f"sahut-{os.getpid()}"
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.libc = ctypes.CDLL(None, use_errno=True)

    def make(self):
        """False where that is not allowed."""
        try:
            subprocess.run(["ip", "netns", "add", self.name], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return False
        self.set("up")
        return True

    def set(self, state):
        subprocess.run(["ip", "-n", self.name, "link", "set", "lo", state], check=True)

    def remove(self):
        subprocess.run(["ip", "netns", "del", self.name], check=True)
        os.close(self.home)

    def go(self, fd):
        if self.libc.setns(fd, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")

    def __enter__(self):
        fd = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        self.go(fd)
        os.close(fd)

    def __exit__(self, *exception):
        self.go(self.home)

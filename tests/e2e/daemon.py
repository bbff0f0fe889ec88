# SPDX-License-Identifier: MIT
"""`sahut-etl run` as a process whose output goes to a file, with systemd's end of its notifications if wanted."""
import os
import signal
import socket
import subprocess
import time


def wait_for(condition, what, seconds=30):
    """Until the condition holds; the time is only for tests that fail."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def loaded(etl, n, name="utama"):
    wait_for(lambda: etl.one("select count(*) from sahut_etl.workspace where name = %s and live_count = %s and certified_at is not null", name, n),
             f"{n} conversations of {name}")


class Daemon:
    def __init__(self, etl, *args, notify=False, program=(), environment=None):
        self.log = os.path.join(etl.dir, f"log-{time.monotonic_ns()}")
        environment = {**etl.environment(), **(environment or {})}
        self.socket, self.heard = None, []
        if notify:
            path = self.log + ".socket"
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.socket.bind(path)
            self.socket.settimeout(30)
            environment["NOTIFY_SOCKET"] = path
        with open(self.log, "w") as out:
            self.process = subprocess.Popen([*program, *etl.command(*args, "run")], stdout=out, stderr=out, env=environment)

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process.poll() is None

    def text(self):
        with open(self.log) as f:
            return f.read()

    def notified(self):
        """All that systemd was told so far."""
        if self.socket.fileno() < 0:
            return "\n".join(self.heard)
        self.socket.setblocking(False)
        try:
            while True:
                self.heard.append(self.socket.recv(4096).decode())
        except BlockingIOError:
            pass
        return "\n".join(self.heard)

    def wait_notified(self, text):
        wait_for(lambda: text in self.notified(), f"{text} in {self.notified()!r}")

    def wait_text(self, text):
        wait_for(lambda: text in self.text(), f"{text!r} in the log")

    def send(self, how):
        self.process.send_signal(how)

    def wait(self):
        return self.process.wait(30)

    def stop(self, how=signal.SIGTERM):
        self.send(how)
        return self.wait()

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def end(self):
        """With the test. It is told to, so that what it holds is given back, and counted by a sanitizer and by gcov."""
        if self.running():
            self.send(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
        if self.socket:
            self.socket.close()

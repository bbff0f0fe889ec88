# SPDX-License-Identifier: MIT
"""The sandbox as a process: started on a free port, steered by its control endpoints."""
import datetime
import json
import os
import subprocess
import time
import urllib.error
import urllib.request


# A sandbox begins so long ago, since tests move its clock on, and what is five minutes ahead of the host's is not believed.
AGO = "9m"


class Sandbox:
    """Keyword arguments are its options: conversations=300 is --conversations 300."""

    def __init__(self, program, workspaces=(), stderr=None, **options):
        options.setdefault("conversations", 300)
        options.setdefault("ago", AGO)
        arguments = [a for k, v in options.items() for a in ("--" + k.replace("_", "-"), str(v))]
        for workspace in workspaces:
            arguments += ["--workspace", workspace]
        environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
        self.key = options.get("key", "sk_live_sandbox")
        self.process = subprocess.Popen([program, "--listen", "127.0.0.1:0", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, text=True,
                                        env=environment)
        line = self.process.stdout.readline()
        if not line.startswith("sahut-sandbox: http"):
            raise RuntimeError(f"the sandbox did not start: {line!r}")
        self.base_url = line.split()[1]
        self.root = self.base_url.rsplit("/v1", 1)[0]

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
        self.process.stdout.close()

    def request(self, method, url, body=None, headers=None):
        """(status, body, headers) of one request; the body parsed where it is JSON."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, json.loads(reply.read() or b"null"), reply.headers
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text or b"null"), error.headers

    def api(self, method, path, body=None, key=None):
        return self.request(method, self.base_url + path, body, {"Authorization": f"Bearer {key or self.key}"})

    def control(self, path, body=None, method=None, key=None):
        url = f"{self.root}/_sandbox/{path}" + (f"?key={key}" if key else "")
        status, answer, _ = self.request(method or ("GET" if body is None else "POST"), url, body)
        assert status == 200, (path, status, answer)
        if path == "clock":
            ahead = datetime.datetime.fromisoformat(answer["now"]).timestamp() - time.time()
            assert ahead < 240, "its clock gets ahead of the host's, and will not be believed: begin the sandbox earlier, with ago="
        return answer

    def change(self, kind, n=1, key=None, **more):
        return self.control("change", {"kind": kind, "n": n, **more}, key=key)["ids"]

    def fault(self, kind, match="list", after=0, times=1, **more):
        return self.control("fault", {"kind": kind, "match": match, "after": after, "times": times, **more})

    def dump(self, key=None):
        return self.control("dump", key=key)

    def stats(self, key=None):
        return self.control("stats", key=key)

    def reset_stats(self):
        self.control("stats/reset", {})

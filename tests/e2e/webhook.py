# SPDX-License-Identifier: MIT
"""A daemon that takes events, and whoever sends it some: the sandbox, or a test by hand."""
import hashlib
import hmac
import http.client
import json
import os
import re
import socket


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def say_raw(port, text, patience=2):
    """The statuses that a server answers bytes with, until it closes the connection or says nothing for a while."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as s:
        heard = b""
        try:
            s.sendall(text)
            while part := s.recv(65536):
                heard += part
        except OSError:
            pass
    return [int(code) for code in re.findall(rb"(?:^|\n)HTTP/1\.1 (\d{3})", heard)]


# Headers by which two servers may see the end of a body in two places, and what stands behind them.
UNCLEAR = {
    "a length and chunks": (b"Content-Length: 4\r\nTransfer-Encoding: chunked", b"0\r\n\r\n"),
    "chunks and a length": (b"Transfer-Encoding: chunked\r\nContent-Length: 4", b"0\r\n\r\n"),
    "two lengths": (b"Content-Length: 0\r\nContent-Length: 40", b""),
    "one length twice": (b"Content-Length: 0\r\nContent-Length: 0", b""),
    "a list of lengths": (b"Content-Length: 0, 40", b""),
    "a length below none": (b"Content-Length: -1", b""),
    "a length with a sign": (b"Content-Length: +40", b""),
    "a length in hex": (b"Content-Length: 0x28", b""),
    "a length beyond 64 bits": (b"Content-Length: 18446744073709551656", b""),
    "no length": (b"Content-Length:", b""),
    "two encodings": (b"Transfer-Encoding: gzip, chunked", b"0\r\n\r\n"),
    "an encoding twice": (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", b"0\r\n\r\n"),
    "another encoding": (b"Transfer-Encoding: identity", b"0\r\n\r\n"),
    "an encoding that looks like chunks": (b"Transfer-Encoding: xchunked", b"0\r\n\r\n"),
    "an encoding with a tab": (b"Transfer-Encoding: \x0bchunked", b"0\r\n\r\n"),
    "a chunk that is no number": (b"Transfer-Encoding: chunked", b"zz\r\n\r\n"),
    "a chunk beyond 64 bits": (b"Transfer-Encoding: chunked", b"ffffffffffffffff1\r\n\r\n"),
    "a chunk below none": (b"Transfer-Encoding: chunked", b"-1\r\n\r\n"),
}


class Webhook:
    """The webhook of a workspace: its address, and its secrets in their file."""

    def __init__(self, directory, name="utama", port=None, secret="whsec_of_a_test"):
        self.port, self.name, self.secret = port or free_port(), name, secret
        self.path = "/webhook/" + name
        self.url = f"http://127.0.0.1:{self.port}{self.path}"
        self.file = os.path.join(str(directory), f"webhook-secret-{name}")
        self.keep(secret)

    def conf(self):
        return f'{{listen: "127.0.0.1:{self.port}", secret_file: {self.file}}}'

    def keep(self, *lines):
        with open(os.open(self.file + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
            f.write("".join(line + "\n" for line in lines))
        os.rename(self.file + ".new", self.file)

    def register(self, sandbox, events=("conversation.created", "conversation.updated", "conversation.resolved", "message.created"), key=None):
        status, answer, _ = sandbox.api("POST", "/webhooks", {"url": self.url, "events": list(events)}, key=key)
        assert status == 201, answer
        self.secret = answer["data"]["secret"]
        self.keep(self.secret)
        return answer["data"]

    def sign(self, body, secret=None):
        return hmac.new((secret or self.secret).encode(), body, hashlib.sha256).hexdigest()

    def post(self, body, signature=None, path=None, method="POST", timeout=10):
        """The status of an event that is sent by hand; SIGNATURE "" leaves the header out."""
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        signature = self.sign(body) if signature is None else signature
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path or self.path, body, {"X-Sahut-Signature": signature} if signature else {})
            return connection.getresponse().status
        finally:
            connection.close()

    def tell(self, *ids, event="conversation.updated"):
        return self.post({"event": event, "data": [{"id": i} for i in ids]})

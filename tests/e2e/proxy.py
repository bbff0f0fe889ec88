# SPDX-License-Identifier: MIT
"""A TCP proxy that spoils what it carries: put before the API or before PostgreSQL.

    proxy = Proxy(("127.0.0.1", port))          # or Proxy("/directory/.s.PGSQL.5432")
    proxy.spoil(reset, after=200, times=1)      # the next connection: RST after 200 bytes of the answer
    ... proxy.port ...
    proxy.stop()

Runs on a thread of its own. Faults are taken in the order in which they were given, one a connection (or for ever, with
times=0); a connection without one is carried as it is. When it strikes is decided by `after` (so many bytes in its direction have
passed), by `before` (a text is about to pass in its direction) or by `upon` (a text has passed in the other direction).
"""
import asyncio
import socket
import ssl
import struct
import threading

CHUNK = 65536


class Fault:
    def __init__(self, kind, after=0, before=None, upon=None, held=None, times=1, seconds=0.0, piece=1, answer=True):
        self.kind, self.after, self.before, self.upon, self.held = kind, after, before, upon, held
        self.times = times          # connections to strike; 0: all
        self.seconds = seconds      # of delay, or between the pieces of a trickle,
        self.piece = piece          # and their size
        self.answer = answer        # the direction that is spoilt: of the answer, or of the request
        self.struck = 0             # connections that it was given to
        self.began = threading.Event()


class Proxy:
    """Listens on a free port of 127.0.0.1 and carries to TARGET: (host, port), or the path of a unix socket."""

    def __init__(self, target, tls=None):
        self.target, self.tls = target, tls
        self.faults = []
        self.connections = 0
        self.writers = set()
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()

        def work():
            asyncio.set_event_loop(self.loop)
            self.server = self.loop.run_until_complete(asyncio.start_server(self.carry, "127.0.0.1", 0, ssl=tls))
            self.port = self.server.sockets[0].getsockname()[1]
            ready.set()
            self.loop.run_forever()

        self.thread = threading.Thread(target=work, daemon=True)
        self.thread.start()
        ready.wait()

    # ---- for tests: all of these may be called from any thread ----

    def spoil(self, kind, **how):
        fault = Fault(kind, **how)
        self.faults.append(fault)
        return fault

    def heal(self):
        self.faults.clear()

    def cut_all(self):
        """Resets every connection there is."""
        self.call(self._cut_all)

    def refuse(self):
        """Nobody listens any more."""
        self.call(self.server.close)

    def stop(self):
        def end():
            self.server.close()
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.call_later(0.01, self.loop.stop)
        self.loop.call_soon_threadsafe(end)
        self.thread.join(10)
        self.loop.close()

    def call(self, function):
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (function(), done.set()))
        done.wait(10)

    def _cut_all(self):
        for writer in list(self.writers):
            reset_now(writer)

    # ---- the wire ----

    def next_fault(self):
        for fault in self.faults:
            if fault.times == 0 or fault.struck < fault.times:
                fault.struck += 1
                return fault
        return None

    async def carry(self, reader, writer):
        self.connections += 1
        fault = self.next_fault()
        far = None
        try:
            if isinstance(self.target, str):
                far = await asyncio.open_unix_connection(self.target)
            else:
                far = await asyncio.open_connection(*self.target)
            self.writers |= {writer, far[1]}
            seen = asyncio.Event()
            answer = fault if fault and fault.answer else None
            request = fault if fault and not fault.answer else None
            watch = fault.upon if fault else None
            await asyncio.gather(pump(reader, far[1], request, seen, watch if answer else None),
                                 pump(far[0], writer, answer, seen, watch if request else None))
        except (OSError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            for w in (writer, far[1] if far else None):
                if w:
                    self.writers.discard(w)
                    w.close()


async def pump(reader, writer, fault, seen, watch):
    """Carries one direction. SEEN is set when WATCH has passed here; a fault with `upon` waits for that."""
    passed, tail = 0, b""
    while data := await reader.read(CHUNK):
        room = max(0, fault.after - passed) if fault else 0
        if fault and len(data) > room and (fault.upon is None or seen.is_set()) and (fault.before is None or fault.before in data):
            await carry_whole(writer, data[:room])
            fault.began.set()
            await fault.kind(fault, reader, writer, data[room:])
            return
        passed += len(data)
        if watch:
            tail = (tail + data)[-(CHUNK + len(watch)):]
            if watch in tail:
                seen.set()
        await carry_whole(writer, data)
    if writer.can_write_eof():
        writer.write_eof()


async def carry_whole(writer, data):
    writer.write(data)
    await writer.drain()


async def carry_rest(reader, writer):
    while data := await reader.read(CHUNK):
        await carry_whole(writer, data)
    if writer.can_write_eof():
        writer.write_eof()


def reset_now(writer):
    """RST instead of FIN."""
    sock = writer.get_extra_info("socket")
    if sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


# ---- the faults: what becomes of the rest, of which REST has been read ----

async def reset(fault, reader, writer, rest):
    """The connection is reset."""
    reset_now(writer)
    raise ConnectionResetError


async def truncate(fault, reader, writer, rest):
    """The connection ends as if all had been said."""
    writer.close()
    raise ConnectionResetError


async def corrupt(fault, reader, writer, rest):
    """One byte is another."""
    await carry_whole(writer, bytes([rest[0] ^ 0x15]) + rest[1:])
    await carry_rest(reader, writer)


async def delay(fault, reader, writer, rest):
    """Everything comes so many seconds later."""
    await asyncio.sleep(fault.seconds)
    await carry_whole(writer, rest)
    await carry_rest(reader, writer)


async def trickle(fault, reader, writer, rest):
    """Bytes come one by one, or few by few, so many seconds apart."""
    while rest:
        for i in range(0, len(rest), fault.piece):
            await carry_whole(writer, rest[i:i + fault.piece])
            await asyncio.sleep(fault.seconds)
        rest = await reader.read(CHUNK)


async def black_hole(fault, reader, writer, rest):
    """Nothing comes any more, and nobody says so."""
    while await reader.read(CHUNK):
        pass
    await asyncio.sleep(3600)


async def say(fault, reader, writer, rest):
    """Something else is answered, and the connection ends."""
    await carry_whole(writer, fault.held)
    writer.close()


async def meanwhile(fault, reader, writer, rest):
    """Something is done elsewhere, and all goes on as if nothing were."""
    await asyncio.get_running_loop().run_in_executor(None, fault.held)
    await carry_whole(writer, rest)
    await carry_rest(reader, writer)


async def replace(fault, reader, writer, rest):
    """One text becomes another of the same length, once."""
    old, new = fault.held
    while rest:
        if old in rest:
            rest = rest.replace(old, new, 1)
            await carry_whole(writer, rest)
            break
        await carry_whole(writer, rest)
        rest = await reader.read(CHUNK)
    await carry_rest(reader, writer)

"""Stands between two ends and does to the bytes what networks do.

A proxy asks its plan, once for each connection, for a Way: two functions that see what passes and say what
becomes of it, how large the pieces are and how long they wait. It works between clients and semsd and, on a
socket named as PostgreSQL's, between semsd and its database.
"""
import asyncio
import os
import socket
import struct

COMMIT_REPLY = b"C\0\0\0\x0bCOMMIT\0" + b"Z\0\0\0\x05I"  # CommandComplete and ReadyForQuery


class Cut(Exception):
    """Ends a connection; args[0] is how: "close", "reset", "half" (towards the client only reading ends)."""


class Way:
    """One connection's treatment, which may change while it lasts. up: from the client; down: from the server."""

    def __init__(self, up=None, down=None, piece=65536, up_delay=0.0, down_delay=0.0):
        self.up, self.down = up or (lambda data: data), down or (lambda data: data)
        self.piece, self.up_delay, self.down_delay = piece, up_delay, down_delay


def cut_after(n, how):
    """A filter that lets n bytes pass and then cuts; what it lets pass is sent before."""
    seen = 0

    def look(data):
        nonlocal seen
        seen += len(data)
        if seen > n or (seen == n and n > 0):
            raise Cut(how, data[:len(data) - (seen - n)])
        return data
    return look


class CommitCutter:
    """Lets a database's reply pass until a COMMIT's; of that one only so many bytes. Works once an arming."""

    def __init__(self):
        self.offset = None
        self.cuts = 0
        self.tail = b""

    def arm(self, offset):
        """The next COMMIT's reply is cut after offset bytes."""
        self.offset = offset

    def __call__(self, data):
        if self.offset is None:
            return data
        at = data.find(COMMIT_REPLY)
        if at < 0:
            return data
        keep, self.offset = at + self.offset, None
        self.cuts += 1
        raise Cut("reset", data[:keep])


class RequestCutter:
    """Lets so many bytes of what goes to the database pass, then cuts. Works once an arming."""

    def __init__(self):
        self.left = None
        self.cuts = 0

    def arm(self, n):
        """The connection is cut after n more bytes."""
        self.left = n

    def __call__(self, data):
        if self.left is None:
            return data
        if len(data) < self.left:
            self.left -= len(data)
            return data
        keep, self.left = self.left, None
        self.cuts += 1
        raise Cut("reset", data[:keep])


class Proxy:
    """Listens at a path or on loopback and connects through to a target (path, HOST:PORT, or callable)."""

    def __init__(self, target, plan=None):
        self.target, self.plan = target, plan or (lambda n: Way())
        self.server = None
        self.address = None
        self.n = 0
        self.open = set()
        self.frozen = asyncio.Event()
        self.frozen.set()

    async def listen(self, path=None):
        """Starts; path: a Unix socket there, else a free port."""
        if path:
            self.server = await asyncio.start_unix_server(self._serve, path)
            os.chmod(path, 0o777)
            self.address = str(path)
        else:
            self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            self.address = "127.0.0.1:%d" % self.server.sockets[0].getsockname()[1]
        return self

    async def close(self):
        """Stops, and ends what is open."""
        self.server.close()
        self.drop_all()
        await asyncio.sleep(0)

    def freeze(self, frozen=True):
        """Nothing passes while frozen."""
        (self.frozen.clear if frozen else self.frozen.set)()

    def drop_all(self, how="reset"):
        """Ends each connection that is open."""
        for writers in list(self.open):
            for writer in writers:
                _end(writer, how)

    async def _serve(self, reader, writer):
        self.n += 1
        way = self.plan(self.n)
        target = self.target() if callable(self.target) else self.target
        try:
            if "/" in target:
                far_reader, far_writer = await asyncio.open_unix_connection(target)
            else:
                host, port = target.rsplit(":", 1)
                far_reader, far_writer = await asyncio.open_connection(host, int(port))
        except OSError:
            _end(writer, "reset")
            return
        pair = (writer, far_writer)
        self.open.add(pair)
        try:
            await asyncio.gather(self._pump(reader, far_writer, way, "up", pair),
                                 self._pump(far_reader, writer, way, "down", pair))
        finally:
            self.open.discard(pair)
            for w in pair:
                _end(w, "close")

    async def _pump(self, reader, writer, way, direction, pair):
        try:
            while True:
                data = await reader.read(65536)
                await self.frozen.wait()
                if not data:
                    if writer.can_write_eof():
                        writer.write_eof()
                    return
                await _send(writer, getattr(way, direction)(data), way.piece, getattr(way, direction + "_delay"))
        except Cut as cut:
            await _cut(cut, writer, pair)
        except OSError:
            for w in pair:
                _end(w, "reset")


async def _send(writer, data, piece, delay):
    for at in range(0, len(data), piece):
        if delay:
            await asyncio.sleep(delay)
        writer.write(data[at:at + piece])
        await writer.drain()
        if piece < 65536:
            await asyncio.sleep(0)


async def _cut(cut, writer, pair):
    how = cut.args[0]
    if len(cut.args) > 1 and cut.args[1]:
        try:
            writer.write(cut.args[1])
            await asyncio.wait_for(writer.drain(), 5)
        except (OSError, TimeoutError):
            pass
        await asyncio.sleep(0.002)  # so that it arrives before the end does
    if how == "half":
        if writer.can_write_eof() and not writer.is_closing():
            writer.write_eof()
        await asyncio.sleep(0.05)
    for w in pair:
        _end(w, how)


def _end(writer, how):
    sock = writer.get_extra_info("socket")
    if how == "reset" and sock is not None and sock.family != socket.AF_UNIX:
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
    if how == "reset":
        writer.transport.abort()
    else:
        writer.close()

"""Clients of a world: they journal what they send and what they are answered, and they never forget.

A Sender has an outbox. It sends batches, keeps what was not answered, connects again when its connection
goes, and ends when all is answered, as proto/PROTOCOL.md tells senders to do.
"""
import asyncio
import collections
import random
import socket
import struct
import time

from evidence import sems_client

varint = sems_client.encoder._VarintBytes  # pylint: disable=protected-access
RETRY_CAP_S = 0.3  # RETRY asks for up to a minute; a test does not have it


class Refused(Exception):
    """semsd refused; args[0] is the Refuse."""


def batch_bytes(number, raws):
    """A frame with a Batch, from records' bytes as they are."""
    body = b"\x08" + varint(number) + b"".join(b"\x12" + varint(len(r)) + r for r in raws)
    body = b"\x12" + varint(len(body)) + body
    return varint(len(body)) + body


def hello_bytes(software="world"):
    """A frame with a Hello."""
    frame = sems_client.pb.ClientFrame()
    frame.hello.protocol_min = frame.hello.protocol_max = 1
    frame.hello.software = software
    body = frame.SerializeToString()
    return varint(len(body)) + body


class Connection:
    """Frames over a stream."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.welcome = None

    async def frame(self):
        """The next ServerFrame; EOFError at the end, Refused for a refusal."""
        length, shift = 0, 0
        while True:
            byte = await self.reader.read(1)
            if not byte:
                raise EOFError
            length |= (byte[0] & 0x7F) << shift
            shift += 7
            if byte[0] < 0x80:
                break
        try:
            body = await self.reader.readexactly(length)
        except asyncio.IncompleteReadError as e:
            raise EOFError from e
        frame = sems_client.pb.ServerFrame.FromString(body)
        if frame.HasField("refuse"):
            raise Refused(frame.refuse)
        return frame

    async def put(self, data):
        """Sends bytes."""
        self.writer.write(data)
        await self.writer.drain()

    def close(self):
        """Ends the connection."""
        self.writer.close()

    def reset(self):
        """Ends it with an RST (TCP), with everything unread thrown away."""
        sock = self.writer.get_extra_info("socket")
        if sock is not None and sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


async def open_stream(address):
    """A Connection without a word said. address: a path, or HOST:PORT."""
    if "/" in address:
        reader, writer = await asyncio.open_unix_connection(address)
    else:
        host, port = address.rsplit(":", 1)
        reader, writer = await asyncio.open_connection(host, int(port))
    return Connection(reader, writer)


async def connect(address):
    """A greeted Connection."""
    connection = await open_stream(address)
    try:
        await connection.put(hello_bytes())
        connection.welcome = (await connection.frame()).welcome
    except BaseException:
        connection.close()
        raise
    return connection


class Sender:
    """Sends its outbox until every record has a final answer."""

    def __init__(self, journal, address, items, seed=0, batch=50, window=8, pace=0.0):
        self.journal, self.address = journal, address
        self.outbox = collections.deque(items)
        self.rng = random.Random(seed)
        self.batch, self.window, self.pace = batch, window, pace
        self.connections = self.retries = 0
        self.latencies = []
        self.last_answer = 0.0
        self.stopped = False

    async def run(self):
        """Until all is answered (or stop())."""
        pause = 0.02
        while self.outbox and not self.stopped:
            try:
                await self._converse()
                pause = 0.02
            except (OSError, EOFError, Refused, TimeoutError):
                await asyncio.sleep(pause * (0.5 + self.rng.random()))
                pause = min(0.5, pause * 2)

    def stop(self):
        """No further batch."""
        self.stopped = True

    async def _converse(self):
        address = self.address() if callable(self.address) else self.address
        connection = await asyncio.wait_for(connect(address), 10)
        self.connections += 1
        flying = {}
        try:
            number = 0
            while (self.outbox or flying) and not (self.stopped and not flying):
                while self.outbox and len(flying) < self.window and not self.stopped:
                    number += 1
                    batch = self._take()
                    flying[number] = (batch, time.monotonic())
                    await connection.put(batch_bytes(number, [item.raw for item in batch]))
                    if self.pace:
                        break
                await self._result(connection, flying)
                if self.pace:
                    await asyncio.sleep(self.pace)
        finally:
            for batch, _ in flying.values():
                self.outbox.extendleft(batch)
            connection.close()

    def _take(self):
        n = min(len(self.outbox), self.rng.randint(1, self.batch))
        batch = [self.outbox.popleft() for _ in range(n)]
        for item in batch:
            self.journal.sent(item)
        return batch

    async def _result(self, connection, flying):
        result = (await connection.frame()).result
        batch, began = flying.pop(result.batch_no)
        self.last_answer = time.monotonic()
        self.latencies.append(self.last_answer - began)
        if sum(run.count for run in result.verdicts) != len(batch):
            self.journal.fault("%d verdicts for a batch of %d" % (sum(r.count for r in result.verdicts), len(batch)))
            return
        at, again, wait = 0, [], 0
        for run in result.verdicts:
            for item in batch[at:at + run.count]:
                if self.journal.answered(item, run) == "RETRY":
                    again.append(item)
                    wait = max(wait, run.retry_after_ms / 1000)
            at += run.count
        self.retries += len(again)
        if again:
            self.outbox.extend(again)
            await asyncio.sleep(min(wait, RETRY_CAP_S))


async def deliver(journal, address, items, seed=0, seconds=60, **how):
    """One Sender from beginning to end; TimeoutError when that takes too long."""
    sender = Sender(journal, address, items, seed, **how)
    async with asyncio.timeout(seconds):
        await sender.run()
    return sender


def spread(journal, address, items, senders, seed, **how):
    """The items dealt out to several Senders."""
    return [Sender(journal, address, items[i::senders], seed + i, **how) for i in range(senders)]


async def run_all(senders, seconds=60):
    """All Senders at once."""
    async with asyncio.timeout(seconds):
        await asyncio.gather(*(s.run() for s in senders))

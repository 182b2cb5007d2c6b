"""Faults of the network and of clients: cut, split, joined, vanished, silent, hostile."""
import asyncio
import contextlib
import json
import os
import resource
import statistics
import time

import client
from client import batch_bytes, hello_bytes, varint
from evidence import sems_client
from outcome import Failure, need, need_program, until
from proxy import Way, cut_after


async def _collect(connection, expected, seconds=20):
    """Results of a raw conversation, by batch number."""
    results = {}
    async with asyncio.timeout(seconds):
        while len(results) < expected:
            frame = await connection.frame()
            if frame.HasField("result"):
                results[frame.result.batch_no] = frame.result
    return results


def _journal_results(world, batches, results):
    for number, items in batches.items():
        if number not in results:
            continue
        verdicts = [run for run in results[number].verdicts for _ in range(run.count)]
        need(len(verdicts) == len(items), "%d verdicts for %d records" % (len(verdicts), len(items)))
        for item, verdict in zip(items, verdicts):
            world.journal.answered(item, verdict)


def _session(world, maker):
    """A small conversation: its batches and its bytes."""
    batches = {1: maker.goods(2) + [maker.poison()], 2: maker.goods(1), 3: maker.goods(2)}
    batches[3].append(batches[3][0])
    for items in batches.values():
        for item in items:
            world.journal.sent(item)
    return batches, hello_bytes() + b"".join(batch_bytes(n, [i.raw for i in items]) for n, items in batches.items())


# --- F9 ------------------------------------------------------------------------------------------------

async def client_vanishes(world):
    """A session cut at byte offsets, both ways, in three manners; then everything is sent again."""
    daemon = await world.serving()
    maker = world.maker()
    _, data = _session(world, maker)
    length, reply = len(data), 500
    cuts = [(way, n, how) for way, end in (("up", length), ("down", reply)) for n in range(1, end + 1)
            for how in ("close", "reset", "half")]
    world.rng.shuffle(cuts)
    cuts = cuts[:world.more(90, 700)]
    width = 8
    for at in range(0, len(cuts), width):
        await asyncio.gather(*(_vanish(world, daemon, maker, *cut) for cut in cuts[at:at + width]))
    return "%d cuts" % len(cuts)


async def _vanish(world, daemon, maker, way, n, how):
    batches, data = _session(world, maker)
    look = cut_after(n, how)
    proxy = await world.between(daemon.tcp, lambda _: Way(**{way: look}))
    try:
        connection = await client.open_stream(proxy.address)
        try:
            await connection.put(data)
            results = {}
            try:
                async with asyncio.timeout(0.15):
                    while len(results) < 3:
                        frame = await connection.frame()
                        if frame.HasField("result"):
                            results[frame.result.batch_no] = frame.result
            finally:
                _journal_results(world, batches, results)
        finally:
            connection.close()
    except (OSError, EOFError, client.Refused, TimeoutError):
        pass
    await proxy.close()
    world.proxies.remove(proxy)
    items = [item for batch in batches.values() for item in batch]
    await client.deliver(world.journal, daemon.socket, items, seconds=30)


# --- F10 -----------------------------------------------------------------------------------------------
# P-203

async def split_and_joined(world):
    """The same conversation split at each offset, byte by byte, and in one piece: the same answers."""
    daemon = await world.serving()
    maker = world.maker()
    _, data = _session(world, maker)
    offsets = list(range(1, len(data) + 100))
    world.rng.shuffle(offsets)
    offsets = offsets[:world.more(100, len(offsets))]
    for at in range(0, len(offsets), 10):
        await asyncio.gather(*(_split(world, daemon, maker, [n]) for n in offsets[at:at + 10]))
    for _ in range(world.more(1, 5)):
        await _split(world, daemon, maker, range(1, 1500))
    pieces = await _joined(world, daemon, maker)
    return "%d splits, byte by byte, %d frames in pieces of 64 KiB" % (len(offsets), pieces)


async def _split(world, daemon, maker, offsets):
    batches, data = _session(world, maker)
    connection = await client.open_stream(daemon.socket if world.rng.random() < 0.5 else daemon.tcp)
    last = 0
    for n in offsets:
        await connection.put(data[last:n])
        last = n
        await asyncio.sleep(0.001 if len(offsets) == 1 else 0)
    await connection.put(data[last:])
    results = await _collect(connection, 3)
    connection.close()
    _journal_results(world, batches, results)
    need(world.journal.answers[batches[3][2].raw][-2:] == ["STORED", "DUPLICATE"], "a repeat in a batch: %s"
         % world.journal.answers[batches[3][2].raw])


async def _joined(world, daemon, maker):
    """Many frames, joined into pieces of 64 KiB, as a busy network delivers them."""
    n = world.more(60, 1000)
    batches = {number: maker.goods(world.rng.randint(1, 30)) for number in range(1, n + 1)}
    data, window = hello_bytes(), 16
    connection = await client.open_stream(daemon.socket)
    results = {}
    for number, items in batches.items():
        for item in items:
            world.journal.sent(item)
        data += batch_bytes(number, [i.raw for i in items])
        if len(data) > 65536 or number % window == 0 or number == n:
            await connection.put(data)
            data = b""
            results.update(await _collect(connection, number - len(results)))
    connection.close()
    _journal_results(world, batches, results)
    return n


# --- F25 -----------------------------------------------------------------------------------------------

async def silent_and_slow(world):
    """Connections that say nothing, half a Hello or a frame a byte a second: closed, and nobody waits."""
    daemon = await world.serving()
    maker = world.maker()
    n = world.more(300, 2000)
    _room_for(n)
    good = [client.Sender(world.journal, daemon.socket, maker.goods(world.more(60, 400)), i, batch=5, window=1)
            for i in range(world.more(10, 50))]
    await client.run_all(good)
    alone = _p99(good)
    before, descriptors = daemon.rss_kib(), daemon.descriptors()
    lazy = await asyncio.gather(*(_half_open(daemon, i) for i in range(n)))
    for sender in good:
        sender.latencies.clear()
        sender.outbox.extend(maker.goods(world.more(60, 400)))
    await client.run_all(good)
    among = _p99(good)
    memory = (daemon.rss_kib() - before) / 1024
    closing = await until(lambda: daemon.descriptors() <= descriptors + n // 4 + 2, 45,
                          "half-open connections are not closed: %s of %d descriptors left" % (daemon.descriptors(), n))
    for connection in lazy:
        connection.close()
    await until(lambda: daemon.descriptors() <= descriptors + 2, 10, "descriptors do not come back")
    need(among < max(20 * alone, 2.0), "good senders' p99 went from %.0f to %.0f ms" % (alone * 1e3, among * 1e3))
    need(memory < world.more(64, 64) * (6 if world.programs.sanitized else 1), "memory grew by %.0f MiB" % memory)
    return "%d half-open, p99 %.0f ms (alone %.0f), closed after %.0f s, memory +%.0f MiB" % (
        n, among * 1e3, alone * 1e3, closing, memory)


def _p99(senders):
    return statistics.quantiles([x for s in senders for x in s.latencies], n=100)[98]


def _room_for(n):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2 * n + 200:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * n + 200), hard))


async def _half_open(daemon, i):
    """One in four is greeted and then lets a frame hang; the others never get that far."""
    connection = await client.open_stream(daemon.socket)
    said = (b"", hello_bytes()[:7], b"\xff\xff\x3f" + b"x" * 20, hello_bytes())[i % 4]
    # On a busy machine its time is over before its turn comes.
    with contextlib.suppress(ConnectionError):
        await connection.put(said)
    return connection


# --- F26 -----------------------------------------------------------------------------------------------

def _frame(body):
    return varint(len(body)) + body


def _hostile():
    """(name, bytes after a Hello): what no decoder should be led by."""
    record = sems_client.records.Record(source="F26.0").SerializeToString()
    nested = b""
    for _ in range(4000):
        nested = b"\x5b" + nested + b"\x5c" if len(nested) < 8000 else nested
    deep = b"\x0a\x00"
    for _ in range(3000):
        deep = b"\x12" + varint(len(deep)) + deep
    yield "a length of 2^63", b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f"
    yield "a length of 4 GiB", b"\x80\x80\x80\x80\x10"
    yield "a length without end", b"\xff" * 11
    yield "a frame one byte over the limit", varint(1024 * 1024 + 1)
    yield "a million empty records", _frame(b"\x12" + varint(1000000) + b"\x12\x00" * 500000)
    yield "more records than a batch may have", batch_bytes(1, [record] * 50000)
    yield "nested groups", _frame(b"\x12" + varint(len(nested)) + nested)
    yield "nested messages", _frame(deep)
    yield "unknown fields", _frame(b"\xf8\x3f\x01" * 300000)
    yield "unknown fields in a batch", _frame(b"\x12" + varint(900000) + b"\xf8\x3f\x01" * 300000)
    yield "a text longer than its frame", _frame(b"\x0a\x84\x80\x80\x40abcd")
    yield "field number 0", _frame(b"\x00\x01")
    yield "an overlong varint", _frame(b"\x08" + b"\x80" * 20 + b"\x01")
    yield "packed numbers", _frame(b"\x12" + varint(100002) + b"\x0a" + varint(100000) + b"\x01" * 100000)


async def hostile_bytes(world):
    """Lengths, counts, nesting and floods: refused or answered, memory bounded, nobody else disturbed."""
    daemon = await world.serving()
    maker = world.maker()
    attacks = list(_hostile())
    before = daemon.rss_kib()
    if os.access("/proc/%d/clear_refs" % daemon.pid, os.W_OK):
        daemon.reset_peak()
    for name, data in attacks * world.more(1, 2):
        await asyncio.gather(*(_attack(daemon, data) for _ in range(world.more(4, 20))))
        await client.deliver(world.journal, daemon.socket, maker.goods(1), seconds=20)
        need(not daemon.ended(), "%s ends semsd" % name)
    await _attack_with_noise(world, daemon, maker)
    peak = (daemon.peak_kib() - before) / 1024
    need(peak < (96 if not world.programs.sanitized else 600), "peak memory grew by %.0f MiB" % peak)
    return "%d attacks, peak memory +%.0f MiB" % (len(attacks), peak)


async def _attack(daemon, data):
    connection = None
    try:
        connection = await client.connect(daemon.socket)
        connection.writer.write(data)
        async with asyncio.timeout(0.5):
            await connection.writer.drain()
            while True:
                await connection.frame()
    except (OSError, EOFError, client.Refused, TimeoutError):
        pass
    finally:
        if connection is not None:
            connection.reset()


async def _attack_with_noise(world, daemon, maker):
    """Random bytes, and good conversations with bits turned over."""
    _, data = _session(world, maker)
    keep = len(hello_bytes())
    for _ in range(world.more(10, 100)):
        spoiled = bytearray(data[keep:])
        for _ in range(world.rng.randint(1, 20)):
            spoiled[world.rng.randrange(len(spoiled))] = world.rng.randrange(256)
        # What it makes may be a record that nobody meant: under sources that nobody registered.
        spoiled = bytes(spoiled).replace(b"F26.", b"G26.")
        await asyncio.gather(_attack(daemon, bytes(spoiled)), _attack(daemon, world.rng.randbytes(3000)))
    await client.deliver(world.journal, daemon.socket, maker.goods(5), seconds=20)


# --- F29 -----------------------------------------------------------------------------------------------

async def backlog_drains(world):
    """Many senders come back with what they kept; others send live, and their answers do not wait."""
    daemon = await world.serving()
    maker = world.maker()
    n, each = world.more((40, 250), (100, 1000))
    backlog = client.spread(world.journal, daemon.socket,
                            maker.goods(n * each, kind="tip_event"), n, 1, batch=world.more(50, 500), window=8)
    live = client.spread(world.journal, daemon.tcp, maker.goods(world.more(200, 1000)), 5, 2, batch=1, window=1,
                         pace=0.005)
    began = time.monotonic()
    draining = asyncio.gather(*(s.run() for s in backlog))
    async with asyncio.timeout(world.more(60, 300)):
        await asyncio.gather(*(s.run() for s in live))
        took_live = time.monotonic() - began
        await draining
    took = time.monotonic() - began
    worst = max(x for s in live for x in s.latencies)
    need(worst < 5.0, "a live record waited %.1f s for its answer" % worst)
    return "%d senders with %d records drained in %.1f s; live p99 %.0f ms, worst %.0f ms over %.1f s" % (
        n, n * each, took, _p99(live) * 1e3, worst * 1e3, took_live)


# --- F43 -----------------------------------------------------------------------------------------------

PADDED = 12_000_000


async def unread_answers(world):
    """Many ask for a document of 12 MB and read nothing; those who read get it, and memory comes back."""
    daemon = await world.serving()
    n = world.more(60, 300)
    _room_for(n)
    await asyncio.to_thread(_freeze, daemon, "2019-Q1")
    padded = "document || repeat(' ', %d)" % PADDED
    world.cluster.sql("SET session_replication_role = replica; UPDATE sems.spd_revision SET document = %s, "
                      "sha256 = sha256(convert_to(%s, 'UTF8')) WHERE quarter = '2019-Q1'" % (padded, padded))
    before = daemon.rss_kib()
    daemon.reset_peak()
    lazy = [await client.connect(daemon.socket) for _ in range(n)]
    for connection in lazy:
        await connection.put(b"".join(_ask_frame(number) for number in range(1, 5)))
    got = await asyncio.gather(*(asyncio.to_thread(_read, daemon, "2019-Q1") for _ in range(world.more(3, 12))))
    need(all(size > PADDED for size in got), "readers got %s bytes" % got)
    grown = (daemon.peak_kib() - before) / 1024
    for connection in lazy:
        connection.close()
    kept = lambda: (daemon.rss_kib() - before) / 1024  # noqa: E731
    if not world.programs.sanitized:
        need(grown < 400, "memory grew by %.0f MiB" % grown)
        await until(lambda: kept() < 64, 20, "memory stays: +%.0f MiB" % kept())
    return "%d unread, %d readers served, memory +%.0f MiB, then +%.0f" % (n, len(got), grown, kept())


def _request(fill):
    request = sems_client.admin.Request()
    fill(request)
    return request


def _spd(operation, quarter, revision=0):
    def fill(request):
        request.spd.operation, request.spd.quarter, request.spd.revision = operation, quarter, revision
    return _request(fill)


def _ask_frame(number):
    frame = sems_client.pb.ClientFrame()
    frame.request.CopyFrom(_spd(sems_client.admin.SPD_OPERATION_SHOW, "2019-Q1", 1))
    frame.request.request_no = number
    return _frame(frame.SerializeToString())


def _freeze(daemon, quarter):
    with sems_client.Client(daemon.socket, timeout=120) as asking:
        asking.hello("world")
        code, text, _ = asking.ask(_spd(sems_client.admin.SPD_OPERATION_FREEZE, quarter))
        need(code == sems_client.admin.RESPONSE_CODE_OK, "the freeze was refused: %s" % text)


def _read(daemon, quarter):
    """As a client does: asks again when it is told to."""
    with sems_client.Client(daemon.socket, timeout=120) as asking:
        asking.hello("world")
        for _ in range(100):
            code, text, document = asking.ask(_spd(sems_client.admin.SPD_OPERATION_SHOW, quarter, 1))
            if code != sems_client.admin.RESPONSE_CODE_UNAVAILABLE:
                break
            time.sleep(0.5)
        need(code == sems_client.admin.RESPONSE_CODE_OK, "the document was refused: %s" % text)
        return len(document)


# --- F44 -----------------------------------------------------------------------------------------------

async def sessions_without_end(world):
    """All the connections that one address may have, silent and greeted: others are let in, who is not is told why."""
    need_program("prlimit")
    descriptors = world.more(600, 2400)
    daemon = await world.serving(before=["prlimit", "--nofile=%d:%d" % (descriptors, descriptors)])
    maker = world.maker()
    _room_for(descriptors)
    lines = len(daemon.log().splitlines())
    silent = []
    flood = asyncio.create_task(_flood(daemon, silent, descriptors))
    served = 0
    while not flood.done():
        await client.deliver(world.journal, daemon.tcp, maker.goods(1), seconds=10)
        served += 1
    await flood
    need(served >= 10, "only %d conversations beside the flood" % served)
    greeted, refusal = await _greeted_until_refused(daemon, descriptors)
    need(refusal.code == sems_client.pb.REFUSE_CODE_BUSY and refusal.retry_after_ms > 0, "refused with %s" % refusal)
    began = time.monotonic()
    sessions = await asyncio.to_thread(_sessions, daemon)
    took = time.monotonic() - began
    need(took < (5 if world.programs.sanitized else 1), "status took %.1f s" % took)
    need(sessions["open"] >= len(greeted) and sessions["refused"] > 0 and sessions["made_way"] > 0,
         "status says %s" % sessions)
    lines = len(daemon.log().splitlines()) - lines
    need(lines < 40, "%d lines in the log" % lines)
    for connection in silent + greeted:
        connection.close()
    await client.deliver(world.journal, daemon.tcp, maker.goods(5), seconds=10)
    return "%d silent, %d conversations beside them, %d greeted, then %d refused; %d lines, status in %.0f ms" % (
        len(silent), served, len(greeted), sessions["refused"], lines, took * 1e3)


async def _flood(daemon, into, n):
    """Connections that say nothing, as fast as they are taken."""
    for i in range(n):
        try:
            into.append(await asyncio.wait_for(client.open_stream(daemon.tcp), 5))
        except (OSError, TimeoutError):
            continue
        if i % 8 == 0:
            await asyncio.sleep(0.01)


async def _greeted_until_refused(daemon, most):
    greeted = []
    while len(greeted) < most:
        try:
            greeted.append(await asyncio.wait_for(client.connect(daemon.tcp), 10))
        except client.Refused as refused:
            return greeted, refused.args[0]
    raise Failure("%d connections of one address are let in" % most)


def _sessions(daemon):
    with sems_client.Client(daemon.socket, timeout=20) as asking:
        asking.hello("world")
        code, text, document = asking.ask(_request(lambda request: request.status.SetInParent()))
        need(code == sems_client.admin.RESPONSE_CODE_OK, "no status: %s" % text)
        return json.loads(document)["sessions"]


FAULTS = (
    ("F9", "client vanishes at any byte", client_vanishes),
    ("F10", "frames split and joined", split_and_joined),
    ("F25", "half-open connections and slow loris", silent_and_slow),
    ("F26", "hostile lengths, counts and nesting", hostile_bytes),
    ("F43", "answers that nobody reads", unread_answers),
    ("F44", "sessions without end", sessions_without_end),
    ("F29", "backlog after an outage", backlog_drains),
)

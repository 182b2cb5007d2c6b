"""Faults of semsd's own process: killed, starved of memory, descriptors and time, signalled, traced."""
import asyncio
import glob
import mmap
import os
import pathlib
import re
import signal
import struct
import subprocess
import time

import client
import evidence
from outcome import Failure, Skip, need, need_program, until

RESTART_S = 1.0


def _tracer(world, *what):
    """strace before semsd; skips when this machine does not let one process trace another."""
    need_program("strace")
    probe = subprocess.run(["strace", "-o", "/dev/null", "/bin/true"], check=False, capture_output=True)
    if probe.returncode != 0:
        raise Skip("strace may not trace here")
    return ["strace", "-f", "-qq", "-o", "/dev/null", *what]


# --- F8 ------------------------------------------------------------------------------------------------

SYSCALLS = ("writev", "readv", "sendto", "recvfrom", "epoll_wait", "epoll_ctl", "accept4", "close", "ioctl", "fcntl",
            "getsockopt", "poll", "write", "clock_gettime", "brk", "mmap")


async def killed(world):
    """kill -9 at the Nth call of each system call, and at any moment; every answer stays true."""
    need_program("strace")
    maker = world.maker()
    outbox = [client.Sender(world.journal, "", maker.goods(40), i, batch=4, window=3) for i in range(3)]
    slowest, kills = 0.0, 0
    for i in range(world.more(12, 60)):
        before = []
        if i % 3:
            call = world.rng.choice(SYSCALLS[:5] if world.rng.random() < 0.7 else SYSCALLS)
            before = _tracer(world, "-e", "trace=" + call, "-e",
                             "inject=%s:signal=SIGKILL:when=%d" % (call, world.rng.randint(1, 250)))
        kills += await _live_and_die(world, maker, outbox, before)
        slowest = max(slowest, await _restart(world, outbox))
    limit = RESTART_S * (4 if world.programs.sanitized else 1)
    need(slowest < limit, "a restart took %.1f s" % slowest)
    return "%d kills, slowest restart %.2f s" % (kills, slowest)


async def _live_and_die(world, maker, outbox, before):
    daemon = world.daemon(before=before)
    daemon.launch()
    for sender in outbox:
        sender.address = daemon.socket
        sender.stopped = False
        sender.outbox.extend(maker.goods(30))
    running = asyncio.gather(*(s.run() for s in outbox))
    await asyncio.sleep(0.05 + world.rng.random() * 0.5)
    deadline = time.monotonic() + (1.0 if before else 0)
    while not daemon.ended() and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    daemon.kill()
    for sender in outbox:
        sender.stop()
    await asyncio.wait_for(running, 20)
    return 1


async def _restart(world, outbox):
    daemon = world.daemon()
    took = await daemon.start()
    for sender in outbox:
        sender.address = daemon.socket
        sender.stopped = False
    await client.run_all(outbox)
    need(await daemon.stop() == 0, "semsd does not stop cleanly: " + daemon.log_end())
    return took


# --- F20 -----------------------------------------------------------------------------------------------

CLOCKS = ("+0", "+3h", "-2h", "+30d", "-10d", "+0", "-20000d", "+0")


async def clock_steps(world):
    """The wall clock jumps while clients are connected; then instants at the edges of quarters and summers."""
    library = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    if not library:
        raise Skip("libfaketime is not installed (package faketime)")
    clock = world.folder / "clock"
    clock.write_text("+0\n")
    clock.chmod(0o644)
    daemon = await world.serving(
        env={"LD_PRELOAD": library[0], "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
             "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}, asan="verify_asan_link_order=0")
    idle = [await client.connect(daemon.socket) for _ in range(3)]
    maker = world.maker(first=evidence.ms("2001-01-01T00:00:00Z"), days=6000)
    for step in CLOCKS * world.more(1, 2):
        half = await _half_a_frame(world, daemon, maker)
        clock.write_text(step + "\n")
        await asyncio.sleep(0.05)
        if not step.startswith("-2000"):
            await client.deliver(world.journal, daemon.socket, maker.goods(5), seconds=15)
        if step.startswith("-2000"):
            half[0].close()  # in 1972 its record lies in the future
        else:
            await _other_half(world, half, step)
        await asyncio.sleep(1.1 if world.long or step in ("+3h", "-10d") else 0.05)
        need(not any(c.reader.at_eof() for c in idle), "an idle connection is closed when the clock jumps by " + step)
    for connection in idle:
        connection.close()
    await client.deliver(world.journal, daemon.socket, _edges(maker), seconds=30)
    return "%d jumps, %d instants at edges" % (len(CLOCKS) * world.more(1, 2), len(_edges(maker)))


async def _half_a_frame(world, daemon, maker):
    connection = await client.connect(daemon.socket)
    items = [maker.good()]
    world.journal.sent(items[0])
    data = client.batch_bytes(1, [items[0].raw])
    await connection.put(data[:20])
    return connection, items[0], data[20:]


async def _other_half(world, half, step):
    connection, item, rest = half
    try:
        await connection.put(rest)
        result = (await asyncio.wait_for(connection.frame(), 10)).result
        world.journal.answered(item, result.verdicts[0])
    except (OSError, EOFError, client.Refused) as e:
        raise Failure("half a frame, the clock jumps by %s, then the rest: %s" % (step, e)) from e
    finally:
        connection.close()


def _edges(maker):
    """Records at the first and last milliseconds of quarters, of summers, of leap days and years."""
    times = []
    for text in ("2025-12-31T23:59:59Z", "2026-03-29T00:59:59Z", "2026-03-31T22:59:59Z", "2026-03-31T23:29:59Z",
                 "2026-06-30T22:59:59Z", "2025-09-30T22:59:59Z", "2025-10-26T00:59:59Z", "2024-02-28T23:59:59Z",
                 "2024-02-29T23:59:59Z", "2000-01-01T00:00:00Z"):
        for off in (-1, 0, 999, 1000, 1001):
            at = evidence.ms(text) + off
            if at >= evidence.ms("2000-01-01T00:00:00Z"):
                times.append(at)
    return [maker.good(at=at, kind=kind) for at in times for kind in ("tip_event", "equipment_check")]


# --- F22 -----------------------------------------------------------------------------------------------

class Allocations:
    """What failing_malloc.so counts and is told."""

    def __init__(self, path):
        path.write_bytes(bytes(32))
        path.chmod(0o666)
        self.file = open(path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), 32)

    def get(self):
        """(count, fail_at, on, failed)"""
        return struct.unpack("<4Q", self.map[:])

    def fail(self, after, on):
        """The allocation that comes after so many fails, and with on all that follow."""
        count = self.get()[0]
        self.map[8:24] = struct.pack("<2Q", count + after if after else 0, on)

    def none(self):
        """They succeed again."""
        self.map[8:24] = bytes(16)


async def allocations_fail(world):
    """Every allocation fails in turn, once and from then on: at the start, and while it serves."""
    built = os.path.join(world.programs.build, "failing_malloc.so")
    if not os.path.exists(built):
        raise Skip("failing_malloc.so is not built")
    library = world.programs.folder / "failing_malloc.so"
    library.write_bytes(pathlib.Path(built).read_bytes())
    library.chmod(0o755)
    control = Allocations(world.folder / "allocations")
    env = {"LD_PRELOAD": str(library), "FAILING_MALLOC": str(world.folder / "allocations")}
    started = await _fail_at_start(world, control, env)
    served = await _fail_while_serving(world, control, env)
    return "%d starts, %s" % (started, served)


async def _fail_at_start(world, control, env):
    control.none()
    first = await world.serving(env=env, asan="verify_asan_link_order=0")
    total = control.get()[0]
    await first.stop()
    points = world.rng.sample(range(1, total), min(total - 1, world.more(6, 40)))
    for n in points:
        control.map[0:32] = struct.pack("<4Q", 0, n, world.rng.randrange(2), 0)
        daemon = world.daemon(env=env, asan="verify_asan_link_order=0")
        daemon.launch()
        await until(lambda d=daemon: d.ended() or d.log().count("event=semsd.started"), 20,
                    "semsd neither starts nor ends after allocation %d failed" % n)
        control.none()
        status = daemon.process.poll()
        # OpenSSL 3.0 does not survive every failure of its own initialisation; nothing was taken by then.
        if status == -signal.SIGSEGV and "OPENSSL_init_crypto" in daemon.log():
            continue
        need(status is None or status in (64, 69, 78), "allocation %d of the start failed: status %s: %s"
             % (n, status, daemon.log_end(5)))
        if status is None:
            await until(daemon.welcomes, 10, "started in spite of allocation %d, but does not serve" % n)
            await daemon.stop()
    return len(points)


async def _fail_while_serving(world, control, env):
    daemon = await world.serving(env=env, asan="verify_asan_link_order=0")
    await client.deliver(world.journal, daemon.socket, _small(world))  # whatever is made once is made now
    count = control.get()[0]
    await client.deliver(world.journal, daemon.socket, _small(world), batch=4)
    each = control.get()[0] - count
    tried = [(n, on) for on in (0, 1) for n in range(1, each + 5)]
    if not world.long:
        once = len(tried) // 2
        tried = world.rng.sample(tried[:once], min(once, 50)) + world.rng.sample(tried[once:], min(once, 8))
    for n, on in tried:
        await _fail_once(world, daemon, control, n, on)
    return "%d failures of the %d allocations of a conversation" % (len(tried), each)


async def _fail_once(world, daemon, control, n, on):
    """One conversation in which the nth allocation fails, and with on those after it for a moment."""
    control.fail(n, on)
    sender = client.Sender(world.journal, daemon.socket, _small(world), n, batch=4)
    running = asyncio.ensure_future(sender.run())
    await asyncio.wait([running], timeout=0.05 if on else 3)
    control.none()
    try:
        await asyncio.wait_for(running, 15)
    except TimeoutError as e:
        raise Failure("no service after allocation %d failed (on=%d): %s" % (n, on, daemon.log_end())) from e
    need(not daemon.ended(), "semsd ends when allocation %d fails (on=%d)" % (n, on))


def _small(world):
    """A conversation that is as good as the same each time."""
    maker = world.maker(days=1)
    return maker.goods(3, kind="tip_event") + [maker.poison()] + maker.goods(2, kind="tip_event")


def _some(world, maker):
    return maker.goods(3) + [maker.poison()] + maker.goods(2)


# --- F23 -----------------------------------------------------------------------------------------------

# Not among them: errors of sendto that leave the connection open. libpq takes them for a broken connection
# and waits for the end that a broken one has; no kernel gives ECONNRESET or EPIPE without it.
ERRORS = (
    ("accept4", "ECONNABORTED EMFILE ENFILE ENOBUFS ENOMEM EPROTO EINTR EPERM"),
    ("readv", "ECONNRESET EINTR EAGAIN ENOMEM ETIMEDOUT EIO"),
    ("writev", "ECONNRESET EPIPE EINTR EAGAIN ENOBUFS ENOMEM EIO"),
    ("sendto", "EINTR EAGAIN"),
    ("recvfrom", "ECONNRESET EINTR EAGAIN ENOMEM EIO"),
    ("epoll_ctl", "ENOMEM ENOSPC"),
    ("epoll_wait", "EINTR"),
    ("socket", "EMFILE ENFILE ENOBUFS ENOMEM EACCES"),
    ("connect", "ECONNREFUSED EAGAIN EINTR EACCES"),
    ("fcntl", "EMFILE EINVAL"),
    ("getsockopt", "ENOBUFS"),
    ("setsockopt", "ENOBUFS ENOMEM"),
    ("ioctl", "ENOTTY EIO"),
    ("poll", "EINTR ENOMEM"),
    ("write", "EPIPE EAGAIN EIO ENOSPC"),
    ("openat", "EMFILE ENFILE EACCES ENOMEM EIO"),
    ("read", "EIO EINTR"),
    ("getrandom", "EINTR ENOSYS"),
    ("mmap", "ENOMEM"),
    ("brk", "ENOMEM"),
    ("close", "EINTR EIO"),
    ("fsync", "EIO"),
)


LOADING = ("mmap", "brk", "openat", "read", "close")  # what the loader calls, too


async def system_calls_fail(world):
    """A system call fails, at the start or while it serves: no crash, no false answer, and it goes on."""
    # The sanitizer's own memory comes from mmap: it ends the process without.
    cases = [(call, error, when) for call, errors in ERRORS for error in errors.split()
             if not (world.programs.sanitized and error == "ENOMEM" and call in LOADING)
             for when in (1, 2, world.rng.randint(3, 12), world.rng.randint(13, 60))]
    world.rng.shuffle(cases)
    refused = 0
    cases = cases[:world.more(14, 80)]
    for call, error, when in cases:
        refused += await _call_fails(world, call, error, when)
    return "%d failures of %d calls, %d of them ended the start with a reason" % (
        len(cases), len({c[0] for c in cases}), refused)


async def _call_fails(world, call, error, when):
    step = world.rng.choice(("", "", "+7"))
    what = "%s %s at call %d%s" % (call, error, when, step)
    daemon = world.daemon(before=_tracer(world, "-e", "trace=" + call, "-e",
                                         "inject=%s:error=%s:when=%d%s" % (call, error, when, step)))
    daemon.launch()
    maker = world.maker()
    sender = client.Sender(world.journal, daemon.socket, _some(world, maker) + maker.goods(20), 1, batch=3)
    running = asyncio.ensure_future(sender.run())
    until_ = time.monotonic() + 12
    while not running.done() and not daemon.ended() and time.monotonic() < until_:
        await asyncio.sleep(0.02)
    sender.stop()
    started = "event=semsd.started" in daemon.log()
    if daemon.ended():
        # Before main() it is the loader that ends the process, with a word or without.
        loading = (daemon.process.returncode == 127 and "loading shared libraries" in daemon.log()
                   or call in LOADING and when <= 120 and not daemon.log())
        need(loading or not started and daemon.process.returncode in (64, 69, 78), "%s: semsd ends with status %s: %s"
             % (what, daemon.process.returncode, daemon.log_end(5)))
    else:
        need(running.done() or step, "%s: no service: %s" % (what, daemon.log_end(5)))
    if not running.done():
        running.cancel()
    ended = daemon.ended()
    daemon.kill()
    await asyncio.gather(running, return_exceptions=True)
    return ended


# --- F24 -----------------------------------------------------------------------------------------------

async def descriptors_run_out(world):
    """64 descriptors, 500 callers: those who are connected are served, the log stays short, then all is well."""
    need_program("prlimit")
    daemon = await world.serving(before=["prlimit", "--nofile=64:64"])
    maker = world.maker()
    inside = [client.Sender(world.journal, daemon.socket, maker.goods(20), i, batch=2, window=1, pace=0.01)
              for i in range(3)]
    running = asyncio.gather(*(s.run() for s in inside))
    await asyncio.sleep(0.1)
    callers = []
    for _ in range(500):
        try:
            callers.append(await asyncio.wait_for(client.open_stream(daemon.socket), 0.02))
        except (OSError, TimeoutError):
            continue
    for sender in inside:
        sender.outbox.extend(maker.goods(100))
    async with asyncio.timeout(20):
        await running
    need(all(s.connections == 1 for s in inside), "who was connected had to connect again")
    if world.long:
        for pid in world.cluster.semsd_backends():
            os.kill(pid, signal.SIGTERM)
        await asyncio.sleep(2)
    lines = len(daemon.log().splitlines())
    for connection in callers:
        connection.close()
    took = await until(daemon.welcomes, 20, "nobody is let in when there is room again")
    await client.deliver(world.journal, daemon.socket, maker.goods(5), seconds=15)
    need(took < 5, "%.1f s until somebody was let in again" % took)
    need(lines < 80, "%d lines in the log" % lines)
    return "%d callers, %d lines logged, %.1f s until somebody was let in again" % (len(callers), lines, took)


# --- F35 -----------------------------------------------------------------------------------------------

async def signals_storm(world):
    """Signals that must not matter, and SIGHUP, and stopping and continuing, while records come."""
    daemon = await world.serving()
    maker = world.maker()
    storm = [signal.SIGPIPE, signal.SIGHUP, signal.SIGHUP, signal.SIGWINCH, signal.SIGURG, signal.SIGCHLD, signal.SIGCONT]
    senders = [client.Sender(world.journal, daemon.socket, maker.goods(world.more(300, 3000)), i, batch=3, window=2,
                             pace=0.002) for i in range(4)]
    running = asyncio.gather(*(s.run() for s in senders))
    sent = 0
    for _ in range(world.more(250, 1000)):
        os.kill(daemon.pid, world.rng.choice(storm))
        sent += 1
        if world.rng.random() < 0.03:
            os.kill(daemon.pid, signal.SIGSTOP)
            await asyncio.sleep(world.rng.random() * 0.1)
            os.kill(daemon.pid, signal.SIGCONT)
        await asyncio.sleep(0.002)
    async with asyncio.timeout(60):
        await running
    need(not daemon.ended(), "semsd ended")
    lines = len(daemon.log().splitlines())
    need(lines < 50 + 2 * sent, "%d lines logged" % lines)
    return "%d signals" % sent


# --- F36 -----------------------------------------------------------------------------------------------

async def log_blocked(world):
    """Nobody reads the log: semsd goes on, and says later how many lines are lost."""
    reading, writing = os.pipe()
    daemon = world.daemon(stderr=writing, options=("--verbose",))
    daemon.launch()
    os.close(writing)
    await until(daemon.welcomes, 20, "semsd does not start")
    maker = world.maker()
    for _ in range(world.more(600, 3000)):
        (await client.connect(daemon.socket)).close()
    await client.deliver(world.journal, daemon.socket, maker.goods(200), seconds=20)
    os.set_blocking(reading, False)
    text = _drain(reading)
    for _ in range(3):
        (await client.connect(daemon.socket)).close()
    await asyncio.sleep(0.1)
    text += _drain(reading)
    status = await daemon.stop()
    text += _drain(reading)
    os.close(reading)
    dropped = sum(int(n) for n in re.findall(rb"dropped=(\d+)", text))
    need(dropped > 100, "%d lines are said to be lost" % dropped)
    need(status == 0, "status %d" % status)
    need(not any(b"event=" not in line for line in text.splitlines()), "a line is torn")
    return "%d lines dropped and counted, %d written" % (dropped, len(text.splitlines()))


def _drain(fd):
    out = b""
    while True:
        try:
            data = os.read(fd, 1 << 20)
        except BlockingIOError:
            return out
        if not data:
            return out
        out += data


# --- F40 -----------------------------------------------------------------------------------------------
# P-402

async def flush_before_answer(world):
    """PostgreSQL flushes the write-ahead log, then says COMMIT, then semsd answers: seen by one tracer."""
    _tracer(world)
    daemon = await world.serving()
    maker = world.maker()
    await client.deliver(world.journal, daemon.socket, maker.goods(1, kind="tip_event"))
    trace = world.folder / "trace"
    pids = sum((["-p", str(p)] for p in [*world.cluster.processes(), daemon.pid]), [])
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-s", "4096", "-e", "trace=fdatasync,fsync,sendto,recvfrom,writev,pwrite64", "-e",
         "signal=none", "-o", str(trace), *pids], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        await asyncio.sleep(1.0)
        if tracer.poll() is not None:
            raise Skip("strace may not attach here")
        connection = await client.connect(daemon.socket)
        await asyncio.sleep(0.3)
        answered = 0
        for _ in range(world.more(20, 200)):
            await client.deliver(world.journal, daemon.socket, maker.goods(1, kind="tip_event"), batch=1)
            answered += 1
        connection.close()
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(20)
    proven = _order(trace.read_text(errors="replace"), daemon.pid)
    need(proven >= answered, "%d answers, %d of them with the flush, COMMIT and answer in order" % (answered, proven))
    return "%d answers, each after a flush of the log and its COMMIT" % proven


def _order(text, semsd):
    """Counts cycles of: rows come, a flush returns, a backend sends COMMIT, semsd reads it, semsd answers STORED."""
    state, proven = 0, 0
    for line in text.splitlines():
        pid, _, call = line.partition(" ")
        call = call.strip()
        ours = int(pid) == semsd
        if not ours and "recvfrom" in call and "PGCOPY" in call:
            state = 0
        elif not ours and re.match(r"(<\.\.\. )?(fdatasync|fsync)\b.*= 0", call):
            state = 1
        elif not ours and call.startswith("sendto") and "COMMIT" in call and "COPY" in call:
            need(state == 1, "a backend says COMMIT before a flush: " + line[:200])
            state = 2
        elif ours and "recvfrom" in call and "COMMIT" in call:
            state = 3 if state == 2 else state
        elif ours and call.startswith("writev") and re.search(r'\\32|\\x1a', call):
            need(state in (0, 1, 3), "semsd answers before it read COMMIT: " + line[:200])
            proven += state == 3
            state = 0
    return proven


FAULTS = (
    ("F8", "semsd killed at any call", killed),
    ("F20", "clock steps and edges of quarters", clock_steps),
    ("F22", "allocations fail", allocations_fail),
    ("F23", "system calls fail", system_calls_fail),
    ("F24", "descriptors run out", descriptors_run_out),
    ("F35", "signals", signals_storm),
    ("F36", "log blocked", log_blocked),
    ("F40", "log flushed before each answer", flush_before_answer),
)

"""Faults of time: what a freeze saw while records were on their way, and clocks that step over a quarter's end."""
import asyncio
import datetime
import glob
import json
import subprocess
import time
import zoneinfo

import client
import cluster as cluster_
import evidence
from evidence import sems_client
from outcome import Skip, need, until

KINDS = ("tip_event", "equipment_check", "activity")


def faketime(path, offset="+0"):
    """Environment of a process whose wall clock is set by writing to path. Skips without libfaketime."""
    library = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    if not library:
        raise Skip("libfaketime is not installed (package faketime)")
    path.write_text(offset + "\n")
    path.chmod(0o644)
    return {"LD_PRELOAD": library[0], "FAKETIME_TIMESTAMP_FILE": str(path), "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


class Quarter:
    """A civil quarter of the world's zone."""

    def __init__(self, year, number):
        self.label = "%d-Q%d" % (year, number)
        after = (year + number // 4, 3 * number % 12 + 1)
        first, end = (datetime.datetime(y, m, 1, tzinfo=zoneinfo.ZoneInfo(evidence.ZONE))
                      for y, m in ((year, 3 * number - 2), after))
        self.bounds = (first.isoformat(), end.isoformat())
        self.first_ms, self.end_ms = (int(t.timestamp() * 1000) for t in (first, end))


class Office:
    """One quarter's freezes, asked of semsd."""

    def __init__(self, daemon, quarter):
        self.daemon, self.quarter = daemon, quarter

    async def ask(self, fill):
        """The code and the document of one request, on a connection of its own."""
        def one():
            request = sems_client.admin.Request()
            fill(request)
            with sems_client.Client(self.daemon.socket, timeout=120) as asker:
                asker.hello("world")
                code, text, document = asker.ask(request)
                return code, text, json.loads(document) if document else {}
        return await asyncio.to_thread(one)

    async def must(self, fill, what):
        """The document of a request that is granted."""
        code, text, document = await self.ask(fill)
        need(code == sems_client.admin.RESPONSE_CODE_OK, "%s: %s" % (what, text))
        return document

    async def spd(self, operation, revision=0, **more):
        """(code, document) of an SpdRequest."""
        def fill(request):
            request.spd.operation = getattr(sems_client.admin, "SPD_OPERATION_" + operation)
            request.spd.quarter, request.spd.revision = self.quarter, revision
            for name, value in more.items():
                setattr(request.spd, name, value)
        code, text, document = await self.ask(fill)
        return code == sems_client.admin.RESPONSE_CODE_OK, text, document

    async def freeze(self):
        """The next revision, taken back at once so that another can follow. Returns its number."""
        good, text, document = await self.spd("FREEZE", early="the world does not wait", exclude_embargoed="none")
        need(good, "freeze: " + text)
        good, text, _ = await self.spd("WITHDRAW", document["revision"], text="another follows")
        need(good, "withdraw: " + text)
        return document["revision"]

    async def verify(self, revision):
        """The report; fails when something is not sound."""
        def fill(request):
            request.verify.quarter, request.verify.revision = self.quarter, revision
        report = await self.must(fill, "verify")
        need(report["sound"], "revision %d is not sound: %s; %s" % (
            revision, [c for c in report["checks"] if not c["good"]], report["findings"][:3]))
        return report

    async def diff(self, revision):
        """What came since."""
        good, text, document = await self.spd("DIFF", revision)
        need(good, "diff: " + text)
        return document["records"]

    async def trace(self, record_id):
        """What is known of a record."""
        def fill(request):
            request.trace.record_id = record_id
        return await self.must(fill, "trace")


def stored(cluster, first, after):
    """How many records a period has, given as instants."""
    return sum(int(cluster.rows("SELECT count(*) FROM sems.%s WHERE occurred_at >= '%s' AND occurred_at < '%s'"
                                % (kind, first, after))[0][0]) for kind in cluster.kinds())


async def agree(world, office, revision, first, after):
    """While nobody sends: whatever is stored and has no leaf is late, to verify, diff and trace alike."""
    report = await office.verify(revision)
    late, total = report["counts"]["late"], stored(world.cluster, first, after)
    need(report["leaves"] + late == total, "revision %d: %d leaves and %d late records, %d are stored"
         % (revision, report["leaves"], late, total))
    came = await office.diff(revision)
    need(came["count"] == late, "revision %d: diff lists %d records, verify %d" % (revision, came["count"], late))
    for one in [f for f in report["findings"] if f["what"] == "late"][:2]:
        told = await office.trace(bytes.fromhex(one["record_id"].replace("-", "")))
        without = {w["revision"]: (w["what"], w["text"]) for w in told["without"]}
        need(without.get(revision) == ("late", one["text"]), "trace says %r, verify %r" % (without, one))
    return late


# --- F41 -----------------------------------------------------------------------------------------------

BLOCK = 25  # freezes of one quarter; then nobody sends for a moment
CLOCKS = ("+0", "+0", "-10m", "+10m", "-400d")


async def freeze_at_work(world):
    """Quarters frozen again and again while senders are at work, commits wait and semsd's clock is set."""
    clock = world.folder / "clock-f41"
    try:
        env = faketime(clock)
    except Skip:
        env = None  # the rest can be tried without
    daemon = await world.serving(env=env, asan="verify_asan_link_order=0" if env else "")
    freezes = world.more(14, 1000)
    late = behind = 0
    for block in range((freezes + BLOCK - 1) // BLOCK):
        quarter = Quarter(2014 + block // 4, 1 + block % 4)
        n = min(BLOCK, freezes - block * BLOCK)
        some, waited = await _block(world, Office(daemon, quarter.label), quarter, n, clock if env else None)
        late, behind = late + some, behind + waited
    need(late > 0 and behind > 0, "no record was on its way during any freeze")
    return "%d freezes, %d late records, %d received before and stored after" % (freezes, late, behind)


async def _block(world, office, quarter, n, clock):
    maker = world.maker(first=quarter.first_ms, days=89)
    senders = [client.Sender(world.journal, office.daemon.socket, (), i, batch=4, window=3, pace=0.02)
               for i in range(3)]
    feeding = asyncio.create_task(_feed(senders, maker))
    revisions, behind = [], 0
    for i in range(n):
        if clock:
            clock.write_text(world.rng.choice(CLOCKS) + "\n")
        if i % 3 == 2:
            revisions.append(await _frozen_behind_a_lock(world, office))
        else:
            await asyncio.sleep(world.rng.random() * 0.1)
            revisions.append(await office.freeze())
        report = await office.verify(revisions[-1])
        behind += sum("time of receipt is earlier" in f["text"] for f in report["findings"])
    feeding.cancel()
    await asyncio.wait([feeding])
    late = 0
    for revision in revisions[-3:]:
        late += await agree(world, office, revision, *quarter.bounds)
    return late, behind


async def _feed(senders, maker):
    """Keeps every sender busy, each on the connection that it has."""
    running = [None] * len(senders)
    try:
        while True:
            for i, sender in enumerate(senders):
                if len(sender.outbox) < 10:
                    sender.outbox.extend(maker.good(kind=maker.rng.choice(KINDS)) for _ in range(10))
                if running[i] is None or running[i].done():
                    running[i] = asyncio.create_task(sender.run())
            await asyncio.sleep(0.02)
    except asyncio.CancelledError:
        for sender in senders:
            sender.stop()
        await asyncio.wait([r for r in running if r is not None], timeout=60)


async def _frozen_behind_a_lock(world, office):
    """What is on its way waits, as behind the making of an index, until the quarter is frozen."""
    psql = subprocess.Popen([cluster_.binaries() + "/psql", "-Xq", "-h", str(world.cluster.folder), "-U", "postgres",
                             "-d", "sems"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        psql.stdin.write("BEGIN; LOCK TABLE sems.tip_event, sems.activity IN SHARE MODE;\n")
        psql.stdin.flush()
        await until(lambda: world.cluster.rows("SELECT 1 FROM pg_locks WHERE NOT granted AND mode = "
                                               "'RowExclusiveLock'"), 20, "nobody waits for the lock")
        return await office.freeze()
    finally:
        psql.stdin.close()
        psql.wait(30)


# --- F42 -----------------------------------------------------------------------------------------------

OVER = Quarter(2026, 1)


async def clock_steps_over_the_end(world):
    """The machine's clock, semsd's and PostgreSQL's, steps to and fro over the end of a quarter."""
    clock = world.folder / "clock-f42"
    away = cluster_.Cluster(world.folder / "f42", env=faketime(clock))
    whole, world.cluster = world.cluster, away
    try:
        _set(clock, -20)
        away.make()
        daemon = await world.serving(env=faketime(clock), asan="verify_asan_link_order=0")
        world.set_up(daemon, [world.fault])
        return await _step(world, daemon, clock, Office(daemon, OVER.label))
    finally:
        await world.leave()
        world.cluster = whole
        if away.process is not None:
            away.stop("immediate")
        world.journal.forget(world.fault)


def _set(clock, seconds):
    """So long after the quarter's end."""
    clock.write_text("%+d\n" % (OVER.end_ms / 1000 + seconds - time.time()))


async def _step(world, daemon, clock, office):
    maker = world.maker(first=OVER.first_ms, days=79)
    frozen, refused = [], 0
    steps = [world.rng.choice((-7200, -300, -20, 30, 600, 90000, 5 * 86400)) for _ in range(world.more(4, 40))]
    for at in [-20, 90000, -300, 86400, -20, 5 * 86400, *steps]:
        _set(clock, at)
        await client.deliver(world.journal, daemon.socket, maker.goods(20, kind="tip_event"), seconds=30)
        good, text, shown = await office.spd("SHOW")
        need(good, "show, %d s after the end: %s" % (at, text))
        total, counted = stored(world.cluster, *OVER.bounds), shown["completeness"]["late"]["received"]
        need(counted == total, "%d records are stored, %d are counted" % (total, counted))
        good, text, document = await office.spd("FREEZE", early="it steps", exclude_embargoed="none")
        need(good == (at >= 0), "freeze, %d s after the end: %s" % (at, text or "granted"))
        refused += not good
        if good:
            frozen.append(document["revision"])
            good, text, _ = await office.spd("WITHDRAW", frozen[-1], text="another follows")
            need(good, "withdraw: " + text)
        for revision in frozen[-3:]:
            await agree(world, office, revision, *OVER.bounds)
    away = world.journal.check(world.cluster, world.keys, world.fault)
    need(not away, "\n".join(away[:10]))
    return "%d steps, %d revisions, %d freezes refused" % (6 + len(steps), len(frozen), refused)


FAULTS = (
    ("F41", "frozen while senders are at work", freeze_at_work),
    ("F42", "clock steps over a quarter's end", clock_steps_over_the_end),
)

"""Faults of the database: stopped, killed, cut in COMMIT, unsafe, full, slow, without a partition."""
import asyncio
import os
import signal
import subprocess
import time

import client
import cluster as cluster_
from outcome import Failure, Skip, need, until
from proxy import COMMIT_REPLY, CommitCutter, RequestCutter, Way

BACK_S = 5.0  # after the database is back, an answer within this


async def _probe(world, daemon, seconds, text):
    """A record that is stored within so many seconds; how long it took."""
    began = time.monotonic()
    try:
        await client.deliver(world.journal, daemon.socket, world.maker().goods(1), seconds=seconds)
    except TimeoutError as e:
        raise Failure("%s: no answer in %.0f s: %s" % (text, seconds, daemon.log_end())) from e
    return time.monotonic() - began


class Load:
    """Senders that go on until told, so that a fault always meets work."""

    def __init__(self, world, address, senders=4, batch=20, window=4, **how):
        self.world, self.maker, self.how = world, world.maker(), how
        self.senders = [client.Sender(world.journal, address, [], world.rng.randrange(1 << 30), batch, window)
                        for _ in range(senders)]
        self.task = None

    def start(self):
        """Begins to send."""
        self.task = asyncio.gather(*(self._keep(s) for s in self.senders))
        return self

    async def _keep(self, sender):
        while not sender.stopped:
            if len(sender.outbox) < 100:
                sender.outbox.extend(self.maker.goods(50, **self.how))
                sender.outbox.append(self.maker.poison())
            running = asyncio.ensure_future(sender.run())
            while not running.done() and len(sender.outbox) >= 20:
                await asyncio.sleep(0.01)
            if len(sender.outbox) < 20 and not sender.stopped:
                sender.outbox.extend(self.maker.goods(50, **self.how))
            await running

    async def end(self, seconds=60):
        """No more; returns when everything is answered."""
        for s in self.senders:
            s.stopped = True
        async with asyncio.timeout(seconds):
            await self.task
            for s in self.senders:
                s.stopped = False
                await s.run()


# --- F1 ------------------------------------------------------------------------------------------------

async def stopped_and_killed(world):
    """Cycles of every way a server goes away, under load."""
    daemon = await world.serving()
    load = Load(world, daemon.socket).start()
    ways = ["fast", "immediate", "kill", "backend", "terminate"]
    cycles = world.more(5, 12)
    slowest = 0.0
    for i in range(cycles):
        await asyncio.sleep(world.rng.random() * 0.4)
        way = ways[i % len(ways)]
        if way in ("backend", "terminate"):
            for pid in world.cluster.semsd_backends():
                os.kill(pid, signal.SIGKILL if way == "backend" else signal.SIGTERM)
            await until(world.cluster.answers, 30, "PostgreSQL did not recover")
        else:
            (world.cluster.kill if way == "kill" else lambda: world.cluster.stop(way))()
            await _nothing_is_answered(world)
            world.cluster.start()
        slowest = max(slowest, await _probe(world, daemon, BACK_S + world.more(5, 0) * world.programs.sanitized,
                                            "after " + way))
    await load.end()
    return "%d cycles, back after %.1f s at most" % (cycles, slowest)


async def _nothing_is_answered(world):
    """While the server is down no record may be called stored. What was sent before may still be read."""
    await asyncio.sleep(0.2)
    told = []
    world.journal.watchers.append(lambda item, name: told.append(name) if name in ("STORED", "DUPLICATE") else None)
    await asyncio.sleep(world.rng.random() * 0.5)
    world.journal.watchers.clear()
    need(not told, "%d records answered while the database is down" % len(told))


# --- F2 ------------------------------------------------------------------------------------------------

async def commit_reply_cut(world):
    """The reply of a COMMIT cut after each of its bytes: the outcome is unknown, and never doubled."""
    cutter = CommitCutter()
    _, conninfo = await world.database_proxy(lambda n: Way(down=cutter))
    daemon = await world.serving(database=conninfo)
    maker = world.maker()
    offsets = list(range(len(COMMIT_REPLY) + 1)) * world.more(1, 4)
    for offset in offsets:
        items = maker.goods(5) + [maker.poison()] * (offset % 2) + maker.goods(1)
        cutter.arm(offset)
        await client.deliver(world.journal, daemon.socket, items, seconds=20)
        if cutter.offset is not None:
            raise Failure("no COMMIT came by")
    return "%d cuts" % cutter.cuts


async def request_cut(world):
    """What semsd sends to the database cut after some byte: nothing of it is stored, or all of it."""
    cutter = RequestCutter()
    _, conninfo = await world.database_proxy(lambda n: Way(up=cutter))
    daemon = await world.serving(database=conninfo)
    maker = world.maker()
    for _ in range(world.more(25, 150)):
        items = maker.goods(6, kind="tip_event") + [maker.poison()]
        cutter.arm(world.rng.randint(1, 2500))
        await client.deliver(world.journal, daemon.socket, items, seconds=20, batch=7)
        cutter.left = None
    return "%d cuts" % cutter.cuts


async def lost_in_commit(world):
    """Both directions."""
    return "replies: %s, requests: %s" % (await commit_reply_cut(world), await request_cut(world))


# --- F3 ------------------------------------------------------------------------------------------------

class CommitSpoiler:
    """Makes a transaction's COMMIT an ABORT, which PostgreSQL reports as a success with another tag."""

    def __init__(self):
        self.armed = 0
        self.spoilt = 0

    def __call__(self, data):
        if self.armed and b"COMMIT" in data:
            self.armed -= 1
            self.spoilt += 1
            return data.replace(b"COMMIT", b"ABORT ")
        return data


async def commit_is_rollback(world):
    """COMMIT succeeds with tag ROLLBACK: nothing is stored, so nothing may be answered."""
    spoiler = CommitSpoiler()
    _, conninfo = await world.database_proxy(lambda n: Way(up=spoiler))
    daemon = await world.serving(database=conninfo)
    maker = world.maker()
    stored = maker.goods(20)
    await client.deliver(world.journal, daemon.socket, stored)
    for i in range(world.more(12, 40)):
        spoiler.armed = 1 + i % 2
        items = maker.goods(3) + [maker.poison()] * (i % 3) + [world.rng.choice(stored)] * (i % 2)
        await client.deliver(world.journal, daemon.socket, items, seconds=20)
    need(spoiler.spoilt > 10, "only %d transactions were rolled back" % spoiler.spoilt)
    return "%d transactions rolled back instead" % spoiler.spoilt


# --- F4 ------------------------------------------------------------------------------------------------

async def standby_wait_cancelled(world):
    """A COMMIT that waits for a standby that is not there, cancelled: committed, perhaps, only here."""
    daemon = await world.serving()
    maker = world.maker(days=1)  # one partition, which is there: what waits are the records' own commits
    cycles = world.more(2, 5)
    await client.deliver(world.journal, daemon.socket, maker.goods(3, kind="tip_event"))
    for _ in range(cycles):
        world.cluster.sql("ALTER SYSTEM SET synchronous_standby_names = 'nosuch'")
        world.cluster.sql("SELECT pg_reload_conf()")
        sender = client.Sender(world.journal, daemon.socket, maker.goods(7, kind="tip_event"), 1)
        running = asyncio.ensure_future(sender.run())
        for _ in range(3):
            await until(lambda: world.cluster.sql(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'").strip() != "0", 20,
                "no COMMIT waits for the standby")
            world.cluster.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        await asyncio.sleep(0.1)
        need(not sender.latencies, "answered without the standby")
        world.cluster.sql("ALTER SYSTEM RESET synchronous_standby_names")
        world.cluster.sql("SELECT pg_reload_conf()")
        await asyncio.wait_for(running, 30)
    return "%d cycles of 3 cancelled waits" % cycles


# --- F5 ------------------------------------------------------------------------------------------------

async def failover(world):
    """A primary with a synchronous standby dies, the standby is promoted, and the old primary comes back."""
    first = cluster_.Cluster(world.folder / ("a%d" % world.folders), ["max_wal_senders=4"])
    second = cluster_.Cluster(world.folder / ("b%d" % world.folders))
    world.folders += 1
    whole, world.cluster = world.cluster, first
    try:
        first.make()
        second.copy_of(first)
        first.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        first.sql("SELECT pg_reload_conf()")
        await until(lambda: "sync" in first.sql("SELECT sync_state FROM pg_stat_replication"), 30, "no standby")
        conninfo = "host=%s,%s dbname=sems user=semsd target_session_attrs=read-write connect_timeout=3" % (
            first.folder, second.folder)
        daemon = await world.serving(database=conninfo)
        world.set_up(daemon, [world.fault])
        return await _fail_over(world, first, second, daemon)
    finally:
        await world.leave()
        world.cluster = whole
        for made in (first, second):
            if made.process is not None:
                made.stop("immediate")
        world.journal.forget(world.fault)


async def _fail_over(world, first, second, daemon):
    load = Load(world, daemon.socket, kind="tip_event").start()
    await asyncio.sleep(world.more(0.5, 3))
    first.kill()
    await asyncio.sleep(world.rng.random())
    second.sql("SELECT pg_promote()")
    world.cluster = second
    took = await _probe(world, daemon, 15, "after the standby was promoted")
    # The old primary thinks that it is one still, and comes first in semsd's list: but its commits wait.
    first.start()
    _terminate(second)
    await _nothing_is_answered(world)
    first.stop("immediate")
    await _probe(world, daemon, 15, "after the old primary was stopped")
    # It comes back as it should, and is passed over.
    (first.data / "standby.signal").touch()
    first.start()
    _terminate(second)
    await _probe(world, daemon, 15, "with the old primary as a standby")
    await load.end()
    second.kinds()
    wrong = world.journal.check(second, world.keys, world.fault)
    need(not wrong, "\n".join(wrong[:10]))
    return "served %.1f s after the promotion" % took


def _terminate(cluster):
    for pid in cluster.semsd_backends():
        os.kill(pid, signal.SIGTERM)
    time.sleep(0.1)


# --- F51 -----------------------------------------------------------------------------------------------

class Pair:
    """A primary, its synchronous standby, and a semsd that answers what both have."""

    def __init__(self, world):
        self.world = world
        self.primary, self.standby = (
            cluster_.Cluster(world.folder / ("%s%d" % (name, world.folders)), ["max_wal_senders=4"])
            for name in ("p", "s"))
        world.folders += 1

    def make(self):
        """Both run, and commits wait for the second."""
        self.primary.make()
        self.standby.copy_of(self.primary)
        self.set("synchronous_standby_names = '*'")

    def set(self, what):
        """A setting of the primary, in force."""
        self.primary.sql("SET synchronous_commit = local; ALTER SYSTEM SET " + what)
        self.primary.sql("SELECT pg_reload_conf()")

    def change(self):
        """The standby is promoted, and the old primary becomes its standby, from a new copy."""
        self.primary.kill()
        self.standby.sql("SELECT pg_promote()")
        self.primary, self.standby = self.standby, cluster_.Cluster(
            self.world.folder / ("s%d" % self.world.folders), ["max_wal_senders=4"])
        self.world.folders += 1
        self.world.cluster = self.primary

    def end(self):
        """Neither runs."""
        for made in (self.primary, self.standby):
            if made.process is not None:
                made.stop("immediate")


async def _sent_back(world, daemon, why):
    """A record is answered RETRY and stays with its sender."""
    sender = client.Sender(world.journal, daemon.socket, world.maker(days=1).goods(1, kind="tip_event"), 1)
    running = asyncio.ensure_future(sender.run())
    await until(lambda: sender.retries > 0, 20, "no RETRY " + why)
    need(sender.outbox or not running.done(), "stored " + why)
    return running


async def replicated(world):
    """durability: replicated. The standby dies and returns, none is waited for, a wait is cancelled, the primary dies."""
    pair = Pair(world)
    whole, world.cluster = world.cluster, pair.primary
    try:
        pair.make()
        conninfo = "host=%s,%s dbname=sems user=semsd target_session_attrs=read-write connect_timeout=3" % (
            pair.primary.folder, pair.standby.folder)
        daemon = await world.serving(database=conninfo, options=["--durability", "replicated"])
        world.set_up(daemon, [world.fault])
        return await _replicated(world, pair, daemon)
    finally:
        await world.leave()
        world.cluster = whole
        pair.end()
        world.journal.forget(world.fault)


async def _replicated(world, pair, daemon):
    load = Load(world, daemon.socket, kind="tip_event").start()
    await _probe(world, daemon, 15, "with a standby")
    for _ in range(world.more(1, 5)):
        pair.standby.kill()
        waiting = await _sent_back(world, daemon, "without the standby")
        pair.standby.start()
        await asyncio.wait_for(waiting, 30)
    pair.set("synchronous_standby_names = ''")
    waiting = await _sent_back(world, daemon, "with no standby waited for")
    pair.set("synchronous_standby_names = '*'")
    await asyncio.wait_for(waiting, 30)
    pair.set("synchronous_commit = local")
    waiting = await _sent_back(world, daemon, "with commits that do not wait")
    pair.set("synchronous_commit = on")
    await asyncio.wait_for(waiting, 30)
    # It stands still while commits wait for it; they are cancelled, and nobody is answered.
    os.kill(pair.standby.process.pid, signal.SIGSTOP)
    for process in pair.standby.processes():
        os.kill(process, signal.SIGSTOP)
    await until(lambda: pair.primary.sql(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'").strip() != "0", 20, "no COMMIT waits")
    for _ in range(3):
        pair.primary.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        await asyncio.sleep(0.2)
    for process in pair.standby.processes():
        os.kill(process, signal.SIGCONT)
    await _probe(world, daemon, 30, "after the standby went on")
    pair.change()
    waiting = await _sent_back(world, daemon, "by a promoted server that has no standby")
    pair.standby.copy_of(pair.primary)
    pair.set("synchronous_standby_names = '*'")
    await asyncio.wait_for(waiting, 60)
    await load.end()
    pair.primary.kinds()
    wrong = world.journal.check(pair.primary, world.keys, world.fault)
    need(not wrong, "\n".join(wrong[:10]))
    days = pair.primary.rows("SELECT DISTINCT level FROM sems.durability_day")
    need(days == [["replicated"]], "levels noted: %s" % days)
    return "standby and primary killed, waits cancelled, settings changed"


# --- F6 ------------------------------------------------------------------------------------------------

UNSAFE = (  # name, how it becomes unsafe, how it becomes safe, whether the server restarts
    ("fsync off", "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM RESET fsync", False),
    ("full_page_writes off", "ALTER SYSTEM SET full_page_writes = off", "ALTER SYSTEM RESET full_page_writes", False),
    ("synchronous_commit off", "ALTER SYSTEM SET synchronous_commit = off",
     "ALTER SYSTEM RESET synchronous_commit", False),
    ("synchronous_commit off for the role", "ALTER ROLE semsd SET synchronous_commit = off",
     "ALTER ROLE semsd RESET synchronous_commit", False),
    ("read-only", "ALTER DATABASE sems SET default_transaction_read_only = on",
     "SET transaction_read_only = off; ALTER DATABASE sems RESET default_transaction_read_only", False),
    ("unlogged table", "ALTER TABLE %(partition)s SET UNLOGGED", "ALTER TABLE %(partition)s SET LOGGED", False),
    ("another schema", "UPDATE sems.schema_migration SET sha256 = repeat('0', 64) WHERE version = 1",
     "UPDATE sems.schema_migration SET sha256 = %(digest)s WHERE version = 1", False),
    ("a newer schema", "INSERT INTO sems.schema_migration (version, sha256) VALUES (9999, repeat('0', 64))",
     "DELETE FROM sems.schema_migration WHERE version = 9999", False),
)


async def unsafe_stores(world):
    """Each setting with which STORED would be a lie: refused at the start and at each reconnect."""
    first = await world.serving()
    maker = world.maker()
    await client.deliver(world.journal, first.socket, maker.goods(5, kind="tip_event"))
    partition = world.cluster.rows("SELECT min(tableoid::regclass::text) FROM sems.tip_event")[0][0]
    digest = world.cluster.rows("SELECT sha256 FROM sems.schema_migration WHERE version = 1")[0][0]
    names = {"partition": partition, "digest": "'" + digest + "'"}
    for name, bad, good, _ in UNSAFE:
        _alter(world, bad % names)
        try:
            await _refused_at_start(world, name)
            if "schema" not in name and "table" not in name:
                await _refused_at_reconnect(world, first, name)
        finally:
            _alter(world, good % names)
        await _probe(world, first, 10, "after " + name)
    return "%d settings" % len(UNSAFE)


def _alter(world, statements):
    for statement in statements.split("; "):
        if not statement.startswith("SET transaction"):
            world.cluster.sql("SET default_transaction_read_only = off; " * ("RESET default_tr" in statement) + statement)
    world.cluster.sql("SELECT pg_reload_conf()")


async def _refused_at_start(world, name):
    daemon = world.daemon()
    daemon.launch()
    sender = client.Sender(world.journal, daemon.socket, world.maker().goods(2), 1)
    running = asyncio.ensure_future(sender.run())
    for _ in range(80):
        if daemon.ended():
            break
        await asyncio.sleep(0.02)
    sender.stop()
    running.cancel()
    need(not sender.latencies, "%s: a record is answered" % name)
    need(daemon.ended() and daemon.process.returncode in (69, 78),
         "%s: semsd does not refuse to start (status %s): %s" % (name, daemon.process.poll(), daemon.log_end(4)))
    need(len(daemon.log()) > 20, "%s: semsd does not say why" % name)


async def _refused_at_reconnect(world, daemon, name):
    for pid in world.cluster.semsd_backends():
        os.kill(pid, signal.SIGTERM)
    await asyncio.sleep(0.1)
    sender = client.Sender(world.journal, daemon.socket, world.maker().goods(2), 1)
    running = asyncio.ensure_future(sender.run())
    await asyncio.sleep(0.7)
    need(not sender.latencies, "%s: a record is answered after a reconnect" % name)
    running.cancel()
    try:
        await running
    except asyncio.CancelledError:
        pass


# --- F7 ------------------------------------------------------------------------------------------------

async def disk_full(world):
    """The database's disk fills up: no false answer, and it goes on by itself when there is room."""
    if os.getuid() != 0:
        raise Skip("mounting a small disk needs root")
    disk = cluster_.make_folder(world.folder / "disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m,mode=0777", "tmpfs", str(disk)],
                      check=False, capture_output=True).returncode != 0:
        raise Skip("mount is not permitted")
    small = cluster_.Cluster(disk / "db", ["max_wal_size=32MB", "min_wal_size=4MB", "wal_recycle=off"])
    whole, world.cluster = world.cluster, small
    try:
        small.make(["--wal-segsize=1"])
        first = await world.serving()
        world.set_up(first, [world.fault])
        return await _fill(world, small, first, disk / "ballast")
    finally:
        await world.leave()
        world.cluster = whole
        small.stop("immediate")
        subprocess.run(["umount", "-l", str(disk)], check=False)


async def _fill(world, small, daemon, ballast):
    times = world.more(1, 2)
    panics = 0
    for _ in range(times):
        load = Load(world, daemon.socket, kind="tip_event", padding=2000).start()
        await asyncio.sleep(0.3)
        with open(ballast, "wb") as f:
            try:
                while f.write(b"\0" * 65536):
                    f.flush()
            except OSError:
                pass
        await asyncio.sleep(world.more(2.0, 5.0))
        os.unlink(ballast)
        if small.process.poll() is not None or not small.answers():
            panics += 1
            small.stop("immediate")
            small.start()
        await _probe(world, daemon, 10, "when there is room again")
        await load.end()
    wrong = world.journal.check(small, world.keys, world.fault)
    need(not wrong, "\n".join(wrong[:10]))
    world.journal.forget(world.fault)
    full = (small.folder / "postgres.log").read_text(errors="replace").count("No space left")
    need(full, "the disk never was full for PostgreSQL")
    return "%d times full, PostgreSQL ended %d times" % (times, panics)


# --- F15 -----------------------------------------------------------------------------------------------

async def partition_dropped(world):
    """Partitions vanish beneath a running semsd: made again, never taken for a bad record."""
    daemon = await world.serving()
    maker = world.maker()
    times = world.more(6, 25)
    for _ in range(times):
        kind = world.rng.choice(("tip_event", "activity", "heartbeat"))
        item = maker.good(kind=kind)
        # The month beside it, which holds nothing anybody was told about.
        at = (1798761600000 if world.rng.random() < 0.5 else 1609459200000) + world.rng.randrange(300) * 86400000
        later = maker.good(kind=kind, at=min(at, int(time.time() * 1000)))
        await client.deliver(world.journal, daemon.socket, [item, later])
        await _drop(world, kind, later)
        again = [maker.good(kind=kind, at=min(at, int(time.time() * 1000))) for _ in range(3)]
        await client.deliver(world.journal, daemon.socket, again + [maker.poison()])
    return "%d dropped" % times


async def _drop(world, kind, item):
    """Empties and drops an item's partition, as if it had never been made."""
    name = world.cluster.rows("SELECT tableoid::regclass::text FROM sems.%s WHERE record_id = '%s'"
                              % (kind, item.record_id.hex()))[0][0]
    gone = world.cluster.rows("SELECT source, record_id FROM %s" % name)
    world.cluster.sql("SET lock_timeout = '5s'; DROP TABLE %s" % name)
    world.journal.lost([(source, bytes.fromhex(i.replace("-", ""))) for source, i in gone])


# --- F28 -----------------------------------------------------------------------------------------------
# P-308

async def slow_database(world):
    """Every reply of the database late, then none at all: the window closes and memory stays."""
    way = Way()
    database, conninfo = await world.database_proxy(lambda n: way)
    daemon = await world.serving(database=conninfo)
    maker = world.maker()
    n = world.more(60, 1000)
    before = daemon.rss_kib()
    items = [maker.good(kind="tip_event", padding=800) for _ in range(n * world.more(40, 60))]
    pushers = client.spread(world.journal, daemon.socket, items, n, 1, batch=10, window=16)
    way.down_delay = 0.5
    running = asyncio.gather(*(p.run() for p in pushers))
    await asyncio.sleep(world.more(1.5, 10))
    grown = await _freeze(world, daemon, before)
    way.down_delay = 0.0
    database.freeze()
    await asyncio.sleep(world.more(1, 10))
    grown = max(grown, daemon.rss_kib() - before) / 1024
    database.freeze(False)
    async with asyncio.timeout(world.more(60, 200)):
        await running
    need(grown <= (400 if world.programs.sanitized else 64),
         "resident memory grew by %.0f MiB with %d pushing clients" % (grown, n))
    return "%d clients pushing into a slow, a stopped and a silent database, memory +%.0f MiB" % (n, grown)


async def _freeze(world, daemon, before):
    """Stops semsd's backends for a while; how much memory grew by then, in KiB."""
    frozen = world.cluster.semsd_backends()
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(world.more(1.5, 30))
    grown = daemon.rss_kib() - before
    for pid in frozen:
        os.kill(pid, signal.SIGCONT)
    return grown


FAULTS = (
    ("F1", "database stopped and killed", stopped_and_killed),
    ("F2", "connection lost in COMMIT, at each byte", lost_in_commit),
    ("F3", "COMMIT that rolls back", commit_is_rollback),
    ("F4", "wait for a standby cancelled", standby_wait_cancelled),
    ("F5", "failover", failover),
    ("F6", "unsafe settings", unsafe_stores),
    ("F7", "disk full", disk_full),
    ("F15", "partition missing", partition_dropped),
    ("F28", "slow and frozen database", slow_database),
    ("F51", "durability replicated", replicated),
)

"""Faults of semsds that end or stand still at the wrong moment: in a migration, in a COPY, with a lock."""
import asyncio
import contextlib
import os
import pathlib
import re
import signal
import subprocess
import time

import client
import cluster as cluster_
from evidence import sems_client
from faults_time import Office, Quarter
from outcome import need, until

# --- F47 -----------------------------------------------------------------------------------------------

AGAIN = (0, 69, -signal.SIGKILL)  # how a semsd may end whose database was taken from it, or that was killed


def _empty(world, name):
    """A database that nobody has migrated; returns what semsd is told."""
    world.cluster.sql("CREATE DATABASE %s OWNER sems_owner" % name, "postgres")
    return world.cluster.conninfo().replace("dbname=sems", "dbname=" + name)


def _schema(world, name):
    """All that a migration makes, but for when it did."""
    done = subprocess.run([cluster_.binaries() + "/pg_dump", "-h", str(world.cluster.folder), "-U", "postgres", "-d", name,
                           "--schema-only"], capture_output=True, text=True, check=True)
    rows = world.cluster.sql("SELECT version, sha256 FROM sems.schema_migration ORDER BY 1; TABLE sems.kind; "
                             "TABLE sems.setting; TABLE sems.retention_policy; SELECT name FROM sems.key_check ORDER BY 1",
                             name)
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith(("\\", "--"))) + rows


async def killed_in_migration(world):
    """kill -9 of semsds and of their backends at random moments while they migrate an empty database: the next start
    completes, and the schema is that of one that nobody disturbed."""
    calm = world.daemon(database=_empty(world, "calm"))
    took = await calm.start()
    await calm.stop()
    whole, kills, databases = _schema(world, "calm"), 0, world.more(2, 20)
    for i in range(databases):
        name = "killed_%d" % i
        database = _empty(world, name)
        for _ in range(world.more(3, 8)):
            daemons = [world.daemon(database=database) for _ in range(world.rng.randint(1, 2))]
            for daemon in daemons:
                daemon.launch()
            await asyncio.sleep(world.rng.random() * took)
            kills += await _kill_some(world, name, daemons)
        last = world.daemon(database=database)
        await last.start(60)
        need(await last.stop() == 0, "it does not stop: " + last.log_end())
        need(_schema(world, name) == whole, "the schema is another one after kills: database %s" % name)
        world.cluster.sql("DROP DATABASE %s WITH (FORCE)" % name, "postgres")
    world.cluster.sql("DROP DATABASE calm WITH (FORCE)", "postgres")
    return "%d kills in %d migrations" % (kills, databases)


async def _kill_some(world, name, daemons):
    """One of them, or a backend of one; then all end."""
    backends = [int(r[0]) for r in world.cluster.rows("SELECT pid FROM pg_stat_activity WHERE datname = '%s'" % name)]
    kills = 0
    if backends and world.rng.random() < 0.5:
        kills = 1
        with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
            os.kill(world.rng.choice(backends), world.rng.choice((signal.SIGKILL, signal.SIGTERM)))
        await asyncio.sleep(world.rng.random() * 0.2)
    for daemon in daemons:
        if not daemon.ended():
            daemon.kill()
            kills += 1
        need(daemon.process.returncode in AGAIN, "it ended with status %d: %s"
             % (daemon.process.returncode, daemon.log_end()))
    await until(lambda: _is_up(world), 30, "PostgreSQL did not recover")
    return kills


def _is_up(world):
    """The server is through with what a killed backend makes it do: that backend is gone, and it answers."""
    try:
        return not world.cluster.rows("SELECT 1 FROM pg_stat_activity WHERE usename = 'semsd'")
    except RuntimeError:
        return False


# --- F48 -----------------------------------------------------------------------------------------------

def _backends(world, daemon, condition):
    """The backends of that semsd of which the condition holds."""
    return [int(r[0]) for r in world.cluster.rows(
        "SELECT pid FROM pg_stat_activity a WHERE a.application_name LIKE 'semsd %d on %%' AND %s"
        % (daemon.pid, condition))]


async def stopped_in_copy(world):
    """A semsd is stopped in the middle of a COPY, and its senders go to another one with the same records: they are
    answered, it says for whom it waits and ends what stands still; the stopped one goes on, nothing is doubled."""
    stops = world.more(1, 10)
    slowest = 0.0
    for _ in range(stops):
        first, second = await world.serving(), await world.serving()
        maker = world.maker()
        senders = client.spread(world.journal, first.socket, maker.goods(6000, kind="tip_event"), 6, 1, batch=500)
        running = [asyncio.create_task(s.run()) for s in senders]
        backend = await _stop_in_copy(world, first)
        for sender in senders:
            sender.stop()
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        began = time.monotonic()
        # What they had sent and nobody answered is in their outboxes again.
        others = [client.Sender(world.journal, second.socket, [*s.outbox, *maker.goods(20)], i, batch=100)
                  for i, s in enumerate(senders)]
        await client.run_all(others, 75)
        slowest = max(slowest, time.monotonic() - began)
        if _backends(world, first, "a.pid = %d" % backend) == []:
            need("store.ended" in second.log(), "nobody says who was ended: " + second.log_end())
        os.kill(first.pid, signal.SIGCONT)
        await client.deliver(world.journal, first.socket, maker.goods(50), seconds=30)
        need(await first.stop() == 0 and await second.stop() == 0, "they do not stop: " + first.log_end())
    return "%d stops, the senders were answered elsewhere after %.0f s at most" % (stops, slowest)


async def _stop_in_copy(world, daemon):
    """Stops it where its server waits for the rest of a COPY, some of which is stored already."""
    began = time.monotonic()
    while time.monotonic() - began < 30:
        os.kill(daemon.pid, signal.SIGSTOP)
        await asyncio.sleep(0.05)
        found = _backends(world, daemon, "a.state = 'active' AND a.wait_event = 'ClientRead' AND EXISTS (SELECT FROM "
                                         "pg_locks l WHERE l.pid = a.pid AND l.locktype = 'transactionid')")
        if found:
            return found[0]
        os.kill(daemon.pid, signal.SIGCONT)
        await asyncio.sleep(world.rng.random() * 0.02)
    need(False, "it was never met in a COPY")
    return 0


# --- F49 -----------------------------------------------------------------------------------------------

def _patient_for(conninfo, seconds):
    """What semsd is told, so that its server gives up sooner on one that stands still."""
    return conninfo + " options='-c idle_session_timeout=%ds -c idle_in_transaction_session_timeout=%ds'" % (
        seconds, seconds)


class Lock:
    """A lock that somebody else has, until it is given back."""

    def __init__(self, world, statement):
        self.psql = subprocess.Popen([cluster_.binaries() + "/psql", "-Xq", "-h", str(world.cluster.folder), "-U",
                                      "postgres", "-d", "sems"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.psql.stdin.write("BEGIN; %s;\n\\echo taken\n" % statement)
        self.psql.stdin.flush()
        self.psql.stdout.readline()

    def give_back(self):
        """It is free again."""
        self.psql.stdin.close()
        self.psql.wait(30)


async def stopped_with_a_lock(world):
    """A semsd is stopped while it has the lock of the migration, of a duty, or of a freeze: another one says so, gets
    it when the server has given up on the first, and that goes on as if it had lost its connection."""
    told = []
    for i in range(world.more(1, 6)):
        for name, run in (("migration", _stopped_in_migration(world, "stopped_%d" % i)),
                          ("duty", _stopped_in_duty(world)), ("freeze", _stopped_in_freeze(world, 2012 + i))):
            began = time.monotonic()
            await run
            told.append("%s %.0f s" % (name, time.monotonic() - began))
    return ", ".join(told)


async def _stopped_in_migration(world, name):
    database = _empty(world, name)
    first = world.daemon(database=_patient_for(database, 10))
    first.launch()
    held = ("SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = '%s' "
            "AND l.locktype = 'advisory' AND l.granted" % name)
    while True:
        os.kill(first.process.pid, signal.SIGSTOP)
        if world.cluster.rows(held):
            break
        os.kill(first.process.pid, signal.SIGCONT)
        need(not first.ended(), "it ended: " + first.log_end())
        await asyncio.sleep(0.01)
    others = [world.daemon(database=database) for _ in range(2)]
    for other in others:
        other.launch()
    says = "start.waits .*holder=.*semsd "
    await until(lambda: all(re.search(says, o.log()) for o in others), 20, "nobody says who migrates")
    need("semsd %d on " % first.process.pid in "".join(o.log() for o in others), "the stopped one is not named")
    need(await others[1].stop(2) == 0, "SIGTERM does not end who waits")
    await until(others[0].welcomes, 60, "the lock is never given up: " + others[0].log_end())
    os.kill(first.process.pid, signal.SIGCONT)
    await until(first.ended, 20, "the first one does not notice")
    need(first.process.returncode == 69, "it ended with status %d: %s" % (first.process.returncode, first.log_end()))
    await others[0].stop()
    calm = world.daemon(database=_empty(world, "calm"))
    await calm.start()
    await calm.stop()
    need(_schema(world, name) == _schema(world, "calm"), "the schema is another one: database " + name)
    for one in (name, "calm"):
        world.cluster.sql("DROP DATABASE %s WITH (FORCE)" % one, "postgres")


async def _stopped_in_duty(world):
    world.cluster.sql("DELETE FROM sems.duty")
    lock = Lock(world, "LOCK TABLE sems.duty IN SHARE MODE")
    first = await world.serving(database=_patient_for(world.cluster.conninfo(), 14))
    await until(lambda: _backends(world, first, "a.wait_event_type = 'Lock'"), 30, "no duty is claimed")
    os.kill(first.pid, signal.SIGSTOP)
    lock.give_back()
    second = await world.serving()
    await until(lambda: "semsd %d on " % first.pid in second.log(), 15, "nobody says who has the duty")
    need(re.search("duty.held duty=partitions .*semsd %d on " % first.pid, second.log()), second.log_end())
    await until(lambda: not _backends(world, first, "a.state LIKE 'idle in transaction%'"), 40,
                "the duty is never given up")
    third = await world.serving()
    await until(lambda: world.cluster.rows("SELECT 1 FROM sems.duty WHERE duty = 'partitions' AND NOT runs"), 30,
                "the duty is not done by another")
    os.kill(first.pid, signal.SIGCONT)
    await client.deliver(world.journal, first.socket, world.maker().goods(20), seconds=30)
    for daemon in (first, second, third):
        need(await daemon.stop() == 0, "it does not stop: " + daemon.log_end())


async def _stopped_in_freeze(world, year):
    quarter = Quarter(year, 2)
    first = await world.serving(database=_patient_for(world.cluster.conninfo(), 5))
    second = await world.serving()
    maker = world.maker(first=quarter.first_ms, days=80)
    await client.deliver(world.journal, first.socket, maker.goods(50, kind="tip_event"), seconds=30)
    lock = Lock(world, "LOCK TABLE sems.spd_revision IN SHARE MODE")
    asked = asyncio.create_task(Office(first, quarter.label).spd("FREEZE", early="the world does not wait",
                                                                 exclude_embargoed="none"))
    await until(lambda: _backends(world, first, "a.wait_event_type = 'Lock'"), 30, "the freeze does not wait")
    os.kill(first.pid, signal.SIGSTOP)
    lock.give_back()
    office = Office(second, quarter.label)
    revision = await asyncio.wait_for(office.freeze(), 60)
    os.kill(first.pid, signal.SIGCONT)
    good, _, _ = await asyncio.wait_for(asked, 60)
    need(not good, "two were told that they froze one revision")
    await office.verify(revision)
    revisions = world.cluster.rows("SELECT count(*) FROM sems.spd_revision WHERE quarter = '%s'" % quarter.label)
    need(revisions == [["1"]], "%s revisions" % revisions)
    await client.deliver(world.journal, first.socket, maker.goods(20), seconds=30)
    for daemon in (first, second):
        need(await daemon.stop() == 0, "it does not stop: " + daemon.log_end())


# --- F50 -----------------------------------------------------------------------------------------------

LONG_QUARTER = "2026-Q2"  # whose events tools/bench/spd.sql makes
SPD_SQL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "bench" / "spd.sql"
HOUR = 3600


def _fill_quarter(world, database, rows):
    """So many TIP events of one quarter, put straight into the tables by two at once."""
    world.cluster.sql("SELECT sems.make_partition('tip_event', m) FROM (VALUES ('2026-04-15Z'::timestamptz), "
                      "('2026-05-15Z'), ('2026-06-15Z')) AS v(m)", database)
    psql = [cluster_.binaries() + "/psql", "-Xq", "-h", str(world.cluster.folder), "-U", "postgres", "-d", database,
            "-v", "ON_ERROR_STOP=1", "-v", "rows=%d" % rows, "-f", str(SPD_SQL)]
    halves = ((0, rows // 2 - 1), (rows // 2, rows - 1))
    running = [subprocess.Popen([*psql, "-v", "from=%d" % a, "-v", "upto=%d" % b]) for a, b in halves]
    need([one.wait(HOUR) for one in running] == [0, 0], "the quarter could not be filled")


def _ask(daemon, fill, seconds):
    """The code, the text and when the answer had come, of one request on a connection of its own."""
    request = sems_client.admin.Request()
    fill(request)
    with sems_client.Client(daemon.socket, timeout=seconds) as asker:
        asker.hello("world")
        code, text, _ = asker.ask(request)
        return code == sems_client.admin.RESPONSE_CODE_OK, text, time.monotonic()


def _freeze_long(request):
    request.spd.operation, request.spd.quarter = sems_client.admin.SPD_OPERATION_FREEZE, LONG_QUARTER


def _list_long(request):
    request.spd.operation, request.spd.quarter = sems_client.admin.SPD_OPERATION_LIST, LONG_QUARTER


def _status(request):
    request.status.SetInParent()


async def asked_beside_a_freeze(world):
    """A quarter of ten million events is frozen, and status, the list of its revisions and a change of the setup are
    answered as long as that takes: each of them again and again before the freeze has ended, which it then does well."""
    database, rows = _empty(world, "long"), world.more(200_000, 10_000_000)
    daemon = await world.serving(database=database)
    world.set_up(daemon, ["F50"])
    await asyncio.to_thread(_fill_quarter, world, "long", rows)
    asked = asyncio.create_task(asyncio.to_thread(_ask, daemon, _freeze_long, HOUR))
    began = time.monotonic()
    answered = {"status": [], "spd list": [], "init": []}
    while not asked.done():
        for name, fill in (("status", _status), ("spd list", _list_long), ("init", lambda request: request.setup.sites.add(
                site_id="late-%d" % len(answered["init"]), name="beside a freeze"))):
            good, text, at = await asyncio.to_thread(_ask, daemon, fill, HOUR)
            need(good, "%s is refused beside a freeze: %s" % (name, text))
            answered[name].append(at)
        await asyncio.sleep(0.05)
    good, text, ended = await asked
    need(good, "the freeze was refused: " + text)
    before = {name: sum(at < ended for at in times) for name, times in answered.items()}
    need(min(before.values()) >= world.more(3, 20), "before the freeze had ended %s were answered" % before)
    sites = int(world.cluster.sql("SELECT count(*) FROM sems.site WHERE site_id LIKE 'late-%'", "long"))
    need(sites == len(answered["init"]), "%d sites are set up, not %d" % (sites, len(answered["init"])))
    frozen = world.cluster.sql("SELECT leaves FROM sems.spd_proof WHERE quarter = '%s'" % LONG_QUARTER, "long").split()
    need(frozen == [str(rows)], "the freeze has %s leaves" % frozen)
    need(await daemon.stop() == 0, "it does not stop: " + daemon.log_end())
    world.cluster.sql("DROP DATABASE long WITH (FORCE)", "postgres")
    return "%d events frozen in %.0f s; answered before that: %s" % (rows, ended - began, before)


FAULTS = (
    ("F47", "killed during a migration", killed_in_migration),
    ("F48", "stopped in the middle of a COPY", stopped_in_copy),
    ("F49", "stopped with a lock", stopped_with_a_lock),
    ("F50", "asked beside a long freeze", asked_beside_a_freeze),
)

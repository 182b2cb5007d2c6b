"""Faults of several semsds on one database, and of duties beside a load."""
import asyncio
import shutil

import client
import cluster as cluster_
import evidence
from evidence import sems_client
from faults_time import Office, Quarter
from outcome import need, until

YEAR_FIRST = 2003  # no other fault has records that name people
PEOPLE = ["person %d" % i for i in range(20)]


# --- F45 -----------------------------------------------------------------------------------------------

def _copy_keys(world, name):
    """A folder of keys as a second semsd gets it: a copy."""
    folder = cluster_.make_folder(world.folder / name, 0o700)
    for path in world.keys.iterdir():
        shutil.copy(path, folder / path.name)
        shutil.chown(folder / path.name, *(cluster_.account() or (None, None)))
    return folder


def _year(world, maker, year, n):
    """Records of that year, each of somebody."""
    first = evidence.ms("%d-01-02T00:00:00Z" % year)
    return [maker.named(first + world.rng.randrange(360 * evidence.DAY_MS), world.rng.choice(PEOPLE)) for _ in range(n)]


async def year_of_two(world):
    """A year that neither has a key of, through both at once; the one that was second gets the file."""
    folders = [world.keys, _copy_keys(world, "keys-second")]
    daemons = [world.daemon(keys=folder) for folder in folders]
    for daemon in daemons:
        await daemon.start()
    maker = world.maker()
    years = world.more(2, 30)
    for year in range(YEAR_FIRST, YEAR_FIRST + years):
        await _one_year(world, daemons, folders, _year(world, maker, year, 200), year)
    return "%d years, %d people in each" % (years, len(PEOPLE))


async def _one_year(world, daemons, folders, items, year):
    name = "person-%d.key" % year
    named = {item.raw: sems_client.records.Record.FromString(item.raw).tip_event.screener_id for item in items}
    senders = [client.Sender(world.journal, daemons[i % 2].socket, items[i::4], i, batch=10, window=2) for i in range(4)]
    running = asyncio.gather(*(sender.run() for sender in senders))
    # The half of one goes through; the other one says RETRY until it has the file.
    await until(lambda: sum(not s.outbox for s in senders) >= 2, 20, "nobody stores records of %d" % year)
    second = 0 if senders[0].outbox or senders[2].outbox else 1
    need(any(s.outbox for s in senders), "both store records of %d, each under its own key" % year)
    await until(lambda: not (folders[second] / name).exists(), 20, "the unused key of %d stays in the way" % year)
    need("key.wrong" in daemons[second].log(), "nothing is said of the key of %d" % year)
    shutil.copy(folders[1 - second] / name, folders[second] / "copied")
    shutil.chown(folders[second] / "copied", *(cluster_.account() or (None, None)))
    (folders[second] / "copied").rename(folders[second] / name)
    await asyncio.wait_for(running, 20)
    _one_pseudonym_each(world, items, named)


def _one_pseudonym_each(world, items, named):
    ids = {item.record_id: named[item.raw] for item in items}
    found = {}
    for record_id, pseudonym in world.cluster.rows(
            "SELECT record_id, encode(screener_id, 'hex') FROM sems.tip_event WHERE source LIKE '%s.%%'" % world.fault):
        person = ids.get(bytes.fromhex(record_id.replace("-", "")))
        if person is not None:
            found.setdefault(person, set()).add(pseudonym)
    several = [person for person, pseudonyms in found.items() if len(pseudonyms) != 1]
    need(found and not several, "several pseudonyms in one year: %s" % ", ".join(several))


# --- F46 -----------------------------------------------------------------------------------------------

SUBMITTED = """
INSERT INTO sems.spd_revision (quarter, revision, document, sha256, as_of, created_by)
VALUES ('%(q)s', 1, '{}', sha256('{}'), now(), 'unix:ann');
INSERT INTO sems.spd_event (quarter, revision, made_by, action, channel, reference)
SELECT '%(q)s', 1, e.who, e.action, CASE e.action WHEN 'SUBMIT' THEN 'post' END,
    CASE e.action WHEN 'SUBMIT' THEN 'r' END
FROM (VALUES (1, 'unix:rita', 'QA'), (2, 'unix:max', 'APPROVE'), (3, 'unix:ann', 'SUBMIT')) AS e (n, who, action)
ORDER BY e.n;
ALTER TABLE sems.spd_event DISABLE TRIGGER USER;
UPDATE sems.spd_event SET at = '2020-01-01Z';
ALTER TABLE sems.spd_event ENABLE TRIGGER USER;
"""


async def retention_beside_import(world):
    """A quarter that must go while records of it come without a pause through two semsds: one run drops it, and its
    certificates count each record that was STORED."""
    whole, world.cluster = world.cluster, cluster_.Cluster(world.folder / ("f46-%d" % world.folders))
    world.folders += 1
    try:
        world.cluster.make()
        daemons = [await world.serving()]
        world.set_up(daemons[0], [world.fault])
        daemons.append(await world.serving())
        told = [await _one_quarter(world, daemons, Quarter(2010 + i // 4, 1 + i % 4)) for i in range(world.more(1, 12))]
        wrong = world.journal.check(world.cluster, world.keys, world.fault)
        need(not wrong, "\n".join(wrong[:10]))
        return "%d quarters, %d records dropped, %d left with their senders meanwhile" % (
            len(told), sum(t[0] for t in told), sum(t[1] for t in told))
    finally:
        wrong = await world.leave()
        world.cluster.stop("immediate")
        world.cluster = whole
        world.journal.forget(world.fault)
        need(not wrong, "\n".join(wrong))


async def _one_quarter(world, daemons, quarter):
    maker = world.maker(first=quarter.first_ms, days=88)
    senders = [client.Sender(world.journal, daemon.socket, (), world.rng.randrange(1 << 30), batch=20, window=3)
               for daemon in daemons for _ in range(2)]
    mine, heard = set(), {"RETRY": 0, "EXPIRED": 0, "STORED": 0}

    def watch(item, name):
        heard[name] = heard.get(name, 0) + 1
        if name == "STORED":
            mine.add(item.identity)
    world.journal.watchers.append(watch)
    feeding = asyncio.create_task(_feed(senders, maker))
    try:
        await until(lambda: heard["STORED"] > 500, 30, "nothing is stored")
        world.cluster.sql(SUBMITTED % {"q": quarter.label})
        report = await Office(daemons[0], quarter.label).must(_run_retention, "retention")
        kept = [m["why"] for m in report["months"] if m["decision"] == "DROP" and not m["dropped"]]
        need(report["dropped"] == 3 and not kept, "one run dropped %d months of 3: %s" % (report["dropped"], kept))
        await until(lambda: heard["EXPIRED"] > 500, 30, "records of what was dropped are not EXPIRED")
    finally:
        feeding.cancel()
        await asyncio.wait([feeding])
        world.journal.watchers.remove(watch)
    dropped = int(world.cluster.rows("SELECT sum(records) FROM sems.purge_certificate WHERE quarter = '%s'"
                                     % quarter.label)[0][0])
    need(dropped == len(mine), "%d records were STORED, the certificates count %d" % (len(mine), dropped))
    counted = int(world.cluster.rows(
        "SELECT sum(n.n) FROM sems.day_count n JOIN sems.cube USING (cube_id) JOIN sems.civil_day USING (day) "
        "WHERE name = 'received tip_event' AND quarter = '%s'" % quarter.label)[0][0])
    need(counted == dropped, "%d records were dropped, their counts say %d" % (dropped, counted))
    world.journal.lost(mine)
    return dropped, heard["RETRY"]


def _run_retention(request):
    request.retention.run = True


async def _feed(senders, maker):
    """Keeps every sender busy with records of one kind."""
    running = [None] * len(senders)
    try:
        while True:
            for i, sender in enumerate(senders):
                if len(sender.outbox) < 40:
                    sender.outbox.extend(maker.goods(100, kind="tip_event"))
                if running[i] is None or running[i].done():
                    running[i] = asyncio.create_task(sender.run())
            await asyncio.sleep(0.01)
    except asyncio.CancelledError:
        for sender in senders:
            sender.stop()
        await asyncio.wait([r for r in running if r is not None], timeout=60)


FAULTS = (
    ("F45", "two semsds through a new year", year_of_two),
    ("F46", "retention beside an import", retention_beside_import),
)

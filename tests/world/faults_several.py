"""Faults of several semsds on one database, and of duties beside a load."""
import asyncio
import shutil

import client
import cluster as cluster_
import evidence
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
    named = {item.raw: evidence.sems_client.records.Record.FromString(item.raw).tip_event.screener_id for item in items}
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


FAULTS = (
    ("F45", "two semsds through a new year", year_of_two),
)

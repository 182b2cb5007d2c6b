"""Faults in what is sent: repeats, conflicts, poison, boundary values, through one semsd or several."""
import asyncio
import struct

import client
from client import varint
from evidence import KINDS, POISONS, Item, sems_client
from outcome import need


# --- F11, F12, F13 -------------------------------------------------------------------------------------

async def duplicates(world):
    """The same records within a batch, across batches and over connections at once."""
    daemon = await world.serving()
    maker = world.maker()
    items = maker.goods(world.more(200, 2000))
    mixed = []
    for item in items:
        mixed += [item] * world.rng.choice((1, 1, 2, 3))
    world.rng.shuffle(mixed)
    senders = [client.Sender(world.journal, daemon.socket, list(mixed), i, batch=40) for i in range(3)]
    await client.run_all(senders)
    for item in items:
        stored = world.journal.answers[item.raw].count("STORED")
        need(stored == 1, "%s was called stored %d times" % (item.record_id.hex(), stored))
    return "%d records sent %d times" % (len(items), 3 * len(mixed))


async def conflicts(world):
    """The same identity with other content, in a batch, later, and at the same time."""
    daemon = await world.serving()
    maker = world.maker()
    items = maker.goods(world.more(100, 1000))
    await client.deliver(world.journal, daemon.socket, items[::2])
    both = items + [maker.other(item) for item in items] + [maker.other(items[0]), items[1]]
    world.rng.shuffle(both)
    senders = [client.Sender(world.journal, daemon.socket, list(both), i, batch=30) for i in range(3)]
    await client.run_all(senders)
    for item in items[::2]:
        need("CONFLICT" not in world.journal.answers[item.raw], "what was stored first became a conflict")
    return "%d identities with two contents" % len(items)


async def poison_among_good(world):
    """A bad record at each place of a batch, for each reason: its neighbours are stored."""
    daemon = await world.serving()
    maker = world.maker()
    size = 500
    batches = 0
    for which in range(len(POISONS)):
        for at in sorted({0, size - 1, *(world.rng.randrange(size) for _ in range(world.more(1, 5)))}):
            items = maker.goods(size if world.long else 40)
            items.insert(min(at, len(items)), maker.poison(which))
            items.insert(world.rng.randrange(len(items)), maker.poison())
            await client.deliver(world.journal, daemon.socket, items, batch=len(items))
            batches += 1
    return "%d batches, %d reasons" % (batches, len(POISONS))


# --- F19 -----------------------------------------------------------------------------------------------

async def several_daemons(world):
    """Four semsds on one database, the same records through all of them at once."""
    daemons = await asyncio.gather(*(world.serving(state="f19-%d" % i) for i in range(4)))
    maker = world.maker()
    items = maker.goods(world.more(300, 5000))
    items += [maker.poison() for _ in range(10)] + [maker.other(items[i]) for i in range(10)]
    senders = []
    for i, daemon in enumerate(daemons):
        mine = list(items)
        world.rng.shuffle(mine)
        senders.append(client.Sender(world.journal, daemon.socket, mine, i, batch=30))
    running = asyncio.gather(*(s.run() for s in senders))
    await asyncio.sleep(0.1)
    daemons[1].kill()
    senders[1].address = daemons[2].socket
    async with asyncio.timeout(world.more(60, 300)):
        await running
    for item in items[:world.more(300, 5000)]:
        stored = sum(world.journal.answers[raw].count("STORED") for raw in world.journal.by_identity[item.identity])
        need(stored <= 1, "%s was called stored %d times" % (item.record_id.hex(), stored))
    return "4 semsds, one killed, %d records through each" % len(items)


# --- F33 -----------------------------------------------------------------------------------------------

INTEGERS = (-(1 << 63), -(1 << 31), -1, 0, 1, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, (1 << 53) + 1,
            10 ** 12, 10 ** 12 + 1, (1 << 63) - 1)
REALS = (float("nan"), float("inf"), float("-inf"), -0.0, 5e-324, 1.7976931348623157e308, 100.0, 100.00000000000001)


def _number_fields(message):
    for field in message.DESCRIPTOR.fields:
        if field.label == field.LABEL_REPEATED:
            continue
        if field.type in (field.TYPE_INT64, field.TYPE_INT32, field.TYPE_UINT64):
            yield field, INTEGERS
        elif field.type == field.TYPE_DOUBLE:
            yield field, REALS
        elif field.type == field.TYPE_ENUM:
            yield field, (0, 200, (1 << 31) - 1, -1)


def _raw_field(field, value):
    """A field's bytes, also of values that the class would refuse."""
    if field.type == field.TYPE_DOUBLE:
        return varint(field.number << 3 | 1) + struct.pack("<d", value)
    return varint(field.number << 3) + varint(value & ((1 << 64) - 1))


def _with_value(record, field, value, body):
    """The record's bytes with one number replaced."""
    copy = sems_client.records.Record.FromString(record.raw)
    inner = getattr(copy, body) if body else copy
    inner.ClearField(field.name)
    if body is None:
        return copy.SerializeToString() + _raw_field(field, value)
    tag = sems_client.records.Record.DESCRIPTOR.fields_by_name[body].number
    data = inner.SerializeToString() + _raw_field(field, value)
    copy.ClearField(body)
    return copy.SerializeToString() + varint(tag << 3 | 2) + varint(len(data)) + data


def boundary_items(maker, kinds):
    """For each numeric field of each kind and of the envelope: records with the values at the edges."""
    for kind in kinds:
        sample = sems_client.records.Record.FromString(maker.good(kind=kind).raw)
        for body, message in ((kind, getattr(sample, kind)), (None, sample)):
            for field, values in _number_fields(message):
                if body is None and (kind != "tip_event" or field.name == "occurred_at"):
                    continue
                for value in values:
                    base = maker.good(kind=kind)
                    yield Item(_with_value(base, field, value, body), base.source, base.record_id, "?")


async def boundary_values(world):
    """Numbers at their edges in every field: a verdict each, the neighbours stored, what is stored as sent."""
    daemon = await world.serving()
    maker = world.maker()
    items = list(boundary_items(maker, KINDS))
    world.rng.shuffle(items)
    items = items[:world.more(600, len(items))]
    for at in range(0, len(items), 20):
        batch = []
        for item in items[at:at + 20]:
            batch += [item, maker.good()]
        await client.deliver(world.journal, daemon.socket, batch, batch=40)
    stored = sum("STORED" in world.journal.answers[item.raw] for item in items)
    return "%d values, %d of them stored" % (len(items), stored)


FAULTS = (
    ("F11", "duplicates", duplicates),
    ("F12", "conflicts", conflicts),
    ("F13", "poison among good records", poison_among_good),
    ("F19", "several semsds on one database", several_daemons),
    ("F33", "numbers at their edges", boundary_values),
)

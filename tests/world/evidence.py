"""Records from a seed: good ones of several kinds, others with the same identity, and poison.

An Item is one record as it is sent: its bytes, its identity, and what must become of it. Whatever a
world sends is made here, so that the same seed makes the same bytes.
"""
import calendar
import os
import sys
import time

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TREE, "tests/clients"))
import sems_client  # noqa: E402

ENTITY, ZONE, SITES = "Northfield", "Europe/London", ("NFD", "SFD")
DAY_MS = 86400000
KINDS = ("tip_event", "tip_session", "activity", "heartbeat", "plan", "equipment_check",
         "observation", "test", "audit")


def load_classes(folder):
    """Makes the message classes in folder; everything else here needs them."""
    sems_client.classes_into(folder)


def ms(text):
    """Unix milliseconds of "2026-04-01T09:00:00Z"."""
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) * 1000


class Item:
    """A record as sent. reason is None for what may be stored, else why it goes to quarantine; "?" until
    its first answer decides which of the two it is."""

    __slots__ = ("raw", "source", "record_id", "reason", "field")

    def __init__(self, raw, source, record_id, reason=None, field=None):
        self.raw, self.source, self.record_id = raw, source, record_id
        self.reason, self.field = reason, field

    @property
    def identity(self):
        """What a record is stored under."""
        return (self.source, self.record_id)


class Maker:
    """Makes records of one fault: its sources are "FAULT.0" and so on, its numbers never repeat."""

    def __init__(self, rng, fault, sources, first=ms("2026-02-20T06:00:00Z"), days=90):
        self.rng, self.fault, self.sources = rng, fault, sources
        self.first, self.span = first, days * DAY_MS
        self.number = rng.randrange(1 << 40) << 20

    def good(self, source=None, at=None, kind=None, padding=0):
        """A record that must be stored."""
        return self._item(self._record(source, at, kind, padding))

    def goods(self, n, **how):
        """n of them."""
        return [self.good(**how) for _ in range(n)]

    def named(self, at, person):
        """A TIP event of that instant and person, which is stored under the pseudonym of its civil year."""
        record = self._record(None, at, "tip_event", 0)
        record.tip_event.screener_id = person
        return self._item(record)

    def other(self, item):
        """The same identity with other content: stored before item it makes item the conflict."""
        record = sems_client.records.Record.FromString(item.raw)
        record.location_id = "post-%d" % self.rng.randrange(1 << 40)
        return self._item(record)

    def poison(self, which=None):
        """A record that must be quarantined. which: a number of POISONS; None: any."""
        which = self.rng.randrange(len(POISONS)) if which is None else which
        reason, field, spoil = POISONS[which]
        record = self._record(None, None, "tip_event", 0)
        raw = spoil(record, self.rng)
        return Item(raw, record.source, bytes(record.record_id), reason, field)

    def sources_named(self):
        """The names of all its sources."""
        return ["%s.%d" % (self.fault, i) for i in range(self.sources)]

    def _record(self, source, at, kind, padding):
        rng = self.rng
        self.number += 1
        record = sems_client.records.Record()
        record.source = source or "%s.%d" % (self.fault, rng.randrange(self.sources))
        record.source_record_id = str(self.number)
        record.occurred_at = at if at is not None else self.first + rng.randrange(self.span)
        record.record_id = sems_client.record_id(record.occurred_at, record.source, str(self.number))
        record.site_id = rng.choice(SITES)
        if padding:
            record.requirement_refs.extend("r" * 100 for _ in range(min(50, padding // 100)))
        FILL[kind or rng.choice(KINDS)](record, rng)
        return record

    @staticmethod
    def _item(record):
        return Item(record.SerializeToString(), record.source, bytes(record.record_id))


# --- what each kind needs, and some of what it may have ----------------------------------------------

def _tip_event(r, rng):
    e = r.tip_event
    e.device_id, e.event_no, e.outcome = "xr-%d" % rng.randrange(40), rng.randrange(1 << 50), rng.randint(1, 3)
    if rng.random() < 0.5:
        e.response_ms, e.view_count = rng.randrange(60000), rng.randrange(3)
        e.image_id = "image %d é" % rng.randrange(900)


def _tip_session(r, rng):
    s = r.tip_session
    s.device_id = "xr-%d" % rng.randrange(40)
    s.hits, s.misses = rng.randrange(50), rng.randrange(9)
    s.tip_shown = s.hits + s.misses
    s.images_viewed = s.tip_shown + rng.randrange(5000)
    if rng.random() < 0.5:
        s.vendor_pd = rng.random() * 100


def _activity(r, rng):
    r.occurred_end = r.occurred_at + 3600000
    r.activity.activity, r.activity.count, r.activity.method = rng.randint(1, 13), rng.randrange(10 ** 12), 1


def _heartbeat(r, rng):
    r.ClearField("site_id")
    r.occurred_end = r.occurred_at + 60000
    r.heartbeat.device_id, r.heartbeat.last_event_no = "xr-%d" % rng.randrange(40), rng.randrange(1 << 60)


def _plan(r, rng):
    p = r.plan
    p.plan_id, p.what, p.planned_count = "plan %d" % rng.randrange(99), rng.randint(1, 7), rng.randrange(10 ** 9)
    p.period_start, p.period_end = ms("2026-04-10T00:00:00Z"), ms("2026-05-10T00:00:00Z")


def _equipment_check(r, rng):
    c = r.equipment_check
    c.device_id, c.check_type, c.result, c.attempt = "xr-1", rng.randint(1, 3), rng.randint(1, 3), rng.randint(1, 1000)


def _observation(r, rng):
    r.observation.mode, r.observation.units_observed = rng.randint(1, 3), rng.randrange(10 ** 9)
    for i in range(rng.randint(1, 4)):
        r.observation.criteria.add(criterion_id="c%d" % i, result=rng.randint(1, 4))


def _test(r, rng):
    r.test.mode, r.test.outcome, r.test.target_measure = rng.randint(1, 2), 1, "4.%d" % rng.randrange(9)


def _audit(r, rng):
    r.audit.type, r.audit.person_days, r.audit.scope = rng.randint(1, 8), rng.randrange(80) / 8, "gate"


FILL = {name: globals()["_" + name] for name in KINDS}


# --- poison -------------------------------------------------------------------------------------------

def _with(path, value):
    def spoil(record, _):
        target = record
        *parents, last = path.split(".")
        for parent in parents:
            target = getattr(target, parent)
        setattr(target, last, value)
        return record.SerializeToString()
    return spoil


def _without(path):
    def spoil(record, _):
        target = record
        *parents, last = path.split(".")
        for parent in parents:
            target = getattr(target, parent)
        target.ClearField(last)
        return record.SerializeToString()
    return spoil


def _and_bytes(extra):
    return lambda record, _: record.SerializeToString() + extra


def _in_the_future(record, rng):
    record.occurred_at = int(time.time() * 1000) + (3 + rng.randrange(300)) * DAY_MS
    record.record_id = sems_client.record_id(record.occurred_at, record.source, record.source_record_id)
    return record.SerializeToString()


def _long_ago(record, rng):
    record.occurred_at = ms("1999-12-31T23:59:59Z") - rng.randrange(DAY_MS)
    record.record_id = sems_client.record_id(record.occurred_at, record.source, record.source_record_id)
    return record.SerializeToString()


POISONS = (
    ("MALFORMED", None, _and_bytes(b"\x12\x01x")),  # source twice
    ("UNKNOWN_KIND", None, _without("tip_event")),
    ("UNKNOWN_FIELD", "#30", _and_bytes(b"\xf0\x01\x01")),
    ("MISSING", "site_id", _without("site_id")),
    ("MISSING", "tip_event.outcome", _without("tip_event.outcome")),
    ("RANGE", "tip_event.response_ms", _with("tip_event.response_ms", -1)),
    ("RANGE", "tip_event.view_count", _with("tip_event.view_count", (1 << 63) - 1)),
    ("TEXT", "location_id", _and_bytes(b"\x32\x02\xff\xfe")),
    ("TEXT", "location_id", _and_bytes(b"\x32\x03a\x00b")),
    ("TOO_LONG", "location_id", _with("location_id", "x" * 5000)),
    ("IDENTITY", "record_id", _with("record_id", b"short")),
    ("CLOCK", "occurred_at", _in_the_future),
    ("CLOCK", "occurred_at", _long_ago),
    ("UNKNOWN_SITE", "site_id", _with("site_id", "ATLANTIS")),
    ("RULE", "tip_event.abort_reason", _with("tip_event.abort_reason", 1)),
)



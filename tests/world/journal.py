"""What was sent and what was answered, and whether the store agrees.

A journal is filled before a record's first byte is sent and as soon as an answer has been read, so it
knows at least what the outside world knows. check() then reads the store by another way (psql, as its
superuser) and holds both against each other:

 - an identity that was ever answered STORED or DUPLICATE is stored, exactly once over all partitions
 - STORED is said once for an identity, DUPLICATE only of the content stored, CONFLICT only of other
 - what is stored was sent, column by column, and lies in its civil month's partition
 - what is in quarantine was sent, once, with the reason that it had to get
"""
# P-501
import collections
import datetime
import hmac
import hashlib
import zoneinfo

import evidence
from evidence import sems_client

FINAL = ("STORED", "DUPLICATE", "CONFLICT", "QUARANTINED", "EXPIRED")


class Journal:
    """All that one world sent, by identity and by bytes."""

    def __init__(self):
        self.items = {}  # raw -> Item
        self.by_identity = collections.defaultdict(list)  # identity -> [raw]
        self.answers = collections.defaultdict(list)  # raw -> [verdict name]
        self.wrong = []  # answers that can be told to be wrong when they arrive
        self.counts = collections.Counter()
        self.watchers = []  # called with (item, verdict name)

    def sent(self, item):
        """Before the first byte goes out."""
        self.counts["sent"] += 1
        if item.raw not in self.items:
            self.items[item.raw] = item
            if item.reason is None:
                self.by_identity[item.identity].append(item.raw)

    def answered(self, item, verdict):
        """One record's verdict, as soon as it has been read. Returns its name."""
        name = sems_client.pb.VerdictCode.Name(verdict.code)[len("VERDICT_CODE_"):]
        self.counts[name] += 1
        if name != "RETRY":
            self.answers[item.raw].append(name)
        self._judge(item, name, verdict)
        for watch in self.watchers:
            watch(item, name)
        return name

    def _judge(self, item, name, verdict):
        if name == "RETRY":
            return
        if item.reason == "?":
            self._decide(item, name, verdict)
        if (name == "QUARANTINED") != (item.reason is not None):
            self.fault("%s answered %s %s %s %s" % (
                describe(item), name, verdict.reason, verdict.field, verdict.text))
        elif name == "QUARANTINED":
            reason = sems_client.pb.Reason.Name(verdict.reason)[len("REASON_"):]
            if reason != item.reason or (item.field is not None and verdict.field != item.field):
                self.fault("%s quarantined for %s of %s" % (describe(item), reason, verdict.field))
        elif name == "STORED" and sum(self.answers[raw].count("STORED")
                                      for raw in self.by_identity[item.identity]) > 1:
            self.fault("%s answered STORED twice" % describe(item))

    def _decide(self, item, name, verdict):
        """Nobody said what becomes of it: from its first answer on it must stay so."""
        if name == "QUARANTINED":
            item.reason, item.field = sems_client.pb.Reason.Name(verdict.reason)[len("REASON_"):], verdict.field
        else:
            item.reason = None
            self.by_identity[item.identity].append(item.raw)

    def fault(self, text):
        """A promise broken; the world fails at its next check."""
        if len(self.wrong) < 20:
            self.wrong.append(text)

    def lost(self, identities):
        """The world itself removed these from the store: nothing is known about them any more."""
        for identity in identities:
            for raw in self.by_identity.pop(identity, ()):
                self.items.pop(raw, None)
                self.answers.pop(raw, None)

    def forget(self, fault):
        """Everything of a fault: its store is gone."""
        self.lost([identity for identity in self.by_identity if identity[0].startswith(fault + ".")])
        for raw in [raw for raw, item in self.items.items() if item.source.startswith(fault + ".")]:
            self.items.pop(raw)
            self.answers.pop(raw, None)

    def check(self, cluster, keys, fault):
        """Compares what fault's sources sent with the store; returns what is wrong, in words."""
        wrong, self.wrong = self.wrong, []
        rows = read_rows(cluster, fault)
        wrong += self._check_rows(rows)
        wrong += self._check_answers(rows, fault)
        wrong += self._check_quarantine(cluster, keys, fault)
        return wrong

    def _check_rows(self, rows):
        wrong = []
        for identity, found in rows.items():
            if len(found) > 1:
                wrong.append("%s is stored %d times" % (name_of(identity), len(found)))
            if identity not in self.by_identity:
                wrong.append("%s is stored, and nobody sent it" % name_of(identity))
                continue
            if not any(same(found[0], raw) for raw in self.by_identity[identity]):
                wrong.append("%s is stored with other content than was sent: %r" % (name_of(identity), found[0]))
            if found[0]["partition"] != partition_of(found[0]):
                wrong.append("%s is in %s" % (name_of(identity), found[0]["partition"]))
        return wrong

    def _check_answers(self, rows, fault):
        wrong = []
        for raw, names in self.answers.items():
            item = self.items[raw]
            if item.reason is not None or not item.source.startswith(fault + "."):
                continue
            row = rows.get(item.identity, [None])[0]
            if row is None and set(names) & {"STORED", "DUPLICATE", "CONFLICT"}:
                wrong.append("%s was answered %s and is not stored" % (describe(item), names))
            if row is None:
                continue
            mine = len(self.by_identity[item.identity]) == 1 or same(row, raw)
            bad = {"CONFLICT"} if mine else {"STORED", "DUPLICATE"}
            if set(names) & bad:
                wrong.append("%s was answered %s, stored is %r" % (describe(item), names, row))
        return wrong

    def _check_quarantine(self, cluster, keys, fault):
        key = (keys / "quarantine.key").read_bytes()
        sent = {hmac.new(key, raw, hashlib.sha256).digest(): item for raw, item in self.items.items()
                if item.source.startswith(fault + ".")}
        wrong, kept = [], set()
        for source, mac, reason in cluster.rows(
                "SELECT source, encode(raw_mac, 'hex'), reason FROM sems.quarantine "
                "WHERE source LIKE '%s.%%'" % fault):
            item = sent.get(bytes.fromhex(mac))
            if item is None:
                wrong.append("quarantined from %s, and nobody sent it" % source)
                continue
            kept.add(item.raw)
            if reason != (item.reason or "CONFLICT"):
                wrong.append("%s is in quarantine for %s" % (describe(item), reason))
        for raw, names in self.answers.items():
            if (self.items[raw].source.startswith(fault + ".") and raw not in kept
                    and set(names) & {"QUARANTINED", "CONFLICT"}):
                wrong.append("%s was answered %s and is not in quarantine" % (describe(self.items[raw]), names))
            if raw in kept and set(names) & {"STORED", "DUPLICATE"}:
                wrong.append("%s was answered %s and is in quarantine" % (describe(self.items[raw]), names))
        return wrong


def name_of(identity):
    """A record's identity for people."""
    return "%s/%s" % (identity[0], identity[1].hex())


def describe(item):
    """An item for people."""
    return name_of(item.identity) + (" (%s)" % item.reason if item.reason else "")


# --- the store ----------------------------------------------------------------------------------------

def read_rows(cluster, fault):
    """Everything stored from fault's sources: identity -> [row as a dictionary]."""
    rows = collections.defaultdict(list)
    for kind in cluster.kinds():
        for text in cluster.rows(_query(cluster, kind, fault)):
            row = cluster.parse(text[0])
            row["kind"] = kind
            rows[(row["source"], bytes.fromhex(row["record_id"].replace("-", "")))].append(row)
    return rows


def _query(cluster, kind, fault):
    columns = []
    for name, kind_of in cluster.columns(kind):
        if kind_of == "timestamp with time zone":
            columns.append("(extract(epoch FROM %s) * 1000)::bigint AS %s" % (name, name))
        else:
            columns.append(name)
    return ("SELECT row_to_json(r) FROM (SELECT %s, tableoid::regclass::text AS partition "
            "FROM sems.%s WHERE source LIKE '%s.%%') r" % (", ".join(columns), kind, fault))


_ZONE = zoneinfo.ZoneInfo(evidence.ZONE)


def partition_of(row):
    """Where a row must lie: the civil month in the entity's zone."""
    at = datetime.datetime.fromtimestamp(row["occurred_at"] / 1000, tz=datetime.timezone.utc)
    return "sems.%s_%s" % (row["kind"], at.astimezone(_ZONE).strftime("%Y%m"))


def same(row, raw):
    """Whether a row says what the record's bytes say, in every column that is stored as sent."""
    record = sems_client.records.Record.FromString(raw)
    body = record.WhichOneof("body")
    if body != row["kind"] or not _same_fields(row, record, ("record_id", body)):
        return False
    return _same_fields(row, getattr(record, body), ())


def _same_fields(row, message, but):
    for field in message.DESCRIPTOR.fields:
        if field.name not in row or field.name in but:
            continue
        sent = _stored_form(message, field)
        if sent is not Ellipsis and row[field.name] != sent:
            return False
    return True


_PERSONS = {"recorded_by", "subject_person", "observer_id", "tester_id", "screener_id", "auditors"}


def _stored_form(message, field):
    """The value as the store shows it; Ellipsis: not to be compared (pseudonyms, lists of messages)."""
    if field.name in _PERSONS or field.type == field.TYPE_BYTES:
        return ...
    if field.label == field.LABEL_REPEATED:
        if field.type == field.TYPE_MESSAGE:
            return ...
        return list(getattr(message, field.name)) or None
    if not message.HasField(field.name):
        return None
    value = getattr(message, field.name)
    if field.type == field.TYPE_ENUM:
        return _enum_name(field.enum_type, value)
    return value if value != "" else None


def _enum_name(enum, number):
    if number == 0:
        return None
    zero = enum.values_by_number[0].name
    return enum.values_by_number[number].name[len(zero) - len("UNSPECIFIED"):]

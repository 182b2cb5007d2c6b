"""The proof of a frozen document, computed a second time from the stored rows, as proto/PROOF.md says.

lib_proof.py DOCUMENT.json PSQL...   PSQL is a command that takes -c STATEMENT and prints its rows

Prints the root, and fails with what differs. It shares nothing with semsd but that page.
"""
import datetime
import hashlib
import json
import struct
import subprocess
import sys
import uuid
import zoneinfo

EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
OIDS = {"text": 25, "bigint": 20, "double precision": 701, "boolean": 16, "timestamp with time zone": 1184,
        "uuid": 2950, "bytea": 17, "jsonb": 3802}
UNESCAPE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def run(psql, statement):
    return subprocess.run([*psql, "-c", statement], check=True, capture_output=True, text=True).stdout


def cell(text):
    """A value of COPY's text format; None for NULL."""
    if text == r"\N":
        return None
    out, i = [], 0
    while i < len(text):
        if text[i] == "\\":
            i += 1
            out.append(UNESCAPE.get(text[i], text[i]))
        else:
            out.append(text[i])
        i += 1
    return "".join(out)


def instant(text):
    whole = datetime.datetime.fromisoformat(text.replace("+00", "+00:00"))
    return whole


def micros(at):
    return (at - EPOCH) // datetime.timedelta(microseconds=1)


def value(kind, text):
    if kind == "text":
        return text.encode()
    if kind == "bigint":
        return struct.pack(">q", int(text))
    if kind == "double precision":
        return struct.pack(">d", float(text))
    if kind == "boolean":
        return b"\1" if text == "t" else b"\0"
    if kind == "timestamp with time zone":
        return struct.pack(">q", micros(instant(text)))
    if kind == "uuid":
        return uuid.UUID(text).bytes
    if kind == "bytea":
        return bytes.fromhex(text[2:])
    return b"\1" + text.encode()


def leaf(name, columns, row):
    parts = [struct.pack(">i", len(row) + 1), struct.pack(">ii", 25, len(name)), name.encode()]
    for (_, kind), text in zip(columns, row):
        body = None if text is None else value(kind, text)
        parts.append(struct.pack(">Ii", OIDS[kind], -1 if body is None else len(body)))
        parts.append(body or b"")
    return hashlib.sha256(b"\x00\x01" + b"".join(parts)).digest()


def mth(leaves):
    """RFC 6962, section 2.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def id_time(text):
    ms = int.from_bytes(uuid.UUID(text).bytes[:6], "big")
    return datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(milliseconds=ms)


class Quarter:
    def __init__(self, document):
        self.zone = zoneinfo.ZoneInfo(document["zone"])
        self.first = datetime.date.fromisoformat(document["quarter"]["first_day"])
        self.last = datetime.date.fromisoformat(document["quarter"]["last_day"])

        midnight = datetime.time(tzinfo=self.zone)
        self.starts = datetime.datetime.combine(self.first, midnight).astimezone(datetime.timezone.utc)
        self.ends = datetime.datetime.combine(self.last + datetime.timedelta(1), midnight).astimezone(
            datetime.timezone.utc)

    def day(self, at):
        return at.astimezone(self.zone).date()

    def has(self, at):
        return self.first <= self.day(at) <= self.last


LONGEST = {"activity": datetime.timedelta(hours=2232), "mode": datetime.timedelta(hours=8784)}


def reaches(name, quarter, of):
    """Whether what a record of another quarter says lasts into this one. of: its column of that name, as text."""
    occurred = instant(of("occurred_at"))
    if quarter.starts <= occurred < quarter.ends:
        return False
    if name == "activity":
        return (of("occurred_end") is not None and instant(of("occurred_end")) > quarter.starts
                and quarter.starts - LONGEST["activity"] <= occurred < quarter.starts)
    if name == "training":
        due = instant(of("previous_expires_at")) if of("previous_expires_at") else None
        return (occurred < quarter.starts and quarter.day(occurred).year == quarter.first.year
                or due is not None and quarter.starts <= due < quarter.ends)
    if name != "equipment_check" or of("service_mode") is None:
        return False
    begins = instant(of("mode_from"))
    ends = instant(of("mode_to")) if of("mode_to") else begins + LONGEST["mode"]
    return (quarter.starts - LONGEST["mode"] < begins < quarter.ends and ends > quarter.starts
            and quarter.starts - 2 * LONGEST["mode"] < occurred < quarter.ends + LONGEST["mode"])


class Read:
    """What the freeze read, as its document prints it."""

    def __init__(self, said):
        self.until = said["until"]
        self.in_flight = set(said["in_flight"])

    def has(self, stored_in):
        return int(stored_in) < self.until and int(stored_in) not in self.in_flight


def roots_of_the_quarter(psql, kinds, quarter, read):
    """(source, record_id) of what is counted in the quarter by itself, by a correction, as a plan or since it lasts."""
    roots = set()
    columns = ["source", "record_id", "corrects_source", "corrects_record_id", "occurred_at", "stored_in"]
    more = {"plan": ["period_start"], "activity": ["occurred_end"],
            "equipment_check": ["service_mode", "mode_from", "mode_to"], "training": ["previous_expires_at"]}
    for name in kinds:
        wanted = columns + more.get(name, [])
        for line in run(psql, f"COPY (SELECT {', '.join(wanted)} FROM sems.{name}) TO STDOUT").splitlines():
            row = dict(zip(wanted, map(cell, line.split("\t"))))
            if not read.has(row["stored_in"]) or name == "void":
                continue
            if any(quarter.has(instant(at)) for at in (row["occurred_at"], row.get("period_start")) if at) or reaches(
                    name, quarter, row.get):
                root = row["corrects_record_id"]
                roots.add((row["corrects_source"] or row["source"], root) if root else (row["source"], row["record_id"]))
    return roots


def days_of(psql, name, quarter, read, roots):
    columns = [line.split("\t") for line in run(psql, f"COPY (SELECT attname, format_type(atttypid, -1) "
               f"FROM pg_attribute WHERE attrelid = 'sems.{name}'::regclass AND attnum > 0 "
               f"AND NOT attisdropped ORDER BY attnum) TO STDOUT").splitlines()]
    at = {column: i for i, (column, _) in enumerate(columns)}
    days = {}
    for line in run(psql, f"COPY (SELECT * FROM sems.{name}) TO STDOUT").splitlines():
        row = [cell(text) for text in line.split("\t")]
        occurred = instant(row[at["occurred_at"]])
        root = row[at["corrects_record_id"]]
        start = row[at["period_start"]] if name == "plan" else None
        if not (quarter.has(occurred) or (root and quarter.has(id_time(root)))
                or (root and (row[at["corrects_source"]] or row[at["source"]], root) in roots)
                or (start and quarter.has(instant(start)))
                or reaches(name, quarter, lambda column: row[at[column]])):
            continue
        if not read.has(row[at["stored_in"]]):
            continue
        day = quarter.first if name in ("test", "void", "confirmation") else quarter.day(occurred)
        key = (occurred, uuid.UUID(row[at["record_id"]]).bytes, row[at["source"]].encode())
        days.setdefault(day.isoformat(), []).append((key, leaf(name, columns[:at["stored_in"]], row[:at["stored_in"]])))
    return {day: [one for _, one in sorted(found)] for day, found in days.items()}


def main():
    document = json.load(open(sys.argv[1], encoding="utf-8"))
    psql = sys.argv[2:]
    proof = document["proof"]
    quarter = Quarter(document)
    read = Read(proof["read"])
    previous = proof["previous"]["root"] if proof["previous"] else "-"
    entries = [f"sems-proof/1 {proof['number']} {document['quarter']['label']} {document['revision']} {previous}"]
    found = []
    kinds = sorted(run(psql, "SELECT kind FROM sems.kind").split())
    roots = roots_of_the_quarter(psql, kinds, quarter, read)
    for name in kinds:
        for day, leaves in sorted(days_of(psql, name, quarter, read, roots).items()):
            found.append({"kind": name, "day": day, "leaves": len(leaves), "root": mth(leaves).hex()})
    for one in found:
        entries.append(f"{one['kind']} {one['day']} {one['leaves']} {one['root']}")
    root = mth([hashlib.sha256(b"\x00" + entry.encode("ascii")).digest() for entry in entries]).hex()
    for one in found:
        if one not in proof["days"]:
            sys.exit(f"not in the document: {one}")
    if len(found) != len(proof["days"]) or root != proof["root"]:
        sys.exit(f"{len(found)} days, root {root}; the document has {len(proof['days'])}, {proof['root']}")
    print(root)


main()

"""Recomputes every figure of an SPD from the rows as they were stored, and tells each difference.

    lib_recompute.py ROWS SPD.json...     ROWS: a folder with KIND.jsonl of every table, correction,
                                          quarantine, entity and target among them

Nothing of the daemon takes part: no view, no statement and not the catalogue. Each metric is
written here anew, from what it is meant to say. Prints each difference; none is success.
Of a frozen document only what the freeze read counts, as its proof says.
"""
import bisect
import collections
import datetime as dt
import functools
import json
import math
import os
import statistics
import sys
import zoneinfo
from fractions import Fraction

import lib_recompute_against as against
import lib_recompute_cases as cases
import lib_recompute_clusters as clusters
import lib_recompute_events as events
import lib_recompute_people as people
import lib_recompute_small as small
import lib_recompute_submitted as submitted

UTC = dt.timezone.utc
Z95 = 1.9599639845400542
Z998 = 3.0902323061678135
NORMAL = statistics.NormalDist()
NOT_GIVEN = "(not given)"
KINDS = ("observation test audit tip_event tip_session activity plan equipment_check heartbeat "
         "void training deployment incident report patrol exercise").split()
TIMES = ("occurred_at occurred_end corrected_at received_at debriefed_at planned_for period_start period_end "
         "due_at mode_from mode_to created_at expires_at previous_expires_at acknowledged_at closed_at "
         "valid received at").split()
OWN = "in-house"


# --- the evidence --------------------------------------------------------------------------------

def read_rows(folder, name):
    with open(os.path.join(folder, name + ".jsonl"), encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    for r in rows:
        for field in TIMES:
            if r.get(field) is not None:
                r[field] = dt.datetime.fromisoformat(r[field])
    return rows


def identity(r):
    return r["source"], r["record_id"]


def named_by(r):
    """What a correction or void names; None: it is none."""
    return r["corrects_record_id"] and (r["corrects_source"] or r["source"], r["corrects_record_id"])


def finding_of(audit, finding):
    """Whose it is: as the audit says, else of who sent the audit first."""
    return finding.get("of_source") or audit["family"][0], audit["site_id"], finding["finding_id"]


def rank(r):
    """What wins among a root's corrections: the root itself, then the greatest time."""
    if r["corrects_record_id"] is None:
        return 0, 0, "", ""
    return 1, (r["corrected_at"] or r["occurred_at"]).timestamp(), r["record_id"], r["source"]


def told_at(q):
    """When what was refused belongs: an identity of version 7 or 8 begins with milliseconds."""
    bare = (q["record_id"] or "").replace("-", "")
    if bare[12:13] in ("7", "8"):
        utc = dt.timezone.utc
        seconds = int(bare[:12], 16) / 1000
        if dt.datetime(2000, 1, 2, tzinfo=utc).timestamp() <= seconds <= q["received_at"].timestamp() + 86400:
            return dt.datetime.fromtimestamp(seconds, utc)
    return q["received_at"]


class Evidence:
    def __init__(self, folder, frozen=None):
        self.entity = read_rows(folder, "entity")[0]
        self.zone = zoneinfo.ZoneInfo(self.entity["zone"])
        self.targets = read_rows(folder, "target")
        self.decided = read_rows(folder, "chart_rebase")
        read = frozen and frozen["proof"]["read"]
        until = frozen and dt.datetime.fromisoformat(frozen["as_of"].replace("Z", "+00:00"))
        known = lambda r: not frozen or (r["stored_in"] < read["until"] and r["stored_in"] not in read["in_flight"])
        # A refused record has no leaf and no transaction of its own to go by.
        self.quarantine = [r for r in read_rows(folder, "quarantine") if not frozen or r["received_at"] < until]
        self.expected = read_rows(folder, "expected_feed")
        self.steps = list(filter(known, read_rows(folder, "spd_event")))
        self.revisions = {(r["quarter"], r["revision"]): r for r in read_rows(folder, "spd_revision")}
        self.confirmations = list(filter(known, read_rows(folder, "confirmation")))
        self.sites = [s["site_id"] for s in read_rows(folder, "site")]
        self.all = []
        for kind in KINDS:
            for r in filter(known, read_rows(folder, kind)):
                r["columns"] = set(r)
                r["kind"] = kind
                self.all.append(r)
        self.cases = cases.Cases(filter(known, read_rows(folder, "case_event")), self.zone)
        self.quarters = {}
        self.by_root = collections.defaultdict(list)
        names = {identity(r): named_by(r) for r in self.all if named_by(r)}
        for r in self.all:
            root = identity(r)
            while names.get(root):  # what is named may be a correction or a void itself
                root = names[root]
            r["family"] = root
            self.by_root[root].append(r)
        self.fold()

    def fold(self):
        self.effective = collections.defaultdict(list)
        self.embargoed = []
        for rows in self.by_root.values():
            counted = [r for r in rows if r["kind"] != "void"]
            is_void = any(r["kind"] == "void" and r["corrects_record_id"] for r in rows)
            last = max(counted, key=rank, default=None)
            hidden = last is not None and last["kind"] == "test" and is_hidden(last)
            for r in rows:
                r["is_last"] = r is last and not is_void
                r["is_voided"] = is_void
                r["is_corrected"] = any(c["corrects_record_id"] for c in counted)
                # A test's records count once it is seen, voided or not, or when they were never hidden.
                r["is_seen"] = r["kind"] != "test" or not is_hidden(r) or (
                    last is not None and last["kind"] == "test" and not hidden)
            if last is not None and not is_void:
                (self.embargoed if hidden else self.effective[last["kind"]]).append(last)

    @functools.lru_cache(maxsize=1)
    def doubles(self):
        """Records that count and share with another what should be one record's alone."""
        shared = collections.defaultdict(list)
        for kind, records in self.effective.items():
            for r in records:
                for key in keys_of(r, kind):
                    shared[key].append(r)
        found = {id(r): r for records in shared.values() if len(records) > 1 for r in records}
        return list(found.values())

    def instant(self, day):
        """When a civil day begins."""
        return dt.datetime.combine(day, dt.time(), self.zone).astimezone(UTC)

    def bounds(self, label):
        year, q = int(label[:4]), int(label[-1])
        first = dt.date(year, 3 * q - 2, 1)
        after = dt.date(year + q // 4, 3 * q % 12 + 1, 1)
        return self.instant(first), self.instant(after), first, after - dt.timedelta(days=1)

    def quarter(self, label):
        if label not in self.quarters:
            self.quarters[label] = Quarter(self, label)
        return self.quarters[label]

    def month(self, t):
        local = t.astimezone(self.zone)
        return local.year, local.month

    def rebases(self, metric, first, last):
        """First days of the weeks in which a metric's chart began anew; the newest decision counts."""
        newest = {}
        for r in sorted(self.decided, key=lambda r: r["rebase_id"]):
            newest[r["metric"], r["first_day"]] = r["is_withdrawn"]
        return sorted(day for (id_, day), gone in newest.items()
                      if id_ == metric and not gone and first <= day <= last)

    def target(self, metric, label, before=None):
        """The one in force; with `before` the one that it replaced."""
        age = lambda t: (t["from_quarter"], t["target_id"])
        rows = [t for t in self.targets if t["metric"] == metric and t["from_quarter"] <= label
                and (before is None or age(t) < age(before))]
        return max(rows, key=age, default=None)


OF_ONE_RECORD = ("record_id source_record_id device_local_time schema_version received_at received_from "
                 "received_as stored_in").split()


def keys_of(r, kind):
    number = r["source_record_id"]
    if number is not None:
        yield "number", kind, r["source"], number
    if number is None or number.startswith("row-"):
        if kind == "tip_event" and None not in (r["device_id"], r["event_no"]):
            yield ("event", kind, r["source"], r["device_id"], r["event_no"], r["outcome"], r["image_id"],
                   r["threat_category"], r["response_ms"])
        if kind == "tip_session" and None not in (r["device_id"], r["login_session_id"]):
            yield ("event", kind, r["source"], r["device_id"], r["login_session_id"], r["images_viewed"],
                   r["tip_shown"], r["hits"], r["misses"])
    if (r["precision"] or "MS") == "MS" and r["corrects_record_id"] is None and kind != "heartbeat":
        yield "alike", kind, json.dumps({k: v for k, v in r.items() if k in r["columns"] and k not in OF_ONE_RECORD},
                                        sort_keys=True, default=str)


def is_ahead(r):
    return max(r["occurred_at"], r["corrected_at"] or r["occurred_at"]) > r["received_at"] + dt.timedelta(minutes=1)


def is_hidden(test):
    return test["embargo"] is True or (test["mode"] == "COVERT" and test["debriefed_at"] is None)


def counted_at(r):
    return (r.get("period_start") or r["occurred_at"]) if r["kind"] == "plan" else r["occurred_at"]


# --- the quarter ---------------------------------------------------------------------------------

def dims(r, measure=None):
    return {"site": r["site_id"], "measure": measure or r["measure_code"],
            "provider": r["provider_id"]}


def text(v):
    return "true" if v is True else "false" if v is False else v


class Row(dict):
    """A counted row: its fields, and the dimensions under their names."""

    def __init__(self, r, measure=None, **more):
        super().__init__(r)
        self.update(dims(r, measure))
        self.update(more)


def micros(span):
    return span // dt.timedelta(microseconds=1)


def half_up(x):
    return math.floor(x + Fraction(1, 2))


def began(s):
    return s["occurred_at"], s["record_id"]


def session_end(s):
    """Its last instant: without an end the one before the next session of the device begins."""
    if s["occurred_end"]:
        return s["occurred_end"]
    day = s["occurred_at"] + dt.timedelta(hours=24)
    return min(day, s["next_at"] - dt.timedelta(microseconds=1)) if s["next_at"] else day


def alike(a, b):
    """Of one login and one screener, as far as both say which."""
    return all(a[k] is None or b[k] is None or a[k] == b[k] for k in ("login_session_id", "screener_id"))


class Quarter:
    def __init__(self, ev, label):
        self.ev = ev
        self.label = label
        self.start, self.end, self.first_day, self.last_day = ev.bounds(label)
        self.rows = {k: [Row(r) for r in ev.effective[k] if self.holds(counted_at(r))]
                     for k in KINDS}
        self.rows["activity"] = list(self.activities(ev))
        self.observations()
        self.tests()
        self.tip()
        self.audits()
        self.received()
        self.feeds()

    def activities(self, ev):
        """Each with its share of the quarter (counted) and what others of its place have of that
        (twice), and what counts at a time that counts for another place, too, one of which has no
        location (beside). Of a place's time the first that began has it, of those the longest."""
        def place(a):
            return (a["site_id"], a["location_id"], a["location_id"] or a["source"], a["measure_code"],
                    a["provider_id"], a["activity"], a["means"])

        def end(a):
            return a["occurred_end"] or a["occurred_at"]

        def site(a):
            return a["site_id"], a["measure_code"], a["provider_id"], a["activity"], a["means"]

        taken, of_site, nowhere = {}, {}, {}
        for a in sorted(ev.effective["activity"], key=lambda a: (
                a["occurred_at"], dt.timedelta() - (end(a) - a["occurred_at"]), a["method"] or "",
                a["record_id"], a["source"])):
            begin, over = a["occurred_at"], end(a)
            own = max(begin, taken.get(place(a), begin))
            taken[place(a)] = max(over, taken.get(place(a), over))
            others = (nowhere if a["location_id"] else of_site).get(site(a), self.start)
            if a["occurred_end"]:
                for ends in [of_site] if a["location_id"] else [of_site, nowhere]:
                    ends[site(a)] = max(over, ends.get(site(a), over))
            if begin >= self.end or (over <= self.start and begin < self.start):
                continue

            def until(t):
                return half_up(Fraction(a["count"] * micros(t - begin), micros(over - begin)))

            if over == begin:
                within, counted = a["count"], 0 if own > begin else a["count"]
            else:
                last = min(over, self.end)
                first = max(own, self.start)
                within = until(last) - until(max(begin, self.start))
                counted = until(last) - until(first) if first < last else 0
            first = max(own, self.start)
            if others <= first or counted == 0:
                beside = 0
            else:
                beside = counted if others >= min(over, self.end) else until(others) - until(first)
            yield Row(a, counted=counted, twice=within - counted, beside=beside)

    def modes(self, ev):
        """Each mode that lasts in the quarter with its seconds of it."""
        def worse(c):
            return ("NORMAL", "DEGRADED", "OUT").index(c["service_mode"])

        devices = {}
        for c in ev.effective["equipment_check"]:
            if c["service_mode"] is not None and c["mode_from"] is not None:
                devices.setdefault((c["site_id"], c["device_id"]), []).append(c)
        for all_of in devices.values():
            told = []
            for c in all_of:
                ends = [c["mode_to"]] if c["mode_to"] else [
                    o["mode_from"] for o in all_of
                    if o["mode_from"] > c["mode_from"] and worse(o) <= worse(c)] + [
                    o["mode_to"] for o in all_of if o["mode_to"] and o["mode_from"] == c["mode_from"]
                    and o["service_mode"] == c["service_mode"]] + [
                    c["mode_from"] + dt.timedelta(days=366), dt.datetime.now(UTC)]
                begin, over = max(c["mode_from"], self.start), min(min(ends), self.end)
                if begin < over:
                    told.append((c["mode_from"], -micros(min(ends) - c["mode_from"]), c["record_id"],
                                 c["source"], begin, over, c))
            told.sort(key=lambda x: x[:4])
            yield from self.seconds(told, worse)

    @staticmethod
    def seconds(told, worse):
        edges = sorted({t for x in told for t in x[4:6]})
        passed = [{} for _ in edges]
        for i, (a, b) in enumerate(zip(edges, edges[1:])):
            active = [worse(x[6]) for x in told if x[4] <= a and x[5] >= b]
            passed[i + 1] = dict(passed[i])
            if active:
                rank = max(active)
                passed[i + 1][rank] = passed[i + 1].get(rank, 0) + micros(b - a)
        clock = dict(zip(edges, passed))
        taken = {}
        for *_, begin, over, c in told:
            rank = worse(c)
            own = min(over, max(begin, taken.get(rank, begin)))
            taken[rank] = max(over, taken.get(rank, over))
            total = (half_up(Fraction(clock[over].get(rank, 0), 10 ** 6))
                     - half_up(Fraction(clock[own].get(rank, 0), 10 ** 6)))
            twice = half_up(Fraction(micros(own - begin), 10 ** 6))
            overruled = half_up(Fraction(micros(over - own), 10 ** 6)) - total
            yield Row(c, seconds=total, twice=twice, overruled=max(overruled, 0))

    def holds(self, t):
        return self.start <= t < self.end

    def observations(self):
        self.criteria = []
        for r in self.rows["observation"]:
            results = [(c["result"], c.get("mandatory", True)) for c in r["criteria"] or []]
            r["overall"] = ("FAIL" if ("NOT_MET", True) in results else
                            "PASS" if any(x == "MET" for x, _ in results) else "NOT_OBSERVED")
            for c in r["criteria"] or []:
                self.criteria.append(Row(r, r["measure_code"], criterion_id=c["criterion_id"],
                                         result=c["result"], severity=c.get("severity")))

    def tests(self):
        self.layers = []
        for r in self.rows["test"]:
            r["measure"] = r["target_measure"] or r["measure_code"]
            r["own"] = r["mode"] == "COVERT" and r["commissioned_by"] not in (
                "REGULATOR", "OTHER_STATE")
            r["others"] = r["mode"] == "COVERT" and not r["own"]
            r["valid"] = r["outcome"] in ("PASS", "FAIL", "PARTIAL")
            for x in r["layers"] or []:
                self.layers.append(Row(r, r["measure"], layer=x.get("layer"),
                                       detected=x.get("detected")))

    def tip(self):
        """Each event to the session that holds it: of the device, the login and the screener, as far as
        both say which; of several that which began last."""
        events, sessions = self.rows["tip_event"], self.rows["tip_session"]
        of_device = collections.defaultdict(list)
        for s in self.ev.effective["tip_session"]:
            of_device[s["site_id"], s["device_id"]].append(s)
        longest = {}
        for device, list_ in of_device.items():
            list_.sort(key=began)
            starts = [s["occurred_at"] for s in list_]
            for s in list_:
                s["next_at"] = next(iter(starts[bisect.bisect_right(starts, s["occurred_at"]):][:1]), None)
            of_device[device] = list_, starts
            longest[device] = max(session_end(s) - s["occurred_at"] for s in list_)
        told = collections.Counter()
        for e in self.ev.effective["tip_event"]:
            device, at = (e["site_id"], e["device_id"]), e["occurred_at"]
            list_, starts = of_device.get(device, ([], []))
            since = at - longest.get(device, dt.timedelta())
            near = list_[bisect.bisect_left(starts, since):bisect.bisect_right(starts, at)]
            for i, s in enumerate(near):
                if at > session_end(s) or not alike(e, s):
                    continue
                told[s["record_id"], s["source"], "events"] += 1
                if not any(alike(o, s) for o in near[i + 1:]):
                    for part in (e["outcome"] == "HIT" and "hits", e["outcome"] in ANSWERED and "shown",
                                 e["outcome"] in PROJECTED and "projected"):
                        told[s["record_id"], s["source"], part] += 1
        for s in sessions:
            for part in ("events", "hits", "shown", "projected"):
                s["event_" + part] = told[s["record_id"], s["source"], part]
            s["alone"] = not s["event_events"]
            counts = s["images_viewed"], s["tip_shown"], s["non_tip_alarms"]
            s["contradictory"] = None not in counts and counts[2] > counts[0] - counts[1]
            s["bags_known"] = None not in counts and not s["contradictory"]
            s["seconds"] = None
            if s["occurred_end"] is not None:
                span = (s["occurred_end"] - s["occurred_at"]).total_seconds()
                s["seconds"] = math.floor(span + 0.5)
        self.exposure = [(e["screener_id"], e, e["outcome"] in ANSWERED, e["outcome"] == "HIT")
                         for e in events]
        self.exposure += [(s["screener_id"], s, s["hits"] + s["misses"], s["hits"])
                          for s in sessions if s["alone"]]

    def audits(self):
        self.ratings, self.findings, self.listed = [], [], {}
        first_at, seen = {}, {}
        history = sorted(self.ev.effective["audit"], key=audit_order)
        for a in history:
            for f in a["findings"] or []:
                first_at.setdefault(finding_of(a, f), a)
        for a in sorted(self.rows["audit"], key=audit_order):
            a["first_at_site"] = a["site_id"] not in seen
            seen[a["site_id"]] = True
            a["on_time"] = None
            if a["planned_for"] is not None:
                a["on_time"] = self.ev.month(a["planned_for"]) == self.ev.month(a["occurred_at"])
            a["critical"] = any(f["severity"] == "CRITICAL" for f in a["findings"] or [])
            a["programme"] = a["type"] not in ("REGULATOR_AUDIT", "REGULATOR_INSPECTION",
                                               "INVESTIGATION")
            for x in a["ratings"] or []:
                self.ratings.append(Row(a, x.get("measure_code") or a["measure_code"],
                                        classification=x["classification"]))
            for f in a["findings"] or []:
                key = finding_of(a, f)
                row = Row(a, f.get("measure_code") or a["measure_code"], **f)
                row["measure"] = f.get("measure_code") or a["measure_code"]
                row["raised"] = first_at[key]["record_id"] == a["record_id"]
                of = f.get("repeat_of")
                earlier = of and first_at.get(key[:2] + (of,))
                row["repeated"] = bool(of) and of != f["finding_id"] and (
                    not earlier or (earlier["occurred_at"] >= year_before(a["occurred_at"])
                                    and audit_order(earlier)[:2] < audit_order(first_at[key])[:2]))
                row["origin"] = f.get("origin")
                self.findings.append(row)
        self.closings, opened, is_open = [], {}, {}
        for a in history:
            for f in a["findings"] or []:
                if a["occurred_at"] < self.end:
                    key, state = finding_of(a, f), f.get("state") or "OPEN"
                    told = f.get("detected_at")
                    at = dt.datetime.fromisoformat(told.replace("Z", "+00:00")) if told else a["occurred_at"]
                    opened[key] = min(at, opened.get(key, at))
                    row = Row(a, f.get("measure_code") or a["measure_code"], severity=f["severity"],
                              state=state, origin=f.get("origin"))
                    row["opened_at"] = opened[key]
                    self.listed[key] = row
                    if is_open.get(key) and state not in ("OPEN", "CORRECTED") and self.holds(a["occurred_at"]):
                        self.closings.append(dict(row, closed_at=a["occurred_at"]))
                    is_open[key] = state in ("OPEN", "CORRECTED")

    def received(self):
        self.stored = []
        for r in self.ev.all:
            if r["kind"] == "void" or not r["is_seen"] or not self.holds(counted_at(r)):
                continue
            end = r["occurred_end"] or r["occurred_at"] + {
                "DAY": dt.timedelta(hours=24), "MINUTE": dt.timedelta(minutes=1)
            }.get(r["precision"], dt.timedelta())
            root = r["corrects_record_id"] is None
            self.stored.append(Row(
                r, root=root, voided=root and r["is_voided"],
                corrected=root and r["is_corrected"], history=end < self.ev.entity["created_at"],
                ahead=is_ahead(r),
                on_time=r["received_at"] - end <= dt.timedelta(hours=72)))
        self.refused = [{"site": None, "measure": None, "kind": q["kind"], "source": q["source"]}
                        for q in self.ev.quarantine
                        if q["state"] != "REQUEUED" and q["kind"] not in (None, "", "test", "void")
                        and self.holds(told_at(q))]

    def feeds(self):
        said, came, sites = {}, collections.Counter(), collections.defaultdict(set)
        for h in self.rows["heartbeat"]:
            for x in h["events_made"] or []:
                if x["kind"] != "test":
                    key = h["source"], x["kind"]
                    said[key] = said.get(key, 0) + x["count"]
                    sites["said", key].add(h["site_id"])
        for r in self.stored:
            if r["root"] and r["kind"] not in ("heartbeat", "test"):
                came[r["source"], r["kind"]] += 1
                sites["came", (r["source"], r["kind"])].add(r["site_id"])
        self.feed = []
        registered = against.registered(self)
        expected = against.expectations(self, said, came, registered)
        for key in sorted(set(said) | set(came) | set(registered)):
            # Only where all that is known of it agrees: else a site would have another's records.
            known = (sites["said", key] | sites["came", key] | registered.get(key, set())) - {None}
            one = next(iter(known)) if len(known) == 1 else None
            said_now, came_now, basis = expected[key]
            self.feed.append({"site": one, "measure": None, "source": key[0], "kind": key[1],
                              "said": said_now, "came": came_now, "basis": basis})


def audit_order(a):
    return a["occurred_at"], a["record_id"], a["source"]


def year_before(t):
    day = 28 if (t.month, t.day) == (2, 29) else t.day
    return t.replace(year=t.year - 1, day=day)


ANSWERED = ("HIT", "MISS_DECIDED", "MISS_TIMEOUT")
PROJECTED = ANSWERED + ("ABORTED",)


# --- the metrics ---------------------------------------------------------------------------------
# Each yields (row, group, amount). Groups: num, den, fa, noise, ev, "x:REASON" excluded, "p:PART".

def done_by_kind(q):
    """(what, record, how many) of all that may be done of a plan."""
    for o in q.rows["observation"]:
        if o["overall"] != "NOT_OBSERVED":
            yield "OBSERVATIONS", o, 1
    for t in q.rows["test"]:
        if t["own"] and t["valid"]:
            yield "TESTS", t, 1
    for a in q.rows["audit"]:
        if a["programme"] and a["on_time"]:
            yield "AUDITS", a, 1
    for c in routine(q):
        if (c["attempt"] in (None, 1) and c["result"] in ("PASS", "FAIL") and c["due_at"]
                and c["occurred_at"] <= c["due_at"]):
            yield "EQUIPMENT_TESTS", c, 1
    for a in counted(q, "PATROLS_DONE"):
        if a["site"] not in events.sites_of_rounds(q):
            yield "PATROLS", a, a["counted"]
    for p in q.rows["patrol"]:
        if p["result"] in ("DONE", "EXCUSED"):
            yield "PATROLS", p, 1
    for a in counted(q, "VEHICLES_SEARCHED"):
        yield "VEHICLE_CHECKS", a, a["counted"]


def in_window(q, r, first, last):
    """Minute by minute by the entity's clocks; None: in for a part, or nobody can tell."""
    at = r["occurred_at"]
    end = at + {"DAY": dt.timedelta(hours=24), "MINUTE": dt.timedelta(minutes=1)}.get(
        r["precision"], dt.timedelta())
    end = max(end, r["occurred_end"] or end)
    holds = {(first + i) % 1440 for i in range((last - first) % 1440 + 1)}
    local = [t.astimezone(q.ev.zone) for t in (at, end)]
    if len(holds) == 1440:
        return True
    if local[0].utcoffset() != local[1].utcoffset() or end - at > dt.timedelta(hours=24):
        return None
    minute = local[0].replace(second=0, microsecond=0, tzinfo=None)
    said = {minute.hour * 60 + minute.minute in holds}
    while (minute := minute + dt.timedelta(minutes=1)) < local[1].replace(tzinfo=None):
        said.add(minute.hour * 60 + minute.minute in holds)
    return said.pop() if len(said) == 1 else None


class Line:
    def __init__(self, p):
        self.plan, self.asks, self.done = p, 0, []

    def rank(self, q, r):
        """The least fits best; None: not at all."""
        p, at = self.plan, max(r["occurred_at"], q.start)
        if p["site"] != r["site"] or p["measure"] not in (None, r["measure"]) or not (
                p["period_start"] <= at < p["period_end"]):
            return None
        first, last = p["window_start_min"], p["window_end_min"]
        said = None if first is None else in_window(q, r, first, last)
        order = 1 if first is None else {True: 0, None: 2, False: 3}[said]
        return (order, p["measure"] is None, p["period_end"] - p["period_start"], p["period_start"],
                -1 if first is None else first, -1 if last is None else last), said


def of_measure(r, measure, **more):
    row = Row(r, **more)
    row["measure"] = measure
    return row


def delivery(q):
    """{what: rows} of plans, and all rows of what has a time of day, plan by plan."""
    if hasattr(q, "delivered"):
        return q.delivered
    lines, out, timed = collections.defaultdict(dict), collections.defaultdict(list), []
    for p in q.rows["plan"]:
        key = tuple(p[k] for k in ("site", "measure", "period_start", "period_end",
                                   "window_start_min", "window_end_min"))
        lines[p["what"]].setdefault(key, Line(p)).asks += p["planned_count"]
        out[p["what"]].append((p, "den", p["planned_count"]))
    for what, r, n in done_by_kind(q):
        fitting = [(f[0], line, f[1]) for line in lines[what].values() if (f := line.rank(q, r))]
        if fitting:
            _, line, said = min(fitting, key=lambda x: x[0])
            line.done.append((max(r["occurred_at"], q.start), r["record_id"], r["source"], r, n))
            if line.plan["window_start_min"] is not None and r.get("result") != "EXCUSED":
                row = of_measure(r, line.plan["measure"], what=what)
                timed += [(row, "x:TIME_OF_DAY_NOT_TOLD", n)] if said is None else [
                    (row, "den", n), (row, "num" if said else "num0", n)]
        elif lines[what] and r.get("result") != "EXCUSED":
            out[what].append((of_measure(r, r["measure"]), "p:UNPLANNED", n))
    for what, of in lines.items():
        for line in of.values():
            left = line.asks
            for *_, r, n in sorted(line.done, key=lambda x: x[:3]):
                row = of_measure(r, line.plan["measure"])
                if r.get("result") == "EXCUSED":
                    out[what].append((row, "den", -min(n, left)))
                else:
                    out[what] += [(row, "num", min(n, left)), (row, "p:SURPLUS", n - min(n, left))]
                left -= min(n, left)
    q.delivered = out, timed
    return q.delivered


def planned(q, what):
    yield from delivery(q)[0][what]


def qn17(q):
    yield from delivery(q)[1]


def qn01(q):
    yield from planned(q, "OBSERVATIONS")
    for o in q.rows["observation"]:
        if o["overall"] == "NOT_OBSERVED":
            yield o, "x:NOT_OBSERVED", 1


def met(o, part=True):
    if part:
        yield o, "p:" + {"PASS": "MET", "FAIL": "NOT_MET"}.get(o["overall"], "NOT_OBSERVED"), 1
    if o["overall"] == "NOT_OBSERVED":
        yield o, "x:NOT_OBSERVED", 1
    else:
        yield o, "den", 1
        yield o, "num", int(o["overall"] == "PASS")


def ql01(q):
    for o in q.rows["observation"]:
        yield from met(o)


def ql09(q):
    for o in q.rows["observation"]:
        if o["provider"] is None:
            yield o, "x:PROVIDER_NOT_GIVEN", 1
        elif o["provider"] == OWN:
            yield o, "x:OWN_SECURITY", 1
        else:
            yield from met(o, False)


def ql02(q):
    for c in q.criteria:
        if c["result"] in ("MET", "NOT_MET"):
            yield c, "den", 1
            yield c, "num", int(c["result"] == "MET")
        else:
            yield c, "x:" + c["result"], 1


def ql03(q):
    for c in q.criteria:
        if c["result"] in ("MET", "NOT_MET"):
            yield c, "ev", 1
        if c["result"] == "NOT_MET" and c["severity"] == "CRITICAL":
            yield c, "num", 1


def ob01(q):
    for o in q.rows["observation"]:
        yield o, "num", 1


def qn02(q):
    yield from planned(q, "TESTS")
    for t in q.rows["test"]:
        if not t["own"]:
            yield t, "x:NOT_OWN_TEST" if t["others"] else "x:NOT_COVERT", 1
        elif not t["valid"]:
            yield t, "x:INVALID", 1


def passed(t):
    yield t, "den", 1
    yield t, "num", int(t["outcome"] == "PASS")
    yield t, "p:" + t["outcome"], 1


def out01(q):
    for t in q.rows["test"]:
        if not t["own"]:
            yield t, "x:NOT_OWN_TEST" if t["others"] else "x:NOT_COVERT", 1
        elif t["valid"]:
            yield from passed(t)
        else:
            yield t, "x:" + (t["invalid_reason"] or "INVALID_REASON_NOT_GIVEN"), 1


def tests_where(field):
    def rows(q):
        for t in q.rows["test"]:
            if t["others"] if field == "others" else t["mode"] == "OVERT":
                if t["valid"]:
                    yield from passed(t)
                else:
                    yield t, "x:INVALID", 1
    return rows


def out02(q):
    for x in q.layers:
        if not x["own"]:
            continue
        if not x["valid"]:
            yield x, "x:INVALID", 1
        elif x["detected"] is None:
            yield x, "x:DETECTION_NOT_GIVEN", 1
        else:
            yield x, "den", 1
            yield x, "num", int(x["detected"])


def ts01(q):
    for t in q.rows["test"]:
        if t["mode"] == "COVERT" and t["valid"]:
            yield t, "ev", 1
            if t["outcome"] != "PASS":
                yield t, "num", 1


def qn14(q):
    for s in q.rows["tip_session"]:
        if s["images_viewed"] is not None and s["tip_shown"] is not None:
            yield s, "num", s["tip_shown"]
            yield s, "den", s["images_viewed"]


def qn16(q):
    for s in q.rows["tip_session"]:
        if s["tip_enabled_seconds"] is None:
            yield s, "x:SESSIONS_WITHOUT_ENABLED_TIME", 1
        elif s["seconds"] is None:
            yield s, "x:SESSIONS_WITHOUT_END", 1
        else:
            yield s, "num", s["tip_enabled_seconds"]
            yield s, "den", s["seconds"]


def out03(q):
    for e in q.rows["tip_event"]:
        if e["outcome"] == "ABORTED":
            yield e, "x:ABORTED_" + (e["abort_reason"] or "REASON_NOT_GIVEN"), 1
        elif e["outcome"] in ANSWERED:
            yield e, "den", 1
            yield e, "num", int(e["outcome"] == "HIT")
            yield e, "p:FROM_EVENTS", 1
            if e["outcome"] != "HIT":
                yield e, "p:" + e["outcome"], 1
    for s in q.rows["tip_session"]:
        if s["alone"]:
            yield s, "den", s["hits"] + s["misses"]
            yield s, "p:FROM_SESSIONS", s["hits"] + s["misses"]
            yield s, "num", s["hits"]
        else:
            yield s, "x:NOT_TOLD_BY_EVENTS", max(s["tip_shown"] - s["event_projected"], 0)
        if s["alone"]:
            if s["aborted"] is not None:
                yield s, "x:ABORTED_REASON_NOT_GIVEN", s["aborted"]


def alarms(s, fa, noise):
    found = s["non_tip_alarms_confirmed_threat"] or 0
    yield s, fa, s["non_tip_alarms"] - found
    yield s, noise, s["images_viewed"] - s["tip_shown"] - found


def out04(q):
    for s in q.rows["tip_session"]:
        if not s["bags_known"]:
            yield s, "x:CONTRADICTORY_SESSIONS" if s["contradictory"] else "x:SESSIONS_WITHOUT_ALARM_COUNT", 1
            continue
        yield from alarms(s, "num", "den")
        yield s, "p:NON_TIP_ALARMS", s["non_tip_alarms"]
        yield s, "p:CONFIRMED_THREATS", s["non_tip_alarms_confirmed_threat"] or 0
        yield s, "p:IMAGES_WITH_NEITHER", (s["images_viewed"] - s["tip_shown"]
                                           - s["non_tip_alarms"])


def out05(q):
    for s in q.rows["tip_session"]:
        if not s["bags_known"]:
            yield s, "x:CONTRADICTORY_SESSIONS" if s["contradictory"] else "x:SESSIONS_WITHOUT_ALARM_COUNT", 1
            if not s["alone"]:
                yield s, "x:EVENTS_WITHOUT_BAGS", s["event_shown"]
            continue
        yield from alarms(s, "fa", "noise")
        yield s, "den", s["hits"] + s["misses"] if s["alone"] else s["event_shown"]
        yield s, "num", s["hits"] if s["alone"] else s["event_hits"]


def out11(q):
    for e in q.rows["tip_event"]:
        if e["outcome"] in ("HIT", "MISS_DECIDED", "MISS_TIMEOUT"):
            yield e, "den", 1
            if e["outcome"] == "HIT":
                yield e, "num", 1
    for s in q.rows["tip_session"]:
        if s["bags_known"]:
            yield from alarms(s, "fa", "noise")


def out07(q):
    for e in q.rows["tip_event"]:
        if e["outcome"] == "HIT":
            given = e["response_ms"] is not None
            yield e, "value" if given else "x:TIME_NOT_GIVEN", e["response_ms"] if given else 1


def tp01(q):
    for e in q.rows["tip_event"]:
        yield e, "ev", 1
        if e["outcome"] == "NON_TIP_ALARM":
            yield e, "num", 1
    for s in q.rows["tip_session"]:
        if s["non_tip_alarms"] is not None:
            yield s, "ev", 1
            if s["alone"]:
                yield s, "num", s["non_tip_alarms"]


def session_sum(field):
    def rows(q):
        for s in q.rows["tip_session"]:
            if s[field] is not None:
                yield s, "num", s[field]
    return rows


def tp04(q):
    for e in q.rows["tip_event"]:
        if e["outcome"] in PROJECTED:
            yield e, "den", 1
            yield e, "num", int(e["outcome"] == "ABORTED")


def qn15_left_out(q):
    for e in q.rows["tip_event"]:
        if e["screener_id"] is None and e["outcome"] in ANSWERED:
            yield e, "x:EVENTS_WITHOUT_SCREENER", 1
    for s in q.rows["tip_session"]:
        if s["screener_id"] is None and s["alone"]:
            yield s, "x:SESSIONS_WITHOUT_SCREENER", 1


def qn03(q):
    yield from planned(q, "AUDITS")
    for a in q.rows["audit"]:
        if not a["programme"]:
            yield a, "x:NOT_OWN_PROGRAMME", 1
        elif a["on_time"] is None:
            yield a, "x:PLANNED_MONTH_NOT_GIVEN", 1
        elif not a["on_time"]:
            yield a, "x:ANOTHER_MONTH", 1


def ql05(q):
    for x in q.ratings:
        c = x["classification"]
        if c in ("NOT_APPLICABLE", "NOT_CONFIRMED"):
            yield x, "x:" + c, 1
        else:
            yield x, "den", 1
            yield x, "p:" + c, 1
            yield x, "num", int(c in ("FULLY_COMPLIANT", "COMPLIANT_IMPROVEMENT_DESIRABLE"))


def ql06(q):
    for f in q.listed.values():
        yield f, "ev", 1
        if f["severity"] in ("SERIOUS", "CRITICAL") and f["state"] in ("OPEN", "CORRECTED"):
            yield f, "num", 1
    for a in q.rows["audit"]:
        yield a, "ev", 1


def ql07(q):
    for f in q.findings:
        if f["raised"]:
            yield f, "den", 1
            yield f, "num", int(f["repeated"])


def au01(q):
    for a in q.rows["audit"]:
        yield a, "num", 1
        yield a, "p:SITES", int(a["first_at_site"])


def au02(q):
    for a in q.rows["audit"]:
        if a["first_at_site"]:
            yield a, "num", 1


def au03(q):
    for a in q.rows["audit"]:
        yield a, "den", 1
        yield a, "num", int(a["critical"])


def fi01(q):
    for a in q.rows["audit"]:
        yield a, "ev", 1
    for f in q.findings:
        if f["raised"]:
            yield f, "num", 1
            yield f, "p:" + f["severity"], 1
        else:
            yield f, "x:LISTED_AGAIN", 1


def fi02(q):
    for f in q.listed.values():
        if f["state"] in ("OPEN", "CORRECTED"):
            yield f, "value", (q.last_day - f["opened_at"].astimezone(q.ev.zone).date()).days


def fi03(q):
    for f in q.closings:
        day = lambda at: at.astimezone(q.ev.zone).date()
        yield f, "value", (day(f["closed_at"]) - day(f["opened_at"])).days


def counted(q, *activities):
    return (a for a in q.rows["activity"] if a["activity"] in activities)


def estimated(a):
    return a, "p:ESTIMATED", a["counted"] if a["method"] == "ESTIMATED" else 0


def overlaps(a):
    yield a, "x:COUNTED_TWICE", a["twice"]
    yield a, "p:COUNTED_BESIDE", a["beside"]


def qn04(q):
    yield from planned(q, "VEHICLE_CHECKS")
    for a in counted(q, "VEHICLES_SEARCHED"):
        if a["method"] == "ESTIMATED":
            yield estimated(a)
        yield from (x for x in overlaps(a) if x[2])


def qn08(q):
    yield from planned(q, "PATROLS")
    is_planned = any(p["what"] == "PATROLS" for p in q.rows["plan"])
    for a in counted(q, "PATROLS_DONE"):
        yield from (x for x in overlaps(a) if x[2])
        if is_planned and a["site"] in events.sites_of_rounds(q):
            yield a, "x:COUNTED_BY_ROUNDS", a["counted"]
    for p in q.rows["patrol"]:
        if p["result"] != "DONE":
            yield p, "x:" + p["result"], 1
    for a in counted(q, "PATROLS_REQUIRED"):
        yield a, "p:PATROLS_REQUIRED", a["counted"]


def routine(q):
    return (c for c in q.rows["equipment_check"] if c["check_type"] in ("ROUTINE_TEST", "DAILY_OTP"))


def qn10(q):
    yield from planned(q, "EQUIPMENT_TESTS")
    for c in routine(q):
        if c["result"] == "NOT_DONE":
            yield c, "x:NOT_DONE", 1
        elif c["attempt"] in (None, 1) and c["result"] in ("PASS", "FAIL"):
            late = c["due_at"] is not None and c["occurred_at"] > c["due_at"]
            if late or c["due_at"] is None:
                yield c, "x:LATE" if late else "x:DUE_TIME_NOT_GIVEN", 1


def qn11(q):
    for c in q.rows["equipment_check"]:
        if c["service_mode"] is not None and c["mode_from"] is None:
            yield c, "x:MODE_TIME_NOT_GIVEN", 1
    for c in q.modes(q.ev):
        yield c, "den", c["seconds"]
        yield c, "num" if c["service_mode"] == "NORMAL" else "num0", c["seconds"]
        yield c, "x:SECONDS_TOLD_TWICE", c["twice"]
        yield c, "x:SECONDS_OVERRULED", c["overruled"]
        if c["service_mode"] == "NORMAL":
            yield c, "ev", 1
        else:
            yield c, f"p:{c['service_mode']}_SECONDS", c["seconds"]


def qn12(q):
    for a in counted(q, "CABIN_BAGS", "HOLD_BAGS", "CARGO_PIECES"):
        yield from overlaps(a)
        if a["means"] is None:
            yield a, "x:MEANS_NOT_GIVEN", a["counted"]
        else:
            yield a, "den", a["counted"]
            yield a, "num" if a["means"] == "DEGRADED" else "num0", a["counted"]
            if a["means"] == "NORMAL":
                yield a, "ev", a["counted"]


def qn13(q):
    for a in counted(q, "STAFF_SCREENED", "ACCESS_TRANSACTIONS"):
        yield a, "num" if a["activity"] == "STAFF_SCREENED" else "den", a["counted"]
        yield estimated(a)
        yield from overlaps(a)


def ql04(q):
    for c in routine(q):
        if c["attempt"] not in (None, 1):
            yield c, "x:REPEATED", 1
        elif c["result"] == "NOT_DONE":
            yield c, "x:NOT_DONE", 1
        elif c["result"] is not None:
            yield c, "den", 1
            yield c, "num", int(c["result"] == "PASS")


def activity_sum(activity):
    def rows(q):
        for a in counted(q, activity):
            yield a, "num", a["counted"]
            yield estimated(a)
            yield from overlaps(a)
    return rows


def dq01(q):
    for f in q.feed:
        if f["said"] is None and f["came"]:
            yield f, "x:NOT_ANNOUNCED", f["came"]
        elif f["said"] is not None:
            yield f, "den", f["said"]
            yield f, "num", min(f["said"], f["came"])


def dq02(q):
    for r in q.stored:
        if r["root"] and r["kind"] != "plan" and r["history"]:
            yield r, "x:BEFORE_SETUP", 1
        elif r["root"] and r["kind"] != "plan":
            yield r, "den", 1
            yield r, "num", int(r["on_time"] and not r["ahead"])
            yield r, "p:DATED_AHEAD", int(r["ahead"])


def dq03(q):
    for r in q.refused:
        yield r, "num", 1
        yield r, "den", 1
        yield r, "p:QUARANTINED", 1
    for r in q.stored:
        if r["root"]:
            yield r, "den", 1
            yield r, "num", int(r["voided"])
            yield r, "p:VOIDED", int(r["voided"])


def dq07(q):
    for r in q.stored:
        if r["root"]:
            yield r, "den", 1
    for r in q.ev.doubles():
        if q.holds(counted_at(r)):
            yield Row(r, kind=r["kind"], source=r["source"]), "num", 1


def dq08(q):
    for r in q.stored:
        yield r, "den", 1
        yield r, "num", int(r["ahead"])


def dq06(q):
    for e in q.rows["tip_event"]:
        if e["outcome"] in PROJECTED:
            yield e, "x:EVENTS_WITHOUT_SESSIONS", 1
    for s in q.rows["tip_session"]:
        yield s, "x:SHOWN_IN_SESSIONS_WITHOUT_EVENTS" if s["alone"] else "den", s["tip_shown"]
        if not s["alone"]:
            yield s, "num", s["event_projected"]
            yield s, "x:EVENTS_WITHOUT_SESSIONS", -s["event_projected"]


def persons_exposed(q):
    return q.exposure


def results(q):
    return [e for e in q.rows["tip_event"] if e["outcome"] in ("HIT", "MISS_DECIDED", "MISS_TIMEOUT")]


def images_shown(q):
    return [(e["image_id"] and (e["library_id"], e["library_version"], e["image_id"]), e, 1,
             int(e["outcome"] == "HIT")) for e in results(q)]


def tp05_left_out(q):
    for e in results(q):
        if e["image_id"] is None:
            yield e, "x:IMAGE_NOT_GIVEN", 1


def sources_with_clock(q):
    return [(r["source"], r, 1, int(abs(r["clock_offset_ms"]) > 60000)) for r in q.stored
            if r["clock_offset_ms"] is not None] + [
           (r["source"], r, 0, 0) for r in q.stored if r["clock_offset_ms"] is None]


def none(q):
    return ()


def spread(of, reason):
    """How many values something of the observations has, and those that have none."""
    def left_out(q):
        for o in q.rows["observation"]:
            if of(q, o) is None:
                yield o, "x:" + reason, 1

    return Metric(PERSONS, left_out, persons=lambda q: [(of(q, o), o, 1, 1) for o in q.rows["observation"]],
                  rule="any", reasons=reason)


def local(q, o):
    return o["occurred_at"].astimezone(q.ev.zone)


# id: (what it is, rows, what else is known of it). A "rows" numerator counts rows, so that none is 0;
# a "sum" of nothing is unknown.
RATIO, COUNT, QUANTILE, SDT, PERSONS, SPREAD, KAPPA = (
    "ratio", "count", "quantile", "sdt", "persons", "spread", "kappa")


class Metric:
    def __init__(self, shape, rows, sample=False, n_min=0, up=None, empty="NO_DATA", sums=False,
                 reasons="", parts="", persons=None, rule=None, k=0, low=0, left_out=None,
                 needs_other=False, all_out=None, apart=None, cluster=None, per=1):
        self.__dict__.update(locals())


def plan(rows, reasons="", parts=""):
    return Metric(RATIO, rows, up=True, empty="NO_PLAN", reasons=reasons, parts="SURPLUS UNPLANNED " + parts)


def sample(rows, reasons="", parts="", up=True, apart=None, cluster=None):
    return Metric(RATIO, rows, sample=True, n_min=30, up=up, reasons=reasons, parts=parts, apart=apart,
                  cluster=cluster)


def by_field(field):
    return lambda row: row[field]


def by_record(row):
    return row["record_id"], row["source"]


OUTCOMES = "PASS PARTIAL FAIL"
SEVERITIES = "CRITICAL SERIOUS MINOR OBSERVATION_ONLY"
METRICS = {
    "QN01": plan(qn01, "NOT_OBSERVED"),
    "QL01": sample(ql01, "NOT_OBSERVED", "MET NOT_MET NOT_OBSERVED", apart="mode", cluster=by_field("observer_id")),
    "QL02": sample(ql02, "NOT_OBSERVED NOT_APPLICABLE", cluster=by_record),
    "QL03": Metric(COUNT, ql03, up=False),
    "QL08": Metric(KAPPA, events.ql08, n_min=30, up=True, reasons="NOT_OF_TWO NOT_RATED_BY_BOTH"),
    "QL09": sample(ql09, "NOT_OBSERVED OWN_SECURITY PROVIDER_NOT_GIVEN", cluster=by_field("observer_id")),
    "OB01": Metric(COUNT, ob01),
    "OB02": spread(lambda q, o: o["observer_id"], "OBSERVER_NOT_GIVEN"),
    "OB03": spread(lambda q, o: o["shift_id"], "SHIFT_NOT_GIVEN"),
    "OB04": spread(lambda q, o: local(q, o).isoweekday(), "WEEKDAY_NOT_KNOWN"),
    "OB05": spread(lambda q, o: None if o["precision"] == "DAY" else local(q, o).hour, "HOUR_NOT_KNOWN"),
    "QN02": plan(qn02, "INVALID NOT_OWN_TEST NOT_COVERT"),
    "OUT01": sample(out01, "COMPROMISED ABORTED_SAFETY ABORTED_OPS TESTER_ERROR "
                    "EQUIPMENT_OUT_OF_SERVICE INVALID_REASON_NOT_GIVEN NOT_OWN_TEST NOT_COVERT",
                    OUTCOMES),
    "OUT01R": sample(tests_where("others"), "INVALID", OUTCOMES),
    "OUT01O": sample(tests_where("overt"), "INVALID", OUTCOMES),
    "OUT02": sample(out02, "DETECTION_NOT_GIVEN INVALID", apart="layer"),
    "TS01": Metric(COUNT, ts01),
    "QN14": Metric(RATIO, qn14, sums=True),
    "QN15": Metric(PERSONS, qn15_left_out, up=True, persons=persons_exposed, rule="share", k=100,
                   reasons="EVENTS_WITHOUT_SCREENER SESSIONS_WITHOUT_SCREENER"),
    "QN16": Metric(RATIO, qn16, up=True, sums=True,
                   reasons="SESSIONS_WITHOUT_ENABLED_TIME SESSIONS_WITHOUT_END"),
    "OUT03": sample(out03, "ABORTED_LOGOFF ABORTED_BELT_STOP ABORTED_IMAGE_REJECTED ABORTED_FAULT "
                    "ABORTED_TRAINING_MODE NOT_TOLD_BY_EVENTS ABORTED_REASON_NOT_GIVEN",
                    "FROM_EVENTS FROM_SESSIONS MISS_DECIDED MISS_TIMEOUT", cluster=by_field("screener_id")),
    "OUT04": Metric(RATIO, out04, sample=True, n_min=30, sums=True,
                    reasons="SESSIONS_WITHOUT_ALARM_COUNT CONTRADICTORY_SESSIONS",
                    parts="NON_TIP_ALARMS CONFIRMED_THREATS IMAGES_WITH_NEITHER", cluster=by_field("screener_id")),
    "OUT05": Metric(SDT, out05, n_min=30,
                    reasons="EVENTS_WITHOUT_BAGS SESSIONS_WITHOUT_ALARM_COUNT CONTRADICTORY_SESSIONS"),
    "OUT11": Metric(SDT, out11, n_min=30, apart="threat_category"),
    "OUT06": Metric(PERSONS, none, up=False, persons=persons_exposed, rule="below", k=100,
                    left_out="TOO_FEW_EVENTS"),
    "OUT07": Metric(QUANTILE, out07, n_min=30, reasons="TIME_NOT_GIVEN"),
    "TP01": Metric(COUNT, tp01),
    "TP02": Metric(COUNT, session_sum("images_viewed")),
    "TP03": Metric(COUNT, session_sum("tip_shown")),
    "TP04": Metric(RATIO, tp04),
    "TP05": Metric(PERSONS, tp05_left_out, persons=images_shown, rule="extreme", k=30, low=20,
                   left_out="TOO_FEW_PROJECTIONS", reasons="IMAGE_NOT_GIVEN"),
    "QN03": plan(qn03, "ANOTHER_MONTH PLANNED_MONTH_NOT_GIVEN NOT_OWN_PROGRAMME"),
    "QL05": Metric(RATIO, ql05, up=True, reasons="NOT_APPLICABLE NOT_CONFIRMED",
                   parts="FULLY_COMPLIANT COMPLIANT_IMPROVEMENT_DESIRABLE NOT_COMPLIANT NOT_COMPLIANT_SERIOUS"),
    "QL06": Metric(COUNT, ql06, up=False),
    "QL07": Metric(RATIO, ql07, up=False),
    "AU01": Metric(COUNT, au01, parts="SITES"),
    "AU02": Metric(COUNT, au02),
    "AU03": Metric(RATIO, au03, up=False),
    "FI01": Metric(COUNT, fi01, reasons="LISTED_AGAIN", parts=SEVERITIES),
    "FI02": Metric(QUANTILE, fi02, up=False),
    "FI03": Metric(QUANTILE, fi03, up=False),
    "CA01": Metric(RATIO, cases.ca01, up=True, reasons="REJECTED", parts="ON_TIME TOLD_AFTER_THE_DAY LATE NOT_VERIFIED"),
    "CA02": Metric(COUNT, cases.ca02, up=False, parts="OVERDUE_A_MONTH OVERDUE_A_QUARTER OVERDUE_LONGER"),
    "CA03": Metric(QUANTILE, cases.ca03, up=False),
    "CA04": Metric(RATIO, cases.ca04, up=False),
    "RK01": Metric(RATIO, cases.rk01, up=True),
    "RK02": Metric(COUNT, cases.rk02, up=False),
    "RK03": Metric(COUNT, cases.rk03, up=False),
    "QN04": plan(qn04, "COUNTED_TWICE", parts="ESTIMATED COUNTED_BESIDE"),
    "QN08": plan(qn08, "COUNTED_TWICE COUNTED_BY_ROUNDS LATE MISSED EXCUSED", parts="PATROLS_REQUIRED COUNTED_BESIDE"),
    "QN17": Metric(RATIO, qn17, up=True, reasons="TIME_OF_DAY_NOT_TOLD"),
    "QN10": plan(qn10, "LATE NOT_DONE DUE_TIME_NOT_GIVEN"),
    "QN11": Metric(RATIO, qn11, up=True, sums=True, needs_other=True,
                   reasons="MODE_TIME_NOT_GIVEN SECONDS_TOLD_TWICE SECONDS_OVERRULED",
                   parts="DEGRADED_SECONDS OUT_SECONDS"),
    "QN12": Metric(RATIO, qn12, up=False, sums=True, needs_other=True,
                   reasons="COUNTED_TWICE MEANS_NOT_GIVEN", parts="COUNTED_BESIDE"),
    "QN13": Metric(RATIO, qn13, up=True, sums=True, reasons="COUNTED_TWICE", parts="ESTIMATED COUNTED_BESIDE"),
    "QL04": Metric(RATIO, ql04, up=True, reasons="NOT_DONE REPEATED"),
    "TR01": Metric(PERSONS, none, persons=people.persons_due, rule="any"),
    "QN05": Metric(RATIO, people.renewals, up=True, reasons="NOT_DEPLOYED"),
    "QN06": Metric(PERSONS, people.not_in_date_for, up=True, persons=people.persons_in_date, rule="share", k=1,
                   reasons="NOT_DEPLOYED_AT_END COMPETENCE_NOT_TOLD"),
    "QN07": Metric(PERSONS, people.half_year_runs, up=True, persons=people.persons_trained, rule="share", k=1,
                   reasons="HALF_YEAR_RUNS", all_out="HALF_YEAR_RUNS"),
    "QN09": Metric(SPREAD, events.qn09, n_min=30, up=True, reasons="SLOT_NOT_TOLD"),
    "DR01": Metric(COUNT, events.dr01),
    "DR02": Metric(RATIO, events.dr02, up=True, reasons="NOT_TRIED"),
    "OUT08": Metric(RATIO, events.out08, up=False, needs_other=True, per=100000,
                    reasons="NOT_BY_PASSENGERS COUNTED_TWICE", parts="ESTIMATED COUNTED_BESIDE"),
    "OUT09": Metric(COUNT, events.out09, up=False, reasons="NOT_YET_KNOWN", parts="RESTRICTED_AREA ACCESS_CONTROL"),
    "OUT10": Metric(COUNT, events.out10, up=False),
    "IN01": Metric(COUNT, events.in01, parts="UNLAWFUL_INTERFERENCE"),
    "RP01": Metric(RATIO, events.rp01, up=True, needs_other=True, per=100, reasons="NOT_BY_STAFF", parts="ANONYMOUS"),
    "RP02": Metric(RATIO, events.rp02, up=True, parts="NOT_ACKNOWLEDGED"),
    "RP03": Metric(COUNT, events.rp03),
    "DQ01": Metric(RATIO, dq01, up=True, sums=True, reasons="NOT_ANNOUNCED"),
    "DQ02": Metric(RATIO, dq02, up=True, reasons="BEFORE_SETUP", all_out="BEFORE_SETUP", parts="DATED_AHEAD"),
    "DQ03": Metric(RATIO, dq03, up=False, parts="QUARANTINED VOIDED"),
    "DQ04": Metric(COUNT, submitted.dq04, up=False, empty="NOTHING_SUBMITTED",
                   parts="NEW_RECORDS CORRECTIONS VOIDS CONFIRMATIONS"),
    "DQ05": Metric(PERSONS, none, up=False, persons=sources_with_clock, rule="any",
                   left_out="CLOCK_OFFSET_NOT_TOLD"),
    "DQ06": Metric(RATIO, dq06, up=True,
                   reasons="EVENTS_WITHOUT_SESSIONS SHOWN_IN_SESSIONS_WITHOUT_EVENTS"),
    "DQ07": Metric(RATIO, dq07, up=False),
    "DQ08": Metric(RATIO, dq08, up=False),
}
for number, name in enumerate(
        "PASSENGERS_SCREENED CABIN_BAGS HOLD_BAGS STAFF_SCREENED VEHICLES_ENTERED "
        "VEHICLES_SEARCHED PATROLS_REQUIRED PATROLS_DONE CARGO_PIECES SUPPLY_DELIVERIES "
        "ACCESS_TRANSACTIONS SCREENER_HOURS FLIGHTS".split()):
    METRICS[f"EX{number + 1:02}"] = Metric(COUNT, activity_sum(name), reasons="COUNTED_TWICE",
                                         parts="ESTIMATED COUNTED_BESIDE")


# --- figures -------------------------------------------------------------------------------------

def wilson(x, n, z=Z95):
    root = math.sqrt(z * z + 4 * x * (1 - x / n))
    lo, hi = (2 * x + z * z - z * root) / (2 * (n + z * z)), (2 * x + z * z + z * root) / (
        2 * (n + z * z))
    return 0.0 if x == 0 else lo, 1.0 if x == n else hi


def quantile7(values, p):
    h = (len(values) - 1) * p
    i = math.floor(h)
    return values[i] + (h - i) * (values[min(i + 1, len(values) - 1)] - values[i])


class Cell:
    def __init__(self):
        self.n = collections.Counter()
        self.known = set()
        self.values = []
        self.clusters = collections.defaultdict(lambda: [0, 0])

    def add(self, group, amount, cluster=None):
        if cluster is not None and group in ("num", "den"):
            self.clusters[cluster][group == "den"] += amount
        if group == "value":
            self.values.append(amount)
            group, amount = "den", 1
        if group == "num0":
            group, amount = "num", 0
        self.n[group] += amount
        self.known.add(group)


def cells_of(rows, keys, m=None, part=None):
    """The cells of a breakdown: by what the rows say of its dimensions. Where the metric is counted apart by
    another, of the one part, those of others beside it."""
    cells = collections.defaultdict(Cell)
    if not keys:
        cells[()]
    alone = m and m.shape == SDT and m.apart in keys
    for row, group, amount in rows:
        key = tuple([NOT_GIVEN if row.get(k) is None else text(row[k]) for k in keys])
        if alone and group in ("fa", "noise"):
            continue
        if part and m.apart not in keys and row.get(m.apart) != part:
            if group == "den":
                cells[key].add("x:SET_APART", amount)
            continue
        cells[key].add(group, amount, m and m.cluster and m.cluster(row))
    if alone:
        # An alarm with nothing projected is of no category: what all have where the cell is.
        others = [k for k in keys if k != m.apart]
        whole = cells_of(rows, others)
        for key, cell in cells.items():
            all_ = whole.get(tuple(v for k, v in zip(keys, key) if k != m.apart), Cell())
            for group in ("fa", "noise"):
                cell.n[group] = all_.n[group]
    return cells


def person_cells(m, q, rows, keys, standard):
    each = collections.defaultdict(lambda: [0, 0])
    for person, row, n, x in m.persons(q):
        if person is not None:
            cell = each[tuple(row.get(k) or NOT_GIVEN for k in keys), person]
            cell[0] += n
            cell[1] += x
    cells = collections.defaultdict(Cell)
    for (key, _), (n, x) in each.items():
        cell = cells[key]
        counts = n >= m.k if m.rule in ("below", "extreme") else n > 0 if m.rule == "any" else True
        meets = {"share": lambda: n >= m.k, "any": lambda: x > 0,
                 "extreme": lambda: x == n or Fraction(x, n) < Fraction(m.low, 100),
                 "below": lambda: standard is not None and wilson(x, n, Z998)[1] < standard}
        cell.add("den", int(counts))
        cell.add("num", int(counts and meets[m.rule]()))
        cell.add("left", int(not counts))
    for key, cell in cells_of(rows, keys).items():
        into = cells[key]
        into.n += cell.n
        into.known |= cell.known
    return cells


def sdt(cell):
    hit, miss = cell.n["num"], cell.n["den"] - cell.n["num"]
    fa, cr = cell.n["fa"], cell.n["noise"] - cell.n["fa"]
    h = NORMAL.inv_cdf((hit + 0.5) / (hit + miss + 1))
    f = NORMAL.inv_cdf((fa + 0.5) / (fa + cr + 1))
    return {"dprime": h - f, "c": -(h + f) / 2, "da_half": math.sqrt(1.6) * (h - 0.5 * f)}


def sdt_interval(cell):
    """By the variance of Gourevitch and Galanter, of the corrected rates."""
    hits, trials = cell.n["num"], cell.n["den"]
    variance = 0
    for x, n in ((hits, trials), (cell.n["fa"], cell.n["noise"])):
        p = (x + 0.5) / (n + 1)
        variance += p * (1 - p) / (n * NORMAL.pdf(NORMAL.inv_cdf(p)) ** 2)
    half = Z95 * math.sqrt(variance)
    return sdt(cell)["dprime"] - half, sdt(cell)["dprime"] + half


def aim(m, target):
    """What meets it, from where to where; None: it is not set."""
    if not target:
        return None
    if target["value"] is None:
        return target["low"], target["high"]
    return (target["value"], math.inf) if m.up else (-math.inf, target["value"])


def status(m, value, interval, aimed):
    if aimed is None:
        return "NONE" if m.up is None else "NO_TARGET"
    (lo, hi), (low, high) = interval or (value, value), aimed
    if low <= lo and hi <= high:
        return "MET"
    return "NOT_MET" if hi < low or lo > high else "NOT_PROVEN"


def judged(f):
    """The interval that the status goes by."""
    return (f["clusters"]["low"], f["clusters"]["high"]) if f["interval_by"] == "GENERAL" else f["interval"]


def left_out(cell):
    return any(n > 0 for name, n in cell.n.items() if name.startswith("x:") or name == "left")


def empty(m, cell, nought=False):
    """Why there is nothing: no plan, all that came was left out, nothing happened, nobody said."""
    if m.all_out and cell.n["x:" + m.all_out]:
        return m.all_out
    if m.empty != "NO_DATA":
        return m.empty
    return "ALL_LEFT_OUT" if left_out(cell) else "NO_ACTIVITY" if nought else "NO_DATA"


def finish(m, cell, target, standard, keys=(), key=(), part=None):
    """part: of what is counted apart the one that the target is for."""
    if m.apart in keys and key[keys.index(m.apart)] != part:
        target = None
    x, n = cell.n["num"], cell.n["den"]
    f = {"numerator": None, "denominator": None, "value": None, "interval": None, "no_data": None,
         "status": None, "clusters": None, "interval_by": None, "q": None}
    if m.shape != COUNT:
        f["denominator"] = n if "den" in cell.known else None
    detail = {}
    if m.shape == COUNT:
        if x or "ev" in cell.known or "num" in cell.known:
            f["numerator"], f["value"] = x, x
        else:
            f["no_data"] = empty(m, cell)
    elif m.shape == QUANTILE:
        if not cell.values:
            f["no_data"] = empty(m, cell)
        elif len(cell.values) < m.n_min:
            f["status"] = "INSUFFICIENT"
        else:
            values = sorted(cell.values)
            f["value"] = quantile7(values, 0.5)
            detail = {"median": f["value"], "p90": quantile7(values, 0.9)}
    elif m.shape == KAPPA:
        f["numerator"] = x if "den" in cell.known else None
        if not n:
            f["no_data"] = empty(m, cell)
        elif n < m.n_min:
            f["status"] = "INSUFFICIENT"
        elif (chance := events.chance(n, cell.n["fa"], cell.n["noise"])) == 1:
            f["no_data"] = "NO_VARIATION"
        else:
            f["value"], *f["interval"] = [float((Fraction(p) - chance) / (1 - chance))
                                          for p in (Fraction(x, n), *wilson(x, n))]
            f["interval"] = tuple(f["interval"])
        detail = {"first_met": cell.n["fa"], "second_met": cell.n["noise"]}
    elif m.shape == SPREAD:
        if not cell.values:
            f["no_data"] = empty(m, cell)
        elif len(cell.values) < m.n_min:
            f["status"] = "INSUFFICIENT"
        elif not events.may_vary(cell.values):
            f["no_data"] = "NO_VARIATION"
        else:
            f["value"] = events.spread(cell.values)
    elif m.shape == SDT:
        f["numerator"] = x if "den" in cell.known else None
        fa, noise = cell.n["fa"], cell.n["noise"]
        if n <= 0 or noise == 0:
            f["no_data"] = empty(m, cell)
        elif not (0 <= x <= n and 0 <= fa <= noise):
            f["no_data"] = "CONTRADICTORY"
        elif n < m.n_min or cell.n["noise"] < m.n_min:
            f["status"] = "INSUFFICIENT"
        else:
            detail = sdt(cell)
            f["value"], f["interval"] = detail["dprime"], sdt_interval(cell)
    elif m.rule == "below" and standard is None:
        f["no_data"] = "NO_STANDARD"
    else:
        known = "num" in cell.known or not m.sums
        if known and (f["denominator"] is not None or x):
            f["numerator"] = x
        if n < 0 or (m.sample and "den" in cell.known and not 0 <= x <= n):
            f["no_data"] = "CONTRADICTORY"
        elif n == 0:
            f["no_data"] = empty(m, cell, m.shape == RATIO and "den" in cell.known)
        elif f["numerator"] is None:
            f["no_data"] = "NO_DATA"
        elif m.needs_other and "ev" not in cell.known:
            f["no_data"] = "OTHER_PART_NOT_TOLD"
        elif n < m.n_min:
            f["status"] = "INSUFFICIENT"
        else:
            f["value"] = x if m.rule == "any" else x * m.per / n
            f["interval"] = wilson(x, n) if m.sample else None
    if m.apart and m.apart not in keys and not f["no_data"] and not part:
        f.update(no_data="NOT_POOLED", value=None, interval=None)
        detail = {}
    if f["interval"]:
        f["clusters"] = m.cluster and clusters.clustered(cell.clusters.values(), f["value"], n)
        general = m.cluster and f["clusters"]["reason"] is None
        f["interval_by"] = "GENERAL" if general else "PLAIN"
    if f["no_data"]:
        f["status"] = "NO_DATA"
    elif f["value"] is not None:
        f["status"] = status(m, f["value"], judged(f), target)
    return f, detail


# --- against the document --------------------------------------------------------------------

def close(a, b):
    if isinstance(a, (int, float)) and isinstance(b, (int, float)) and not isinstance(a, bool):
        return a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    return a == b


class Checker:
    finding_of = staticmethod(finding_of)

    def __init__(self, ev, spd):
        self.ev, self.spd = ev, spd
        self.q = ev.quarter(spd["quarter"]["label"])
        self.wrong = []
        self.kept = {}
        self.small = collections.defaultdict(set)
        # What is like in two quarters may be suppressed in either.
        self.hides = not spd["small_cells"]["shown"]

    def like(self, what, got, expected):
        if not close(got, expected):
            self.wrong.append(f"{what}: {got} in the document, {expected} recomputed")

    def figure(self, m, id_, keys, key, doc, cell, finished):
        where = id_ + ("" if not keys else " " + ",".join(
            f"{k}={v}" for k, v in zip(keys, key)))
        mine, detail = finished
        if small.hidden(doc):
            return
        self.like(f"{where} has q", doc["q"] is None, mine["q"] is None)
        if doc["q"] is not None and mine["q"] is not None and abs(doc["q"] - mine["q"]) > 1e-7 * mine["q"] + 1e-12:
            self.like(f"{where} q", doc["q"], mine["q"])
        clusters.compare(self, where, doc["clusters"], mine["clusters"])
        for part in ("numerator", "denominator", "value", "interval_by", "status", "no_data"):
            if part != "no_data" or doc["no_data"] != "FEED_SILENT":
                self.like(f"{where} {part}", doc[part], mine[part])
        interval = doc["interval"] and (doc["interval"]["lo"], doc["interval"]["hi"])
        self.like(f"{where} has an interval", interval is None, mine["interval"] is None)
        for i in range(2 if interval and mine["interval"] else 0):
            self.like(f"{where} bound {i}", interval[i], mine["interval"][i])
        excluded = {e["reason"]: e["count"] for e in doc["excluded"]}
        expected = {r: cell.n["x:" + r] for r in m.reasons.split() + ["SET_APART"] * bool(m.apart)}
        if m.left_out:
            expected[m.left_out] = cell.n["left"]
        if keys:
            expected = {r: n for r, n in expected.items() if n}
        self.like(f"{where} excluded", excluded, expected)
        if m.parts:
            self.like(f"{where} parts", doc["details"].get("parts"),
                      {p: cell.n["p:" + p] for p in m.parts.split()})
        for name, value in detail.items():
            self.like(f"{where} {name}", doc["details"].get(name), value)

    def metric(self, doc):
        m = METRICS[doc["id"]]
        standard = None
        target = self.ev.target(doc["id"], self.q.label)
        self.like(doc["id"] + " target", doc["target"] and doc["target"]["value"],
                  target and target["value"])
        if target and doc["target"]:
            before = self.ev.target(doc["id"], self.q.label, target)
            if before and before["of_part"] != target["of_part"]:
                before = None
            for end, of in (("value", "replaces"), ("low", "replaces_low"), ("high", "replaces_high")):
                self.like(f"{doc['id']} target {of}", doc["target"][of], before and before[end])
                self.like(f"{doc['id']} target's {end}", doc["target"][end], target[end])
            self.like(doc["id"] + " target's part", doc["target"]["of"], target["of_part"])
            self.like(doc["id"] + " target set late", doc["target"]["set_late"],
                      dt.datetime.fromisoformat(str(target["set_at"])) >= self.q.end)
        if m.rule == "below":
            standard = self.ev.target("OUT03", self.q.label)
        standard = standard and standard["value"]
        rows = list(m.rows(self.q))
        by = collections.defaultdict(dict)
        for f in doc["figures"]:
            by[tuple(sorted(f["by"]))][tuple(f["by"][k] for k in sorted(f["by"]))] = f
        for keys in [(), ("site",)] + [k for k in by if k not in ((), ("site",))]:
            # Of sensitivity by category there is nothing over categories but the entity's.
            if m.shape == SDT and m.apart and keys and m.apart not in keys:
                if by[keys]:
                    self.wrong.append(f"{doc['id']} is told by {keys}")
                continue
            part = target and target["of_part"]
            cells = (person_cells(m, self.q, rows, keys, standard) if m.persons
                     else cells_of(rows, keys, m, part))
            cells = {k: c for k, c in cells.items() if not keys or self.says(c)}
            wanted = aim(m, target)
            finished = {k: finish(m, c, wanted, standard, keys, k, part) for k, c in cells.items()}
            if keys not in ((), ("site",)):
                clusters.allow_for_many([f for f, _ in finished.values()], wanted)
            if doc["id"] in small.OF_PERSONS and doc["id"] not in small.AS:
                self.small[doc["id"]] |= {tuple(zip(keys, k)) for k, c in cells.items()
                                          if small.is_small(m, c, finished[k][0], keys)}
            for key in sorted(set(cells) | set(by[keys])):
                where = f"{doc['id']} {dict(zip(keys, key))}"
                if key not in by[keys]:
                    self.wrong.append(f"{where}: not in the document, recomputed "
                                      f"{dict(cells[key].n)}")
                elif key not in cells:
                    self.wrong.append(f"{where}: in the document, of no row: "
                                      f"{by[keys][key]['numerator']} of "
                                      f"{by[keys][key]['denominator']}")
                else:
                    self.figure(m, doc["id"], keys, key, by[keys][key], cells[key], finished[key])
        if not m.persons and not (m.shape == SDT and m.apart):
            self.sums(doc["id"], by)
        part = target and target["of_part"]
        against.metric(self, doc, m, [r for r in rows if not part or r[0].get(m.apart) == part])
        self.before(doc, m)

    def before(self, doc, m):
        """The quarter before, and the history of the entity's figure, where they were recomputed."""
        for n in range(1, 5):
            label = against.label_before(self.q.label, n)
            q = self.ev.quarter(label)
            standard = self.ev.target("OUT03", label) if m.rule == "below" else None
            standard = standard and standard["value"]
            target = self.ev.target(doc["id"], label)
            rows = None
            for f in doc["figures"]:
                old = (f["previous"] if n == 1 and f["by"] else f["year_ago"] if n == 4 and f["by"] else
                       next((h for h in f["history"] if h["quarter"] == label), None))
                # Of the breakdowns the sites: the others go the same way, and there are many.
                if old is None or old["basis"] != "RECOMPUTED" or set(f["by"]) - {"site"}:
                    continue
                rows = list(m.rows(q)) if rows is None else rows
                keys = tuple(sorted(f["by"]))
                part = target and target["of_part"]
                cells = self.cells(m, q, rows, keys, standard, (doc["id"], label), part)
                key = tuple(f["by"][k] for k in keys)
                where = f"{doc['id']} {f['by']} in {label}"
                if key not in cells:
                    self.wrong.append(where + ": of no row")
                    continue
                if small.hidden(old) or small.hidden(f) or doc["id"] == "OUT03" and self.hides:
                    continue
                mine, _ = finish(m, cells[key], aim(m, target), standard, keys, key, part)
                against.past_like(self, where, old, mine)
                if n in (1, 4):
                    now = self.ev.target(doc["id"], self.q.label)
                    changed = m.apart and m.apart not in keys and (now and now["of_part"]) != part
                    key = "change" if n == 1 else "year_change"
                    new = list(m.rows(self.q)) if doc["id"] == "OUT03" else []
                    against.change(self, where, f, mine, wilson, doc["id"], new, rows, key, changed)
                    self.like(where + " is the earlier one", f["previous" if n == 1 else "year_ago"]["denominator"],
                              mine["denominator"])

    def cells(self, m, q, rows, keys, standard, id_, part):
        """Of another quarter; kept, because many figures ask for them."""
        if (id_, keys) not in self.kept:
            self.kept[id_, keys] = (person_cells(m, q, rows, keys, standard) if m.persons
                                    else cells_of(rows, keys, m, part))
        return self.kept[id_, keys]

    @staticmethod
    def says(cell):
        return bool(cell.known)

    def sums(self, id_, by):
        """Sites, and measures, make up the whole, what names none included."""
        for keys in (("site",), ("measure",), ("measure", "site")):
            if any(small.hidden(f) for f in (by[()][()], *by[keys].values())):
                continue
            for part in ("numerator", "denominator"):
                whole = by[()][()][part]
                got = sum(f[part] or 0 for f in by[keys].values())
                if whole is not None:
                    self.like(f"{id_} {part} of all {keys} together", got, whole)

    def forms(self):
        """By measure, by the figures of the document, which were counted again."""
        mine = collections.defaultdict(set)
        for m in self.spd["metrics"]:
            for f in m["figures"]:
                measure = f["by"].get("measure")
                known = small.hidden(f) or f["value"] is not None or (f["numerator"] or 0) > 0 or (f["denominator"] or 0) > 0
                if list(f["by"]) == ["measure"] and known and measure not in (NOT_GIVEN, "(other)"):
                    mine[measure].add(m["form"].lower())
        self.like("forms", self.spd["forms"], [
            dict({form: form in mine[measure] for form in ("quantitative", "qualitative", "output")}, measure=measure)
            for measure in sorted(mine, key=lambda m: m.encode())])

    def records(self):
        late = lambda r: r["received_at"] >= self.q.end
        for doc in self.spd["records"]:
            rows = [r for r in self.q.stored if r["kind"] == doc["kind"]]
            mine = {
                "kind": doc["kind"], "received": sum(r["root"] for r in rows),
                "effective": sum(r["is_last"] for r in rows),
                "corrected": sum(r["corrected"] for r in rows),
                "voided": sum(r["voided"] for r in rows),
                "late": sum(r["root"] and late(r) for r in rows)}
            self.like("records of " + doc["kind"], doc, mine)

    def corrections(self):
        """Which there are of the quarter, which name no record but a correction or void, and which came before
        their own time."""
        mine = set()
        for root, rows in self.ev.by_root.items():
            roots = [r for r in rows if not named_by(r) and r["kind"] != "void"]
            for c in rows if roots else ():
                of = next((r for r in roots if r["kind"] == c["kind"]), roots[0])
                is_seen = "test" not in (c["kind"], of["kind"]) or any(
                    r["kind"] == "test" and r["is_seen"] for r in roots)
                if named_by(c) and is_seen and (self.q.holds(of["occurred_at"]) or (
                        c["kind"] != "void" and self.q.holds(c["occurred_at"]))):
                    named = named_by(c) if named_by(c) != root else None
                    mine.add((*identity(c), named, is_ahead(c)))
        doc = self.spd["corrections"]
        self.like("corrections", doc["total"], len(mine))
        self.like("corrections of such", doc["indirect"], sum(named is not None for *_, named, _ in mine))
        self.like("corrections dated ahead", doc["dated_ahead"], sum(ahead for *_, ahead in mine))
        if doc["total"] <= 1000:
            key = lambda x: x and (x["source"], x["record_id"])
            told = {(r["source"], r["record_id"], key(r["names"]), r["dated_ahead"]) for r in doc["rows"]}
            self.like("corrections listed", sorted(told ^ mine, key=str), [])

    def clocks(self):
        """Runs that join over three years before and after, each as far ahead as the zone's rules say, to its end."""
        runs = [(*(dt.datetime.fromisoformat(r[k].replace("Z", "+00:00")) for k in ("from", "until")), r["seconds"])
                for r in self.spd["clocks"]]
        for start, end, seconds in runs:
            for t in (start, start + (end - start) / 2, end - dt.timedelta(seconds=1)):
                self.like(f"clock at {t}", seconds, t.astimezone(self.ev.zone).utcoffset().total_seconds())
        self.like("clocks join", [r[0] for r in runs[1:]], [r[1] for r in runs[:-1]])
        self.like("clocks of three years", [runs[0][0] <= self.q.start - dt.timedelta(days=1090),
                                            runs[-1][1] >= self.q.end + dt.timedelta(days=1090)], [True, True])

    def run(self):
        q = self.spd["quarter"]
        self.clocks()
        for part, expected in (("first_day", str(self.q.first_day)),
                               ("last_day", str(self.q.last_day)),
                               ("start", self.q.start.strftime("%Y-%m-%dT%H:%M:%SZ")),
                               ("end", self.q.end.strftime("%Y-%m-%dT%H:%M:%SZ"))):
            self.like(part, q[part], expected)
        self.like("metrics", sorted(m["id"] for m in self.spd["metrics"]), sorted(METRICS))
        for doc in self.spd["metrics"]:
            if doc["id"] in METRICS:
                self.metric(doc)
        self.forms()
        self.records()
        self.corrections()
        against.completeness(self)
        return self.wrong


def main(rows, *documents):
    """Of what is computed now twice: with figures of few persons, which are all gone through, and behind it without."""
    now = Evidence(rows)
    wrong = [] if documents else ["no document to compare with"]
    checker = None
    for file in documents:
        with open(file, encoding="utf-8") as f:
            spd = json.load(f)
        if checker and not spd["revision"] and not spd["small_cells"]["shown"]:
            small.same(checker, checker.spd, spd)
        else:
            checker = Checker(Evidence(rows, spd) if spd["revision"] else now, spd)
            checker.run()
        if checker.spd["small_cells"]["shown"] and spd is checker.spd:
            continue
        small.check(checker, spd)
        wrong += checker.wrong
        checker = None
    wrong += checker.wrong if checker else []
    print("".join(w + "\n" for w in wrong[:40]), end="")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Incidents, reports, rounds and exercises: what their figures are, from what they are meant to say."""
import collections
import datetime as dt
import math
from fractions import Fraction

import lib_recompute_people as people


def kept(q, kind):
    """What makes nought a fact: that a source said how many there were."""
    for f in q.feed:
        if f["kind"] == kind and f["said"] is not None:
            yield f, "ev", 1


def out08(q):
    yield from kept(q, "incident")
    for i in q.rows["incident"]:
        yield i, "ev", 1
        yield i, "num" if i["exposure"] in (None, "PASSENGERS_SCREENED") else "x:NOT_BY_PASSENGERS", 1
    for a in q.rows["activity"]:
        if a["activity"] == "PASSENGERS_SCREENED":
            yield a, "den", a["counted"]
            yield a, "num0", 0
            yield a, "x:COUNTED_TWICE", a["twice"]
            yield a, "p:COUNTED_BESIDE", a["beside"]
            if a["method"] == "ESTIMATED":
                yield a, "p:ESTIMATED", a["counted"]


def out09(q):
    yield from kept(q, "incident")
    for i in q.rows["incident"]:
        yield i, "ev", 1
        if i["breach_confirmed"] is True:
            yield i, "num", 1
            if i["breach_of"] == "ACCESS_CONTROL":
                yield i, "p:ACCESS_CONTROL", 1
            if i["breach_of"] in ("RESTRICTED_AREA", "CRITICAL_PART"):
                yield i, "p:RESTRICTED_AREA", 1
        elif i["breach_confirmed"] is None and i["breach_of"]:
            yield i, "x:NOT_YET_KNOWN", 1


def out10(q):
    yield from kept(q, "incident")
    for i in q.rows["incident"]:
        yield i, "ev", 1
        if i["missed_by"]:
            yield i, "num", 1


def in01(q):
    yield from kept(q, "incident")
    for i in q.rows["incident"]:
        row = dict(i, exposed_by=i["exposure"] or "PASSENGERS_SCREENED")
        yield row, "num", 1
        if i["unlawful_interference"]:
            yield row, "p:UNLAWFUL_INTERFERENCE", 1


def rp01(q):
    yield from kept(q, "report")
    for _, d, _, _ in people.deployed(q):
        yield d, "den", 1
        yield d, "num0", 0
    for r in q.rows["report"]:
        yield r, "ev", 1
        yield r, "num" if r["channel"] in ("STAFF", "ANONYMOUS") else "x:NOT_BY_STAFF", 1
        if r["channel"] == "ANONYMOUS":
            yield r, "p:ANONYMOUS", 1


def rp02(q):
    for r in q.rows["report"]:
        yield r, "den", 1
        told = r["acknowledged_at"]
        yield r, "num", int(told is not None and told - r["occurred_at"] <= dt.timedelta(hours=72))
        if told is None:
            yield r, "p:NOT_ACKNOWLEDGED", 1


def rp03(q):
    yield from kept(q, "report")
    for r in q.rows["report"]:
        yield r, "num", 1


# --- rounds: of each the route, how many slots a day has, and the one that it began in ------------------

def sites_of_rounds(q):
    return {p["site_id"] for p in q.rows["patrol"]}


def qn09(q):
    for p in q.rows["patrol"]:
        if p["result"] not in ("DONE", "LATE"):
            continue
        if p["slot_minutes"] is None or p["precision"] == "DAY":
            yield p, "x:SLOT_NOT_TOLD", 1
            continue
        local = p["occurred_at"].astimezone(q.ev.zone)
        slot = (local.hour * 60 + local.minute) // p["slot_minutes"]
        yield p, "value", (p["site_id"], p["route"], 1440 // p["slot_minutes"], slot)


def groups_of(starts):
    groups = collections.defaultdict(collections.Counter)
    for site, route, slots, slot in starts:
        groups[site, route, slots][slot] += 1
    return groups


def may_vary(starts):
    return any(slots > 1 for _, _, slots in groups_of(starts))


def spread(starts):
    had = most = 0
    for (_, _, slots), counts in groups_of(starts).items():
        n = sum(counts.values())
        had += n * -sum(c / n * math.log2(c / n) for c in counts.values())
        most += n * math.log2(slots)
    return had / most


def dr01(q):
    for x in q.rows["exercise"]:
        yield x, "num", 1


def dr02(q):
    for x in q.rows["exercise"]:
        for o in x["objectives"] or []:
            if o.get("met") is None:
                yield x, "x:NOT_TRIED", 1
            else:
                yield x, "den", 1
                yield x, "num", int(o["met"])


# --- pairs of observers ----------------------------------------------------------------------------------

def ql08(q):
    pairs = collections.defaultdict(list)
    for o in q.rows["observation"]:
        if o["pair_id"] is not None:
            pairs[o["site_id"], o["pair_id"]].append(o)
    for both in pairs.values():
        seen = {o["observer_id"] for o in both}
        if len(both) != 2 or len(seen) != 2 or None in seen:
            for o in both:
                yield dict(o, criterion_id=None), "x:NOT_OF_TWO", 1
            continue
        first, second = sorted(both, key=people.order)
        said = {c["criterion_id"]: c["result"] for c in second["criteria"] or []}
        for c in first["criteria"] or []:
            if c["criterion_id"] not in said:
                continue
            row, two = dict(first, criterion_id=c["criterion_id"]), (c["result"], said[c["criterion_id"]])
            if not set(two) <= {"MET", "NOT_MET"}:
                yield row, "x:NOT_RATED_BY_BOTH", 1
                continue
            yield row, "den", 1
            yield row, "num", int(two[0] == two[1])
            yield row, "fa", int(two[0] == "MET")
            yield row, "noise", int(two[1] == "MET")


def chance(n, first, second):
    return Fraction(first * second + (n - first) * (n - second), n * n)

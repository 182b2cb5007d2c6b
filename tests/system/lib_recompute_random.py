"""Random records that are hard to count, as JSON lines, one file per kind:

    lib_recompute_random.py FOLDER ZONE QUARTER SEED COUNT [ORDER]

Half of them stand at the bounds of a quarter, a week or a day on which the clocks change, or a
millisecond beside one. They are corrected into other quarters, sites and kinds, once or more, and by
another source; voided before and after; and the same identity comes from two sources. ORDER is the seed
of another order of the same records. Sites and sources are those that recompute_orders.sh registers.
"""
import datetime as dt
import json
import random
import sys
import zoneinfo

UTC = dt.timezone.utc
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
MS = dt.timedelta(milliseconds=1)
NOW = dt.datetime(2026, 4, 20, tzinfo=UTC)
SOURCES = "n1", "n2", "=n3"
SITES = ["A", "B", "C", "E"]
TEXTS = ["=1+1", "@SUM(A1)", "-1", "plain", '"quoted", x', "it's", "🛂 ﷺ", "a;b  c", "x" * 64, "%s%n",
         "NULL", "(not given)", "true", "<b>&amp;", "e\u0301", "\u00e9"]
ACTIVITIES = ("PASSENGERS_SCREENED CABIN_BAGS HOLD_BAGS STAFF_SCREENED VEHICLES_ENTERED VEHICLES_SEARCHED "
              "PATROLS_REQUIRED PATROLS_DONE CARGO_PIECES ACCESS_TRANSACTIONS SCREENER_HOURS").split()
PLANNED = "OBSERVATIONS TESTS AUDITS PATROLS VEHICLE_CHECKS EQUIPMENT_TESTS".split()

folder, zone, label, seed, count = sys.argv[1:6]
zone, count = zoneinfo.ZoneInfo(zone), int(count)
rnd = random.Random(int(seed))
pick = rnd.choice
made = {}
number = 0


def instant(day):
    return dt.datetime.combine(day, dt.time(), zone).astimezone(UTC)


def first_day(n):
    """Of the quarter that is n after the one asked for."""
    months = (int(label[:4]) * 4 + int(label[-1]) - 1 + n) * 3
    return dt.date(months // 12, months % 12 + 1, 1)


def iso(t):
    return t.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{t.microsecond // 1000:03}Z"


def parsed(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def bounds():
    found = [instant(first_day(n)) for n in range(-5, 2)]
    day = first_day(-1)
    while day < first_day(1):
        start, end = instant(day), instant(day + dt.timedelta(days=1))
        if end - start != dt.timedelta(days=1):
            found += [start, end, *(start + dt.timedelta(minutes=m) for m in (60, 120, 180, 240))]
        elif day.weekday() == 0:
            found.append(start)
        day += dt.timedelta(days=1)
    return found


BOUNDS = bounds()
START, END, OLD = instant(first_day(0)), instant(first_day(1)), instant(first_day(-5))


def when():
    how = rnd.random()
    t = (pick(BOUNDS) + pick([-1, 0, 0, 1]) * MS if how < 0.5 else
         OLD + (START - OLD) * rnd.random() if how < 0.65 else START + (END - START) * rnd.random())
    return min(t - t.microsecond % 1000 * dt.timedelta(microseconds=1), NOW)


def identity(t):
    global number
    number += 1
    h = f"{(t - EPOCH) // MS:012x}"
    # No order in it: which of two is the greater decides between corrections of one instant.
    return f"{h[:8]}-{h[8:]}-8{rnd.randrange(4096):03x}-8000-{number * 7919:012x}"


def some(share, value):
    return value if rnd.random() < share else None


def filled(fields):
    return {k: v for k, v in fields.items() if v is not None}


def observation(t):
    return {"occurred_end": some(0.3, iso(t + pick([1, 1800000, 30000000]) * MS)),
            "mode": pick(["OVERT", "UNOBTRUSIVE"]), "pair_id": some(0.3, pick(["1", "2", "3", "4", "=5"])),
            "observer_id": pick([None, "O1", "O2", "O3"]), "immediate_action": pick([None, "COACHED"]), "criteria": [
        filled({"criterion_id": c, "mandatory": pick([None, True, False]), "severity": pick([None, "CRITICAL"]),
                "result": pick(["MET", "MET", "MET", "NOT_MET", "NOT_OBSERVED", "NOT_APPLICABLE"])})
        for c in rnd.sample(TEXTS, pick([1, 1, 3]))]}


def test(t):
    outcome = pick(["PASS", "PASS", "FAIL", "PARTIAL", "INVALID"])
    return {"mode": pick(["COVERT", "COVERT", "OVERT"]), "outcome": outcome,
            "invalid_reason": pick(["COMPROMISED", "TESTER_ERROR"]) if outcome == "INVALID" else None,
            "failure_stage": "RESPONSE" if outcome in ("FAIL", "PARTIAL") else None,
            "commissioned_by": pick([None, "INTERNAL", "REGULATOR"]), "target_measure": pick([None, "9"]),
            "embargo": some(0.1, True), "debriefed_at": some(0.8, iso(min(t + dt.timedelta(days=40), NOW))),
            "layers": [filled({"layer": x, "detected": pick([None, True, False])})
                       for x in rnd.sample(TEXTS, pick([1, 2]))]}


def tip_event(t):
    outcome = pick(["HIT"] * 6 + ["MISS_DECIDED", "MISS_TIMEOUT", "NON_TIP_ALARM", "ABORTED"])
    # Counters begin anew, come twice, and have gaps.
    return {"device_id": pick(["X1", "=X2", "🛂"]), "outcome": outcome, "screener_id": pick([None, "P1", "P2"]),
            "threat_category": pick([None, "GUN", "IED"]) if outcome != "NON_TIP_ALARM" else None,
            "abort_reason": some(0.5, "FAULT") if outcome == "ABORTED" else None,
            "response_ms": some(0.9, pick([0, 1, 60000, 1234])) if outcome == "HIT" else None,
            "event_no": some(0.6, pick([1, 5000, 2**31]) + rnd.randrange(30))}


def tip_session(t):
    shown = rnd.randrange(60)
    hits = rnd.randint(0, shown)
    misses = rnd.randint(0, shown - hits)
    return {"device_id": pick(["X1", "S1", "=S2"]), "screener_id": pick([None, "P1"]), "hits": hits, "misses": misses,
            "tip_shown": shown, "aborted": some(0.6, shown - hits - misses),
            "images_viewed": pick([shown, 400]), "non_tip_alarms": some(0.6, rnd.randrange(20)),
            "occurred_end": some(0.7, iso(t + pick([499, 500, 3600000]) * MS))}


def audit(t):
    return {"type": pick(["INTERNAL_AUDIT", "INSPECTION_FOLLOW_UP", "REGULATOR_AUDIT", "SUPPLIER_AUDIT"]),
            "planned_for": some(0.7, iso(when())),
            "ratings": [{"classification": pick(["FULLY_COMPLIANT", "NOT_COMPLIANT", "NOT_CONFIRMED"])}],
            "findings": [filled({"finding_id": f, "severity": pick(["CRITICAL", "SERIOUS", "MINOR"]),
                                 "state": pick([None, "OPEN", "CORRECTED", "CLOSED", "REJECTED"]),
                                 "repeat_of": some(0.3, pick(TEXTS + ["never"]))})
                         for f in rnd.sample(TEXTS, pick([1, 2, 4]))]}


def activity(t):
    return {"activity": pick(ACTIVITIES), "count": pick([0, 1, 7, 10**9]), "method": pick(["COUNTED", "ESTIMATED"]),
            "means": pick([None, "NORMAL", "DEGRADED"]), "occurred_end": iso(t + dt.timedelta(days=1))}


def equipment_check(t):
    if rnd.random() < 0.4:
        return {"device_id": "=E", "check_type": "FAULT", "service_mode": pick(["NORMAL", "DEGRADED", "OUT"]),
                "mode_from": iso(t), "mode_to": iso(t + pick([499, 500, 10**8]) * MS)}
    return {"device_id": pick(TEXTS), "check_type": "ROUTINE_TEST", "attempt": pick([None, 1, 2]),
            "result": pick(["PASS", "PASS", "FAIL", "NOT_DONE"]), "due_at": some(0.8, iso(t + pick([-1, 0, 1]) * MS))}


def plan(t):
    start = first_day(pick([-4, -1, 0, 0, 0]))
    first, last = pick([(None, None), (360, 600), (1320, 360), (0, 1439), (700, 700)])
    return {"plan_id": pick(TEXTS), "what": pick(PLANNED), "planned_count": pick([0, 1, 5, 100]),
            "window_start_min": first, "window_end_min": last,
            "period_start": iso(instant(start)), "period_end": iso(instant(start + dt.timedelta(days=pick([1, 7, 31]))))}


def heartbeat(t):
    return {"occurred_end": iso(t + dt.timedelta(days=1)), "events_made": [{"kind": k, "count": pick([0, 1, 50])}
                            for k in rnd.sample(["tip_event", "observation", "test", "audit", "incident", "report"], 2)]}


def training(t):
    result = pick(["PASS", "PASS", "PASS", "FAIL", "NOT_DONE"])
    due = t + pick([-3, 0, 1, 20]) * dt.timedelta(days=1) if result == "NOT_DONE" or rnd.random() < 0.4 else None
    left = pick([0, 1, 40, 90, 400])
    return {"subject_person": pick(PEOPLE), "course": pick(COURSES), "result": result,
            "basis": "RECURRENT" if due or rnd.random() < 0.5 else "INITIAL", "method": pick([None, *METHODS]),
            "hours": pick([0.5, 2, 5.99, 6, 6.0083]) if result != "NOT_DONE" else None,
            "previous_expires_at": due and iso(due), "image_recognition": pick([None, True, True, False]),
            "expires_at": some(0.9, iso(max(t, due or t) + dt.timedelta(days=left))) if result == "PASS" else None}


def deployment(t):
    # No later than is known.
    end = min(t + pick([8 * 3600, 30 * 86400, 90 * 86400]) * 1000 * MS, max(NOW, t))
    return {"subject_person": pick(PEOPLE), "role": pick(["X_RAY_OPERATOR", "X_RAY_OPERATOR", "SCREENER", "PATROL"]),
            "occurred_end": iso(end), "competences": some(0.8, [
                filled({"course": c, "expires_at": some(0.8, iso(t + dt.timedelta(days=pick([-5, 30, 90, 300]))))})
                for c in rnd.sample(COURSES, pick([1, 1, 2]))])}


def incident(t):
    return {"category": pick(CATEGORIES), "severity": pick([None, "MINOR", "CRITICAL"]), "breach_of": pick(BREACHES),
            "breach_confirmed": pick([None, True, False]), "missed_by": pick([None, None, "4.1", "1.3"]),
            "exposure": pick([None, None, "PASSENGERS_SCREENED", "FLIGHTS"]),
            "unlawful_interference": pick([None, True, False])}


def report(t):
    return {"category": pick(CATEGORIES), "channel": pick(["STAFF", "STAFF", "ANONYMOUS", "PASSENGER", "SYSTEM"]),
            "acknowledged_at": some(0.8, iso(t + dt.timedelta(hours=72) + pick([-10**8, -1, 0, 1, 10**8]) * MS))}


def patrol(t):
    return {"route": pick(["N", "S"]), "result": pick(["DONE"] * 4 + ["LATE", "MISSED", "EXCUSED"]),
            "slot_minutes": pick([None, 60, 60, 360, 1440])}


def exercise(t):
    return {"scope": pick(["LOCAL", "NATIONAL"]), "type": pick([None, "DRILL"]), "objectives": [
        filled({"objective": o, "met": pick([None, True, False])}) for o in rnd.sample(TEXTS, pick([1, 3]))]}


BREACHES = ["RESTRICTED_AREA", "CRITICAL_PART", "ACCESS_CONTROL", "BOUNDARY"]
CATEGORIES = ["perimeter", "L.2", "unattended-item"]
PEOPLE = [f"P{n}" for n in range(9)]
COURSES = ["11.2.3.1", "11.2.6.2"]
METHODS = ["CBT", "CLASSROOM", "OJT_TIP", "PRACTICAL"]
MAKE = [observation] * 3 + [test] * 4 + [tip_event] * 8 + [tip_session] * 2 + [audit] * 3 + [activity] * 2 + [
    equipment_check] * 3 + [plan] * 2 + [heartbeat] + [training] * 5 + [
    deployment] * 4 + [incident] * 2 + [report] * 2 + [patrol] * 4 + [exercise]


def put(make, t, **more):
    record = filled({"record_id": identity(t), "source": pick(SOURCES[:2]), "occurred_at": iso(t),
                     "site_id": pick(SITES), "measure_code": pick([None, "1.1", "9", "L.other"]),
                     "provider_id": pick([None, "in-house", "g1"]), "clock_offset_ms": pick([None, 60000, -60001]),
                     **make(t), **more})
    made.setdefault(make.__name__, []).append(record)
    return record


def correct(make, root):
    t = parsed(root["occurred_at"]) if rnd.random() < 0.5 else when()
    make = make if rnd.random() < 0.9 else pick([observation, test])
    by = pick([root["source"], *SOURCES[:2]])
    put(make, t, source=by, corrects_record_id=root["record_id"], correction_reason="wrong 🛂",
        corrects_source=None if by == root["source"] else root["source"],
        corrected_at=iso(NOW - dt.timedelta(hours=pick([1, 1, 2]))))


def void(root):
    t = parsed(root["occurred_at"])
    made.setdefault("void", []).append({
        "record_id": identity(t), "source": root["source"], "occurred_at": root["occurred_at"],
        "corrects_record_id": root["record_id"], "corrected_at": iso(NOW), "correction_reason": "not ours",
        "recorded_by": "P-1"})


roots = []
for _ in range(count):
    kind = pick(MAKE)
    roots.append((kind, put(kind, when())))
for kind, first in rnd.sample(roots, count // 12):  # one identity, two sources
    made[kind.__name__].append(filled({**first, **kind(parsed(first["occurred_at"])), "source": SOURCES[2]}))
for kind, first in rnd.sample(roots, count // 3):
    for _ in range(pick([1, 1, 2, 3])):
        correct(kind, first)
    if rnd.random() < 0.3:
        void(first)
for _, first in rnd.sample(roots, count // 20):
    void(first)
for kind, records in made.items():
    if len(sys.argv) > 6:
        random.Random(int(sys.argv[6])).shuffle(records)
    with open(f"{folder}/{kind}.jsonl", "w", encoding="utf-8") as f:
        for r in records:
            f.write(json.dumps(r) + "\n")

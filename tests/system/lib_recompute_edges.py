"""Records that are easy to count wrongly, as JSON lines, one file per kind:  lib_recompute_edges.py FOLDER

They stand at the bounds of a quarter, are corrected into another, voided, embargoed, or come from
devices that tell only half. Sites and the source are those that recompute.sh registers.
"""
import datetime as dt
import json
import sys

SOURCE = "edge-cases"
made = {}
number = 0


def ms(text):
    t = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (t - dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)) // dt.timedelta(milliseconds=1)


def identity(at):
    """A UUID of version 8 of that instant; another one each time."""
    global number
    number += 1
    t = f"{ms(at):012x}"
    return f"{t[:8]}-{t[8:]}-8e00-8000-{number:012x}"


def put(kind, at, site="EDGE", **fields):
    record = {"record_id": identity(at), "source": SOURCE, "occurred_at": at, "site_id": site}
    record.update(fields)
    made.setdefault(kind, []).append({k: v for k, v in record.items() if v is not None})
    return record["record_id"]


def correct(kind, root, at, when, **fields):
    return put(kind, at, corrects_record_id=root, corrected_at=when, correction_reason="wrong",
               **fields)


def void(root, at, when="2026-09-01T10:00:00Z"):
    return put("void", at, None, corrects_record_id=root, corrected_at=when, correction_reason="not ours",
               recorded_by="P-1")


def observation(at, *results, **more):
    criteria = [{"criterion_id": f"c{i}", "result": r.split()[0],
                 "mandatory": "optional" not in r, "severity": "CRITICAL"}
                for i, r in enumerate(results or ("MET",))]
    return put("observation", at, **{"mode": "OVERT", "criteria": criteria, **more})


def observed(*results):
    return {"mode": "OVERT", "criteria": [{"criterion_id": f"c{i}", "result": r}
                                          for i, r in enumerate(results)]}


def bounds():
    for at in ("2026-03-31T22:59:59.999Z", "2026-03-31T23:00:00.000Z", "2026-06-30T22:59:59.999Z",
               "2026-06-30T23:00:00.000Z", "2026-03-29T00:59:59.999Z", "2026-03-29T01:00:00.000Z"):
        observation(at, measure_code="1.1")
        put("tip_event", at, device_id="BOUND", outcome="HIT", stream="CABIN", response_ms=1000)
        put("activity", at, activity="HOLD_BAGS", count=3, method="COUNTED", means="DEGRADED",
            # All of one place, over the ends of quarters; no longer than 93 days.
            occurred_end="2026-07-01T23:00:00Z" if at > "2026-03-31" else "2026-06-29T23:00:00Z")
    observation("2026-06-29T23:00:00Z", precision="DAY")  # 30 June, all day
    observation("2026-06-30T23:00:00Z", precision="DAY")  # 1 July
    # The week of a plan that was made in the quarter before.
    for start, end in (("2026-03-31T23:00:00Z", "2026-04-07T23:00:00Z"),
                       ("2026-03-24T23:00:00Z", "2026-03-31T23:00:00Z")):
        put("plan", "2026-02-01T09:00:00Z", plan_id="E-" + start, what="OBSERVATIONS",
            measure_code="1.1", period_start=start, period_end=end, planned_count=7)


def corrections():
    first, second = "2026-04-20T10:00:00Z", "2026-02-20T10:00:00Z"
    root = observation(first, "MET")
    correct("observation", root, second, "2026-07-01T10:00:00Z", **observed("NOT_MET"))
    root = observation(second, "NOT_MET")
    correct("observation", root, first, "2026-07-01T10:00:00Z", **observed("MET"))
    # There and back again: the latest counts, whichever came last.
    root = observation(first, "MET")
    correct("observation", root, first, "2026-07-03T10:00:00Z", **observed("MET", "MET"))
    correct("observation", root, second, "2026-07-02T10:00:00Z", **observed("NOT_MET"))
    # At the same instant the greater identity.
    root = observation(first, "MET")
    correct("observation", root, first, "2026-07-01T10:00:00Z", **observed("NOT_MET"))
    correct("observation", root, first, "2026-07-01T10:00:00Z", **observed("NOT_OBSERVED"))
    # The root never came.
    correct("observation", identity(first), first, "2026-07-01T10:00:00Z", **observed("MET"))
    # Voided, and corrected afterwards all the same; and one whose record never came.
    root = observation(first, "NOT_MET")
    void(root, first)
    correct("observation", root, first, "2026-10-01T10:00:00Z", **observed("NOT_MET"))
    void(identity(first), first)
    # Corrections of a correction, also of one that comes after them, and of a void; voids of either.
    root = observation(first, "MET")
    of = correct("observation", root, first, "2026-07-01T10:00:00Z", **observed("NOT_MET"))
    last = correct("observation", of, first, "2026-07-02T10:00:00Z", **observed("MET", "MET", "MET"))
    correct("observation", last, first, "2026-07-03T10:00:00Z", **observed("NOT_MET", "MET"))
    void(correct("observation", observation(first, "MET"), second, "2026-07-01T10:00:00Z",
                 **observed("NOT_MET")), first)
    of = void(observation(first, "NOT_MET"), first)
    void(of, first)
    correct("observation", of, first, "2026-07-01T10:00:00Z", **observed("MET"))
    # Its own clock is hours ahead: it wins over what corrects it afterwards.
    root = observation(first, "MET")
    ahead = (dt.datetime.now(dt.timezone.utc) + dt.timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    correct("observation", root, first, ahead, **observed("NOT_MET"))
    correct("observation", root, first, "2026-07-01T10:00:00Z", **observed("MET"))
    # It was a test all along.
    root = observation(first, "NOT_MET")
    correct("test", root, first, "2026-07-01T10:00:00Z", mode="OVERT", outcome="PASS")
    observation(first, "NOT_MET optional", "NOT_OBSERVED")
    observation(first, "NOT_MET optional", "MET")
    observation(first, "NOT_APPLICABLE", provider_id="elsewhere-guards")
    observation(first, "MET", provider_id="in-house")


def tests():
    at = "2026-05-05T09:00:00Z"
    test = {"mode": "COVERT", "outcome": "FAIL", "target_measure": "4.1"}
    put("test", at, measure_code="1.2", debriefed_at="2026-05-06T09:00:00Z", failure_stage="ESCALATION",
        **test)
    for layer in (True, False, None):
        put("test", at, debriefed_at="2026-05-06T09:00:00Z", commissioned_by="INTERNAL",
            layers=[{"layer": "X-RAY", **({} if layer is None else {"detected": layer})}],
            mode="COVERT", outcome="PARTIAL")
    put("test", at, debriefed_at="2026-05-06T09:00:00Z", commissioned_by="REGULATOR", **test)
    put("test", at, mode="OVERT", outcome="PASS", embargo=True)
    put("test", at, **test)  # covert and never debriefed
    root = put("test", at, embargo=True, **test)
    correct("test", root, at, "2026-05-09T09:00:00Z", mode="COVERT", outcome="INVALID",
            invalid_reason="COMPROMISED", debriefed_at="2026-05-06T09:00:00Z")
    root = put("test", at, debriefed_at="2026-05-06T09:00:00Z", **test)
    correct("test", root, at, "2026-05-09T09:00:00Z", embargo=True, **test)  # hidden afterwards


def shots(device, n, site="EDGE", first="2026-05-01T06:00:00Z", **fields):
    t = dt.datetime.fromisoformat(first.replace("Z", "+00:00"))
    for i in range(n):
        at = (t + dt.timedelta(minutes=7 * i)).strftime("%Y-%m-%dT%H:%M:%SZ")
        hit = i % 5 != 0
        put("tip_event", at, site, device_id=device, stream="STAFF",
            outcome="HIT" if hit else "MISS_TIMEOUT", response_ms=1500 + 37 * i if hit else None,
            **fields)


def logins(device, site="EDGE", first="2026-05-01T06:00:00Z", **fields):
    put("tip_session", first, site, **{
        "device_id": device, "stream": "STAFF", "images_viewed": 400, "tip_shown": 40, "hits": 31,
        "misses": 6, "aborted": 2, **fields})


def tip():
    shots("E-ONLY", 40, screener_id="S-100")
    shots("E-BOTH", 40, screener_id="S-100")
    logins("E-BOTH", screener_id="S-100", non_tip_alarms=9, non_tip_alarms_confirmed_threat=2)
    logins("S-ONLY", screener_id="S-200", non_tip_alarms=0, occurred_end="2026-05-01T08:00:00.500Z",
           tip_enabled_seconds=7100)
    logins("S-ONLY", site="EDGE2", aborted=None)  # the same name at another site, no alarm counts
    logins("E-ONLY", site="EDGE2", screener_id="S-200", tip_shown=120, hits=100, misses=20,
           aborted=None)
    # Events in one quarter and only sessions in the next.
    shots("E-THEN-S", 5, first="2026-02-02T06:00:00Z", screener_id="S-300")
    logins("E-THEN-S", screener_id="S-300", images_viewed=0, tip_shown=0, hits=0, misses=0,
           aborted=None)
    put("tip_event", "2026-05-02T06:00:00Z", device_id="ALARMS", outcome="NON_TIP_ALARM")
    logins("ALARMS", screener_id="S-400")
    shots("E-LAST", 20, screener_id="S-100")  # 100 of them now
    # More alarms than images to raise them on.
    logins("ODD", site="EDGE3", images_viewed=40, non_tip_alarms=30)
    for t in ("GUN", "BLADE"):
        shots("E-" + t, 29, threat_category=t, library_version="7", image_type="FTI")


def audits():
    def audit(at, type_, *findings, **more):
        put("audit", at, type=type_, findings=[
            dict(zip(("finding_id", "severity", "state", "repeat_of"), f.split())) for f in findings
        ] or None, **more)
    audit("2025-03-10T09:00:00Z", "INTERNAL_AUDIT", "OLD MINOR OPEN", "AGED SERIOUS OPEN")
    audit("2025-09-10T09:00:00Z", "INTERNAL_AUDIT", "LAST SERIOUS OPEN", "SHUT CRITICAL OPEN")
    audit("2026-04-10T09:00:00Z", "INTERNAL_AUDIT", "R1 MINOR OPEN OLD", "R2 MINOR OPEN LAST",
          "R3 MINOR OPEN NEVER-SEEN", "N1 CRITICAL OPEN", planned_for="2026-03-31T23:00:00Z")
    # The same findings again, whoever looks: none of them is new.
    audit("2026-05-10T09:00:00Z", "INSPECTION_FOLLOW_UP", "R1 MINOR CLOSED", "N1 CRITICAL CORRECTED",
          "F1 SERIOUS OPEN", planned_for="2026-03-31T22:59:59Z")
    audit("2026-06-10T09:00:00Z", "INTERNAL_AUDIT", "LAST SERIOUS VERIFIED", "SHUT CRITICAL CLOSED",
          "F1 MINOR OPEN")
    for type_ in ("EXTERNAL_AUDIT", "SUPPLIER_AUDIT"):  # both at once
        audit("2026-06-11T09:00:00Z", type_, "T1 MINOR OPEN")
    audit("2026-07-10T09:00:00Z", "REGULATOR_AUDIT", "N1 CRITICAL CLOSED", "AGED SERIOUS CLOSED")
    put("audit", "2026-04-11T09:00:00Z", "EDGE2", type="SUPPLIER_AUDIT", measure_code="6.2", ratings=[
        {"classification": "NOT_CONFIRMED"}, {"classification": "NOT_COMPLIANT", "measure_code": "8"}])


def counts():
    day, end = "2026-05-20T23:00:00Z", "2026-05-21T23:00:00Z"
    for what, n in (("ACCESS_TRANSACTIONS", 0), ("STAFF_SCREENED", 0), ("CARGO_PIECES", 0)):
        put("activity", day, "EDGE2", activity=what, count=n, method="ESTIMATED", occurred_end=end,
            means="NORMAL" if what == "CARGO_PIECES" else None)
    for what, means in (("PASSENGERS_SCREENED", "DEGRADED"), ("CARGO_PIECES", "DEGRADED"),
                        ("CARGO_PIECES", None), ("CABIN_BAGS", "NORMAL")):
        put("activity", day, activity=what, count=11, method="COUNTED", occurred_end=end, means=means)
    for more in ({"service_mode": "NORMAL", "mode_from": day, "mode_to": "2026-05-21T05:00:00.400Z"},
                 {"service_mode": "OUT", "mode_from": "2026-05-21T05:00:00.400Z", "mode_to": end},
                 {"result": "PASS", "due_at": day}, {"result": "PASS", "due_at": end},
                 {"result": "FAIL", "attempt": 1, "due_at": end}, {"result": "NOT_DONE"},
                 {"result": "PASS", "attempt": 2, "due_at": end}, {"result": "PASS"}):
        put("equipment_check", "2026-05-21T01:00:00Z", device_id="WTMD-1",
            check_type="ROUTINE_TEST" if "result" in more else "FAULT", **more)
    for site, n in (("EDGE", 50), ("EDGE", 70), (None, None)):
        put("heartbeat", "2026-05-21T00:00:00Z", site, occurred_end=end, clock_offset_ms=-60001,
            events_made=n and [{"kind": "tip_event", "count": n}, {"kind": "observation", "count": 0},
                               {"kind": "test", "count": 5}])
    # Said at one site of what came from another: the feed is of neither.
    put("heartbeat", "2026-05-21T00:00:00Z", "EDGE2", occurred_end=end,
        events_made=[{"kind": "equipment_check", "count": 9}])


for make in (bounds, corrections, tests, tip, audits, counts):
    make()
for kind, records in made.items():
    with open(f"{sys.argv[1]}/{kind}.jsonl", "w", encoding="utf-8") as f:
        for r in records:
            f.write(json.dumps(r) + "\n")

"""Writes documents to look at: lib_page_sample.py FOLDER makes spd.json, declaration.json and
provisional.json, with charts, failures, gaps and texts that would rather be markup."""
import copy
import hashlib
import json
import math
import pathlib
import sys

FOLDER = pathlib.Path(sys.argv[1])
EVIL = "<script>alert('x')</script> & \"quoted\" Zürich"


def save(name, document):
    data = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    (FOLDER / name).write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def figure(by, x, n, status, **more):
    value = x / n if n and status not in ("NO_DATA", "INSUFFICIENT") else None
    past = {"quarter": "2026-Q1", "basis": "REVISION 1", "definition_version": "1", "numerator": max(x - 9, 0),
            "denominator": n, "value": max(x - 9, 0) / n if n else None, "status": "MET", "no_data": None}
    f = {"by": by, "numerator": x, "denominator": n, "excluded": [{"reason": "ABORTED", "count": 3}],
         "value": value, "interval": {"lo": value - 0.03, "hi": value + 0.03} if value else None, "exact": None,
         "clusters": {"count": 24, "untold": 2, "deff": 4.0, "n_effective": n / 4, "low": value - 0.06, "high": value + 0.06,
                      "reason": None} if value else None, "interval_by": "GENERAL" if value else None, "q": None,
         "status": status, "no_data": "NO_PLAN" if status == "NO_DATA" else None, "previous": past if n else None,
         "change": {"method": "NEWCOMBE", "difference": 0.05, "low": 0.01, "high": 0.09, "interval_by": "GENERAL",
                    "matched": None} if value else None,
         "not_comparable": None, "year_ago": None, "year_change": None, "year_not_comparable": None,
         "history": [dict(past, quarter=q, value=None if q == "2025-Q3" else past["value"])
                     for q in ("2025-Q3", "2025-Q4", "2026-Q1")] if n and not by else [],
         "coverage": {"expected": 330, "received": 313} if n else None, "details": {}}
    return dict(f, **more)


def weeks(centre):
    out = []
    for k in range(13):
        value = centre + 0.02 * math.sin(k) - (0.2 if k == 8 else 0)
        out.append({"first_day": f"2026-{4 + k // 5:02d}-{1 + 6 * (k % 5):02d}", "weeks": 1, "numerator": 80, "denominator": 100,
                    "value": value, "centre": centre, "alert": 3 if k == 8 else 0,
                    "lower": centre - 0.08, "upper": min(1, centre + 0.08), "signal": k == 8})
    return {"method": "LANEY_P", "centre": centre, "sigma_z": 1.3, "change": None, "variation": "COMMON_CAUSE",
            "assurance": "HIT_OR_MISS", "weeks": out,
            "alerts": {"mean": 0.86, "sd": 0.02, "lines": [0.84, 0.82, 0.8]},
            "rebases": [{"first_day": "2026-04-06", "reason": EVIL, "approved_by": EVIL,
                         "set_at": "2026-05-01T09:00:00.000Z", "set_by": "unix:anna"}]}


def funnel(centre):
    units = []
    for k, n in enumerate((12, 30, 55, 90, 140, 200)):
        s = math.sqrt(centre * (1 - centre) / n)
        value = centre - 4 * s if k == 3 else centre + 0.4 * s
        units.append({"unit": f"S{k:02d}", "numerator": round(value * n), "denominator": n, "withheld": False, "value": value, "z": 0.4,
                      "adjusted_z": 0.4, "low95": centre - 1.96 * s, "high95": min(1, centre + 1.96 * s),
                      "low998": max(0, centre - 3.09 * s), "high998": min(1, centre + 3.09 * s), "outside": k == 3})
    return {"method": "BINOMIAL", "centre": centre, "phi": 1.2, "tau2": 0.0, "p_spread": 0.3, "units": units}


def metric(number, sheet, status, x, n):
    figures = [figure({}, x, n, status)]
    figures += [figure({"site": f"S{k:02d}"}, x // 4, n // 4, "INSUFFICIENT" if n else "NO_DATA") for k in range(4)]
    return {"id": f"M{number:02d}", "version": "1", "effective_from": "2026-01-01", "name": f"Metric {number} {EVIL}",
            "form": "OUTPUT", "basis": "SAMPLE", "shape": "ratio", "sheet": sheet, "unit": "%", "direction": "UP",
            "definition": f"What is counted: {EVIL}", "apart": None, "minimum_n": 30, "readers": ["M"], "requirements": [],
            "clusters": "screener",
            "target": {"value": 0.9, "approved_by": "a.m", "from_quarter": "2026-Q1", "of": None, "set_at": "2026-01-10T09:00:00.000Z",
                       "set_by": "unix:anna", "set_late": number % 3 == 0, "replaces": None,
                       "low": None, "high": None, "replaces_low": None, "replaces_high": None}, "figures": figures,
            "chart": weeks(0.85) if number == 1 else None, "funnel": funnel(0.85) if number == 1 else None,
            "case_mix": None}


SPD = {
    "format": "sems-spd/2", "marking": "OFFICIAL-SENSITIVE", "entity": f"Northfield {EVIL}", "zone": "Europe/London",
    "clocks": [{"from": "2026-03-29T01:00:00.000Z", "until": "2026-10-25T01:00:00.000Z", "seconds": 3600}],
    "quarter": {"label": "2026-Q2", "first_day": "2026-04-01", "last_day": "2026-06-30",
                "start": "2026-03-31T23:00:00.000Z", "end": "2026-06-30T23:00:00.000Z"},
    "state": "DRAFT", "revision": 1, "as_of": "2026-07-10T09:00:00.000Z",
    "catalogue": {"version": "1", "sha256": "ab" * 32}, "template": None,
    "policy": {"approval": "THREE_PEOPLE", "corrections": "TWO_PEOPLE", "marking": "OFFICIAL-SENSITIVE"},
    "metrics": [metric(1, "tip", "NOT_MET", 270, 320), metric(2, "tip", "MET", 310, 320),
                metric(3, "tests", "NOT_PROVEN", 280, 320), metric(4, "tests", "NO_DATA", 0, 0),
                metric(5, "observations", "INSUFFICIENT", 12, 20)],
    "names": {"measure": {}, "provider": {}, "site": {}},
    "unsupported": [{"id": "CA01", "name": "Actions on time", "needs": EVIL}],
    "not_applicable": [{"id": "RK01", "name": "Mitigation", "reason": EVIL, "declared_by": "a.m", "from_quarter": "2026-Q1",
                        "set_at": "2026-01-10T09:00:00.000Z", "set_by": None}],
    "records": [{"kind": "tip_event", "received": 313, "effective": 312, "corrected": 1, "voided": 0, "late": 4}],
    "completeness": {"feeds": [{"source": "lane-1", "kind": "tip_event", "site": "S00", "expected": 330, "received": 313,
                                "missing": 17, "basis": "HEARTBEATS", "last_at": "2026-06-30T20:00:00.000Z",
                                "gaps": [{"from": "2026-05-01T00:00:00Z", "to": "2026-05-02T00:00:00Z", "reason": EVIL}]}],
                     "plans": [], "sessions": {"reconciled": 5, "differing": 1}, "silent": [], "late": {"late": 4},
                     "quarantine": [{"reason": "FIELD", "count": 2}], "clock": [], "durability": [], "restores": []},
    "values_shown": None, "forms": [{"measure": f"4.{k}", "quantitative": True, "qualitative": k % 2 == 0, "output": False} for k in range(4)],
          "small_cells": {"below": 5, "suppressed": 2, "shown": False},
    "balances": [{"what": "FINDINGS", "opening": 14, "raised": 31, "closed": 28, "closing": 17}],
    "corrections": {"total": 1001, "indirect": 3, "dated_ahead": 2, "rows": [{
        "kind": "tip_event", "source": "lane-1", "record_id": "019de2fb-1900-8000-9000-000000000001",
        "root_kind": "tip_event", "root_source": "lane-1", "root_record_id": "019de2fb-1900-8000-8000-000000000001",
        "source_record_id": EVIL, "site": "S01", "measure": "4.1", "is_void": False, "names": None, "dated_ahead": False, "made_by": "unix:anna",
        "received_at": "2026-06-01T10:00:00.000Z", "corrected_at": "2026-06-01T09:00:00.000Z", "reason": EVIL,
        "standing": "PENDING", "decision": None, "decided_by": None, "decided_at": None,
        "changes": [{"field": "outcome", "was": "MISS_DECIDED", "becomes": "HIT"}]}]},
    "restatements": [{"metric": "M01", "by": {}, "old": {"numerator": 269, "denominator": 320, "value": 269 / 320},
                      "new": {"numerator": 270, "denominator": 320, "value": 270 / 320}, "cause": EVIL, "records": 1}],
    "embargo": {"excluded": []}, "proof": None,
}

digest = save("spd.json", SPD)
steps = [("FREEZE", "j.hale"), ("QA", "s.lindqvist"), ("APPROVE", "r.castellan"), ("SUBMIT", "j.hale")]
save("declaration.json", {
    "format": "sems-declaration/1", "quarter": "2026-Q2", "revision": 1, "document_sha256": digest, "state": "SUBMITTED",
    "policy": SPD["policy"],
    "events": [{"at": f"2026-07-1{i}T09:00:00.000Z", "by": by, "action": action, "metric": None, "by_dims": None,
                "text": EVIL, "reference": None, "channel": None} for i, (action, by) in enumerate(steps)]})
now = copy.deepcopy(SPD)
now.update(state="PROVISIONAL", revision=0)
save("provisional.json", now)

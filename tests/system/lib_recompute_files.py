"""Figures of the published files, counted in the files themselves, against SPDs made of them.

    lib_recompute_files.py inspections FILE.csv -- SPD.json...
    lib_recompute_files.py claims FILE.csv... -- SPD.json...

Prints each difference; none is success.
"""
import collections
import csv
import datetime as dt
import json
import math
import sys

Z = 1.9599639845400542
wrong = []


def like(what, got, expected):
    if got != expected and not (isinstance(got, float) and math.isclose(got, expected, rel_tol=1e-9)):
        wrong.append(f"{what}: {got} in the document, {expected} in the file")


def rate(what, figure, x, n):
    """A sample's figure: the counts, and from 30 on the rate with its interval."""
    like(what + " numerator", figure["numerator"], x)
    like(what + " denominator", figure["denominator"], n)
    if n < 30:
        like(what + " value", figure["value"], None)
        return
    p, centre = x / n, 1 + Z * Z / n
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / centre
    mid = (p + Z * Z / (2 * n)) / centre
    like(what + " value", figure["value"], p)
    like(what + " lower bound", figure["interval"]["lo"], mid - half if x else 0.0)
    like(what + " upper bound", figure["interval"]["hi"], mid + half if x < n else 1.0)


def quarter(day):
    return f"{day.year}-Q{(day.month + 2) // 3}"


def lines(file):
    with open(file, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def figures(spd, metric):
    m = next(m for m in spd["metrics"] if m["id"] == metric)
    return {tuple(sorted(f["by"].items())): f for f in m["figures"]}


def inspections(files, spds):
    quarters = collections.defaultdict(list)
    for r in lines(files[0]):
        quarters[quarter(dt.date.fromisoformat(r["Inspection_Date"]))].append(r)
    for spd in spds:
        q = spd["quarter"]["label"]
        rows = quarters[q]
        n = len(rows)
        results = collections.Counter(r["Results"] for r in rows)
        like(f"{q} audits", figures(spd, "AU01")[()]["numerator"], n)
        like(f"{q} sites", figures(spd, "AU02")[()]["numerator"], len({r["License"] for r in rows}))
        ql05 = figures(spd, "QL05")[()]
        like(f"{q} QL05", (ql05["numerator"], ql05["denominator"], ql05["interval"]), (n - results["Fail"], n, None))
        like(f"{q} QL05 value", ql05["value"], (n - results["Fail"]) / n if n else None)
        au03, critical = figures(spd, "AU03")[()], sum(float(r["criticalCount"]) > 0 for r in rows)
        like(f"{q} AU03", (au03["numerator"], au03["denominator"], au03["interval"]), (critical, n, None))
        like(f"{q} AU03 value", au03["value"], critical / n if n else None)
        for severity, column in (("CRITICAL", "criticalCount"), ("SERIOUS", "seriousCount"),
                                 ("MINOR", "minorCount")):
            found = collections.Counter()
            for r in rows:
                found[r["License"]] += int(float(r[column]))
            f = figures(spd, "FI01")
            like(f"{q} {severity}", f[()]["details"]["parts"][severity], sum(found.values()))
            for site, count in found.items():
                like(f"{q} {severity} {site}", f[(("site", site),)]["details"]["parts"][severity],
                     count)


def blank_free(text):
    return "".join((text or "").split())


def claim_day(text):
    text = blank_free(text)
    for form in ("%d-%b-%y", "%m/%d/%Y%H:%M"):
        try:
            return dt.datetime.strptime(text, form).date()
        except ValueError:
            pass
    return None


def claims(files, spds):
    seen, counts = set(), collections.Counter()
    for file in files:
        for r in lines(file):
            number = blank_free(r["Claim Number"])
            day = claim_day(r.get("Incident D") or r.get("Incident Date"))
            # Everything after the repeated header lines that names a claim and a day.
            if number in ("", "-", "ClaimNumber") or day is None or (number, day) in seen:
                continue
            seen.add((number, day))
            site = (r["Airport Code"] or "").strip()
            measure = {"Checkpoint": "4.1", "CheckedBaggage": "5.1"}.get(
                blank_free(r["Claim Site"]), "L.other")
            result = {"Deny": "met", "ApproveinFull": "not", "Settle": "not"}.get(
                blank_free(r["Disposition"]), "unseen")
            counts[quarter(day), "UNKNOWN" if site in ("", "-") else site, measure, result] += 1
    for spd in spds:
        q = spd["quarter"]["label"]
        f = figures(spd, "QL01")
        expected = collections.defaultdict(collections.Counter)
        for (at, site, measure, result), n in counts.items():
            if at == q:
                for key in ((), (("site", site),), (("measure", measure),),
                            (("measure", measure), ("site", site))):
                    expected[key][result] += n
        for key, n in expected.items():
            what = f"{q} QL01 {dict(key)}"
            if key not in f:
                wrong.append(f"{what}: not in the document, {dict(n)} in the file")
            elif n["met"] + n["not"] == 0:
                like(what, f[key]["status"], "NO_DATA")
            else:
                rate(what, f[key], n["met"], n["met"] + n["not"])
                like(what, f[key]["details"]["parts"], {
                    "MET": n["met"], "NOT_MET": n["not"], "NOT_OBSERVED": n["unseen"]})
        like(f"{q} rows", sum(set(k[0] for k in key) <= {"site", "measure"} for key in f),
             len(expected))


what, *rest = sys.argv[1:]
cut = rest.index("--")
documents = [json.load(open(f, encoding="utf-8")) for f in rest[cut + 1:]]
{"inspections": inspections, "claims": claims}[what](rest[:cut], documents)
if not documents:
    wrong.append("no document to compare with")
print("".join(w + "\n" for w in wrong[:40]), end="")
sys.exit(bool(wrong))

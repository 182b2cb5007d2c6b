"""For report.sh: the dashboard's statements, and what the view of figures must have of a document.

    lib_report.py panels DASHBOARD        each SQL panel's statement, a line
    lib_report.py exprs DASHBOARD         each Prometheus panel's expression, a line
    lib_report.py figures DOCUMENT        the rows of report.figure_v1, as JSON, sorted, a line each
"""
import json
import sys


def targets(path):
    with open(path, encoding="utf-8") as f:
        for panel in json.load(f)["panels"]:
            yield from panel["targets"]


def number(v):
    return None if v is None else float(v)


def figures(path):
    with open(path, encoding="utf-8") as f:
        spd = json.load(f)
    for m in spd["metrics"]:
        for f in m["figures"]:
            by = dict(f["by"])
            site = by.pop("site", None)
            part = by.pop(m["apart"], None) if m["apart"] else None
            if by:
                continue
            ends = f["clusters"] if f["interval_by"] == "GENERAL" else f["interval"]
            low, high = (ends.get("low", ends.get("lo")), ends.get("high", ends.get("hi"))) if ends else (None, None)
            target = m["target"] or {}
            if f["status"] in ("NONE", "NO_TARGET") or None not in (part, target.get("of")) and part != target["of"]:
                target = {}
            yield [m["id"], site, part, number(f["numerator"]), number(f["denominator"]), number(f["value"]), number(low),
                   number(high), number(target.get("value")), number(target.get("low")), number(target.get("high")),
                   f["status"], f["no_data"]]


if __name__ == "__main__":
    what, path = sys.argv[1:]
    if what == "figures":
        print("\n".join(sorted(json.dumps(row) for row in figures(path))))
    else:
        member = {"panels": "rawSql", "exprs": "expr"}[what]
        print("\n".join(t[member] for t in targets(path) if member in t))

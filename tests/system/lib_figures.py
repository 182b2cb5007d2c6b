"""One value out of an SPD document:  figures.py FILE METRIC PATH [DIMENSION=VALUE...]

PATH is a member of the figure: numerator, denominator, value, interval.lo, status, no_data,
excluded.REASON, details.parts.NAME. Without dimensions it is the figure of the whole entity. Real
numbers are printed with ten decimals. METRIC "records.KIND" takes PATH from the kind's record
counts; "sum:DIMENSION" in place of dimensions adds a count over that breakdown; "rows:DIMENSION"
counts its figures.
"""
import json
import sys


def member(figure, path):
    for part in path.split("."):
        if isinstance(figure, list):
            figure = next((e["count"] for e in figure if e["reason"] == part), None)
        elif figure is not None:
            figure = figure.get(part)
    return figure


def main(file, metric, path, *where):
    spd = json.load(open(file, encoding="utf-8"))
    if metric.startswith("records."):
        kind = metric.split(".", 1)[1]
        return member(next((r for r in spd["records"] if r["kind"] == kind), None), path)
    found = next((m for m in spd["metrics"] if m["id"] == metric), None)
    if found is None:
        return f"no metric {metric}"
    if where and where[0].startswith(("sum:", "rows:")):
        what, dimension = where[0].split(":")
        rows = [f for f in found["figures"] if list(f["by"]) == [dimension]]
        return len(rows) if what == "rows" else sum(member(f, path) or 0 for f in rows)
    by = dict(w.split("=", 1) for w in where)
    figure = next((f for f in found["figures"] if f["by"] == by), None)
    return f"no figure of {metric} for {by}" if figure is None else member(figure, path)


result = main(*sys.argv[1:])
print(f"{result:.10f}" if isinstance(result, float) else "null" if result is None else result)

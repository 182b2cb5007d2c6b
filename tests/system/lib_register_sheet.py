"""Reads the register's sheets back from the CSV that LibreOffice made of each: lib_register_sheet.py FOLDER REGISTER.json

Prints what differs from the document, a line each; nothing when all is well.
"""
import csv
import json
import pathlib
import sys


def rows(folder, sheet):
    """The table of a sheet: all below the line that has its first header."""
    (path,) = pathlib.Path(folder).glob(f"*-{sheet}.csv")
    with path.open(encoding="utf-8", newline="") as f:
        lines = list(csv.reader(f))
    print("" if any("OFFICIAL-SENSITIVE" in c for c in lines[0]) else f"{sheet}: not marked\n", end="")
    start = next(i for i, l in enumerate(lines) if len(l) > 1 and l[0] and l[1])
    return [dict(zip(lines[start], l)) for l in lines[start + 1:] if l[0]]


def main():
    folder, document = sys.argv[1], json.load(open(sys.argv[2], encoding="utf-8"))

    def compare(what, got, wanted):
        if got != wanted:
            print(f"{what}: {got!r} in place of {wanted!r}")

    register = rows(folder, "Register")
    compare("scenarios", [r["1 Reference"].split("\n")[0] for r in register], [s["number"] for s in document["scenarios"]])
    for row, s in zip(register, document["scenarios"]):
        a = s.get("assessment", {})
        name = row["2 Threat scenario"].split("\n")[0]
        compare("title", name, s["title"])
        compare("threat", row["5 Threat"].split(" ")[0], str(a.get("threat", "")))
        compare("risk", row["10 Risk"], f"{a['residual']} {a['residual_band']}" if a else "not assessed")
        compare("assets", [l.split(" ")[0] for l in row["7 Key assets"].split("\n") if l], [k["number"] for k in s.get("assets", [])])
    changes = rows(folder, "Changes of score")
    compare("residual", [int(r["Residual"]) for r in changes],
            [h["residual"] for s in document["scenarios"] for h in s.get("history", [])])
    compare("controls", [r["Number"] for r in rows(folder, "Controls")], [c["number"] for c in document["controls"]])
    compare("flags", [r["Closed"] == "open" for r in rows(folder, "Flags")], ["closed" not in f for f in document["flags"]])


main()

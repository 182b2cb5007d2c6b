"""Fills the workbook of `semsctl workbook make` as a person would:  lib_blank.py BLANK FILLED WHAT

WHAT is quarter (rows with known outcomes; prints what they come to as "METRIC NUMERATOR DENOMINATOR" lines), bad (the
same and rows that cannot be taken), examples (each sheet's own example as its only row), or above (a record in a row
above the column names).
"""
import datetime
import random
import sys

import openpyxl

blank, filled, what = sys.argv[1:]
book = openpyxl.load_workbook(blank)
KINDS = [name for name in book.sheetnames if name not in ("Read me", "Entity", "Lists")]
HEADER = 5


def columns(sheet):
    return {cell.value: cell.column for cell in sheet[HEADER] if cell.value is not None}


def add(name, **cells):
    """Below the rows that are filled: a cell by its column's name, dots written as __."""
    sheet, row = book[name], HEADER + 1
    while any(cell.value is not None for cell in sheet[row]):
        row += 1
    for key, value in cells.items():
        sheet.cell(row, columns(sheet)[key.replace("__", ".")]).value = value
    return row


def entity(thing, code, says, quarter=None, by=None):
    """The first row of that thing that says nothing yet."""
    sheet = book["Entity"]
    header = next(r for r in range(1, 50) if sheet.cell(r, 1).value == "What")
    row = next(r for r in range(header + 1, header + 200)
               if sheet.cell(r, 1).value == thing and sheet.cell(r, 2).value is None and sheet.cell(r, 3).value is None)
    for column, value in enumerate((code, says, quarter, by), start=2):
        if value is not None:
            sheet.cell(row, column).value = value
    return row


def day(n, hour=10):
    return datetime.datetime(2026, 7, 1, hour) + datetime.timedelta(days=n)


def fill_quarter():
    dice = random.Random(7)
    outcomes = [dice.choice(["PASS", "PASS", "FAIL", "PARTIAL", "INVALID"]) for _ in range(40)]
    for i, outcome in enumerate(outcomes):
        add("test", source_record_id=i + 1, occurred_at=day(i), site_id="MAIN", mode="COVERT", debriefed_at=day(95), outcome=outcome,
            invalid_reason="TESTER_ERROR" if outcome == "INVALID" else None)
    # Before the quarter by the zone's clock, and after it: 2026-06-30 23:30 and 2026-10-01 00:30 in London.
    add("test", source_record_id=41, occurred_at=datetime.datetime(2026, 6, 30, 23, 30), site_id="MAIN", mode="COVERT", debriefed_at=day(95), outcome="PASS")
    add("test", source_record_id=42, occurred_at=datetime.datetime(2026, 10, 1, 0, 30), site_id="MAIN", mode="COVERT", debriefed_at=day(95), outcome="PASS")
    results = [[dice.choice(["MET", "MET", "NOT_MET", "NOT_OBSERVED"]) for _ in range(2)] for _ in range(15)]
    for i, (first, second) in enumerate(results):
        add("observation", source_record_id=i + 1, occurred_at=day(i, 14), site_id="YARD", mode="OVERT",
            criteria__1__criterion_id="seal-check", criteria__1__result=first,
            criteria__2__criterion_id="id-check", criteria__2__result=second)
    flat = [r for pair in results for r in pair]
    return [("OUT01", outcomes.count("PASS"), len(outcomes) - outcomes.count("INVALID")),
            ("QL02", flat.count("MET"), flat.count("MET") + flat.count("NOT_MET"))]


def fill_examples():
    for name in KINDS:
        sheet = book[name]
        for cell in sheet[HEADER - 1]:
            value = cell.value
            if isinstance(value, str) and value.startswith("# example: "):
                value = 9000 + int(value[len("# example: "):])
            if value is not None:
                sheet.cell(HEADER + 1, cell.column).value = value


entity("entity", None, "Harbour Cargo Ltd")
entity("zone", None, "Europe/London")
entity("site", "MAIN", "Main shed")
entity("site", "YARD", "Yard")
entity("target", "OUT01", 0.8, "2026-Q3", "B. Owner")
entity("not applicable", "QN16", "no lane has TIP", "2026-Q3", "B. Owner")
if what == "examples":
    fill_examples()
else:
    for expected in fill_quarter():
        print(*expected)
if what == "bad":
    print("test", add("test", source_record_id=50, occurred_at=day(3), site_id="MAIN", mode="COVERT", debriefed_at=day(95), outcome="WON"))
    print("observation", add("observation", source_record_id=51, occurred_at=day(3), site_id="MAIN", mode="OVERT",
                             criteria__1__criterion_id="seal-check", criteria__1__result="MET", criteria__2__criterion_id="seal-check",
                             criteria__2__result="MET"))
    print("good", add("test", source_record_id=52, occurred_at=day(3), site_id="MAIN", mode="COVERT", debriefed_at=day(95), outcome="PASS"))
if what == "above":
    sheet = book["patrol"]
    sheet.cell(HEADER - 1, 1).value = 1
book.save(filled)

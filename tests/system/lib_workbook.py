"""Reads an exported SPD with other people's libraries: lib_workbook.py BOOK.xlsx SPD.json FIGURES.csv

Prints what is wrong, a line each; nothing when every number of every table is that of the document.
"""
import csv
import datetime
import io
import json
import sys

import openpyxl

problems = []


def complain(*words):
    problems.append(" ".join(str(w) for w in words))


def table_rows(book, name):
    for sheet in book:
        if name in sheet.tables:
            rows = [[c.value for c in row] for row in sheet[sheet.tables[name].ref]]
            return [dict(zip(rows[0], row)) for row in rows[1:]]
    complain("no table", name)
    return []


def same(got, wanted):
    if wanted is None:
        return got is None or isinstance(got, str)
    return isinstance(got, (int, float)) and abs(got - wanted) <= 1e-12 * max(1, abs(wanted))


def other(by):
    return "; ".join(f"{k}={by[k]}" for k in sorted(by) if k not in ("site", "measure")) or None


def check_figures(book, spd):
    rows = table_rows(book, "t_figures")
    figures = [(m, f) for m in spd["metrics"] for f in m["figures"]]
    if len(rows) != len(figures):
        complain("rows:", len(rows), "figures:", len(figures))
    for row, (metric, figure) in zip(rows, figures):
        by = figure["by"]
        where = (metric["id"], by)
        if (row["Metric"], row["Site"], row["Measure"], row["Other dimensions"]) != (
                metric["id"], by.get("site"), by.get("measure"), other(by)):
            complain("not the figure", where, row)
        for column, key in (("Count", "numerator"), ("Of (n)", "denominator"), ("Value", "value")):
            if not same(row[column], figure[key]):
                complain(column, where, row[column], figure[key])
        if figure["value"] is None and not isinstance(row["Value"], str):
            complain("no reason in the place of the value", where, row["Value"])
        low = (figure["interval"] or {}).get("lo")
        if not same(row["95 % from"], low):
            complain("interval", where, row["95 % from"], low)


def check_balances(book, spd):
    rows = table_rows(book, "t_balances") if spd["balances"] else []
    for row, balance in zip(rows, spd["balances"]):
        if row["Open at the start"] + row["+ raised"] - row["− closed"] != row["= open at the end"]:
            complain("does not balance", row)
        if row["= open at the end"] != balance["closing"]:
            complain("not the document's", row, balance)


def check_sheets(book, spd):
    if len(book.sheetnames) < 10:
        complain("sheets:", book.sheetnames)
    for sheet in book:
        if spd["marking"] not in str(sheet["A1"].value):
            complain(sheet.title, "is not marked on the screen")
        for part in (sheet.oddHeader, sheet.oddFooter):
            if spd["marking"] not in str(part.center.text):
                complain(sheet.title, "is not marked on paper")
        if not sheet.freeze_panes:
            complain(sheet.title, "does not hold its head")
        if any(c.data_type == "f" for row in sheet.iter_rows() for c in row):
            complain(sheet.title, "has a formula")
    if sum(len(s.tables) for s in book) < 20:
        complain("few tables")
    wanted = sum(bool(m[k]) for m in spd["metrics"] for k in ("chart", "funnel"))
    if sum(len(s._charts) for s in book) < wanted:
        complain("charts of", wanted, "metrics, but", sum(len(s._charts) for s in book))
    days = [row[1].value for row in book.worksheets[0].iter_rows(max_col=2) if row[0].value == "First day"]
    if [d.date() for d in days if isinstance(d, datetime.datetime)] != [
            datetime.date.fromisoformat(spd["quarter"]["first_day"])]:
        complain("the first day is no date:", days)


def check_csv(path, spd):
    with open(path, newline="", encoding="utf-8-sig") as f:
        text = f.read()
    if text.count("\n") != text.count("\r\n"):
        complain("lines do not end as RFC 4180 has it")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    figures = [(m, f) for m in spd["metrics"] for f in m["figures"]]
    if len(rows) != len(figures):
        complain("CSV rows:", len(rows), "figures:", len(figures))
    for row, (metric, figure) in zip(rows, figures):
        for column in ("numerator", "denominator", "value"):
            got = float(row[column]) if row[column] else None
            if not same(got, figure[column]) or (got is None) != (figure[column] is None):
                complain("CSV", column, metric["id"], figure["by"], row[column], figure[column])
        if row["marking"] != spd["marking"] or row["metric"] != metric["id"]:
            complain("CSV row of", row["metric"], "for", metric["id"])


def main():
    book = openpyxl.load_workbook(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as f:
        spd = json.load(f)
    check_sheets(book, spd)
    check_figures(book, spd)
    check_balances(book, spd)
    check_csv(sys.argv[3], spd)
    print("\n".join(problems[:20]))


main()

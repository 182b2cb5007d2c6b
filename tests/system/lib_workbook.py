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
        low, general = (figure["interval"] or {}).get("lo"), (figure["clusters"] or {}).get("low")
        for column, wanted in (("95 % from", general if figure["interval_by"] == "GENERAL" else low),
                               ("Of these from", low), ("In general from", general),
                               ("Design effect", (figure["clusters"] or {}).get("deff"))):
            if not same(row[column], wanted):
                complain(column, where, row[column], wanted)


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
    days = [row[1].value for sheet in book for row in sheet.iter_rows(max_col=2) if row[0].value == "First day"]
    if [d.date() for d in days if isinstance(d, datetime.datetime)] != [
            datetime.date.fromisoformat(spd["quarter"]["first_day"])]:
        complain("the first day is no date:", days)


def check_links(book, spd):
    """The summary is the first sheet, each of its rows leads on, and every link of the book somewhere."""
    if book.sheetnames[0] != "Summary":
        complain("the first sheet is", book.sheetnames[0])
    ids = {m["id"] for m in spd["metrics"]}
    leading = set()
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink is None:
                    continue
                if cell.hyperlink.target or not cell.hyperlink.location:
                    complain(sheet.title, cell.coordinate, "leads out of the workbook")
                    continue
                name, place = cell.hyperlink.location.rsplit("!", 1)
                target = book[name.strip("'")]
                if cell.value in ids and target[place].value != cell.value:
                    complain(sheet.title, cell.coordinate, cell.value, "leads to", target[place].value)
                leading.add((sheet.title, cell.value))
    for metric in spd["metrics"]:
        entity = [f for f in metric["figures"] if not f["by"]]
        if entity and entity[0]["status"] in ("NOT_MET", "NOT_PROVEN") and metric["form"] != "INFORMATION" and (
                "Summary", metric["id"]) not in leading:
            complain(metric["id"], "failed, and the summary does not lead to it")
    back = [s.title for s in book if s.title != "Summary" and (s.title, "Summary") not in leading]
    if back:
        complain("no way back to the summary from", back)


def check_rows(book):
    """What is broken into lines has room for as many as it has characters for, at the least."""
    for sheet in book:
        merged = {m.min_row: m for m in sheet.merged_cells.ranges}
        for row in sheet.iter_rows():
            for cell in row:
                if not isinstance(cell.value, str) or not cell.alignment.wrap_text:
                    continue
                last = merged[cell.row].max_col if cell.row in merged and cell.column > 1 else cell.column
                width = sum(sheet.column_dimensions[openpyxl.utils.get_column_letter(c)].width
                            for c in range(cell.column, last + 1))
                lines = -(-len(cell.value) // int(width))
                if lines > 1 and (sheet.row_dimensions[cell.row].height or 12.75) < 12 * lines:
                    complain(sheet.title, cell.coordinate, "has", lines, "lines in a row of",
                             sheet.row_dimensions[cell.row].height)


def check_paper(book):
    """What is too wide to be read on one page's width is left out of printing."""
    for sheet in book:
        # The columns have more than their texts, for what is beside them; neighbours of one width are told once.
        width = sum((d.width - 2.7109375) * (d.max - d.min + 1) for d in sheet.column_dimensions.values())
        area = sheet.print_area
        if (width > 260) != bool(area):
            complain(sheet.title, "is", width, "wide, and its print area is", area)


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
    check_links(book, spd)
    check_rows(book)
    check_paper(book)
    check_balances(book, spd)
    check_csv(sys.argv[3], spd)
    print("\n".join(problems[:20]))


main()

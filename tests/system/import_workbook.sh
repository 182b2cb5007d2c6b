# What people bring: a workbook as their spreadsheet saves it, a dirty line, and what was rejected, once more.
. "$(dirname "$0")/lib.sh"
plan 22

start_daemon || exit 1
sql() { "${AS_USER[@]}" psql -qAt -v ON_ERROR_STOP=1 -h "$DIR/run" -U postgres -d sems -c "$1"; }
ctl_must init --entity Northfield --zone Europe/London --source list --source dirty
chmod 755 "$T"

# --- an inspection list of a spreadsheet -----------------------------------------------------------
cat >"$T/map.yaml" <<'YAML'
version: 1
source: list
sheet: Inspections
number: {decimal: ",", group: "."}
records:
  - kind: activity
    id: {columns: [No]}
    occurred_at: {value: "{Date} {Time}", formats: ["%d/%m/%Y %H:%M"]}
    fields:
      - {field: site_id, column: Site}
      - {field: activity, value: PASSENGERS_SCREENED}
      - {field: method, value: COUNTED}
      - {field: occurred_end, column: Until, formats: ["%d/%m/%Y %H:%M"]}
      - {field: count, column: Bags}
YAML
/usr/bin/python3 - "$T/list.xlsx" <<'PY'
import datetime as d, sys
import openpyxl
book = openpyxl.Workbook()
book.active.title = "Notes"
sheet = book.create_sheet("Inspections")
sheet.append(["Inspections of June", None])
sheet.append([])
sheet.append(["No", "Site", "Date", "Time", "Until", "Bags"])
for no, site, day, at, until, bags in (
        (1, "NFD", d.date(2026, 6, 30), d.time(23, 0), d.datetime(2026, 6, 30, 23, 30), 1412),
        (2, "NFD\u00a0", d.date(2026, 7, 1), d.time(0, 15), d.datetime(2026, 7, 1, 0, 30), 2388),
        (3, "NFD", "30/06/2026", "10:00", "30/06/2026 10:30", "1.200"),
        (4, "NFD", d.date(2026, 6, 31 - 1), d.time(8, 0), d.datetime(2026, 6, 30, 8, 30), 0.5)):
    sheet.append([no, site, day, at, until, bags])
book.save(sys.argv[1])
PY
chmod 644 "$T"/list.xlsx "$T"/*.yaml
ctl_get import --map "$T/map.yaml" --register-sites --rejects "$T/rejects.csv" "$T/list.xlsx"
is "$RC" 1 'a workbook is imported as it is, but for its bad line'
like "$OUT" '(^|[^0-9])1 sites? registered' 'blanks that nobody sees make no site'
is "$(figure "$(spd_json 2026-Q2)" EX01 numerator)/$(figure "$(spd_json 2026-Q3)" EX01 numerator)" 2612/2388 \
	'dates and times are what the sheet shows, numbers what they are, texts as the map says'
like "$(sed -n 2p "$T/rejects.csv")" '^7,' 'the rejected line is named by its row in the sheet'
ctl_get import --map "$T/map.yaml" --rejects "$T/again.csv" "$T/list.xlsx"
like "$OUT" 'stored before\) +3' 'importing it again stores nothing'

# What was rejected is mended in its own file.
sed -i '2s/0,5/500/g' "$T/rejects.csv"
sed 's/^sheet.*//' "$T/map.yaml" >"$T/csv.yaml"
chmod 644 "$T"/*.csv "$T"/*.yaml
ctl_get import --map "$T/csv.yaml" --rejects "$T/again.csv" "$T/rejects.csv"
is "$RC" 0 'the file of rejects is imported, once it is mended'
is "$(figure "$(spd_json 2026-Q2)" EX01 numerator)" 3112 'with the dates that the sheet showed'

ctl_get import --map "$T/csv.yaml" "$T/list.xlsx"
like "$RC $ERR" '^2 .*list\.xlsx: the workbook has 2 sheets, .Notes., .Inspections.: say which' 'of two sheets one has to be named'
ctl_get import --kind activity --sheet None "$T/list.xlsx"
like "$RC $ERR" "^2 .*no sheet 'None'; it has 'Notes', 'Inspections'" 'a sheet that is not there is told with those that are'

# --- files that are something else -----------------------------------------------------------------
printf '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' >"$T/old.xls"
printf '<html><table><tr><td>No</td></tr></table>' >"$T/web.xls"
chmod 644 "$T"/*.xls
ctl_get import --map "$T/csv.yaml" "$T/old.xls"
like "$RC $ERR" '^2 .*old\.xls: it is an old Excel workbook' 'an old workbook is called that'
ctl_get import --map "$T/csv.yaml" "$T/web.xls"
like "$RC $ERR" '^2 .*web\.xls: it is a web page' 'and a web page a web page, whatever its name says'

# --- one bad line among good ones, with the sites registered ---------------------------------------
cat >"$T/dirty.yaml" <<'YAML'
version: 1
source: dirty
records:
  - kind: observation
    id: {columns: [No]}
    occurred_at: {column: Date}
    fields:
      - {field: site_id, column: Site}
      - {field: mode, value: OVERT}
    lists:
      - field: criteria
        items:
          - fields: [{field: criterion_id, value: c1}, {field: result, column: Result}]
YAML
/usr/bin/python3 - "$T" <<'PY'
import sys
rows = b"No,Site,Date,Result\n" + b"".join(b"%d,S%d,2026-05-%02d,MET\n" % (i, i % 3, i % 28 + 1) for i in range(1, 101))
for name, site in (("latin1", b"Z\xfcrich"), ("long", b"N" * 65), ("newline", b'"S1\nnorth"'), ("nul", b"S1\0x"), ("hidden", b"S\xe2\x80\x8b1")):
    open(f"{sys.argv[1]}/{name}.csv", "wb").write(rows + b"101," + site + b",2026-05-04,MET\n")
PY
chmod 644 "$T"/*.csv "$T"/*.yaml
for f in latin1 long newline nul hidden; do
	ctl_get import --map "$T/dirty.yaml" --register-sites --rejects "$T/$f.rejects" "$T/$f.csv"
	is "$RC $(grep -ac '^102,' "$T/$f.rejects")" '1 1' "one bad line is one reject ($f)"
done
is "$(sql "SELECT string_agg(site_id, ' ' ORDER BY site_id) FROM sems.site")" 'NFD S0 S1 S2' 'and no site is made of what was refused'
is "$(sql "SELECT count(*) FROM sems.observation")" 100 'while every good line is stored, once'

# --- Ctrl-C in the middle --------------------------------------------------------------------------
/usr/bin/python3 -c 'import sys
print("No,Site,Date,Result")
for i in range(1000, 3000):
    print(f"{i},S1,2026-05-{i % 28 + 1:02d}T10:{i % 60:02d}:00,MET")' >"$T/long.csv"
chmod 644 "$T/long.csv"
kill -STOP "$DAEMON_PID"
env --default-signal=INT "${AS_USER[@]}" "$PROGRAMS/semsctl" --socket "$SOCKET" import --map "$T/dirty.yaml" "$T/long.csv" >"$T/stopped" 2>&1 &
import=$!
sleep 1
kill -INT $import
kill -CONT "$DAEMON_PID"
wait $import
is $? 130 'a transfer ends when it is interrupted'
like "$(tr -d "\n" <"$T/stopped")" 'interrupted.*repeat the command to send' 'and says that repeating it is safe'
is "$(find "$T" -name 'long.csv.rejects*')" '' 'no half of a file is left'
ctl_get import --map "$T/dirty.yaml" "$T/long.csv"
is "$RC $(sql "SELECT count(*) FROM sems.observation")" '0 2100' 'repeated, it stores every line once'

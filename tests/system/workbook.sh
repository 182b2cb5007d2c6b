# Who has a spreadsheet and no lists: a workbook is given out, filled in, and a quarter made of it in one go.
. "$(dirname "$0")/lib.sh"
plan 28

start_daemon || exit 1
sql() { "${AS_USER[@]}" psql -qAt -v ON_ERROR_STOP=1 -h "$DIR/run" -U postgres -d sems -c "$1"; }
# All that a second reading might change.
stored() {
	sql "SELECT count(*), md5(string_agg(r::text, '|' ORDER BY r::text)) FROM (
		SELECT record_id, source, occurred_at FROM sems.test UNION ALL SELECT record_id, source, occurred_at FROM sems.observation) AS r
		UNION ALL SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM sems.target AS t
		UNION ALL SELECT count(*), md5(string_agg(n::text, '|' ORDER BY n::text)) FROM sems.not_applicable AS n"
}
fill() { # what: $T/what.xlsx; what it prints in $SAID
	SAID=$(/usr/bin/python3 -B "$TREE/tests/system/lib_blank.py" "$T/blank.xlsx" "$T/$1.xlsx" "$1") || not_ok "the workbook is filled in ($1)"
	chmod 644 "$T/$1.xlsx"
}
row_of() { sed -n "s/^$1 //p" <<<"$SAID"; }

# --- a workbook to fill in -------------------------------------------------------------------------
ctl_get workbook make "$T/blank.xlsx"
is "$RC" 0 'a workbook is given out'
before=$(sha256sum <"$T/blank.xlsx")
ctl_get workbook make "$T/blank.xlsx" --kinds patrol
is "$RC $(sha256sum <"$T/blank.xlsx")" "4 $before" 'and takes the place of none that is there'
ctl_get workbook make "$T/two.xlsx" --kinds patrol,test,patrol --items 1
is "$(/usr/bin/python3 -c 'import openpyxl, sys
print(*openpyxl.load_workbook(sys.argv[1]).sheetnames, sep=",")' "$T/two.xlsx")" 'Read me,Entity,Lists,patrol,test' 'with a sheet for each kind that is named'
ctl_get workbook make "$T/none.xlsx" --kinds tip_event
like "$RC $ERR" '^2 .*tip_event is sent by machines' 'but of none that people do not fill in'
ctl_get workbook make "$T/none.xlsx" --kinds tets
like "$RC $ERR" '^2 .*did you mean test' 'nor of one that is none'
if command -v soffice >/dev/null; then
	(unset ASAN_OPTIONS UBSAN_OPTIONS && HOME=$T timeout 180 soffice --headless "-env:UserInstallation=file://$T/office" \
		--convert-to csv:'Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,4' --outdir "$T" "$T/blank.xlsx" >"$T/office.log" 2>&1)
	like "$(cat "$T"/blank*observation*.csv 2>/dev/null)" '^source_record_id,occurred_at,' 'an office opens it'
else
	ok 'an office opens it # skip no LibreOffice'
fi

# --- a quarter of it -------------------------------------------------------------------------------
fill quarter
ctl_get spd make "$T/quarter.xlsx" --quarter 2026-Q3
is "$RC" 0 'a filled-in workbook is taken in one go'
like "$OUT" 'Harbour Cargo Ltd \(Europe/London\) is set up: 2 sites' 'with the entity and its sites'
like "$OUT" '(^|[^a-z])test +42 rows: 42 stored, 0 there already, 0 refused' 'and every row'
is "$(find "$T/quarter-2026-Q3" -type f | sed 's/.*_//' | sort | paste -sd' ')" 'spd.html spd.xlsx' 'page and workbook are beside it'
spd=$(spd_json 2026-Q3)
while read -r metric numerator denominator; do
	is "$(figure "$spd" "$metric" numerator)/$(figure "$spd" "$metric" denominator)" "$numerator/$denominator" \
		"$metric is what the rows come to, by the clock of the entity's zone"
done <<<"$SAID"
is "$(sql 'SELECT metric, value, from_quarter, approved_by FROM sems.target')" 'OUT01|0.8|2026-Q3|B. Owner' 'a target is the one of the sheet'
is "$(sql "SELECT count(*) FROM sems.test WHERE source_record_id LIKE '%example%'") $(sql 'SELECT count(*) FROM sems.patrol')" '0 0' 'no example was counted'
is "$(sql "SELECT name FROM sems.site WHERE site_id = 'YARD'")" Yard 'a site has its name'
is "$(sql 'SELECT metric FROM sems.not_applicable')" QN16 'what does not apply is declared'

was=$(stored)
ctl_get spd make "$T/quarter.xlsx" --quarter 2026-Q3 --output "$T/again"
like "$RC $(grep '^test ' <<<"$OUT")" '^0 test +42 rows: 0 stored, 42 there already, 0 refused' 'the same file again'
is "$(stored)" "$was" 'changes nothing'

# --- what cannot be taken --------------------------------------------------------------------------
fill bad
ctl_get spd make "$T/bad.xlsx" --quarter 2026-Q3
is "$RC" 1 'of rows that cannot be taken it is told'
like "$ERR" "Sheet test, row $(row_of test), column outcome: .*WON" 'by sheet, row and column'
like "$ERR" "Sheet observation, row $(row_of observation), column criteria\.2\.criterion_id: " 'also within a list'
read -r metric numerator denominator <<<"$(grep '^OUT01' <<<"$SAID")"
is "$(figure "$(spd_json 2026-Q3)" "$metric" numerator)" $((numerator + 1)) 'all others count'
fill above
ctl_get spd make "$T/above.xlsx" --quarter 2026-Q3
like "$RC $ERR" '^2 .*sheet patrol, row 4: stands above the row of column names' 'a row where none is read is no silent loss'
ctl_get spd make "$T/blank.xlsx" --quarter 2026-Q3
like "$RC $ERR" '^2 .*fill in column Says of the rows entity and zone' 'nor an entity without a name'
printf 'source_record_id,occurred_at\n' >"$T/list.csv"
chmod 644 "$T/list.csv"
ctl_get spd make "$T/list.csv" --quarter 2026-Q3
like "$RC $ERR" '^2 .*workbook make' 'a file that is no workbook is told how to get one'
ctl_get spd make "$T/quarter.xlsx"
like "$RC $ERR" '^2 .*--quarter' 'nor is there a quarter that nobody names'

# --- the examples are good ones --------------------------------------------------------------------
fill examples
ctl_get spd make "$T/examples.xlsx" --quarter 2026-Q3
is "$RC $ERR" '0 ' 'each sheet shows a row that is taken as it is'
is "$(grep -c ' 1 row: 1 stored\| 1 row: 0 stored, 1 there' <<<"$OUT")" 10 'in each of ten sheets'
finish

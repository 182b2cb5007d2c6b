# The published files, by quarter and site: every figure is what another program makes of the stored
# rows, and the main ones what it counts in the files themselves. Some quarters of them; SEMS_LONG=1 (make
# torture): all.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_real.sh"
. "$(dirname "$0")/lib_recompute.sh"
plan 5
need_data

# Each is exported once, however many look at it.
documents() { # quarter...
	local quarter
	for quarter; do
		[ -f "$DIR/$quarter.json" ] || cp "$(spd_json "$quarter")" "$DIR/$quarter.json"
		echo "$DIR/$quarter.json"
	done
}

claims='2015-Q4 2016-Q1' inspections=2013-Q2
[ -z "${SEMS_LONG:-}" ] || {
	claims='2014-Q4 2015-Q1 2015-Q2 2015-Q3 2015-Q4 2016-Q1 2016-Q2 2016-Q3 2016-Q4'
	inspections='2011-Q3 2012-Q4 2013-Q2 2014-Q1'
}

visual_entity || exit 1
visual_import
quarters_recompute 'visual search: the rows' 2026-Q2

claims_entity || exit 1
claims_import
import_data tsa_2016.yaml tsa_claims_2016.csv
# shellcheck disable=SC2046,SC2086 # words on purpose, here and below
quarters_recompute 'claims: the rows' $claims
# shellcheck disable=SC2046,SC2086
no_difference 'claims: the files' lib_recompute_files.py claims \
	"$DATA_FOLDER/tsa_claims_2015.csv" "$DATA_FOLDER/tsa_claims_2016.csv" -- $(documents $claims)

# Its figures are those of two thousand sites; of one month they are quick to look at.
file=chicago_food_inspections_2011_2014.csv
[ -n "${SEMS_LONG:-}" ] || {
	mkdir "$T/cut"
	/usr/bin/python3 -c 'import csv, sys
rows = csv.reader(open(sys.argv[1], encoding="utf-8-sig", newline=""))
out, header = csv.writer(sys.stdout), next(rows)
out.writerow(header)
at = header.index("Inspection_Date")
out.writerows(r for r in rows if r[at].startswith("2013-05"))' "$DATA_FOLDER/$file" >"$T/cut/$file"
	DATA_FOLDER=$T/cut
}
chicago_entity || exit 1
chicago_import
# shellcheck disable=SC2086
quarters_recompute 'inspections: the rows' $inspections
# shellcheck disable=SC2046,SC2086
no_difference 'inspections: the file' lib_recompute_files.py inspections "$DATA_FOLDER/$file" -- $(documents $inspections)

# Published records, mapped with tests/maps, come out with the figures that were counted in them
# independently. The dirty file: accepted and rejected lines are all lines.
. "$(dirname "$0")/lib.sh"
plan 46
. "$(dirname "$0")/lib_real.sh"
need_data

for set in chicago claims visual; do
	${set}_entity || exit 1
	${set}_import
	is "$RC" 0 "$set: every line is accepted"
	${set}_figures "$set"
done

# Lines of a CSV file behind its header; a quoted cell may go over several.
rows_of() { # file encoding
	/usr/bin/python3 -c 'import csv, sys
print(sum(1 for _ in csv.reader(open(sys.argv[1], encoding=sys.argv[2], newline=""))) - 1)' "$@"
}

new_entity dirty America/New_York tsa-claims || exit 1
import_data tsa_2016.yaml tsa_claims_2016.csv
rejects=$T/tsa_claims_2016.csv.rejects.csv
lines=$(rows_of "$T/tsa_claims_2016.csv" utf-8-sig)
rejected=$(rows_of "$rejects" utf-8)
duplicates=$(printf '%s\n' "$OUT" | sed -n 's/.*duplicate.* \([0-9]*\)$/\1/p')
is "$RC" 1 'dirty claims: some lines are rejected'
like "$OUT" "^$lines lines: $((lines - rejected)) accepted, $rejected rejected" 'dirty claims: it says how many'
is "$(($(figure_of_status observation) + ${duplicates:-0} + rejected))" "$lines" \
	'dirty claims: what is stored, was there and is rejected are all lines'
again=$(/usr/bin/python3 -c 'import csv, sys
print(sum(r["reason"].startswith("AGAIN: ") for r in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline=""))))' "$rejects")
is "$again" 4 'dirty claims: the lines with the number of another line are rejected'
is "$((rejected - again))" 272 'dirty claims: of the others only the repeated header lines are rejected'
is "$(/usr/bin/python3 -c 'import csv, sys
print(sum(1 for r in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")) if not (r["line"] and r["reason"])))' "$rejects")" 0 \
	'dirty claims: every rejected line has its number and reason'
import_data tsa_2016.yaml tsa_claims_2016.csv
is "$(rows_of "$rejects" utf-8)" "$rejected" 'dirty claims: a second import rejects the same'

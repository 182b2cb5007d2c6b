# Published records, mapped with tests/maps, come out with the figures that were counted in them
# independently. The dirty file: accepted and rejected lines are all lines.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_real.sh"
need_data real_data

for set in chicago claims visual; do
	${set}_entity || exit 1
	${set}_import
	is "$RC" 0 "$set: every line is accepted"
	${set}_figures "$set"
done

new_entity dirty America/New_York tsa-claims || exit 1
import_data tsa_2016.yaml tsa_claims_2016.csv
lines=$(($(/usr/bin/python3 -c 'import csv, sys; print(sum(1 for _ in csv.reader(open(sys.argv[1], encoding="utf-8-sig", newline=""))))' "$T/tsa_claims_2016.csv") - 1))
rejects=$T/tsa_claims_2016.csv.rejects.csv
rejected=$(($(/usr/bin/python3 -c 'import csv, sys; print(sum(1 for _ in csv.reader(open(sys.argv[1], encoding="utf-8", newline=""))))' "$rejects") - 1))
accepted=$(figure_of_status observation)
is "$RC" 1 'dirty claims: some lines are rejected'
is "$((accepted + rejected))" "$lines" 'dirty claims: accepted and rejected are all lines'
like "$OUT$ERR" "$rejected" 'dirty claims: the number of rejected lines is told'
is "$(/usr/bin/python3 -c 'import csv, sys
print(sum(1 for r in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")) if not r["reason"]))' "$rejects")" 0 \
	'dirty claims: every rejected line has its reason'

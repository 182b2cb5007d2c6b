# A file that was imported with a wrong map, or twice under other numbers, is not counted twice without a word.
. "$(dirname "$0")/lib.sh"
plan 52

start_for_users
cat >"$T/entity.yaml" <<'YAML'
entity: Northfield
zone: Europe/London
sites: [{id: T1}]
principals:
  - {principal: "unix:games", role: compliance}
  - {principal: "unix:sys", role: compliance}
sources:
  - id: app
    senders:
      - {principal: "unix:games", kinds: [observation]}
      - {principal: "unix:sys", kinds: [observation]}
YAML
map() { # formats
	cat <<-YAML
		version: 1
		source: app
		records:
		  - kind: observation
		    id: {columns: [No]}
		    occurred_at: {column: Date, formats: [$1]}
		    fields:
		      - {field: site_id, value: T1}
		      - {field: mode, value: OVERT}
		    lists:
		      - field: criteria
		        items: [{fields: [{field: criterion_id, value: c}, {field: result, column: Result}]}]
	YAML
}
mkdir -m 777 "$T/in"
map '"%m/%d/%Y"' >"$T/in/wrong.yaml"
map '"%d/%m/%Y"' >"$T/in/right.yaml"
printf 'No,Date,Result\n1,03/05/2026,MET\n2,06/06/2026,MET\n3,10/06/2026,NOT_MET\n' >"$T/in/visits.csv"
chmod 644 "$T/entity.yaml" "$T"/in/*
ctl_must init "$T/entity.yaml"
import() { # user argument...
	local user=$1
	shift
	OUT=$(cd "$T/in" && ctl_as "$user" import "$@" 2>&1)
	RC=$?
}
met() { # quarter
	local now
	now=$(spd_json "$1")
	echo "$(figure "$now" QL02 numerator)/$(figure "$now" QL02 denominator)"
}
doubles() { ctl doubles "$@" | tail -n 5; }

import games --map wrong.yaml visits.csv
is "$RC $(met 2026-Q1) $(met 2026-Q2) $(met 2026-Q4)" '0 1/1 1/1 0/1' 'a file is imported month first'
import games --map right.yaml visits.csv
is "$RC" 2 'with the right map nothing is sent'
like "$OUT" '^semsctl: 2 of 3 numbers stored at another time' 'for so many numbers are stored at another time'
like "$OUT" 'line 2, number 1: 2026-05-03 00:00:00, stored at 2026-03-05 00:00:00' 'and it says which, and when'
like "$OUT" '--replace .*--again|--replace' 'and what to do'
import games --map right.yaml --dry-run visits.csv
is "$RC" 2 'a dry run says the same'
import games --map right.yaml --replace --reason 'day first' visits.csv
is "$RC" 0 'they replace what is stored'
like "$OUT" '2 records sent as corrections' 'two of them'
is "$(met 2026-Q2)" 1/1 'what moves to another quarter waits for somebody else'
ctl_as sys confirm --all >/dev/null 2>&1
is "$(met 2026-Q1) $(met 2026-Q2) $(met 2026-Q4)" 'null/null 2/3 null/null' 'and counts where it belongs once it is confirmed'
like "$(doubles)" 'No record has a double' 'none has a double'
import games --map right.yaml visits.csv
is "$RC" 0 'the right map once more'
like "$OUT" 'duplicate .*3' 'finds all three there'
unlike "$OUT" 'import undo' 'and has nothing to take back'
is "$(met 2026-Q2)" 2/3 'and changes nothing'

# What is sent by hand is told, and sent all the same.
send() { # argument...
	OUT=$(cd "$T/in" && ctl_as games send -S app "$@" 2>&1)
	RC=$?
}
echo '{"source_record_id": "s1", "site_id": "T1", "occurred_at": "2026-08-01T10:00:00Z", "mode": "OVERT", "criteria": [{"criterion_id": "c", "result": "MET"}]}' >"$T/in/one.jsonl"
sed 's/T10:00/T10:01/' "$T/in/one.jsonl" >"$T/in/other.jsonl"
printf 'source_record_id,site_id,occurred_at,mode,criteria.1.criterion_id,criteria.1.result\ns1,T1,2026-08-01T10:02:00Z,OVERT,c,MET\n' >"$T/in/one.csv"
chmod 644 "$T"/in/one.* "$T"/in/other.jsonl
send --json observation one.jsonl
unlike "$OUT" 'another time' 'one record is sent'
like "$OUT" '^1 line: 1 accepted' 'and counted as one'
send --json observation other.jsonl
is "$RC" 0 'the same number at another time is sent'
like "$OUT" '^1 of 1 number stored at another time:' 'and told'
like "$OUT" 'semsctl doubles shows both' 'with what to do'
send observation one.csv
like "$OUT" '^1 of 1 number stored at another time:' 'from a file of columns, too'
like "$(doubles --quarter 2026-Q3)" '1 double, 3 records' 'and they are found as doubles'
for id in $(ctl doubles --quarter 2026-Q3 --json | sed -n 's/.*"record_id": "\(.*\)".*/\1/p'); do
	ctl_as games void app "$id" --reason 'sent in a test' >/dev/null
done
ctl_as sys confirm --all >/dev/null 2>&1

# Numbers within one file.
cat >"$T/in/sheet.csv" <<'CSV'
No,Date,Result
1.23E+05,04/05/2026,MET
1.23E+05,04/05/2026,MET
1.23E+05,04/05/2026,NOT_MET
1.23E+05,05/05/2026,MET
124,06/05/2026,MET
CSV
chmod 644 "$T/in/sheet.csv"
import games --map right.yaml sheet.csv
is "$RC" 1 'lines of one number in one file are rejected'
like "$OUT" '5 lines: 2 accepted, 3 rejected' 'but the first'
like "$OUT" '3 lines with the number of another line of this file \(first line 3: 1.23E\+05\)' 'and told as that'
like "$OUT" '4 lines with a number that a spreadsheet shortened \(first line 2: 1.23E\+05\)' 'a shortened number is pointed out'
unlike "$OUT" 'duplicate' 'none of them was there before'
rejects=$(cat "$T/in/sheet.csv.rejects.csv")
like "$rejects" '^3,"source_record_id","1.23E\+05","AGAIN: line 2 of this file has the same number, time and content' 'a line that is there twice'
like "$rejects" '^4,.*same number and time, and other content' 'one that contradicts it'
like "$rejects" '^5,.*same number at another time' 'and one of another time'

# Further ones on purpose, and what is alike but for its number.
printf 'No,Date,Result\n124,07/05/2026,MET\n' >"$T/in/more.csv"
chmod 644 "$T/in/more.csv"
import games --map right.yaml --again more.csv
is "$RC" 0 'a number is stored again where somebody says so'
like "$(doubles --quarter 2026-Q2)" '1 double, 2 records' 'and the two are doubles'
like "$(ctl status)" 'RECORDS ARE STORED TWICE: 2' 'which status tells'
is "$(figure "$(spd_json 2026-Q2)" DQ07 numerator)" 2 'and a figure counts'
printf 'No,Date,Result\n' >"$T/in/forms.csv"
for n in a b; do
	echo "$n,2026-05-08T09:15:32.118Z,MET"
done >>"$T/in/forms.csv"
sed 's/, formats: .*}/}/' "$T/in/right.yaml" >"$T/in/forms.yaml"
chmod 644 "$T"/in/forms.*
import games --map forms.yaml forms.csv
is "$RC" 0 'a form is sent under two numbers'
like "$(ctl doubles)" 'alike in all but their number' 'and told as alike'
is "$(figure "$(spd_json 2026-Q2)" DQ07 numerator)" 4 'and counted'
ctl_as games void app "$(ctl doubles --json | grep -A60 ALIKE | sed -n 's/.*"record_id": "\(.*\)".*/\1/p' | head -n 1)" --reason twice >/dev/null
ctl_as sys confirm --all >/dev/null 2>&1
is "$(figure "$(spd_json 2026-Q2)" DQ07 numerator)" 2 'one that is void is none'
import games --map right.yaml sheet.csv
like "$OUT" 'stored at another time|2 accepted' 'the sheet once more stores nothing new'

# Runs, and taking one back.
run() { ctl import list --json | /usr/bin/python3 -c '
import json, sys
print([r["run"] for r in json.load(sys.stdin)["runs"] if r["file"] == sys.argv[1]][int(sys.argv[2])])' "$@"; }
ctl_as sys import undo "$(run forms.csv 0)" >"$T/stdout" 2>&1
is "$?" 2 'a run is not taken back without a word'
like "$(cat "$T/stdout")" '2 records of forms.csv, imported by unix:games' 'that says what would be'
printf 'No,Date,Result\n901,07/05/2026,MET\n902,08/05/2026,MET\n903,06/06/2026,MET\n' >"$T/in/other.csv"
chmod 644 "$T/in/other.csv"
before=$(met 2026-Q2)
import games --map wrong.yaml other.csv
like "$OUT" 'Run [0-9]{8}-[0-9]{6}-[0-9a-f]{6}: semsctl import undo' 'a run has a name'
other=$(run other.csv 0)
like "$(ctl_as sys import show "$other")" 'observation +app .*T1' 'and its records are shown'
ctl_as sys import undo "$other" --yes --reason 'wrong map' >"$T/stdout" 2>&1
is "$?" 0 'another person takes it back'
like "$(cat "$T/stdout")" '3 voids and 0 corrections sent' 'by voids'
ctl_as sys import undo "$other" --yes >"$T/stdout" 2>&1
like "$(cat "$T/stdout")" '0 voids and 0 corrections sent, 3 records taken back before' 'once, however often it is said'
ctl_as games confirm --all >/dev/null 2>&1
is "$(met 2026-Q3)" 'null/null' 'its records count no more'
like "$(ctl import list --json)" '"undone_by": "unix:sys"' 'and the list says who did it'
import games --map right.yaml other.csv
is "$RC $(met 2026-Q2)" "0 $(/usr/bin/python3 -c 'import sys; x, n = map(int, sys.argv[1].split("/")); print(f"{x + 3}/{n + 3}")' "$before")" \
	'with the right map they count, also where the time is the same'
import games --map right.yaml other.csv
like "$OUT" 'duplicate .*3' 'and are recognised'
# The run that replaced: what it corrected is as before.
ctl_as sys import undo "$(run visits.csv 1)" --yes >"$T/stdout" 2>&1
like "$(cat "$T/stdout")" '0 voids and 2 corrections sent' 'a run of corrections is taken back by corrections'
ctl_as games confirm --all >/dev/null 2>&1
is "$(met 2026-Q1) $(met 2026-Q4)" '1/1 0/1' 'which put back what was stored before'

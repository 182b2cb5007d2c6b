# Who the persons in records are: noted from a file, told for a reason that the access log keeps, handed out with all
# that names one, and erased for good, in a dump of the database, too.
# P-984, P-985, P-986, P-987, P-989
. "$(dirname "$0")/lib.sh"
plan 17

start_for_users
ctl_must init --entity Northfield --zone Europe/London --site T1='Terminal 1' --source lane-1 \
	--role unix:games=compliance --role unix:mail=auditor
{
	echo occurred_at,site_id,observer_id,measure_code,source_record_id,mode,criteria.1.criterion_id,criteria.1.result
	echo 2026-05-04T09:00:00Z,T1,S-1042,1.3,a1,OVERT,bag-search,MET
	echo 2026-05-05T09:00:00Z,T1,S-1042,1.3,a2,OVERT,bag-search,MET
	echo 2026-05-05T10:00:00Z,T1,S-2000,1.3,a3,OVERT,bag-search,MET
} >"$T/seen.csv"
{
	echo occurred_at,site_id,tester_id,mode,outcome,measure_code,source_record_id
	echo 2026-05-06T09:00:00Z,T1,S-1042,COVERT,PASS,1.3,t1
} >"$T/test.csv"
printf 'person,name,until\nS-1042,Uma Northgate,\nS-2000,Ben Weir,2026-06-30\n' >"$T/staff.csv"
printf 'person,name\nS-3000,Cay\nS-3001,\n' >"$T/bad.csv"
chmod 644 "$T"/*.csv
ctl_must send -S lane-1 observation "$T/seen.csv"
ctl_must send -S lane-1 test "$T/test.csv"
mkdir -m 777 "$T/out"

OUT=$(ctl_as games person note "$T/staff.csv" 2>&1)
is "$? $OUT" '0 Noted: 2 new, 0 changed.' 'a file of persons is noted'
is "$(ctl person note "$T/staff.csv" 2>&1)" 'Noted: 0 new, 0 changed.' 'and again, it changes nothing'
OUT=$(ctl person note "$T/bad.csv" 2>&1)
like "$? $OUT" '^[1-9] .*line 3' 'a row that is wrong is named by its line'
OUT=$(ctl_as mail person find S-1042 --reason 'curious about her' 2>&1)
is "$?" 4 'an auditor is told nobody'
OUT=$(ctl_as games person find S-1042 2>&1)
like "$? $OUT" '^[1-9] .*reason' 'nobody is, without a reason'
seen=$(ctl records list --kind observation --number a1 --json | sed -n 's/.*"record_id": "\(.*\)".*/\1/p')
code=$(ctl records show "$seen" | grep -o '~[0-9a-f]\{32\}' | head -n 1)
like "$(ctl_as games person find "$code" --reason 'retraining after OUT01')" 'Uma Northgate' \
	'a pseudonym of a record is told with a name'
like "$(ctl log --what identity.find)" 'unix:games +identity.find +~[0-9a-f]{32} +retraining after OUT01' \
	'and the log has who asked, and why'
like "$(ctl person find S-2000 --reason 'left: what is due')" 'Ben Weir, until 2026-06-30' 'who left is told with the day'

OUT=$(ctl_as games person export S-1042 --reason 'subject access, 3 May' --out "$T/out/s.json" 2>&1)
like "$? $OUT" '^0 .*: 2 records' 'all records that name somebody are handed out'
is "$(python3 -c "
import json; d = json.load(open('$T/out/s.json'))
print(d['person'], sorted(r['record']['source_record_id'] for r in d['records']))")" "S-1042 ['a1', 'a2']" \
	'those are the right ones, without a test before its debrief'
echo mine >"$T/out/s.json"
OUT=$(ctl_as games person export S-1042 --reason 'subject access, 3 May' --out "$T/out/s.json" 2>&1)
like "$? $OUT $(cat "$T/out/s.json")" '^[1-9] .*mine$' 'a file that is there is not written over'

OUT=$(ctl_as games person erase S-1042 --reason 'asked for it on 3 May' 2>&1)
like "$? ${OUT//$'\n'/ }" '^0 Erased.* 2026' 'she is erased, and the years of the keys told'
OUT=$(ctl_as games person find "$code" --reason 'retraining after OUT01' 2>&1)
like "$? $OUT" '^[1-9] .*erased' 'nobody is told any more who that was'
OUT=$(ctl person note "$T/staff.csv" 2>&1)
like "$? $OUT" '^[1-9] .*line 2.*erased' 'nor is she noted anew'
is "$(ctl records list --kind observation --json | grep -c '"record_id"')" 3 'her records stay'
"${AS_USER[@]}" pg_dump -h "$DIR/run" -d sems >"$T/dump.sql" 2>&1
is "$(grep -c 'Northgate\|S-1042' "$T/dump.sql") $(grep -c 'Ben Weir' "$T/dump.sql")" '0 1' \
	'no dump of the database has her name or identifier'
is "$(cat "$T"/*.log "$DIR"/*.log 2>/dev/null | grep -c 'Northgate\|S-1042\|Ben Weir')" 0 'nor has any log'

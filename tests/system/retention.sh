# What is past its maximum goes by the month, and only when no quarter needs it any more.
# P-914
. "$(dirname "$0")/lib.sh"
plan 36

psql_must() { # statement
	"${AS_USER[@]}" psql -qAt -v ON_ERROR_STOP=1 -h "$(dirname "$(find "$DIR" -type s -name '.s.PGSQL.*')")" \
		-p "$(basename "$(find "$DIR" -type s -name '.s.PGSQL.*')" | sed 's/.*\.//')" -d sems -c "$1" 2>&1
}

decision() { # month
	ctl retention plan --json | /usr/bin/python3 -c 'import json, sys
print(next((m["decision"] for m in json.load(sys.stdin)["months"] if m["month"] == sys.argv[1]), "absent"))' "$1"
}

start_daemon --listen 127.0.0.1:0 || exit 1
ctl_must init --entity Northfield --zone Europe/London --site NFD --source lane-1
cat >"$T/records.csv" <<'CSV'
occurred_at,site_id,device_id,outcome,source_record_id
2021-11-30T23:59:59.999Z,NFD,X1,HIT,1
2021-12-01T00:00:00Z,NFD,X1,HIT,2
2022-02-01T10:00:00Z,NFD,X1,HIT,3
CSV
recent=$(date -u -d '40 days ago' +%Y-%m-%dT10:00:00Z)
echo "$recent,NFD,X1,HIT,4" >>"$T/records.csv"
printf 'occurred_at,site_id,device_id,outcome,source_record_id\n2021-11-15T10:00:00Z,NFD,X1,HIT,9\n' >"$T/later.csv"
chmod 644 "$T"/*.csv
ctl_must send -S lane-1 tip_event "$T/records.csv"

is "$(decision 2021-11)" KEEP_QUARTER 'past its maximum, but its quarter is not submitted: kept'
is "$(decision "${recent%-*}")" KEEP_MIN 'younger than its minimum: kept'
ctl_get retention run
is "$RC" 2 'a run without --yes removes nothing'
ctl_must retention run --yes
is "$(figure_of_status tip_event)" 4 'a run removes nothing that a quarter needs'

submit_quarter 2021-Q4
is "$(decision 2021-11)" KEEP_WINDOW 'submitted, but it may be revised: kept'
is "$(decision 2022-02)" KEEP_QUARTER 'its neighbour still waits for its own SPD'
# Nobody waits for months here.
psql_must "UPDATE sems.setting SET value = '0' WHERE name = 'revision_window_days'"
like "$(decision 2021-11)" '^DROP|^GO|MAY' 'the window is over: it may go'
is "$(figure_of_status tip_event)" 4 'a plan removes nothing'
before=$(spd_json 2021-Q4 --revision 1)
ctl_must retention run --yes
is "$(figure_of_status tip_event)" 2 'the two months go, the others stay'
is "$(decision 2021-11)/$(decision 2021-12)" absent/absent 'and are in the plan no more'
after=$(spd_json 2021-Q4 --revision 1)
if cmp -s "$before" "$after"; then ok 'the submitted revision is still there, unchanged'; else not_ok 'the submitted revision is unchanged'; fi

ctl_get send -S lane-1 tip_event "$T/records.csv"
like "$OUT$ERR" 'expired +2' 'sent again, what was removed is expired'
like "$OUT$ERR" 'duplicate.* 2' 'and what was kept is a duplicate'
ctl_get send -S lane-1 tip_event "$T/later.csv"
like "$OUT$ERR" 'expired +1' 'so is what never came before'
is "$(figure_of_status tip_event)" 2 'nothing comes back'
stop_daemon
start_daemon --listen 127.0.0.1:0 || exit 1
ctl_get send -S lane-1 tip_event "$T/later.csv"
like "$OUT$ERR" 'expired +1' 'the floor holds after a restart'
ctl_must retention run --yes
is "$(figure_of_status tip_event)" 2 'a second run finds nothing to do'

# Its figures cannot be counted any more: whoever asks gets those that were frozen, and is told.
ctl_get spd show 2021-Q4
is "$RC" 0 'whoever asks for a quarter that was purged gets what was frozen'
like "$OUT" 'SUBMITTED, revision 1' 'and reads on it which that is'
like "$ERR" 'retention has removed evidence of 2021-Q4.* revision 1' 'and why it is that'
ctl_get spd show 2021-Q4 --json
is "$OUT" "$(cat "$before")" 'as bytes, too'
is "$(cat "$(spd_json 2021-Q4)")" "$(cat "$before")" 'as a file, too'
is "$(find "$T" -name '2021-Q4_r1_*_declaration.json' | wc -l)" \
	"$(find "$T" -name '2021-Q4_r1_*_spd.json' | wc -l)" 'with its declaration each time'
ctl_get spd show 2021-Q4 --from-records
like "$RC $ERR" '^4 .*cannot be computed anew.*spd show 2021-Q4 --revision 1 .*1 SUBMITTED' \
	'who wants it counted anew is refused, and told what there is'
ctl_get spd explain 2021-Q4 OUT03
like "$RC $ERR" '^4 .*spd show 2021-Q4 --revision 1' 'so is who wants it explained as of now'

# A legal hold keeps one record of a month that goes. P-980, P-981, P-983
printf '%s\n' occurred_at,site_id,device_id,outcome,source_record_id 2022-02-02T10:00:00Z,NFD,X2,MISS_DECIDED,20 >"$T/held.csv"
chmod 644 "$T/held.csv"
ctl_must send -S lane-1 tip_event "$T/held.csv"
submit_quarter 2022-Q1
ctl_get hold add --kind tip_event --since 2022-02-02T00:00:00Z --until 2022-02-03T00:00:00Z \
	--reason 'claim 12' --authority 'county court' --review 2026-01-31
like "$OUT" 'tip_event +1 +1' 'a hold is set, and says what it keeps'
like "$(ctl retention plan)" 'DROP.*hold 1 \(claim 12; review 2026-01-31\) stays' 'the plan says what stays, and why'
ctl_must retention run --yes
is "$(figure_of_status tip_event)" 2 'the other record of the month goes'
ctl_get send -S lane-1 tip_event "$T/held.csv"
like "$OUT$ERR" 'duplicate.* 1' 'what is held is there'
ctl_get status
like "$OUT" 'A LEGAL HOLD IS TO BE REVIEWED: hold 1, since 2026-01-31' 'status tells that its review is due'
ctl_must hold lift 1 --reason 'case closed'
ctl_must retention run --yes
is "$(figure_of_status tip_event)" 1 'once it is lifted, it goes'
ctl_get spd verify 2022-Q1
like "$RC $OUT" '^0 ' 'what was frozen is proved by what is left'

# P-990: what was removed is certified, and whoever changes that in the database is found.
ctl_get retention verify
like "$RC $OUT" '^0 .*4 certificates, 0 bad' 'each certificate is what semsd signed'
ctl_get retention certificates
like "$OUT" 'tip_event +2022-02 +1 +1 ' 'they are listed, with what was held'
psql_must "UPDATE sems.purge_certificate SET records = 7 WHERE certificate_no = 1"
ctl_get retention verify
like "$RC $OUT" '^1 .*certificate 1, tip_event of 2021-11: it is not what was signed' 'one that was altered is named'
psql_must "DELETE FROM sems.purge_signature WHERE certificate_no = 1; DELETE FROM sems.purge_certificate WHERE certificate_no = 1"
ctl_get retention verify
like "$RC $OUT" '^1 .*certificate 1: the access log has it' 'and one that is gone'

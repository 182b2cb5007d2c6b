# Covert tests before their debrief are in no view, count, export, metric or log: whatever people may ask
# is answered as if nobody had sent them. Then they are debriefed, and count. The channels that are looked at:
#   answers            all that may be asked, before and after: same(), found()
#   verdicts, errors   an identity that is a test answers whoever may not send tests like any other
#   voids              of such tests, their confirmations, their own ids in record and trace
#   lists              of records, by kind, source, site, number, quarter and outcome
#   heartbeats         how many tests a device says that it made
#   counts, sizes      of months, kinds, days and quarters; PostgreSQL's own of each partition
#   quarantine         refused tests, and what may be one
#   documents, logs    every file that leaves, semsd's log, PostgreSQL's
#   the database       what each role that reads may read
# P-713, P-906
. "$(dirname "$0")/lib.sh"
plan 39

[ "$(id -u)" = 0 ] || skip_all 'several users take root'
SOCKET=$T/semsd.sock
start_daemon --socket "$SOCKET" --verbose || exit 1
cat >"$T/entity.yaml" <<YAML
entity: Northfield
zone: Europe/London
spd_policy: {approval: THREE_PEOPLE, corrections: ONE_PERSON, declared_by: A. Example, declared_on: 2026-01-15}
sites: [{id: NFD, name: Northfield}, {id: NFE, name: Northfield East}]
principals:
  - {principal: "unix:$TEST_USER", role: admin}
  - {principal: "unix:bin", role: compliance}
  - {principal: "unix:sys", role: auditor}
  - {principal: "unix:games", role: manager}
  - {principal: "unix:man", role: tester}
sources:
  - {id: lane-1, senders: [{principal: "unix:$TEST_USER"}]}
  - {id: red-team, senders: [{principal: "unix:man"}, {principal: "unix:bin"},
      {principal: "unix:games", kinds: [heartbeat], sites: ["*"]}]}
YAML
chmod 644 "$T/entity.yaml"
ctl_must init "$T/entity.yaml"

# The quarters have something of everything, tests that everybody may know among it.
{
	echo occurred_at,site_id,mode,outcome,measure_code,debriefed_at,source_record_id
	for i in 1 2 3 4 5; do
		echo "2026-02-0${i}T09:00:00Z,NFD,COVERT,PASS,4.1,2026-02-09T10:00:00Z,a$i"
		echo "2026-05-0${i}T09:00:00Z,NFD,COVERT,FAIL,4.1,2026-05-09T10:00:00Z,b$i"
	done
} >"$T/told.csv"
{
	echo occurred_at,site_id,device_id,outcome,source_record_id
	for i in 1 2 3 4 5; do
		echo "2026-02-0${i}T09:00:00Z,NFD,X1,HIT,$i"
		echo "2026-05-0${i}T09:00:00Z,NFD,X1,HIT,1$i"
	done
} >"$T/images.csv"
mkdir -m 777 "$T/team"
# Every text, person, time and code of theirs is one that nothing else has: in a quarter that was frozen, in
# one that was not, and in one of which there is nothing else.
head=occurred_at,site_id,mode,outcome,embargo,measure_code,target_measure,method_class,test_item_class,source_record_id
head=$head,test_protocol_id,authorisation_ref,campaign_id,tester_id,finding_id,shift_id,root_cause,clock_offset_ms
own=L.7,L.7,UNATTENDED_ITEM,IED_COMPONENT
words=mk7protocol,mk7authority,mk7campaign,mk7tester,mk7finding,mk7shift,STAFFING,-987654
{
	echo "$head"
	echo "2026-02-17T03:17:23.457Z,NFE,COVERT,FAIL,,$own,mk7number1,$words"
	echo "2026-05-17T03:17:24.457Z,NFE,COVERT,FAIL,,$own,mk7number2,$words"
	echo "2026-05-18T03:17:25.457Z,NFE,OVERT,FAIL,true,$own,mk7number2,$words"
	echo "2025-11-17T03:17:26.457Z,NFE,COVERT,PASS,true,$own,mk7number4,${words/STAFFING/}"
	echo "2026-05-21T03:17:29.457Z,NFE,COVERT,FAIL,,$own,mk7number7,$words"
	echo "2025-10-22T03:17:30.457Z,NFE,COVERT,FAIL,,$own,mk7number8,$words"
} >"$T/team/covert.csv"
# Refused: the one for a site that nobody has, the other for a source that they may not send for.
{
	echo "$head,source"
	echo "2026-05-19T03:17:27.457Z,MK7SITE,COVERT,FAIL,,$own,mk7number5,$words,red-team"
	echo "2026-05-20T03:17:28.457Z,NFE,COVERT,FAIL,,$own,mk7number6,$words,lane-1"
} >"$T/team/poison.csv"
chmod 644 "$T"/*.csv "$T"/team/*.csv
ctl_must send -S lane-1 test "$T/told.csv"
ctl_must send -S lane-1 tip_event "$T/images.csv"
echo '{"occurred_at":"2026-02-18T09:00:00Z","occurred_end":"2026-02-18T10:00:00Z","site_id":"NFD","device_id":"X1","source_record_id":"beat","events_made":[{"kind":"tip_event","count":5},{"kind":"test","count":4321}]}' >"$T/beat.jsonl"
chmod 644 "$T/beat.jsonl"
ctl_as games send -S red-team --json heartbeat "$T/beat.jsonl" >/dev/null 2>&1 || not_ok "a heartbeat is sent"
ctl_as bin spd freeze 2026-Q1 >/dev/null || not_ok 'semsctl spd freeze 2026-Q1'

ids=$(/usr/bin/python3 -B -c '
import sys, uuid
sys.path.insert(0, "tests/system")
from lib_client import ms, sems_client
for at, n in (("2026-02-17T03:17:23Z", 1), ("2026-05-17T03:17:24Z", 2), ("2026-05-18T03:17:25Z", 2),
              ("2025-11-17T03:17:26Z", 4), ("2026-05-19T03:17:27Z", 5), ("2026-05-20T03:17:28Z", 6),
              ("2026-05-21T03:17:29Z", 7), ("2025-10-22T03:17:30Z", 8)):
    source = "lane-1" if n == 6 else "red-team"
    print(uuid.UUID(bytes=sems_client.record_id(ms(at) + 457, source, "mk7number%d" % n)))')
{
	printf '%s\n' mk7 03:17: UNATTENDED IED_COMPONENT 987654 L.7
	echo "$ids"
	echo "$ids" | tr -d -
} >"$T/marks"
sql() { # statement
	"${AS_USER[@]}" env PGOPTIONS='-c timezone=UTC' psql -qAtX -v ON_ERROR_STOP=1 -h "$DIR/run" -d sems -c "$1" 2>&1
}

# What was refused counts when it came.
today=$(date -u +%Y)-Q$((($(date -u +%-m) + 2) / 3))
# Everything that somebody may ask, into files: what is refused, with its message.
asked() { # folder user...
	local folder=$1 user q n=0
	shift
	mkdir -p "$folder"
	for user; do
		while read -r q; do
			n=$((n + 1))
			# shellcheck disable=SC2086 # words
			ctl_as "$user" $q >"$folder/$user.$n.${q//[^a-zA-Z0-9]/_}" 2>&1
		done <<-EOF
			$([ "$user" = bin ] || printf '%s --json\n' status 'doubles --all' 'import list')
			spd show 2026-Q1 --json
			spd show 2026-Q2 --json
			spd show 2026-Q2 --json --from-records
			spd show 2025-Q4 --json
			spd show $today --json
			spd status 2026-Q2 --json
			spd status 2025-Q4 --json
			spd diff 2026-Q1 --json
			spd check 2026-Q1 --json
			spd explain 2026-Q2 OUT01 --all --json
			spd explain 2026-Q2 DQ02 --all --json
			spd explain 2026-Q1 OUT01 --revision 1 --all --json
			spd explain 2026-Q1 DQ02 --revision 1 --all --json
			$([ "$user" = bin ] || echo spd verify 2026-Q1 --json)
			$([ "$user" = bin ] || printf 'trace %s --json\n' $ids)
			$([ "$user" = bin ] || printf 'records show %s --json\n' $ids)
			$([ "$user" = bin ] || printf 'records list --limit 1000 %s--json\n' '' '--oldest ' '--kind test ' '--kind void ' '--source red-team ' '--site NFE ' '--number mk7number1 ' '--quarter 2025-Q4 ' '--outcome FAIL ')
			$([ "$user" != sys ] || echo quarantine list)
			$([ "$user" != sys ] || printf 'quarantine show %s\n' 1 2)
		EOF
	done
	/usr/bin/python3 -B tests/system/lib_embargo.py answer "$folder"/* >"$folder.still"
}

same() { # name: what is asked now is what was asked before
	asked "$T/after" sys games bin
	is "$(diff "$T/before.still" "$T/after.still" | head -n 20)" '' "$1"
}

found() { # where...
	/usr/bin/python3 -B tests/system/lib_embargo.py holds "$T/marks" "$@"
}

# What semsd does of its own accord first, it has done: partitions for the months to come.
ahead() { [ "$(sql "SELECT count(*) > 0 FROM sems.duty WHERE duty = 'partitions' AND last_run_at IS NOT NULL")" = t ] &&
	[ "$(sql "SELECT to_regclass('sems.void_' || to_char(now(), 'YYYYMM')) IS NOT NULL")" = t ]; }
wait_for 60 ahead || not_ok 'semsd makes partitions'
asked "$T/before" sys games bin
like "$(cat "$T/before.still")" '"id": "OUT01"' 'people may ask much'
ctl_as man import --kind test --source red-team --again "$T/team/covert.csv" >"$T/stdout" 2>&1
like "$(cat "$T/stdout")" '6 accepted|stored +6' 'six tests come that nobody may know of yet'
same 'whatever is asked has the answers that it had before'
for n in 7 8; do
	ctl_as bin void red-team "$(echo "$ids" | sed -n "${n}p")" --reason 'mk7reason' >"$T/voided" 2>&1 || not_ok "number $n is voided" "$(cat "$T/voided")"
done
like "$(ctl_as bin doubles --kind test)" 'mk7number2' 'who runs tests is told of two with one number'
voids=$(sql 'SELECT record_id FROM sems.void')
is "$(echo "$voids" | wc -l)" 2 'two of them are voided'
echo "$voids" >>"$T/marks"
same 'and nobody sees the voids'
for void in $voids; do
	for user in sys games; do
		for ask in "trace $void" "confirm $void" "records show $void"; do
			# shellcheck disable=SC2086 # words
			ctl_as "$user" $ask 2>&1 | sed "s/$void/ID/g"
		done
	done
done >"$T/of.voids"
other=$(echo "$voids" | head -n 1 | tr 0123456789abcdef 123456789abcdef0)
for user in sys games; do
	for ask in "trace $other" "confirm $other" "records show $other"; do
		# shellcheck disable=SC2086 # words
		ctl_as "$user" $ask 2>&1 | sed "s/$other/ID/g"
	done
done >"$T/of.none"
is "$(sort -u "$T/of.voids")" "$(sort -u "$T/of.none")" 'asked for by its id a void is as if it were none'
# One who may send heartbeats for the source sends one as each test, and as a record that is none.
verdicts() { # id: what a heartbeat under this identity is answered
	printf '{"record_id":"%s","occurred_at":"%s","occurred_end":"2026-02-17T09:00:00Z","site_id":"NFD","device_id":"X1"}\n' "$1" "$2" >"$T/as.jsonl"
	chmod 644 "$T/as.jsonl"
	ctl_as games send -S red-team --json heartbeat "$T/as.jsonl" 2>&1
}
like "$(verdicts "$(echo "$ids" | sed -n 1p | sed 's/.$/1/')" 2026-02-17T03:17:23.457Z)" '1 accepted|stored +1' 'a heartbeat is stored'
is "$(verdicts "$(echo "$ids" | sed -n 1p)" 2026-02-17T03:17:23.457Z | sed 's/[0-9a-f-]\{36\}/ID/g')" \
	"$(verdicts "$(echo "$ids" | sed -n 1p | sed 's/.$/0/')" 2026-02-17T03:17:23.457Z | sed 's/[0-9a-f-]\{36\}/ID/g')" \
	'and an identity that is a test answers like one that is none'
sql "SET session_replication_role = replica; DELETE FROM sems.heartbeat WHERE occurred_at < '2026-02-18'; DELETE FROM sems.quarantine" >/dev/null
ctl_as man send -S red-team test "$T/team/covert.csv" >/dev/null 2>&1
ctl_as man send test "$T/team/poison.csv" >"$T/stdout" 2>&1
like "$(cat "$T/stdout")" 'quarantined +2' 'two more are refused'
is "$(sql 'SELECT count(*) FROM sems.quarantine')" 2 'and wait in the quarantine'
mv "$T/after" "$T/first"
asked "$T/after" sys
is "$(diff <(/usr/bin/python3 -B tests/system/lib_embargo.py answer "$T"/before/sys.*) \
	<(/usr/bin/python3 -B tests/system/lib_embargo.py answer "$T"/after/sys.*) | head -n 20)" '' \
	'of which whoever may not know of tests sees no more'
is "$(found "$T/first" "$T/after")" '' 'nothing of theirs is in any answer'
ctl_as bin quarantine list >"$T/listed" 2>&1
like "$(cat "$T/listed")" 'test' 'whoever runs tests finds the refused ones'
is "$(grep -icE 'mk7|IED_COMPONENT|UNATTENDED|987654|L\.7' "$T/listed")" 0 'without their content'

# --- what leaves the house ------------------------------------------------------------------------
for q in '2026-Q2' '2025-Q4' '2026-Q1 --revision 1'; do
	out=$T/out.${q%% *}
	mkdir -m 777 "$out"
	# shellcheck disable=SC2086 # words
	ctl_as sys spd export $q --format all --out "$out" >/dev/null 2>&1 || not_ok "semsctl spd export $q succeeds"
done
like "$(find "$T"/out.* -name '*.xlsx' | wc -l)/$(find "$T"/out.* -name '*.html' | wc -l)/$(find "$T"/out.* -name '*.csv' | wc -l)" '^3/3/[0-9]{2}' \
	'three quarters leave the house in every format'
is "$(found "$T"/out.*)" '' 'with nothing of theirs in any file, nor in what is in it'

# --- the logs -------------------------------------------------------------------------------------
like "$(cat "$DAEMON_LOG")" 'level=debug' "semsd's log says what it can"
is "$(found "$DAEMON_LOG")" '' 'and nothing of theirs'
like "$(cat "$DIR"/log/* 2>/dev/null)" 'duplicate key' "PostgreSQL's log has what went wrong"
is "$(found "$DIR"/log)" '' 'and nothing of theirs, either'

# --- the database: what each reading role reads ---------------------------------------------------
for role in sems_compute sems_retention sems_report sems_admin; do
	for view in $(sql "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'sems'::regnamespace AND c.relkind IN ('v', 'r', 'p')
		AND NOT c.relispartition AND has_table_privilege('$role', c.oid, 'SELECT')
		AND (c.relname LIKE 'effective%' OR '$role' IN ('sems_report', 'sems_admin'))"); do
		echo "$view" >>"$T/read.$role"
		sql "SET ROLE $role; SELECT to_jsonb(t) FROM sems.$view AS t" >>"$T/read.$role"
	done
done
like "$(cat "$T/read.sems_report")" '"outcome": "FAIL"' 'the roles that read see tests'
is "$(found "$T/read.sems_compute" "$T/read.sems_retention" "$T/read.sems_report")" '' 'and none of these'
is "$(grep -c 4321 "$T/read.sems_report")" 0 'nor how many tests a device says that it made'
like "$(grep events_made "$T/read.sems_report")" '"kind": "tip_event"' 'but what else it made'
sizes="pg_stat_all_tables:n_live_tup pg_stat_user_tables:n_tup_ins pg_statio_user_tables:heap_blks_read pg_stat_user_indexes:idx_tup_read pg_class:reltuples pg_class:relpages"
for one in $sizes; do
	sql "SET ROLE sems_report; SELECT '$one', sum(${one#*:}) FROM pg_catalog.${one%:*}"
done >"$T/sizes" 2>&1
sql "SET ROLE sems_report; SELECT sum(pg_relation_size(oid)) FROM pg_class" >>"$T/sizes" 2>&1
sql "SET ROLE sems_report; SELECT sum(pg_total_relation_size(oid)) FROM pg_class" >>"$T/sizes" 2>&1
sql "SET ROLE sems_report; SELECT sum(pg_stat_get_live_tuples(oid)) FROM pg_class" >>"$T/sizes" 2>&1
is "$(grep -v 'permission denied' "$T/sizes")" '' 'nor what PostgreSQL counts by itself'
is "$(sql 'SET ROLE sems_report; SELECT count(*) > 0 FROM pg_class WHERE relname LIKE $$effective%$$')" t \
	'but which views there are'
is "$(found "$T/read.sems_admin" | grep -vF "$(echo "$ids" | sed -n 5,6p)")" '' \
	'the quarantine has of its two their identity, sealed bytes and no more'

# Counted by day, with them in the tables: semsd looks as soon as it starts.
stop_daemon
start_daemon --socket "$SOCKET" --verbose || exit 1
sql "UPDATE sems.duty SET last_run_at = last_run_at - interval '1 day' WHERE duty IN ('counts', 'feeds', 'quarter_end')" >/dev/null
counted() { [ "$(sql 'SELECT count(*) FROM sems.touched_day')" = 0 ]; }
wait_for 90 counted || not_ok 'semsd counts days'
is "$(sql "SELECT count(*) FILTER (WHERE n.day IN ('2026-02-17', '2026-05-17', '2026-05-18', '2025-11-17', '2026-05-21', '2025-10-22')), count(*) > 0
	FROM sems.day_count n JOIN sems.cube c USING (cube_id) WHERE c.kind = 'test'")" '0|t' 'days are counted, and none of theirs'
for table in day_count quarter_count spd_live spd_revision feed_day feed_quarter; do
	[ -z "$(sql "SELECT to_regclass('sems.$table')")" ] || sql "SELECT to_jsonb(t) FROM sems.$table AS t" >>"$T/kept"
done
is "$(found "$T/kept")" '' 'nor is anything of theirs in what is kept of quarters'
rm -rf "$T/after"
asked "$T/after" sys
is "$(diff <(/usr/bin/python3 -B tests/system/lib_embargo.py answer "$T"/before/sys.*) \
	<(/usr/bin/python3 -B tests/system/lib_embargo.py answer "$T"/after/sys.*) | head -n 20)" '' \
	'and what is asked has the answers that it had at first'

# --- the debrief ----------------------------------------------------------------------------------
for n in 1 2 3 4; do
	ctl_as bin correct test red-team "$(echo "$ids" | sed -n "${n}p")" --set embargo=false --set debriefed_at=2026-06-01T10:00:00Z \
		--reason 'debriefed' >"$T/stdout" 2>&1 || not_ok "the debrief of number $n" "$(cat "$T/stdout")"
done
now=$(spd_json 2026-Q2)
is "$(figure "$now" OUT01 denominator)/$(figure "$now" OUT01O denominator)" 6/1 'debriefed, they count'
is "$(figure "$(spd_json 2025-Q4)" OUT01 numerator)" 1 'each in its quarter'
like "$(ctl_as sys spd explain 2026-Q2 OUT01 --all --json)" '"source": "red-team"' 'are among the records of a figure'
like "$(ctl_as games spd diff 2026-Q1)" 'OUT01 .*5/6' 'and make a difference to what was frozen'
like "$(ctl_as sys records list --kind test --source red-team --json)" 'mk7number2' 'and in the list of records'
# Voided after that, it stays known.
ctl_as bin void red-team "$(echo "$ids" | head -n 1)" --reason 'mk7reason' >/dev/null 2>&1 || not_ok 'number 1 is voided'
is "$(figure "$(spd_json 2026-Q1)" OUT01 denominator)" 5 'and count no more when they are voided'
void=$(sql "SELECT record_id FROM sems.void WHERE corrects_record_id = '$(echo "$ids" | head -n 1)'")
like "$(ctl_as sys trace "$void" 2>&1)" 'void' 'of which everybody may know'
like "$(ctl_as sys trace "$(echo "$ids" | head -n 1)" 2>&1)" 'was voided' 'as of the test itself'

# An SPD from the first look to its second revision: what is frozen stays, what comes later counts later.
. "$(dirname "$0")/lib.sh"
plan 80

[ "$(id -u)" = 0 ] || skip_all 'several users take root'
SOCKET=$T/semsd.sock
start_daemon --socket "$SOCKET" || exit 1
cat >"$T/entity.yaml" <<YAML
entity: Northfield
zone: Europe/London
sites: [{id: NFD, name: Northfield}]
principals:
  - {principal: "unix:$TEST_USER", role: admin}
  - {principal: "unix:bin", role: compliance}
  - {principal: "unix:sys", role: auditor}
  - {principal: "unix:games", role: manager, name: Gaia Mest, post: Accountable Manager}
sources: [{id: lane-1, senders: [{principal: "unix:$TEST_USER"}]}]
spd_policy: {approval: THREE_PEOPLE, corrections: ONE_PERSON, declared_by: A. Example, declared_on: 2026-01-15}
targets: [{metric: OUT03, value: 0.9, approved_by: A. Example, from_quarter: 2020-Q1}]
YAML
chmod 644 "$T/entity.yaml"
ctl_must init "$T/entity.yaml"
cat >"$T/first.csv" <<'CSV'
occurred_at,site_id,device_id,outcome,source_record_id
2026-04-01T09:00:00Z,NFD,X1,HIT,1
2026-05-01T09:00:00Z,NFD,X1,HIT,2
2026-06-30T22:59:59Z,NFD,X1,MISS_DECIDED,3
2026-06-30T23:00:00Z,NFD,X1,MISS_DECIDED,4
2026-03-31T22:59:59Z,NFD,X1,MISS_DECIDED,5
CSV
printf 'occurred_at,site_id,device_id,outcome,source_record_id\n2026-05-02T09:00:00Z,NFD,X1,MISS_TIMEOUT,6\n' >"$T/late.csv"
chmod 644 "$T"/*.csv
ctl_must send -S lane-1 tip_event "$T/first.csv"

# The quarter runs by London's days: two of the five records are in its neighbours.
now=$(spd_json 2026-Q2)
is "$(figure "$now" OUT03 numerator)/$(figure "$now" OUT03 denominator)" 2/3 'the quarter runs by the civil calendar of the zone'
is "$(figure "$now" OUT03 value)" null 'too few for a rate: there is none'
is "$(figure "$now" OUT03 status)" INSUFFICIENT 'and it says so'
is "$(figure "$now" OUT01 numerator)/$(figure "$now" OUT01 value)/$(figure "$now" OUT01 status)" 'null/null/NO_DATA' \
	'what nobody recorded is not nought'
unlike "$(figure "$now" OUT01 no_data)" '^null$' 'and has its reason'

# So many more that there is a rate: 70 of 100.
{
	head -n 1 "$T/first.csv"
	for i in $(seq 101 197); do
		if [ "$i" -le 168 ]; then outcome=HIT; else outcome=MISS_DECIDED; fi
		printf '2026-05-03T%02d:%02d:00Z,NFD,X1,%s,%d\n' $((i / 60)) $((i % 60)) "$outcome" "$i"
	done
} >"$T/more.csv"
chmod 644 "$T/more.csv"
ctl_must send -S lane-1 tip_event "$T/more.csv"

# --- the whole life, by several people -------------------------------------------------------------
# The daemon's folder is nobody else's, so the others come by a socket beside it.
is "$(ctl spd list 2026-Q2 --json | tr -d ' \n')" '{"quarter":"2026-Q2","revisions":[]}' 'no revision yet'
digests() { ctl spd list 2026-Q2 --json | /usr/bin/python3 -c 'import json, sys
print(*[r["sha256"] for r in json.load(sys.stdin)["revisions"]])'; }
stored() { ctl spd show 2026-Q2 --revision "$1" --json | tr -d '\n' | sha256sum | cut -d ' ' -f 1; }
state_of() { ctl spd status 2026-Q2 --revision "$1" --json | /usr/bin/python3 -c 'import json, sys
print(json.load(sys.stdin)["state"])'; }
# get USER ARGUMENT...: afterwards $OUT, $ERR and $RC tell.
get() {
	OUT=$(ctl_as "$@" 2>"$T/stderr")
	RC=$?
	ERR=$(cat "$T/stderr")
}
must() {
	get "$@"
	[ "$RC" = 0 ] || not_ok "semsctl $* succeeds" "exit status $RC" "$OUT" "$ERR"
}

get bin spd freeze 2999-Q1
is "$RC" 4 'a quarter that has not ended is not frozen'
must bin spd freeze 2026-Q2
like "$OUT" 'is DRAFT; as of [0-9-]+ [0-9:]+[+][0-9:]+$' 'a freeze says when, in the time of the entity'
like "$(ctl_as bin spd show 2026-Q2)" '^PROVISIONAL, as of [0-9-]+ [0-9:]+[+][0-9:]+$|^DRAFT, .*as of [0-9-]+ [0-9:]+[+][0-9:]+$' 'so does what is shown'
first=$(digests)
is "$(stored 1)" "$first" 'what is shown of a revision are the bytes whose digest is listed'
get bin spd freeze 2026-Q2
like "$RC $ERR" '^4 .*is DRAFT' 'no second draft while there is one'
# shellcheck disable=SC2046 # words on purpose
get sys spd approve 2026-Q2 $(what_is_signed 2026-Q2)
like "$RC $ERR" '^4 .*takes the role manager, which an admin .*gives: semsctl init --role' 'an auditor does not approve'
get bin spd qa 2026-Q2
like "$RC $ERR" '^4 .*froze it' 'who froze it does not review it'
get sys spd qa 2026-Q2
like "$RC $ERR" '^4 .*COMMENTS' 'a failing figure without a comment stops quality assurance'
like "$ERR" 'semsctl spd comment' 'which says what to do'
like "$ERR$OUT" 'COMMENTS' 'the check that fails is named'
get bin spd check 2026-Q2
like "$RC $(tr -d '\n' <<<"$OUT")" '^4 .*COMMENTS +1 wrong.*one comment on a metric covers its parts.* OUT03: TIP hit rate \(Pd\), [0-9.]+ %, target [0-9.]+ %' 'and says what it looks at, where it fails and what to do'
get bin spd
like "$OUT" '2026-Q2 +DRAFT .*semsctl spd qa 2026-Q2' 'spd alone lists the quarters, with what is due'
like "$OUT" 'What is due' 'and says so'
get bin spd comment 2026-Q2 OUT03 '?'
like "$RC $ERR" '^4 .*says too little' 'a comment of one letter is none'
must bin spd comment 2026-Q2 OUT03 'a new image library'
must sys spd comment 2026-Q2 OUT03 'a new image library since May'
get bin spd check 2026-Q2
is "$RC" 0 'then every check is right'
must sys spd qa 2026-Q2
# shellcheck disable=SC2046 # words on purpose
get sys spd approve 2026-Q2 $(what_is_signed 2026-Q2)
is "$RC" 4 'who reviewed it does not approve it'
get games spd reject 2026-Q2
is "$RC" 2 'a rejection takes a reason'
must games spd reject 2026-Q2 --reason 'say how many lanes it was'
is "$(state_of 1)" REJECTED 'it may be rejected'
must bin spd freeze 2026-Q2
like "$OUT" '1 comment of revision 1 still holds' 'what was said of a figure that did not change is carried over'
get bin spd check 2026-Q2
is "$RC" 0 'so that nobody has to say it again'
get bin spd status 2026-Q2
like "$OUT" 'COMMENT of revision 1 .*since May' 'and its status has whose it is'
must bin spd comment 2026-Q2 OUT03 'a new image library since May, on two lanes'
must sys spd qa 2026-Q2
# Nothing gets in after the review.
get bin spd comment 2026-Q2 OUT03 'a word that nobody reviewed'
like "$RC $(tr -d '\n' <<<"$OUT")" '^0 .*back to DRAFT, it has to be reviewed again' 'who comments after the review is told where it leads'
# shellcheck disable=SC2046 # words on purpose
get games spd approve 2026-Q2 $(what_is_signed 2026-Q2)
like "$RC $ERR" '^4 .*is DRAFT and cannot be approved; .*spd qa' 'and what was not reviewed is not approved'
must sys spd qa 2026-Q2
papers() { ctl spd status 2026-Q2 --json | /usr/bin/python3 -c 'import json, sys
print(json.load(sys.stdin)["papers"])'; }
seen=$(papers)
is "$(ctl spd declaration 2026-Q2 | tr -d '\n' | sha256sum | cut -d ' ' -f 1)" "$seen" 'the papers are the declaration as it stands'
must sys spd comment 2026-Q2 OUT03 'a new image library since May, on two lanes of three'
is "$(state_of 2)" IN_QA 'the reviewer may still say something'
get games spd approve 2026-Q2
like "$RC $OUT" '^2 What is signed: 2026-Q2, revision 2, IN_QA' 'who names no papers is shown what would be signed'
like "$OUT" "digest of it and all that was said $(papers)" 'by its digest'
like "$OUT" 'spd approve 2026-Q2 --revision 2 --digest [0-9a-f]{12}$' 'and told what to type'
get games spd approve 2026-Q2 --revision 2 --digest "${seen:0:12}"
like "$RC $ERR" '^4 .*look again' 'the beginning of another digest signs nothing'
get games spd approve 2026-Q2 --revision 2 --seen "$seen"
like "$RC $ERR" '^4 .*look again' 'but nobody approves what they have not seen'
at_terminal() { # what is typed
	OUT=$(TYPED=$1 /usr/bin/python3 -B tests/system/lib_pty.py 160 50 setpriv --reuid=games "--regid=$(id -g games)" \
		--clear-groups "$PROGRAMS/semsctl" --socket "$SOCKET" spd approve 2026-Q2)
	RC=$?
}
at_terminal yes
like "$RC ${OUT//$'\n'/ }" '^2 .*Nothing is signed' 'a yes at a terminal signs nothing'
at_terminal "1 ${seen:0:8}"
like "$RC ${OUT//$'\n'/ }" '^2 .*Nothing is signed' 'nor does what is typed of other papers'
now=$(papers)
at_terminal "2 ${now:0:8}"
like "$RC ${OUT//$'\n'/ }" '^0 .*APPROVED' 'the revision and the beginning of the digest do'
get bin spd comment 2026-Q2 OUT03 'one more word'
is "$RC" 4 'nothing is said any more once it is approved'
get bin spd submit 2026-Q2 --reference R-17
is "$RC" 2 'a submission takes its channel'
must bin spd submit 2026-Q2 --channel portal --reference R-17
must bin spd acknowledge 2026-Q2 --reference A-17
is "$(state_of 2)" ACKNOWLEDGED 'the draft after it went the whole way'
declared=$(ctl spd declaration 2026-Q2 | tr -d '\n')
like "$declared" '^\{"document_sha256":"'"$(digests | cut -d ' ' -f 2)"'","events":\[.*"format":"sems-declaration/1"' 'the declaration names the document'
like "$declared" '"by":"unix:bin".*"by":"unix:sys".*"by":"unix:games".*"reference":"R-17"' 'and who did what with it'

# --- late records and a revision -------------------------------------------------------------------
get bin spd diff 2026-Q2
like "$OUT" 'No figure differs' 'nothing differs while nothing came'
ctl_must send -S lane-1 tip_event "$T/late.csv"
late_id=$(/usr/bin/python3 -B -c '
import sys, uuid
sys.path.insert(0, "tests/system")
from lib_client import ms, sems_client
print(uuid.UUID(bytes=sems_client.record_id(ms("2026-05-02T09:00:00Z"), "lane-1", "6")))')
get bin spd diff 2026-Q2
like "$OUT" 'OUT03 +the entity +70/100 70.0 % NOT MET +70/101 69.3 % NOT MET +-0.7 pp +no +1' 'a late record: which figure, by how much, of how many records'
like "$OUT" "tip_event +LATE +lane-1 +6 +$late_id" 'and which record it is'
like "$OUT" 'no revision is proposed' 'less than a percentage point is not material'
is "$(figure "$(spd_json 2026-Q2)" records.tip_event late)" 101 'records received after the quarter are called late'
get bin spd freeze 2026-Q2
like "$RC $ERR" '^4 .*spd revise' 'what was submitted is not frozen anew but revised'

# A correction and a void.
id=$(/usr/bin/python3 -B -c '
import sys, uuid
sys.path.insert(0, "tests/system")
from lib_client import ms, sems_client
print(uuid.UUID(bytes=sems_client.record_id(ms("2026-05-01T09:00:00Z"), "lane-1", "2")))')
ctl_must correct tip_event lane-1 "$id" --set outcome=MISS_DECIDED --by S-104 --reason 'logged as hit by mistake'
now=$(spd_json 2026-Q2)
is "$(figure "$now" OUT03 numerator)/$(figure "$now" OUT03 denominator)" 69/101 'a correction counts in place of its root'
is "$(figure "$now" records.tip_event corrected)" 1 'and is counted as one'
ctl_must void lane-1 "$id" --reason 'training session'
now=$(spd_json 2026-Q2)
is "$(figure "$now" OUT03 numerator)/$(figure "$now" OUT03 denominator)" 69/100 'a void takes it out'
is "$(figure "$now" records.tip_event voided)" 1 'and is counted'
get bin spd diff 2026-Q2
like "$OUT" "CORRECTION +lane-1 .* +$id" 'the difference list names a correction and its root'
like "$OUT" "VOID +lane-1 .* +$id" 'and a void'
like "$OUT" 'reason: training session; IN_EFFECT' 'with who, why and what became of it'
must bin spd revise 2026-Q2 --reason 'lane 3 sent late'
revised=$(spd_json 2026-Q2 --revision 3)
is "$(/usr/bin/python3 -c 'import json, sys
r = [r for r in json.load(open(sys.argv[1]))["restatements"] if r["metric"] == "OUT03" and not r["by"]][0]
print(r["old"]["numerator"], r["old"]["denominator"], r["new"]["numerator"], r["new"]["denominator"], r["records"], r["cause"])' "$revised")" \
	'70 100 69 100 3 lane 3 sent late' 'the revision restates it: old, new, records and cause'
# Its sheet of restatements, as whoever holds the files reads it.
restated() { # revision
	local folder
	folder=$(mktemp -d "$T/restated.XXXXXX")
	[ "$(id -u)" != 0 ] || chown "$TEST_USER" "$folder"
	ctl_must spd export 2026-Q2 --revision "$1" --format csv --out "$folder"
	/usr/bin/python3 -c 'import csv, sys
for r in csv.DictReader(open(sys.argv[1], encoding="utf-8-sig")):
    if r["metric"] == "OUT03" and "NFD" not in r["figure"] and "lane" not in r["figure"]:
        print(r["old"], r["new"], r["cause"], r["records"], r["approved_by"], r["approved_at"][:2], sep="; ")
        break' "$folder"/*_restatements.csv
}
is "$(restated 3)" '70.0 % (70 of 100); 69.0 % (69 of 100); lane 3 sent late; 3; not approved yet; ' \
	'the sheet of restatements says that nobody approved them yet'
before=$(digests)
cat >"$T/editor" <<'EDITOR'
#!/bin/sh
# What a person does: below the first figure, and nothing below the others.
grep -q '^\[1\] OUT03: TIP hit rate (Pd), 69.0 %, target' "$2" || exit 1
[ "$1" != quit ] || exit 1
text='  lane 3 sent late: 69 of 100'
[ "$1" != short ] || text='late'
sed "s/^\\[1\\].*/&\n$text/" "$2" >"$2.new" && cat "$2.new" >"$2" && rm "$2.new"
EDITOR
chmod 755 "$T/editor"
export VISUAL="$T/editor quit"
get bin spd comment 2026-Q2 --edit
like "$RC $ERR" '^2 .*ended badly' 'an editor that ends badly sends nothing'
export VISUAL="$T/editor short"
get bin spd comment 2026-Q2 --edit
like "$RC $(tr -d '\n' <<<"$ERR")" '^4 .*\[1\].*says too little.*is in /' 'what is refused is not lost'
rm -f "$(sed -n 's/.*what was written is in //p' <<<"$ERR")"
export VISUAL="$T/editor whole"
must bin spd comment 2026-Q2 --edit
like "$OUT" '^1 of 1 comment kept' 'all open comments are written in one text'
unset VISUAL
must sys spd qa 2026-Q2
# shellcheck disable=SC2046 # words on purpose
must games spd approve 2026-Q2 $(what_is_signed 2026-Q2)
is "$(restated 3)" '70.0 % (70 of 100); 69.0 % (69 of 100); lane 3 sent late; 3; Gaia Mest, Accountable Manager (unix:games); 20' \
	'and then who did'
is "$(digests)" "$before" 'while the document is what it was'
must bin spd submit 2026-Q2 --channel portal --reference R-18
is "$(state_of 2)/$(state_of 3)" SUPERSEDED/SUBMITTED 'submitted, it takes the place of the one before'
unlike "$(grep -E 'event=spd\.' "$DAEMON_LOG")" 'library|lanes|lane 3|OUT03|numerator' 'the log has who and what, no figure and no comment'
like "$(grep -E 'event=spd\.' "$DAEMON_LOG")" 'action=APPROVE .*by=unix:games sha256=[0-9a-f]{64}' 'and the digest of what was approved'

# --- an embargoed test, the time for late records, two people ---------------------------------------
cat >"$T/covert.csv" <<'CSV'
occurred_at,site_id,mode,outcome,embargo,measure_code,source_record_id
2025-11-03T09:00:00Z,NFD,COVERT,FAIL,true,4.1,1
CSV
sed 's/^entity.*/grace_working_days: 250/; s/THREE_PEOPLE/APPROVER_DIFFERS/' "$T/entity.yaml" >"$T/small.yaml"
chmod 644 "$T/covert.csv" "$T/small.yaml"
ctl_must send -S lane-1 test "$T/covert.csv"
get bin spd freeze 2025-Q4
like "$RC $ERR" '^4 .*embargo' 'a test under embargo holds a freeze up'
must bin spd freeze 2025-Q4 --exclude-embargoed 'the campaign runs until May'
is "$(/usr/bin/python3 -c 'import json, sys
e = json.load(open(sys.argv[1]))["embargo"]["excluded"]
print(len(e), e[0]["count"], e[0]["reason"], sorted(e[0]))' "$(spd_json 2025-Q4 --revision 1)")" \
	"1 1 the campaign runs until May ['by', 'count', 'reason']" 'and is left out as a count with its reason'
sed -i '/^zone/d' "$T/small.yaml"
ctl_must init "$T/small.yaml"
get bin spd freeze 2026-Q1
like "$RC $ERR" '^4 .*--early' 'while late records are waited for nothing is frozen'
must bin spd freeze 2026-Q1 --early 'the regulator asked for it'
must bin spd qa 2026-Q1
# shellcheck disable=SC2046 # words on purpose
get bin spd approve 2026-Q1 $(what_is_signed 2026-Q1)
is "$RC" 4 'a small entity reviews with one hand, but approves with another'
# shellcheck disable=SC2046 # words on purpose
must games spd approve 2026-Q1 $(what_is_signed 2026-Q1)
like "$(tr -d '\n' <"$(spd_json 2026-Q1 --revision 1)")" '"policy":\{"approval":"APPROVER_DIFFERS","corrections":"ONE_PERSON","declared_by":"A. Example","declared_on":"2026-01-15"' \
	'its policy is in the document, with who declared it and when'

# Everything people hold is made from the document.
ctl_must spd export 2026-Q2 --format all --out "$T/all"
like "$(find "$T/all" -name '*.json' | wc -l)/$(find "$T/all" -name '*.csv' | wc -l)" '^1/([4-9]|[1-9][0-9])$' 'one JSON document, and a CSV file a sheet'
ctl_get spd export 2026-Q2 --format all --out "$T/all"
unlike "$RC" '^0$' 'files that are there are not replaced'
ctl_must spd show 2026-Q2
like "$OUT" 'PROVISIONAL' 'what is computed now is called provisional'
is "$(grep -rlE 'S-104' "$T/all")" '' 'no person is in what leaves'

# The same after a restart, and after everything that happened since.
before=$(digests)
stop_daemon
is $? 0 'semsd stops cleanly'
start_daemon --socket "$SOCKET" || exit 1
is "$(stored 1) $(stored 2) $(stored 3)" "$before" 'every revision has the bytes that were frozen'
is "$(stored 1)" "$first" 'the first as on its first day'
is "$(tr -d '\n' <"$(spd_json 2026-Q2 --revision 1)" | sha256sum | cut -d ' ' -f 1)" "$first" 'exported, too'

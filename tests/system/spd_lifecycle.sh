# An SPD from the first look to its second revision: what is frozen stays, what comes later counts later.
. "$(dirname "$0")/lib.sh"
plan 27

start_daemon || exit 1
ctl_must init --entity Northfield --zone Europe/London --site NFD --source lane-1
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

is "$(ctl spd list 2026-Q2 --json | tr -d ' \n')" '{"quarter":"2026-Q2","revisions":[]}' 'no revision yet'
ctl_must spd freeze 2026-Q2
frozen=$(spd_json 2026-Q2 --revision 1)
is "$(figure "$frozen" OUT03 denominator)" 3 'the first revision has what was there'
ctl_must send -S lane-1 tip_event "$T/late.csv"
again=$(spd_json 2026-Q2 --revision 1)
if cmp -s "$frozen" "$again"; then ok 'a late record changes no byte of a revision'; else
	not_ok 'a late record changes no byte of a revision' "$(diff "$frozen" "$again" | head -c 500)"
fi
digest=$(ctl spd list 2026-Q2 --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["revisions"][0]["sha256"])')
# What happened to it since (`sealed`) is laid over the document; the rest is what was frozen.
is "$(sed -E 's/"sealed":\{[^{}]*\},//' "$frozen" | tr -d '\n' | sha256sum | cut -d ' ' -f 1)" "$digest" \
	'the exported document is the one whose digest is listed'
now=$(spd_json 2026-Q2)
is "$(figure "$now" OUT03 denominator)" 4 'it counts in the figures of now'
is "$(figure "$now" records.tip_event late)" 4 'records received after the quarter are called late'
ctl_must spd freeze 2026-Q2
is "$(figure "$(spd_json 2026-Q2 --revision 2)" OUT03 denominator)" 4 'and in the second revision'
ctl_must spd submit 2026-Q2 --reference 'letter 12'
like "$(ctl spd list 2026-Q2 --json | tr -d ' \n')" '"reference":"letter12","revision":2,[^}]*"state":"SUBMITTED"' \
	'the newest is submitted, with its reference'
ctl_get spd submit 2026-Q2 --reference again
is "$RC" 4 'it is not submitted twice'
ctl_get spd show 2026-Q2 --revision 9
is "$RC" 4 'a revision that is not there is refused'
ctl_get spd freeze 2999-Q1
is "$RC" 4 'a quarter that has not ended is not frozen'

# A correction and a void.
id=$(/usr/bin/python3 -B -c '
import sys
sys.path.insert(0, "tests/system")
from lib_client import ms, sems_client
import uuid
print(uuid.UUID(bytes=sems_client.record_id(ms("2026-05-01T09:00:00Z"), "lane-1", "2")))')
ctl_must correct tip_event lane-1 "$id" --set outcome=MISS_DECIDED --reason 'logged as hit by mistake'
now=$(spd_json 2026-Q2)
is "$(figure "$now" OUT03 numerator)/$(figure "$now" OUT03 denominator)" 1/4 'a correction counts in place of its root'
is "$(figure "$now" records.tip_event corrected)" 1 'and is counted as one'
ctl_must void lane-1 "$id" --reason 'training session' --by S-104 --authorised-by M-007
now=$(spd_json 2026-Q2)
is "$(figure "$now" OUT03 numerator)/$(figure "$now" OUT03 denominator)" 1/3 'a void takes it out'
is "$(figure "$now" records.tip_event voided)" 1 'and is counted'
ctl_get void lane-1 "$id" --reason 'training session' --by S-104 --authorised-by S-104
unlike "$RC" '^0$' 'a void takes two persons'

# Everything people hold is made from the document.
ctl_must spd export 2026-Q2 --format all --out "$T/all"
like "$(find "$T/all" -name '*.json' | wc -l)/$(find "$T/all" -name '*.csv' | wc -l)" '^1/([4-9]|[1-9][0-9])$' 'one JSON document, and a CSV file a sheet'
ctl_get spd export 2026-Q2 --format all --out "$T/all"
unlike "$RC" '^0$' 'files that are there are not replaced'
ctl_must spd show 2026-Q2
like "$OUT" 'PROVISIONAL' 'what is computed now is called provisional'
is "$(grep -rlE 'S-104|M-007|training session|by mistake' "$T/all")" '' 'no person and no free text is in what leaves'

# The same after a restart.
stop_daemon
is $? 0 'semsd stops cleanly'
start_daemon || exit 1
again=$(spd_json 2026-Q2 --revision 1)
if cmp -s "$frozen" "$again"; then ok 'the revision is the same after a restart'; else not_ok 'the revision is the same after a restart'; fi

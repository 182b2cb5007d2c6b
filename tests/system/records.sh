# Stored records are found by what they are, shown with all that they say and the source's own number, in the
# entity's days and time of day: a DAY of 1 April is 1 April.
. "$(dirname "$0")/lib.sh"
plan 22

start_daemon || exit 1
ctl_must init --entity Northfield --zone Europe/London --site NFD --site NFE --source gate-1 --source lane-1
printf '%s\n' source_record_id,site_id,occurred_at,precision,mode,criteria.1.criterion_id,criteria.1.result,criteria.2.criterion_id,criteria.2.result \
	'form 17,NFD,2026-03-31T23:00:00Z,DAY,OVERT,bag-search,NOT_MET,pass-check,MET' \
	'form 18,NFE,2026-05-04T10:15:00Z,MINUTE,OVERT,bag-search,MET,pass-check,MET' >"$T/seen.csv"
{
	echo source_record_id,site_id,occurred_at,device_id,outcome
	for i in {1..30}; do echo "$i,NFD,2026-05-04T09:$((i / 10))$((i % 10)):00Z,X1,$([ $((i % 3)) = 0 ] && echo MISS_DECIDED || echo HIT)"; done
} >"$T/images.csv"
chmod 644 "$T"/*.csv
ctl_must send -S gate-1 observation "$T/seen.csv"
ctl_must send -S lane-1 tip_event "$T/images.csv"

ctl_get records list
is "$(echo "$OUT" | sed -n '3p;34p' | awk '{ print $1, $2 }' | tr '\n' ' ')" '2026-05-04 11:15+01:00 2026-04-01 observation ' \
	'the newest first, a minute as a minute, a day as its day'
like "$OUT" '^32 shown, the newest first; these are all' 'and how many'
like "$(echo "$OUT" | sed -n 34p)" 'NFD +gate-1 +form 17 +FAIL ' "with the source's own number and what came of it"
number() { # column of awk, argument...
	local column=$1
	shift
	ctl records list --json "$@" | /usr/bin/python3 -c 'import json, sys
print(" ".join(r[sys.argv[1]] for r in json.load(sys.stdin)["records"]))' "$column"
}
is "$(number source_record_id --kind observation)" 'form 18 form 17' 'of a kind'
is "$(number source_record_id --site NFE)" 'form 18' 'of a site'
is "$(number source_record_id --number 7)" 7 'by the number of the source'
is "$(number source_record_id --outcome MISS_DECIDED --oldest --limit 3)" '3 6 9' 'by what came of it, the oldest first'
is "$(number source_record_id --quarter 2026-Q1)" '' 'a quarter is that of the zone'
is "$(number source_record_id --until 2026-04-01)" 'form 17' 'a day is meant with all of it'
is "$(number source_record_id --from 2026-05-04T09:30:00Z --kind tip_event)" 30 'an instant as it is'
ctl_get records list --limit 20
like "$OUT" '^More: the same with --after [-0-9a-f]{36}/tip_event/lane-1$' 'a page says how to go on'
ctl_get records list --limit 20 --after "$(echo "$OUT" | sed -n 's/^More: .*--after //p')"
like "$OUT" '^12 shown, the newest first; these are all' 'and the next one ends'
ctl_get records list --quarter 2026
is "$RC" 4 'what is no quarter is refused'
ctl_get records list --kind nosuch
is "$RC" 2 'and what is no kind'

id=$(number record_id --number 'form 17')
ctl_get records show "$id"
like "$OUT" '^Occurred at: 2026-04-01$' 'a record is shown with its day'
like "$OUT" '^  criterion_id bag-search, result NOT_MET$' 'with which criterion failed'
like "$OUT" '^Source record id: form 17$' "with the source's own number"
like "$OUT" '^Received at: 20[0-9: -]*[+]0[01]:00$' 'and other times in the time of the zone'
ctl_get trace "$id"
like "$OUT" '^  criterion_id bag-search, result NOT_MET$' 'trace shows its lists, too'
like "$OUT" '^Occurred at: 2026-04-01$' 'and its day'
ctl_get records show 019db0e4-7a80-7c4e-9d2b-0c6f5c1a7e11
is "$RC" 4 'of what is not stored nothing is shown'
stop_daemon
is $? 0 'semsd ends with status 0'

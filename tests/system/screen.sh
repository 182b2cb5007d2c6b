# What people see on a terminal of 80 and of 200 columns: tables that fit, what failed first, a pager for what is
# longer than the screen; and programs what they always saw. `status` begins with OK or with what is wrong.
. "$(dirname "$0")/lib.sh"
plan 35

unset COLUMNS LINES PAGER LESS
# What semsctl prints on a terminal of so many columns and lines; $T/seen has it, $RC the status.
on() { # columns lines argument...
	local columns=$1 lines=$2
	shift 2
	"${AS_USER[@]}" /usr/bin/python3 -B "$TREE/tests/system/lib_pty.py" "$columns" "$lines" \
		"$PROGRAMS/semsctl" --socket "$SOCKET" "$@" >"$T/seen" 2>&1
	RC=$?
}
metric='^[A-Z]+[0-9]{2}[A-Z]* '
first() { grep -E "$metric" "$T/seen" | head -n 1; }
widest() { /usr/bin/python3 -B tests/system/lib_pty.py widest "$T/seen"; }

start_daemon || exit 1
ctl_get status
like "$(echo "$OUT" | head -n 1)" '^NOT SET UP' 'status begins with what is wrong'
like "$OUT" 'Do: semsctl init' 'and what to do'
cat >"$T/entity.yaml" <<'YAML'
entity: Northfield
zone: Europe/London
sites: [{id: NFD, name: Northfield}, {id: NFE, name: "Northfield East, with the cargo sheds and the staff entrance"}]
sources:
  - {id: gate-1, description: "a source of which somebody said more than is of use to anybody else"}
  - {id: lane-1}
targets:
  - {metric: QL01, of: OVERT, value: 0.95, approved_by: A. Example, from_quarter: 2026-Q1}
  - {metric: QL02, value: 0.50, approved_by: A. Example, from_quarter: 2026-Q1}
  - {metric: OUT03, value: 0.80, approved_by: A. Example, from_quarter: 2026-Q1}
YAML
chmod 644 "$T/entity.yaml"
ctl_must init "$T/entity.yaml"
ctl_get status
is "$(echo "$OUT" | head -n 1)" OK 'OK, when nothing is wrong'
{
	echo source_record_id,site_id,occurred_at,mode,criteria.1.criterion_id,criteria.1.result,criteria.2.criterion_id,criteria.2.result
	for i in {1..60}; do
		echo "$i,NFD,2026-05-04T10:$((i / 10))$((i % 10)):00Z,OVERT,bag-search,$([ $((i % 6)) = 0 ] && echo NOT_MET || echo MET),pass,MET"
	done | sed 's/T10:6/T11:0/'
	for i in {61..90}; do echo "$i,NOWHERE,2026-05-05T10:00:$((i - 31))Z,OVERT,bag-search,MET,pass,MET"; done
} >"$T/seen.csv" && chmod 644 "$T/seen.csv"
ctl send -S gate-1 --rejects "$T/rejects.csv" observation "$T/seen.csv" >"$T/stdout" 2>&1
like "$(cat "$T/stdout")" '60 accepted' 'records are stored, and some refused'
ctl_get status
like "$(echo "$OUT" | head -n 1)" '^RECORDS WERE REFUSED: 30 ' 'status begins with what is wrong'
like "$(echo "$OUT" | sed -n 2p)" 'Do: semsctl quarantine list' 'and what to do'
is "$(echo "$OUT" | grep -c '^OK$')" 0 'and is not OK'

for columns in 80 200; do
	for what in status 'spd show 2026-Q2' 'spd show 2026-Q2 --all' 'spd show 2026-Q2 --all --by all' 'quarantine list'; do
		# shellcheck disable=SC2086 # words
		on $columns 40000 $what
		# Sentences and lists of members are the terminal's to wrap.
		sed -i -E '/^(Database|Sessions|Not computed|  Do|RECORDS|  Why)/d' "$T/seen"
		if [ "$RC" = 0 ] && [ "$(widest)" -le $columns ]; then
			ok "$what fits $columns columns"
		else
			not_ok "$what fits $columns columns" "status $RC, $(widest) columns" "$(head -n 30 "$T/seen")"
		fi
	done
done
like "$(cat "$T/seen")" '^─+  ─' 'at 200 columns it is still a table'

on 120 40000 spd show 2026-Q2
like "$(first)" '^QL01 .*NOT MET' 'what failed comes first'
is "$(grep -c '^QL02' "$T/seen")" 0 'without what is met'
like "$(tail -n 2 "$T/seen" | tr '\n' ' ')" '1 are not met, 0 not proven, 1 not known. [0-9]+ more figures: --all' 'which is counted'
on 200 40000 spd show 2026-Q2 --all
like "$(first)" '^QL01 .*NOT MET' '--all begins with what failed, too'
is "$(grep -c '^QL02' "$T/seen")" 1 'and has the rest'
ctl_get spd show 2026-Q2
is "$(echo "$OUT" | grep -cE "$metric")" "$(ctl spd show 2026-Q2 --json | /usr/bin/python3 -c 'import json, sys; print(len(json.load(sys.stdin)["metrics"]))')" \
	'a program sees every metric, a line each'
like "$(echo "$OUT" | grep -E "$metric" | head -n 1)" '^QN01' 'in the order they always had'

# --- the pager ------------------------------------------------------------------------------------
if command -v less >/dev/null; then
	on 80 40000 status
	like "$(head -n 1 "$T/seen")" 'RECORDS WERE REFUSED' 'what fits the screen is printed'
else
	ok 'what fits the screen is printed'
fi
export SEMSD_PAGER="sed 's/^/PAGED /'"
on 80 10 status
is "$(grep -vc '^PAGED ' "$T/seen")" 0 'what does not goes to the pager'
on 80 10 status --json
like "$(head -n 1 "$T/seen")" '^PAGED \{' 'and so does JSON'
on 80 10 --no-pager status
is "$(grep -c '^PAGED ' "$T/seen")" 0 'but not with --no-pager'
on 80 40000 status
is "$(grep -c '^PAGED ' "$T/seen")" 0 'nor what fits'
ctl_get status
is "$(echo "$OUT" | grep -c '^PAGED ')" 0 'nor what a program reads'
on 80 10 spd freeze 2026-Q2
is "$(grep -c '^PAGED ' "$T/seen")" 0 'nor what does something'
on 80 3 spd show 2026-Q2 --revision 9
is "$RC" 4 'the exit status is what it was'
COLUMNS=100 on 80 40000 spd show 2026-Q2 --all
sed -i "/^Not computed/d" "$T/seen"
like "$(widest)" '^(9[0-9]|100)$' '$COLUMNS says how wide it is'
stop_daemon
is $? 0 'semsd ends with status 0'

# The disaster of deploy/runbooks/backup.md: yesterday's database comes back, senders send again, and
# nothing is missing. The runbook's own commands are what is run.
. "$(dirname "$0")/lib.sh"
plan 35

# Debian keeps the programs of each version apart.
newest=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
PATH=${newest:-/usr/bin}:$PATH
BACKUP=$T/backup
KEYS=$T/sems-keys
mkdir "$BACKUP"
[ "$(id -u)" != 0 ] || chown "$TEST_USER" "$BACKUP"

# The commands under a heading of the runbook, as they stand there, by the folder's owner.
runbook() { # part heading
	local commands
	commands=$(awk -v part="## $1" -v heading="### $2" '
		/^## / { in_part = $0 == part }
		/^##/ { in_it = in_part && $0 == heading }
		in_it && /^    / { print substr($0, 5) }' "$TREE/deploy/runbooks/backup.md")
	[ -n "$commands" ] || { not_ok "the runbook has: $1, $2"; return 1; }
	OUT=$(cd "$T" && "${AS_USER[@]}" env "PATH=$PATH" "DIR=$DIR" "BACKUP=$BACKUP" "KEYS=$KEYS" \
		bash -euc "$commands" 2>&1 </dev/null)
	is $? 0 "the runbook's commands work: $1, $2" "$OUT"
}

psql_get() { # statement
	"${AS_USER[@]}" psql -qAt -v ON_ERROR_STOP=1 -h "$DIR/run" -U postgres -d sems -c "$1" 2>&1
}

# Everything that was received of TIP events, but for when; and of conflicts, that there are none.
stored() {
	psql_get "SELECT to_jsonb(t) - 'received_at' - 'stored_in' FROM sems.tip_event t ORDER BY record_id"
	psql_get "SELECT reason, count(*) FROM sems.quarantine GROUP BY reason"
}

# Last year's, so that they are neither of the future nor old.
YEAR=$(($(date -u +%Y) - 1))

# A sender's outbox: a day's records, sent again whenever it is asked to.
outbox() { # day
	{
		echo occurred_at,site_id,device_id,screener_id,outcome,source_record_id
		local i
		for i in $(seq 100); do
			printf '%s-05-%sT10:%02d:%02dZ,NFD,X1,anna-%d,%s,%s-%d\n' "$YEAR" "$1" $((i / 60)) $((i % 60)) \
				$((i % 7)) "$([ $((i % 9)) = 0 ] && echo MISS_DECIDED || echo HIT)" "$1" "$i"
		done
	} >"$T/day$1.csv"
	chmod 644 "$T/day$1.csv"
}

# A line of the summary; 0 when it is left out.
counted() { # name
	printf '%s\n' "$OUT" "$ERR" | sed -n "s/^ *$1 .*[^0-9]\([0-9]*\)$/\1/p" | grep . || echo 0
}

send() { # day expected-stored expected-duplicate
	ctl_get send -S lane-1 tip_event "$T/day$1.csv"
	is "$RC $(counted stored) $(counted duplicate)" "0 $2 $3" \
		"day $1: $2 stored, $3 there already"
}

is_named() { # name
	ctl_get status
	like "$OUT" '^RECORDS MAY BE MISSING: those received from 20' "status says that records may be missing: $1"
	is "$(psql_get "SELECT lacks_from <= '$FIRST' AND lacks_to >= '$LAST'
		FROM sems.restore_gap WHERE resolved_at IS NULL")" t "and names the period: $1"
}

# How far semsd says that the database had come.
mark() {
	sed -n 's/.*"mark": \([0-9]*\).*/\1/p' "$DIR/high-water.json"
}
has_moved() { # mark
	[ "$(mark)" -gt "$1" ]
}

# What came after the freeze is late, in whatever cluster the database lives now.
is_late() { # name
	is "$(ctl spd verify "$YEAR-Q2" --json | /usr/bin/python3 -c 'import json, sys
v = json.load(sys.stdin)
print(v["sound"], v["leaves"], v["counts"]["late"], v["counts"]["added"])')" 'True 100 100 0' \
		"what came after the freeze is late: $1"
}

outbox 04
outbox 05
start_daemon || exit 1
ctl_must init --entity Northfield --zone Europe/London --site NFD --source lane-1
send 04 100 0
ctl_must spd freeze "$YEAR-Q2"
runbook 'Back up' 'The private cluster'
runbook 'Back up' 'A dump'
runbook 'Back up' 'The keys'
backed_up=$(mark)
send 05 100 0
BEFORE=$(stored)
FIRST=$(psql_get "SELECT min(received_at) FROM sems.tip_event WHERE occurred_at > '$YEAR-05-05'")
LAST=$(psql_get "SELECT max(received_at) FROM sems.tip_event WHERE occurred_at > '$YEAR-05-05'")

# Yesterday was some seconds ago at least.
wait_for 20 has_moved "$backed_up"

# The machine's disk is gone, in the middle of work; and what senders were told stands.
pid=$(cluster_pid)
kill_daemon
[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null
# Until somebody has taken notice of its end it counts as a process, and the next would wait for it.
is_gone() { ! kill -0 "$1" 2>/dev/null; }
[ -z "$pid" ] || wait_for 20 is_gone "$pid"
runbook 'Restore' 'The private cluster, from its copy'
start_daemon || exit 1
is_named 'the cluster was put back'
is "$(figure_of_status tip_event)" 100 'what came after the backup is missing'
send 04 0 100
send 05 100 0
is "$(stored)" "$BEFORE" 'all is there again, once, and nothing conflicts'
is_late 'the cluster was put back'
ctl_must gaps resolve 1 --reason 'all senders have sent again'
ctl_get status
unlike "$OUT" 'MISSING' 'a gap that was resolved is not shown any more'
like "$(ctl gaps)" 'all senders have sent again' 'but kept, with its reason'
stop_daemon
is $? 0 'semsd stops cleanly'

# A dump of before, after a clean stop, into a cluster that is made anew.
cp "$DIR/high-water.json" "$T/high-water.json"
rm -rf "$DIR/pg"
start_daemon || exit 1
stop_daemon
cp "$T/high-water.json" "$DIR/high-water.json"
runbook 'Restore' 'The private cluster, from a dump'
start_daemon || exit 1
is_named 'the dump was put back'
is "$(figure_of_status tip_event)" 100 'the dump holds the first day'
send 05 100 0
send 04 0 100
is "$(stored)" "$BEFORE" 'all is there again after the dump'
is_late 'the dump was put back into another cluster'
is "$(psql_get 'SELECT count(*) FROM sems.cluster')" 2 'which is known to be another'
stop_daemon

# Keys that are gone, or of another day.
is_refused() { # regex name
	OUT=$(timeout 60 "${AS_USER[@]}" "$PROGRAMS/semsd" --embedded "$DIR" 2>&1 </dev/null)
	is $? 78 "semsd does not start: $2"
	like "$OUT" "$1" "and says what to do: $2"
}
rm -f "$DIR/keys/person-$YEAR.key"
is_refused "person-$YEAR.key is missing.*copy it.*keys.md" 'a key is gone'
is "$(ls "$DIR/keys/person-$YEAR.key" 2>/dev/null)" '' 'and makes no other key'
rm -rf "$DIR/keys"
is_refused 'quarantine.key.*not the key' 'the folder of keys is gone'
runbook 'Restore' 'The keys, when they are gone'
start_daemon || exit 1
send 05 0 100
is "$(psql_get 'SELECT count(*) FROM sems.restore_gap')" 1 'a restart alone makes no gap'

# When semsd could not notice it, somebody says so.
ctl_get gaps add --from 2026-05-04T02:30:00Z --to 2026-05-05T09:12:00Z
is "$RC" 2 'a gap without a reason is not noted'
ctl_must gaps add --from 2026-05-04T02:30:00Z --to 2026-05-05T11:12:00+02:00 --reason 'the folder was lost, too'
ctl_get status
like "$OUT" 'received from 2026-05-04 03:30:00\+01:00 to 2026-05-05 10:12:00\+01:00' 'one that was noted by hand is shown'

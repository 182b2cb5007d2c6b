# What is quick is answered while something long runs; and a request ends when whoever asked is gone.
# P-903
. "$(dirname "$0")/lib.sh"
plan 13

psql_do() { # statement
	"${AS_USER[@]}" psql -qAtX -v ON_ERROR_STOP=1 -h "$DIR/run" -U postgres -d sems -c "$1" 2>&1
}
# Who waits for the table; others may wait for a moment for a row, or for room in a file.
waiting() { psql_do "SELECT count(*) FROM pg_stat_activity WHERE datname = 'sems' AND wait_event_type = 'Lock' AND wait_event = 'relation'"; }
somebody_waits() { [ "$(waiting)" != 0 ]; }
nobody_waits() { [ "$(waiting)" = 0 ]; }
HOLDER=
# Whoever needs what the statement locks waits from then on.
hold() { # statement
	psql_do "BEGIN; $1; SELECT pg_sleep(600)" >/dev/null 2>&1 &
	HOLDER=$!
	wait_for 60 is_held
}
let_go() {
	psql_do "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'" >/dev/null
	wait "$HOLDER"
}
is_held() { [ "$(psql_do "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")" = 1 ]; }
answers() { # name command...
	local name=$1
	shift
	if timeout 60 "${AS_USER[@]}" "$PROGRAMS/semsctl" --socket "$SOCKET" "$@" >"$T/stdout" 2>&1; then
		ok "$name"
	else
		not_ok "$name" "$(cat "$T/stdout")"
	fi
}
# One that waits for the table, in $ASKED.
ask_long() { # argument...
	"${AS_USER[@]}" "$PROGRAMS/semsctl" --socket "$SOCKET" "$@" >"$T/long" 2>&1 &
	ASKED=$!
	wait_for 60 somebody_waits || not_ok "semsctl $* waits for the table" "$(cat "$T/long")"
}
give_up() {
	kill -KILL "$ASKED"
	wait "$ASKED" 2>/dev/null
}

start_daemon || exit 1
ctl_must -q simulate --register --quarter 2026-Q2 --scale 0.01 --lanes 1 --sites 1 || exit 1
ctl_must spd freeze 2026-Q2 || exit 1

# As whoever keeps the feeds of a large quarter does, once no duty does.
wait_for 60 nobody_waits
hold 'UPDATE sems.feed_turn SET n = n'
answers 'what is set up is answered while feeds are kept' init --site S0
let_go
hold 'LOCK TABLE sems.spd_proof IN ACCESS EXCLUSIVE MODE'
for long in 'spd verify 2026-Q2' 'spd freeze 2026-Q1'; do
	# shellcheck disable=SC2086 # words
	ask_long $long
	answers "status is answered during $long" status
	answers "a list is answered during $long" spd list 2026-Q2
	answers "what is set up is answered during $long" init --site "S$RAN"
	give_up
	if wait_for 60 nobody_waits; then
		ok "$long ends when whoever asked is gone"
	else
		not_ok "$long ends when whoever asked is gone"
	fi
done
is "$(grep -c 'event=lane.cancelled .*lane=long' "$DAEMON_LOG")" 2 'the log says what was cancelled'

ask_long spd verify 2026-Q2
stop_daemon
is $? 0 'semsd stops while something long runs'
wait "$ASKED"
is $? 3 'whoever asked for it is told to try again'
like "$(cat "$T/long")" 'shutting down' 'and why'
# Its database is gone.
wait "$HOLDER" || true

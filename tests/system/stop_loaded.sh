# SIGTERM while the database stands still and senders have sent more than is taken.
. "$(dirname "$0")/lib.sh"
plan 13

psql_do() { # statement
	"${AS_USER[@]}" psql -qAtX -v ON_ERROR_STOP=1 -h "$DIR/run" -U postgres -d sems -c "$1" 2>&1
}
somebody_waits() {
	[ "$(psql_do "SELECT count(*) FROM pg_stat_activity WHERE datname = 'sems' AND wait_event_type = 'Lock'")" != 0 ]
}
# Nothing is written into the table until it is let go.
hold() {
	psql_do "BEGIN; LOCK TABLE sems.observation IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)" >/dev/null &
	HOLDER=$!
	wait_for 60 is_held
}
is_held() { [ "$(psql_do "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")" = 1 ]; }
let_go() {
	psql_do "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'" >/dev/null
	wait "$HOLDER" || true
}
senders() { # push|again first-number
	/usr/bin/python3 -B tests/system/lib_stop_loaded.py "$SOCKET" "$T/stored.$2" "$@"
}
# Senders in the background that cannot get rid of what they have.
push() { # first-number
	hold
	senders push "$1" >"$T/push.out" 2>&1 &
	PUSHING=$!
	wait_for 60 somebody_waits
	is $? 0 'the database stands still while records wait'
	sleep 1 # the more of them wait, the better
}
is_stopping() { grep -q event=semsd.stopping "$T/stop.log"; }
ended() { ! kill -0 "$STOPPED" 2>/dev/null; }

: >"$DAEMON_LOG"
start_daemon || exit 1
ctl_must init --entity Northfield --zone Europe/London --site NFD --source queue || exit 1
printf 'principals: [{principal: "unix:%s", role: device}]\nsources: [{id: queue, senders: [{principal: "unix:%s"}]}]\n' \
	"$(id -un)" "$(id -un)" >"$T/more.yaml"
chmod 644 "$T/more.yaml"
ctl_must init "$T/more.yaml"

# What the database was given comes to its end: it is let go once semsd stops.
push 0
before=$(wc -l <"$DAEMON_LOG")
STOPPED=$DAEMON_PID DAEMON_PID=
kill -TERM "$STOPPED"
wait_for 60 eval "tail -n +$((before + 1)) '$DAEMON_LOG' >'$T/stop.log'; is_stopping"
let_go
wait_for 60 ended
wait "$STOPPED"
is $? 0 'semsd stops once what the database has is done'
wait "$PUSHING"
like "$(cat "$T/push.out")" '^[1-9][0-9]* stored$' 'that was answered'
is "$(grep -c '^5 shutting down; connect again and resend' "$T/push.out")" 8 'and every sender told to send the rest again'
start_daemon || exit 1
is "$(senders again 0)" '0 lost' 'what was called STORED is there'
is "$(psql_do 'SELECT count(*) FROM sems.observation')" 16000 'each once'

# And it does not come to its end.
push 100000
stop_daemon
is $? 0 'semsd stops in the end while the database stands still'
wait "$HOLDER" || true
wait "$PUSHING"
# P-314
is "$(grep -c '^5 shutting down; connect again and resend' "$T/push.out")" 8 'every sender was told to send again, the answered and the others'
is "$(sed -n '2,$p' "$T/push.out" | wc -l)" 8 'no sender is left behind'
like "$(cat "$T/push.out")" '^0 stored$' 'what was not committed was not called so'
start_daemon || exit 1
is "$(senders again 100000)" '0 lost' 'what was called STORED is there'
is "$(psql_do 'SELECT count(*) FROM sems.observation')" 32000 'each once'

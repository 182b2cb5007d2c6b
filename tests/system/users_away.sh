# The directory that knows the users' names does not answer: who is known is served all the same.
. "$(dirname "$0")/lib.sh"
plan 7
[ "$(id -u)" = 0 ] || skip_all 'takes two users, and root for it'

SOCKET=$T/semsd.sock
cp "$SEMS_BUILD/hanging_users.so" "$T/bin/"
# Neither is libpq to look for a user's home or name at each connection.
AS_USER+=(env -u HOME -u PGUSER "LD_PRELOAD=$T/bin/hanging_users.so" "HANGING_USERS=$T/away"
	"ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0")

psql_do() { # statement
	setpriv "--reuid=$TEST_USER" "--regid=$(id -g "$TEST_USER")" --clear-groups \
		psql -qAtX -h "$DIR/run" -U postgres -d sems -c "$1" 2>&1
}
connections() { grep -c 'event=store.connection.up' "$DAEMON_LOG"; }
connected_anew() { [ "$(connections)" -ge $((BEFORE + 4)) ]; }
owner_asks() {
	setpriv "--reuid=$TEST_USER" "--regid=$(id -g "$TEST_USER")" --clear-groups \
		timeout 60 "$PROGRAMS/semsctl" --socket "$SOCKET" status >"$T/owner" 2>&1
}

: >"$DAEMON_LOG"
start_daemon --socket "$SOCKET" || exit 1
owner_asks
is $? 0 'a user is served'
touch "$T/away"
ctl_as nobody status >"$T/nobody" 2>&1 &
waiting=$!
owner_asks
is $? 0 'and so once nobody is looked up any more'
BEFORE=$(connections)
psql_do "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'semsd'" >/dev/null
wait_for 30 connected_anew
is $? 0 'the database is connected to without a lookup'
owner_asks
is $? 0 'and answers'
wait "$waiting"
like "$(cat "$T/nobody")" 'the name of user [0-9]+ is not to be had: the name service of this machine does not answer' \
	'whose name does not come is told so'
like "$(cat "$DAEMON_LOG")" 'event=user.unnamed' 'and the log says it'
stop_daemon
is $? 0 'semsd stops while a lookup hangs'

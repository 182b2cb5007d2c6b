# SIGTERM ends a semsd that is still starting: on a server that says nothing, behind a lock, in its own cluster.
. "$(dirname "$0")/lib.sh"
plan 11

begun() { # name option...
	local name=$1
	shift
	"${AS_USER[@]}" "$PROGRAMS/semsd" "$@" >"$T/$name.log" 2>&1 </dev/null &
	PID=$!
	# It is semsd by then, and heeds a signal as semsd does.
	wait_for 20 grep -q '^semsd$' "/proc/$PID/comm"
}
# The status it ends with; 137 when it does not within two seconds.
term() {
	kill -TERM "$PID"
	(sleep "${1:-2}" && kill -KILL "$PID") 2>/dev/null &
	local guard=$!
	wait "$PID"
	RC=$?
	kill "$guard" 2>/dev/null
}
psql_get() { # statement
	"${AS_USER[@]}" psql -qAt -v ON_ERROR_STOP=1 -h "$DIR/run" -U postgres -d sems -c "$1" 2>&1
}
has_waiter() {
	[ "$(psql_get "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")" = 1 ]
}
has_no_waiter() {
	! has_waiter
}

# In the middle of making its first cluster.
begun first --embedded "$DIR"
sleep 0.5
term 10
is "$RC" 0 'it ends while it makes its cluster'
start_daemon || exit 1
ok 'and starts on the same folder afterwards'

python3 -c "
import socket, time
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(1)
print(s.getsockname()[1], flush=True); time.sleep(60)" >"$T/port" &
silent=$!
wait_for 10 test -s "$T/port"
begun silent --database "host=127.0.0.1 port=$(cat "$T/port") user=semsd dbname=sems" --keys "$T/keys1" --socket "$T/1.sock"
sleep 0.5
term
is "$RC" 0 'it ends while a server says nothing'
like "$(cat "$T/silent.log")" 'stopped while starting' 'and says so'
kill "$silent" 2>/dev/null

"${AS_USER[@]}" psql -q -h "$DIR/run" -U postgres -d sems -c 'SELECT pg_advisory_lock(8315168215214845793), pg_sleep(60)' >/dev/null 2>&1 &
holder=$!
wait_for 10 psql_get "SELECT 1 / (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted)" >/dev/null
begun behind --database "host=$DIR/run user=semsd dbname=sems" --keys "$T/keys2" --socket "$T/2.sock"
wait_for 20 has_waiter
is $? 0 'another waits for who migrates'
wait_for 20 grep -q 'start.waits .*holder="psql (backend' "$T/behind.log"
is $? 0 'and says who that is'
term
is "$RC" 0 'it ends while it waits'
wait_for 10 has_no_waiter
is $? 0 'the server takes back what it asked for'
begun patient --database "host=$DIR/run user=semsd dbname=sems options='-c lock_timeout=3s'" --keys "$T/keys3" --socket "$T/3.sock"
wait "$PID"
is $? 69 'one whose time is over ends by itself'
like "$(cat "$T/patient.log")" 'semsd: database: psql \(backend' 'and says who did not give it back'
kill "$holder" 2>/dev/null
psql_get "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'" >/dev/null
stop_daemon
is $? 0 'the one that serves stops as ever'

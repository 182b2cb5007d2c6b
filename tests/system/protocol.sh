# PROTOCOL.md number by number, by a client that was written from it; and what every peer is told at the end.
. "$(dirname "$0")/lib.sh"
plan 3
start_daemon --listen 127.0.0.1:0 || exit 1
port=$(sed -n 's/.*event=listen\.tcp.*port=\([0-9]*\).*/\1/p' "$DAEMON_LOG" | tail -n 1)
/usr/bin/python3 -B tests/system/lib_protocol.py "$SOCKET" "127.0.0.1:$port" || FAILED=1

# P-314
/usr/bin/python3 -B tests/system/lib_protocol_end.py "$SOCKET" "127.0.0.1:$port" "$T/ready" >"$T/ends" 2>&1 &
peers=$!
wait_for 60 test -e "$T/ready"
is $? 0 'three peers are connected and say nothing'
stop_daemon
is $? 0 'semsd stops within its time'
wait "$peers"
is "$(cat "$T/ends")" "greeted REFUSE_CODE_SHUTDOWN 1000
silent REFUSE_CODE_SHUTDOWN 1000
tcp REFUSE_CODE_SHUTDOWN 1000" 'P-313 P-314 each is told SHUTDOWN before its socket ends'

# A client of another protobuf implementation: every verdict, and what a broken frame does.
. "$(dirname "$0")/lib.sh"
plan 1
start_daemon --listen 127.0.0.1:0 || exit 1
port=$(sed -n 's/.*event=listen\.tcp.*port=\([0-9]*\).*/\1/p' "$DAEMON_LOG" | tail -n 1)
/usr/bin/python3 -B tests/system/lib_foreign_client.py "$DIR/semsd.sock" "127.0.0.1:$port" || FAILED=1
stop_daemon
is $? 0 'semsd stops cleanly'

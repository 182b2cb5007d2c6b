# Started by root, semsd becomes somebody else before it touches a database.
. "$(dirname "$0")/lib.sh"
plan 7
[ "$(id -u)" = 0 ] || skip_all 'not started by root'

# The leak checker cannot look at a process that changed its user.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
AS_USER=()
chown root "$T"
start_daemon || exit 1
uid=$(sed -n 's/^Uid:[[:space:]]*//p' "/proc/$DAEMON_PID/status" | tr '\t' '\n' | sort -u)
groups=$(sed -n 's/^Groups:[[:space:]]*//p' "/proc/$DAEMON_PID/status")
is "$uid" "$(id -u "$TEST_USER")" 'all of its user ids are the unprivileged one'
unlike " $groups " ' 0 ' "it has left root's groups"
is "$(sed -n 's/^CapEff:[[:space:]]*//p' "/proc/$DAEMON_PID/status")" 0000000000000000 'it has no capability'
is "$(find "$DIR" ! -user "$TEST_USER" ! -user root | head -n 3)" '' 'what it made is its own'
is "$(find "$DIR" -perm /007 -type f | head -n 3)" '' 'no file is open to everybody'
ctl_must status
stop_daemon
is $? 0 'it stops cleanly'
start_daemon || exit 1
ctl_must status && ok 'it starts again on the same folder'

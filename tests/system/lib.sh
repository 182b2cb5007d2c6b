# For the tests of the whole: the real semsd on a database of its own, spoken to by semsctl.
# A test sources this, calls plan-less TAP helpers (ok, not_ok, is, like, skip) and may rely on:
#   $T          its own folder, removed at the end
#   $DIR        the daemon's folder, $T/data
#   start_daemon [OPTION...], stop_daemon, kill_daemon
#   ctl ARG...  semsctl on that daemon
# shellcheck shell=bash
set -u
TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$TREE" || exit 1
SEMS_BUILD=${SEMS_BUILD:-$TREE/build/asan}
DATA_FOLDER=$TREE/../shared/data

T=$(mktemp -d "${TMPDIR:-/tmp}/semsd-system.XXXXXX") || exit 1
chmod 755 "$T"
DIR=$T/data
SOCKET=$DIR/semsd.sock
DAEMON_PID=
DAEMON_LOG=$T/semsd.log
FAILED=0
RAN=0
PLAN=0

# Started by root, semsd steps down; a process that changed its user cannot be looked at by the leak
# checker. So here the copy is started as that user at once; step_down.sh tests the other way.
AS_USER=()
PROGRAMS=$SEMS_BUILD
if [ "$(id -u)" = 0 ]; then
	TEST_USER=postgres
	id semsd >/dev/null 2>&1 && TEST_USER=semsd
	AS_USER=(setpriv "--reuid=$TEST_USER" "--regid=$(id -g "$TEST_USER")" --clear-groups env "HOME=$T")
	mkdir "$T/bin"
	cp "$SEMS_BUILD/semsd" "$SEMS_BUILD/semsctl" "$SEMS_BUILD/semsweb" "$T/bin/"
	PROGRAMS=$T/bin
	# Nor may that user enter every folder that root clones into: a test runs in a copy of what people wrote.
	mkdir "$T/tree"
	for part in "$TREE"/*; do
		[ "$part" = "$TREE/build" ] || cp -R "$part" "$T/tree/"
	done
	chmod -R a+rX "$T/tree"
	TREE=$T/tree
	cd "$TREE" || exit 1
	chown "$TEST_USER" "$T"
fi

# How many tests the file has: one that ends early, or tests less than it says, fails. So many are
# skipped when all of them are.
plan() { # number
	PLAN=$1
}

ok() { # name
	RAN=$((RAN + 1))
	echo "ok - $1"
}

not_ok() { # name [detail...]
	FAILED=$((FAILED + 1)) RAN=$((RAN + 1))
	echo "not ok - $1"
	shift
	[ $# = 0 ] || printf '%s\n' "$@" | sed 's/^/# /'
}

# Ends the file: none of its tests can run here.
skip_all() { # reason
	echo "skip - $(basename "$0" .sh): $1 ($PLAN tests)"
	RAN=$PLAN
	exit 0
}

is() { # got expected name
	if [ "$1" = "$2" ]; then ok "$3"; else not_ok "$3" "got:      $1" "expected: $2"; fi
}

like() { # text extended-regex name
	if printf '%s\n' "$1" | grep -Eq -- "$2"; then ok "$3"; else not_ok "$3" "got: $1" "wanted: $2"; fi
}

unlike() { # text extended-regex name
	if printf '%s\n' "$1" | grep -Eq -- "$2"; then not_ok "$3" "got: $1"; else ok "$3"; fi
}

# The commands write their files where the test says: a folder that the user may write to.
ctl() {
	"${AS_USER[@]}" "$PROGRAMS/semsctl" --wait 0 --socket "$SOCKET" "$@"
}

# semsctl as another user of this machine; takes root, and a socket outside of $DIR, which nobody else
# may enter: SOCKET=$T/semsd.sock, start_daemon --socket "$SOCKET".
ctl_as() { # user argument...
	local user=$1
	shift
	setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups \
		"$PROGRAMS/semsctl" --socket "$SOCKET" "$@"
}

# Runs ctl; afterwards $OUT, $ERR and $RC tell.
ctl_get() {
	OUT=$(ctl "$@" 2>"$T/stderr")
	RC=$?
	ERR=$(cat "$T/stderr")
}

# ctl, and a failure of the test when it does not succeed.
ctl_must() {
	ctl_get "$@"
	[ "$RC" = 0 ] || not_ok "semsctl $* succeeds" "exit status $RC" "$OUT" "$ERR"
	return "$RC"
}

daemon_answers() {
	ctl status >/dev/null 2>&1
}

# Waits for a condition, without a fixed sleep; the limit only ends a test that hangs.
wait_for() { # seconds command...
	local until=$((SECONDS + $1))
	shift
	while ! "$@"; do
		[ "$SECONDS" -lt "$until" ] || return 1
		[ -z "$DAEMON_PID" ] || kill -0 "$DAEMON_PID" 2>/dev/null || return 1
		sleep 0.1
	done
}

start_daemon() {
	"${AS_USER[@]}" "$PROGRAMS/semsd" --embedded "$DIR" "$@" >>"$DAEMON_LOG" 2>&1 </dev/null &
	DAEMON_PID=$!
	wait_for 90 daemon_answers && return 0
	not_ok "semsd starts" "$(tail -n 20 "$DAEMON_LOG")"
	return 1
}

# A daemon with a socket for several accounts, as which only root can ask.
start_for_users() {
	[ "$(id -u)" = 0 ] || skip_all 'several users take root'
	SOCKET=$T/semsd.sock
	start_daemon --socket "$SOCKET" || exit 1
}

# Asks it to stop and leaves its exit status in $?.
stop_daemon() {
	[ -n "$DAEMON_PID" ] || return 0
	local pid=$DAEMON_PID
	DAEMON_PID=
	kill -TERM "$pid" 2>/dev/null
	local until=$((SECONDS + 60))
	while kill -0 "$pid" 2>/dev/null; do
		[ "$SECONDS" -lt "$until" ] || kill -KILL "$pid" 2>/dev/null
		sleep 0.05
	done
	wait "$pid"
	local rc=$?
	return $rc
}

kill_daemon() {
	[ -n "$DAEMON_PID" ] || return 0
	kill -KILL "$DAEMON_PID" 2>/dev/null
	wait "$DAEMON_PID" 2>/dev/null
	DAEMON_PID=
}

# The database's own process: there when the daemon was killed, for the moment it takes to notice.
cluster_pid() {
	find "$DIR" -maxdepth 3 -name postmaster.pid -exec head -n 1 {} \; 2>/dev/null
}

finish() {
	local rc=$? pid
	# A child that is told to end before it is the program that it was made for has this trap, too.
	[ "$BASHPID" = "$$" ] || exit "$rc"
	[ -z "$DAEMON_PID" ] || {
		stop_daemon || {
			not_ok "semsd stops cleanly" "$(tail -n 20 "$DAEMON_LOG")"
		}
	}
	! grep -qs 'event=machine\.astray' "$DAEMON_LOG" ||
		not_ok 'no state machine goes astray' "$(grep 'event=machine\.astray' "$DAEMON_LOG")"
	[ "$RAN" = "$PLAN" ] || [ "$FAILED" != 0 ] || not_ok "the file has $PLAN tests" "$RAN ran"
	pid=$(cluster_pid)
	[ -z "$pid" ] || kill -QUIT "$pid" 2>/dev/null
	[ "$FAILED" = 0 ] || [ ! -s "$DAEMON_LOG" ] || {
		echo "# --- the daemon's log, its end"
		tail -n 30 "$DAEMON_LOG" | sed 's/^/# /'
	}
	cd / && rm -rf "$T"
	[ "$FAILED" = 0 ] || rc=1
	exit $rc
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# --- what most tests need --------------------------------------------------------------------------

# A file that the daemon's user can read, whatever the tree's permissions are.
readable() { # file
	cp "$1" "$T/" && chmod 644 "$T/$(basename "$1")" && echo "$T/$(basename "$1")"
}

# The options of spd approve that name the papers as they are: the newest revision, and their digest.
what_is_signed() { # quarter
	ctl spd status "$1" --json | /usr/bin/python3 -c 'import json, sys
d = json.load(sys.stdin)
print("--revision", d["revision"]["revision"], "--digest", d["papers"][:16])'
}

# Freezes a quarter and brings it to the regulator, by two people: the daemon's user, and who comes by TCP.
# Takes a daemon that was started with --listen 127.0.0.1:0.
submit_quarter() { # quarter
	local port
	port=$(sed -n 's/.*event=listen\.tcp .*port=\([0-9]*\).*/\1/p' "$DAEMON_LOG" | tail -n 1)
	cat >"$T/two.yaml" <<-'YAML'
		principals: [{principal: "tcp:loopback", role: manager}]
		spd_policy: {approval: APPROVER_DIFFERS, corrections: ONE_PERSON, declared_by: A. Example, declared_on: 2026-01-15}
	YAML
	chmod 644 "$T/two.yaml"
	ctl_must init "$T/two.yaml"
	ctl_must spd freeze "$1"
	local step
	for step in "qa $1" "approve $1"; do
		# shellcheck disable=SC2046,SC2086 # words on purpose
		"${AS_USER[@]}" "$PROGRAMS/semsctl" --socket "tcp:127.0.0.1:$port" spd $step \
			$([ "$step" = "qa $1" ] || what_is_signed "$1") >"$T/stdout" 2>&1 ||
			not_ok "semsctl spd $step succeeds" "$(cat "$T/stdout")"
	done
	ctl_must spd submit "$1" --channel post --reference 'letter 12'
}

# The SPD of a quarter as JSON, exported into a folder of its own; prints the file's name.
spd_json() { # quarter [spd export options...]
	local folder
	folder=$(mktemp -d "$T/spd.XXXXXX")
	[ "$(id -u)" != 0 ] || chown "$TEST_USER" "$folder"
	ctl spd export "$@" --format json --out "$folder" >"$T/stdout" 2>"$T/stderr" || {
		cat "$T/stdout" "$T/stderr" >&2
		return 1
	}
	find "$folder" -name '*_spd.json' | head -n 1
}

# One value out of an SPD: figures.py says how it is named.
figure() { # file metric path [key=value...]
	/usr/bin/python3 -B "$TREE/tests/system/lib_figures.py" "$@"
}

# Rows of "metric path expected [dimension...]", each a test. Lines that begin with # are titles.
figures_are() { # file title
	local metric path expected where
	while read -r metric path expected where; do
		[ -n "$metric" ] || continue
		# shellcheck disable=SC2086 # words on purpose
		is "$(figure "$1" "$metric" "$path" $where)" "$expected" "$2: $metric $path${where:+ of $where}"
	done
}

# Imports a file of the data folder; a rejects file beside it is left as $T/NAME.rejects.csv.
import_data() { # map file
	local file
	file=$(readable "$DATA_FOLDER/$2")
	ctl_get import --map "$(readable "tests/maps/$1")" --register-sites "$file"
}

need_data() {
	[ -d "$DATA_FOLDER" ] || skip_all 'no ../shared/data'
}

# How many records of a kind are stored, by what semsd says.
figure_of_status() { # kind
	ctl status --json 2>/dev/null | /usr/bin/python3 -c 'import json, sys
print(next((k["records"] for k in json.load(sys.stdin)["kinds"] if k["kind"] == sys.argv[1]), 0))' "$1" 2>/dev/null
}

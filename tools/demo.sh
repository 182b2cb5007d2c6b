#!/usr/bin/env bash
# The main job, end to end: an invented airport's quarter goes in at the socket, and its performance
# data come out. Run again, it changes nothing that is there already.
#   SEMS_DEMO_DATA=DIR   the daemon's folder (default build/demo/data)
#   SEMS_DEMO_OUT=DIR    where the SPD and the logs go (default build/demo)
#   SEMS_DEMO_OPTIONS=... more options for semsctl simulate, e.g. "--scale 0.1"
#   SEMS_BUILD=DIR       where semsd and semsctl are (default build)
set -u
cd "$(dirname "$0")/.." || exit 1
. tools/end_daemon.sh
bin=${SEMS_BUILD:-build}
out=${SEMS_DEMO_OUT:-build/demo}
data=${SEMS_DEMO_DATA:-$out/data}
socket_max=100 # of the 107 bytes that a Unix socket's path may have
pid=
child=

say() { printf '%s\n' "$*"; }

# What was started is ended, whatever happens: the daemon, and with it its database.
cleanup() {
	local rc=$?
	trap - EXIT
	[ -z "$child" ] || kill -TERM "$child" 2>/dev/null
	[ -z "$pid" ] || end_daemon "$pid" "$data"
	exit $rc
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

# Started by root, semsd becomes an unprivileged user, who has to get at the folder.
is_reachable() { # folder
	[ "$(id -u)" = 0 ] || return 0
	local user=postgres
	id semsd >/dev/null 2>&1 && user=semsd
	setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups test -x "$1" 2>/dev/null
}

ctl() { "$bin/semsctl" --wait 0 --socket "$data/semsd.sock" "$@"; }
# In the background and waited for: a signal is then heeded at once.
must() {
	"$bin/semsctl" --socket "$data/semsd.sock" --no-pager "$@" &
	child=$!
	wait "$child" || {
		child=
		say "demo: failed: semsctl $*"
		exit 1
	}
	child=
}

mkdir -p "$out" || exit 1
absolute=$(realpath -m "$data")
# Where that user may not go (a clone in /root), or the path is too long, the data is kept elsewhere, and a
# link leads there.
if [ -z "${SEMS_DEMO_DATA:-}" ]; then
	if [ ! -L "$data" ] && { ! is_reachable "$PWD/$out" || [ ${#absolute} -gt $socket_max ]; }; then
		kept=$(mktemp -d /var/tmp/semsd-demo.XXXXXX) && chmod 755 "$kept" && ln -s "$kept/data" "$data" || exit 1
	fi
	if [ -L "$data" ]; then
		data=$(readlink "$data")
		mkdir -p "$(dirname "$data")" && chmod 755 "$(dirname "$data")"
		say "The database's unprivileged user cannot work in $PWD/$out: the data is kept in $data"
	fi
fi

if ctl status >/dev/null 2>&1; then
	say "A semsd is running on $data: this goes to it, and leaves it running."
else
	# On a port of this machine, too: who comes there is the second person.
	"$bin/semsd" --embedded "$data" --listen 127.0.0.1:0 >"$out/semsd.log" 2>&1 </dev/null &
	pid=$!
	until=$((SECONDS + 90))
	until ctl status >/dev/null 2>&1; do
		if ! kill -0 "$pid" 2>/dev/null || [ "$SECONDS" -ge "$until" ]; then
			say "demo: semsd does not come up; the end of $out/semsd.log:"
			tail -n 20 "$out/semsd.log"
			exit 1
		fi
		sleep 0.1
	done
fi

must init deploy/demo/entity.yaml
# The quarter is the last finished one; the simulation ends by naming it.
# shellcheck disable=SC2086 # options are words on purpose
must simulate --register --silent-lane --seed "${SEMS_DEMO_SEED:-1}" ${SEMS_DEMO_OPTIONS:-} >"$out/simulate.txt"
cat "$out/simulate.txt"
quarter=$(sed -n 's/^.*semsctl spd show //p' "$out/simulate.txt")
# With less traffic, and as much of what people do, so that there is something to compare with.
before=$((${quarter%-Q*} * 4 + ${quarter#*-Q} - 2))
before=$((before / 4))-Q$((before % 4 + 1))
# shellcheck disable=SC2086
must simulate --register --quarter "$before" --seed $((${SEMS_DEMO_SEED:-1} + 1)) ${SEMS_DEMO_OPTIONS:-} --scale 0.1 >"$out/before.txt"
say "The quarter before, $before, is simulated with a tenth of the traffic, to compare with."
# Frozen, its figures say how the controls of a small register stand; once, however often this runs.
ctl spd show "$before" --revision 1 >/dev/null 2>&1 || must spd freeze "$before" >"$out/freeze.txt"
tools/register.sh deploy/register/airport "$bin/semsctl" --socket "$data/semsd.sock" >"$out/register.txt" || {
	say "demo: failed: tools/register.sh deploy/register/airport"
	exit 1
}
# Whoever scored a risk adopts it not: another account does, and bears what is left of one.
second() { "$bin/semsctl" --wait 0 --socket "tcp:127.0.0.1:$port" --no-pager "$@"; }
port=$(sed -n 's/^.*event=listen.tcp .*port=\([0-9]*\).*/\1/p' "$out/semsd.log" | tail -n 1)
year=$(date +%Y)
if [ -n "$pid" ] && [ -n "$port" ]; then
	for n in 1 2 3 4 5 6 7 8; do second risk adopt "AS-$year-00$n" >>"$out/register.txt" 2>&1; done
	if ctl risk propose "R-$year-008" --band MEDIUM --expires "$((year + 1))-06-30" \
		--justification 'the shed is rebuilt by then' >>"$out/register.txt" 2>&1; then
		digest=$(second risk show "R-$year-008" --json | sed -n 's/^  "digest": "\([0-9a-f]*\)".*/\1/p')
		second risk accept "AC-$year-001" --digest "$digest" >>"$out/register.txt" 2>&1
	fi
fi
mkdir -p "$out/register"
must --quiet risk export --xlsx "$out/register/register.xlsx" --html "$out/register/register.html"
must --quiet framework export --html "$out/register/framework.html"
flags=$("$bin/semsctl" --socket "$data/semsd.sock" --no-pager risk flags --json | grep -c '"metric":')
say "It is frozen, and a register of threat scenarios taken in: its figures raise $flags flags on them."
say
must spd show "$quarter" --all
say
must --quiet spd export "$quarter" --output "$out/spd" --force

say
say "The SPD is in $out/spd: a page to read, a workbook, CSV files, and JSON for programs."
say "The register is in $out/register: two pages and a workbook. A second account has adopted its scores."
say
say "To look further:"
[ -z "$pid" ] || say "  $bin/semsd --embedded $data --web 127.0.0.1:8443 &   # prints a link to its page, http://127.0.0.1:8443"
say "  export SEMSD_SOCKET=$data/semsd.sock"
say "  $bin/semsctl spd show $quarter --by site          # or: --by measure, --metric OUT03"
say "  $bin/semsctl spd freeze $quarter                  # a revision that never changes"
say "  $bin/semsctl risk flags                          # figures that do not prove the controls of a scenario"
say "  $bin/semsctl quarantine list                     # what was refused, and why"
say "  $bin/semsctl retention plan                      # what would be removed when"
say "  $bin/semsctl status"
[ ! -L "$out/data" ] || say "  rm -r $(dirname "$data") $out/data    # when you are done"

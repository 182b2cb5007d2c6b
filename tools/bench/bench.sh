#!/usr/bin/env bash
# What semsd reaches on this machine, beside what COPY reaches with the same rows into the same
# tables in the same run. See README.md.
#   BENCH_SECONDS=S   how long each measurement lasts (default 4)
#   BENCH_ROWS=N      rows of the table that is already full (default 10000000; 0: leave it out)
#   BENCH_DIR=DIR     where the database lies: the disk that is measured (default $TMPDIR or /tmp)
#   BENCH_OUT=DIR     where bench.json goes (default build)
#   BENCH_PARTS=...   which measurements (default all: connections tls offered poison resends full spd)
#   BENCH_SPD_ROWS=N  TIP events of the quarter whose SPD is computed (default 10000000; 0: leave it out)
#   BENCH_PEERS=...   what one would take instead, too: all, or some of psql node rsyslog pgbench
#   SEMS_BUILD=DIR    where semsd, semsctl and semsbench are (default build)
set -u
cd "$(dirname "$0")/../.." || exit 1
. tools/end_daemon.sh
bin=${SEMS_BUILD:-build}
out=${BENCH_OUT:-build}
seconds=${BENCH_SECONDS:-4}
rows=${BENCH_ROWS:-10000000}
spd_rows=${BENCH_SPD_ROWS:-10000000}
parts=" ${BENCH_PARTS:-connections tls offered poison resends full spd} "
copy_rows=5000
lanes=100
pid=
failed=0

work=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/semsd-bench.XXXXXX") || exit 1
chmod 755 "$work"
data=$work/data
lines=$work/lines
cleanup() {
	local rc=$?
	trap - EXIT
	[ -z "$pid" ] || end_daemon "$pid" "$data"
	rm -rf "$work"
	exit "$rc"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

ctl() { "$bin/semsctl" --socket "$data/semsd.sock" "$@"; }
say() { printf '%s\n' "$*" >&2; }
database="host=$data/run port=5432 dbname=sems user=postgres"
writer="host=$data/run port=5432 dbname=sems user=semsd options='-c role=sems_ingest -c search_path=sems,pg_temp -c timezone=UTC'"

salt=0
measure() { # what name option...
	local what=$1 name=$2
	shift 2
	salt=$((salt + 1))
	say "  $name"
	"$bin/semsbench" "$what" --name "$name" --socket "$data/semsd.sock" --pid "$pid" --salt "$salt" \
		--database "$database" --writer "$writer" "$@" >>"$lines" || failed=1
}
copy() { measure copy "COPY, batches of $copy_rows" --frame "$copy_rows" --seconds "$seconds" "$@"; }
load() { # name connections frame option...
	local name=$1 connections=$2 frame=$3
	shift 3
	measure load "$name" --connections "$connections" --frame "$frame" --seconds "$seconds" "$@"
}

# For TLS: semsd started by root becomes somebody else, who is to read its set.
pki() { "$bin/semsctl" pki --pki "$work/pki" "$@" >>"$work/pki.log" || { cat "$work/pki.log" >&2; exit 1; }; }
pki init --server 127.0.0.1 --out "$work/tls"
pki device bench
[ "$(id -u)" != 0 ] || chown -R "$(id -un semsd 2>/dev/null || echo postgres)" "$work/tls"
"$bin/semsd" --embedded "$data" --tls 127.0.0.1:0 --tls-folder "$work/tls" >"$work/semsd.log" 2>&1 </dev/null &
pid=$!
until=$((SECONDS + 90))
until ctl status >/dev/null 2>&1; do
	if ! kill -0 "$pid" 2>/dev/null || [ "$SECONDS" -ge "$until" ]; then
		say "bench: semsd does not come up; the end of its log:"
		tail -n 20 "$work/semsd.log" >&2
		exit 1
	fi
	sleep 0.1
done
me=unix:$(id -un)
{
	printf 'entity: Benchmark\nzone: Europe/London\n'
	printf 'sites:\n  - {id: bench-site, name: Benchmark}\nsources:\n'
	for ((i = 0; i < lanes; i++)); do
		printf '  - id: bench-lane-%03d\n    senders:\n' "$i"
		for who in "$me" cert:sems:device/bench; do
			printf '      - {principal: "%s", kinds: [tip_event], sites: [bench-site]}\n' "$who"
		done
	done
	printf 'principals:\n  - {principal: "%s", role: admin}\n' "$me"
	printf '  - {principal: "cert:sems:device/bench", role: device}\n'
} >"$work/entity.yaml"
ctl init "$work/entity.yaml" >"$work/init.log" || { cat "$work/init.log" >&2; exit 1; }
ulimit -n "$(ulimit -H -n)" 2>/dev/null

# Not while semsd counts for the first time what is not there yet.
until=$((SECONDS + 60))
until grep -q 'event=duty.done duty=counts' "$work/semsd.log" || [ "$SECONDS" -ge "$until" ]; do
	sleep 0.5
done

say "Measuring, $seconds seconds each, in $work:"
# The first records make the partition and warm what a running daemon has warm.
"$bin/semsbench" load --name "warm up" --socket "$data/semsd.sock" --database "$database" \
	--connections 10 --frame 50 --seconds 1 >/dev/null || exit 1
measure commit "commits of one row" --frame 1 --seconds 2 --fresh
copy --fresh
by_connections() {
	for connections in 1 10 100 1000; do
		for frame in 50 1000; do
			load "$connections connections, frames of $frame" "$connections" "$frame" --fresh
		done
		copy --fresh
	done
}

# The same over TLS, each beside the same without.
over_tls() {
	local port
	port=$(sed -n 's/.*event=listen.tls.* port=\([0-9]*\).*/\1/p' "$work/semsd.log")
	for connections in 10 1000; do
		for frame in 50 1000; do
			load "$connections connections, frames of $frame" "$connections" "$frame" --fresh
			load "TLS, $connections connections, frames of $frame" "$connections" "$frame" --fresh \
				--socket "tls:127.0.0.1:$port" --identity "$work/pki/device/bench"
			load "$connections connections, frames of $frame" "$connections" "$frame" --fresh
		done
		copy --fresh
	done
}

offered() {
	load "1,000/s offered, 100 connections, frames of 1" 100 1 --rate 1000 --fresh
	load "50,000/s offered, 100 connections, frames of 50" 100 50 --rate 50000 --fresh
	load "100,000/s offered, 100 connections, frames of 50" 100 50 --rate 100000 --fresh
	# More than COPY reaches on many a machine; then the latency is that of the queue.
	load "200,000/s offered, 100 connections, frames of 50" 100 50 --rate 200000 --fresh
	measure commit "commits of one row" --frame 1 --seconds 1 --fresh
}

with_poison() {
	load "1 % poison, 10 connections, frames of 50" 10 50 --poison 1 --fresh
}

# What one run left is sent again: the same salt, the same numbers.
resends() {
	local first=$work/first again
	"$bin/semsbench" load --socket "$data/semsd.sock" --database "$database" --fresh \
		--connections 10 --frame 1000 --seconds "$seconds" --salt $((salt + 1)) >"$first" || failed=1
	again=$(sed -n 's/.*"stored":\([0-9]*\).*/\1/p' "$first")
	[ "${again:-0}" -gt 0 ] || { failed=1; return; }
	measure load "resends, 10 connections, frames of 50" --connections 10 --frame 50 \
		--records "$again"
	tail -n 1 "$lines" | grep -q "\"duplicate\":$again," || {
		say "bench: not every resent record was answered DUPLICATE"
		failed=1
	}
}

# Newer records than the table holds, as every day; each run goes on after the last one's.
full_table() {
	local full first
	rows=$(((rows + copy_rows - 1) / copy_rows * copy_rows))
	full="$rows rows"
	say "  filling the table with $full"
	"$bin/semsbench" copy --database "$database" --writer "$writer" --fresh --frame "$copy_rows" \
		--records "$rows" --salt 999999 >/dev/null || failed=1
	first=$rows
	copy --table "$full" --first "$first"
	first=$((first + 50000000))
	load "10 connections, frames of 50" 10 50 --table "$full" --first "$first"
	first=$((first + 50000000))
	copy --table "$full" --first "$first"
}

# The median of five times in milliseconds of a command.
times() { # key name command...
	local key=$1 name=$2 i at
	shift 2
	say "  $name"
	"$@" >/dev/null || { failed=1; return; }
	for i in 1 2 3 4 5; do
		at=$(date +%s%N)
		"$@" >/dev/null || failed=1
		echo $((($(date +%s%N) - at) / 1000))
	done | sort -n | sed -n 3p | awk -v key="$key" -v name="$name" -v rows="$spd_rows" '{
		printf "{\"what\":\"spd\",\"key\":\"%s\",\"name\":\"%s\",\"table\":\"%s events\",\"p50_ms\":%.1f}\n",
		    key, name, rows, $1 / 1000 }' >>"$lines"
}
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$database" "$@"; }

# What the plain count counts, with the settings of a session of its own: the least that any
# computation from records has to read.
plain="SET ROLE sems_compute; SELECT count(*) FROM (SELECT site_id, device_id, threat_category, outcome,
    count(*) FROM sems.effective_tip_event WHERE counted_at >= '2026-03-31T23:00Z'
    AND counted_at < '2026-06-30T23:00Z' GROUP BY 1, 2, 3, 4) AS c"
of_a_quarter() {
	local half=$((spd_rows / 2)) until other
	say "  filling a quarter with $spd_rows events"
	sql -c "TRUNCATE sems.tip_event" >/dev/null
	sql -c "SELECT sems.make_partition('tip_event', m) FROM (VALUES
	    ('2026-04-15Z'::timestamptz), ('2026-05-15Z'), ('2026-06-15Z')) AS v(m)" >/dev/null
	sql -v rows="$spd_rows" -v from=0 -v upto=$((half - 1)) -f tools/bench/spd.sql &
	other=$!
	sql -v rows="$spd_rows" -v from="$half" -v upto=$((spd_rows - 1)) -f tools/bench/spd.sql || failed=1
	wait "$other" || failed=1
	sql -c "VACUUM (ANALYZE) sems.tip_event" || failed=1
	# Nothing is measured while semsd counts the days beside it.
	say "  waiting for day counts"
	until=$((SECONDS + 1800))
	until [ "$(sql -c "SELECT count(*) FROM sems.touched_day")" = 0 ] &&
		[ "$(sql -c "SELECT count(*) FILTER (WHERE is_stale) = 0 AND count(*) > 0
		    FROM sems.counted_day JOIN sems.cube USING (cube_id) WHERE kind = 'tip_event'
		    AND day BETWEEN '2026-04-01' AND '2026-06-30'")" = t ]; do
		[ "$SECONDS" -lt "$until" ] || { say "bench: the days were never counted"; failed=1; return; }
		sleep 5
	done
	times plain_count_ms "plain count by site, device, category, outcome" sql -c "$plain"
	times spd_raw_ms "SPD from records" ctl spd show 2026-Q2 --json --from-records
	times spd_counts_ms "SPD from day counts" ctl spd show 2026-Q2 --json
}

wanted() { case $parts in *" $1 "*) true ;; *) false ;; esac; }
! wanted connections || by_connections
! wanted tls || over_tls
! wanted offered || offered
! wanted poison || with_poison
! wanted full || [ "$rows" = 0 ] || full_table
! wanted spd || [ "$spd_rows" = 0 ] || of_a_quarter
# Last: semsd is on its guard against a source that has repeated itself for a while after.
! wanted resends || { copy --fresh; resends; copy --fresh; }
# shellcheck source=tools/bench/peers.sh
[ "${BENCH_PEERS:-}" = "" ] || { . tools/bench/peers.sh; copy --fresh; }

mkdir -p "$out"
"$bin/semsbench" report --out "$out/bench.json" "$lines" || failed=1
if [ "$failed" != 0 ]; then
	say "bench: failed; the end of semsd's log:"
	tail -n 20 "$work/semsd.log" >&2
else
	say "The same as JSON: $out/bench.json"
fi
exit $failed

# The benchmark measures and counts; how fast anything is, is not tested here.
. "$(dirname "$0")/lib.sh"
plan 9

# --- the whole, in small ---------------------------------------------------------------------------
# It starts semsd as whoever runs it does; by root that is a process which the leak checker cannot see.
leaks=${ASAN_OPTIONS:-}
[ "$(id -u)" != 0 ] || export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
OUT=$(SEMS_BUILD=$SEMS_BUILD BENCH_DIR=$T BENCH_OUT=$T/out BENCH_SECONDS=0.3 BENCH_ROWS=10000 \
	BENCH_PARTS="poison full resends" tools/bench/bench.sh 2>&1)
is $? 0 'the benchmark succeeds' || printf '%s\n' "$OUT" | tail -n 20
export ASAN_OPTIONS=$leaks
like "$OUT" 'Of COPY' 'and prints a table'
read -r missing kept poisoned again < <(/usr/bin/python3 - "$T/out/bench.json" <<'PY'
import json, sys
bench = json.load(open(sys.argv[1], encoding="utf-8"))
keys = "copy_limit_rps ingest_rps ratio connections p50_ms p99_ms commit_p50_ms rss_kib peers".split()
loads = [r for r in bench["runs"] if r["what"] == "load"]
poison = [r for r in loads if r["name"].startswith("1 % poison")]
resends = [r for r in loads if r["name"].startswith("resends")]
full = [r for r in loads if r["table"] == "10000 rows"]
print(
    len([k for k in keys if k not in bench]),
    all(r["stored"] == r["sent"] > 0 and r["ratio"] > 0 for r in full) and len(full) == 1,
    all(r["sent"] < 110 * r["quarantined"] < 1.3 * r["sent"] for r in poison) and len(poison) == 1,
    all(r["duplicate"] == r["sent"] > 0 for r in resends) and len(resends) == 1,
)
PY
)
is "$missing" 0 'bench.json has every key'
is "$kept" True 'what is sent to a full table is stored'
is "$poisoned" True 'one record of a hundred is quarantined'
is "$again" True 'every record sent again is a duplicate'

# --- what did not arrive ---------------------------------------------------------------------------
# Counted in a database where nothing arrives, every acknowledged record is missing.
start_daemon || exit 1
ctl_must init --entity Benchmark --zone Europe/London --site bench-site \
	--source bench-lane-000 --source bench-lane-001 || exit 1
bench=$PROGRAMS/semsbench
[ "$PROGRAMS" = "$SEMS_BUILD" ] || cp "$SEMS_BUILD/semsbench" "$bench"
elsewhere="host=$DIR/run port=5432 dbname=postgres user=postgres"
"${AS_USER[@]}" "$bench" load --socket "$DIR/semsd.sock" --connections 2 --frame 10 --records 100 \
	--database "${elsewhere/dbname=postgres/dbname=sems}" >"$T/counted" 2>&1
is $? 0 'a run whose records arrived succeeds' || cat "$T/counted"
"${AS_USER[@]}" psql -Xq "$elsewhere" -c 'CREATE SCHEMA sems' -c 'CREATE TABLE sems.tip_event ()' \
	-c 'CREATE TABLE sems.quarantine ()'
"${AS_USER[@]}" "$bench" load --socket "$DIR/semsd.sock" --connections 2 --frame 10 --records 100 \
	--salt 2 --database "$elsewhere" >"$T/counted" 2>&1
is $? 1 'a run whose records did not arrive fails'
like "$(cat "$T/counted")" 'arrived 0' 'and says how many did'

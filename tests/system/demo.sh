# The demonstration that README.md promises, smaller: it ends with an SPD that has figures.
. "$(dirname "$0")/lib.sh"
plan 14

# It starts semsd as whoever runs it does; by root that is a process which the leak checker cannot see.
[ "$(id -u)" != 0 ] || export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
chown "$(id -u)" "$T"
export SEMS_BUILD SEMS_DEMO_OUT=$T/demo SEMS_DEMO_DATA=$DIR SEMS_DEMO_OPTIONS='--scale 0.1'
OUT=$(tools/demo.sh 2>&1)
is $? 0 'make demo succeeds' || printf '%s\n' "$OUT" | tail -n 20
json=$(find "$T/demo/spd" -name '*.json')
like "$json" '^[^ ]+\.json$' 'one JSON document'
like "$(find "$T/demo/spd" -name '*.csv' | wc -l)" '^([4-9]|[1-9][0-9])$' 'a CSV file a sheet'
read -r metrics forms valued silent < <(/usr/bin/python3 - "$json" <<'PY'
import json, sys
spd = json.load(open(sys.argv[1], encoding="utf-8"))
entity = [(m, f) for m in spd["metrics"] for f in m["figures"] if not f["by"]]
valued = [m for m, f in entity if f["value"] is not None and m["form"] != "INFORMATION"]
silent = [m["id"] for m, f in entity if f["value"] is None and f["status"] not in ("INSUFFICIENT",) and not f["no_data"]]
print(len(entity), len({m["form"] for m in valued}), len(valued), len(silent))
PY
)
if [ "${valued:-0}" -ge 25 ]; then ok 'at least 25 metrics have a value'; else not_ok 'at least 25 metrics have a value' "$valued of $metrics"; fi
is "$forms" 3 'in all three forms'
is "$silent" 0 'a metric without a value says why'
page=$(find "$T/demo/spd" -name '*_spd.html' -size -520001c)
like "$page" '\.html$' 'one page, of 0.52 MB at most'
is "$(/usr/bin/python3 -B tests/system/lib_page_words.py "$page" "$json" 2>&1)" True 'which says in words what records have codes for'
like "$OUT" 'OUT03' 'the terminal shows the table'
like "$OUT" 'spd' 'and says where the files are'
# README shows what is printed; which lines are not there?
printf 'Building semsd and semsctl\n%s\n' "$OUT" >"$T/printed" # they are built already
is "$(/usr/bin/python3 -B tests/system/lib_transcript.py README.md "$T/printed" "$DIR=build/demo/data" \
	"$T/demo=build/demo" "$SEMS_BUILD=build")" '' 'what README shows is what is printed'
first=$(figure "$json" OUT03 numerator)
OUT=$(tools/demo.sh 2>&1)
is $? 0 'run again it succeeds'
is "$(figure "$json" OUT03 numerator)" "$first" 'and changes nothing'
is "$(cluster_pid)" '' 'nothing is left running'

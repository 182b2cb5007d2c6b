# What the house looks at with its own tools, on the demonstration's data: the dashboard's statements run as the role
# that has nothing but the views; their figures are the frozen document's; nothing else of the database can be read; and
# a covert test that failed, and one that was refused, change no row of any view.
. "$(dirname "$0")/lib.sh"
plan 16

[ "$(id -u)" != 0 ] || export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
chown "$(id -u)" "$T"
SEMS_BUILD=$SEMS_BUILD SEMS_DEMO_OUT=$T/demo SEMS_DEMO_DATA=$DIR SEMS_DEMO_OPTIONS='--scale 0.02' tools/demo.sh >"$T/demo.out" 2>&1 ||
	not_ok 'make demo succeeds' "$(tail -n 20 "$T/demo.out")"
[ "$(id -u)" != 0 ] || chown "$TEST_USER" "$T"
start_daemon || exit 1
sql() { # statement...
	local s all=()
	for s; do all+=(-c "$s"); done
	"${AS_USER[@]}" env PGOPTIONS='-c timezone=UTC' psql -qAtX -v ON_ERROR_STOP=1 -h "$DIR/run" -d sems "${all[@]}" 2>&1
}
viewer() { # statement
	sql 'SET ROLE sems_viewer' "$1"
}

# --- the figures of what was frozen ---------------------------------------------------------------
quarter=$(sed -n 's/^.*semsctl spd show //p' "$T/demo/simulate.txt")
ctl_must spd freeze "$quarter"
like "$(viewer 'SELECT quarter, revision, is_newest, state FROM report.quarter_v1')" "^$quarter\|1\|t\|DRAFT$" 'a draft is told'
is "$(viewer 'SELECT count(*) FROM report.figure_v1')" 0 'and none of its figures'
# What three people do is tried elsewhere; here it is written as if it were done.
sql "ALTER TABLE sems.spd_event DISABLE TRIGGER USER" "INSERT INTO sems.spd_event (quarter, revision, step, at, made_by, action, state, sha256)
	SELECT quarter, revision, 90, now(), 'unix:other', 'APPROVE', 'APPROVED', sha256 FROM sems.spd_revision" \
	"ALTER TABLE sems.spd_event ENABLE TRIGGER USER"
/usr/bin/python3 -B tests/system/lib_report.py figures "$(spd_json "$quarter" --revision 1)" >"$T/wanted"
viewer "SELECT json_build_array(metric, site_id, part, numerator, denominator, value, interval_low, interval_high, target, target_low,
	target_high, status, no_data) FROM report.figure_v1 WHERE quarter = '$quarter' AND revision = 1 AND state = 'APPROVED'" |
	/usr/bin/python3 -c 'import json, sys
rows = [json.loads(line) for line in sys.stdin]
print("\n".join(sorted(json.dumps([float(v) if isinstance(v, int) else v for v in row]) for row in rows)))' >"$T/got"
is "$(diff "$T/wanted" "$T/got" | head -n 10)" '' 'once it is approved, its figures are those of the document'
like "$(grep -c '"NOT_MET"\|"MET"' "$T/got")" '^[0-9]{2,}$' 'of which many have a target'
like "$(grep -c '\[.*null, null, null, .*"SUPPRESSED"\]' "$T/got")/$(grep -c SUPPRESSED "$T/got")" '^([1-9][0-9]*)/\1$' \
	'those of few persons have no number'

# --- the dashboard --------------------------------------------------------------------------------
n=0
while read -r statement; do
	n=$((n + 1))
	viewer "$statement" >"$T/panel.$n" || not_ok "the statement of panel $n runs" "$(cat "$T/panel.$n")"
	[ -s "$T/panel.$n" ] || echo "panel $n: $statement" >>"$T/empty"
done < <(/usr/bin/python3 -B tests/system/lib_report.py panels deploy/grafana/semsd.json)
is "$n" 7 'the dashboard has seven statements'
is "$(cat "$T/empty" 2>/dev/null)" '' 'each of which shows rows'
/usr/bin/python3 -B tests/system/lib_report.py exprs deploy/grafana/semsd.json >"$T/exprs"
is "$(grep -o 'semsd_[a-z_]*' "$T/exprs" | sort | tr '\n' ' ')" 'semsd_ready semsd_records_total ' 'and two of what semsd counts'
is "$(viewer "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'report'" |
	while IFS=. read -r view column; do
		grep "^| report\.$view |" sql/SCHEMA.md | grep -q "\`$column\`" || echo "$view.$column"
	done)" '' 'SCHEMA.md names each column'

# --- what it may not ------------------------------------------------------------------------------
sql "SELECT format('SELECT FROM sems.%I', relname) FROM pg_class WHERE relnamespace = 'sems'::regnamespace AND relkind IN ('r', 'p', 'v')
	UNION ALL SELECT 'CREATE TABLE report.mine (n int)' UNION ALL SELECT 'DROP VIEW report.quarter_v1'
	UNION ALL SELECT 'CREATE OR REPLACE VIEW report.quarter_v1 AS SELECT 1' UNION ALL SELECT 'SET ROLE sems_report'
	UNION ALL SELECT 'SELECT sems.link_log()'" >"$T/denied.sql"
while read -r statement; do
	# Of a user's own, so that SET ROLE asks what the viewer is, and not the superuser.
	"${AS_USER[@]}" psql -qAtX -h "$DIR/run" -d sems -c 'SET SESSION AUTHORIZATION sems_viewer' -c "$statement" 2>&1 |
		grep -q 'permission denied\|must be owner' || echo "$statement" >>"$T/let"
done <"$T/denied.sql"
like "$(wc -l <"$T/denied.sql")" '^[1-9][0-9]{2}$' 'of more than a hundred things of sems'
is "$(cat "$T/let" 2>/dev/null)" '' 'who looks at the views can read none, nor change anything'

# --- what nobody may see of a covert test ---------------------------------------------------------
settled() { [ "$(sql 'SELECT count(*) FROM sems.touched_day')" = 0 ]; }
dump() { # file: every row of every view, once what came is counted
	stop_daemon
	start_daemon || exit 1
	sql "UPDATE sems.duty SET last_run_at = last_run_at - interval '1 day' WHERE duty IN ('counts', 'feeds', 'quarter_end')" >/dev/null
	wait_for 90 settled || not_ok 'semsd counts days'
	ctl spd show "$quarter" >/dev/null 2>&1 # for which feeds are counted
	local view
	for view in quarter_v1 figure_v1 daily_v1 feed_v1 quarantine_v1; do
		viewer "SELECT '$view ' || to_jsonb(t)::text FROM report.$view AS t" | sort
	done >"$1"
}
send() { # kind line
	printf '%s\n' "$2" >"$T/one.jsonl"
	chmod 644 "$T/one.jsonl"
	ctl send -S red-team --json "$1" "$T/one.jsonl" 2>&1
}
day=$(viewer "SELECT first_day + 40 FROM report.quarter_v1 WHERE quarter = '$quarter'")
site=$(viewer 'SELECT site_id FROM report.daily_v1 WHERE site_id IS NOT NULL ORDER BY 1 LIMIT 1')
ctl_must init --source red-team
dump "$T/before"
like "$(sed 's/ .*//' "$T/before" | sort -u | tr '\n' ' ')" '^daily_v1 feed_v1 figure_v1 quarantine_v1 quarter_v1 $' 'each view has rows'
covert="\"mode\":\"COVERT\",\"outcome\":\"FAIL\",\"measure_code\":\"4.1\""
OUT=$(send test "{\"occurred_at\":\"${day}T09:00:00Z\",\"site_id\":\"$site\",$covert,\"source_record_id\":\"c1\"}")
like "$OUT" '"stored": *1|STORED|stored +1' 'a covert test that failed is stored'
OUT=$(send test "{\"occurred_at\":\"${day}T10:00:00Z\",\"site_id\":\"NOSUCHSITE\",$covert,\"source_record_id\":\"c2\"}")
like "$OUT" '"quarantined": *1|QUARANTINED|quarantined +1' 'another one is refused'
dump "$T/after"
is "$(diff "$T/before" "$T/after" | head -n 10)" '' 'and no row of any view tells of them'
# So that the comparison can tell: what is no test is seen.
for one in "$site b1" 'NOSUCHSITE b2'; do
	send activity "{\"occurred_at\":\"${day}T09:00:00Z\",\"occurred_end\":\"${day}T10:00:00Z\",\"site_id\":\"${one% *}\",\"activity\":\"PATROLS_DONE\",\"method\":\"COUNTED\",\"count\":1,\"source_record_id\":\"${one#* }\"}"
done >"$T/sent"
dump "$T/later"
is "$(diff "$T/after" "$T/later" | sed -n 's/^> \([a-z_0-9]*\) .*/\1/p' | sort -u | tr '\n' ' ')" 'daily_v1 feed_v1 quarantine_v1 ' \
	'of other records they do' || cat "$T/sent"

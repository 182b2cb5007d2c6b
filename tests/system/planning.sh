# Ten years of months: what people ask for is planned over those that matter, not over all there are.
. "$(dirname "$0")/lib.sh"
plan 5
psql_do() { # statement
	"${AS_USER[@]}" psql -qAtX -v ON_ERROR_STOP=1 -h "$DIR/run" -U postgres -d sems -c "$1" 2>&1
}
start_daemon || exit 1
ctl_must simulate --register --quarter 2026-Q1 --scale 0.02
# Each by itself: a duty of semsd makes some, too.
"${AS_USER[@]}" psql -qAtX -v ON_ERROR_STOP=1 -h "$DIR/run" -U postgres -d sems >/dev/null 2>"$T/err" <<-'SQL'
	SELECT format('SELECT sems.make_partition(%L, %L)', k.kind, m.at) FROM sems.kind AS k,
		(SELECT min(d.starts_at) AS at FROM sems.civil_day AS d WHERE d.day BETWEEN '2016-01-01' AND '2025-12-31'
			GROUP BY d.month) AS m \gexec
SQL
is "$(psql_do "SELECT count(*) = 120 * (SELECT count(*) FROM sems.kind) FROM sems.evidence_month
	WHERE month < '2026-01-01'") $(cat "$T/err")" 't ' \
	'ten years have a month of each kind'
psql_do "ALTER SYSTEM SET session_preload_libraries = 'auto_explain'"
stop_daemon
# Plans are asked for by the sessions that are new: of each statement, those inside of functions, too.
psql_settings="auto_explain.log_min_duration = 0
auto_explain.log_nested_statements = on
auto_explain.log_format = json
auto_explain.log_analyze = off"
printf '%s\n' "$psql_settings" >>"$DIR/pg/postgresql.conf"
start_daemon || exit 1
# What the duties still have to count of the simulated records they plan by themselves, and not for a command.
for _ in $(seq 300); do
	[ "$(psql_do 'SELECT count(*) FROM sems.touched_day')" != 0 ] || break
	sleep 0.2
done

# The statements of a command that name more months of one kind than it may need, but for those whose sense is
# all that there ever was: the findings of audits, plans for a quarter whenever they were made, and which tests
# may be known, which takes their families.
plans_of() { # argument...
	: >"$T/before"
	find "$DIR/log" -name 'postgresql-*.log' -exec cp {} "$T/before" \;
	ctl "$@" >/dev/null 2>"$T/err" || cat "$T/err"
	find "$DIR/log" -name 'postgresql-*.log' -exec cp {} "$T/after" \;
	/usr/bin/python3 - "$T/before" "$T/after" <<-'PY'
		import json, os, re, sys
		MONTHS = 45  # modes reach back for two years and ahead for one: 36 months, a quarter, and bounds
		WHOLE = {"audit", "plan", "test", "void", "confirmation"}
		OF_WHOLE = re.compile(r"sems\.(\w+_)?(%s)\b" % "|".join(WHOLE))
		text = open(sys.argv[2], encoding="utf-8", errors="replace").read()[os.path.getsize(sys.argv[1]):]
		text = text.replace("\n\t", "\n")
		decoder = json.JSONDecoder()
		plans, wide = 0, set()
		for start in re.finditer(r"plan:\s*(?=\{)", text):
		    found, _ = decoder.raw_decode(text, start.end())
		    plans += 1
		    months, removed = {}, 0
		    stack = [found["Plan"]]
		    while stack:
		        node = stack.pop()
		        removed = max(removed, node.get("Subplans Removed", 0))
		        name = re.fullmatch(r"(.*)_(\d{6})", node.get("Relation Name", ""))
		        if name:
		            months.setdefault(name[1], set()).add(name[2])
		        stack += node.get("Plans", [])
		    many = {k for k, v in months.items() if len(v) > MONTHS} - WHOLE
		    # What is left out only when the statement begins was planned, too.
		    if many or removed > MONTHS and not OF_WHOLE.search(found["Query Text"]):
		        wide.add("%s, %d: %s" % (sorted(many), removed, " ".join(found["Query Text"].split())[:300]))
		print("plans" if plans else "no plans")
		for line in sorted(wide):
		    print(line)
	PY
}
is "$(plans_of status)" plans 'status is planned over the months that matter'
is "$(plans_of retention plan)" plans 'retention plan is, too'
is "$(plans_of spd show 2026-Q1 --json)" plans 'an SPD from its records is'
is "$(plans_of spd show 2026-Q1 --json)" plans 'and one from its counts'

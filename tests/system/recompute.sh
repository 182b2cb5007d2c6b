# Every figure of simulated quarters, with records that are easy to count wrongly, is what another
# program makes of the stored rows: no view, no statement and no catalogue has a part in that.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_recompute.sh"
plan 11

simulated() {
	ctl_must simulate --register --quarter 2026-Q2 --seed 11 --scale 0.02 --sites 1 --silent-lane
}

send_edges() {
	local file kind
	for file in "$T"/edges/*.jsonl; do
		kind=$(basename "$file" .jsonl)
		ctl_must send --json "$kind" "$file" || return 1
	done
}

# Findings and actions, told by whoever writes to the database.
tell_cases() { # seed
	local there
	there=$("${AS_USER[@]}" psql -qAtX -h "$DIR/run" -d sems -c "SELECT count(*) FILTER (WHERE kind = 'action') || ' ' ||
		count(*) FILTER (WHERE kind = 'finding') FROM sems.case_file") || return 1
	# shellcheck disable=SC2086 # two words
	/usr/bin/python3 -B tests/system/lib_recompute_told.py "$1" Europe/London $there |
		"${AS_USER[@]}" psql -qAtX -v ON_ERROR_STOP=1 -h "$DIR/run" -d sems >/dev/null
}

# What a document says, without the moment it was made at.
figures_of() { # quarter [option...]
	/usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
print(json.dumps([d["metrics"], d["records"]]))' "$(spd_json "$@")"
}

start_daemon || exit 1
# One account sends and corrects all of it.
cat >"$T/policy.yaml" <<'YAML'
entity: Recomputed Airport
zone: Europe/London
spd_policy: {approval: THREE_PEOPLE, corrections: ONE_PERSON, declared_by: A. Example, declared_on: 2026-01-15}
YAML
chmod 644 "$T/policy.yaml"
ctl_must init "$T/policy.yaml" || exit 1
simulated || exit 1
# A part of the quarter is older than the entity.
"${AS_USER[@]}" psql -qAtX -v ON_ERROR_STOP=1 -h "$DIR/run" -d sems \
	-c "UPDATE sems.entity SET created_at = '2026-05-15T12:00:00Z';
		INSERT INTO sems.touched_day (kind, since, until) SELECT kind, '-infinity', 'infinity' FROM sems.kind" >/dev/null || exit 1
mkdir "$T/edges"
/usr/bin/python3 -B tests/system/lib_recompute_edges.py "$T/edges" || exit 1
[ "$(id -u)" != 0 ] || chown -R "$TEST_USER" "$T/edges"
cat >"$T/setup.yaml" <<'YAML'
entity: Recomputed Airport
zone: Europe/London
sites: [{id: EDGE, name: Edge}, {id: EDGE2, name: Edge 2}, {id: EDGE3, name: Edge 3}]
providers: [{id: elsewhere-guards, name: Guards}]
targets:
  - {metric: OUT03, value: 0.8, approved_by: AM, from_quarter: 2026-Q1}
  - {metric: OUT03, value: 0.99, approved_by: AM, from_quarter: 2026-Q3}
  - {metric: QL01, of: OVERT, value: 0.5, approved_by: AM, from_quarter: 2026-Q2}
  - {metric: QL01, of: UNOBTRUSIVE, value: 0.6, approved_by: AM, from_quarter: 2026-Q3}
  - {metric: OUT04, low: 0.01, high: 0.2, approved_by: AM, from_quarter: 2026-Q1}
  - {metric: OUT04, low: 0.02, high: 0.08, approved_by: AM, from_quarter: 2026-Q2}
  - {metric: QN14, low: 0.005, high: 0.04, approved_by: AM, from_quarter: 2026-Q2}
  - {metric: OUT02, of: X-RAY, value: 0.6, approved_by: AM, from_quarter: 2026-Q2}
  - {metric: QL06, value: 0, approved_by: AM, from_quarter: 2026-Q2}
  - {metric: DQ02, value: 0.9, approved_by: AM, from_quarter: 2026-Q3}
  - {metric: QN12, value: 0.02, approved_by: AM, from_quarter: 2025-Q4}
rebases:
  - {metric: OUT03, first_day: 2026-05-04, reason: New machines, approved_by: AM}
  - {metric: OUT03, first_day: 2026-06-22, reason: Taken back, approved_by: AM, withdrawn: true}
  - {metric: QL01, first_day: 2026-02-02, reason: New criteria, approved_by: AM}
  - {metric: QL02, first_day: 2026-06-01, reason: New criteria, approved_by: AM}
feeds:
  - {source: edge-cases, kind: observation, site: EDGE, every_hours: 24, from_day: 2026-01-01}
  - {source: never-came, kind: audit, every_hours: 48, from_day: 2026-02-01, until_day: 2026-07-01}
YAML
chmod 644 "$T/setup.yaml"
ctl_must init "$T/setup.yaml" --source edge-cases || exit 1
tell_cases 1 || exit 1
quarters_recompute 'a simulated quarter' 2026-Q2
send_edges || exit 1
quarters_recompute 'the quarter with all that is hard to count' 2026-Q2
quarters_recompute 'its neighbours, and quarters with nothing but old findings' 2025-Q3 2026-Q1 2026-Q3

before=$(figures_of 2026-Q2)
simulated
send_edges
is "$(figures_of 2026-Q2)" "$before" 'the same records again change no figure'

before=$(figures_of 2026-Q1)
ctl_must spd freeze 2026-Q1
is "$(figures_of 2026-Q1 --revision 1)" "$before" 'what is frozen is what was computed'
echo '{"occurred_at":"2026-02-03T04:05:06Z","site_id":"EDGE","source":"edge-cases","mode":"CCTV_REVIEW","criteria":[{"criterion_id":"c","result":"MET"}]}' \
	>"$T/late.jsonl"
chmod 644 "$T/late.jsonl"
ctl_must send --json observation "$T/late.jsonl"
tell_cases 2 || exit 1
is "$(figures_of 2026-Q1 --revision 1)" "$before" 'a record that comes later changes nothing in it'
quarters_recompute 'but the figures of now' 2026-Q1

# Corrected and voided since, too: the frozen figures are still what the records of then give.
at() { # json path...: one value of it
	/usr/bin/python3 -c 'import json, sys
d = json.loads(sys.argv[1])
for k in sys.argv[2:]:
    d = d[int(k)] if k.isdigit() else d[k]
print(d)' "$@"
}
record_of() { # metric place: "source record_id" of a record that is in its frozen figure
	local answer
	answer=$(ctl spd explain 2026-Q1 "$1" --revision 1 --json)
	echo "$(at "$answer" records list "$2" source) $(at "$answer" records list "$2" record_id)"
}
# shellcheck disable=SC2046 # two words
ctl_must correct observation $(record_of QL01 0) --set mode=UNOBTRUSIVE --set site_id=EDGE3 --reason 'the other site'
# shellcheck disable=SC2046
ctl_must void $(record_of QL01 1) --reason 'a rehearsal'
quarters_recompute 'corrected and voided since, the figures of now' 2026-Q1
quarters_recompute 'and those that were frozen, from what was known then' 2026-Q1@1
unexplained=
for metric in $(/usr/bin/python3 -c 'import json, sys
print(*[m["id"] for m in json.load(open(sys.argv[1]))["metrics"]
        if m["figures"][0]["no_data"] != "SUPPRESSED"])' "$(spd_json 2026-Q1 --revision 1)"); do
	answer=$(ctl spd explain 2026-Q1 "$metric" --revision 1 --json)
	[ "$(at "$answer" records agrees)" = True ] || case $(at "$answer" records note) in
	*'not counted by single records'* | *'counts persons'*) ;;
	*) unexplained="$unexplained $metric" ;;
	esac
done
is "$unexplained" '' 'each of which is explained by the records of then'

# Submitted, by three people; what came since had come in the spring.
"${AS_USER[@]}" psql -qAtX -v ON_ERROR_STOP=1 -h "$DIR/run" -d sems >/dev/null <<-'SQL' || exit 1
	INSERT INTO sems.spd_event (quarter, revision, made_by, action, channel, reference)
		SELECT '2026-Q1', 1, e.who, e.action, CASE e.action WHEN 'SUBMIT' THEN 'post' END,
			CASE e.action WHEN 'SUBMIT' THEN 'letter 1' END
		FROM (VALUES (1, 'unix:reviewer', 'QA'), (2, 'unix:manager', 'APPROVE'), (3, 'unix:preparer', 'SUBMIT'))
			AS e (n, who, action) ORDER BY e.n;
	ALTER TABLE sems.spd_event DISABLE TRIGGER USER;
	UPDATE sems.spd_event SET at = '2026-04-22T12:00Z';
	ALTER TABLE sems.spd_event ENABLE TRIGGER USER;
	UPDATE sems.observation AS o SET received_at = '2026-05-20T12:00Z' FROM sems.spd_revision AS r
		WHERE o.stored_in >= r.read_until;
	UPDATE sems.void AS v SET received_at = '2026-07-20T12:00Z' FROM sems.spd_revision AS r
		WHERE v.stored_in >= r.read_until;
	UPDATE sems.correction AS c SET received_at = CASE WHEN c.is_void THEN '2026-07-20T12:00Z'::timestamptz
		ELSE '2026-05-20T12:00Z' END FROM sems.spd_revision AS r WHERE c.stored_in >= r.read_until;
SQL
for quarter in 2026-Q2 2026-Q3; do
	ctl spd show "$quarter" --json >"$T/submitted.json"
	[ "$(figure "$T/submitted.json" DQ04 numerator)" -gt 0 ] || not_ok "DQ04 of $quarter" 'it has nothing that came'
done
quarters_recompute 'what came for a quarter after it was submitted' 2026-Q2 2026-Q3

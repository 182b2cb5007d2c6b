# Random quarters in zones whose days are not London's: every figure is what another program makes of the
# stored rows, whatever the order in which the records came, and again once they are frozen.
# P-704, P-803
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_recompute.sh"
plan 7

# A database of its own, with these records in that order.
entity() { # name zone quarter seed count [order]
	local file
	stop_daemon
	DIR=$T/$1
	SOCKET=$DIR/semsd.sock
	start_daemon || exit 1
	cat >"$T/setup.yaml" <<-YAML
		entity: Random
		zone: $2
		spd_policy: {approval: THREE_PEOPLE, corrections: ONE_PERSON, declared_by: A. Example, declared_on: 2026-01-15}
		sites: [{id: A, name: "=A"}, {id: B, name: "B 🛂"}, {id: C, name: C}, {id: E, name: E}]
		providers: [{id: g1, name: "'"}]
		sources: [{id: n1}, {id: n2}, {id: "=n3"}]
		targets:
		  - {metric: OUT03, value: 0.8, approved_by: AM, from_quarter: 2024-Q1}
		  - {metric: QL01, of: OVERT, value: 0.5, approved_by: AM, from_quarter: $3}
	YAML
	chmod 644 "$T/setup.yaml"
	ctl_must init "$T/setup.yaml" || exit 1
	mkdir -p "$T/$1.records"
	/usr/bin/python3 -B tests/system/lib_recompute_random.py "$T/$1.records" "${@:2}" || exit 1
	[ "$(id -u)" != 0 ] || chown -R "$TEST_USER" "$T/$1.records"
	for file in "$T/$1.records"/*.jsonl; do
		ctl_must send --json "$(basename "$file" .jsonl)" "$file" || exit 1
	done
}

# What a document says, without when each record came and each target was set.
figures_of() { # quarter [option...]
	/usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
for m in d["metrics"]:
    (m["target"] or {}).pop("set_at", None)
print(json.dumps([d["metrics"], d["records"], d["balances"]]))' "$(spd_json "$@")" | sha256sum
}

entity one Pacific/Auckland 2026-Q1 1 400
quarters_recompute 'Auckland: a quarter and the one before' 2026-Q1 2025-Q4
first=$(figures_of 2026-Q1)
ctl_must spd freeze 2026-Q1 --exclude-embargoed 'a test'
ctl_get spd verify 2026-Q1
is "$RC" 0 'what was frozen is sound'
is "$(/usr/bin/python3 -B tests/system/lib_proof.py "$(spd_json 2026-Q1 --revision 1)" "${AS_USER[@]}" \
	env PGOPTIONS='-c timezone=UTC' psql -qAtX -v ON_ERROR_STOP=1 -h "$DIR/run" -d sems 2>&1)" \
	"$(ctl spd verify 2026-Q1 --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["root"])')" \
	'by the root that another program computes, too'
quarters_recompute 'and recomputed' 2026-Q1@1
entity two Pacific/Auckland 2026-Q1 1 400 7
is "$(figures_of 2026-Q1)" "$first" 'the same records in another order make the same figures'
entity three America/St_Johns 2026-Q1 2 400
quarters_recompute "St John's: a quarter, and the one a year before" 2026-Q1 2025-Q1
entity four Europe/Dublin 2026-Q1 3 400
quarters_recompute 'Dublin: a quarter' 2026-Q1

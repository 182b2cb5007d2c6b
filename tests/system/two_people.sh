# Corrections and voids by several accounts: what each may change, what one person may alone, and what takes
# effect once somebody else confirms it.
. "$(dirname "$0")/lib.sh"
plan 31

start_for_users
cat >"$T/entity.yaml" <<'YAML'
entity: Northfield
zone: Europe/London
sites: [{id: T1}, {id: T2}]
principals:
  - {principal: "unix:bin", role: device}
  - {principal: "unix:sys", role: device}
  - {principal: "unix:man", role: device}
  - {principal: "unix:games", role: compliance}
  - {principal: "unix:mail", role: manager}
sources:
  - id: lane-1
    senders:
      - {principal: "unix:sys", kinds: [tip_event], sites: [T1]}
      - {principal: "unix:man", kinds: [tip_event], sites: [T2]}
      - {principal: "unix:bin", kinds: [heartbeat]}
YAML
chmod 644 "$T/entity.yaml"
ctl_must init "$T/entity.yaml"
mkdir -m 777 "$T/in"
# The identity of event n, and one of its own for what corrects it.
event() { printf '019de2fb-1900-8000-8000-%012d' "$1"; }
made() { printf '019de2fb-1900-8000-9000-%012d' "$1"; }
line() { # id site outcome more
	printf '{"record_id":"%s","source":"lane-1","occurred_at":"2026-05-01T10:00:00Z","site_id":"%s","device_id":"X1","outcome":"%s"%s}\n' "$@"
}
corrects() { # root corrected_at
	printf ',"corrects_record_id":"%s","corrected_at":"%s","correction_reason":"wrong"' "$@"
}
by() { # user kind file
	chmod 666 "$3"
	OUT=$(cd "$T/in" && ctl_as "$1" -q send --json "$2" "$3" 2>&1)
	RC=$?
}
rate() {
	local now
	now=$(spd_json 2026-Q2)
	echo "$(figure "$now" OUT03 numerator)/$(figure "$now" OUT03 denominator)"
}
sql() { # statement
	"${AS_USER[@]}" psql -qAt -h "$DIR/run" -d sems -c "$1" 2>&1
}
waits() { ctl pending --json | grep -c '"made_by"'; }

for i in {1..100}; do
	line "$(event "$i")" T1 "$([ "$i" -le 60 ] && echo HIT || echo MISS_DECIDED)" ''
done >"$T/in/images.jsonl"
by sys tip_event "$T/in/images.jsonl"
is "$RC $(rate)" '0 60/100' 'what a lane sent counts'

# What one may not send one may not correct.
# P-707
for i in {61..100}; do
	printf '{"record_id":"%s","source":"lane-1","occurred_at":"2026-05-01T10:00:00Z","occurred_end":"2026-05-01T10:01:00Z"%s}\n' \
		"$(made "$i")" "$(corrects "$(event "$i")" 2026-05-02T10:00:00Z)"
done >"$T/in/beats.jsonl"
by bin heartbeat "$T/in/beats.jsonl"
is "$RC $(rate)" '0 60/100' 'heartbeats that correct misses change nothing'
for i in {1..60}; do
	line "$(made "$((100 + i))")" T2 HIT "$(corrects "$(event "$i")" 2026-05-02T10:00:00Z)"
done >"$T/in/moved.jsonl"
by man tip_event "$T/in/moved.jsonl"
is "$RC $(rate)" '0 60/100' 'who may send for one site moves nothing of another there'
is "$(waits)" 0 'and none of it waits for anybody'
# The root comes after its correction.
line "$(made 200)" T2 HIT "$(corrects "$(event 201)" 2026-05-02T10:00:00Z)" >"$T/in/early.jsonl"
by man tip_event "$T/in/early.jsonl"
line "$(event 201)" T1 MISS_DECIDED '' >"$T/in/late.jsonl"
by sys tip_event "$T/in/late.jsonl"
is "$RC $(rate)" '0 60/101' 'nor when the root comes later'

# Alone for the worse, with a second person for the better.
# P-708, P-709, P-710
line "$(made 301)" T1 MISS_DECIDED "$(corrects "$(event 1)" 2026-05-02T10:00:00Z)" >"$T/in/worse.jsonl"
by sys tip_event "$T/in/worse.jsonl"
is "$RC $(rate) $(waits)" '0 59/101 0' 'a hit becomes a miss by one person'
line "$(made 302)" T1 HIT "$(corrects "$(event 61)" 2026-05-02T10:00:00Z)" >"$T/in/better.jsonl"
by sys tip_event "$T/in/better.jsonl"
is "$RC $(rate) $(waits)" '0 59/101 1' 'a miss does not become a hit, and waits'
OUT=$(ctl_as games pending)
like "$OUT" 'by unix:sys' 'it is listed with who sent it'
like "$OUT" 'outcome +MISS_DECIDED +HIT +must be confirmed' 'and what it would change'
OUT=$(ctl_as sys confirm "$(made 302)" 2>&1)
like "$?$OUT" 'role device' 'a device decides on nothing'
OUT=$(ctl_as games confirm "$(made 302)")
is "$? $(rate) $(waits)" '0 60/101 0' 'confirmed by another it counts'
# It was one person's word against a miss that somebody had set right.
line "$(made 303)" T1 HIT "$(corrects "$(event 1)" 2026-05-03T10:00:00Z)" >"$T/in/again.jsonl"
by sys tip_event "$T/in/again.jsonl"
is "$RC $(rate) $(waits)" '0 60/101 1' 'nor does a correction undo one that made it worse'
ctl_as mail confirm "$(made 303)" --decline --reason 'it was a miss' >"$T/out"
is "$? $(rate) $(waits)" '0 60/101 0' 'declined by a manager it waits no more'

# A void takes two who were signed in.
# P-702, P-708, P-710
ctl_as games void lane-1 "$(event 62)" --reason 'training session' >"$T/out"
is "$? $(rate) $(waits)" '0 60/101 1' 'a void is proposed'
void=$(ctl pending --json | sed -n 's/^    "record_id": "\(.*\)",*$/\1/p' | head -n 1)
ctl_as games confirm "$void" >"$T/out"
is "$(rate) $(waits)" '60/101 1' 'who proposed it does not confirm it'
# P-112
ctl_must init --is unix:games=ann --is unix:mail=ann
ctl_as mail confirm "$void" >"$T/out" 2>&1
is "$(rate) $(waits)" '60/101 1' 'nor the same person, signed in otherwise'
ctl_must init --is unix:mail=max
ctl_as mail confirm "$void" >"$T/out"
is "$? $(rate) $(waits)" '0 60/100 0' 'somebody else does'
OUT=$(ctl_as sys void lane-1 "$(event 63)" --reason x 2>&1)
unlike "$?" '^0$' 'a device voids nothing'

# One that names a correction is of its root.
# P-703
line "$(made 304)" T1 MISS_TIMEOUT "$(corrects "$(made 301)" 2026-05-04T10:00:00Z)" >"$T/in/chain.jsonl"
by sys tip_event "$T/in/chain.jsonl"
is "$RC $(rate)" '0 60/100' 'a correction of a correction is not counted beside it'
OUT=$(ctl trace "$(event 1)" --source lane-1)
like "$OUT" 'SUPERSEDED' 'a trace says what became of each'
like "$OUT" 'unix:mail' 'and who decided'
OUT=$(ctl trace "$(event 62)" --source lane-1)
like "$OUT" 'training session' 'and why'

# Many at once.
for i in {64..73}; do
	line "$(made "$((400 + i))")" T1 HIT "$(corrects "$(event "$i")" 2026-05-02T10:00:00Z)"
done >"$T/in/many.jsonl"
by sys tip_event "$T/in/many.jsonl"
is "$(rate) $(waits)" '60/100 10' 'ten wait'
ctl_as games -q confirm --all --made-by unix:sys
is "$? $(rate) $(waits)" '0 70/100 0' 'and are confirmed by one command'

# A small entity says that one person suffices, and its document says so.
# P-711
printf 'spd_policy: {approval: THREE_PEOPLE, corrections: ONE_PERSON, declared_by: A. Example, declared_on: 2026-01-15}\n' >"$T/one.yaml"
chmod 644 "$T/one.yaml"
ctl_must init "$T/one.yaml"
line "$(made 501)" T1 HIT "$(corrects "$(event 74)" 2026-05-02T10:00:00Z)" >"$T/in/one.jsonl"
by sys tip_event "$T/in/one.jsonl"
is "$RC $(rate) $(waits)" '0 71/100 0' 'where one person suffices it counts at once'
told=$(/usr/bin/python3 -c 'import json, sys
c = json.load(open(sys.argv[1], encoding="utf-8"))["corrections"]
void = next(r for r in c["rows"] if r["is_void"])
better = next(r for r in c["rows"] if r["record_id"].endswith("000302"))
print(c["total"] == len(c["rows"]), void["made_by"], void["decided_by"], void["reason"], void["standing"],
      better["changes"], better["decided_by"])' "$(spd_json 2026-Q2)")
is "$told" "True unix:games unix:mail training session IN_EFFECT [{'becomes': 'HIT', 'field': 'outcome', 'was': 'MISS_DECIDED'}] unix:games" \
	'the document lists them: old, new, reason and both persons'
mkdir -m 777 "$T/csv"
(cd "$T/csv" && ctl -q spd export 2026-Q2 --format csv --out "$T/csv") >/dev/null
like "$(cat "$T"/csv/*_corrections.csv)" 'Correction,tip_event,lane-1,.*outcome: MISS_DECIDED\, now HIT|outcome: MISS_DECIDED, now HIT' 'and so does a sheet of its own'
like "$(cat "$(spd_json 2026-Q2)")" '"corrections": ?"ONE_PERSON"' 'and the document says so'
line "$(made 502)" T2 HIT "$(corrects "$(event 75)" 2026-05-02T10:00:00Z)" >"$T/in/other.jsonl"
by man tip_event "$T/in/other.jsonl"
is "$(rate)" 71/100 'rights stay as they are'
is "$(sql 'SELECT count(*) FROM sems.ruling r WHERE r.until IS NULL AND NOT EXISTS (
	SELECT FROM sems.rulings_of(r.root_source, r.root_record_id) n
	WHERE (n.record_id, n.source, n.kind, n.why) = (r.record_id, r.source, r.kind, r.why))')" 0 \
	'what is kept of each family is what its records say'
like "$(ctl_as bin pending 2>&1)" 'role device' 'what waits is not for devices'

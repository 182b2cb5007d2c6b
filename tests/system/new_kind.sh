# A migration that adds a record kind, as daemon/DESIGN.md says it is written: what follows from the
# table follows.
. "$(dirname "$0")/lib.sh"
plan 7

# As migrations run.
sql() { # statements
	"${AS_USER[@]}" psql -qAt -v ON_ERROR_STOP=1 -h "$DIR/run" -d sems -c "SET ROLE sems_owner" -c "$1" 2>&1
}

start_daemon || exit 1
ctl_must init --entity Northfield --zone Europe/London --site NFD --source lane-1
is "$(sql "$(sed -n '/^CREATE TABLE sems\.escort/,/^INSERT INTO sems\.retention_policy/p' daemon/DESIGN.md)")" '' \
	"the design's migration is accepted"
is "$(sql "SELECT array_agg(attname ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'sems.escort'::regclass AND attnum BETWEEN 1 AND 25")" \
	"$(sql "SELECT array_agg(attname ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'sems.heartbeat'::regclass AND attnum BETWEEN 1 AND 25")" \
	'its table begins with the envelope of the others'
id=019de2fb-1900-8d11-9f00-7c1a2b3c4d5e
at="'2026-05-01 10:00Z'"
sql "INSERT INTO sems.spd_policy (approval, corrections, declared_by, declared_on) VALUES ('THREE_PEOPLE', 'ONE_PERSON', 'a', now());
SELECT sems.make_partition('escort', $at);
INSERT INTO sems.escort (record_id, source, occurred_at, route, received_at, received_from)
    VALUES ('$id', 'lane-1', $at, 'north', now(), 'test'), ('019de2fb-1900-8d11-9f00-000000000002', 'lane-1', $at, 'south', now(), 'test');
INSERT INTO sems.escort (record_id, source, occurred_at, route, received_at, received_from, received_as, corrects_record_id,
    corrected_at) VALUES ('019de2fb-1900-8d11-9f00-000000000003', 'lane-1', $at, 'east', now(), 'test', 'admin', '$id', now());" >/dev/null
is "$(sql "SET ROLE sems_compute; SELECT string_agg(route, ' ' ORDER BY route) FROM sems.effective_escort")" 'east south' \
	'its corrections are folded'
is "$(sql "SET ROLE sems_compute; SELECT count(*) FROM sems.spd_escort WHERE measure IS NULL")" 2 'metrics can count it'
is "$(sql "SELECT count(*) FILTER (WHERE correction), count(*) FROM sems.spd_received WHERE kind = 'escort'")" '1|3' \
	'it is among what was received'
is "$(sql "SET sems.read_until = '0'; SET sems.in_flight = '{}'; SET sems.not_then = '{}'; SELECT count(*) FROM sems.then_spd_escort")
$(sql "SELECT set_config('sems.read_until', s.read_until::text, false), set_config('sems.in_flight', '{}', false),
    set_config('sems.not_then', '{019de2fb-1900-8d11-9f00-000000000003}', false) FROM sems.this_snapshot() AS s;
SELECT string_agg(route, ' ' ORDER BY route) FROM sems.then_effective_escort" | tail -1)" \
	'0
north south' 'and what a freeze read of it'
stop_daemon
start_daemon && ok 'semsd starts on it'

# A calendar of rules that the zone's government has changed since is told, and mended for what is to come alone.
. "$(dirname "$0")/lib.sh"
plan 18

sql() { # statement
	"${AS_USER[@]}" psql -qAt -v ON_ERROR_STOP=1 -h "$DIR/run" -U postgres -d sems -c "$1" 2>&1
}
send() { # number
	printf 'occurred_at,site_id,device_id,outcome,source_record_id\n%s,NFD,X1,HIT,%s\n' \
		"$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$1" >"$T/$1.csv"
	chmod 644 "$T/$1.csv"
	ctl_get send -S lane-1 tip_event "$T/$1.csv"
}
rows() { sql 'SELECT record_id, sems.quarter_of(occurred_at), tableoid::regclass FROM sems.tip_event ORDER BY record_id'; }

start_daemon || exit 1
ctl_must init --entity Northfield --zone America/Mexico_City --site NFD --source lane-1
ctl_get calendar
like "$OUT" '^Every day begins as the rules of America/Mexico_City say today' 'a new calendar is as the rules say'
stop_daemon

# As if it had been set up before: every day begins an hour early.
start_daemon || exit 1
sql "DO \$\$ DECLARE p regclass; BEGIN
	FOR p IN SELECT partition FROM sems.evidence_month LOOP EXECUTE format('DROP TABLE %s', p); END LOOP; END \$\$;
	UPDATE sems.civil_day SET starts_at = starts_at - interval '1 hour', ends_at = ends_at - interval '1 hour';
	SELECT sems.make_partitions_ahead(3)" >/dev/null
stop_daemon
start_daemon || exit 1
told() { ctl status | grep -q "THE CALENDAR IS NOT TODAY'S"; }
if wait_for 60 told; then ok 'status tells that after a start'; else not_ok 'status tells that after a start'; fi
send 1
is "$RC" 0 'a record is taken'
before=$(rows)
ctl_get calendar
is "$RC" 0 'it is told'
like "$OUT" '^Days that differ and may be mended' 'with the days that may be mended'
like "$OUT" '^Days that differ and stay as they are' 'and those that stay'
like "$OUT" '^Quarters with such days' 'and the quarters they are in'
ctl_get calendar --apply --yes
is "$RC" 2 'it is not changed without a reason'
ctl_get calendar --apply --reason 'Mexico ended summer time'
is "$RC $(sql 'SELECT count(*) FROM sems.calendar_change')" '2 0' 'nor without a yes'
like "$ERR" 'nothing was changed; say --yes' 'and that is said'
ctl_get calendar --apply --reason 'Mexico ended summer time' --yes
is "$RC" 0 'with both it is changed'
like "$OUT" 'days from .* on begin as the rules of America/Mexico_City say today\.$' 'which days are is told'
if told; then not_ok 'status has nothing more to tell'; else ok 'status has nothing more to tell'; fi
is "$(rows)" "$before" 'the record is where it was'
is "$(sql "SELECT count(*) FROM sems.evidence_month m JOIN pg_class c ON c.oid = m.partition WHERE
	pg_get_expr(c.relpartbound, c.oid) <> format('FOR VALUES FROM (%L) TO (%L)', m.starts_at, m.ends_at)")" 0 \
	'every partition has the bounds of its month'
send 2
is "$RC $(sql 'SELECT count(*) FROM sems.tip_event')" '0 2' 'another record is taken'
ctl_get calendar
like "$OUT" 'Mexico ended summer time' 'who changed it and why is listed'
ctl_get calendar --apply --reason again --yes
is "$RC" 4 'a second time there is nothing to change'

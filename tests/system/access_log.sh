# The access log from outside: whatever somebody alters, removes, moves or rewrites in the database is found, two
# who write at once and one who takes it back break nothing, and the register of a day is told.
. "$(dirname "$0")/lib.sh"
plan 22

start_for_users
ctl_must init --entity Northfield --zone Europe/London --site T1='Terminal 1' --source lane-1 \
	--role unix:games=compliance --role unix:mail=auditor --person unix:games="Ann Hale, Compliance"
sql() { # statement
	"${AS_USER[@]}" psql -qAt -v ON_ERROR_STOP=1 -h "$DIR/run" -d sems -c "$1" 2>&1
}
behind() { # statement: as somebody whom no trigger stops
	sql "SET session_replication_role = replica; $1"
}
verify() { # more...
	OUT=$(ctl log --verify "$@" 2>&1)
	RC=$?
}
head_of() { echo "$OUT" | sed -n 's/^The head is \(.*\)\.$/\1/p'; }

# P-962
OUT=$(ctl_as games log --what register.site)
like "$OUT" 'unix:[a-z]+ +register.site +T1' 'a change of the set-up is listed with who made it'
OUT=$(ctl_as mail log 2>&1)
is "$?" 4 'an auditor does not read it'
ctl_as games init --site T1='Terminal One' >/dev/null
like "$(ctl log --who 'Ann Hale')" 'name Terminal 1 +name Terminal One' 'a person is found by name, with what was and is'
verify
is "$RC" 0 'it is whole'

# Two who write at once, beside who links, and one who takes back what he did.
for w in 1 2; do
	(for i in {1..60}; do echo "INSERT INTO sems.provider VALUES ('w$w-$i', 'x');"; done |
		"${AS_USER[@]}" psql -qAt -h "$DIR/run" -d sems) &
	writers[w]=$!
done
for i in {1..8}; do ctl log --limit 1 >/dev/null; done
wait "${writers[@]}"
sql "BEGIN; INSERT INTO sems.provider VALUES ('gone', 'x'); ROLLBACK" >/dev/null
verify
is "$RC $(ctl log --what register.provider --all --json | grep -c '"what"')" '0 120' 'each change of two at once is there, once, in one chain'
OUT=$(ctl log --verify)
noted=$(head_of)
verify --head "$noted"
like "$RC ${OUT//$'\n'/ }" "^0 .*$noted is in it" 'a head that was noted is in it'

# A frozen document has the head, which every format prints.
ctl_must spd freeze 2026-Q2
mkdir -m 777 "$T/csv"
ctl -q spd export 2026-Q2 --revision 1 --format csv --output "$T/csv" >/dev/null
printed=$(cat "$T"/csv/*.csv | grep -o 'Access log then,[0-9]*:[0-9a-f]*' | cut -d, -f2)
verify --head "$printed"
like "$RC $printed" '^0 [0-9]+:[0-9a-f]{64}$' 'a frozen document prints a head that is in it'
is "$(ctl log --what spd. --json | sed -n 's/^ *"what": "\(.*\)",*$/\1/p' | tr '\n' ' ')" 'spd.export spd.freeze ' \
	'and freezing and handing out are entries'

verify
noted=$(head_of)

# P-963: whoever stops the triggers.
number=$(sql "SELECT number FROM sems.access_link JOIN sems.access_log USING (entry_id) WHERE who = 'unix:games'")
sql 'CREATE TABLE kept AS TABLE sems.access_link' >/dev/null
keep="SET session_replication_role = replica; CREATE TABLE was AS SELECT entry_id, line FROM sems.access_log"
sql "$keep" >/dev/null
mend() {
	behind "UPDATE sems.access_log a SET line = w.line FROM was w WHERE w.entry_id = a.entry_id;
		DELETE FROM sems.access_link; INSERT INTO sems.access_link TABLE kept;
		INSERT INTO sems.access_log (entry_id, line) OVERRIDING SYSTEM VALUE
		SELECT * FROM was w WHERE NOT EXISTS (SELECT FROM sems.access_log a WHERE a.entry_id = w.entry_id)" >/dev/null
}
behind "UPDATE sems.access_log SET line = replace(line, 'unix:games', 'unix:mail') WHERE who = 'unix:games'"
verify
like "$RC ${OUT//$'\n'/ }" "^1 .*Entry $number is not what was written" 'who else did it is found'
ctl spd verify 2026-Q2 >"$T/out" 2>&1
like "$? $(tr '\n' ' ' <"$T/out")" '^[1-9] .*verifying the log' 'also by whoever verifies the document'
mend
behind "DELETE FROM sems.access_log WHERE who = 'unix:games'"
verify
like "$RC ${OUT//$'\n'/ }" "^1 .*Entry $number has lost what it said" 'and an entry that is gone'
mend
behind "DELETE FROM sems.access_link WHERE number = $number"
verify
like "$RC ${OUT//$'\n'/ }" "^1 .*Entry $number is not there" 'and a link that is'
mend
behind "DELETE FROM sems.access_link WHERE number = $number;
	UPDATE sems.access_link SET number = number - 1 WHERE number > $number" >/dev/null 2>&1
verify
is "$RC" 1 'and one that the others closed up to'
mend
behind "UPDATE sems.access_log a SET line = b.line FROM sems.access_link la, sems.access_link lb, sems.access_log b
	WHERE a.entry_id = la.entry_id AND b.entry_id = lb.entry_id AND la.number + lb.number = 2 * $number + 1
	AND la.number BETWEEN $number AND $number + 1"
verify
like "$RC ${OUT//$'\n'/ }" "^1 .*Entry $number is not what was written" 'and two that changed places'
mend
verify --head "$noted"
is "$RC" 0 'which are back'
behind 'DELETE FROM sems.access_log a USING sems.access_link l WHERE l.entry_id = a.entry_id AND l.number =
	(SELECT max(number) FROM sems.access_link); DELETE FROM sems.access_link WHERE number = (SELECT max(number) FROM sems.access_link)'
verify
is "$RC" 0 'without its newest entry it is whole'
verify --head "$noted"
like "$RC ${OUT//$'\n'/ }" "^1 .*$noted is no head of this log" 'and does not have the head that was noted'
mend
behind "UPDATE sems.access_log SET line = replace(line, 'unix:games', 'unix:mail') WHERE who = 'unix:games';
	DELETE FROM sems.access_link; INSERT INTO sems.access_unlinked SELECT entry_id FROM sems.access_log"
verify
is "$RC" 0 'all of it written anew is whole'
verify --head "$noted"
is "$RC" 1 'and has another head'
mend

# P-964
ctl setup show >"$T/setup.yaml"
chmod 644 "$T/setup.yaml"
OUT=$(ctl init "$T/setup.yaml" 2>&1)
is "$?" 0 'what is set up is a file for semsctl init'
before=$(ctl log --json --limit 1 | grep '"number"')
ctl_must init "$T/setup.yaml"
is "$(ctl log --json --limit 1 | grep '"number"')" "$before" 'which changes nothing'
like "$(ctl setup show --as-of 2020-01-01)" 'Nothing was set up at the end of 2020-01-01' 'before the first set-up there was none'

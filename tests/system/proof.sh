# What is frozen can be proved: every record, by the daemon and by another program; and a bundle, by
# nobody but itself.
. "$(dirname "$0")/lib.sh"
plan 53

psql_do() { # statement
	"${AS_USER[@]}" env PGOPTIONS='-c timezone=UTC' psql -qAtX -v ON_ERROR_STOP=1 -h "$DIR/run" -U postgres -d sems \
		-c "SET session_replication_role = replica" -c "$1" 2>&1
}
json_at() { # file path...
	/usr/bin/python3 -c 'import json, sys
v = json.load(open(sys.argv[1]))
for k in sys.argv[2:]:
    v = v[int(k)] if k.isdigit() else v[k]
print(json.dumps(v) if isinstance(v, (dict, list, bool)) or v is None else v)' "$@" 2>/dev/null
}
# Verifies; $T/report has what it says.
verify() { ctl spd verify 2026-Q2 --json >"$T/report" 2>"$T/stderr"; }
finding() { json_at "$T/report" findings 0 "$1"; }

start_daemon || exit 1
ctl_must -q simulate --register --quarter 2026-Q2 --scale 0.01 --lanes 1 --sites 1 || exit 1
site=$(psql_do 'SELECT min(site_id) FROM sems.site')
source=$(psql_do 'SELECT min(source) FROM sems.source')
printf 'occurred_at,site_id,mode,outcome,embargo,source_record_id\n2026-05-20T10:00:00Z,%s,COVERT,FAIL,true,hush-1\n' \
	"$site" >"$T/hush.csv"
chmod 644 "$T/hush.csv"
ctl_must send -S "$source" test "$T/hush.csv" || exit 1
# Records that a correction, or a plan's period, brought into the quarter; what takes them out again came
# before. The third is taken out only after the freeze.
moved() { # kind last-digits occurred_at more...
	local kind=$1 id=$2 at=$3
	shift 3
	id=$(/usr/bin/python3 -c 'import datetime, sys
t = "%012x" % round(datetime.datetime.fromisoformat(sys.argv[1].replace("Z", "+00:00")).timestamp() * 1000)
print(f"{t[:8]}-{t[8:]}-8000-8000-00000000{sys.argv[2]}")' "$at" "$id")
	printf '{"record_id":"%s","source":"%s","occurred_at":"%s"%s}\n' "$id" "$source" "$at" "$*" >"$T/moved.jsonl"
	chmod 644 "$T/moved.jsonl"
	ctl_must send --json "$kind" "$T/moved.jsonl"
	MOVED=$id
}
seen=",\"site_id\":\"$site\",\"mode\":\"OVERT\",\"criteria\":[{\"criterion_id\":\"c\",\"result\":\"MET\"}]"
corrects() { # id corrected_at
	printf ',"corrects_record_id":"%s","corrected_at":"%s","correction_reason":"wrong"' "$@"
}
out() { # id corrected_at
	corrects "$@"
	printf ',"recorded_by":"P-1"'
}
moved plan 0001 2026-02-02T09:00:00Z ",\"site_id\":\"$site\",\"plan_id\":\"p\",\"what\":\"TESTS\",\"planned_count\":7,\"period_start\":\"2026-04-30T23:00:00Z\",\"period_end\":\"2026-05-31T23:00:00Z\""
moved void 0002 2026-02-02T09:00:00Z "$(out "$MOVED" 2026-07-02T09:00:00Z)"
voids=$MOVED
moved observation 0003 2026-02-03T09:00:00Z "$seen"
root=$MOVED
moved observation 0004 2026-04-03T09:00:00Z "$seen$(corrects "$root" 2026-07-01T09:00:00Z)"
moved observation 0005 2026-02-03T10:00:00Z "$seen$(corrects "$root" 2026-07-02T09:00:00Z)"
back=$MOVED
moved observation 0006 2026-02-04T09:00:00Z "$seen"
third=$MOVED
moved observation 0007 2026-04-04T09:00:00Z "$seen$(corrects "$third" 2026-07-01T09:00:00Z)"
moved observation 0008 2026-02-05T09:00:00Z "$seen"
fourth=$MOVED
moved observation 0009 2026-02-05T10:00:00Z "$seen$(corrects "$fourth" 2026-07-01T09:00:00Z)"
ctl_must spd freeze 2026-Q2 --early 'a test' --exclude-embargoed 'a test' || exit 1

# --- the records ------------------------------------------------------------------------------------
verify
is "$?" 0 'a revision that nobody touched is sound'
folder=$(mktemp -d "$T/out.XXXXXX") && [ "$(id -u)" != 0 ] || chown "$TEST_USER" "$folder"
ctl_must spd export 2026-Q2 --revision 1 --format json --output "$folder"
document=$(find "$folder" -name '*spd.json')
is "$(/usr/bin/python3 -B "$TREE/tests/system/lib_proof.py" "$document" "${AS_USER[@]}" \
	env PGOPTIONS='-c timezone=UTC' psql -qAtX -v ON_ERROR_STOP=1 -h "$DIR/run" -U postgres -d sems 2>&1)" \
	"$(json_at "$T/report" root)" 'another program computes the same root from the stored rows'

for id in "$voids" "$back"; do
	kind=void && [ "$id" = "$voids" ] || kind=observation
	psql_do "CREATE TABLE sems.kept AS SELECT * FROM sems.$kind WHERE record_id = '$id';
		DELETE FROM sems.$kind WHERE record_id = '$id'" >/dev/null
	verify
	is "$? $(finding what) $(finding record_id)" "1 missing $id" \
		"what keeps a record out of the quarter is named when it is gone ($kind)"
	psql_do "INSERT INTO sems.$kind SELECT * FROM sems.kept; DROP TABLE sems.kept" >/dev/null
done
like "$(ctl spd diff 2026-Q2)" 'No record came since' 'and did not come since the freeze'
# F37: one cell of one record at a time, at random, and put back.
psql_do 'CREATE TABLE sems.spare (LIKE sems.tip_event)' >/dev/null
for n in 1 2 3 4 5 6; do
	IFS='|' read -r kind column id <<<"$(psql_do "SELECT k.kind, a.attname, r.id FROM (SELECT kind FROM sems.kind
	    WHERE kind IN ('observation', 'audit', 'tip_event', 'tip_session', 'activity', 'equipment_check')
	    ORDER BY random() LIMIT 1) AS k,
	    LATERAL (SELECT attname FROM pg_attribute WHERE attrelid = ('sems.' || k.kind)::regclass AND attnum > 0
	    AND atttypid = 'text'::regtype AND attname <> 'source' ORDER BY random() LIMIT 1) AS a,
	    LATERAL (SELECT (xpath('/table/row/record_id/text()', query_to_xml(format('SELECT record_id FROM sems.%I
	    WHERE occurred_at BETWEEN ''2026-04-02'' AND ''2026-06-29'' ORDER BY random() LIMIT 1', k.kind), false, false,
	    '')))[1]::text AS id) AS r")"
	old=$(psql_do "UPDATE sems.$kind SET \"$column\" = coalesce(\"$column\", '') || '~' WHERE record_id = '$id' RETURNING 1")
	verify
	is "$? $(finding what) $(finding kind) $(finding record_id)" "1 altered $kind $id" \
		"a changed cell is named ($n)"
	psql_do "UPDATE sems.$kind SET \"$column\" = nullif(left(\"$column\", -1), '') WHERE record_id = '$id'" >/dev/null
	[ -n "$old" ] || not_ok 'the cell was changed'
done
verify
is "$?" 0 'and nothing once it is put back'

id=$(psql_do "SELECT record_id FROM sems.tip_event WHERE occurred_at < '2026-06-01' ORDER BY random() LIMIT 1")
psql_do "UPDATE sems.tip_event SET received_at = received_at + interval '1 microsecond' WHERE record_id = '$id'" >/dev/null
verify
is "$? $(finding what) $(finding record_id)" "1 altered $id" 'also when it was received is proved'
psql_do "UPDATE sems.tip_event SET received_at = received_at - interval '1 microsecond' WHERE record_id = '$id'" >/dev/null
psql_do "INSERT INTO sems.spare SELECT * FROM sems.tip_event WHERE record_id = '$id'" >/dev/null
psql_do "DELETE FROM sems.tip_event WHERE record_id = '$id'" >/dev/null
verify
is "$? $(finding what) $(finding record_id)" "1 missing $id" 'a record that is gone is named'
ctl_get trace "$id"
like "$OUT" 'not stored any more' 'and traced to the revision that had it'
like "$OUT" '2026-Q2 +1 ' 'by its leaf'
psql_do "INSERT INTO sems.tip_event SELECT * FROM sems.spare" >/dev/null
new=$(psql_do "SELECT overlay('$id' PLACING 'ffff' FROM 15 FOR 4)")
psql_do "UPDATE sems.spare SET record_id = '$new'; INSERT INTO sems.tip_event SELECT * FROM sems.spare" >/dev/null
verify
is "$? $(finding what) $(finding record_id)" "1 added $new" 'a record that was put in is named'
like "$(ctl spd diff 2026-Q2)" "^added .*$new" 'to those who look at what came since, too'
like "$(ctl trace "$new")" '^2026-Q2 +1 .* added ' 'and when it is traced'
psql_do "DELETE FROM sems.tip_event WHERE record_id = '$new'" >/dev/null
hit=$(psql_do "SELECT min(record_id::text) FROM sems.effective_tip_event WHERE occurred_at BETWEEN '2026-04-02' AND '2026-06-29' AND outcome = 'HIT'")
outcome() { # outcome
	psql_do "UPDATE sems.tip_event SET outcome = '$1' WHERE record_id = '$hit';
		INSERT INTO sems.touched_day (kind, since, until) VALUES ('tip_event', '-infinity', 'infinity')" >/dev/null
}
outcome MISS_DECIDED
like "$(ctl spd diff 2026-Q2)" 'or a record was changed: semsctl spd verify tells' 'figures that differ for no record that came are no riddle'
outcome HIT
ctl_get spd verify 2026-Q2
like "$OUT" 'Nothing was altered, nothing is missing, nothing was added' 'and it is said when all is well'

# --- a late record ----------------------------------------------------------------------------------
printf 'occurred_at,site_id,device_id,outcome,source_record_id\n2026-05-02T09:00:00Z,%s,%s,HIT,late-1\n' \
	"$(psql_do "SELECT min(site_id) FROM sems.tip_event")" "$(psql_do "SELECT min(device_id) FROM sems.tip_event")" >"$T/late.csv"
chmod 644 "$T/late.csv"
ctl_must send -S "$source" tip_event "$T/late.csv"
ctl_get spd verify 2026-Q2
is "$RC" 0 'a record that came late is no fault'
like "$OUT" '^1 record came after the freeze' 'and is said to be late'
late=$(printf '%s\n' "$OUT" | sed -n 's/^late .* \([0-9a-f-]\{36\}\) .*/\1/p')
moved void 000a 2026-02-04T09:00:00Z "$(out "$third" 2026-07-05T09:00:00Z)"
like "$(ctl spd diff 2026-Q2)" "VOID .*$MOVED" 'a void of what was moved into the quarter is a reason of the difference'
moved observation 000b 2026-04-05T09:00:00Z "$seen$(corrects "$fourth" 2026-07-05T09:00:00Z)"
verify
is "$? $(/usr/bin/python3 -c 'import json, sys
print(*sorted(f["what"] + " " + f["record_id"][-4:] for f in json.load(open(sys.argv[1]))["findings"]))' "$T/report")" \
	"0 late 000a late 000b late ${late: -4}" 'who is moved into it later brings no earlier record in'

# --- from figures to records and back ------------------------------------------------------------
ctl_get spd explain 2026-Q2 OUT03 --json
printf '%s' "$OUT" >"$T/now"
is "$(json_at "$T/now" records sums numerator)" "$(json_at "$T/now" figure numerator)" 'the records of a figure add up to it'
is "$(json_at "$T/now" records agrees)" true 'above and below'
ctl_get spd explain 2026-Q2 OUT03 --all --json
printf '%s' "$OUT" >"$T/all"
is "$(/usr/bin/python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))["records"]
print(len(r["list"]) == r["count"] == len({x["record_id"] for x in r["list"]}),
      sum(x["counts"].get("numerator") or 0 for x in r["list"]) == r["sums"]["numerator"])' "$T/all")" 'True True' \
	'page by page each of them is listed once'
site=$(json_at "$T/now" records list 0 site)
ctl_get spd explain 2026-Q2 OUT03 "site=$site" --json
printf '%s' "$OUT" >"$T/site"
is "$(json_at "$T/site" records sums denominator)" "$(json_at "$T/site" figure denominator)" 'a figure by site has its own'
ctl_get spd explain 2026-Q2 OUT03 --revision 1 --json
printf '%s' "$OUT" >"$T/frozen"
is "$(json_at "$T/frozen" records agrees) $(json_at "$T/frozen" records sums denominator)" "true $(json_at "$T/frozen" figure denominator)" \
	'the records of a frozen figure are those of then'
is "$(json_at "$T/frozen" changed count) $(json_at "$T/frozen" changed list 0 how)" '1 ADDED' 'the late one is beside them'
ctl_get spd explain 2026-Q2 OUT03 --revision 1
like "$OUT" '^came +[0-9-]+ ' 'and shown with what it changed'
ctl_get spd explain 2026-Q2 OUT03
like "$OUT" 'tip_event where outcome is HIT' 'the definition is shown in its conditions'
id=$(json_at "$T/now" records list 0 record_id)
ctl_get trace "$id"
like "$OUT" 'OUT03' 'a record is traced to the metrics that count it'
like "$OUT" '^2026-Q2 +1 ' 'and to the revisions that have it'
hidden=$(psql_do 'SELECT record_id FROM sems.embargoed_test LIMIT 1')
ctl_get spd explain 2026-Q2 OUT01 --all
unlike "$OUT" "${hidden:-.}" 'no test under embargo is among the records of a figure'
ctl_get trace "${hidden:-.}"
like "$OUT" '^2026-Q2 +1 ' 'but its leaf is among those of the freeze'
ctl_get spd explain 2026-Q2 OUT99
is "$RC" 4 'a metric that is none is refused'
ctl_get trace nonsense
is "$RC" 2 'an id that is none, too'

# --- the bundle -------------------------------------------------------------------------------------
ctl_must spd export 2026-Q2 --revision 1 --format bundle --output "$folder"
bundle=$(find "$folder" -name '*.zip')
again=$(mktemp -d "$T/out.XXXXXX") && [ "$(id -u)" != 0 ] || chown "$TEST_USER" "$again"
ctl_must spd export 2026-Q2 --revision 1 --format bundle --output "$again"
if cmp -s "$bundle" "$(find "$again" -name '*.zip')"; then ok 'exported twice it has the same bytes'; else
	not_ok 'exported twice it has the same bytes'
fi
key=$(ctl key --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["signs"])')
ctl key show "$key" >"$T/key.pem" && chmod 644 "$T/key.pem"
stop_daemon
SEMSD_SOCKET=/nowhere ctl_get verify --key "$T/key.pem" "$bundle"
is "$RC" 0 'a bundle is checked without a daemon'
like "$OUT" "^Sound: 2026-Q2 revision 1, DRAFT, root $(json_at "$T/report" root)" 'down to the root'

mkdir "$T/open" && /usr/bin/python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])' "$bundle" "$T/open"
chmod -R a+rX "$T/open"
is "$(cd "$T/open" && openssl pkeyutl -verify -pubin -inkey "$T/key.pem" -rawin -in spd.json -sigfile spd.sig)" \
	'Signature Verified Successfully' 'openssl alone verifies the document'
is "$(cd "$T/open" && openssl pkeyutl -verify -pubin -inkey "$T/key.pem" -rawin -in MANIFEST.json -sigfile MANIFEST.sig)" \
	'Signature Verified Successfully' 'and the manifest'
ctl_get verify "$T/open"
is "$RC" 0 'an unpacked bundle is checked, too'
like "$OUT" 'compare it with what the sender published' 'without a key of somebody else, that is said'

# One byte of each file in turn, then one taken away and one put in.
bad=''
for f in "$T"/open/*; do
	cp "$f" "$T/kept"
	/usr/bin/python3 -c 'import random, sys
b = bytearray(open(sys.argv[1], "rb").read())
b[random.randrange(len(b))] ^= 1
open(sys.argv[1], "wb").write(b)' "$f"
	ctl_get verify --key "$T/key.pem" "$T/open"
	[ "$RC" = 1 ] || bad="$bad $(basename "$f"):$RC"
	cat "$T/kept" >"$f"
done
is "$bad" '' 'one bit changed in any of its files is found'
ctl_get verify "$T/open"
is "$RC" 0 'and nothing once they are put back'
echo x >"$T/open/more.txt" && chmod 644 "$T/open/more.txt"
ctl_get verify "$T/open"
like "$RC $OUT" 'more.txt is not in the manifest' 'a file that was put in is found'
rm "$T/open/more.txt" && mv "$T/open/declaration.json" "$T/kept"
ctl_get verify "$T/open"
like "$RC $OUT" 'declaration.json is missing' 'and one that was taken away'
mv "$T/kept" "$T/open/declaration.json"
openssl genpkey -algorithm ed25519 2>/dev/null | openssl pkey -pubout >"$T/other.pem" 2>/dev/null
chmod 644 "$T/other.pem"
ctl_get verify --key "$T/other.pem" "$T/open"
like "$RC $OUT" '^1 .*none of those given' 'a bundle that another key signed is not taken for ours'
head -c 1000 "$bundle" >"$T/short.zip" && chmod 644 "$T/short.zip"
ctl_get verify "$T/short.zip"
is "$RC" 2 'a torn file is no bundle'

# --- what a superuser cannot forge ------------------------------------------------------------------
start_daemon || exit 1
psql_do "ALTER TABLE sems.spd_revision DROP CONSTRAINT spd_revision_check;
	UPDATE sems.spd_revision SET document = replace(document, '\"revision\":1', '\"revision\": 1')" >/dev/null
verify
like "$(json_at "$T/report" checks)" 'did not sign this document' 'a document that was changed is not what was signed'

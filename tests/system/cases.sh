# Findings and actions by several accounts: told by whoever is signed in, verified by somebody else, kept in a spreadsheet
# and in a calendar.
. "$(dirname "$0")/lib.sh"
plan 32

start_for_users
cat >"$T/entity.yaml" <<'YAML'
entity: Northfield
zone: Europe/London
sites: [{id: T1}]
principals:
  - {principal: "unix:sys", role: supervisor}
  - {principal: "unix:games", role: compliance}
  - {principal: "unix:mail", role: manager}
YAML
chmod 644 "$T/entity.yaml"
ctl_must init "$T/entity.yaml"
mkdir -m 777 "$T/in"
# What somebody's command says, and how it ended.
by() { # user argument...
	OUT=$(cd "$T/in" && ctl_as "$@" 2>&1)
	RC=$?
}
F="F-$(date +%Y)-001"
A="A-$(date +%Y)-001"

# P-1340, P-1348
by sys finding raise --title 'No mirror at lane 3' --origin INSPECTION --severity SERIOUS --site T1 --owner unix:sys \
	--on 2026-03-02
is "$RC $OUT" "0 $F is OPEN" 'a finding has a number'
by sys action add --finding "$F" --title 'Mount a mirror' --type CORRECTIVE --owner unix:sys --due 2026-04-10 \
	--priority HIGH --on 2026-03-03
is "$RC $OUT" "0 $A is OPEN" 'an action has one, too'
by sys action start "$A" --on 2026-03-04
is "$RC $OUT" "0 $A is IN_PROGRESS" 'it is begun'
by sys action extend "$A" --due 2026-05-10
is "$RC" 4 'an extension says why'
like "$OUT" 'reason: is missing' 'and is refused by that word'
by sys action extend "$A" --due 2026-05-10 --reason 'parts are late' --on 2026-04-01
is "$RC $OUT" "0 $A is IN_PROGRESS" 'with a reason it is agreed'
# P-1343, P-1352
by games action verify "$A" --text 'seen'
is "$RC" 4 'what nobody said is done cannot be verified'
like "$OUT" "$A is IN_PROGRESS and cannot be verified: VERIFY follows DONE_CLAIMED, by auditor, compliance or manager" \
	'which names state, event and whose it is'
# P-1357
echo 'a photograph' >"$T/in/photo.jpg"
by sys action claim "$A" --text 'mounted' --file photo.jpg --on 2026-04-20
is "$RC $OUT" "0 $A is DONE_CLAIMED" 'its owner says that it is done'
by games action show "$A"
like "$OUT" "evidence: sha256:$(sha256sum "$T/in/photo.jpg" | cut -d' ' -f1)" 'with a file, by its digest'
by games action verify "$A" --text 'seen' --on 2026-04-21
is "$RC $OUT" "0 $A is VERIFIED_EFFECTIVE" 'another person verifies it'
by mail action close "$A" --on 2026-04-22
is "$RC $OUT" "0 $A is CLOSED" 'and it is closed'

# A day is told as its noon at the airport, which has summer time then; today may be told in the morning, too.
by mail action show "$A" --json
like "$OUT" '"valid": "2026-04-20T11:00:00.000Z"' "a day is its noon in the entity's zone"
by mail action note "$A" --text 'seen once more' --on "$(TZ=Europe/London date +%F)"
is "$RC" 0 'today is told at any hour'
by mail action note "$A" --text 'seen once more' --on 2099-01-01
is "$RC" 4 'what has not come yet is refused'

# P-1354
by mail action list --as-of 2026-03-03 --known-by 2099-01-01 --json
like "$OUT" '"state": "OPEN"' 'as of a day it is what it was'
by mail action list --as-of 2026-03-03
is "$OUT" 'There is none.' 'and as known by that day it is not there'

# A spreadsheet of another house, and the list that comes out.
cat >"$T/in/register.csv" <<'CSV'
ref,title,type,owner,original_due,priority,text
7,"=Fence, north",PREVENTIVE,unix:sys,2026-06-30,LOW,"a text
of two lines"
8,Lamp,CORRECTIVE,unix:sys,2026-05-31,HIGH,
9,Door,CORRECTIVE,nobody,2026-05-31,HIGH,
CSV
by games action import register.csv
like "$OUT" '^2 made, 0 changed, 0 as they were, 1 refused$' 'a register comes in, but for what names nobody'
is "$RC" 1 'which the exit status says'
by games action import register.csv
like "$OUT" '^0 made, 0 changed, 2 as they were, 1 refused$' 'the same file again changes nothing'
by games action list --csv all.csv
is "$RC" 0 'the list goes out'
by games action import all.csv
is "$RC $OUT" '0 0 made, 0 changed, 3 as they were, 0 refused' 'and comes in again without a change'
sed -i 's/Lamp/Lamp at the gate/' "$T/in/all.csv"
by games action import all.csv
is "$RC $OUT" '0 0 made, 1 changed, 2 as they were, 0 refused' 'what was changed in it is changed'
# Changed back by hand, and once more by the file.
LAMP="A-$(date +%Y)-003"
by games action change "$LAMP" --title Lamp
by games action import all.csv
is "$RC $OUT" '0 0 made, 1 changed, 2 as they were, 0 refused' 'what was changed back since is changed again'

# P-1356
by games due --ics due.ics
is "$RC" 0 'what is due is written for calendars'
is "$(grep -c '^BEGIN:VEVENT' "$T/in/due.ics") $(grep '^DTSTART' "$T/in/due.ics" | tr -d '\r' | tr '\n' ' ')" \
	'2 DTSTART;VALUE=DATE:20260531 DTSTART;VALUE=DATE:20260630 ' 'a whole day for each that is not over, in order'
is "$(LC_ALL=C awk '!/\r$/ || length > 76' "$T/in/due.ics" | wc -l)" 0 'in lines of 75 octets that end as they should'
cp "$T/in/due.ics" "$T/in/before.ics"
by games due --ics due.ics
is "$(cmp "$T/in/due.ics" "$T/in/before.ics" 2>&1)" '' 'the same register gives the same file'
ctl_must log --what case. --json
like "$OUT" 'case.verify' 'all of it is in the access log'

# P-1360: a figure that is not met, why, and what is done about it, in one step.
ctl_must spd freeze 2026-Q1
by games spd comment 2026-Q1 CA02 'the fence was forgotten' --action 'Mend the fence' --owner unix:sys
is "$RC" 2 'an action takes an owner and a day'
by games spd comment 2026-Q1 CA02 'the fence was forgotten' --action 'Mend the fence' --owner unix:sys --due 2026-12-31
is "$RC" 0 'a comment brings its action'
by games action list --json
like "$OUT" '"metric": "2026-Q1 CA02"' 'which names the figure'

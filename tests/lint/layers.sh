#!/usr/bin/env bash
# Every #include "room/x.h" must be an allowed arrow: dependencies point one way, between layers and
# between the rooms of a layer. A line a room: itself, and what it may include; "base" has no inner
# walls. The order is the building's: nothing includes what stands below it.
set -u
allowed='base:
core/time: base
core/stats: base
core/right: base
core/action: base
core/life: base core/action core/right
core/proof: base
core/kind: base core/time
core/metric: base core/kind core/stats
core/spd: base core/action core/time core/kind core/stats core/life core/metric
host: base core/action
render/file: base
render/doc: base core/time core/kind core/spd
render/sheet: base core/kind core/spd render/doc render/file
render/page: base core/spd render/doc render/sheet
render/register: base core/spd render/doc render/file render/sheet render/page
render: base core/spd core/proof render/doc render/file render/sheet render/page
wire: base core/kind
ingest: base core/time core/kind core/right wire
client: base core/action wire
store/pg: base
store/evidence: base core/kind host ingest store/pg
store/count: base core/metric core/spd store/pg
store/proof: base core/action core/kind core/proof host store/pg
store/quarter: base core/action core/time core/life core/spd store/pg store/count store/proof
store/schema: base core/time ingest host store/pg store/count
store: base ingest store/pg store/evidence store/schema
office: base core/action core/kind core/right ingest store host
office/evidence: base core/action core/time core/kind core/metric core/proof wire ingest host store/pg store/count store office
office/cases: base core/life core/right store/pg store office
office/quarter: base core/action core/time core/life core/metric core/proof core/spd host store/pg store/count store/proof store/quarter store office
office/setup: base core/action core/time core/kind core/metric core/life core/spd ingest host store/pg store/quarter store/schema store office
door: base ingest office
jobs: base host store/pg store/count store/quarter store/schema store
net/tls: base
net: base ingest net/tls
web/http: base net/tls
web/upstream: base wire
web/json: base
web/page: base render/sheet render/page
web/desk: base wire web/http web/upstream web/json
web/person: base net/tls web/http web/upstream web/json web/page web/desk
web/field: base core/kind web/http web/upstream web/desk
web/view: base core/action core/right web/page web/http web/upstream web/desk web/person
web/read: base core/right core/spd render/doc render/sheet web/page web/upstream web/desk web/person web/view
web/step: base core/kind core/life core/right wire render/sheet web/page web/upstream web/desk web/person web/view web/read
web: base core/right web/http web/desk web/person web/field web/view web/read web/step
tools/airport: base core/time core/kind
tools/time: base core/time core/kind
tools/sheet: base render/file
tools/import: base core/kind wire client tools/time tools/sheet
tools/terminal: base core/action core/kind core/spd client render/doc tools/time
tools/pki: base tools/terminal
tools/bench: base core/kind wire client tools/airport tools/terminal
tools/semsctl: base core/action core/kind client tools/terminal
tools/semsctl/record: base core/kind wire client tools/import tools/time tools/terminal tools/semsctl
tools/semsctl/intake: base core/kind wire client tools/import tools/sheet tools/time tools/airport tools/terminal tools/semsctl tools/semsctl/record
tools/semsctl/cases: base core/life core/action core/right client render/doc render/file render/register tools/sheet tools/time tools/terminal tools/semsctl tools/semsctl/record
tools/semsctl/setup: base core/time core/kind client tools/import tools/pki tools/sheet tools/time tools/terminal tools/semsctl
tools/semsctl/workbook: base core/kind render/file tools/import tools/sheet tools/terminal tools/semsctl tools/semsctl/intake tools/semsctl/setup
tools/semsctl/spd: base core/time core/kind core/life render render/doc client tools/time tools/terminal tools/semsctl tools/semsctl/cases tools/semsctl/record tools/semsctl/workbook
'
# Which rooms may include a library of others than ours; tools/bench measures from outside.
libraries='libpq:store/pg store/evidence store/schema
postgres:store/evidence
openssl:base web/http web/desk client net net/tls render tools/sheet tools/pki tools/semsctl/setup
event2:net web/http web/upstream store store/pg store/evidence jobs office office/setup
sems:wire web/upstream web/desk web/person web/field web/view web/read web/step ingest client door tools/terminal tools/semsctl tools/semsctl/cases tools/semsctl/setup
protobuf-c:wire door web/json
fido:web/person'
rc=0
complain() {
	echo "$1"
	rc=1
}
room_of() { # path below daemon/ or the project
	local room=${1%/*}
	case $room in base/*) room=base ;; esac
	echo "$room"
}
check() { # file
	local file=$1 room edges to rest line
	room=$(room_of "${file#daemon/}")
	edges=$(printf '%s' "$allowed" | sed -n "s#^$room: \{0,1\}##p")
	printf '%s' "$allowed" | grep -q "^$room:" || {
		complain "$file: the room $room is in no list of allowed arrows"
		return
	}
	for to in $(sed -n 's:^#include "\(.*/.*\)"$:\1:p' "$file"); do
		to=$(room_of "$to")
		case " $room $edges " in *" $to "*) ;; *) complain "$file: $room may not include $to/" ;; esac
	done
	[ "$room" != tools/bench ] || return
	while IFS=: read -r line rest; do
		case " $rest " in *" $room "*) continue ;; esac
		! grep -q "^#include <${line}[-/]" "$file" || complain "$file: $room may not include <$line>"
	done <<<"$libraries"
}
while read -r file; do
	check "$file"
done < <(find daemon/*/ tools/*/ -name '*.[ch]' | sort)
# What a header brings along does not count as known either: requests are the office's own structs.
while read -r line; do
	complain "$line: the office knows no protobuf; a door translates"
done < <(grep -rnoiE 'sems__v1__[a-z_]*' daemon/office)
# What a room is for is said once at the head of one of its headers, and in DESIGN.md's table.
while IFS=: read -r room rest; do
	[ -n "$room" ] || continue
	case $room in tools/*) folder=$room ;; *) folder=daemon/$room ;; esac
	said=$(find "$folder" -maxdepth 1 -name '*.h' -exec head -n 5 -q {} + | tr '\n' ' ' |
		grep -oE "/\*[ *]*Room $room: [^/]*\*/" | sed -E 's/[ *]+/ /g; s#^/ Room ##; s#\. ?/$##')
	[ -n "$said" ] || complain "$folder: no header says at its head: Room $room: what it is for."
	[ -z "$said" ] || grep -qF "| $room | ${said#*: } |" daemon/DESIGN.md ||
		complain "daemon/DESIGN.md, section 1: the room $room is \"${said#*: }\" by its header"
done <<<"$allowed"
# And none is too large to know.
while read -r folder; do
	n=$(find "$folder" -maxdepth 1 -name '*.[ch]' | wc -l)
	[ "$n" -le 25 ] || complain "$folder: $n sources; 25 are the most"
done < <(find daemon tools tests -type d)
exit $rc

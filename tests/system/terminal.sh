# What others stored turns no text around on a terminal, hides none and does not steer it, whoever prints it.
. "$(dirname "$0")/lib.sh"
plan 19

hidden=$'x\u202Ey\u200Bz\u2066\u2028\u00AD'
seen='x\\u202Ey\\u200Bz\\u2066\\u2028\\u00AD'

# Runs it; nothing hidden may be in what it prints, and the text above must be there by its numbers.
shows() {
	ctl_get "$@"
	if printf '%s%s' "$OUT" "$ERR" | /usr/bin/python3 -c 'import sys, unicodedata
sys.exit(any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") and c not in "\n\t" for c in sys.stdin.read()))' &&
		printf '%s%s' "$OUT" "$ERR" | grep -q "$seen"; then
		ok "${1//[^a-z]/} shows what is not seen by its number"
	else
		not_ok "${1//[^a-z]/} shows what is not seen by its number" "$OUT" "$ERR"
	fi
}

# JSON is as it was: the text is in it, and no character of it is hidden.
gives() {
	shows "$@"
	printf '%s' "$OUT" | /usr/bin/python3 -c 'import json, sys
sys.exit(sys.argv[1] not in json.dumps(json.load(sys.stdin), ensure_ascii=False))' "$hidden"
	is $? 0 "and as JSON it is the same text"
}

start_daemon || exit 1
shows init --entity "$hidden" --zone Europe/London --site "NFD=$hidden" --source gate-1
shows status
gives status --json
shows spd show 2026-Q2

file="$T/$hidden.csv"
printf '%s\n' source_record_id,site_id,occurred_at,mode,criteria.1.criterion_id,criteria.1.result \
	"1,NFD,2026-05-04T10:15:00Z,OVERT,bag-search,MET" "2,$hidden,2026-05-04T10:16:00Z,OVERT,bag-search,MET" \
	"3,NFD,2026-05-04T10:17:00Z,$hidden,bag-search,MET" "4,NFD,2026-05-04T10:18:00Z,OVERT,$hidden,MET" >"$file" && chmod 644 "$file"
shows import --kind observation --source gate-1 --rejects "$T/$hidden.rejects" "$file"
like "$OUT" '^4 lines: 1 accepted' 'what hides something in a name is not taken'
shows import --kind observation "$T/none-$hidden"
shows import --kind observation --zone "$hidden" "$file"
shows template "$hidden"
shows "$hidden"
shows verify "$file"

id=$(ctl spd explain 2026-Q2 QL01 --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["records"]["list"][0]["record_id"])')
ctl_get void gate-1 "$id" --reason "$hidden" --kind observation
is "$RC" 0 'a void is sent'
shows pending
gives pending --json
record=$(ctl pending --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["record_id"])')
ctl_must confirm --decline "$record" --reason "$hidden"
shows trace "$record"

# A document whose digest is told is for programs byte for byte.
ctl spd show 2026-Q2 --json >"$T/document.json"
is "$(/usr/bin/python3 -c 'import sys; print(sys.argv[1] in open(sys.argv[2], encoding="utf-8").read())' "$hidden" "$T/document.json")" \
	True 'the document itself is as it is stored'
stop_daemon
is $? 0 'semsd ends with status 0'

# Pages for those who decide, in Chromium: three people take a quarter through its life, each signing by a passkey
# (P-1414, P-1415); a figure is followed to its record; without scripts, narrow and wide, light and dark.
. "$(dirname "$0")/lib.sh"
. "$TREE/tests/system/lib_web.sh"
plan 79
for program in node npm chromium; do
	command -v "$program" >/dev/null || skip_all "no $program"
done
mkdir "$T/js" && cp tests/browser/* "$T/js/"
(cd "$T/js" && HOME=$T npm ci --ignore-scripts --no-audit --no-fund >"$T/npm.log" 2>&1) ||
	skip_all "npm cannot get playwright-core and axe-core: $(tail -n 1 "$T/npm.log")"
start_for_users
ctl_must init --entity 'Northfield <Airport>' --zone Europe/London --site NFD --source field-app --role unix:nobody=gateway \
	--role web:carla=compliance --role web:rita=auditor --role web:max=manager --role web:sid=supervisor \
	--person web:carla='Carla Lee, Compliance Manager' --person web:rita='Rita Novak, Quality Manager' \
	--person web:max='Max Boss, Managing Director'
printf '%s\n' source_record_id,site_id,occurred_at,mode,criteria.1.criterion_id,criteria.1.result \
	'7 <b>,NFD,2026-05-04T10:15:00Z,OVERT,bag-search,MET' '8,NFD,2026-05-05T10:15:00Z,OVERT,bag-search,NOT_MET' >"$T/first.csv"
chmod 644 "$T/first.csv"
ctl_must import --kind observation --source field-app "$T/first.csv"
ctl_must finding raise --title 'No mirror <at> lane 3' --origin INSPECTION --severity SERIOUS --site NFD
port=$(/usr/bin/python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
web=http://localhost:$port
start_web_as nobody --listen "127.0.0.1:$port" --origin "$web" || exit 1
link_of() { # person
	ctl person invite "web:$1" --web "$web/" | head -n 1
}
answer() { # "state": of the quarter; "comment": somebody says something meanwhile
	case $1 in
	state) ctl spd status 2026-Q2 --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["state"])' ;;
	comment) ctl spd comment 2026-Q2 QN01 'said from a terminal meanwhile' >/dev/null 2>&1 && echo said ;;
	esac
}
drive pages.mjs "$web" "$(link_of carla)" "$(link_of rita)" "$(link_of max)" "$(link_of sid)"
said=$(ctl spd status 2026-Q2 --json | /usr/bin/python3 -c 'import json, sys
d = json.load(sys.stdin)
print(d["state"], *(e["action"] + "=" + e["by"] for e in d["events"] if e["action"] != "COMMENT"))')
is "$said" 'ACKNOWLEDGED FREEZE=web:carla QA=web:rita APPROVE=web:max SUBMIT=web:carla ACKNOWLEDGE=web:carla' \
	'each step is his who signed it'
log=$(ctl log --what spd. --limit 100 --json)
like "$log" '"gateway": "unix:nobody"' 'and the access log has the gateway that it came by'
like "$(ctl action list --json)" 'Mount a mirror' 'the register has the action'
unlike "$(cat "$WEB_LOG" "$DAEMON_LOG")" '#[0-9a-f]{64}|link=|clientDataJSON' 'no log has a link, or what was signed'
stop_web
is $? 0 'semsweb stops cleanly'

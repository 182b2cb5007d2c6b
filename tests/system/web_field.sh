# The field app in Chromium (P-1413): its types, its life on a device, and that the database has each entry once.
. "$(dirname "$0")/lib.sh"
. "$TREE/tests/system/lib_web.sh"
plan 76
for program in node npm chromium; do
	command -v "$program" >/dev/null || skip_all "no $program"
done
mkdir "$T/js" "$T/js/field" "$T/js/person" && mkdir -m 1777 "$T/work" && cp tests/browser/* "$T/js/" && cp daemon/web/field/* "$T/js/field/" &&
	cp daemon/web/person/*.js "$T/js/person/"
(cd "$T/js" && HOME=$T npm ci --ignore-scripts --no-audit --no-fund >"$T/npm.log" 2>&1) ||
	skip_all "npm cannot get playwright-core: $(tail -n 1 "$T/npm.log")"
is "$(cd "$T/js" && node_modules/.bin/tsc -p . 2>&1)" '' 'its modules have no fault of type'
is "$(sed -n 's/.*MODULE("\(.*\)").*/\1/p; s/.*MODULE(WORKER).*/sw.js/p' daemon/web/field/app.c | sort)" \
	"$(cd daemon/web/field && ls -- *.js)" 'and all of them are served'
(cd "$T/js" && node worker.mjs field/sw.js 2>&1) | tee "$T/tap"
start_daemon || exit 1
ctl_must init --entity Northfield --zone Europe/London --site NFD --source phone-1 --sender device:phone-1 \
	--sender "unix:${TEST_USER:-$(id -un)}"
port=$(/usr/bin/python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
web=http://localhost:$port
start_web --listen "127.0.0.1:$port" || exit 1
code=$(ctl device invite phone-1 | head -n 1)
answer() { # "stop", "start" or "import"
	case $1 in
	stop) stop_web && echo stopped ;;
	start) start_web --listen "127.0.0.1:$port" && echo started ;;
	import) ctl send --json observation "$T/work/queue.jsonl" 2>&1 | tr '\n' ' ' && echo ;;
	esac
}
drive field.mjs "$web" "$code" "$T/work"

# --- the database's side: each once, none lost
ctl records list --kind observation --json --limit 1000 >"$T/records" 2>&1
/usr/bin/python3 - "$T/records" >"$T/stored" <<'PY'
import json, re, sys
text = open(sys.argv[1]).read()
print(len(set(re.findall(r'"record_id": *"([0-9a-f-]{36})"', text))))
PY
is "$(cat "$T/stored")" 254 'the database has each entry once'
stop_web
is $? 0 'semsweb stops cleanly'

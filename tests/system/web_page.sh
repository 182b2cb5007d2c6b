# semsd --embedded --web starts semsweb, too, whose link signs in the owner; it ends with semsd.
. "$(dirname "$0")/lib.sh"
. "$TREE/tests/system/lib_web.sh"
plan 30
start_daemon --web 127.0.0.1:0 || exit 1
wait_for 30 grep -q 'signs in the owner' "$DAEMON_LOG"
is $? 0 'semsweb is started, and prints a link'
LINK=$(sed -n 's/^semsweb: \(http:[^ ]*\) signs in.*/\1/p' "$DAEMON_LOG")
WEB=${LINK%/enter*}
key=${LINK##*key=}
jar() { # curl with the browser's cookies
	curl_status --cookie "$T/jar" --cookie-jar "$T/jar" "$@"
}
: >"$T/jar"
is "$(jar "$WEB/")" 200 'there is a page'
like "$(cat "$T/body")" 'Nobody is signed in here' 'which tells a stranger nothing'
is "$(jar "$LINK")" 200 'the link shows a button'
like "$(cat "$T/body")" '<form method="post" action="/enter"><input type="hidden" name="key"' 'and changes nothing'
is "$(jar -H 'Sec-Fetch-Site: cross-site' --data "key=$key" "$WEB/enter")" 403 "another site's page cannot press it"
is "$(jar --data "key=$key" "$WEB/enter")" 303 'who presses it is signed in'
like "$(tr -d '\r' <"$T/headers")" '^Set-Cookie: sems=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict$' 'by a cookie that no script reads'
is "$(curl_status --data "key=$key" "$WEB/enter")" 403 'once'
is "$(jar "$WEB/")" 200 'the page is there'
like "$(cat "$T/body")" 'Nothing is set up yet' 'and says what is wrong'
is "$(curl_status "$WEB/readyz")" 503 'semsd is not ready'
is "$(cat "$T/body")" 'nothing is set up yet' 'and says why'
ctl_must init --entity 'Northfield <Airport>' --zone Europe/London --site NFD --source gate
jar "$WEB/" >/dev/null
like "$(cat "$T/body")" 'OK: nothing is wrong' 'or that nothing is'
like "$(cat "$T/body")" "<dt>You are</dt><dd>unix:[^<]*</dd>" 'who one is'
like "$(cat "$T/body")" '<dd>admin</dd>' 'in which role'
like "$(cat "$T/headers")" "^Content-Security-Policy: default-src 'none'" 'by its policy'
unlike "$(cat "$T/body")" '<script|style=|<Airport' 'without script, and escaped'
form=$(sed -n 's/.*name="form" value="\([0-9a-f]*\)".*/\1/p' "$T/body")
is "$(jar --data "form=$key" "$WEB/leave")" 403 "signing out takes the form's own secret"
is "$(jar --data "form=$form" "$WEB/leave")" 303 'and then one is signed out'
jar "$WEB/" >/dev/null
like "$(cat "$T/body")" 'Nobody is signed in here' 'and a stranger again'
is "$(curl_status "$WEB/readyz") $(cat "$T/body")" '200 OK' 'then it is ready'
is "$(curl_status -H 'X-Forwarded-For: 192.0.2.1' "$WEB/readyz")" 404 'for this machine alone'
is "$(curl_status "$WEB/metrics")" 200 'it has metrics'
like "$(tr -d '\r' <"$T/headers")" '^Content-Type: application/openmetrics-text; version=1.0.0' 'in OpenMetrics'
is "$(/usr/bin/python3 -c 'import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read
print(*sorted(f.name for f in read(sys.stdin.read()))[:3])' <"$T/body" 2>&1)" \
	'semsd_frames semsd_frames_broken semsd_ready' 'that its own parser reads'
like "$(cat "$T/body")" '^semsd_ready 1$' 'with whether it is ready'
unlike "$(cat "$T/body")" 'gate|NFD|Northfield' 'and no name of a source, site or entity'
stop_daemon
is $? 0 'semsd stops cleanly'
curl_status --max-time 5 "$WEB/livez" >/dev/null
is $? 7 'and semsweb with it'

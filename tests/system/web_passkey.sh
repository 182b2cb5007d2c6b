# People at semsweb: invited, with a passkey of Chromium's virtual authenticator, signed in, and what is refused.
. "$(dirname "$0")/lib.sh"
. "$TREE/tests/system/lib_web.sh"
plan 42
for program in node npm chromium; do
	command -v "$program" >/dev/null || skip_all "no $program"
done
mkdir "$T/js" && cp tests/browser/* "$T/js/"
(cd "$T/js" && HOME=$T npm ci --ignore-scripts --no-audit --no-fund >"$T/npm.log" 2>&1) ||
	skip_all "npm cannot get playwright-core: $(tail -n 1 "$T/npm.log")"
start_for_users
ctl_must init --entity Northfield --zone Europe/London --site NFD --source gate --role unix:nobody=gateway \
	--role web:rita=auditor --role web:max=supervisor --role web:spare=supervisor
port=$(/usr/bin/python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
web=http://localhost:$port
start_web_as nobody --listen "127.0.0.1:$port" --origin "$web" || exit 1
link_of() { # person
	ctl person invite "web:$1" --web "$web/" | head -n 1
}
like "$(link_of rita)" "^$web/invite#[0-9a-f]{64}$" 'an administrator has a link made'
is "$(ctl person invite web:nobody >"$T/said" 2>&1; echo $?)" 4 'for people who have a role alone'
answer() { # "revoke"
	ctl person revoke-passkey "$(ctl person passkeys web:rita --json |
		/usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["passkeys"][0]["passkey"])')"
}
drive passkey.mjs "$web" "$(link_of rita)" "$(link_of max)" "$(link_of spare)"
list=$(ctl person passkeys)
like "$list" "web:rita +Rita's phone +REVOKED" 'the list has the revoked passkey'
like "$list" "web:max +Max's key +GOOD" 'and the other'
log=$(ctl log --limit 200)
like "$log" 'passkey\.sign_in' 'the access log has sign-ins'
like "$log" 'passkey\.count_back' 'and the copy'
unlike "$(cat "$WEB_LOG" "$DAEMON_LOG")" '#[0-9a-f]{64}|link=' 'no log has a link'
stop_web
is $? 0 'semsweb stops cleanly'

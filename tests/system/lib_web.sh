# semsweb beside a test's semsd: start_web [OPTION...], and then $WEB is where it is, without a slash at its end.
# shellcheck shell=bash
WEB_PID=
WEB_LOG=$T/semsweb.log
WEB_AS=("${AS_USER[@]}")

web_port() {
	sed -n 's/.*event=listen\.http .*port=\([0-9]*\) .*/\1/p' "$WEB_LOG" | tail -n 1
}

start_web() { # option...
	local scheme=http
	case " $* " in *' --certificate '*) scheme=https ;; esac
	: >"$WEB_LOG"
	"${WEB_AS[@]}" "$PROGRAMS/semsweb" --socket "$SOCKET" --listen 127.0.0.1:0 --verbose "$@" 2>>"$WEB_LOG" </dev/null &
	WEB_PID=$!
	wait_for 30 grep -q 'event=listen\.http' "$WEB_LOG" || {
		not_ok 'semsweb starts' "$(cat "$WEB_LOG")"
		return 1
	}
	WEB=$scheme://127.0.0.1:$(web_port)
}

# The same under an account of its own, which takes root: start_for_users.
start_web_as() { # user option...
	WEB_AS=(setpriv "--reuid=$1" "--regid=$(id -g "$1")" --clear-groups env "HOME=$T")
	shift
	start_web "$@"
}

stop_web() {
	[ -n "$WEB_PID" ] || return 0
	kill -TERM "$WEB_PID" 2>/dev/null
	wait "$WEB_PID"
	local rc=$?
	WEB_PID=
	! grep -q 'event=machine\.astray' "$WEB_LOG" ||
		not_ok 'no state machine of semsweb goes astray' "$(grep 'event=machine\.astray' "$WEB_LOG")"
	return $rc
}

# Status of a request; its body is in $T/body, its headers in $T/headers.
curl_status() { # curl's arguments...
	curl --silent --show-error --max-time 60 --output "$T/body" --dump-header "$T/headers" --write-out '%{http_code}' "$@" 2>>"$T/curl.log"
}

# A script of tests/browser, in $T/js: each of its lines is a test, or asks for something by "do WHAT", to which the line that
# `answer WHAT` prints is the answer.
drive() { # script argument...
	local line pid
	mkfifo "$T/to_script" "$T/from_script"
	(cd "$T/js" && exec timeout 400 node "$@" <"$T/to_script" >"$T/from_script" 2>&1) &
	pid=$!
	exec 8<>"$T/to_script" 9<"$T/from_script"
	while IFS= read -r line <&9; do
		case $line in
		'do '*) answer "${line#do }" >&8 ;;
		*) printf '%s\n' "$line" | tee -a "$T/tap" ;;
		esac
	done
	exec 8>&- 9<&-
	wait "$pid"
	is $? 0 "$1 comes to its end"
	RAN=$((RAN + $(grep -Ec '^(not )?ok - ' "$T/tap"))) FAILED=$((FAILED + $(grep -c '^not ok - ' "$T/tap")))
}

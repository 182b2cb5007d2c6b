# Exit codes, and messages that say what to do next.
. "$(dirname "$0")/lib.sh"
plan 89

# status, what standard error must say, then the arguments.
refuses() {
	local status=$1 says=$2
	shift 2
	ctl_get "$@"
	if [ "$RC" = "$status" ] && printf '%s\n' "$ERR" | grep -Eq -- "$says"; then
		ok "semsctl $* exits with $status and says why"
	else
		not_ok "semsctl $* exits with $status and says why" "status: $RC" "said: $ERR" "wanted: $says"
	fi
}

refuses 2 'Commands:'
refuses 2 "no command 'nosuch'" nosuch
refuses 2 "no command 'stauts': did you mean status" stauts
refuses 2 'no option --nosuch' --nosuch
refuses 2 'no option --reson: did you mean --reason' spd reject 2026-Q2 --reson late
refuses 2 "no 'frezee': did you mean freeze" spd frezee 2026-Q2
refuses 2 'say what about 2026q2, as in: semsctl spd show' spd 2026q2
refuses 2 'is no quarter: write it as 2026-Q2' spd show 2026-Q5
refuses 3 'semsd' status
ERR=$("${AS_USER[@]}" "$PROGRAMS/semsctl" --wait 1 --socket "$SOCKET" status 2>&1)
like "$? $ERR" '^3 .*nobody listens at .*: waiting up to 1 s for a semsd that starts' 'a daemon that may be starting is waited for, and that is told'
refuses 2 'nosuch' template nosuch
refuses 2 'no-such-map' import --map "$T/no-such-map.yaml" "$T/no-such-file.csv"

# What is no file makes nobody wait or read for ever, wherever a path is asked for.
printf 'mode\n' >"$T/header.csv" && chmod 644 "$T/header.csv"
mkfifo -m 666 "$T/pipe"
for what in "$T/pipe" /dev/zero "$T"; do
	refuses 2 "cannot read $what: it is a (pipe|device|folder), not a file" import --dry-run --kind observation "$what"
	refuses 2 "cannot read $what: it is a" import --dry-run --map "$what" "$T/header.csv"
	refuses 2 "cannot read $what: it is a" init "$what"
	refuses 2 "cannot read $what: it is a" spd render "$what" --output "$T/out"
	refuses 2 "cannot read $what: it is a" verify --key "$what" "$T/header.csv"
done
for what in "$T/pipe" /dev/zero; do
	refuses 2 "cannot read $what: it is a" verify "$what"
done

# A line without end is none that is kept in memory.
{ head -c 3000000 /dev/zero | tr '\0' x && echo; } >"$T/long.json" && chmod 644 "$T/long.json"
ctl_get send --json --dry-run heartbeat "$T/long.json"
is "$RC $(cut -d , -f 1,4 "$T/long.json.rejects.csv" | tail -n 1 | cut -c 1-40)" '1 1,"the line is too long"' 'a line of 3 MB is rejected'

for command in init template import send correct void simulate spd retention quarantine calendar status; do
	ctl_get "$command" --help
	if [ "$RC" = 0 ] && [ -n "$OUT" ] && [ -z "$ERR" ]; then
		ok "semsctl $command --help explains itself"
	else
		not_ok "semsctl $command --help explains itself" "status: $RC" "$ERR"
	fi
done

start_daemon || exit 1
refuses 4 'init' spd show 2026-Q2
ctl_must init --entity Northfield --zone Europe/London --site NFD
# Who is named nowhere is the caller, in a file as on the command line.
printf 'entity: Northfield\nzone: Europe/London\nsources: [{id: gate-1}, {id: gate-2}]\n' >"$T/sources.yaml" && chmod 644 "$T/sources.yaml"
ctl_get init "$T/sources.yaml"
is "$RC $OUT$ERR" '0 Northfield (Europe/London) is set up: 2 sources, 1 role' 'a file names sources and nobody who sends'
printf 'sources: [{id: gate-3, senders: [{principal: "unix:slip"}]}]\n' >"$T/slip.yaml" && chmod 644 "$T/slip.yaml"
refuses 4 'is not registered' init "$T/slip.yaml"
refuses 2 'quarter' spd show 2026
refuses 2 'quarter' spd show 2026-Q5
refuses 4 'freeze' spd submit 2026-Q2 --channel post --reference none
refuses 4 '999999' quarantine show 999999
refuses 2 '[Zz]one|[Uu]sage|help' init --entity Northfield --zone
refuses 2 '[Zz]one.*Europe/London' init --entity Northfield --zone Mars/Olympus
ctl_must status

# A template says what each column needs, also those of corrections that it does not have.
OUT=$(ctl template observation)
like "$OUT" '^# corrected_at: required with corrects_record_id' 'a template marks what a correction needs'
like "$OUT" '^# correction_reason: required with corrects_record_id' 'the reason, too'
like "$(ctl template void)" '^# corrected_at: required\.' 'which a void always is'

# Where to listen: of the command line and the file together no more than are taken, and never fewer.
{ echo 'database: host=nowhere'; echo 'listen:'; printf '  - 127.0.0.1:%s\n' {1..10}; } >"$T/listen.yaml"
ports() { printf -- '--listen 127.0.0.1:%s ' $(seq "$1"); }
# shellcheck disable=SC2046  # each a word
listens() { "$PROGRAMS/semsd" --check --keys "$T/keys" "${@:2}" $(ports "$1") 2>&1; }
for where in '16 --database host=nowhere' "6 --config $T/listen.yaml"; do
	read -r n from what <<<"$where"
	OUT=$(listens "$n" "$from" "$what")
	is $? 0 "semsd listens in 16 places ($from)"
	OUT=$(listens $((n + 1)) "$from" "$what")
	is $? 78 'and in no more'
	like "$OUT" '^semsd: listen: more than 16 addresses to listen on: leave out 127.0.0.1:[0-9]*$' 'by name'
done

# What a start refuses the check refuses, in the same words, and makes nothing.
check_and_start() { # words name option...
	local words=$1 name=$2 checked started
	shift 2
	checked=$("${AS_USER[@]}" "$PROGRAMS/semsd" "$@" --check 2>&1)
	is $? 78 "the check refuses $name"
	like "$checked" "$words" 'and says why'
	[ "${START:-yes}" = yes ] || return 0
	started=$("${AS_USER[@]}" timeout 60 "$PROGRAMS/semsd" "$@" 2>&1 </dev/null)
	is "$? $(sed -n '/^semsd: /p' <<<"$started")" "78 $checked" 'as a start does'
}
"${AS_USER[@]}" mkdir -m 755 "$T/open" "$T/wrong"
"${AS_USER[@]}" mkdir -m 700 "$T/open/keys" "$T/short"
chmod 755 "$T/open/keys"
"${AS_USER[@]}" sh -c "umask 077; echo short >'$T/short/quarantine.key'; cp '$T/short/quarantine.key' '$T/short/others.key'"
START=no check_and_start 'others can look into' 'keys that others see' --database host=nowhere --keys "$T/open/keys"
START=no check_and_start 'a key has 32 bytes' 'a key that is none' --database host=nowhere --keys "$T/short"
"${AS_USER[@]}" sh -c "head -c 32 /dev/zero >'$T/short/quarantine.key'; chmod 644 '$T/short/quarantine.key'"
START=no check_and_start 'others can read this key' 'a key that others read' --database host=nowhere --keys "$T/short"
START=no check_and_start 'cannot make .*: No such file' 'keys in no folder' --database host=nowhere --keys "$T/none/at/all"
check_and_start 'missing "="' 'a connection string that is none' --database 'no such thing'
START=no check_and_start 'not a loopback address' 'an address for all' --database host=nowhere --keys "$T/wrong/keys" --listen 0.0.0.0:7400
START=no check_and_start 'is there and is not a socket' 'a file for a socket' --database host=nowhere --keys "$T/wrong/keys" --socket "$T/listen.yaml"
START=no check_and_start 'longer than the' 'a long path' --database host=nowhere --keys "$T/wrong/keys" --socket "/$(printf 'x%.0s' {1..120})"
check_and_start 'too long for a socket' 'a folder of a long name' --embedded "$T/wrong/$(printf 'x%.0s' {1..90})"
"${AS_USER[@]}" "$PROGRAMS/semsd" --check --embedded "$T/wrong/new" >/dev/null
is "$? $(find "$T/wrong" -mindepth 1 -name new)" '0 ' 'the check makes no folder'
"${AS_USER[@]}" "$PROGRAMS/semsd" --check --database host=nowhere --keys "$T/wrong/keys" >/dev/null
is "$? $(find "$T/wrong" -mindepth 1 -name keys)" '0 ' 'nor keys'

# Two on one folder: of the cluster, and of the state. Neither harms the one that serves.
second() { # what-is-refused option...
	local name=$1
	shift
	ERR=$("${AS_USER[@]}" timeout 30 "$PROGRAMS/semsd" "$@" 2>&1 </dev/null)
	is $? 78 "$name is refused"
	like "$ERR" "^semsd: $(realpath "$DIR"): another semsd, process $SEMSD_PID on .*, uses it: stop it" 'and told whose it is'
}
SEMSD_PID=$("${AS_USER[@]}" sed -n 's/.*process \([0-9]*\).*/\1/p' "$DIR/state.lock")
second 'a second semsd on a cluster' --embedded "$DIR" --socket "$T/second.sock"
second 'a second semsd on a state folder' --database "host=$DIR/run user=semsd dbname=sems" --keys "$DIR/keys" \
	--state "$(realpath "$DIR")" --socket "$T/second.sock"
ctl_get status
is "$RC" 0 'the first one serves on'
stop_daemon
is $? 0 'semsd ends with status 0'
refuses 3 'semsd' status

# Batches by HTTP from protobufjs, which many a page and Node.js program have.
. "$(dirname "$0")/lib.sh"
. "$TREE/tests/system/lib_web.sh"
plan 8
command -v node >/dev/null || skip_all 'no node'
command -v npm >/dev/null || skip_all 'no npm'
mkdir "$T/js" && cp tests/clients/js/* "$T/js/"
(cd "$T/js" && HOME=$T npm ci --ignore-scripts --no-audit --no-fund >"$T/npm.log" 2>&1) ||
	skip_all "npm cannot get protobufjs: $(tail -n 1 "$T/npm.log")"
start_daemon || exit 1
start_web --loopback-as device:phone-1 || exit 1
ctl_must init --entity Northfield --zone Europe/London --site NFD --source phone-1 --sender device:phone-1
# Each line is a test of its own.
said=$(cd "$T/js" && node batches.mjs "$TREE/proto" "$WEB/v1/batch" 2>&1)
printf '%s\n' "$said"
RAN=$((RAN + $(grep -Ec '^(not )?ok - ' <<<"$said"))) FAILED=$((FAILED + $(grep -c '^not ok - ' <<<"$said")))
stop_web
is $? 0 'semsweb stops cleanly'

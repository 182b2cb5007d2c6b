#!/bin/bash
# What is installed, from an empty folder to a record that is stored, as README tells it. Run at the top of the source.
set -eu
work=$(mktemp -d "${AUTOPKGTEST_TMP:-${TMPDIR:-/tmp}}/semsd.XXXXXX")
pid=
# shellcheck disable=SC2329 # by the trap
cleanup() {
	local rc=$?
	[ -z "$pid" ] || { kill -TERM "$pid" && wait "$pid"; } || rc=1
	[ "$rc" = 0 ] || cat "$work/log"
	rm -rf "$work"
	exit "$rc"
}
trap cleanup EXIT

# PostgreSQL refuses to run as root; the account has no home of its own yet.
as=()
if [ "$(id -u)" = 0 ]; then
	as=(setpriv "--reuid=semsd" "--regid=semsd" --clear-groups env "HOME=$work")
	chown semsd "$work"
fi
mkdir "$work/tests"
cp -R tests/clients "$work/tests/"
cp -R proto "$work/"
chmod -R a+rX "$work"

export SEMSD_SOCKET=$work/sems/semsd.sock
"${as[@]}" /usr/bin/semsd --embedded "$work/sems" >"$work/log" 2>&1 &
pid=$!
"${as[@]}" /usr/bin/semsctl --wait 60 init --entity "Northfield Airport" --zone Europe/London --site NFD --source xray-1
"${as[@]}" /usr/bin/python3 -B "$work/tests/clients/first_record.py" "$SEMSD_SOCKET" NFD xray-1 | tee "$work/said"
grep -qx STORED "$work/said"
"${as[@]}" /usr/bin/semsctl status | tee "$work/status"
grep -q '^OK' "$work/status"

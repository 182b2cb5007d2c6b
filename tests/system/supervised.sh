# Under a supervisor that speaks systemd's protocol: ready, alive and stopping are said when they are so, and nobody who
# connects while semsd is away is turned away (F32).
. "$(dirname "$0")/lib.sh"
plan 9

uid=$(id -u)
[ "$uid" != 0 ] || uid=$(id -u "$TEST_USER")
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
python3 -B "$TREE/tests/system/lib_supervisor.py" "$uid" "$T" "$PROGRAMS/semsd" >"$T/said" 2>"$T/wrong"
while read -r what name; do
	if [ "$what" = ok ]; then ok "$name"; else not_ok "$name" "$(tail -n 5 "$T/supervised.log")"; fi
done <"$T/said"
[ ! -s "$T/wrong" ] || sed 's/^/# /' "$T/wrong"

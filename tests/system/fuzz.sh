# The fuzz targets over their corpus and over everything that was once found. Built like the tests,
# without a fuzzer's runtime: so that it is never skipped.
. "$(dirname "$0")/lib.sh"
targets=$(sed -n 's/^FUZZ_TARGETS := //p' Makefile)
# shellcheck disable=SC2086 # words
plan "$(echo $targets | wc -w)"

for target in $targets; do
	folders=()
	for kind in corpus regressions; do
		[ -d "tests/fuzz/$kind/$target" ] && folders+=("tests/fuzz/$kind/$target")
	done
	files=$(find "${folders[@]}" -type f | wc -l)
	if "$SEMS_BUILD/fuzz_$target" "${folders[@]}" >"$T/out" 2>"$T/err" && [ "$files" -ge 10 ] &&
		[ "$(cat "$T/out")" = "$files inputs" ]; then
		ok "fuzz_$target plays its $files inputs"
	else
		not_ok "fuzz_$target plays its $files inputs (at least 10)" "$(cat "$T/out")" "$(tail -n 30 "$T/err")"
	fi
done

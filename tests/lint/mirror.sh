#!/usr/bin/env bash
# One module, one test file: daemon/R/M.c of a room R has tests/R/test_M.c, or a reason in
# mirror.except.
set -u
rc=0
excepted=$(sed -n 's/^\([^# ][^ ]*\) .*/\1/p' tests/lint/mirror.except)
complain() {
	echo "$1"
	rc=1
}
while read -r module; do
	printf '%s\n' "$excepted" | grep -qxF "$module" && continue
	test=tests/${module%/*}/test_${module##*/}.c
	[ -f "$test" ] || complain "daemon/$module.c: no $test"
done < <(find daemon/*/ -name '*.c' | sed 's:^daemon/::; s:\.c$::' | sort)
for module in $excepted; do
	[ -f "daemon/$module.c" ] || complain "mirror.except: $module is no module"
	[ ! -f "tests/${module%/*}/test_${module##*/}.c" ] || complain "mirror.except: $module has a test now"
done
while read -r test; do
	room=${test#tests/} module=${test##*/test_}
	room=${room%/*} module=${module%.c}
	[ -d "daemon/${room%%/*}" ] || continue # of tools, or of what tests need
	[ -f "daemon/$room/$module.c" ] || [ -f "daemon/$room/$module.h" ] ||
		complain "$test: tests no module of daemon/$room"
done < <(find tests -name 'test_*.c')
exit $rc

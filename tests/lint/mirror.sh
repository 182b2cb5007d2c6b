#!/usr/bin/env bash
# One module, one test file: daemon/L/M.c has tests/L/test_M.c, or a reason in mirror.except.
set -u
rc=0
excepted=$(sed -n 's/^\([^# ][^ ]*\) .*/\1/p' tests/lint/mirror.except)
for file in daemon/*/*.c; do
	layer=$(basename "$(dirname "$file")")
	module=$(basename "$file" .c)
	printf '%s\n' "$excepted" | grep -qxF "$layer/$module" && continue
	[ -f "tests/$layer/test_$module.c" ] || {
		echo "$file: no tests/$layer/test_$module.c"
		rc=1
	}
done
for name in $excepted; do
	[ -f "daemon/$name.c" ] || { echo "mirror.except: $name is no module"; rc=1; }
	layer=${name%%/*}
	[ ! -f "tests/$layer/test_${name#*/}.c" ] || { echo "mirror.except: $name has a test now"; rc=1; }
done
for file in tests/*/test_*.c; do
	case $file in tests/lib/* | tests/tools/* | tests/fuzz/* | 'tests/*'*) continue ;; esac
	layer=$(basename "$(dirname "$file")")
	module=$(basename "$file" .c)
	module=${module#test_}
	[ -f "daemon/$layer/$module.c" ] || [ -f "daemon/$layer/$module.h" ] || {
		echo "$file: tests no module of daemon/$layer"
		rc=1
	}
done
exit $rc

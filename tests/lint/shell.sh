#!/usr/bin/env bash
# Scripts parse, and shellcheck finds nothing.
set -u
rc=0
mapfile -t scripts < <(find tests tools .ci deploy -type f \( -name '*.sh' -o -name run -o -name '*.p*rm' \))
for f in "${scripts[@]}"; do
	bash -n "$f" || rc=1
done
find tests tools deploy -name '*.py' -print0 |
	xargs -0 -r /usr/bin/python3 -B -c 'import ast, sys
for f in sys.argv[1:]:
    ast.parse(open(f, encoding="utf-8").read(), f)' || rc=1
# The tests' library is sourced by a path that shellcheck does not follow.
shellcheck -s bash -S warning -e SC1091,SC2034,SC2154 "${scripts[@]}" || rc=1
exit $rc

#!/usr/bin/env bash
# Scripts parse; shellcheck, where it is installed, finds nothing.
set -u
rc=0
mapfile -t scripts < <(find tests tools .ci deploy -type f \( -name '*.sh' -o -name run \))
for f in "${scripts[@]}"; do
	bash -n "$f" || rc=1
done
find tests tools deploy -name '*.py' -print0 |
	xargs -0 -r /usr/bin/python3 -B -c 'import ast, sys
for f in sys.argv[1:]:
    ast.parse(open(f, encoding="utf-8").read(), f)' || rc=1
if command -v shellcheck >/dev/null; then
	shellcheck -x -S warning -e SC1091 "${scripts[@]}" || rc=1
fi
exit $rc

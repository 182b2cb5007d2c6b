#!/usr/bin/env bash
# What is in the tree: only what people wrote, in the folders it belongs to, naming no machine.
set -u
rc=0
files() {
	if [ -e .git ] && command -v git >/dev/null; then
		git ls-files --cached --others --exclude-standard
	else
		find . -path ./build -prune -o -type f -print | sed 's:^\./::'
	fi
}
# What fuzzers made is bytes, also where it looks like text.
mapfile -t tree < <(files | grep -vE '^tests/fuzz/(corpus|regressions)/' | while read -r f; do [ -f "$f" ] && echo "$f"; done)
complain() { # title lines
	[ -z "$2" ] || { printf '%s:\n%s\n' "$1" "$2"; rc=1; }
}
list() { printf '%s\n' "${tree[@]}"; }
complain 'not a place for a file' \
	"$(list | grep -vE '^(Makefile|README\.md|LICENSE|\.[^/]+|(daemon|proto|sql|tools|tests|deploy|\.ci)/.*)$')"
complain 'generated files' "$(list | grep -E '\.(pb-c\.[ch]|o|a|d|so|pyc|gcda|gcno|orig|rej)$|_pb2\.py$|__pycache__')"
complain 'machine paths' \
	"$(grep -nIE '(^|[^A-Za-z0-9_.])/(work|root|farm|home)/' "${tree[@]}" /dev/null | cut -c1-160)"
complain 'left-over marks' "$(grep -nIE '\b(TODO|FIXME|XXX)\b|^(<<<<<<<|>>>>>>>) ' "${tree[@]}" /dev/null |
	grep -v '^tests/lint/tree\.sh:' | cut -c1-160)"
complain 'larger than 512 KiB' "$(for f in "${tree[@]}"; do [ "$(stat -c %s "$f")" -le 524288 ] || echo "$f"; done)"
complain 'blank at the end of a line' "$(grep -nIE '[ 	]+$' "${tree[@]}" /dev/null |
	grep -vE '^(LICENSE|[^:]*\.(csv|md|hex|txt|tsv)):' | cut -c1-160)"
exit $rc

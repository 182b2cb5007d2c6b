#!/usr/bin/env bash
# Every #include "folder/x.h" must be an allowed edge: dependencies point one way.
set -u
allowed='base:
core: base
wire: base core
ingest: base core wire
store: base core ingest
admin: base core wire ingest store
jobs: base core store
net: base core wire ingest admin
tools: base core wire tools
'
rc=0
while read -r file; do
	layer=$(echo "$file" | sed -n 's:^daemon/\([a-z]*\)/.*:\1:p; s:^tools/.*:tools:p')
	[ -n "$layer" ] || continue # semsd.c, the composition root
	edges=$(printf '%s' "$allowed" | sed -n "s/^$layer://p")
	printf '%s' "$allowed" | grep -q "^$layer:" || {
		echo "$file: the folder $layer is in no list of allowed edges"
		rc=1
	}
	for to in $(sed -n 's:^#include "\([a-z]*\)/.*:\1:p' "$file" | sort -u); do
		case " $layer$edges " in *" $to "*) ;; *)
			echo "$file: $layer may not include $to/"
			rc=1
			;;
		esac
	done
	case $file in tools/bench/*) continue ;; esac # it measures sockets and the database from outside
	while read -r library; do
		case "$library $layer" in
		libpq* | postgres*)
			[ "$layer" = store ] || { echo "$file: only store may include <$library>"; rc=1; }
			;;
		event2/*)
			case $layer in net | store | jobs | admin) ;; *)
				echo "$file: $layer may not include <$library>"
				rc=1
				;;
			esac
			;;
		esac
	done < <(sed -n 's/^#include <\(\(libpq\|postgres\|event2\)[^>]*\)>.*/\1/p' "$file")
done < <(find daemon tools -name '*.[ch]')
exit $rc

#!/usr/bin/env bash
set -u
jobs=$(nproc 2>/dev/null || echo 2)
exec cppcheck --enable=warning,style,performance,portability --inline-suppr --std=c11 \
	--suppress=missingIncludeSystem --suppress=unmatchedSuppression --error-exitcode=1 -q "-j$jobs" \
	-D_GNU_SOURCE '-DSEMS_VERSION="0"' -Idaemon -I. daemon tools

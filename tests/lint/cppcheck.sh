#!/usr/bin/env bash
# What the compiler tells better, or what only a matter of taste is, is left out. Generated headers are not
# read, so a variable that only they use looks unused.
set -u
jobs=$(nproc 2>/dev/null || echo 2)
# The lists' macros it must know, to see what they do.
queue=$(echo '#include <sys/queue.h>' | gcc -E -x c - | sed -n 's:^# 1 "\(.*/queue\.h\)".*:\1:p')
exec cppcheck --enable=warning,style,performance,portability --inline-suppr --std=c11 \
	--suppress=missingIncludeSystem --suppress=unmatchedSuppression --suppress=unreadVariable \
	--suppress=unusedStructMember --suppress=variableScope --suppress=constParameter --error-exitcode=1 -q "-j$jobs" \
	-D_GNU_SOURCE "--include=$queue" '-DSEMS_VERSION="0"' -Idaemon -I. daemon tools

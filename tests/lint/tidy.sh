#!/usr/bin/env bash
# clang-tidy over every file that changed since it was last clean (stamps under build/).
set -u
B=${SEMS_LINT_BUILD:-build/release}
exec make -s -k --no-print-directory "-j$(nproc 2>/dev/null || echo 2)" "B=$B" MODE=release tidy

#!/usr/bin/env bash
# The short world of a test run: short.sh PLAN FAULT... plays each fault once.
set -u
cd "$(dirname "$0")/../.." || exit 1
plan=$1
shift
faults=$(printf '%s,' "$@")
exec /usr/bin/python3 -B tests/world/world.py --build "${SEMS_BUILD:-build/asan}" --seed "${SEED:-1}" \
	--plan "$plan" --faults "${faults%,}"

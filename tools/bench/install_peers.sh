#!/usr/bin/env bash
# What the comparison needs besides semsd: Debian's psql and pgbench, as root or with sudo.
set -u
cd "$(dirname "$0")/../.." || exit 1
exec tools/deps.sh postgresql-15 postgresql-client-15

#!/usr/bin/env bash
# What the comparison needs besides semsd: Debian packages, as root or with sudo, and two modules of
# npm under build/peers.
set -u
cd "$(dirname "$0")/../.." || exit 1
tools/deps.sh postgresql-15 postgresql-client-15 rsyslog rsyslog-pgsql ||
	echo "Going on without what is missing." >&2
command -v npm >/dev/null || tools/deps.sh nodejs npm || exit 0
[ -d build/peers/node_modules/pg-copy-streams ] ||
	npm install --silent --no-audit --no-fund --prefix build/peers pg@8 pg-copy-streams@7 ||
	echo "npm failed: going on without the Node.js service." >&2

#!/bin/sh
# Installs those of the named Debian packages that are missing, or says which they are.
set -eu
if ! command -v dpkg-query >/dev/null; then
	echo "This is not Debian. Install what corresponds to: $*" >&2
	echo "then build with 'make' and test with 'tests/run'." >&2
	exit 1
fi
have=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
missing=
for p in "$@"; do
	case "
$have
" in *"
$p installed
"*) ;; *) missing="$missing $p" ;; esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	as_root='env'
elif sudo -n true 2>/dev/null; then
	as_root='sudo -n env'
else
	echo "Packages are missing. As root, run:" >&2
	echo "  apt-get update && apt-get install --no-install-recommends$missing" >&2
	exit 1
fi
echo "Installing:$missing"
# shellcheck disable=SC2086 # words on purpose
$as_root apt-get -q update &&
	$as_root DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends $missing || {
	echo "apt-get failed; what is missing:$missing" >&2
	exit 1
}

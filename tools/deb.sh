#!/usr/bin/env bash
# Makes Debian packages of what git tracks here, changed or not, in build/deb; where there is no git, of all but build.
#   tools/deb.sh 0.1.0       the version, which deploy/debian/changelog has to name first
# The same tree gives the same bytes: times are those of the last commit, or of the changelog.
set -eu
cd "$(dirname "$0")/.."
version=$1
umask 022
said=$(dpkg-parsechangelog -l deploy/debian/changelog -S Version)
[ "$said" = "$version" ] || {
	echo "deploy/debian/changelog begins with $said, the Makefile says $version: add an entry." >&2
	exit 1
}
out=build/deb
tree=$out/semsd-$version
rm -rf "$out"
mkdir -p "$tree"
if [ -e .git ] && SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null); then
	export SOURCE_DATE_EPOCH
	git ls-files -z
else
	find . -mindepth 1 \( -path ./build -o -path ./.git \) -prune -o ! -type d -print0
fi >"$out/files"
# What is tracked and was taken away is no part of it.
while IFS= read -rd '' file; do
	[ ! -e "$file" ] || printf '%s\0' "$file"
done <"$out/files" | tar --null -T - -c | tar -x --no-same-permissions --no-same-owner -C "$tree"
cp -R "$tree/deploy/debian" "$tree/debian"
rm "$out/files"

# Not a child of whichever make called: neither its flags nor its mode are for this build.
if ! (cd "$tree" && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u CI -u MODE -u B -u CC -u DESTDIR -u prefix \
	LC_ALL=C.UTF-8 DEB_BUILD_OPTIONS="parallel=$(nproc 2>/dev/null || echo 2) ${DEB_BUILD_OPTIONS:-}" \
	dpkg-buildpackage -b -us -uc) >"$out/build.log" 2>&1 </dev/null; then
	tail -n 40 "$out/build.log" >&2
	echo "The build failed; all of it is in $out/build.log." >&2
	exit 1
fi
rm -rf "$tree"
printf '%s\n' "$out"/*.deb

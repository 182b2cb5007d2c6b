# README's commands, word for word and in order, typed by the accounts that they are for: real ones, of this machine for
# as long as the test runs, in a mount namespace where homes, /srv and /usr/local are its own.
. "$(dirname "$0")/lib.sh"
plan 2
[ "$(id -u)" = 0 ] || skip_all 'several accounts take root'
unshare -m true 2>/dev/null || skip_all 'no mount namespace is to be had'

unset ASAN_OPTIONS UBSAN_OPTIONS
export ASAN_OPTIONS=detect_leaks=0
for file in passwd group; do cp "/etc/$file" "$T/$file"; done
uid=61001
for name in anna rita max; do
	echo "$name:x:$uid:$uid:$name:/mnt/$name:/bin/bash" >>"$T/passwd"
	echo "$name:x:$uid:" >>"$T/group"
	uid=$((uid + 1))
done
chmod 644 "$T/passwd" "$T/group"
# shellcheck disable=SC2016 # for the shell in there
SEMS_BUILD=$SEMS_BUILD unshare -m bash -c '
	mount --make-rprivate / && mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group || exit 9
	for folder in /mnt /srv /usr/local; do mount -t tmpfs tmpfs "$folder" || exit 9; done
	mkdir -p /usr/local/bin /mnt/anna/semsd/build
	cp -R "$1/tree/." /mnt/anna/semsd/
	cp "$SEMS_BUILD/semsd" "$SEMS_BUILD/semsctl" "$SEMS_BUILD/semsweb" /mnt/anna/semsd/build/
	for name in anna rita max; do
		mkdir -p "/mnt/$name" && chown -R "$name:$name" "/mnt/$name" && chmod 700 "/mnt/$name" || exit 9
	done
	exec /usr/bin/python3 -B /mnt/anna/semsd/tests/system/lib_readme.py /mnt/anna/semsd' - "$T" >"$T/readme.log" 2>&1
rc=$?
[ "$rc" != 9 ] || skip_all 'mount is not permitted'
is "$rc" 0 'every command of README does what it is for'
[ "$rc" = 0 ] || grep -B 12 '^status [0-9]*, not' "$T/readme.log" | sed 's/^/# /' | head -n 80
like "$(tail -n 1 "$T/readme.log")" '^[3-9][0-9] commands' 'and there are some'

# Whatever semsd and its database write is in the folder that semsd is given.
. "$(dirname "$0")/lib.sh"
plan 12

mkdir "$T/home" "$T/tmp" "$T/cwd"
[ "$(id -u)" != 0 ] || chown "$TEST_USER" "$T/home" "$T/tmp" "$T/cwd"
export HOME=$T/home TMPDIR=$T/tmp
AS_USER=("${AS_USER[@]/HOME=$T/HOME=$T/home}")
cd "$T/cwd" || exit 1
touch "$T/before"

# Every regular file that a process has open, and its folder.
outside() { # pid
	local target
	for fd in "/proc/$1/fd/"* "/proc/$1/cwd"; do
		target=$(readlink "$fd") || continue
		case $target in
		"$DIR" | "$DIR"/* | /dev/* | "$DAEMON_LOG" | "$T/cwd" | anon_inode:* | socket:* | pipe:* | /memfd:* | /) ;;
		/proc/*) ;;
		*) echo "$target" ;;
		esac
	done
}

start_daemon --listen 127.0.0.1:0 || exit 1
ctl_must init --entity Northfield --zone Europe/London --site NFD
is "$(outside "$DAEMON_PID")" '' 'semsd has no file open outside'
postmaster=$(cluster_pid)
like "$postmaster" '^[0-9]+$' 'the cluster is inside the folder'
is "$(outside "$postmaster")" '' 'the database has no file open outside'
like "$(tr '\0' ' ' <"/proc/$postmaster/cmdline")" "$DIR" 'the database runs on that folder'

# Sockets: the clients' and the cluster's, both inside; TCP on loopback only, and only semsd.
is "$(awk '$8 ~ /s\.PGSQL/ {print $8}' /proc/net/unix | grep -F "$T" | grep -vF "$DIR/" | head -n 1)" '' \
	"the cluster's socket is inside"
inodes=$(find "/proc/$postmaster/fd" -lname 'socket:*' -printf '%l\n' | tr -dc '0-9\n')
tcp=$(awk 'NR > 1 && $4 == "0A" {print $10}' /proc/net/tcp /proc/net/tcp6 2>/dev/null)
is "$(printf '%s\n' "$inodes" | grep -xF "$tcp")" '' 'the database listens on no TCP port'
inodes=$(find "/proc/$DAEMON_PID/fd" -lname 'socket:*' -printf '%l\n' | tr -dc '0-9\n')
ports=$(awk 'NR > 1 && $4 == "0A" {print $10, $2}' /proc/net/tcp | grep -F "$(printf '%s\n' "$inodes" | sed 's/.*/& /')" |
	sed 's/.* //; s/:.*//')
is "$ports" '0100007F' 'semsd listens on loopback, once'

shared=$(grep -o '/dev/shm/[^ ]*' "/proc/$postmaster/maps" | sort -u)
left=
stop_daemon
is $? 0 'semsd stops cleanly'
is "$(find "$T/home" "$T/tmp" "$T/cwd" -mindepth 1 | head -n 5)" '' 'nothing is left in home, temporary or working folder'
for f in $shared; do
	[ ! -e "$f" ] || left="$left $f"
done
is "$left" '' 'no shared memory is left'
is "$(find "$DIR" -type s)" '' 'no socket is left in the folder'
is "$(cluster_pid)" '' 'the cluster is down'

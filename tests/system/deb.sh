# The packages for Debian: what make deb makes is what lintian and blhc accept, with all that each is to have; on a copy of
# this machine they are installed, upgraded, removed and purged, and what nobody can make again stays. SEMS_LONG=1 (make
# torture): made once more elsewhere, they are the same bytes.
. "$(dirname "$0")/lib.sh"
plan $((36 + ${SEMS_LONG:-0}))
unset ASAN_OPTIONS UBSAN_OPTIONS
VERSION=$(sed -n 's/^VERSION := //p' Makefile)
DEBS=$TREE/build/deb

# --- what is made ----------------------------------------------------------------------------------

OUT=$(make -s --no-print-directory -o deps -o deps-deb deb 2>&1)
RC=$?
is "$RC" 0 'make deb makes packages'
[ "$RC" = 0 ] || {
	not_ok 'what it says' "$OUT"
	exit 1
}
is "$(lintian --fail-on error,warning --allow-root --no-cfg "$DEBS"/*.changes 2>&1) $?" ' 0' 'lintian finds nothing in them'
is "$(blhc "$DEBS/build.log" 2>&1 | cut -c1-200 | head -n 20; echo "${PIPESTATUS[0]}")" 0 'blhc finds nothing in the log: each file is compiled and linked hardened'

deb_of() { # package
	echo "$DEBS/$1_${VERSION}"_*.deb
}
# Those that are no folders.
files_of() { # package
	dpkg-deb -c "$(deb_of "$1")" | awk '!/^d/ { sub(/^\.\//, "/", $6); print $6 }'
}
while read -r package wanted; do
	there=$(files_of "$package")
	missing=$(for file in $wanted; do printf '%s\n' "$there" | grep -Fxq -- "$file" || echo "$file"; done)
	is "$missing" '' "$package has what it is for"
done <<-'END'
	semsd /usr/bin/semsd /etc/semsd/semsd.yaml /lib/systemd/system/semsd.service /lib/systemd/system/semsd.socket /usr/lib/sysusers.d/semsd.conf /usr/share/man/man8/semsd.8.gz /usr/share/semsd/roles.sql /usr/share/semsd/semsd-network.conf /usr/share/semsd/metrics.yaml /usr/share/semsd/record.proto /usr/share/doc/semsd/README.Debian /usr/share/doc/semsd/copyright
	semsctl /usr/bin/semsctl /usr/share/man/man1/semsctl.1.gz /usr/share/bash-completion/completions/semsctl /usr/share/doc/semsctl/copyright
	semsweb /usr/bin/semsweb /lib/systemd/system/semsweb.service /usr/lib/sysusers.d/semsweb.conf /usr/share/man/man8/semsweb.8.gz /usr/share/doc/semsweb/copyright
	semsd-doc /usr/share/doc/semsd-doc/README.md /usr/share/doc/semsd-doc/proto/PROTOCOL.md /usr/share/doc/semsd-doc/proto/sems/v1/record.proto /usr/share/doc/semsd-doc/sql/SCHEMA.md /usr/share/doc/semsd-doc/deploy/runbooks/backup.md /usr/share/doc/semsd-doc/tests/clients/first_record.py
END
is "$(for p in semsd semsctl semsweb semsd-doc; do files_of "$p"; done | sort | uniq -d)" '' 'no file is in two of them'
is "$(dpkg-deb -I "$(deb_of semsd)" conffiles)" /etc/semsd/semsd.yaml 'the configuration is kept over upgrades'
is "$(dpkg-deb -x "$(deb_of semsd)" "$T/x" && "$T/x/usr/bin/semsd" --version | grep -Fc "$VERSION")" 1 \
	'semsd in it says its version'

[ -z "${SEMS_LONG:-}" ] || {
	mkdir "$T/elsewhere"
	tar -c --exclude ./build . | tar -x -C "$T/elsewhere"
	(cd "$T/elsewhere" && tools/deb.sh "$VERSION") >"$T/elsewhere.log" 2>&1
	is "$(cd "$T/elsewhere/build/deb" && sha256sum ./*.deb)" "$(cd "$DEBS" && sha256sum ./*.deb)" 'made elsewhere they are the same bytes'
}

# --- a copy of this machine ------------------------------------------------------------------------

HOLDER=
trap 'rc=$?; [ -z "$HOLDER" ] || kill "$HOLDER" 2>/dev/null; (exit $rc); finish' EXIT
# Which can only be had by root, with a mount namespace and overlays; it lies in memory and goes with its holder. Nothing of
# the machine can be written from there, its folder of devices neither.
copy_machine() {
	[ "$(id -u)" = 0 ] && mkdir "$T/memory" "$T/root" && mkfifo "$T/ready" || return 1
	# shellcheck disable=SC2016 # for the shell in there
	unshare -m bash -c 'mount --make-rprivate / && mount -t tmpfs tmpfs "$1/memory" && mkdir "$1/memory/upper" "$1/memory/work" &&
		mount -t overlay -o "lowerdir=/,upperdir=$1/memory/upper,workdir=$1/memory/work" overlay "$1/root" &&
		mount -t proc proc "$1/root/proc" && mount -t tmpfs -o mode=755 tmpfs "$1/root/dev" &&
		ln -s /proc/self/fd "$1/root/dev/fd" && mkdir -m 1777 "$1/root/dev/shm" &&
		for f in null zero full random urandom; do touch "$1/root/dev/$f" && mount --bind "/dev/$f" "$1/root/dev/$f" || exit 1; done &&
		for f in run tmp mnt; do mount -t tmpfs -o mode=1777 tmpfs "$1/root/$f" || exit 1; done &&
		echo good >"$1/ready" && exec sleep 900
		echo bad >"$1/ready"' - "$T" >"$T/holder.log" 2>&1 </dev/null &
	HOLDER=$!
	[ "$(cat "$T/ready")" = good ]
}
inside() { # command...
	nsenter "--mount=/proc/$HOLDER/ns/mnt" chroot "$T/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive "$@"
}
into() { # folder file
	inside tee "$1/$(basename "$2")" <"$2" >/dev/null
}
copy_machine || {
	echo "skip - deb: no copy of this machine is to be had: $(tail -n 1 "$T/holder.log" 2>/dev/null) ($((PLAN - RAN)) tests)"
	RAN=$PLAN
	exit 0
}

PACKAGES=(semsweb semsd semsctl semsd-doc)
# Nothing of it that this machine may have, and no documents left out.
inside dpkg --force-all -P "${PACKAGES[@]}" >"$T/dpkg.log" 2>&1
inside sh -c 'userdel semsd; userdel semsweb; rm -rf /etc/semsd /var/lib/semsd; find /etc/systemd -name "sems*" -delete
	find /etc/dpkg/dpkg.cfg.d -type f -delete' 2>"$T/stderr"
named_so() {
	inside find /etc /usr /lib/ /var/lib/systemd /var/lib/dpkg/info -xdev -name '*sems[dcw]*' | sort
}
before=$(named_so)

# What a started machine has, with a systemd that only notes what it is told.
inside bash -c 'mkdir -p /run/systemd/system /mnt/old /mnt/new /mnt/tree
printf "#!/bin/sh\necho \"\$*\" >>/run/told\n" >/run/stub
chmod 755 /run/stub && cp /run/stub /usr/bin/deb-systemd-invoke && cp /run/stub /usr/bin/systemctl'
told() {
	inside sh -c 'cat /run/told 2>/dev/null; rm -f /run/told'
}
mkdir "$T/new"
for package in "${PACKAGES[@]}"; do
	into /mnt/old "$(deb_of "$package")"
	# The same with a higher version, as the next release has.
	dpkg-deb -R "$(deb_of "$package")" "$T/new/$package"
	sed -i "s/^Version: .*/&.1/; s/(= $VERSION)/(= $VERSION.1)/" "$T/new/$package/DEBIAN/control"
	dpkg-deb --root-owner-group -Znone -b "$T/new/$package" "$T/new/$package.deb" >/dev/null
	into /mnt/new "$T/new/$package.deb"
done
dpkg_does() { # test's-name argument...
	inside dpkg --force-unsafe-io "${@:2}" >"$T/dpkg.log" 2>&1
	local rc=$?
	is "$rc" 0 "$1"
	[ "$rc" = 0 ] || tail -n 20 "$T/dpkg.log" | sed 's/^/# /'
}

dpkg_does 'they can be installed' -iR /mnt/old
like "$(inside semsd --version)" "$VERSION" 'semsd is on the path'
like "$(inside semsctl --version)" "$VERSION" 'and semsctl'
unlike "$(told)" 'start' 'nothing is started'
is "$(inside find /etc/systemd -name 'sems*')" '' 'nor at the next start of the machine'
is "$(inside ls -d /var/lib/semsd 2>/dev/null)" '' 'no database and no key is made'
is "$(inside getent passwd semsd semsweb | cut -d: -f1,7)" "$(printf 'semsd:/usr/sbin/nologin\nsemsweb:/usr/sbin/nologin')" \
	'the accounts are there, and nobody logs in to them'
like "$(inside bash -c '. /usr/share/bash-completion/completions/semsctl; complete -p semsctl')" '_semsctl' 'bash completes'

tar -c tests/clients proto deploy/debian/tests | inside tar -x -C /mnt/tree
OUT=$(inside bash -c 'cd /mnt/tree && bash deploy/debian/tests/first_record.sh' 2>&1)
is "$?" 0 'what is installed takes a first record'
like "$OUT" '^OK' 'and is well'
unlike "$OUT" 'command not found|No such file' 'with nothing missing'

# README.Debian, word for word. sudo and systemd are played: what the unit's folders and account are is the unit's.
# shellcheck disable=SC2016 # for the shell in there
OUT=$(inside bash -c 'set -e
as() {
	local user=$1
	shift
	setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups "$@"
}
semsd_starts() {
	install -d -o semsd -g semsd /run/semsd
	install -d -o semsd -g semsd -m 700 /var/lib/semsd
	setpriv --reuid=semsd --regid=semsd --clear-groups semsd --config /etc/semsd/semsd.yaml >/mnt/semsd.log 2>&1 &
	pid=$!
	as semsd semsctl --wait 120 status >/mnt/status
}
sudo() {
	case $* in
	"systemctl enable --now semsd.service") semsd_starts ;;
	"-u postgres "* | "-u semsd "*) as "${@:2}" ;;
	*) return 1 ;;
	esac
}
install -d -o postgres /run/postgresql /mnt/cluster
bin=$(echo /usr/lib/postgresql/*/bin | tr " " "\n" | tail -n 1)
cd /mnt/cluster
as postgres "$bin/initdb" -N -A peer -D /mnt/cluster >/mnt/initdb.log
as postgres "$bin/pg_ctl" -w -D /mnt/cluster -l /mnt/cluster/log -o "-k /run/postgresql -c listen_addresses=" start >/mnt/pg_ctl.log
trap "kill \$pid; wait \$pid; as postgres $bin/pg_ctl -m fast -w -D /mnt/cluster stop >/mnt/pg_ctl.log" EXIT
sed -n "s/^    //p" /usr/share/doc/semsd/README.Debian | sed "/^sudo rm /,\$d" >/mnt/commands
. /mnt/commands
as semsd semsctl status' 2>&1)
is "$?" 0 'with the commands of README.Debian it serves a database'
like "$OUT" '^OK' 'and is well there'
inside rm -rf /var/lib/semsd

# What people add.
inside bash -c 'echo "# ours" >>/etc/semsd/semsd.yaml && mkdir -p /etc/semsd/tls /var/lib/semsd/keys &&
	echo key >/etc/semsd/tls/server.key && echo key >/var/lib/semsd/keys/person-2026.key'
told >/dev/null
dpkg_does 'they can be upgraded' -iR /mnt/new
is "$(inside dpkg-query -W -f '${Version} ${db:Status-Status}\n' "${PACKAGES[@]}" | sort -u)" "$VERSION.1 installed" 'all are the new ones'
OUT=$(told)
like "$OUT" 'try-restart .*semsd\.service' 'semsd is restarted where it runs'
like "$OUT" 'try-restart .*semsweb\.service' 'and semsweb'
unlike "$OUT" 'semsd\.socket' 'the socket stays, for those who wait'
is "$(inside tail -n 1 /etc/semsd/semsd.yaml)" '# ours' 'the configuration is what people made of it'

dpkg_does 'they can be removed' -r "${PACKAGES[@]}"
like "$(told)" 'stop semsd\.socket semsd\.service' 'semsd and its socket are stopped'
is "$(inside sh -c 'ls /usr/bin/sems* 2>/dev/null; ls /etc/semsd')" "$(printf 'semsd.yaml\ntls')" \
	'the programs are gone, the configuration is there'
dpkg_does 'they can be purged' -P "${PACKAGES[@]}"
is "$(inside sh -c 'ls -d /etc/semsd 2>/dev/null; cat /var/lib/semsd/keys/person-2026.key')" key \
	'the configuration is gone, the keys are there'
is "$(for p in "${PACKAGES[@]}"; do files_of "$p"; done | inside xargs -r ls -d 2>/dev/null)" '' 'no file of theirs is left'
is "$(named_so)" "$before" 'nor one that installing made'

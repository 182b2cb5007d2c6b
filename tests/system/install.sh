# make install puts what a machine needs where it looks for it, below any folder, and make uninstall takes it away.
. "$(dirname "$0")/lib.sh"
plan 16

# What was built is taken as it is: the build is no test of this one.
make_it() { # target [variable...]
	make -s --no-print-directory -o all "$@" 2>&1
}
ln -s "$SEMS_BUILD" build 2>/dev/null || [ -e build ] || exit 1
to=$T/root
OUT=$(make_it install "DESTDIR=$to" prefix=/usr)
is "$? $OUT" '0 ' 'make install succeeds and says nothing'
for file in bin/semsd bin/semsctl bin/semsweb lib/systemd/system/semsweb.service share/man/man1/semsctl.1 share/man/man8/semsd.8 lib/systemd/system/semsd.service lib/systemd/system/semsd.socket \
	share/semsd/metrics.yaml share/semsd/spd.schema.json; do
	if [ -s "$to/usr/$file" ]; then ok "it brings $file"; else not_ok "it brings $file"; fi
done
# What a fault in semsd could reach, by systemd's own measure.
exposure() { systemd-analyze security --offline=yes "$@" 2>/dev/null | sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p'; }
if command -v systemd-analyze >/dev/null; then
	is "$(awk -v x="$(exposure "$to/usr/lib/systemd/system/semsd.service")" 'BEGIN { print (x != "" && x <= 1.0) }')" 1 \
		'the unit has an exposure of at most 1.0'
	mkdir -p "$T/unit"
	cp "$to/usr/lib/systemd/system/semsd.service" "$T/unit/"
	cat "$to/usr/share/semsd/semsd-network.conf" >>"$T/unit/semsd.service"
	is "$(awk -v x="$(exposure "$T/unit/semsd.service")" 'BEGIN { print (x != "" && x <= 1.3) }')" 1 \
		'and with the network of at most 1.3'
else
	echo 'skip - install: no systemd-analyze here (2 tests)'
	RAN=$((RAN + 2))
fi
like "$(cat "$to/usr/lib/systemd/system/semsd.service")" '^ExecStart=/usr/bin/semsd ' 'the unit starts what was installed'
# bash asks the function what may follow.
completed=$(bash -c '. "$1"
COMP_WORDS=(semsctl --socket /x quarantine re) COMP_CWORD=4; _semsctl; printf "%s " "${COMPREPLY[@]}"
COMP_WORDS=(semsctl spd freeze --ex) COMP_CWORD=3; _semsctl; printf "%s " "${COMPREPLY[@]}"
COMP_WORDS=(semsctl sta) COMP_CWORD=1; _semsctl; printf "%s " "${COMPREPLY[@]}"' - \
	"$to/usr/share/bash-completion/completions/semsctl" 2>&1)
is "$completed" 'requeue --exclude-embargoed status ' 'bash completes words, options and commands'
make_it uninstall "DESTDIR=$to" prefix=/usr >/dev/null
is "$(find "$to" -type f)" '' 'make uninstall leaves no file'

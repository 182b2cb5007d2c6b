# TLS, as machines and people of other hosts meet it: P-106, P-107, P-108, P-109, P-940. An issuer, a machine and two
# persons are five commands; the machine is in a network of its own.
. "$(dirname "$0")/lib.sh"
plan 27

PKI=$T/pki
mkdir "$T/home" && cd "$T/home" || exit 1
# The programs' user writes what semsd is to read.
[ ${#AS_USER[@]} = 0 ] || chown "$TEST_USER" "$T/home" "$T"
pki() { "${AS_USER[@]}" "$PROGRAMS/semsctl" pki --pki "$PKI" "$@"; }
remote() { # folder argument...
	local who=$1
	shift
	"${AS_USER[@]}" "$PROGRAMS/semsctl" --wait 0 --socket "tls:127.0.0.1:$PORT" --identity "$PKI/$who" "$@" 2>&1
}
logged() { grep -q -- "$1" "$DAEMON_LOG"; }

pki init --server localhost --server 127.0.0.1 --server 10.9.8.1 >"$T/init" 2>&1
is $? 0 'an issuer and a certificate of semsd'
pki device xray-7 >/dev/null && pki person rita >"$T/rita" && pki person otto >/dev/null
is $? 0 'a machine and two persons'
like "$(cat "$T/rita")" '^  [a-z0-9]{24}$' 'a person is told the passphrase of the .p12'

start_daemon --tls 0.0.0.0:0 --tls-folder "$PKI/server" || exit 1
PORT=$(sed -n 's/.*event=listen.tls.* port=\([0-9]*\).*/\1/p' "$DAEMON_LOG")
ctl_must init --entity 'Northfield Airport' --zone Europe/London --site NFD --source xray \
	--sender cert:sems:device/xray-7 --role cert:sems:person/rita=compliance --role cert:sems:person/otto=manager
like "$(remote person/rita status)" 'Northfield' 'a person comes in by the certificate'
like "$(remote device/xray-7 status)" 'you are cert:sems:device/xray-7 with the role device' \
	'a machine is who its certificate says, and may what that may'

# --- a record from another network ---
cat >"$T/one.csv" <<-CSV
	source_record_id,site_id,occurred_at,occurred_end,activity,count,method
	1,NFD,$(date -u +%Y-%m-%dT%H:00:00Z -d '2 hours ago'),$(date -u +%Y-%m-%dT%H:00:00Z -d "1 hour ago"),HOLD_BAGS,240,COUNTED
CSV
import() { "$PROGRAMS/semsctl" --wait 0 --socket "$1" --identity "$PKI/device/xray-7" import --kind activity --source xray "$T/one.csv"; }
if [ "$(id -u)" = 0 ] && ip netns add "sems$$" 2>/dev/null; then
	ip link add "v$$" type veth peer name eth0 netns "sems$$" && ip addr add 10.9.8.1/24 dev "v$$" &&
		ip link set "v$$" up && ip -n "sems$$" addr add 10.9.8.2/24 dev eth0 && ip -n "sems$$" link set eth0 up
	trap 'ip netns del "sems$$" 2>/dev/null; finish' EXIT
	out=$(ip netns exec "sems$$" bash -c "$(declare -f import); PROGRAMS=$PROGRAMS PKI=$PKI T=$T import tls:10.9.8.1:$PORT" 2>&1)
	like "$out" '1 accepted' 'a record comes from another network'
	ip netns del "sems$$"
	trap finish EXIT
else
	like "$("${AS_USER[@]}" bash -c "$(declare -f import); PROGRAMS=$PROGRAMS PKI=$PKI T=$T import tls:127.0.0.1:$PORT" 2>&1)" '1 accepted' 'a record comes over TLS'
fi
ctl_must records list --source xray
like "$OUT" 'activity' 'and is there'

# --- bad certificates: what the client hears, what the log says ---
bad() { # name extensions-line days-from days-until key-options by
	local name=$1 san=$2 eku=$3 from=$4 until=$5 key=$6 ca=${7:-$PKI/ca}
	mkdir -p "$T/bad/$name"
	{
		echo '[req]'; echo 'distinguished_name=dn'; echo '[dn]'; echo '[x]'
		[ -z "$san" ] || echo "subjectAltName=$san"
		[ -z "$eku" ] || echo "extendedKeyUsage=$eku"
		echo "basicConstraints=CA:${8:-FALSE}"
	} >"$T/bad/$name/conf"
	# shellcheck disable=SC2086 # several words
	openssl req -new $key -nodes -keyout "$T/bad/$name/client.key" -subj "/CN=$name" -config "$T/bad/$name/conf" -out "$T/bad/$name/csr" 2>/dev/null
	: >"$T/bad/$name/index"
	openssl ca -batch -config <(printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s\nnew_certs_dir=%s\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n' "$T/bad/$name/index" "$T/bad/$name") \
		-extfile "$T/bad/$name/conf" -extensions x -cert "$ca.pem" -keyfile "$ca.key" -in "$T/bad/$name/csr" \
		-startdate "$(date -u -d "$from" +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d "$until" +%Y%m%d%H%M%SZ)" \
		-notext -out "$T/bad/$name/client.pem" 2>"$T/bad/$name/err" || cat "$T/bad/$name/err"
	cp "$PKI/ca.pem" "$T/bad/$name/ca.pem"
}
refused() { # name client-words log-words
	local out
	[ ${#AS_USER[@]} = 0 ] || chown -R "$TEST_USER" "$T/bad"
	out=$("${AS_USER[@]}" "$PROGRAMS/semsctl" --wait 0 --socket "tls:127.0.0.1:$PORT" --identity "$T/bad/$1" status 2>&1)
	like "$out" "$2" "$1: the client hears why"
	wait_for 10 logged "text=\"$3" && ok "$1: the log says why" || not_ok "$1: the log says why" "$(tail -3 "$DAEMON_LOG")"
}
EC='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1'
MACHINE=URI:sems:device/xray-8
openssl req -x509 $EC -nodes -keyout "$T/other.key" -out "$T/other.pem" -subj /CN=other -days 2 2>/dev/null
bad expired $MACHINE clientAuth '2 days ago' '1 day ago' "$EC"
refused expired 'it has expired' 'its certificate has expired: renew it (subject CN=expired; names URI:sems:device/xray-8'
bad nameless '' clientAuth '1 day ago' '1 day' "$EC"
refused nameless 'names no machine' 'its certificate has no subject alternative name'
bad server $MACHINE serverAuth '1 day ago' '1 day' "$EC"
refused server 'not one for clients' 'its certificate is not one for clients'
bad foreign $MACHINE clientAuth '1 day ago' '1 day' "$EC" "$T/other"
refused foreign 'issuer is not known' "its certificate's issuer is not known here"

# --- revoking while connected: gone, and told ---
cat >"$T/stay.py" <<-'PY'
	import socket, ssl, sys
	port, who, ca = int(sys.argv[1]), sys.argv[2], sys.argv[3]
	c = ssl.create_default_context(cafile=ca)
	c.load_cert_chain(who + "/client.pem", who + "/client.key")
	s = c.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="127.0.0.1")
	s.settimeout(90)
	s.sendall(bytes([6, 0x0a, 4, 0x08, 1, 0x10, 1]))
	print("welcome" if s.recv(65536) else "closed", flush=True)
	rest = s.recv(65536)
	print("refused" if b"was revoked" in rest else repr(rest), flush=True)
PY
python3 "$T/stay.py" "$PORT" "$PKI/device/xray-7" "$PKI/ca.pem" >"$T/stay" 2>&1 &
STAY=$!
wait_for 20 grep -q welcome "$T/stay"
pki revoke device/xray-7 >/dev/null
ctl_must reload
like "$OUT" 'Read again, and in force' 'a reload says that it is good'
wait "$STAY"
is "$(tail -1 "$T/stay")" refused 'whoever is connected with a revoked certificate is told and gone'
like "$(remote device/xray-7 status)" 'it was revoked' 'and does not come in again'
pki device xray-7 >/dev/null
is $? 0 'the machine enrols again under its name'
like "$(remote device/xray-7 status)" 'with the role device' 'and is who it was'

# --- each file broken in turn: the last good set stays ---
failures=
for file in server.pem server.key ca.pem crl.pem; do
	cp -p "$PKI/server/$file" "$T/kept"
	echo nonsense >"$PKI/server/$file"
	ctl_get reload
	[ "$RC" = 1 ] && grep -q "$file" <<<"$ERR" || failures+=" $file($RC: $ERR)"
	remote person/rita status | grep -q Northfield || failures+=" $file: nobody comes in"
	cp -p "$T/kept" "$PKI/server/$file"
done
is "$failures" '' 'a broken file is named, exit status 1, and the last good set is in force'
ctl_must status
like "$OUT" 'THE CERTIFICATES IN FORCE ARE NOT THOSE OF THE FILES' 'status says so'
ctl_must reload
ctl_must status
unlike "$OUT" 'CERTIFICATES IN FORCE ARE NOT' 'mended, it is silent again'
"${AS_USER[@]}" "$PROGRAMS/semsd" --embedded "$DIR" --tls 127.0.0.1:0 --tls-folder "$T/nowhere" --check >"$T/check" 2>&1
is $? 78 'a set that a start would refuse is refused by --check'

# --- root revokes for whoever semsd is ---
if [ "$(id -u)" = 0 ]; then
	"$PROGRAMS/semsctl" pki --pki "$PKI" revoke person/otto >/dev/null
	ctl_get reload
	is "$RC $(stat -c %U "$PKI/server/crl.pem")" "0 $TEST_USER" 'what root revokes semsd can read, and so it is in force'
else
	ok 'what root revokes semsd can read, and so it is in force'
fi

# --- one certificate at two places ---
hold() { python3 "$T/stay.py" "$PORT" "$PKI/person/rita" "$PKI/ca.pem" >"$T/hold$1" 2>&1 & }
hold 1
FIRST=$!
wait_for 20 grep -q welcome "$T/hold1"
sed "s/127.0.0.1\", port)/127.0.0.1\", port), source_address=(\"127.0.0.2\", 0)/" "$T/stay.py" >"$T/stay2.py"
python3 "$T/stay2.py" "$PORT" "$PKI/person/rita" "$PKI/ca.pem" >"$T/hold2" 2>&1 &
SECOND=$!
wait_for 20 grep -q welcome "$T/hold2"
ctl_must status
like "$OUT" 'ONE CERTIFICATE WAS HERE TWICE AT ONCE: cert:sems:person/rita from 127.0.0.1 and from 127.0.0.2' \
	'a copied identity is told with both places'
kill "$FIRST" "$SECOND"
wait "$FIRST" "$SECOND" 2>/dev/null
stop_daemon
is $? 0 'it stops cleanly'

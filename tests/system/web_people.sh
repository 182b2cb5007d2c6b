# People at semsweb by certificates of their browsers (P-1406), and by what nginx says over a Unix socket (P-1407).
. "$(dirname "$0")/lib.sh"
. "$TREE/tests/system/lib_web.sh"
plan 22
command -v nginx >/dev/null || skip_all 'no nginx'
start_for_users
PKI=$T/pki
pki() { "${AS_USER[@]}" "$PROGRAMS/semsctl" pki --pki "$PKI" "$@"; }
pki init --server localhost --server 127.0.0.1 --out "$T/tls" >"$T/init" 2>&1 || exit 1
pki person rita >/dev/null && pki person otto >/dev/null && pki device phone-1 >/dev/null || exit 1
ctl_must init --entity Northfield --zone Europe/London --site NFD --source gate --role unix:nobody=gateway \
	--role web:rita=auditor
# What semsweb's account and nginx may read.
mkdir -m 755 "$T/shared" "$T/run"
cp "$T/tls/ca.pem" "$T/tls/crl.pem" "$T/tls/server.pem" "$T/tls/server.key" "$T/shared/"
chmod 644 "$T/shared"/*
chown nobody "$T/run"

# --- certificates
tls=(--certificate "$T/shared/server.pem" --key "$T/shared/server.key")
start_web_as nobody "${tls[@]}" --people "$T/shared/ca.pem" --revoked "$T/shared/crl.pem" || exit 1
seen() { # curl's arguments: the page in words
	curl_status --cacert "$T/shared/ca.pem" "$@" >/dev/null
	sed "s/<[^>]*>/ /g; s/&#39;/'/g" "$T/body" | tr -s ' \n' ' '
}
by() { # kind/name
	seen --cert "$PKI/$1/client.pem" --key "$PKI/$1/client.key" "$WEB/"
}
like "$(seen "$WEB/")" 'Nobody is signed in here' 'a browser needs no certificate'
said=$(by person/rita)
like "$said" "You are web:rita Role auditor Signed in by your browser's certificate" 'by a certificate one is a person'
unlike "$said" 'Sign out' 'whom the page cannot sign out'
like "$(by person/otto)" 'You are web:otto Role none' 'who has no role has none'
like "$(by device/phone-1)" "does not sign you in: its certificate is no person's" 'a device is no person'
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -addext 'subjectAltName=URI:sems:person/rita' -days 2 \
	-keyout "$T/own.key" -out "$T/own.pem" 2>/dev/null
like "$(seen --cert "$T/own.pem" --key "$T/own.key" "$WEB/")" 'does not sign you in: ' 'one of nobody known is nothing'
like "$(seen -H 'X-Sems-Person: rita' "$WEB/")" 'Nobody is signed in here' 'nor is a header by the network'
pki revoke person/rita >/dev/null
cp "$T/tls/crl.pem" "$T/shared/crl.pem"
kill -HUP "$WEB_PID"
wait_for 10 grep -q certificate.reloaded "$WEB_LOG"
like "$(by person/rita)" 'does not sign you in: .*revoked' 'who is revoked is nobody'
stop_web
for wrong in '--people x' "${tls[*]} --revoked x" '--person-header X' '--origin https://a.example/'; do
	# shellcheck disable=SC2086 # words on purpose
	"$PROGRAMS/semsweb" $wrong >"$T/said" 2>&1
	is $? 64 "semsweb $(sed 's/--certificate [^ ]* --key [^ ]*/--certificate/' <<<"$wrong") is refused"
done

# --- nginx, with the recipe as it is, but for names and ports
ports=$(/usr/bin/python3 -c 'import socket
all = [socket.socket() for _ in range(2)]
for s in all:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in all))')
port=${ports% *} sso=${ports#* }
start_web_as nobody --listen "unix:$T/run/http.sock" --person-header X-Sems-Person || exit 1
cat >"$T/sso.py" <<'PY'
import http.server, sys

class Sso(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        who = dict(c.strip().split("=", 1) for c in self.headers.get("Cookie", "").split(";") if "=" in c).get("sso")
        self.send_response(202 if who else 401)
        if who:
            self.send_header("X-Auth-Request-User", who)
            self.send_header("X-Auth-Request-Preferred-Username", "adam")
        self.end_headers()

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Sso).serve_forever()
PY
/usr/bin/python3 "$T/sso.py" "$sso" 2>/dev/null &
sso_pid=$!
mkdir "$T/nginx"
{
	echo "user root; daemon off; pid $T/nginx/pid; error_log $T/nginx/error.log; events {}"
	echo "http { access_log off;"
	for of in client_body proxy fastcgi uwsgi scgi; do echo "${of}_temp_path $T/nginx/$of;"; done
	sed "s|listen 443|listen 127.0.0.1:$port|; s|/etc/nginx/sems\.|$T/shared/server.|; s|/run/semsweb/|$T/run/|
		s|127\.0\.0\.1:4180|127.0.0.1:$sso|" deploy/nginx/semsweb.conf
	echo '}'
} >"$T/nginx/nginx.conf"
nginx -c "$T/nginx/nginx.conf" >"$T/nginx/out" 2>&1 &
nginx_pid=$!
WEB=https://localhost:$port
wait_for 30 curl --silent --output "$T/body" "http://127.0.0.1:$sso/"
wait_for 30 curl --silent --cacert "$T/shared/ca.pem" --output "$T/body" "$WEB/v1/"
is "$(curl_status --cacert "$T/shared/ca.pem" "$WEB/")" 302 'nginx sends a stranger to the sign-in'
said=$(seen -b sso=rita "$WEB/")
like "$said" 'You are web:rita Role auditor Signed in by the proxy' 'who signed in there is a person'
like "$(seen -b sso=rita -H 'X-Sems-Person: root' -H 'x-sems-person: adam' "$WEB/")" 'You are web:rita' \
	'whatever the browser says'
is "$(curl_status --cacert "$T/shared/ca.pem" -b sso=rita -H 'Content-Type: application/json' -H 'X-Sems-Person: rita' \
	-d '{"records":[]}' "$WEB/v1/batch")" 401 'a batch takes a device of its own'
like "$(seen "$WEB/field/")" 'semsd field' 'the field app takes no sign-in'
is "$(curl_status --cacert "$T/shared/ca.pem" "$WEB/livez")" 200 'nor does asking whether the server is there'
is "$(curl_status --cacert "$T/shared/ca.pem" --path-as-is "$WEB/livez/../")" 302 'and nothing is got by way of them'
is "$(curl_status --cacert "$T/shared/ca.pem" -b sso=rita "$WEB/readyz")" 404 'what is for this machine alone stays so'
kill "$nginx_pid" "$sso_pid"
wait "$nginx_pid" "$sso_pid" 2>/dev/null
stop_web
is $? 0 'semsweb stops cleanly'
[ ! -e "$T/run/http.sock" ]
is $? 0 'and takes its socket away'

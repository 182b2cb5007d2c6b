# semsweb from outside, in TLS: slow clients, too many of them, certificates that are renewed or broken.
. "$(dirname "$0")/lib.sh"
. "$TREE/tests/system/lib_web.sh"
plan 17

make_certificate() { # name
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$T/key.pem" -out "$T/$1.pem" \
		-days 30 -subj "/CN=$1" -addext subjectAltName=IP:127.0.0.1 2>/dev/null
	cp "$T/$1.pem" "$T/web.pem"
	chmod 644 "$T/key.pem"
}
make_certificate first
# No semsd: what is asked of semsweb alone.
start_web --certificate "$T/web.pem" --key "$T/key.pem" --request-seconds 2 --connections 8 || exit 1
port=${WEB##*:}
get() { # curl's arguments...
	curl_status --cacert "$T/first.pem" "$@" "$WEB/livez"
}

is "$(get)" 200 'it answers in TLS'
like "$(cat "$T/headers")" '^Strict-Transport-Security: max-age=31536000' 'and says that it is to stay so'
is "$(get --tls-max 1.2)" 200 'also in TLS 1.2'
get --tls-max 1.1 --ciphers 'DEFAULT:@SECLEVEL=0' >/dev/null
is $? 35 'and in nothing older'
is "$(curl_status "http://127.0.0.1:$port/livez")" 000 'nor in plain'

# Each holds a connection until it is closed, and says which were: who drips within TLS, and who says nothing.
cat >"$T/slow.py" <<'PY'
import socket, ssl, sys, threading, time
port, address, drips, silent = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
until = time.monotonic() + 25
ends = []
def hold(drip):
    s = socket.create_connection(("127.0.0.1", port), 20, (address, 0))
    try:
        if drip:
            s = context.wrap_socket(s)
            s.sendall(b"GET /livez HTTP/1.1\r\n")
        print("held", flush=True)
        while time.monotonic() < until:
            if drip:
                s.sendall(b"x: y\r\n")
            s.settimeout(0.2)
            try:
                if s.recv(1000) == b"":
                    break
            except (TimeoutError, ssl.SSLWantReadError):
                continue
        else:
            return
    except (OSError, ssl.SSLError):
        pass
    ends.append(drip)
threads = [threading.Thread(target=hold, args=(i < drips,)) for i in range(drips + silent)]
[t.start() for t in threads]
[t.join() for t in threads]
print("closed", sum(ends), len(ends) - sum(ends))
PY
flood() { # address drips silent
	/usr/bin/python3 -B "$T/slow.py" "$port" "$@"
}
is "$(flood 127.0.0.1 1 0 | tail -n 1)" 'closed 1 0' 'who drips a header a fifth of a second is closed'
is "$(flood 127.0.0.1 0 1 | tail -n 1)" 'closed 0 1' 'so is who never shakes hands'
# One address has six of eight places.
flood 127.0.0.1 3 3 >"$T/flood" 2>&1 &
slow=$!
held() {
	[ "$(grep -c held "$T/flood")" = 6 ]
}
wait_for 15 held
is $? 0 'six slow ones are there'
is "$(get)" 503 'one more of their address is told that there is no place'
like "$(cat "$T/body")" 'from your address' 'and why'
like "$(cat "$T/headers")" '^Retry-After: 5' 'and when to come again'
is "$(get --interface 127.0.0.2)" 200 'another address is served meanwhile'
wait "$slow"
is "$(tail -n 1 "$T/flood")" 'closed 3 3' 'all six are closed'
is "$(get)" 200 'and then there is a place'

make_certificate second
kill -HUP "$WEB_PID"
renewed() {
	[ "$(curl_status --cacert "$T/second.pem" "$WEB/livez")" = 200 ]
}
wait_for 15 renewed
is $? 0 'a renewed certificate is shown after SIGHUP'
echo nonsense >"$T/web.pem"
kill -HUP "$WEB_PID"
wait_for 15 grep -q 'event=certificate\.kept' "$WEB_LOG"
is "$? $(curl_status --cacert "$T/second.pem" "$WEB/livez")" '0 200' 'one that is none leaves it in use'
stop_web
is $? 0 'and it stops cleanly'

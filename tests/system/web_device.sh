# Devices that come by HTTP: invited, enrolled with a token and with keys of other programs, revoked.
. "$(dirname "$0")/lib.sh"
. "$TREE/tests/system/lib_web.sh"
plan 28
start_daemon || exit 1
start_web || exit 1
ctl_must init --entity Northfield --zone Europe/London --site NFD --source phone-1 --sender device:phone-1
ctl_must init --source phone-2 --sender device:phone-2

enrol() { # JSON; leaves the answer in $T/body
	curl_status -H 'Content-Type: application/json' --data-binary "$1" "$WEB/v1/enrol"
}
member() { # file name
	/usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"
}
record() { # source number
	/usr/bin/python3 -c 'import base64, hashlib, json, sys
at, (source, number) = 1775034000000, sys.argv[1:]
b = bytearray(at.to_bytes(6, "big") + hashlib.sha256(source.encode() + b"\0" + number.encode()).digest()[:10])
b[6], b[8] = b[6] & 15 | 128, b[8] & 63 | 128
print(json.dumps({"records": [{"recordId": base64.b64encode(b).decode(), "source": source, "sourceRecordId": number,
    "siteId": "NFD", "occurredAt": at, "observation": {"mode": "OBSERVATION_MODE_OVERT",
    "criteria": [{"criterionId": "bag-search", "result": "CRITERION_RESULT_MET"}]}}]}), end="")' "$@"
}
send() { # file authorization; leaves the answer in $T/body
	curl_status -H 'Content-Type: application/json' -H "Authorization: $2" --data-binary "@$1" "$WEB/v1/batch"
}

# --- by a token
code=$(ctl device invite phone-1 | head -n 1)
like "$code" '^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$' 'an administrator has a code made'
is "$(enrol '{"code":"0000-0000-0000"}')" 403 'another code is refused'
is "$(enrol "{\"code\":\"$code\"}")" 200 'the code is exchanged'
is "$(member "$T/body" principal)" device:phone-1 'for the device that it was made for'
token=$(member "$T/body" token)
is "$(enrol "{\"code\":\"$code\"}")" 403 'once'
record phone-1 1 >"$T/one"
is "$(send "$T/one" "Bearer $token")" 200 'its token sends a record'
like "$(cat "$T/body")" 'VERDICT_CODE_STORED' 'which is stored'
record phone-2 1 >"$T/foreign"
is "$(send "$T/foreign" "Bearer $token") $(grep -o 'REASON_[A-Z_]*' "$T/body")" '200 REASON_NOT_GRANTED' 'and none of another source'
is "$(send "$T/one" "Bearer ${token%?}x")" 401 'another token is nobody'
is "$(send "$T/one" 'Basic YTpi')" 401 'a password is nothing'
like "$(ctl device)" 'device:phone-1 +ENROLLED +TOKEN +2' 'the list says when it was last seen'
ctl records list --kind observation --json >"$T/records"
like "$(cat "$T/records")" 'phone-1' 'the record is there'
unlike "$(grep -c . "$DAEMON_LOG") $(grep "$token\|$code" "$DAEMON_LOG" "$WEB_LOG")" 'phone|token' 'neither log has code or token'

# --- by a key, with OpenSSL alone
openssl ecparam -name prime256v1 -genkey -noout -out "$T/key.pem" 2>/dev/null
jwk() {
	openssl ec -in "$T/key.pem" -pubout -outform DER 2>/dev/null | /usr/bin/python3 -c 'import base64, json, sys
p = sys.stdin.buffer.read()[-64:]
x, y = (base64.urlsafe_b64encode(h).decode().rstrip("=") for h in (p[:32], p[32:]))
print(json.dumps({"kty": "EC", "crv": "P-%d" % 256, "x": x, "y": y}))'
}
signed() { # file [milliseconds from now]
	/usr/bin/python3 - "$T/key.pem" "$key_id" "$1" "${2:-0}" <<'PY'
import base64, hashlib, subprocess, sys, time
key, key_id, body, later = sys.argv[1:]
at = int(time.time() * 1000) + int(later)
text = "\n".join(["sems1", key_id, str(at), "POST", "/v1/batch", hashlib.sha256(open(body, "rb").read()).hexdigest()])
der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=text.encode(), capture_output=True, check=True).stdout
numbers, rest = [], der[2:]
while rest:
    n = rest[1]
    numbers.append(int.from_bytes(rest[2:2 + n], "big").to_bytes(32, "big"))
    rest = rest[2 + n:]
print("SEMS keyId=%s, time=%d, signature=%s" % (key_id, at, base64.b64encode(b"".join(numbers)).decode()))
PY
}
code=$(ctl device invite phone-2 --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["code"])')
is "$(enrol "{\"code\":\"$code\",\"publicKey\":$(jwk)}")" 200 'a code is exchanged for the place of a key'
key_id=$(member "$T/body" keyId)
how=$(signed "$T/foreign")
is "$(send "$T/foreign" "$how") $(grep -o 'VERDICT_CODE_[A-Z]*' "$T/body")" '200 VERDICT_CODE_STORED' 'what it signed is stored'
is "$(send "$T/foreign" "$how") $(grep -o 'VERDICT_CODE_[A-Z]*' "$T/body")" '200 VERDICT_CODE_DUPLICATE' 'who sends it again does no harm'
is "$(send "$T/one" "$how")" 401 'something else with that signature is refused'
is "$(send "$T/foreign" "$(signed "$T/foreign" -400000)")" 401 'so is a signature of seven minutes ago'
like "$(cat "$T/body")" '40[01] s from ours' 'and it is said how far the clocks are apart'

# --- by a key that a browser's library keeps
node=$(command -v node) || node=
if [ -n "$node" ]; then
	code=$(ctl device invite phone-1 | head -n 1)
	cat >"$T/client.mjs" <<'JS'
import {readFileSync} from "node:fs";
const [web, code, file] = process.argv.slice(2), {subtle} = globalThis.crypto;
const hex = b => Buffer.from(b).toString("hex");
const post = (path, body, headers) => fetch(web + path, {method: "POST", body,
  headers: {"content-type": "application/json", ...headers}});
const keys = await subtle.generateKey({name: "ECDSA", namedCurve: `P-${256}`}, false, ["sign", "verify"]);
const publicKey = await subtle.exportKey("jwk", keys.publicKey);
const {keyId} = await (await post("/v1/enrol", JSON.stringify({code, publicKey}))).json();
const body = readFileSync(file), time = Date.now();
const text = ["sems1", keyId, time, "POST", "/v1/batch", hex(await subtle.digest("SHA-256", body))].join("\n");
const signature = await subtle.sign({name: "ECDSA", hash: "SHA-256"}, keys.privateKey, new TextEncoder().encode(text));
const answer = await post("/v1/batch", body, {authorization:
  `SEMS keyId=${keyId}, time=${time}, signature=${Buffer.from(signature).toString("base64")}`});
console.log(answer.status, (await answer.json()).verdicts[0].code);
JS
	is "$(node "$T/client.mjs" "$WEB" "$code" "$T/one" 2>&1)" '200 VERDICT_CODE_DUPLICATE' 'a key of WebCrypto signs, too'
	is "$(send "$T/one" "Bearer $token" >/dev/null; ctl device | grep -c 'phone-1 .*KEY')" 1 'and is the one that the device has'
else
	ok 'a key of WebCrypto signs, too # no node'
	ok 'and is the one that the device has # no node'
fi

# --- revoked
record phone-2 2 >"$T/two"
ctl_get device revoke phone-2
is "$RC" 0 'a device is revoked'
# semsweb may know it for half a minute more; semsd does not.
status=$(send "$T/two" "$(signed "$T/two")")
like "$status $(cat "$T/body")" '^401|REASON_NOT_GRANTED' 'and nothing of it is stored from then on'
like "$(ctl device)" 'device:phone-2 +REVOKED +KEY' 'the list says so'
ctl_get device revoke phone-9
is "$RC" 4 'one that there is not cannot be'
ctl_get device invite 'Phone 3'
is "$RC" 4 'nor can a name that is none be invited'
like "$ERR" 'small letters, digits' 'and it is said which are'
like "$(cat "$WEB_LOG")" 'event=caller\.refused address=127\.0\.0\.1 ' 'who was not recognised is logged, by where it came from'
stop_web

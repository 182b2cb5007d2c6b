# Records by HTTP: the verdicts of the socket, as protobuf and as JSON, by other people's clients; and what is refused.
. "$(dirname "$0")/lib.sh"
. "$TREE/tests/system/lib_web.sh"
plan 22
start_daemon || exit 1
start_web --loopback-as device:phone-1 || exit 1
/usr/bin/python3 -B tests/system/lib_web_batch.py "$SOCKET" "$WEB" || FAILED=1

BATCH=$WEB/v1/batch
json() { # status as curl tells it, for a body given as JSON
	curl_status -H 'Content-Type: application/json' --data-binary "$1" "$BATCH"
}
# P-1201, P-1202, P-1203
is "$(json '{"batchNo":"7"}')" 200 'a batch of nobody is answered'
is "$(cat "$T/body")" '{"batchNo":"7"}' 'with its number, and no verdict'
is "$(json '{"records":[{"siteId":')" 400 'half of a JSON is refused'
like "$(cat "$T/body")" '"error":"bad_request".*"text":"line 1' 'and it is said where'
is "$(json '{"records":[{},{"tipEvent":{"outcome":"TIP_OUTCOME_HITS"}}]}')" 400 'a name that is none is refused'
like "$(cat "$T/body")" '"field":"records\[1\]\.tipEvent\.outcome".*TIP_OUTCOME_HIT.*nothing of it was taken' 'by its path'
is "$(curl_status -H 'Content-Type: text/csv' --data-binary a,b "$BATCH")" 415 'a table is refused'
is "$(curl_status -H 'Content-Type: application/x-protobuf' --data-binary nonsense "$BATCH")" 400 'what is no protobuf is refused'
is "$(curl_status -X POST -H 'Content-Type: application/json' "$BATCH")" 411 'what has no length is refused'
is "$(curl_status -H 'Content-Type: application/json' -H 'Transfer-Encoding: chunked' --data-binary '{}' "$BATCH")" 411 \
	'so are chunks'
# P-1204
head -c 1100000 /dev/zero >"$T/large"
is "$(curl_status -H 'Content-Type: application/x-protobuf' --data-binary "@$T/large" "$BATCH")" 413 'so is more than a mebibyte'
is "$(curl_status -H 'Content-Type: application/json' -H 'Sec-Fetch-Site: cross-site' --data-binary '{}' "$BATCH")" 403 \
	"so is what another site's page sends"
is "$(curl_status -X PUT --data-binary '{}' "$BATCH")" 405 'so is another method'
is "$(curl_status "$WEB/v2/batch")" 404 'so is another path'
python3 -c 'print("{\"records\":[" + ",".join(["{}"] * 5001) + "]}")' >"$T/many"
is "$(json "@$T/many")" 413 'so are 5,001 records'
like "$(cat "$T/body")" '5001 elements, and 5000 are the most' 'and the bound is told'
node=$(command -v node) || node=
if [ -n "$node" ]; then
	cat >"$T/client.mjs" <<'JS'
const answer = await fetch(process.argv[2], {method: "POST", headers: {"content-type": "application/json"},
  body: JSON.stringify({batchNo: 3, records: [{source: "phone-1", siteId: "NFD", occurredAt: 1775034000000,
    recordId: Buffer.from("019d4845628080009000000000000001", "hex").toString("base64"),
    observation: {mode: "OBSERVATION_MODE_OVERT", criteria: [{criterionId: "bag-search", result: "CRITERION_RESULT_MET"}]}}]})});
console.log(answer.status, (await answer.json()).verdicts[0].code);
JS
	is "$(node "$T/client.mjs" "$BATCH" 2>&1)" '200 VERDICT_CODE_STORED' 'a page of JavaScript sends an observation'
else
	ok 'a page of JavaScript sends an observation # no node'
fi
stop_daemon
is "$(json '{"records":[{}]}')" 503 'while semsd is away it is to be sent again'
like "$(cat "$T/headers")" '^Retry-After: 1' 'and it is said when'
is "$(curl_status "$WEB/livez")" 200 'semsweb runs on'
stop_web
is $? 0 'and stops cleanly'
unset -v node
like "$(cat "$WEB_LOG")" 'event=semsweb\.stopping' 'as it was told'

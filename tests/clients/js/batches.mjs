// Sends batches by HTTP with protobufjs, which reads the .proto files itself: batches.mjs PROTO-FOLDER URL. Prints a line a
// check: "ok - ..." or "not ok - ...".
import {createHash} from "node:crypto";
import {createRequire} from "node:module";
import path from "node:path";

const protobuf = createRequire(path.join(process.cwd(), "x.js"))("protobufjs");
const [folder, url] = process.argv.slice(2);
const root = new protobuf.Root();
root.resolvePath = (from, to) => path.join(folder, path.basename(path.dirname(to)) === "v1" ? to.replace(/^.*sems\//, "sems/") : to);
root.loadSync("sems/v1/protocol.proto", {keepCase: false});
const [Batch, Result] = ["sems.v1.Batch", "sems.v1.Result"].map(n => root.lookupType(n));
const is = (got, wanted, name) => {
  const good = JSON.stringify(got) === JSON.stringify(wanted);
  console.log(`${good ? "ok" : "not ok"} - ${name}${good ? "" : "\n# got:      " + JSON.stringify(got) + "\n# expected: " + JSON.stringify(wanted)}`);
};

function record(number, more = {}) {
  const at = 1775034000000, digest = createHash("sha256").update("phone-1\0" + number).digest(), id = Buffer.alloc(16);
  id.writeUIntBE(at, 0, 6);
  digest.copy(id, 6, 0, 10);
  id[6] = id[6] & 15 | 128;
  id[8] = id[8] & 63 | 128;
  return {recordId: id, source: "phone-1", sourceRecordId: number, siteId: "NFD", occurredAt: at,
    observation: {mode: "OBSERVATION_MODE_OVERT", criteria: [{criterionId: "bag-search", result: "CRITERION_RESULT_MET"}]}, ...more};
}

async function post(body, type) {
  const answer = await fetch(url, {method: "POST", headers: {"content-type": type}, body});
  return [answer.status, new Uint8Array(await answer.arrayBuffer())];
}

const words = result => result.verdicts.map(v => [v.code.replace("VERDICT_CODE_", ""), v.count]);
const batch = (...records) => Batch.fromObject({batchNo: 9, records});
const read = bytes => Result.toObject(Result.decode(bytes), {enums: String, longs: Number});

const made = [record("1"), record("2"), record("3", {siteId: "ATLANTIS"}), record("4")];
let [status, bytes] = await post(Batch.encode(batch(...made)).finish(), "application/x-protobuf");
let result = read(bytes);
is(status, 200, "protobufjs sends a Batch");
is(result.batchNo, 9, "and reads the number of its Result");
is(words(result), [["STORED", 2], ["QUARANTINED", 1], ["STORED", 1]], "and its verdicts");
is([result.verdicts[1].reason, result.verdicts[1].field], ["REASON_UNKNOWN_SITE", "site_id"], "with reason and field");
[status, bytes] = await post(JSON.stringify(batch(...made).toJSON()), "application/json");
const answered = JSON.parse(Buffer.from(bytes).toString());
is(status, 200, "its own JSON is taken, too");
is(words(answered), [["DUPLICATE", 2], ["QUARANTINED", 1], ["DUPLICATE", 1]], "as the same records");
is(words(Result.toObject(Result.fromObject(answered), {enums: String})), words(answered), "and the answer is a Result to it");

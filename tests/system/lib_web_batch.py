"""POST /v1/batch by python3-protobuf: the same Batch as on the socket, as protobuf and as its JSON. SOCKET URL"""
import json
import random
import sys
import urllib.error
import urllib.request

from google.protobuf import json_format

from lib_client import admin, ask, codes, connect, done, equal, ms, ok, pb, records, setup, tip

unix, web = sys.argv[1:]
T0 = ms("2026-04-01T09:00:00Z")
PHONE = "device:phone-1"
numbers = iter(range(1, 100000))


def post(body, kind):
    """(status, headers, body)"""
    request = urllib.request.Request(web + "/v1/batch", data=body, headers={"Content-Type": kind}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as e:
        return e.code, e.headers, e.read()


def batch_of(*made):
    batch = pb.Batch(batch_no=next(numbers))
    for r in made:
        batch.records.add().CopyFrom(r)
    return batch


def by_protobuf(batch):
    status, _, body = post(batch.SerializeToString(), "application/x-protobuf")
    return status, pb.Result.FromString(body)


def by_json(batch, **how):
    status, _, body = post(json_format.MessageToJson(batch, **how).encode(), "application/json; charset=utf-8")
    return status, json_format.Parse(body, pb.Result())


def words(result):
    return [w for run in result.verdicts for w in codes([run]) * run.count]


def good(**where):
    n = next(numbers)
    return tip(T0 + n * 1000, n, source="phone-1", **where)


me = connect(unix)
status, result = by_protobuf(batch_of(good()))
equal((status, words(result)), (503, ["RETRY"]), "before anything is set up a record is to be sent again, by the status, too")
setup(me, sources=("phone-1",), senders=((PHONE, "device"), (me.welcome.principal, "admin")))

# --- the same verdicts -----------------------------------------------------------------------------
bad = good()
bad.tip_event.response_ms = -5
nowhere = good(site="ATLANTIS")
mixed = [good(), bad, nowhere, good()]
status, result = by_protobuf(batch_of(*mixed))
equal((status, words(result)), (200, ["STORED", "QUARANTINED", "QUARANTINED", "STORED"]), "a Batch as protobuf has its verdicts")
equal([(r.reason, r.field) for r in result.verdicts if r.reason],
      [(pb.REASON_RANGE, "tip_event.response_ms"), (pb.REASON_UNKNOWN_SITE, "site_id")], "with reason and field")
equal(words(by_json(batch_of(*mixed))[1]), ["DUPLICATE", "QUARANTINED", "QUARANTINED", "DUPLICATE"],
      "as JSON they are the same records, to the last field")
listing = ask(me, lambda r: (setattr(r.quarantine, "operation", admin.QUARANTINE_OPERATION_LIST),
                             setattr(r.quarantine, "limit", 500)))
equal(len(listing["records"]), 2, "so that the quarantine has each of the bad ones once")
ok(PHONE in json.dumps(listing), "in the device's name", json.dumps(listing)[:400])
changed = records.Record()
changed.CopyFrom(mixed[0])
changed.tip_event.outcome = records.TIP_OUTCOME_ABORTED
equal(words(by_json(batch_of(changed))[1]), ["CONFLICT"], "other content is a conflict")
foreign = good()
foreign.source = "xray-9"
equal(words(by_json(batch_of(foreign))[1]), ["QUARANTINED"], "what is not granted to the device is quarantined")
sent = batch_of(good())
equal(by_json(sent)[1].batch_no, sent.batch_no, "a Result has its Batch's number")

# --- protobuf's own writer of JSON, in each of its manners -----------------------------------------
for how in ({"preserving_proto_field_name": True}, {"use_integers_for_enums": True}, {"indent": 0}):
    made = [good() for _ in range(3)]
    equal(words(by_json(batch_of(*made), **how)[1]), ["STORED"] * 3, "stored, written with %s" % how)
    equal(words(by_protobuf(batch_of(*made))[1]), ["DUPLICATE"] * 3, "and the same as protobuf")

# --- every field of every kind ---------------------------------------------------------------------
rng = random.Random(7)
TEXTS = ("x", "Zürich 5", "\U0001f6c2", "a\"b\\c", "line\u2028end")


def value(f):
    if f.type == f.TYPE_MESSAGE:
        return None
    if f.type == f.TYPE_ENUM:
        return rng.choice(f.enum_type.values).number
    if f.type == f.TYPE_BOOL:
        return rng.random() < 0.5
    if f.type in (f.TYPE_DOUBLE, f.TYPE_FLOAT):
        return rng.choice((0.1, -1.5e300, 1 / 3, 5e-324, 0.0))
    if f.type == f.TYPE_BYTES:
        return bytes(rng.randrange(256) for _ in range(rng.choice((0, 1, 2, 3, 16))))
    if f.type == f.TYPE_STRING:
        return rng.choice(TEXTS)
    return rng.choice((0, 1, -1, 2**63 - 1, -(2**63), 1775034000000)) if f.type == f.TYPE_INT64 else rng.randrange(2**31)


def fill(message, body=None):
    for f in message.DESCRIPTOR.fields:
        if f.containing_oneof is not None and f.name != body:
            continue
        if f.label == f.LABEL_REPEATED and f.type == f.TYPE_MESSAGE:
            for _ in range(2):
                fill(getattr(message, f.name).add())
        elif f.label == f.LABEL_REPEATED:
            getattr(message, f.name).extend([value(f), value(f)])
        elif f.type == f.TYPE_MESSAGE:
            fill(getattr(message, f.name))
            getattr(message, f.name).SetInParent()
        else:
            setattr(message, f.name, value(f))
    return message


def quarantined():
    page = ask(me, lambda r: (setattr(r.quarantine, "operation", admin.QUARANTINE_OPERATION_LIST),
                              setattr(r.quarantine, "limit", 1000)))
    return {e["quarantine_id"] for e in page["records"]}


before = quarantined()
kinds = [f.name for f in records.Record.DESCRIPTOR.fields if f.containing_oneof is not None]
filled = [fill(records.Record(), kind) for kind in kinds for _ in range(4)]
status, result = by_json(batch_of(*filled))
equal((status, set(words(result))), (200, {"QUARANTINED"}), "records of all kinds with any value in each field are read")
after = quarantined()
equal(len(after - before), len(filled), "and kept, each as something of its own")
equal(set(words(by_protobuf(batch_of(*filled))[1])), {"QUARANTINED"}, "the same comes as protobuf")
equal(quarantined(), after, "and nothing is new: byte for byte they are the same")

# --- what the mapping has beside -------------------------------------------------------------------
plain = json.loads(json_format.MessageToJson(good()))
for change, name in (({"occurredAt": int(plain["occurredAt"])}, "a number of 64 bits as a number"),
                     ({"occurredAt": float(plain["occurredAt"])}, "or with a point"),
                     ({"recordId": plain["recordId"].rstrip("=").replace("+", "-").replace("/", "_")}, "the other alphabet, unpadded"),
                     ({"locationId": None}, "null, which is nothing")):
    status, _, body = post(json.dumps({"records": [{**plain, **change}]}).encode(), "application/json")
    ok(status == 200 and words(json_format.Parse(body, pb.Result())) in (["STORED"], ["DUPLICATE"]), name, body)
for text, path in (('{"records":[{"nonsense":1}]}', "records[0].nonsense"), ('{"records":{}}', "records"),
                   ('{"records":[{"siteId":"a","site_id":"b"}]}', "records[0].site_id"), ('{"records":[null]}', "records[0]"),
                   ('{"records":[{"occurredAt":1.5}]}', "records[0].occurredAt"),
                   ('{"records":[{"occurredAt":"9223372036854775808"}]}', "records[0].occurredAt"),
                   ('{"records":[{"recordId":"!"}]}', "records[0].recordId"), ('{"records":[{"siteId":5}]}', "records[0].siteId"),
                   ('{"records":[{"tipEvent":{},"void":{}}]}', "records[0].void"), ('[]', ""), ('{"batchNo":-1}', "batchNo")):
    status, _, body = post(text.encode(), "application/json")
    equal((status, json.loads(body).get("field", "")), (400, path), "refused by its path: " + text)
done(34)

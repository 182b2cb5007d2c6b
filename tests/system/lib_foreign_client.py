"""Every verdict, from a client made with another protobuf implementation. SOCKET HOST:PORT"""
import socket
import sys
import time

from lib_client import (admin, ask, codes, connect, correct, done, equal, ms, ok, pb, reason, record, records,
                        sems_client, setup, tip)

unix, tcp = sys.argv[1:]
T0 = ms("2026-04-01T09:00:00Z")
numbers = iter(range(1, 100000))


def good():
    n = next(numbers)
    return tip(T0 + n * 60000, n)


def mend(change):
    r = good()
    change(r)
    return r


def set_field(path, value):
    def change(r):
        target = r
        *parents, last = path.split(".")
        for p in parents:
            target = getattr(target, p)
        setattr(target, last, value)
    return change


def clear(path):
    def change(r):
        target = r
        *parents, last = path.split(".")
        for p in parents:
            target = getattr(target, p)
        target.ClearField(last)
    return change


def at(r, when):
    r.occurred_at = when
    r.record_id = sems_client.record_id(when, r.source, r.source_record_id)
    return r


def raw(r, extra):
    return r.SerializeToString() + extra


def unknown_outcome():
    r = mend(clear("tip_event.outcome"))
    body = r.tip_event.SerializeToString() + b"\x80\x01\x63"  # field 16 = 99
    r.ClearField("tip_event")
    return raw(r, b"\xda\x02" + bytes([len(body)]) + body)


me = connect(unix)
ok(me.welcome.version == 1 and me.welcome.max_frame_bytes > 0, "Welcome tells version and limits")
equal(codes(me.send([good()])), ["RETRY"], "before the entity is set up the answer is RETRY")
setup(me, sources=("lane-1", "gate"), senders=((me.welcome.principal, "admin"),))

# --- stored, again, changed ------------------------------------------------------------------------
first = good()
equal(codes(me.send([first])), ["STORED"], "a record is stored")
equal(codes(me.send([first])), ["DUPLICATE"], "sent again it is a duplicate")
with connect(unix) as other:
    equal(codes(other.send([first])), ["DUPLICATE"], "over another connection too")
twice = good()
equal(codes(me.send([twice, twice])), ["STORED", "DUPLICATE"], "twice in a batch: stored, then duplicate")
changed = records.Record()
changed.CopyFrom(first)
changed.tip_event.outcome = records.TIP_OUTCOME_MISS_DECIDED
equal(codes(me.send([changed, first])), ["CONFLICT", "DUPLICATE"], "other content is a conflict, the stored one stands")
equal(codes(me.send([changed])), ["CONFLICT"], "a conflict stays a conflict")
equal(codes(me.send([])), [], "an empty batch is answered")
many = [good() for _ in range(500)]
equal(set(codes(me.send(many))), {"STORED"}, "five hundred in a batch")
equal(codes(me.send([many[7], good(), many[8]])), ["DUPLICATE", "STORED", "DUPLICATE"], "new among known ones")

# --- quarantined, each reason, and the neighbours --------------------------------------------------
now = int(time.time() * 1000)
day = ms("2026-04-02T10:00:00Z")
bad = [
    ("MALFORMED", "", b"\x0a\xff"),
    ("MALFORMED", None, raw(good(), b"\x12\x01x")),  # source twice
    ("UNKNOWN_KIND", None, mend(lambda r: r.ClearField("tip_event"))),
    ("UNKNOWN_KIND", None, raw(mend(lambda r: r.ClearField("tip_event")), b"\xfa\x07\x00")),  # field 127
    ("UNKNOWN_FIELD", "#30", raw(good(), b"\xf0\x01\x01")),
    ("MISSING", "site_id", mend(clear("site_id"))),
    ("MISSING", "tip_event.outcome", mend(clear("tip_event.outcome"))),
    ("RANGE", "tip_event.response_ms", mend(set_field("tip_event.response_ms", -1))),
    ("ENUM", "tip_event.outcome", unknown_outcome()),
    ("TEXT", "location_id", raw(good(), b"\x32\x02\xff\xfe")),
    ("TEXT", "location_id", raw(good(), b"\x32\x03a\x00b")),
    ("TOO_LONG", "location_id", mend(set_field("location_id", "x" * 5000))),
    ("IDENTITY", "record_id", mend(set_field("occurred_at", T0 + 1))),
    ("IDENTITY", "record_id", mend(set_field("record_id", b"short"))),
    ("CLOCK", "occurred_at", at(good(), now + 3 * 86400000)),
    ("CLOCK", "occurred_at", at(good(), ms("1999-12-31T23:59:59Z"))),
    ("PRECISION", None, mend(lambda r: (at(r, day), setattr(r, "precision", records.PRECISION_DAY)))),
    ("NOT_GRANTED", "source", at(mend(set_field("source", "nobody")), T0)),
    ("UNKNOWN_SITE", "site_id", mend(set_field("site_id", "ATLANTIS"))),
    ("RULE", "tip_event.abort_reason", mend(set_field("tip_event.abort_reason", records.ABORT_REASON_FAULT))),
]
for expected, field, poison in bad:
    name = "%s%s" % (expected, " of " + field if field else "")
    before, after = good(), good()
    verdicts = me.send([before, poison, after])
    if not equal(codes(verdicts), ["STORED", "QUARANTINED", "STORED"], name + " is quarantined, its neighbours stored"):
        continue
    v = verdicts[1]
    ok(reason(v) == expected and (field is None or v.field == field) and len(v.text) > 3, name + " says what is wrong",
       "%s %s: %s" % (reason(v), v.field, v.text))
again = [p for _, _, p in bad]
equal(set(codes(me.send(again))), {"QUARANTINED"}, "the same bytes get the same verdict again")

listing = ask(me, lambda r: (setattr(r.quarantine, "operation", admin.QUARANTINE_OPERATION_LIST),
                             setattr(r.quarantine, "limit", 500)))
text = str(listing)
ok(all(expected in text for expected, _, _ in bad) and "CONFLICT" in text, "the quarantine lists every reason", text[:500])

# --- who may what ----------------------------------------------------------------------------------
with connect(tcp) as stranger:
    equal(stranger.welcome.principal, "tcp:loopback", "TCP clients are tcp:loopback")
    v = stranger.send([good()])[0]
    equal((codes([v]), reason(v)), (["QUARANTINED"], "NOT_GRANTED"), "who was granted nothing stores nothing")
    request = admin.Request()
    request.spd.operation, request.spd.quarter = admin.SPD_OPERATION_SHOW, "2026-Q2"
    equal(stranger.ask(request)[0], admin.RESPONSE_CODE_FORBIDDEN, "and is told nothing")

# --- corrections -----------------------------------------------------------------------------------
root = good()
fix = correct(root, "fix-1", now - 1000, content=set_field("tip_event.outcome", records.TIP_OUTCOME_MISS_DECIDED))
equal(codes(me.send([fix])), ["STORED"], "a correction may come before its root")
equal(codes(me.send([root])), ["STORED"], "then the root")
nested = correct(fix, "fix-2", now)
v = me.send([nested])[0]
ok(codes([v])[0] in ("STORED", "QUARANTINED"), "a correction of a correction gets an answer", v)

# --- framing ---------------------------------------------------------------------------------------
def refused(data):
    """The Refuse that these bytes get, after a Hello; None: closed without one."""
    with connect(unix) as c:
        c.put_bytes(data)
        c.socket.shutdown(socket.SHUT_WR)
        try:
            while True:
                c.get()
        except sems_client.Refused as e:
            try:
                c.get()
            except (sems_client.Closed, ConnectionError):
                pass
            return pb.RefuseCode.Name(e.args[0].code)
        except (sems_client.Closed, ConnectionError):
            return None


for data, code, name in ((b"\xff\xff\xff\xff\x7f", "LIMIT", "a length of 32 GiB"),
                         (b"\xff" * 11, "FRAME", "a length without end"),
                         (b"\x04\xff\xff\xff\xff", "FRAME", "a frame that is no message")):
    equal(refused(data), "REFUSE_CODE_" + code, name + " is refused")
    equal(codes(me.send([good()])), ["STORED"], "and closes no other connection")
equal(refused(b"\x20\x0a"), None, "half a frame, then the end: closed")


def opening(fill):
    c = sems_client.Client(unix)
    frame = pb.ClientFrame()
    fill(frame)
    c.put(frame)
    try:
        c.get()
        return None
    except sems_client.Refused as e:
        return pb.RefuseCode.Name(e.args[0].code)
    finally:
        c.close()


equal(opening(lambda f: f.batch.records.add()), "REFUSE_CODE_SEQUENCE", "a batch before the Hello is refused")
equal(opening(lambda f: (setattr(f.hello, "protocol_min", 7), setattr(f.hello, "protocol_max", 9))),
      "REFUSE_CODE_VERSION", "a version nobody speaks is refused")

with connect(unix) as slow:
    frame = pb.ClientFrame()
    frame.batch.batch_no = 5
    frame.batch.records.append(good())
    body = frame.SerializeToString()
    data = sems_client.encoder._VarintBytes(len(body)) + body
    for i in range(len(data)):
        slow.put_bytes(data[i:i + 1])
    result = slow.result()
    equal((result.batch_no, codes(result.verdicts)), (5, ["STORED"]), "a frame may come byte by byte")
    sent = {slow.batch([good() for _ in range(20)]) for _ in range(8)}
    equal({slow.result().batch_no for _ in sent}, sent, "eight batches in flight get eight results")

vanishing = connect(unix)
lost = [good() for _ in range(100)]
vanishing.batch(lost)
vanishing.close()
verdicts = codes(me.send(lost))
ok(set(verdicts) <= {"STORED", "DUPLICATE"}, "a client that vanished sends again and all is stored once", verdicts)
equal(set(codes(me.send(lost))), {"DUPLICATE"}, "and then all is there")
done(72)

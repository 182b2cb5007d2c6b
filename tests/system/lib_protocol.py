"""PROTOCOL.md from its first number to its last, by a client that was written from it alone. SOCKET HOST:PORT

Each check says which number it tries. What takes two accounts, a clock or a full database is tried elsewhere;
tests/lint/docs.py finds where.
"""
import hashlib
import os
import pwd
import socket
import sys
import time

from lib_client import admin, done, equal, ms, ok, pb, reason, records, sems_client

unix, tcp = sys.argv[1:]
T0 = ms("2026-04-01T09:00:00Z")
DAY = 86400000


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def framed(body):
    return varint(len(body)) + body


class Peer:
    """A connection, and nothing that PROTOCOL.md does not say."""

    def __init__(self, address=unix, greet=True):
        if ":" in address:
            host, port = address.rsplit(":", 1)
            self.socket = socket.create_connection((host, int(port)), 60)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(60)
            self.socket.connect(address)
        self.bytes = b""
        self.batch_no = 0
        if greet:
            self.say(hello=pb.Hello(protocol_min=1, protocol_max=1, software="lib_protocol.py"))
            self.welcome = self.hear().welcome

    def put(self, data):
        self.socket.sendall(data)

    def say(self, **body):
        self.put(framed(pb.ClientFrame(**body).SerializeToString()))

    def hear(self):
        """The next ServerFrame; None: the connection has ended."""
        while True:
            length = shift = at = 0
            while at < len(self.bytes):
                byte = self.bytes[at]
                length |= (byte & 127) << shift
                shift, at = shift + 7, at + 1
                if byte < 128:
                    break
            else:
                at = -1
            if at > 0 and len(self.bytes) >= at + length:
                frame = pb.ServerFrame.FromString(self.bytes[at:at + length])
                self.bytes = self.bytes[at + length:]
                return frame
            try:
                data = self.socket.recv(65536)
            except ConnectionError:
                return None
            if not data:
                return None
            self.bytes += data

    def batch(self, raws):
        """The frame of a Batch of records, given as messages or as bytes."""
        self.batch_no += 1
        body = b"\x08" + varint(self.batch_no)
        for r in raws:
            r = r if isinstance(r, bytes) else r.SerializeToString()
            body += b"\x12" + framed(r)
        return framed(b"\x12" + framed(body))

    def runs(self, *raws):
        self.put(self.batch(raws))
        return self.hear().result.verdicts

    def verdicts(self, *raws):
        """One word per record: STORED, or the reason of what is quarantined with its field."""
        return [word(v) for v in self.runs(*raws) for _ in range(v.count)]

    def ask(self, **body):
        self.say(request=admin.Request(request_no=77, **body))
        return self.hear().response


def word(v):
    code = pb.VerdictCode.Name(v.code)[len("VERDICT_CODE_"):]
    return code if code != "QUARANTINED" else (reason(v) + " " + v.field).strip()


def refused(data, address=unix, greet=True):
    """The code that these bytes are refused with, how long to wait, and the text; then the end must come."""
    peer = Peer(address, greet)
    try:
        peer.put(data)
    except ConnectionError:
        pass  # P-311: what is left is read
    frame = peer.hear()
    while frame is not None and not frame.HasField("refuse"):
        frame = peer.hear()
    if frame is None or peer.hear() is not None:
        return None
    return pb.RefuseCode.Name(frame.refuse.code)[len("REFUSE_CODE_"):], frame.refuse.retry_after_ms, frame.refuse.text


def identity(at, source, number):
    d = hashlib.sha256(source.encode() + b"\0" + number.encode()).digest()
    b = bytearray(at.to_bytes(6, "big") + d[:10])
    b[6] = b[6] & 0x0F | 0x80
    b[8] = b[8] & 0x3F | 0x80
    return bytes(b)


numbers = iter(range(1, 100000))


def event(at=T0, source="xray-1", site="NFD", **more):
    number = str(next(numbers))
    r = records.Record(record_id=identity(at, source, number), source=source, source_record_id=number, occurred_at=at,
                       site_id=site)
    r.tip_event.device_id = "x"
    r.tip_event.outcome = records.TIP_OUTCOME_HIT
    for name, value in more.items():
        setattr(r, name, value)
    return r


def correction(of, number, at, **more):
    r = records.Record()
    r.CopyFrom(of)
    r.source_record_id = number
    r.record_id = identity(r.occurred_at, r.source, number)
    r.corrects_record_id = of.record_id
    r.corrected_at = at
    r.correction_reason = "wrong"
    for name, value in more.items():
        setattr(r, name, value)
    return r


def without(r, *names):
    for name in names:
        r.ClearField(name)
    return r


# --- before anything is set up ---------------------------------------------------------------------
me = Peer()
stranger = Peer(tcp)
equal(me.welcome.principal, "unix:" + pwd.getpwuid(os.getuid()).pw_name, "P-101 the kernel says who is connected")
equal(stranger.welcome.principal, "tcp:loopback", "P-102 over TCP it is whoever is on the machine")
equal((me.welcome.role, stranger.welcome.role), ("admin", "none"), "P-105 P-104 an owner administers, others have no role")
w = me.welcome
equal((w.version, w.durability, w.entity, w.zone), (1, "local", "", ""), "P-303 P-1001 Welcome tells the version, and no entity yet")
equal((w.max_frame_bytes, w.max_batch_records, w.window_batches), (1048576, 5000, 128), "P-205 P-303 and the limits")
ok(abs(w.server_time - time.time() * 1000) < 3600000, "P-303 and the time", w.server_time)
early = event()
equal(me.verdicts(early), ["RETRY"], "P-406 until there is an entity all is to be sent again")
equal(me.runs(early)[0].retry_after_ms > 0, True, "P-401 and it is said when")

setup = admin.SetupRequest(entity="Northfield", zone="Europe/London")
for site in ("NFD", "SFD"):
    setup.sites.add(site_id=site, name=site)
setup.principals.add(principal=me.welcome.principal, role="device")
setup.principals.add(principal="tcp:loopback", role="device")
for name, kinds, sites in (("xray-1", ["tip_event"], ["NFD"]), ("any", ["*"], ["*"])):
    setup.sources.add(source=name).senders.add(principal="tcp:loopback", kinds=kinds, sites=sites)
setup.sources.add(source="mine").senders.add(principal=me.welcome.principal, kinds=["*"], sites=["*"])
answer = me.ask(setup=setup)
equal((answer.code, answer.request_no), (admin.RESPONSE_CODE_OK, 77), "P-901 a Request is answered by its number")
me = Peer()
equal(me.welcome.role, "admin", "P-105 a setup takes the role from no owner")
equal(me.ask(setup=setup).code, admin.RESPONSE_CODE_OK, "P-105 P-910 who may set up again")
lane = Peer(tcp)
equal((lane.welcome.entity, lane.welcome.zone, lane.welcome.role), ("Northfield", "Europe/London", "device"),
      "P-303 Welcome tells the entity and the role")
equal(sorted((g.source, list(g.kinds), list(g.sites)) for g in lane.welcome.grants),
      [("any", ["*"], ["*"]), ("xray-1", ["tip_event"], ["NFD"])], "P-103 P-303 and what is granted")

# --- frames ----------------------------------------------------------------------------------------
HELLO = "1c0a1a080110011a0d61636d652d7872617920342e3220c0ee9cc2d433"
peer = Peer(greet=False)
for byte in bytes.fromhex(HELLO):
    peer.put(bytes([byte]))
ok(peer.hear().HasField("welcome"), "P-201 P-203 P-1101 the example's Hello is welcome, byte by byte")
peer.put(peer.batch([event(source="mine")]) + peer.batch([event(source="mine")]))
equal(sorted(peer.hear().result.batch_no for _ in range(2)), [1, 2], "P-203 P-306 two frames at once, each Result with its number")
equal(refused(b"\0")[:2], ("FRAME", 0), "P-202 P-313 a frame without a message")
hello = pb.ClientFrame(hello=pb.Hello(protocol_min=1, protocol_max=1)).SerializeToString()
equal(refused(framed(hello + b"\x12\x02\x08\x01"), greet=False)[:2], ("FRAME", 0), "P-202 a frame with two")
equal(refused(b"\xff" * 6)[:2], ("FRAME", 0), "P-205 a length of six bytes")
code, wait, text = refused(varint(1048577))
equal((code, wait, "1048576" in text), ("LIMIT", 0, True), "P-205 P-312 P-313 a frame too long, by its limit")
code, wait, text = refused(Peer().batch([b""] * 5001))
equal((code, wait, "5001" in text and "5000" in text), ("LIMIT", 0, True), "P-205 a Batch of 5,001, by its limit")
equal(len(Peer().verdicts(*[b""] * 5000)), 5000, "P-205 one of 5,000 is answered")
sites = admin.Request(request_no=1)
for _ in range(10001):
    sites.setup.sites.add()
code, wait, text = refused(framed(pb.ClientFrame(request=sites).SerializeToString()))
equal((code, wait, "setup.sites" in text and "10000" in text), ("LIMIT", 0, True), "P-205 a list of a Request, by its limit")
long = event(source="mine").SerializeToString() + b"\xfa\x07" + framed(b"x" * 65536)
equal(me.verdicts(long), ["TOO_LONG"], "P-205 a record too long is only that record's fault")
good = event(source="mine").SerializeToString()
equal(me.verdicts(good + b"\x12\x04mine"), ["MALFORMED source"], "P-204 a field twice")

# --- conversation ----------------------------------------------------------------------------------
equal(refused(Peer().batch([]), greet=False)[:2], ("SEQUENCE", 0), "P-301 P-313 a Batch before Hello")
equal(refused(framed(hello))[:2], ("SEQUENCE", 0), "P-301 a second Hello")
for low, high in ((2, 9), (0, 0)):
    frame = pb.ClientFrame(hello=pb.Hello(protocol_min=low, protocol_max=high))
    equal(refused(framed(frame.SerializeToString()), greet=False)[:2], ("VERSION", 0), "P-302 versions %d to %d" % (low, high))
equal(refused(framed(b"\x0a\x00"), greet=False)[:2], ("VERSION", 0), "P-302 P-1005 no versions at all")
peer = Peer()
peer.put(peer.batch([]))
result = peer.hear().result
equal((result.batch_no, len(result.verdicts)), (1, 0), "P-304 a Batch of none has an empty Result")
made = [event(source="mine") for _ in range(5)]
runs = peer.runs(*made[:3], b"\xff", *made[3:])
equal([(word(v), v.count) for v in runs], [("STORED", 3), ("MALFORMED", 1), ("STORED", 2)],
      "P-305 P-315 verdicts in order, equal ones in one run, the neighbours of a bad record stored")
half = event(source="mine")
peer.put(peer.batch([half]))
peer.socket.shutdown(socket.SHUT_WR)
while peer.hear() is not None:
    pass
ok(me.verdicts(half)[0] in ("STORED", "DUPLICATE"), "P-307 who shuts its sending side has closed, and sends again")
taken = event(source="mine")
peer = Peer()
peer.put(peer.batch([taken]) + b"\xff" * 6)
while peer.hear() is not None:
    pass
equal(me.verdicts(taken), ["DUPLICATE"], "P-310 what was taken before a Refuse is committed")
for address in (unix, tcp):
    equal(refused(b"\xff" * 8000000, address)[:2], ("FRAME", 0), "P-311 whose write fails finds the Refuse (%s)" % address)

# --- gateways --------------------------------------------------------------------------------------
def behalf(whom):
    return framed(pb.ClientFrame(hello=pb.Hello(protocol_min=1, protocol_max=1, on_behalf_of=whom)).SerializeToString())


more = admin.SetupRequest()
more.principals.add(principal="device:phone-1", role="device")
more.sources.add(source="phone-1").senders.add(principal="device:phone-1", kinds=["*"], sites=["*"])
me.ask(setup=more)
phone = Peer(greet=False)
phone.put(behalf("device:phone-1"))
welcome = phone.hear().welcome
equal((welcome.principal, welcome.role, [g.source for g in welcome.grants]), ("device:phone-1", "device", ["phone-1"]),
      "P-960 P-303 an owner opens a device's session, which has that one's role and grants")
equal(phone.verdicts(event(source="phone-1"), event(source="mine")), ["STORED", "NOT_GRANTED source"], "P-316 and sends what is granted to it")
equal(phone.ask(status=admin.StatusRequest()).code, admin.RESPONSE_CODE_FORBIDDEN, "P-316 and asks no more than it may")
for whom, address in (("device:phone-1", tcp), ("unix:root", unix), ("tcp:loopback", unix), ("web:", unix)):
    code, wait, text = refused(behalf(whom), address, greet=False)
    equal((code, wait, text.split(":")[0]), ("UNAUTHORISED", 0, "on_behalf_of"), "P-316 P-313 but nobody else (%s, %s)" % (whom, address))
more = admin.SetupRequest()
more.principals.add(principal="web:max", role="manager")
more.principals.add(principal="device:desk", role="manager")
more.principals.add(principal=me.welcome.principal, role="gateway")
me.ask(setup=more)
code, wait, text = refused(behalf("web:max"), unix, greet=False)
equal((code, text.split(":")[0]), ("UNAUTHORISED", "on_behalf_of"), "P-960 an owner is nobody else, whatever role he has")
desk = Peer(greet=False)
desk.put(behalf("device:desk"))
equal(desk.hear().welcome.role, "device", "P-960 and a manager's device is a device's in his session")
equal(desk.ask(spd=admin.SpdRequest(quarter="2026-Q2", revision=1, operation=admin.SPD_OPERATION_APPROVE)).code,
      admin.RESPONSE_CODE_FORBIDDEN, "P-960 so that who reviewed does not approve by it")
more.principals[2].role = "admin"
me.ask(setup=more)
more = admin.SetupRequest()
more.principals.add(principal="unix:games", role="gateway", person="ann")
equal(me.ask(setup=more).field, "principals[0].role", "P-961 a gateway is no person")
more = admin.SetupRequest()
more.principals.add(principal="tcp:loopback", role="gateway")
me.ask(setup=more)
equal(Peer(tcp).welcome.role, "gateway", "P-104 a gateway's role")
equal(Peer(tcp).verdicts(event(source="any")), ["NOT_GRANTED source"], "P-104 which sends nothing of its own")
phone = Peer(tcp, greet=False)
phone.put(behalf("device:phone-1"))
equal(phone.hear().welcome.principal, "device:phone-1", "P-316 speaks for the device")
more.principals[0].role = "device"
me.ask(setup=more)
phone.put(phone.batch([event(source="phone-1")]))
equal(phone.hear().refuse.code, pb.REFUSE_CODE_UNAUTHORISED, "P-316 and not after it has lost the role")

# --- verdicts --------------------------------------------------------------------------------------
first = event(source="mine")
equal(me.verdicts(first) + me.verdicts(first), ["STORED", "DUPLICATE"], "P-401 P-403 stored, then a duplicate")
other = records.Record()
other.CopyFrom(first)
other.tip_event.outcome = records.TIP_OUTCOME_ABORTED
equal(me.verdicts(other) + me.verdicts(other, first), ["CONFLICT", "CONFLICT", "DUPLICATE"],
      "P-401 P-403 other content is a conflict, each time, and the stored one stands")
plain = first.SerializeToString()
body = b"\xda\x02" + framed(first.tip_event.SerializeToString())
equal(me.verdicts(body + plain.replace(body, b"")), ["DUPLICATE"], "P-404 the order of fields is no content")
given = records.Record()
given.CopyFrom(first)
given.precision = records.PRECISION_MS
equal(me.verdicts(given), ["CONFLICT"], "P-404 what is given is other content than what is absent")
bad = event(source="mine", site="LATER")
equal(me.verdicts(bad), ["UNKNOWN_SITE site_id"], "P-408 a site that is not registered")
more = admin.SetupRequest()
more.sites.add(site_id="LATER", name="Later")
me.ask(setup=more)
equal(me.verdicts(bad), ["STORED"], "P-401 P-403 what was wrong may be sent right, with the same identity")
found = event(source="mine")
found.ClearField("tip_event")
found.audit.type = records.AUDIT_TYPE_INSPECTION_INITIAL
for i in range(3):
    found.audit.findings.add(finding_id="f%d" % i, severity=records.SEVERITY_MINOR)
found.audit.findings[2].ClearField("severity")
equal(me.verdicts(found), ["MISSING audit.findings[2].severity"], "P-407 a path counts from 0")
equal(me.verdicts(event(source="mine").SerializeToString() + b"\xc8\x03\x01"), ["UNKNOWN_KIND #57"],
      "P-407 P-1004 a field without a name goes by its number")
spoilt = event(source="mine", measure_code="4 1")
equal(me.verdicts(spoilt), ["TEXT measure_code"], "P-408 P-801 what is no code is TEXT")
equal(me.verdicts(event(source="mine", location_id="gate 5\n"), event(source="mine", shift_id=" early"),
                  event(source="mine", shift_id="ear\u200bly")),
      ["TEXT location_id", "TEXT shift_id", "TEXT shift_id"], "P-408 P-801 a name is one line without blanks around it")
spoilt = event(source="mine")
spoilt.tip_event.screener_id = " s7"
equal(me.verdicts(spoilt), ["TEXT tip_event.screener_id"], "P-408 P-801 a blank before a person is TEXT")
spoilt = event(source="mine")
spoilt.tip_event.screener_id = "~s7"
equal(me.verdicts(spoilt), ["TEXT tip_event.screener_id"], "P-408 P-801 so is ~")
spoilt = correction(first, "self", T0)
spoilt.record_id = spoilt.corrects_record_id
equal(me.verdicts(spoilt), ["IDENTITY corrects_record_id"], "P-408 a record that corrects itself is IDENTITY")

waits = [next(w) for w in [sems_client.pauses()] * 9]
ok(all(1 << min(i, 6) >= w >= (1 << min(i, 6)) / 2.2 and w <= 60 for i, w in enumerate(waits)) and
   waits != [next(w) for w in [sems_client.pauses()] * 9], "P-504 the client waits longer each time, never quite the same", waits)

# --- identity --------------------------------------------------------------------------------------
equal(identity(1775034000000, "xray-1", "4711").hex(), "019d4845628 08e44a4b7457fe49e2ab9".replace(" ", ""),
      "P-604 the recipe gives the example's identity")
session = event(source="mine")
session.record_id = first.record_id
session.ClearField("tip_event")
session.tip_session.MergeFrom(records.TipSession(device_id="x", images_viewed=10, tip_shown=1, hits=1, misses=0))
equal(me.verdicts(session), ["STORED"], "P-601 the same identity of another kind is another record")
seven = event(source="mine")
seven.ClearField("source_record_id")
seven.record_id = T0.to_bytes(6, "big") + bytes([0x70 | os.urandom(1)[0] & 15]) + b"a" + b"\x80" + os.urandom(7)
equal(me.verdicts(seven), ["STORED"], "P-603 version 7 for what never had a number")
four = event(source="mine")
four.record_id = four.record_id[:6] + b"\x40" + four.record_id[7:]
off = event(source="mine")
off.record_id = identity(T0 + 1, "mine", off.source_record_id)
equal(me.verdicts(four, off), ["IDENTITY record_id"] * 2, "P-602 another version, another instant")

# --- corrections and voids -------------------------------------------------------------------------
# xray-1 may be corrected by the lane; what is not granted to an owner is corrected all the same.
now = int(time.time() * 1000)
root = event()
equal(lane.verdicts(root), ["STORED"], "P-103 P-706 what is granted is taken")
equal(lane.verdicts(event(site="SFD"), event(source="nobody")), ["NOT_GRANTED source"] * 2, "P-103 P-706 what is not is not")
equal(me.verdicts(event()), ["NOT_GRANTED source"], "P-706 a role is no grant for records of one's own")
fix = correction(root, "fix", now)
equal(lane.verdicts(fix), ["STORED"], "P-701 P-706 a lane corrects its own record")
nested = correction(fix, "nested", now + 1)
equal(lane.verdicts(nested), ["STORED"], "P-703 a correction of a correction is stored")
equal(me.verdicts(correction(root, "office", now + 2)), ["STORED"], "P-706 an administrator corrects without a grant")
for name in ("corrected_at", "correction_reason"):
    equal(lane.verdicts(without(correction(root, "bad", now), name)), ["MISSING " + name], "P-701 P-806 %s is required" % name)
equal(lane.verdicts(without(correction(root, "bad", now), "corrects_record_id")), ["RULE corrected_at"],
      "P-701 and goes with nothing else")


def void(of, source, number, **more):
    r = records.Record(record_id=identity(of.occurred_at, source, number), source=source, occurred_at=of.occurred_at,
                       corrects_record_id=of.record_id, corrected_at=now, correction_reason="wrong", **more)
    r.void.SetInParent()
    return r


kept = event(source="any")
equal(lane.verdicts(kept), ["STORED"], "P-103 * is any")
equal(lane.verdicts(void(kept, "any", "v1")), ["NOT_GRANTED void"], "P-706 a device voids nothing, whatever is granted")
equal(me.verdicts(void(kept, "any", "v2")), ["STORED"], "P-702 P-706 an administrator voids, without grant and site")
foreign = correction(kept, "foreign", now, corrects_source="any", source="xray-1")
foreign.record_id = identity(T0, "xray-1", "foreign")
equal(lane.verdicts(foreign), ["NOT_GRANTED corrects_source"], "P-706 a device corrects no other source's record")
equal(me.verdicts(foreign), ["STORED"], "P-706 an administrator does")
word_on = records.Record(record_id=identity(T0, "any", "c1"), source="any", occurred_at=T0)
word_on.confirmation.MergeFrom(records.Confirmation(confirms_record_id=fix.record_id, confirms_source="xray-1",
                                                    decision=records.DECISION_CONFIRMED, decided_at=now))
equal(lane.verdicts(word_on), ["NOT_GRANTED confirmation"], "P-706 a device confirms nothing")
equal(me.verdicts(word_on), ["STORED"], "P-706 P-710 an administrator does, without a grant")
word_on.occurred_at = T0 + 1
word_on.record_id = identity(T0 + 1, "any", "c1")
equal(me.verdicts(word_on), ["RULE occurred_at"], "P-710 at the instant of what is confirmed")
moved = event(at=T0 + DAY, source="mine")
moved.corrects_record_id, moved.corrected_at, moved.correction_reason = first.record_id, now, "wrong day"
equal(me.verdicts(moved), ["STORED"], "P-712 a correction has its own time")

# --- values ----------------------------------------------------------------------------------------
empty = event(source="mine", location_id="", precision=0, shift_id="")
absent = without(records.Record.FromString(empty.SerializeToString()), "location_id", "precision", "shift_id")
equal(me.verdicts(empty) + me.verdicts(absent), ["STORED", "DUPLICATE"], "P-802 empty and 0 are not given")
equal(me.verdicts(event(at=ms("1999-12-31T23:59:59Z"), source="mine"), event(at=now + 2 * DAY, source="mine"),
                  correction(first, "ahead", now + 2 * DAY)),
      ["CLOCK occurred_at", "CLOCK occurred_at", "CLOCK corrected_at"], "P-804 nothing before 2000, nothing of the future")
summer = ms("2026-06-30T23:00:00Z")
equal(me.verdicts(event(at=summer, source="mine", precision=records.PRECISION_DAY),
                  event(at=summer + 3600000, source="mine", precision=records.PRECISION_DAY),
                  event(at=T0 + 1000, source="mine", precision=records.PRECISION_MINUTE)),
      ["STORED", "PRECISION occurred_at", "PRECISION occurred_at"], "P-805 a day begins in the entity's zone")

# --- queries and versions --------------------------------------------------------------------------
answer = lane.ask(status=admin.StatusRequest())
equal((answer.code, answer.more, answer.document), (admin.RESPONSE_CODE_FORBIDDEN, False, b""), "P-902 P-905 not for a device")
ok(answer.text, "P-902 it is said what to do")
equal(me.ask().code, admin.RESPONSE_CODE_INVALID, "P-925 a Request of nothing is INVALID")
frame = pb.ClientFrame(hello=pb.Hello(protocol_min=1, protocol_max=3)).SerializeToString() + b"\xf8\x07\x01"
peer = Peer(greet=False)
peer.put(framed(frame))
ok(peer.hear().HasField("welcome"), "P-1003 a field of a later version in a frame is ignored")
equal(me.verdicts(event(source="mine").SerializeToString() + b"\xf0\x01\x01"), ["UNKNOWN_FIELD #30"],
      "P-1002 P-1004 in a record it is not")
done(94)

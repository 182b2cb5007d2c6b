"""What the tests that speak the protocol themselves share: setup, records, TAP."""
import calendar
import json
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "clients"))
import sems_client  # noqa: E402

_folder = tempfile.TemporaryDirectory()
sems_client.classes_into(_folder.name)
from sems_client import admin, pb, records  # noqa: E402,F401

failed = 0
ran = 0


def ok(good, name, detail=""):
    global failed, ran
    ran += 1
    print(("ok - " if good else "not ok - ") + name)
    if not good:
        failed += 1
        for line in str(detail).splitlines():
            print("# " + line)
    sys.stdout.flush()
    return good


def equal(got, expected, name):
    return ok(got == expected, name, "got:      %r\nexpected: %r" % (got, expected))


def done(plan):
    if ran != plan:
        print("not ok - the file has %d tests, %d ran" % (plan, ran))
        sys.exit(1)
    sys.exit(1 if failed else 0)


def ms(text):
    """Unix milliseconds of "2026-04-01T09:00:00Z"."""
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) * 1000


def connect(address):
    client = sems_client.Client(address)
    client.welcome = client.hello("test")
    return client


def ask(client, fill):
    """Sends a Request that `fill` completes; the document as JSON. A refusal raises."""
    request = admin.Request()
    fill(request)
    code, text, document = client.ask(request)
    if code != admin.RESPONSE_CODE_OK:
        raise RuntimeError("%s: %s" % (admin.ResponseCode.Name(code), text))
    return json.loads(document) if document else None


def setup(client, entity="Northfield", zone="Europe/London", sites=("NFD", "SFD"), sources=("lane-1",),
          senders=(), retention=(), targets=()):
    """senders: (principal, role) pairs that may send everything for every source."""

    def fill(request):
        s = request.setup
        s.SetInParent()
        if entity:
            s.entity, s.zone = entity, zone
        for site in sites:
            s.sites.add(site_id=site, name="Site " + site)
        for principal, role in senders:
            s.principals.add(principal=principal, role=role)
        for source in sources:
            made = s.sources.add(source=source, description="test")
            for principal, _ in senders:
                made.senders.add(principal=principal, kinds=["*"], sites=["*"])
        for kind, low, high in retention:
            s.retention.add(kind=kind, min_months=low, max_months=high, legal_basis="test")
        for metric, value, quarter in targets:
            s.targets.add(metric=metric, value=value, approved_by="test", from_quarter=quarter)

    return ask(client, fill)


def record(at, number, source="lane-1", site="NFD"):
    r = records.Record()
    r.source = source
    r.source_record_id = str(number)
    r.record_id = sems_client.record_id(at, source, str(number))
    if site:
        r.site_id = site
    r.occurred_at = at
    return r


def tip(at, number, outcome="HIT", **where):
    r = record(at, number, **where)
    r.measure_code = "4.1"
    r.tip_event.device_id = r.source
    r.tip_event.stream = records.TIP_STREAM_CABIN
    r.tip_event.screener_id = "screener-7"
    r.tip_event.outcome = records.TipOutcome.Value("TIP_OUTCOME_" + outcome)
    return r


def correct(root, number, at, reason="wrong entry", content=None):
    """A correction of root; content: a function that changes the copy."""
    r = records.Record()
    r.CopyFrom(root)
    r.source_record_id = str(number)
    r.record_id = sems_client.record_id(root.occurred_at, r.source, str(number))
    r.corrects_record_id = root.record_id
    r.corrected_at = at
    r.correction_reason = reason
    if content:
        content(r)
    return r


def codes(verdicts):
    return [pb.VerdictCode.Name(v.code)[len("VERDICT_CODE_"):] for v in verdicts]


def reason(verdict):
    return pb.Reason.Name(verdict.reason)[len("REASON_"):]

"""For many_months.sh: 90 batches of one record, each of another month, sent at once; and another sender."""
import sys

from lib_client import codes, connect, done, equal, ms, record, records


def observation(at, number, source):
    r = record(at, number, source=source)
    r.observation.mode = records.OBSERVATION_MODE_OVERT
    r.observation.criteria.add(criterion_id="c", result=records.CRITERION_RESULT_MET)
    return r


address = sys.argv[1]
with connect(address) as sender, connect(address) as other:
    for i in range(90):
        at = ms("%d-%02d-15T09:00:00Z" % (1 + 2000 + i // 12, i % 12 + 1))
        sender.batch([observation(at, i, "batches")])
    equal(codes(other.send([observation(ms("2026-05-04T09:00:00Z"), 1, "other")])), ["STORED"],
          "another sender is answered")
    got = [sender.result() for _ in range(90)]
    equal({c for r in got for c in codes(r.verdicts)}, {"STORED"}, "each of 90 batches is answered")
    equal(codes(sender.send([observation(ms("2001-01-15T09:00:00Z"), 0, "batches")])), ["DUPLICATE"],
          "and known when it comes again")
done(3)

"""For many_months.sh: 90 batches of one record, each of another month, sent at once; and another sender."""
import sys
import time

from lib_client import codes, connect, done, equal, ms, record, records


def observation(at, number, source):
    r = record(at, number, source=source)
    r.observation.mode = records.OBSERVATION_MODE_OVERT
    r.observation.criteria.add(criterion_id="c", result=records.CRITERION_RESULT_MET)
    return r


def send_all(sender, months, meanwhile):
    """Each in a batch of its own, all at once; again what is to come again: a year's key may have to be made."""
    got, left = {}, list(months)
    while left:
        batches = {}
        for i in left:
            at = ms("%d-%02d-15T09:00:00Z" % (2001 + i // 12, i % 12 + 1))
            batches[sender.batch([observation(at, i, "batches")])] = i
        meanwhile()
        for _ in left:
            result = sender.result()
            got[batches[result.batch_no]] = codes(result.verdicts)[0]
        left = [i for i in left if got[i] == "RETRY"]
        time.sleep(0.2)
    return set(got.values())


def other_asks():
    answers.append(codes(other.send([observation(ms("2026-05-04T09:00:00Z"), 1, "other")]))[0])


answers = []
address = sys.argv[1]
with connect(address) as sender, connect(address) as other:
    got = send_all(sender, range(90), other_asks)
    equal(answers[0], "STORED", "another sender is answered")
    equal(got, {"STORED"}, "each of 90 batches is answered")
    equal(codes(sender.send([observation(ms("2001-01-15T09:00:00Z"), 0, "batches")])), ["DUPLICATE"],
          "and known when it comes again")
done(3)

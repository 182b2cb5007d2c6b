"""For stop_loaded.sh: senders that push more than is taken until semsd stops; then the same again.

lib_stop_loaded.py SOCKET JOURNAL push|again NUMBER
push:  writes the identities that were answered STORED into JOURNAL, and says how each sender ended.
again: sends all; whatever JOURNAL has must be there already.
"""
import json
import sys
import threading

from lib_client import codes, connect, ms, record, records, sems_client

SENDERS, BATCHES, RECORDS = 8, 40, 50
AT = ms("2026-05-04T09:00:00Z")
address, journal, what, first = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])


def observation(number):
    r = record(AT, number, source="queue")
    r.observation.mode = records.OBSERVATION_MODE_OVERT
    r.observation.criteria.add(criterion_id="c", result=records.CRITERION_RESULT_MET)
    return r


def numbers(sender, batch):
    start = first + (sender * BATCHES + batch) * RECORDS
    return range(start, start + RECORDS)


def write(client, sender):
    try:
        for b in range(BATCHES):
            client.batch([observation(n) for n in numbers(sender, b)])
    except OSError:
        pass  # stopped: whoever reads knows why


def push(sender, ends, stored):
    client = connect(address)
    client.socket.settimeout(300)
    writer = threading.Thread(target=write, args=(client, sender))
    writer.start()
    try:
        while True:
            result = client.result()
            for n, code in zip(numbers(sender, result.batch_no - 1), codes(
                    [v for v in result.verdicts for _ in range(v.count)])):
                if code in ("STORED", "DUPLICATE"):
                    stored.append(n)
    except sems_client.Refused as refused:
        ends.append("%d %s" % (refused.args[0].code, refused.args[0].text))
    except (sems_client.Closed, OSError):
        ends.append("closed")
    client.close()
    writer.join()


if what == "push":
    ends, stored = [], []
    threads = [threading.Thread(target=push, args=(s, ends, stored)) for s in range(SENDERS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    with open(journal, "w") as f:
        json.dump(stored, f)
    print("%d stored" % len(stored))
    print("\n".join(sorted(ends)))
else:
    with open(journal) as f:
        stored = set(json.load(f))
    lost = 0
    with connect(address) as client:
        for s in range(SENDERS):
            for b in range(BATCHES):
                got = codes(client.send([observation(n) for n in numbers(s, b)]))
                lost += sum(c != "DUPLICATE" for n, c in zip(numbers(s, b), got) if n in stored)
    print("%d lost" % lost)

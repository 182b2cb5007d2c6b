#!/usr/bin/python3
"""Sends one TIP event to semsd and prints the verdict.

    first_record.py SOCKET SITE [SOURCE]

SOCKET is semsd's Unix socket or HOST:PORT, SITE a registered site. Needs python3-protobuf and protoc.
"""
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sems_client


def tip_event(site, source):
    now = int(time.time() * 1000)
    record = sems_client.records.Record()
    record.record_id = sems_client.record_id(now, source, str(now))
    record.source = source
    record.source_record_id = str(now)
    record.site_id = site
    record.occurred_at = now
    event = record.tip_event
    event.device_id = source
    event.threat_category = sems_client.records.THREAT_CATEGORY_BLADE
    event.response_ms = 4200
    event.outcome = sems_client.records.TIP_OUTCOME_HIT
    return record


def main(args):
    if len(args) not in (2, 3):
        sys.exit(__doc__)
    source = args[2] if len(args) == 3 else "xray-1"
    with tempfile.TemporaryDirectory() as folder:
        sems_client.classes_into(folder)
        with sems_client.Client(args[0]) as client:
            welcome = client.hello("first_record.py")
            print("connected to %s as %s" % (welcome.software, welcome.principal))
            verdict = client.send([tip_event(args[1], source)])[0]
            print(sems_client.verdict_name(verdict))
            return 0 if verdict.code == sems_client.pb.VERDICT_CODE_STORED else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, subprocess.CalledProcessError) as e:
        sys.exit("first_record.py: %s" % e)
    except sems_client.Closed:
        sys.exit("first_record.py: semsd closed the connection")
    except sems_client.Refused as e:
        sys.exit("first_record.py: refused: %s" % e.args[0].text)

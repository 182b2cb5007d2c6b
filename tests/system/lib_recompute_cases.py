"""What became of findings and actions, from their events as they were stored: each gone through in its order."""
import collections
import datetime as dt
import json

DONE = ("VERIFIED_EFFECTIVE", "CLOSED")
OVER = ("CLOSED", "REJECTED")


def months_after(at, zone, n):
    """The same time of the day n months on; of a month without that day its last one."""
    local = at.astimezone(zone).replace(tzinfo=None)
    month = local.month - 1 + n
    year, month = local.year + month // 12, month % 12 + 1
    day = local.day
    while True:
        try:
            return local.replace(year=year, month=month, day=day, tzinfo=zone)
        except ValueError:
            day -= 1


class Cases:
    """All cases of an evidence: a list of events each, in their order."""

    def __init__(self, events, zone):
        self.zone = zone
        self.by_number = collections.defaultdict(list)
        for e in sorted(events, key=lambda e: (e["number"], e["step"])):
            self.by_number[e["number"]].append(e)

    def before(self, kind, until):
        """What there was of each case before an instant: what was said, in all, with the events."""
        for events in self.by_number.values():
            told = [e for e in events if e["valid"] < until]
            if told and told[0]["kind"] == kind:
                said = {}
                for e in told:
                    said.update(e["content"])
                yield self.row(said, told), said, told

    @staticmethod
    def row(said, told):
        return {"site": said.get("site_id"), "site_id": said.get("site_id"), "measure": said.get("measure_code"),
                "provider": said.get("provider_id"),
                "type": said.get("type"), "priority": said.get("priority"), "severity": said.get("severity"),
                "origin": said.get("origin"), "occurred_at": told[-1]["valid"], "record_id": told[-1]["event_id"],
                "source": told[0]["number"]}

    def day(self, at):
        return at.astimezone(self.zone).date()

    def balance(self, q):
        """Opening, raised, closed, closing of actions; None: there is none."""
        is_open = lambda until: {told[0]["number"]: told[-1]["state"] not in OVER
                                 for _, _, told in self.before("action", until)}
        was, now = is_open(q.start), is_open(q.end)
        return now and {"what": "ACTIONS", "opening": sum(was.values()),
                        "raised": sum(k not in was or (now[k] and not was[k]) for k in now),
                        "closed": sum(was.get(k, True) and not now[k] for k in now),
                        "closing": sum(now.values())}


def ca01(q):
    for row, said, told in q.ev.cases.before("action", q.end):
        due = dt.date.fromisoformat(said["original_due"])
        if not q.first_day <= due <= q.last_day:
            continue
        verified = [e for e in told if e["event"] == "VERIFY"]
        if told[-1]["state"] == "REJECTED":
            yield row, "x:REJECTED", 1
            continue
        yield row, "den", 1
        if told[-1]["state"] not in DONE:
            yield row, "p:NOT_VERIFIED", 1
        elif q.ev.cases.day(verified[-1]["valid"]) <= due:
            yield row, "num", 1
            yield row, "p:ON_TIME", 1
            if q.ev.cases.day(verified[-1]["received"]) > due:
                yield row, "p:TOLD_AFTER_THE_DAY", 1
        else:
            yield row, "p:LATE", 1


def ca02(q):
    for row, said, told in q.ev.cases.before("action", q.end):
        yield row, "ev", 1
        days = (q.last_day - dt.date.fromisoformat(said["original_due"])).days
        if days > 0 and told[-1]["state"] not in DONE + ("REJECTED",):
            yield row, "num", 1
            yield row, "p:OVERDUE_" + ("A_MONTH" if days <= 30 else "A_QUARTER" if days <= 90 else "LONGER"), 1


def ca03(q):
    for _, _, told in q.ev.cases.before("finding", q.end):
        said = {}
        for e in told:
            said.update(e["content"])
            if e["event"] == "VERIFY" and e["valid"] >= q.start:
                found = said.get("detected_on")
                found = dt.date.fromisoformat(found) if found else q.ev.cases.day(told[0]["valid"])
                yield Cases.row(said, told), "value", (q.ev.cases.day(e["valid"]) - found).days


def ca04(q):
    for _, _, told in q.ev.cases.before("action", q.end):
        said = {}
        for n, e in enumerate(told):
            said.update(e["content"])
            until = months_after(e["valid"], q.ev.zone, 6)
            if e["event"] == "CLOSE" and q.start <= until < q.end:
                yield Cases.row(said, told), "den", 1
                if any(r["event"] == "REOPEN" and r["valid"] < until for r in told[n + 1:]):
                    yield Cases.row(said, told), "num", 1


# --- the register of risks ------------------------------------------------------------------------
# Bands of the scheme that is there to begin with: MSC.1/Circ.1283, appendix, 6.1.4.
HIGH, MEDIUM = 27, 8


def scores(q):
    """Of each scenario the assessment that was adopted last before the quarter's end."""
    newest = {}
    for _, said, told in q.ev.cases.before("assessment", q.end):
        adopted = [e for e in told if e["event"] == "ADOPT"]
        if adopted:
            at = adopted[0]["valid"], told[0]["number"]
            if said["scenario"] not in newest or newest[said["scenario"]][0] < at:
                newest[said["scenario"]] = at, said
    return {number: said for number, (_, said) in newest.items()}


def residual(said):
    return int(said["threat"]) * int(said["impact"]) * int(said["vulnerability"])


def scenarios(q):
    for row, said, told in q.ev.cases.before("scenario", q.end):
        if told[-1]["state"] == "IN_FORCE":
            yield dict(row, domain=said.get("domain")), said, told[0]["number"]


def rk01(q):
    scored = scores(q)
    named = set()
    for _, said, number in scenarios(q):
        if number in scored and residual(scored[number]) >= MEDIUM:
            named.update(said.get("controls", "").split())
    frozen = newest_frozen(q)
    for row, said, told in q.ev.cases.before("control", q.end):
        if told[0]["number"] in named and told[-1]["state"] != "RETIRED":
            metrics = [m.split(":")[0] for m in said.get("metrics", "").split()]
            row = dict(row, side=said.get("side"))
            yield row, "den", 1
            status = lambda m: frozen.get((m, said.get("site_id")), frozen.get((m, None), "NO_DATA"))
            if any(status(m) != "NO_DATA" for m in metrics):
                yield row, "num", 1


def newest_frozen(q):
    """The status of each metric, of the entity (None) and of each site, in the newest quarter that was frozen before the quarter's end."""
    counting = {}
    for (quarter, revision), r in q.ev.revisions.items():
        steps = sorted((e["step"], e["state"]) for e in q.ev.steps
                       if (e["quarter"], e["revision"]) == (quarter, revision) and e["at"] < q.end)
        over = json.loads(r["document"])["quarter"]["end"]
        if r["created_at"] < q.end and dt.datetime.fromisoformat(r["as_of"]) >= dt.datetime.fromisoformat(over.replace("Z", "+00:00")) \
                and (not steps or steps[-1][1] not in ("REJECTED", "WITHDRAWN")):
            counting[quarter] = max(counting.get(quarter, 0), revision)
    if not counting:
        return {}
    quarter = max(counting)
    document = json.loads(q.ev.revisions[quarter, counting[quarter]]["document"])
    return {(m["id"], f["by"].get("site")): f["status"] for m in document["metrics"] for f in m["figures"]
            if set(f["by"]) <= {"site"}}


def rk02(q):
    scored = scores(q)
    accepted = {}
    for _, said, told in q.ev.cases.before("acceptance", q.end):
        if told[-1]["state"] == "ACCEPTED":
            at = [q.ev.cases.day(e["valid"]) for e in told if e["event"] == "ACCEPT"][0], told[0]["number"]
            accepted[said["scenario"]] = max(accepted.get(said["scenario"], (at, "")), (at, said["expires_on"]))
    for row, _, number in scenarios(q):
        yield row, "ev", 1
        due = [d for d in (scored.get(number, {}).get("review_on"), accepted.get(number, ("", None))[1]) if d]
        if any(dt.date.fromisoformat(d) < q.last_day for d in due):
            yield row, "num", 1


def rk03(q):
    scored = scores(q)
    planned = {said.get("scenario") for _, said, told in q.ev.cases.before("action", q.end)
               if told[-1]["state"] not in OVER}
    for row, _, number in scenarios(q):
        yield row, "ev", 1
        if number in scored and residual(scored[number]) >= HIGH and number not in planned:
            yield row, "num", 1

"""Training and deployment: what the figures of people are, from what they are meant to say.

A person is known again within a civil year alone, and a competence is held to the end of a civil day.
"""
import collections
import datetime as dt
import math


def parsed(text):
    return text and dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def order(r):
    return r["occurred_at"], r["record_id"], r["source"].encode()


class People:
    """Of a quarter, worked out once."""

    def __init__(self, q):
        self.q = q
        zone = q.ev.zone
        self.day = lambda t: t and t.astimezone(zone).date()
        self.year = q.last_day.year
        self.all = sorted(q.ev.effective["training"], key=order)
        # Of this year, until the quarter's end.
        self.passed = collections.defaultdict(list)
        for t in self.all:
            if t["result"] == "PASS" and self.day(t["occurred_at"]).year == self.year and t["occurred_at"] < q.end:
                self.passed[t["subject_person"], t["course"]].append(t)
        self.deployments = sorted(q.rows["deployment"], key=order)

    def last_of_each(self, rows):
        return {d["subject_person"]: d for d in rows}

    def renewals(self):
        """(training, person, whether it was kept; None: nobody knows)"""
        due = collections.defaultdict(list)
        for t in self.all:
            if t["previous_expires_at"] and self.q.holds(t["previous_expires_at"]):
                due[t["subject_person"], t["course"], self.day(t["previous_expires_at"])].append(t)
        for (person, _, day), tried in due.items():
            yield tried[0], person, any(t["result"] == "PASS" and self.day(t["occurred_at"]) <= day for t in tried)
        seen = set()
        for t in self.all:
            key = t["subject_person"], t["course"], self.day(t["expires_at"])
            if (t["result"] != "PASS" or not t["expires_at"] or not self.q.holds(t["expires_at"])
                    or self.day(t["occurred_at"]).year != key[2].year or key in due or key in seen):
                continue
            seen.add(key)
            same = [o for o in self.all if o["result"] == "PASS" and (o["subject_person"], o["course"]) == key[:2]
                    and self.day(o["occurred_at"]).year == key[2].year and self.day(o["occurred_at"]) <= key[2]]
            if any(o["expires_at"] is None or self.day(o["expires_at"]) > key[2] for o in same):
                yield t, key[0], True
            elif any(d["subject_person"] == key[0] and self.day(d["occurred_end"]) >= key[2] for d in self.deployments):
                yield t, key[0], False
            else:
                yield t, key[0], None

    def in_date(self):
        """{person: (whether deployed at the end, whether in date; None: nobody told what is needed)}"""
        month = self.q.ev.instant(self.q.last_day.replace(day=1))
        needs, at_end = collections.defaultdict(dict), set()
        for d in self.deployments:
            if d["occurred_end"] >= month:
                at_end.add(d["subject_person"])
                for c in d["competences"] or []:
                    needs[d["subject_person"]][c["course"]] = parsed(c.get("expires_at"))
        for person in self.last_of_each(self.deployments):
            held = None
            for course, told in needs[person].items():
                days = [self.day(told)] if told else []
                for t in self.passed[person, course]:
                    days.append(self.day(t["expires_at"]) if t["expires_at"] else dt.date.max)
                held = held is not False and max(days, default=dt.date.min) >= self.q.last_day
            yield person, person in at_end, held

    def operators(self):
        """(deployment, whether trained; None: not judged in this quarter)"""
        last = self.last_of_each(d for d in self.deployments if d["role"] == "X_RAY_OPERATOR")
        month = self.q.last_day.month
        half = self.q.ev.instant(dt.date(self.year, month - 5, 1)) if month in (6, 12) else None
        for person, d in last.items():
            minutes, on_the_job = 0, False
            for t in self.all:
                if (half and half <= t["occurred_at"] < self.q.end and t["subject_person"] == person
                        and t["basis"] == "RECURRENT" and t["image_recognition"]):
                    if t["method"] in ("CBT", "CLASSROOM"):
                        minutes += math.floor((t["hours"] or 0) * 60 + 0.5)
                    on_the_job |= t["method"] == "OJT_TIP" and t["result"] == "PASS"
            yield d, person, (minutes >= 360 or on_the_job) if half else None


def people(q):
    if not hasattr(q, "people"):
        q.people = People(q)
    return q.people


def renewals(q):
    for t, _, kept in people(q).renewals():
        if kept is None:
            yield t_row(t), "x:NOT_DEPLOYED", 1
        else:
            yield t_row(t), "den", 1
            yield t_row(t), "num", int(kept)


def t_row(t):
    """A training of any quarter, with its dimensions."""
    return dict(t, site=t["site_id"], measure=t["measure_code"], provider=t["provider_id"])


def persons_due(q):
    return [(person, t_row(t), int(kept is not None), int(kept is not None))
            for t, person, kept in people(q).renewals()]


def deployed(q):
    p = people(q)
    last = p.last_of_each(p.deployments)
    return [(person, last[person], at_end, held) for person, at_end, held in p.in_date()]


def persons_in_date(q):
    return [(person, d, int(held), 0) for person, d, _, held in deployed(q) if held is not None]


def not_in_date_for(q):
    for _, d, at_end, held in deployed(q):
        if not at_end:
            yield d, "x:NOT_DEPLOYED_AT_END", 1
        elif held is None:
            yield d, "x:COMPETENCE_NOT_TOLD", 1


def persons_trained(q):
    return [(person, d, int(trained), 0) for d, person, trained in people(q).operators() if trained is not None]


def half_year_runs(q):
    for d, _, trained in people(q).operators():
        if trained is None:
            yield d, "x:HALF_YEAR_RUNS", 1

"""Findings and actions at random from a seed, as statements: told in their order, at instants of a year and a half,
half of them at the bounds of days and quarters.

    lib_recompute_told.py SEED ZONE [ACTIONS FINDINGS]      so many of each were told before
"""
import datetime as dt
import random
import sys
import zoneinfo

UTC = dt.timezone.utc


class Teller:
    def __init__(self, seed, zone):
        self.chance = random.Random(seed)
        self.zone = zoneinfo.ZoneInfo(zone)
        self.n = {"action": 0, "finding": 0}

    def instant(self, after):
        """A while later, at times just before or just after a day of the entity ends, or a quarter."""
        at = after + dt.timedelta(minutes=self.chance.randrange(1, 40 * 24 * 60))
        if self.chance.random() < 0.5:
            day = at.astimezone(self.zone).date() + dt.timedelta(days=1)
            if self.chance.random() < 0.3:
                month = 3 * ((day.month - 1) // 3) + 4
                day = dt.date(day.year + month // 13, (month - 1) % 12 + 1, 1)
            bound = dt.datetime.combine(day, dt.time(), self.zone).astimezone(UTC)
            at = max(at, bound + self.chance.choice([-1, 0, 1]) * dt.timedelta(milliseconds=1))
        return at

    def tell(self, kind, event, at, words):
        first = event in ("ADD", "RAISE")
        self.n[kind] += first
        number = "NULL" if first else (
            f"(SELECT number FROM sems.case_file WHERE kind = '{kind}' AND serial = {self.n[kind]})")
        content = "{" + ", ".join(f'"{k}": "{v}"' for k, v in words.items() if v) + "}"
        by = "unix:verifier" if event == "VERIFY" else "unix:worker"
        print(f"INSERT INTO sems.case_event (event_id, number, kind, event, valid, made_by, content) VALUES "
              f"(gen_random_uuid(), {number}, '{kind}', '{event}', '{at.isoformat()}', '{by}', '{content}');")

    def life(self, kind, steps, at):
        """One after the other, until chance ends it or it is the present."""
        text, reason = {"text": "x"}, {"reason": "x"}
        words = {"CLAIM": text, "CORRECT": text, "VERIFY": text, "REOPEN": reason, "REJECT": reason}
        while self.chance.random() < 0.85:
            at = self.instant(at)
            if at > dt.datetime(2026, 9, 1, tzinfo=UTC):
                return
            event = self.chance.choice(steps)
            self.tell(kind, event, at, words.get(event, {}))
            steps = self.next[event]

    next = {
        "START": ["CLAIM", "CLAIM", "REJECT"], "CLAIM": ["VERIFY", "VERIFY", "REOPEN"], "VERIFY": ["CLOSE", "CLOSE", "REOPEN"],
        "CLOSE": ["REOPEN"], "REJECT": ["REOPEN"], "REOPEN": ["CLAIM"],
    }

    def action(self, at):
        day = at.astimezone(self.zone).date()
        due = day + dt.timedelta(days=self.chance.randrange(0, 150))
        if self.chance.random() < 0.3:
            due = self.chance.choice([dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 3, 31), dt.date(2026, 4, 1),
                                      dt.date(2026, 6, 30), dt.date(2026, 7, 1)])
        self.tell("action", "ADD", at, {
            "title": "x", "type": self.chance.choice(["CORRECTIVE", "PREVENTIVE", "COMPENSATORY"]), "owner": "worker",
            "original_due": str(due), "priority": self.chance.choice(["HIGH", "LOW", ""]),
            "site_id": self.chance.choice(["EDGE", ""]), "measure_code": self.chance.choice(["4.1", ""])})
        self.life("action", ["START", "CLAIM", "REJECT"], at)

    def finding(self, at):
        found = at.astimezone(self.zone).date() - dt.timedelta(days=self.chance.randrange(0, 60))
        self.tell("finding", "RAISE", at, {
            "title": "x", "origin": self.chance.choice(["REVIEW", "TEST"]), "severity": self.chance.choice(["MINOR", "CRITICAL"]),
            "detected_on": self.chance.choice([str(found), ""]), "site_id": self.chance.choice(["EDGE", ""])})
        self.next = dict(self.next, CORRECT=["VERIFY", "VERIFY", "REOPEN"], REOPEN=["CORRECT"])
        self.life("finding", ["CORRECT"], at)
        self.next = Teller.next


def main(seed, zone, actions=0, findings=0):
    teller = Teller(int(seed), zone)
    teller.n = {"action": int(actions), "finding": int(findings)}
    print("INSERT INTO sems.person VALUES ('worker') ON CONFLICT DO NOTHING;")
    for _ in range(120):
        at = dt.datetime(2025, 3, 1, tzinfo=UTC) + dt.timedelta(minutes=teller.chance.randrange(0, 480 * 24 * 60))
        teller.chance.choice([teller.action, teller.action, teller.finding])(at)


if __name__ == "__main__":
    main(*sys.argv[1:])

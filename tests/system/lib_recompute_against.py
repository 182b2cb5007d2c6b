"""What figures are seen against, recomputed: exact intervals, the quarters before, charts by week,
funnels, case-mix, and what is said of the feeds. By other means than the daemon's wherever there are
any: binomial tails are summed, quantiles are searched for, event numbers are put into sets.
"""
import collections
import datetime as dt
import math
import statistics

Z95 = 1.9599639845400542
Z998 = 3.0902323061678135
D2 = 2 / math.sqrt(math.pi)
WEEKS_MIN = 6
SITES_MIN = 2
SPREAD_MIN = 12
RARER_MIN = 2
CHANGE_MIN = 9.5
WIDE_DROP = 1000  # a number so much lower is a device that began anew
LISTED = ("from", "to", "reason")


# --- feeds ---------------------------------------------------------------------------------------

def runs_of(events):
    """Event numbers of one device and day as sets, a new one where it began anew."""
    events.sort(key=lambda e: (e[0], e[1]))
    runs, last = [], None
    for _, number in events:
        if last is None or number < last - WIDE_DROP:
            runs.append(set())
        runs[-1].add(number)
        last = number
    return runs


def event_numbers(q):
    """By source: how many different numbers came, and how many are missing."""
    days = collections.defaultdict(list)
    for r in q.stored:
        if r["kind"] == "tip_event" and r["root"] and r["event_no"] is not None:
            day = r["occurred_at"].astimezone(q.ev.zone).date()
            days[r["source"], r["device_id"] or "", day].append((r["occurred_at"], r["event_no"]))
    came, missing, last = collections.Counter(), collections.Counter(), {}
    for source, device, day in sorted(days):
        for run in runs_of(days[source, device, day]):
            came[source] += len(run)
            missing[source] += max(run) - min(run) + 1 - len(run)
            before = last.get((source, device))
            if before is not None and min(run) > before + 1:
                missing[source] += min(run) - before - 1
            last[source, device] = max(run)
    return came, missing


def registered(q):
    """(source, kind): the sites, of the feeds that are expected on some day of the quarter."""
    sites = collections.defaultdict(set)
    for x in q.ev.expected:
        until = x["until_day"] or "9999-12-31"
        if x["from_day"] <= str(q.last_day) and until > str(q.first_day):
            sites[x["source"], x["kind"]].add(x["site_id"])
    return sites


def expectations(q, said, came, expected):
    """(source, kind): expected, received, basis."""
    numbers, missing = event_numbers(q)
    projections, shown = collections.Counter(), {}
    for r in q.stored:
        if r["kind"] == "tip_event" and r["root"]:
            projections[r["source"]] += r["outcome"] in (
                "HIT", "MISS_DECIDED", "MISS_TIMEOUT", "ABORTED")
    for s in q.rows["tip_session"]:
        if s["tip_shown"] is not None:
            shown[s["source"]] = shown.get(s["source"], 0) + s["tip_shown"]
    found = {}
    for key in set(said) | set(came) | set(expected):
        source, kind = key
        if key in said:
            found[key] = said[key], came[key], "HEARTBEATS"
        elif kind == "tip_event" and numbers[source]:
            found[key] = numbers[source] + missing[source], numbers[source], "EVENT_NUMBERS"
        elif kind == "tip_event" and source in shown:
            found[key] = shown[source], projections[source], "SESSIONS"
        else:
            found[key] = None, came[key], "REGISTER" if key in expected else None
    return found


def feeds(c):
    listed = {(f["source"], f["kind"]): f for f in c.spd["completeness"]["feeds"]}
    mine = {(f["source"], f["kind"]): f for f in c.q.feed}
    c.like("feeds", sorted(listed), sorted(mine))
    for key in set(listed) & set(mine):
        doc, f = listed[key], mine[key]
        missing = None if f["said"] is None else max(f["said"] - f["came"], 0)
        for part, value in (("expected", f["said"]), ("received", f["came"]),
                            ("basis", f["basis"]), ("site", f["site"]), ("missing", missing)):
            c.like(f"feed {key} {part}", doc[part], value)
        numbers = [g for g in doc["gaps"] if g["reason"] == "EVENT_NUMBERS"]
        if f["basis"] == "EVENT_NUMBERS" and len(doc["gaps"]) < 50:
            c.like(f"feed {key} gaps", sum(g["missing"] for g in numbers), missing)
        for g in doc["gaps"]:
            if set(LISTED) - set(g):
                c.wrong.append(f"feed {key}: a gap lacks a member: {g}")


def completeness(c):
    q, doc = c.q, c.spd["completeness"]
    feeds(c)
    roots = [r for r in q.stored if r["root"]]
    late = [r for r in roots if r["kind"] != "plan"]
    c.like("late received", doc["late"]["received"], len(late))
    c.like("late for the quarter", doc["late"]["after_quarter"],
           sum(r["received_at"] >= q.end for r in late))
    c.like("late for the lag", doc["late"]["after_lag"], sum(not r["on_time"] for r in late))
    clock = collections.defaultdict(list)
    for r in roots:
        if r["clock_offset_ms"] is not None:
            clock[r["source"]].append(abs(r["clock_offset_ms"]))
    c.like("clocks", {x["source"]: (x["told"], x["beyond_60s"], x["worst_ms"])
                      for x in doc["clock"]},
           {s: (len(v), sum(x > 60000 for x in v), max(v)) for s, v in clock.items()})
    c.like("quarantine", sum(x["count"] for x in doc["quarantine"]), len(q.refused))
    planned = collections.Counter()
    for p in q.rows["plan"]:
        planned[p["what"]] += p["planned_count"] or 0
    told = collections.Counter()
    for p in doc["plans"]:
        told[p["what"]] += p["planned"] or 0
    c.like("plans", dict(told), dict(planned))
    # A day counts when something came on it; of that, records that are stored are a part.
    days = {r["received_at"].astimezone(q.ev.zone).date().isoformat() for r in q.stored if r["received_at"] >= q.start}
    c.like("levels of durability", [x["level"] for x in doc["durability"]], ["local"] if doc["durability"] or days else [])
    for x in doc["durability"]:
        if days and not (x["first_day"] <= min(days) and x["last_day"] >= max(days) and x["days"] >= len(days)):
            c.wrong.append(f"durability: {x} does not span the days of receipt {sorted(days)}")
    sessions(c, doc["sessions"])
    balances(c)
    actions(c)


def balances(c):
    """Counted finding by finding, in the order in which audits listed them."""
    was, now, known = {}, {}, set()
    for a in sorted(c.ev.effective["audit"], key=lambda a: (a["occurred_at"], a["record_id"], a["source"])):
        if a["occurred_at"] < c.q.end:
            for f in a["findings"] or []:
                key = c.finding_of(a, f)
                now[key] = (f.get("state") or "OPEN") in ("OPEN", "CORRECTED")
                if a["occurred_at"] < c.q.start:
                    was[key] = now[key]
    doc = {b["what"]: b for b in c.spd["balances"]}.get("FINDINGS")
    c.like("has a balance of findings", doc is not None, bool(now))
    if doc:
        mine = {"what": "FINDINGS", "opening": sum(was.values()),
                "raised": sum(k not in was or (now[k] and not was[k]) for k in now),
                "closed": sum(was.get(k, True) and not now[k] for k in now),
                "closing": sum(now.values())}
        c.like("balance of findings", doc, mine)
        c.like("findings balance", doc["opening"] + doc["raised"] - doc["closed"], doc["closing"])


def actions(c):
    mine = c.q.ev.cases.balance(c.q)
    doc = {b["what"]: b for b in c.spd["balances"]}.get("ACTIONS")
    c.like("has a balance of actions", doc is not None, bool(mine))
    if doc:
        c.like("balance of actions", doc, mine)
        c.like("actions balance", doc["opening"] + doc["raised"] - doc["closed"], doc["closing"])


def sessions(c, doc):
    mine = collections.Counter()
    shown, events = collections.Counter(), collections.Counter()
    for s in c.q.rows["tip_session"]:
        parts = s["tip_shown"], s["hits"], s["misses"], s["aborted"]
        if None in parts:
            mine["unreconciled"] += 1
        else:
            mine["reconciled" if parts[0] == sum(parts[1:]) else "differing"] += 1
    for part in ("reconciled", "differing", "unreconciled"):
        c.like("sessions " + part, doc[part], mine[part])


# --- the quarters before -------------------------------------------------------------------------

def label_before(label, n=1):
    year, quarter = int(label[:4]), int(label[-1]) - 1
    at = year * 4 + quarter - n
    return f"{at // 4}-Q{at % 4 + 1}"


def newcombe(wilson, x1, n1, x2, n2):
    return difference(x1 / n1, wilson(x1, n1), x2 / n2, wilson(x2, n2))


def difference(p1, interval1, p2, interval2):
    (l1, u1), (l2, u2) = interval1, interval2
    return (p1 - p2 - math.sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2),
            p1 - p2 + math.sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2))


def bounds(figure):
    return figure["clusters"]["low"], figure["clusters"]["high"]


def past_like(c, where, doc, mine):
    for part in ("numerator", "denominator", "value", "status"):
        c.like(f"{where} {part}", doc[part], mine[part])
    if doc["no_data"] != "FEED_SILENT":
        c.like(f"{where} no_data", doc["no_data"], mine["no_data"])


UNMATCHED = ("OUT05", "OUT06", "OUT07", "OUT11")
MATCHED_MIN = 0.5


def strata(rows, site):
    """x and n of each image library and threat category, of a site or of all."""
    cells = collections.defaultdict(lambda: [0, 0])
    for row, group, amount in rows:
        if group in ("num", "den") and row.get("library_version") and site in (None, row["site"]):
            cells[row["library_version"], row.get("threat_category")][group == "den"] += amount
    return {k: v for k, v in cells.items() if v[1] > 0}


def wider(figure):
    """By how much the interval for clusters in general is wider, below and above."""
    low, high = bounds(figure)
    return [(figure["value"] - low) / (figure["value"] - lo_of(figure["interval"], 0)),
            (high - figure["value"]) / (lo_of(figure["interval"], 1) - figure["value"])]


def lo_of(interval, at):
    return interval[("lo", "hi")[at]] if isinstance(interval, dict) else interval[at]


def matched(wilson, rows, old_rows, doc, old, general):
    """In this quarter's mix of what both have: difference, bounds, the share that is; None: too little is."""
    site, n, old_n = doc["by"].get("site"), doc["denominator"], old["denominator"]
    now, then = strata(rows, site), strata(old_rows, site)
    both = sorted(set(now) & set(then), key=str)
    n1, n2 = sum(now[k][1] for k in both), sum(then[k][1] for k in both)
    if not both or n1 < MATCHED_MIN * n or n2 < MATCHED_MIN * old_n:
        return None
    (a1, b1), (a2, b2) = (wider(doc), wider(old)) if general else ((1, 1), (1, 1))
    difference = down = up = 0
    for k in both:
        (x1, m1), (x2, m2), weight = now[k], then[k], now[k][1] / n1
        p1, p2 = x1 / m1, x2 / m2
        (l1, u1), (l2, u2) = wilson(x1, m1), wilson(x2, m2)
        difference += weight * (p1 - p2)
        down += weight ** 2 * ((a1 * (p1 - l1)) ** 2 + (b2 * (u2 - p2)) ** 2)
        up += weight ** 2 * ((b1 * (u1 - p1)) ** 2 + (a2 * (p2 - l2)) ** 2)
    return difference, difference - math.sqrt(down), difference + math.sqrt(up), min(n1 / n, n2 / old_n)


def change(c, where, doc, old, wilson, id_, rows, old_rows, key, part_changed):
    told, why = doc[key], doc["not_comparable" if key == "change" else "year_not_comparable"]
    mine = {"method": "COUNTED", "low": None, "high": None, "matched": None, "interval_by": None}
    general = {doc["interval_by"], old["interval_by"]} == {"GENERAL"}
    obstacle = None
    if part_changed:
        obstacle = "PART_CHANGED"
    elif doc["value"] is None or old["value"] is None:
        obstacle = "NO_VALUE_NOW" if doc["value"] is None else "NO_VALUE_THEN"
    elif id_ in UNMATCHED:
        obstacle = "NOT_MATCHED"
    elif id_ == "OUT03":
        found = matched(wilson, rows, old_rows, doc, old, general)
        obstacle = None if found else "TOO_LITTLE_ALIKE"
        if found:
            mine.update(zip(("difference", "low", "high", "matched"), found), method="STANDARDISED")
    elif doc["interval"] is not None:
        low, high = newcombe(wilson, doc["numerator"], doc["denominator"], old["numerator"], old["denominator"])
        if general:
            low, high = difference(doc["value"], bounds(doc), old["value"], bounds(old))
        mine.update(method="NEWCOMBE", low=low, high=high)
    if mine["low"] is not None:
        mine["interval_by"] = "GENERAL" if general else "PLAIN"
    c.like(f"{where} {key}: obstacle", why, obstacle)
    c.like(f"{where} has a {key}", told is not None, obstacle is None)
    if told and not obstacle:
        mine.setdefault("difference", doc["value"] - old["value"])
        for part, value in mine.items():
            c.like(f"{where} {key} {part}", told[part], value)


# --- exact ---------------------------------------------------------------------------------------

def tail(x, n, p):
    """P(X >= x): terms summed from the largest, by their ratios."""
    if x <= 0:
        return 1.0
    if p <= 0 or p >= 1:
        return float(p >= 1)
    log = (math.lgamma(n + 1) - math.lgamma(x + 1) - math.lgamma(n - x + 1)
           + x * math.log(p) + (n - x) * math.log1p(-p))
    if x < n * p:  # the other side is the shorter one
        term, terms, k = log + math.log(x / (n - x + 1) * (1 - p) / p), [], x - 1
        value = math.exp(term)
        while k >= 0 and value > 1e-30:
            terms.append(value)
            value *= k / (n - k + 1) * (1 - p) / p
            k -= 1
        return 1 - math.fsum(terms)
    value, terms, k = math.exp(log), [], x
    while k <= n and value > 1e-30:
        terms.append(value)
        value *= (n - k) / (k + 1) * p / (1 - p)
        k += 1
    return math.fsum(terms)


def solve(f, target):
    """Where the rising f reaches the target in [0, 1]."""
    lo, hi = 0.0, 1.0
    for _ in range(60):
        mid = (lo + hi) / 2
        lo, hi = (mid, hi) if f(mid) < target else (lo, mid)
    return (lo + hi) / 2


def exact(x, n):
    lo = 0.0 if x == 0 else solve(lambda p: tail(x, n, p), 0.025)
    hi = 1.0 if x == n else solve(lambda p: tail(x + 1, n, p), 0.975)
    return lo, hi


# --- weeks and sites -----------------------------------------------------------------------------

def weeks_of(q, rows):
    weeks = collections.defaultdict(lambda: [0, 0])
    for row, group, amount in rows:
        if group in ("num", "den", "num0"):
            at = row["occurred_at"].astimezone(q.ev.zone).date()
            monday = max(at - dt.timedelta(days=at.weekday()), q.first_day)
            weeks[str(monday)][group == "den"] += 0 if group == "num0" else amount
    # A week whose counts contradict each other says nothing of the others.
    return [(day, x, n) for day, (x, n) in sorted(weeks.items()) if n > 0 and 0 <= x <= n]


def merged(weeks, minimum):
    """Weeks that are too small to have a rate, joined to the next; the last to the one before."""
    x, n = sum(w[1] for w in weeks), sum(w[2] for w in weeks)
    rarer = min(x, n - x) / n if n else 0
    out, open_ = [], None
    for day, k, m in weeks:
        open_ = [day, k, m] if open_ is None else [open_[0], open_[1] + k, open_[2] + m]
        if open_[2] >= minimum and open_[2] * rarer >= RARER_MIN:
            out.append(open_)
            open_ = None
    if open_ is not None and out:
        out[-1] = [out[-1][0], out[-1][1] + open_[1], out[-1][2] + open_[2]]
    return out


def log_likelihood(x, n):
    return (x * math.log(x / n) if x else 0) + ((n - x) * math.log((n - x) / n) if x < n else 0)


def level(c, id_, doc, weeks, sigma):
    """Where two levels explain the weeks best, if they do so much better than one."""
    best = (0, None)
    for at in range(2, len(weeks) - 1):
        parts = [(sum(w[1] for w in part), sum(w[2] for w in part)) for part in (weeks[:at], weeks[at:], weeks)]
        one, two, whole = (log_likelihood(*p) for p in parts)
        gain = 2 * (one + two - whole) / sigma ** 2
        if gain > best[0]:
            best = (gain, (weeks[at][0], parts[0][0] / parts[0][1], parts[1][0] / parts[1][1]))
    c.like(f"{id_} has changed", doc is not None, best[0] >= CHANGE_MIN)
    if doc is not None:
        day, before, after = best[1]
        for part, value in (("first_day", day), ("before", before), ("after", after),
                            ("difference", after - before)):
            c.like(f"{id_} change {part}", doc[part], value)


def levels(weeks, rebases, minimum):
    """The weeks from one beginning to the next, merged, each with its centre and sigma; None: too few."""
    starts = [""] + sorted(rebases) + ["9999"]
    for since, until in zip(starts, starts[1:]):
        part = [w for w in weeks if since <= w[0] < until]
        if not part:
            continue
        x, n = sum(w[1] for w in part), sum(w[2] for w in part)
        part, limits = merged(part, minimum), None
        if len(part) >= WEEKS_MIN and 0 < x < n:
            p = x / n
            z = [(k / m - p) / math.sqrt(p * (1 - p) / m) for _, k, m in part]
            limits = p, max(1, statistics.mean(abs(b - a) for a, b in zip(z, z[1:])) / D2)
        yield part, limits


def charted(weeks, rebases, minimum):
    parts = list(levels(weeks, rebases, minimum))
    return parts if any(limits for _, limits in parts) else []


def alerts(c, id_, doc, parts, before, rebases, up):
    """ICAO's lines: of the rates of the quarter before, since its level began anew for the last time."""
    since = max(rebases, default="")
    rates = [k / m for part, _ in before for day, k, m in part if day >= since]
    some = (up is not None and since < str(c.q.first_day) and len(rates) >= WEEKS_MIN and len(set(rates)) > 1)
    c.like(f"{id_} has alert lines", doc["alerts"] is not None, some)
    lines = []
    if some and doc["alerts"]:
        mean, sd = statistics.fmean(rates), statistics.pstdev(rates)
        lines = [mean + (-k if up else k) * sd for k in (1, 2, 3)]
        told = doc["alerts"]
        for part, is_, value in [("mean", told["mean"], mean), ("sd", told["sd"], sd), *zip("123", told["lines"], lines)]:
            c.like(f"{id_} alert {part}", is_, value)
    values = [k / m for part, _ in parts for _, k, m in part]
    for i, told in enumerate(doc["weeks"]):
        mine = 0
        for k, line in enumerate(lines, 1):
            beyond = [v < line if up else v > line for v in values[max(0, i - 3 + k):i + 1]]
            mine = k if len(beyond) == 4 - k and all(beyond) else mine
        c.like(f"{id_} week {told['first_day']} alert", told["alert"], mine)


def chart(c, id_, doc, weeks, minimum, rebases):
    """Each point; what the newest level is like, and how it changed."""
    parts = charted(weeks, rebases, minimum)
    c.like(f"{id_} has a chart", doc is not None, bool(parts))
    if not parts or doc is None:
        return parts
    last, limits = parts[-1]
    c.like(f"{id_} chart centre", doc["centre"], limits and limits[0])
    c.like(f"{id_} chart sigma", doc["sigma_z"], limits and limits[1])
    c.like(f"{id_} chart weeks", [w["first_day"] for w in doc["weeks"]], [w[0] for p, _ in parts for w in p])
    c.like(f"{id_} chart rebases", [r["first_day"] for r in doc["rebases"]],
           [r for r in sorted(rebases) if r >= str(c.q.first_day)])
    if limits:
        level(c, id_, doc["change"], last, limits[1])
    else:
        c.like(f"{id_} change, variation", (doc["change"], doc["variation"], doc["assurance"]), (None,) * 3)
    told = iter(doc["weeks"])
    for part, limits in parts:
        for day, k, m in part:
            mine = {"numerator": k, "denominator": m, "value": k / m, "centre": None, "lower": None,
                    "upper": None, "signal": False}
            if limits:
                p, sigma = limits
                half = 3 * sigma * math.sqrt(p * (1 - p) / m)
                mine.update(centre=p, lower=max(p - half, 0), upper=min(p + half, 1),
                            signal=abs(k / m - p) > half)
            doc_week = next(told)
            for key, value in mine.items():
                c.like(f"{id_} week {day} {key}", doc_week[key], value)
    return parts


def quantile(values, p):
    values = sorted(values)
    h = (len(values) - 1) * p
    i = int(h)
    return values[i] + (h - i) * (values[min(i + 1, len(values) - 1)] - values[i])


def binomial_quantile(q, n, p):
    """The smallest count that at least a share q have no more than."""
    near = 60 * math.sqrt(n * p * (1 - p)) + 60
    total = 0
    for k in range(max(0, int(n * p - near)), n + 1):
        total += math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
                          + k * math.log(p) + (n - k) * math.log1p(-p))
        if total >= q:
            return k
    return n


def funnel(c, id_, doc, sites, target, minimum):
    wanted = len(sites) >= SITES_MIN and target is not None and 0 < target < 1
    c.like(f"{id_} has a funnel", doc is not None, wanted)
    if doc is None or not wanted:
        return
    count = len(sites)
    spread = count >= SPREAD_MIN
    c.like(f"{id_} funnel method", doc["method"], "OVERDISPERSED" if spread else "BINOMIAL")
    t = math.asin(math.sqrt(target))
    z = [(math.asin(math.sqrt(x / n)) - t) / (0.5 / math.sqrt(n)) for _, x, n in sites]
    low, high = quantile(z, 0.1), quantile(z, 0.9)
    phi = sum(min(max(v, low), high) ** 2 for v in z) / count
    w = [4 * n for _, _, n in sites]
    tau2 = 0
    if count * phi >= count - 1:
        tau2 = (count * phi - (count - 1)) / (sum(w) - sum(v * v for v in w) / sum(w))
    for part, value in (("centre", target), ("phi", phi), ("tau2", tau2)):
        c.like(f"{id_} funnel {part}", doc[part], value)
    c.like(f"{id_} funnel units", [u["unit"] for u in doc["units"]], [s[0] for s in sites])
    for u, (site, x, n) in zip(doc["units"], sites):
        wide = math.sqrt(1 / (4 * n) + (tau2 if spread else 0))
        mine = {"numerator": x, "denominator": n, "value": x / n, "withheld": n < minimum,
                "z": (math.asin(math.sqrt(x / n)) - t) * 2 * math.sqrt(n),
                "adjusted_z": (math.asin(math.sqrt(x / n)) - t) / wide}
        for name, k, tail in (("95", Z95, 0.025), ("998", Z998, 0.001)):
            if spread:
                mine["low" + name] = math.sin(max(t - k * wide, 0)) ** 2
                mine["high" + name] = math.sin(min(t + k * wide, math.pi / 2)) ** 2
            else:
                mine["low" + name] = binomial_quantile(tail, n, target) / n
                mine["high" + name] = binomial_quantile(1 - tail, n, target) / n
        mine["outside"] = n >= minimum and not mine["low998"] <= x / n <= mine["high998"]
        if n < minimum:
            mine.update(value=None, z=None, adjusted_z=None)
        for part, value in mine.items():
            c.like(f"{id_} funnel {site} {part}", u[part], value)


def case_mix(c, id_, doc, rows, stratum, sites, overall, minimum):
    if overall is None or len(sites) < 2:
        c.like(f"{id_} has no case-mix", doc, None)
        return
    cells = collections.defaultdict(lambda: [0, 0])
    for row, group, amount in rows:
        if group in ("num", "den"):
            for site in (row["site"], None):
                cells[site, row.get(stratum)][group == "den"] += amount
    for u, (site, _, _) in zip(doc["units"], [s for s in sites if s[2] >= minimum]):
        seen, expected, variance = 0, 0, 0
        for (s, k), (x, n) in cells.items():
            if s == site and n:
                p = cells[None, k][0] / cells[None, k][1]
                seen, expected, variance = seen + x, expected + n * p, variance + n * p * (1 - p)
        mine = {"unit": site, "observed": seen, "expected": expected, "variance": variance,
                "z": (seen - expected) / math.sqrt(variance) if variance else None,
                "ratio": seen / expected if expected else None,
                "standardised": seen / expected * overall if expected else None}
        for part, value in mine.items():
            c.like(f"{id_} case-mix {site} {part}", u[part], value)


def charts(c, doc, m, rows):
    id_, minimum = doc["id"], doc["minimum_n"]
    label = label_before(c.q.label)
    months = str(c.ev.quarter(label).first_day), str(c.q.last_day)
    rebases = c.ev.rebases(id_, *months)
    # What is kept apart is by week of the mode that the target is for; layers are any text, and have no weeks.
    part = lambda of: (c.ev.target(id_, of) or {"of_part": None})["of_part"]

    def weeks(q, of, rows):
        if m.apart and (m.apart != "mode" or not part(of)):
            return []
        return weeks_of(q, [r for r in rows if not m.apart or r[0].get(m.apart) == part(of)])

    parts = chart(c, id_, doc["chart"], weeks(c.q, c.q.label, rows), minimum, rebases)
    old = next(f for f in doc["figures"] if not f["by"])["previous"]
    if not parts or doc["chart"] is None or (old and old["basis"] != "RECOMPUTED"):
        return
    before, q = [], c.ev.quarter(label)
    if old and old["definition_version"] == doc["version"] and part(label) == part(c.q.label):
        then = c.ev.rebases(id_, str(c.ev.quarter(label_before(label)).first_day), str(q.last_day))
        before = charted(weeks(q, label, list(m.rows(q))), then, minimum)
    alerts(c, id_, doc["chart"], parts, before, rebases, m.up)


def metric(c, doc, m, rows):
    """Everything beside the figures of one metric, of the entity and by site."""
    id_ = doc["id"]
    sites = sorted((f["by"]["site"], f["numerator"], f["denominator"]) for f in doc["figures"]
                   if list(f["by"]) == ["site"] and f["denominator"]
                   and 0 <= (f["numerator"] or 0) <= f["denominator"]
                   and f["by"]["site"] != "(not given)")
    whole = next(f for f in doc["figures"] if not f["by"])
    if not m.sample:
        for part in ("chart", "funnel", "case_mix"):
            c.like(f"{id_} {part}", doc[part], None)
        return
    if whole["no_data"] == "SUPPRESSED":  # what is of few persons has no weeks either
        c.like(f"{id_} has a chart", doc["chart"], None)
    else:
        charts(c, doc, m, rows)
    funnel(c, id_, doc["funnel"], sites, whole["value"], doc["minimum_n"])
    stratum = {"OUT01": "test_item_class", "OUT03": "threat_category"}.get(id_)
    if stratum:
        case_mix(c, id_, doc["case_mix"], rows, stratum, sites, whole["value"], doc["minimum_n"])
    for f in doc["figures"]:
        if f["interval"] is not None:
            low, high = exact(f["numerator"], f["denominator"])
            c.like(f"{id_} {f['by']} exact low", f["exact"]["low"], low)
            c.like(f"{id_} {f['by']} exact high", f["exact"]["high"], high)

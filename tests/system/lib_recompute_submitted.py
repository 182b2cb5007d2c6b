"""What came in a quarter for others that had been submitted without it, counted record by record."""


def first_submissions(ev, before):
    """By quarter what the first of its revisions that were submitted had read."""
    first = {}
    for e in sorted(ev.steps, key=lambda e: -e["revision"]):
        if e["action"] == "SUBMIT" and e["at"] < before:
            first[e["quarter"]] = ev.revisions[e["quarter"], e["revision"]]
    return first


def dq04(q):
    ev = q.ev
    for label, read in first_submissions(ev, q.end).items():
        starts, ends, *_ = ev.bounds(label)
        lies_in = lambda r: starts <= counted_at(r) < ends
        overtook = lambda r: q.holds(r["received_at"]) and (
            r["stored_in"] >= read["read_until"] or r["stored_in"] in read["in_flight"])
        for site in ev.sites or [None]:
            yield {"site": site, "quarter": label}, "ev", 1
        for site, part in of_one(ev, lies_in, overtook):
            row = {"site": site, "quarter": label}
            yield row, "num", 1
            yield row, "p:" + part, 1


def of_one(ev, lies_in, overtook):
    """(site, part) of all that came for one quarter."""
    for r in ev.all:
        if r["kind"] != "void" and r["corrects_record_id"] is None and r["is_seen"] and lies_in(r) and overtook(r):
            yield r["site_id"], "NEW_RECORDS"
    for c, site in corrections(ev, lies_in):
        if overtook(c):
            yield site, "VOIDS" if c["kind"] == "void" else "CORRECTIONS"
        for f in ev.confirmations:
            if (f["confirms_source"] or f["source"], f["confirms_record_id"]) == (c["source"], c["record_id"]) and (
                    f["occurred_at"] == c["occurred_at"] and overtook(f)):
                yield site, "CONFIRMATIONS"


def counted_at(r):
    return (r.get("period_start") or r["occurred_at"]) if r["kind"] == "plan" else r["occurred_at"]


def corrections(ev, lies_in):
    """Those that change what lies there, with the site of that; what names a correction is about its root."""
    for root, rows in ev.by_root.items():
        roots = [r for r in rows if not r["corrects_record_id"] and r["kind"] != "void"]
        for c in rows if roots else ():
            if not c["corrects_record_id"]:
                continue
            of = next((r for r in roots if r["kind"] == c["kind"]), roots[0])
            if "test" in (c["kind"], of["kind"]) and not any(r["kind"] == "test" and r["is_seen"] for r in roots):
                continue
            moved = sorted((r for r in rows if r["corrects_record_id"] and r["kind"] != "void"),
                           key=lambda r: (r["occurred_at"], r["record_id"]))
            places = [of] + [c] * (c["kind"] != "void") + moved
            there = [p for p in places if lies_in(p)]
            if there:
                yield c, there[0]["site_id"]

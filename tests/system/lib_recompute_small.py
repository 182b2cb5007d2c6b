"""Figures of few persons: that each is suppressed, that none can be had by subtraction, and that nothing else is."""
import collections

BELOW = 5
OF_PERSONS = ("OB02", "QN15", "OUT03", "OUT04", "OUT05", "OUT06", "OUT07", "OUT11", "TP05", "TR01", "QN05",
              "QN06", "QN07")
AS = {"OUT05": "OUT03", "OUT07": "OUT03", "OUT11": "OUT03", "TP05": "OUT03", "QN05": "TR01"}
NUMBERS = "numerator denominator value interval exact clusters interval_by q excluded change".split()


def is_small(m, cell, figure, keys):
    """By the trials of each person, or by how many persons there are."""
    few = lambda n: 0 < (n or 0) < BELOW
    if m.persons:
        return few(figure["denominator"]) or bool(keys) and few(figure["numerator"])
    told = [n for _, n in cell.clusters.values() if n > 0]
    return few(len(told)) and 2 * sum(told) > cell.n["den"]


def hidden(figure):
    return figure["no_data"] == "SUPPRESSED"


def by_cell(doc):
    return {tuple(sorted(f["by"].items())): f for f in doc["figures"]}


def bare(c, id_, f):
    for part in NUMBERS:
        c.like(f"{id_} {f['by']} suppressed, {part}", f.get(part), None)
    c.like(f"{id_} {f['by']} suppressed", (f["status"], f["details"]), ("NO_DATA", {}))


def safe(c, id_, cells, small):
    """Of every whole and its parts by something more."""
    kinds = {tuple(k for k, _ in cell) for cell in cells}
    for coarse in kinds:
        for fine in kinds:
            if not set(coarse) < set(fine):
                continue
            parts = collections.defaultdict(list)
            for cell, f in cells.items():
                if tuple(k for k, _ in cell) == fine:
                    parts[tuple((k, v) for k, v in cell if k in coarse)].append((cell, f))
            for whole, list_ in parts.items():
                if whole not in cells:
                    continue
                gone = [cell for cell, f in list_ if hidden(f)]
                large = [cell for cell in gone if cell not in small]
                if hidden(cells[whole]):
                    fine_so = bool(gone)
                else:
                    fine_so = not gone or len(gone) > 1 and (large or len(gone) == len(list_))
                c.like(f"{id_} {whole} keeps its parts by {fine} from being told", bool(fine_so), True)


def check(c, spd):
    """c has gone through a document of the same figures, and noted which cells are small."""
    suppressed = 0
    gone = collections.defaultdict(set)
    for doc in sorted(spd["metrics"], key=lambda d: d["id"] in AS):
        id_, cells = doc["id"], by_cell(doc)
        gone[id_] = {cell for cell, f in cells.items() if hidden(f)}
        suppressed += len(gone[id_])
        for cell in gone[id_]:
            bare(c, id_, cells[cell])
        if id_ not in OF_PERSONS:
            c.like(f"{id_} suppressed", gone[id_], set())
        elif id_ in AS:
            there = gone[AS[id_]] & set(cells)
            c.like(f"{id_} told although {AS[id_]} is not", there - gone[id_], set())
            c.like(f"{id_} suppressed for nothing", bool(gone[id_]) and not there, False)
            safe(c, id_, cells, set())
        else:
            c.like(f"{id_} small, and told", c.small[id_] - gone[id_], set())
            c.like(f"{id_} suppressed for nothing", bool(gone[id_]) and not c.small[id_], False)
            safe(c, id_, cells, c.small[id_])
    c.like("suppressed in all", spd["small_cells"], {"below": BELOW, "shown": False, "suppressed": suppressed})


def same(c, shown, spd):
    """What is not suppressed is what it is where nothing is."""
    whole = {d["id"]: by_cell(d) for d in shown["metrics"]}
    for doc in spd["metrics"]:
        for cell, f in by_cell(doc).items():
            g = whole[doc["id"]].get(cell)
            for part in ("numerator", "denominator", "value", "interval", "status", "no_data", "excluded", "details"):
                if not hidden(f):
                    c.like(f"{doc['id']} {f['by']} {part}, suppressed and not", f[part], g and g[part])

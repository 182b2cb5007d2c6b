"""Rates of trials that come in clusters, from the trials: design effect and interval for clusters in general.

The variance is that of a ratio of sums, the interval Korn and Graubard's (1998) with their effective number."""
import functools
import math

CLUSTERS_MIN = 10
TOLD_MIN = 0.95


def beta_cdf(x, a, b):
    """The regularized incomplete beta function, by Lentz's continued fraction on the side that converges."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    value, m = d, 0
    while True:
        m += 1
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / (1 + even * d), 1 + even / c
        value *= c * d
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / (1 + odd * d), 1 + odd / c
        value *= c * d
        if abs(c * d - 1) < 1e-15 or m > 10000:
            return front * value / a


def solve(f, wanted, lo=0.0, hi=1.0):
    """Where the rising f reaches what is wanted: false position, halved where one end stays (Illinois)."""
    at_lo, at_hi, side = f(lo) - wanted, f(hi) - wanted, 0
    mid = lo
    for _ in range(200):
        mid = (lo * at_hi - hi * at_lo) / (at_hi - at_lo)
        at = f(mid) - wanted
        if at == 0 or hi - lo < 1e-15 * hi:
            break
        if at > 0:
            hi, at_hi, at_lo = mid, at, at_lo / 2 if side > 0 else at_lo
            side = 1
        else:
            lo, at_lo, at_hi = mid, at, at_hi / 2 if side < 0 else at_hi
            side = -1
        if abs(at) < 1e-15 * wanted:
            break
    return mid


@functools.lru_cache(None)
def t95(degrees):
    within = lambda t: 1 - beta_cdf(degrees / (degrees + t * t), degrees / 2, 0.5)
    return solve(within, 0.95, 1.9, 13.0)


@functools.lru_cache(None)
def beta_interval(p, n):
    return (solve(lambda v: beta_cdf(v, n * p, n * (1 - p) + 1), 0.025),
            solve(lambda v: beta_cdf(v, n * p + 1, n * (1 - p)), 0.975))


def clustered(each, value, denominator):
    """each: of each cluster x and n. What the document says of them, beside the figure's value."""
    each = [(x, n) for x, n in each if n > 0]
    told_x, told_n = sum(x for x, _ in each), sum(n for _, n in each)
    out = dict.fromkeys(("deff", "n_effective", "low", "high", "reason"))
    out["count"] = len(each) if len(each) >= CLUSTERS_MIN else None
    out["untold"] = denominator - told_n if told_n <= denominator else None
    if told_n > denominator or told_n < TOLD_MIN * denominator:
        out["reason"] = "CLUSTERS_NOT_TOLD"
        return out
    if len(each) < CLUSTERS_MIN:
        out["reason"] = "FEW_CLUSTERS"
        return out
    p = told_x / told_n
    spread = math.fsum((x - p * n) ** 2 for x, n in each)
    if not 0 < told_x < told_n or spread < 1e-6 * told_n * p * (1 - p):
        out["reason"] = "NO_VARIATION"
        return out
    variance = len(each) / (len(each) - 1) * spread / told_n ** 2
    out["deff"] = variance / (p * (1 - p) / told_n)
    out["n_effective"] = min(told_n, told_n / out["deff"] * (t95(told_n - 1) / t95(len(each) - 1)) ** 2)
    out["low"], out["high"] = beta_interval(value, out["n_effective"])
    return out


def chance_at(f, rate):
    """How likely a rate is as far from this one, by the interval that its status goes by."""
    if f["interval_by"] == "GENERAL":
        n, p = f["clusters"]["n_effective"], f["value"]
        return min(1, 2 * beta_cdf(rate, n * p, n * (1 - p) + 1), 2 - 2 * beta_cdf(rate, n * p + 1, n * (1 - p)))
    spread = rate * (1 - rate) / f["denominator"]
    if spread <= 0:
        return float(f["value"] == rate)
    return math.erfc(abs(f["value"] - rate) / math.sqrt(2 * spread))


def chance(f, aimed):
    """Of the ends that there are: the one that it lies beside, or the likelier of those that it lies between."""
    low, high = aimed
    if high == math.inf or f["value"] < low:
        return chance_at(f, low)
    if low == -math.inf or f["value"] > high:
        return chance_at(f, high)
    return max(chance_at(f, low), chance_at(f, high))


def allow_for_many(figures, target):
    """Benjamini and Hochberg's q of the figures of one breakdown; none that is not small has a status."""
    judged = [f for f in figures if f["interval"] and f["status"] in ("MET", "NOT_MET", "NOT_PROVEN")]
    least = 1
    for left, f in zip(range(len(judged), 0, -1), sorted(judged, key=lambda f: -chance(f, target))):
        least = min(least, chance(f, target) * len(judged) / left)
        f["q"] = least
        if least >= 0.05:
            f["status"] = "NOT_PROVEN"


def compare(c, where, doc, mine):
    """Doubles that are differences of large sums agree to fewer digits than others."""
    c.like(f"{where} clusters", doc is None, mine is None)
    for part in mine if doc and mine else ():
        a, b = doc[part], mine[part]
        near = isinstance(a, float) and isinstance(b, float) and math.isclose(a, b, rel_tol=1e-7)
        c.like(f"{where} clusters {part}", b if near else a, b)

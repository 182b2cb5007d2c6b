"""Tables by enumeration: a row for each, none left out, and a static assertion of their number.

    tables.py [FILE ...]

COVERS(table, n) sees that the last row is there. This sees those between: a table that says which
row is whose ([NAME] = ...) must name every number of the enumeration, once, and have a COVERS; a
table with a COVERS must say of each row whose it is. A row of nothing is written out. Where zero
means something by design it is COVERS_SOME. The fields of a kind, [OWN(NAME)], which the .proto
counts, have no COVERS, but no gaps either.
"""

import re
import subprocess
import sys

NAME = r"[A-Za-z_]\w*"


def without_comments(text):
    def blank(m):
        s = m.group(0)
        return re.sub(r"[^\n]", " ", s) if s.startswith("/") else s

    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def parts(text):
    """At the top level of an initializer or an enumeration, what stands between commas."""
    depth, start, inside = 0, 0, None
    for i, c in enumerate(text):
        if inside:
            if c == inside and text[i - 1] != "\\":
                inside = None
        elif c in "\"'":
            inside = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and depth == 0:
            yield start, text[start:i]
            start = i + 1
    yield start, text[start:]


def braces(text, at):
    """The text between the brace at `at` and its end."""
    depth = 0
    for i in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if depth == 0:
            return text[at + 1 : i]
    return ""


def value_of(expression, known):
    expression = expression.strip()
    if not re.fullmatch(r"[\w\s+*()-]+", expression):
        return None
    try:
        plain = re.sub(r"\b(\d+)[uUlL]+\b", r"\1", expression)
        plain = re.sub(r"\bOWN\(", "(-ENV_COUNT + ", plain)  # a kind's own fields
        return eval(plain, {"__builtins__": {}}, known)  # names, numbers, + - * and brackets
    except (NameError, SyntaxError, TypeError):
        return None


def enumerators(text, known):
    for m in re.finditer(r"\benum\b\s*(?:%s)?\s*\{" % NAME, text):
        at = -1
        for _, part in parts(braces(text, m.end() - 1)):
            name, _, expression = part.strip().partition("=")
            if not re.fullmatch(NAME, name.strip()):
                continue
            at = value_of(expression, known) if expression else None if at is None else at + 1
            if at is not None:
                known[name.strip()] = at
    for m in re.finditer(r"^#define[ \t]+(%s)[ \t]+([\w \t+()-]+)$" % NAME, text, flags=re.M):
        value = value_of(m.group(2), known)
        if value is not None:
            known.setdefault(m.group(1), value)


def designator(part, macros):
    """Whose a row is: [NAME] = ..., also by a macro of the file; None: it does not say."""
    m = re.match(r"\s*\[\s*([^\]]+?)\s*\]\s*(?:\[[^\]]*\]\s*)*=", part)
    if m:
        return m.group(1)
    m = re.match(r"\s*(%s)\(([^)]*)\)" % NAME, part)
    if not m or m.group(1) not in macros:
        return None
    params, said = macros[m.group(1)]
    for param, arg in zip(params, [a.strip() for a in m.group(2).split(",")]):
        said = re.sub(r"(?:##)?\b%s\b(?:##)?" % param, arg, said.replace(" ", ""))
    return said


def tables(text):
    """(place, name, rows): rows of every array with an initializer, as (designator or None, ...)."""
    macros = {
        m.group(1): ([p.strip() for p in m.group(2).split(",")], m.group(3))
        for m in re.finditer(r"^#define[ \t]+(%s)\(([^)]*)\)[ \t\\\n]+\[([^\]]+)\]" % NAME, text, flags=re.M)
    }
    for m in re.finditer(r"(%s)\)?\s*\[[^\]]*\](?:\[[^\]]*\])*\)?(?:\([^;{}=]*\))?\s*=\s*\{" % NAME, text):
        rows = []
        for _, part in parts(braces(text, m.end() - 1)):
            if not part.strip():
                continue
            rows.append(designator(part, macros))
        yield m.start(), m.group(1), rows


def check(path, text, known):
    covers = [
        (m.start(), m.group(2), m.group(3), m.group(1) == "_SOME")
        for m in re.finditer(r"\bCOVERS(_SOME)?\((%s),\s*([^;]+?)\);" % NAME, text)
    ]
    seen = set()

    def line(at):
        return text.count("\n", 0, at) + 1

    for at, name, rows in tables(text):
        named = [r for r in rows if r is not None and re.match(r"[A-Z]", r)]
        later = [c for c in covers if c[1] == name and c[0] > at]
        cover = later[0] if later else None
        if cover is not None and cover in seen:
            cover = None
        if cover is None:
            values = [value_of(r, known) for r in rows if r is not None]
            if named and all(r.startswith("OWN(") for r in named):
                if sorted(values) != list(range(len(rows))):
                    yield line(at), f"{name}: {sorted(values)} are not all from 0 to the last"
            elif named and not path.startswith("tests/"):
                yield line(at), f"{name} is by an enumeration: say COVERS({name}, how many)"
            continue
        seen.add(cover)
        if cover[3]:
            continue
        count = value_of(cover[2], known)
        if count is None:
            yield line(cover[0]), f"COVERS({name}, {cover[2]}): how many that is cannot be told"
            continue
        if None in rows:
            yield line(at), f"{name}: a row does not say whose it is: [NAME] = ..."
            continue
        values = [value_of(r, known) for r in rows]
        if None in values:
            yield line(at), f"{name}: {rows[values.index(None)]} is no number that is known"
            continue
        for v in range(count):
            if values.count(v) != 1:
                what = "has no row" if v not in values else "has several rows"
                of = sorted(n for n, x in known.items() if x == v and n not in rows)
                yield line(at), f"{name}: number {v} of {cover[2]} {what}" + (
                    "" if v in values else " (one of " + ", ".join(of[:400][:6]) + ")" if of else ""
                )
    for cover in covers:
        if cover not in seen:
            yield line(cover[0]), f"COVERS({cover[1]}, ...): the table is not above it"


def main(argv):
    every = subprocess.run(
        ["find", "daemon", "tools", "tests", "-name", "*.[ch]"], capture_output=True, text=True, check=True
    ).stdout.split()
    texts = {p: without_comments(open(p, encoding="utf-8").read()) for p in sorted(every)}
    headers = {}
    for _ in range(2):  # one may count from another's
        for p, text in texts.items():
            if p.endswith(".h"):
                enumerators(text, headers)
    bad = 0
    n = 0
    for p in argv or texts:
        if p.startswith("tests/lint"):
            continue
        known = dict(headers)
        for _ in range(2):
            enumerators(texts[p], known)
        n += texts[p].count("COVERS(")
        for line, what in check(p, texts[p], known):
            print(f"{p}:{line}: {what}")
            bad += 1
    if n < 20 and not argv:
        print(f"only {n} tables were found")
        bad += 1
    return 1 if bad else 0


sys.exit(main(sys.argv[1:]))

"""What the documents say is there, and what is there is in the documents.

Links in Markdown resolve, files that are named are there; every command and option of semsctl and semsd, every key of the example
configuration and every field of the protocol is described where a reader would look.
"""
import pathlib
import re
import sys

problems = []


def complain(where, what):
    problems.append(f"{where}: {what}")


def text(path):
    p = pathlib.Path(path)
    return p.read_text(encoding="utf-8") if p.is_file() else ""


def links():
    for page in [*pathlib.Path(".").glob("*.md"), *pathlib.Path(".").glob("[a-z]*/**/*.md")]:
        if page.parts[0] == "build":
            continue
        prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", prose):
            if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                complain(page, f"links to {target}, which is not there")


def sources():
    """Files that a page or a comment names are there: with folders below the project's or daemon's root, or the
    end of such a path; alone by their name. What the recipes add (an escort) is not."""
    files = [f for top in ("daemon", "tools", "tests", "sql", "proto", "deploy") for f in pathlib.Path(top).rglob("*.*")]
    known = {"/" + str(f) for f in files}
    alone = {f.name for f in files}
    named = re.compile(r"(?<![\w/.<%$}*-])((?:[a-z_0-9]+/)*[a-z_][a-z_0-9]*\.(?:[ch]|sh|sql))\b")
    pages = [f for f in files if f.suffix == ".md"] + [pathlib.Path("README.md")]
    code = [f for f in files if f.suffix in (".c", ".h") and f.parts[0] in ("daemon", "tools")]
    for f in pages + code:
        words = text(f) if f.suffix == ".md" else "\n".join(re.findall(r"/\*.*?\*/", text(f), flags=re.S))
        for name in sorted(set(named.findall(words))):
            if name in alone or any(k.endswith("/" + name) for k in known) or re.search("escort|NNNN", name):
                continue
            complain(f, f"names {name}, which is not there")


def plain(man):
    """A manual page's words: font changes and escaped hyphens taken out."""
    return re.sub(r"\\f.", "", text(man).replace("\\-", "-"))


def long_options(source):
    """Long options as argp or getopt_long tables spell them."""
    found = set()
    for s in source:
        found |= set(re.findall(r'\{\s*"([a-z][a-z-]+)",\s*(?:\'|no_argument|required_argument|[0-9A-Z])', s))
    return found


def manuals():
    page = plain("deploy/man/semsctl.1")
    for f in pathlib.Path("tools/semsctl").glob("*.c"):
        source = text(f)
        for name in re.findall(r'const struct command command_\w+\s*=\s*\{.*?\.name\s*=\s*"([^"]+)"', source, flags=re.S):
            if not re.search(rf"^\.(?:SS|TP|B)[^\n]*\b{re.escape(name)}\b|^\.BR? {re.escape(name)}\b", page, flags=re.M):
                complain("deploy/man/semsctl.1", f"does not describe the command {name}")
        for option in set(re.findall(r"--([a-z][a-z-]+)", " ".join(re.findall(r'"((?:[^"\\]|\\.)*)"', source)))):
            if f"--{option}" not in page:
                complain("deploy/man/semsctl.1", f"does not describe --{option} ({f.name})")
    page = plain("deploy/man/semsd.8")
    sources = [text(pathlib.Path("daemon/settings.c"))]
    for option in long_options(sources):
        if f"--{option}" not in page:
            complain("deploy/man/semsd.8", f"does not describe --{option}")


def protocol():
    page = text("proto/PROTOCOL.md")
    for f in pathlib.Path("proto/sems/v1").glob("*.proto"):
        source = re.sub(r"//[^\n]*", "", text(f))
        for message, body in re.findall(r"message (\w+) \{((?:[^{}]|\{[^{}]*\})*)\}", source):
            for name in re.findall(r"^\s*(?:optional|repeated)?\s*[\w.]+ (\w+) = \d+;", body, flags=re.M):
                if not re.search(rf"\b{name}\b", page):
                    complain("proto/PROTOCOL.md", f"does not name {message}.{name}")
        for name, value in re.findall(r"enum \w+ \{|(\b[A-Z][A-Z0-9_]+) = (\d+);", source):
            if value == "0" or not name:
                continue
            parts = name.split("_")
            if not any(re.search(rf"\b{'_'.join(parts[i:])}\b", page) for i in range(len(parts))):
                complain("proto/PROTOCOL.md", f"does not name {name}")


def requirements():
    """Each numbered requirement of the protocol stands once, and some test says that it tries it."""
    page = text("proto/PROTOCOL.md")
    defined = re.findall(r"\*\*\[(P-\d+)\]\*\*", page)
    tried = {}
    for f in sorted(pathlib.Path("tests").rglob("*")):
        if f.suffix in (".c", ".h", ".py", ".sh") and f.parts[1] != "lint":
            for number in re.findall(r"\bP-\d{3,4}\b", text(f)):
                tried.setdefault(number, f)
    for number in sorted(set(defined)):
        if defined.count(number) > 1:
            complain("proto/PROTOCOL.md", f"says {number} {defined.count(number)} times")
        if number not in tried:
            complain("proto/PROTOCOL.md", f"{number} is tried by no test: name it in one that does")
    for number in sorted(set(tried) - set(defined)):
        complain(tried[number], f"names {number}, which PROTOCOL.md does not have")
    body = page[page.find("\n## Transport"):]
    for item in re.findall(r"^- (?!\*\*\[P-)[^\n]*", body, flags=re.M):
        complain("proto/PROTOCOL.md", f"has no number before: {item[:60]}")


def database():
    page = text("sql/SCHEMA.md")
    for f in pathlib.Path("sql/migrations").glob("*.sql"):
        source = re.sub(r"--[^\n]*", "", text(f))
        for name in re.findall(r"CREATE (?:UNLOGGED )?(?:TABLE|VIEW) (?:IF NOT EXISTS )?sems\.(\w+)", source, flags=re.I):
            if not re.search(rf"\b{name}\b", page):
                complain("sql/SCHEMA.md", f"does not describe {name}")


def tests():
    page = text("tests/README.md")
    for which in "short", "long":
        if not re.search(rf"^Recorded, {which}: \d+ tests", page, flags=re.M):
            complain("tests/README.md", f"records no number of {which} tests")
    for f in [*pathlib.Path("tests/system").glob("*.sh"), *pathlib.Path("tests/system").glob("*.py")]:
        if not f.name.startswith(("lib.", "lib_")) and not re.search(rf"\b{f.stem}\b", page):
            complain("tests/README.md", f"does not describe {f}")
    for f in pathlib.Path("tests/lint").glob("*.sh"):
        if not re.search(rf"\b{f.stem}\b", page):
            complain("tests/README.md", f"does not describe {f}")


for check in (links, sources, manuals, protocol, requirements, database, tests):
    check()
print("\n".join(problems))
sys.exit(1 if problems else 0)

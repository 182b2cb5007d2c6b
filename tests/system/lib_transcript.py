"""lib_transcript.py README OUTPUT FROM=TO...: the lines of README's transcript of the demonstration that the output
does not have, in their order. Numbers, times, quarters and the statuses of figures are any; "..." leaves lines out."""
import re
import sys

METRIC = re.compile(r"^[A-Z]{2,3}[0-9]{2} ")


def transcript(page):
    """The indented block behind the sentence that announces it."""
    lines = page[page.index("What `make demo` prints"):].split("\n")
    begin = next(i for i, line in enumerate(lines) if line.startswith("    "))
    block = []
    for line in lines[begin:]:
        if line and not line.startswith("    "):
            break
        block.append(line[4:])
    return block


def words(line):
    if METRIC.match(line):
        # What is cut for README's width is so far the same; the values are the quarter's own.
        number, rest = line.split(None, 1)
        return f"{number} {rest[:36].rstrip('… ')}"
    line = re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]+(Z|[+-][0-9:]+)", "<time>", line)
    line = re.sub(r"[0-9]+", "#", line)
    return " ".join(re.sub("─+", "─", line).split())


def matches(wanted, line):
    return line.startswith(wanted) if METRIC.match(wanted) else line == wanted


def main():
    page = open(sys.argv[1], encoding="utf-8").read()
    output = open(sys.argv[2], encoding="utf-8").read()
    for change in sys.argv[3:]:
        output = output.replace(*change.split("=", 1))
    wanted = [words(line) for line in transcript(page) if line.strip() not in ("", "...")]
    printed = [words(line) for line in output.split("\n")]
    at = 0
    for line in wanted:
        found = next((i for i in range(at, len(printed)) if matches(line, printed[i])), None)
        if found is None:
            print(line)
        else:
            at = found + 1
    if len(wanted) < 40:
        print(f"README's transcript has {len(wanted)} lines: is it the right one?")


main()

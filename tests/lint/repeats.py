"""Six lines that stand twice in the folders are one function that was not made.

    repeats.py FOLDER...    each place with its first line; exits 1 where there is one

Lines count without the white space around them; those that are empty, hold no letter or digit, or
include a header do not count.
"""

import pathlib
import sys

LINES = 6


def lines_of(path):
    """Number and text of each line that counts."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if any(c.isalnum() for c in text) and not text.startswith("#include"):
            yield number, text


def repeats(paths):
    """Where a run that was there before begins, where it was, and its first line."""
    seen = {}
    last = None
    for path in paths:
        lines = list(lines_of(path))
        for i in range(len(lines) - LINES + 1):
            window = tuple(text for _, text in lines[i : i + LINES])
            there, k, number = seen.setdefault(window, (path, i, lines[i][0]))
            if (there, k) == (path, i):
                continue
            follows = last == (path, i - 1, there, k - 1)
            last = (path, i, there, k)
            if not follows:
                yield path, lines[i][0], f"{there}:{number}", window[0]


def main():
    paths = sorted(p for folder in sys.argv[1:] for p in pathlib.Path(folder).rglob("*.[ch]"))
    found = 0
    if not paths:
        sys.exit("there are no sources here")
    for path, first, other, text in repeats(paths):
        found += 1
        print(f"{path}:{first}: this and what follows stands at {other} too: {text}")
    sys.exit(found > 0)


main()

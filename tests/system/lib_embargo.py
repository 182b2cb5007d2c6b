"""For embargo.sh: what was asked, with nothing in it but what may differ from one moment to the next.

    lib_embargo.py answer FILE...     their JSON without moments, sorted
    lib_embargo.py holds MARKS WHERE...   prints each mark of the file MARKS and the file that has it
                                      (folders are walked, archives are opened)
"""
import io
import json
import os
import re
import sys
import zipfile

# When it was asked, and what follows from that.
MOMENTS = {"as_of", "now", "frozen_as_of", "last_run_at", "next_run_at"}


def still(v):
    if isinstance(v, dict):
        # Status tells silence as soon as days have been counted.
        moments = MOMENTS | ({"silent", "silent_total"} if "quarantine_open" in v else set())
        return {k: still(x) for k, x in v.items() if k not in moments}
    return [still(x) for x in v] if isinstance(v, list) else v


def files(where):
    if not os.path.isdir(where):
        yield where
    for folder, _, names in os.walk(where):
        for name in names:
            yield os.path.join(folder, name)


def contents(name, data):
    """The bytes, and those of everything inside."""
    yield name, data
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for inside in archive.namelist():
                yield from contents(name + "/" + inside, archive.read(inside))


def holds(marks, *places):
    with open(marks, encoding="utf-8") as f:
        marks = [line.strip().encode() for line in f if line.strip()]
    seen = 0
    for where in places:
        for path in files(where):
            with open(path, "rb") as f:
                for name, data in contents(path, f.read()):
                    seen += len(data)
                    low = data.lower()
                    for mark in marks:
                        if mark.lower() in low:
                            print(os.path.basename(where), name, mark.decode())
    if not marks or not seen:
        print("nothing to look for, or nowhere to look")


if __name__ == "__main__":
    if sys.argv[1] == "holds":
        holds(*sys.argv[2:])
    else:
        for file in sys.argv[2:]:
            with open(file, encoding="utf-8") as f:
                text = f.read()
            try:
                print(json.dumps(still(json.loads(text)), indent=1, sort_keys=True))
            except ValueError:
                print(re.sub(r"as of [0-9T:.Z-]+", "as of", text))

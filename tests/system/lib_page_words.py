"""No code of the protocol's enumerations, and none of the reasons that the catalogue names, is on a page: people read words.

Usage: lib_page_words.py PAGE DOCUMENT.json. Prints what a page says all the same; codes that people gave (sites, criteria,
sources) and metrics' ids are what they are.
"""
import html
import json
import re
import sys

# What people say so, and a status behind its sign.
SHORT_FORMS = {"TIP", "IED", "LAG", "CTI", "FTI", "CCTV", "QA", "OTP"}
STATUS = re.compile(r"[✓✗?–∅…] [A-Z ]+")


def names_of_enumerations(path):
    """What stands behind the prefix that the names of an enumeration share."""
    for body in re.findall(r"^enum \w+ \{(.*?)^\}", open(path).read(), flags=re.M | re.S):
        names = re.findall(r"^\s*([A-Z0-9_]+)\s*=", body, flags=re.M)
        prefix = names[0][:-len("UNSPECIFIED")]
        yield from (n[len(prefix):] for n in names[1:])


def names_of_reasons(path):
    return re.findall(r"(?:name|left_out|empty): ([A-Z]+(?:_[A-Z]+)*)\b", open(path).read())


def given(document):
    """Codes that records gave, of whatever has a figure of its own."""
    enumerated = {"mode", "stream", "threat_category", "severity", "layer", "image_type"}
    return {value for metric in document["metrics"] for figure in metric["figures"]
            for key, value in figure["by"].items() if key not in enumerated}


def main(page, document):
    codes = set(names_of_enumerations("proto/sems/v1/record.proto"))
    codes |= set(names_of_reasons("deploy/catalogue/metrics.yaml"))
    with open(document) as f:
        document = json.load(f)
    allowed = given(document) | {document["marking"]}
    with open(page) as f:
        text = re.sub(r"<style.*?</style>", "", f.read(), flags=re.S)
    told = set()
    for piece in (html.unescape(p).strip() for p in re.split(r"<[^>]*>", text)):
        if piece in allowed:
            continue
        piece = STATUS.sub("", piece)
        for code in sorted(allowed, key=len, reverse=True):
            piece = re.sub(r"(?<![\w-])%s(?![\w-])" % re.escape(code), "", piece)
        told |= {w for w in re.findall(r"(?<![A-Za-z])[A-Z][A-Z0-9_]+", piece)
                 if w in codes - SHORT_FORMS or re.fullmatch(r"[A-Z]+(_[A-Z]+)+", w)}
    print(len(codes) > 100, *sorted(told))


main(*sys.argv[1:])

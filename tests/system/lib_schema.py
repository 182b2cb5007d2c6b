"""Checks documents against their schemas: lib_schema.py SCHEMA FILE. Prints what does not fit."""
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as f:
    schema = json.load(f)
with open(sys.argv[2], encoding="utf-8") as f:
    document = json.load(f)
jsonschema.Draft202012Validator.check_schema(schema)
for error in list(jsonschema.Draft202012Validator(schema).iter_errors(document))[:10]:
    print("/".join(map(str, error.absolute_path)), error.message[:300])

#!/usr/bin/env bash
# A table by an enumeration has a row for each number, and a static assertion that says so.
exec python3 tests/lint/tables.py

#!/usr/bin/env bash
# What the documents say is there: linked files, commands, options, protocol fields, settings.
exec /usr/bin/python3 -B tests/lint/docs.py

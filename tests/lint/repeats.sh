#!/usr/bin/env bash
# No six lines stand twice in the sources of daemon and tools.
exec /usr/bin/python3 -B tests/lint/repeats.py daemon tools

#!/usr/bin/env bash
# No six lines stand twice in the sources of daemon and tools, nor in those of the tests.
/usr/bin/python3 -B tests/lint/repeats.py daemon tools
programs=$?
/usr/bin/python3 -B tests/lint/repeats.py tests && [ "$programs" = 0 ]

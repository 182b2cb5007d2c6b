#!/usr/bin/env bash
# The formatter has the last word; "clang-format -i FILE" obeys it.
set -u
find daemon tools tests -name '*.[ch]' -print0 | xargs -0 -r -n 20 -P 2 clang-format --dry-run -Werror

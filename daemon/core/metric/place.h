/*
 * Where in a YAML text something stands, for faults that a schema does not see: libcyaml gives
 * lines only for what it refuses itself.
 */
#ifndef SEMS_CORE_METRIC_PLACE_H
#define SEMS_CORE_METRIC_PLACE_H

/* Where the nth entry of the list under `key` begins, at its "id"; the text's end when there are
 * fewer. Entries are written "- id: .." or "- {id: ..". */
const char *place_entry(const char *yaml, const char *key, unsigned n);
/* The line, from 1, of the first `word` (whole, or with what is around it no longer a word) from
 * `from` to `end`; of `from` when it is not there. */
unsigned place_line(const char *yaml, const char *from, const char *end, const char *word);

#endif

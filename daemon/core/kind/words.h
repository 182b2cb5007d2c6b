/* The names of enumerations in words, for whoever reads them. */
#ifndef SEMS_CORE_KIND_WORDS_H
#define SEMS_CORE_KIND_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct json_t; /* jansson's */

/*
 * "IED component" of "IED_COMPONENT", where some kind has a field of this name, of its own or of
 * its lists' items, whose enumeration has the code. False: none has (a site may be called GUN), and
 * out is the code as it is. At most n - 1 bytes and the NUL are written; n > 0.
 */
bool code_words(const char *field, const char *code, char *out, size_t n);

/*
 * "T1 Terminal 1": the code with what it is called by the member `names` of a document, or of an
 * answer that lists records ({"site": {"T1": "Terminal 1"}, ...}; may be NULL); else as
 * code_words(), false where it is the code alone. One function for whoever prints codes to people.
 * Cut as text_print() does; n > 0.
 */
bool code_named(const struct json_t *names, const char *field, const char *code, char *out,
		size_t n);

#endif

/*
 * YAML files by libcyaml's schemas; its messages, with their lines, end up in the error. The prefix
 * yaml_ belongs to libyaml, which exports even its inner functions.
 */
#ifndef SEMS_BASE_FILE_YAMLFILE_H
#define SEMS_BASE_FILE_YAMLFILE_H

#include "base/err.h"

#include <cyaml/cyaml.h>

/* Loads a file; *out belongs to the caller and goes with yamlfile_free(). */
enum code yamlfile_load(const char *path, const cyaml_schema_value_t *schema, void **out,
			struct err *e) MUST_CHECK;
enum code yamlfile_load_text(const char *text, const char *name, const cyaml_schema_value_t *schema,
			     void **out, struct err *e) MUST_CHECK;
void yamlfile_free(const cyaml_schema_value_t *schema, void *data); /* accepts NULL */

/* Optional text, and lists of texts, as members of a struct. */
#define YAML_TEXT(key, type, member) \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 0, 4096)
#define YAML_NEED_TEXT(key, type, member) \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, 4096)
/* A number as a member that points to it, NULL where it is absent. */
#define YAML_REAL(key, type, member) \
	CYAML_FIELD_FLOAT_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member)
#define YAML_TEXTS(key, type, member)                                                     \
	CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, \
			     &yamlfile_text_entry, 0, 100000)
#define YAML_LIST(key, type, member, entry)                                                      \
	CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, entry, \
			     0, 100000)
/* true or false, and nothing else: libcyaml's own type takes any other word as true. */
#define YAML_FLAG(key, type, member)                                                            \
	CYAML_FIELD_ENUM_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, \
			     type, member, yamlfile_words, 4)

extern const cyaml_strval_t yamlfile_words[4];
extern const cyaml_schema_value_t yamlfile_text_entry;

#endif

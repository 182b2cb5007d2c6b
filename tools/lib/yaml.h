/* YAML files by libcyaml's schemas; its messages, with their lines, end up in the error. */
#ifndef SEMS_TOOLS_YAML_H
#define SEMS_TOOLS_YAML_H

#include "base/err.h"

#include <cyaml/cyaml.h>

/* Loads a file; *out belongs to the caller and goes with yaml_free(). */
enum code yaml_load(const char *path, const cyaml_schema_value_t *schema, void **out,
		    struct err *e) MUST_CHECK;
enum code yaml_load_text(const char *text, const char *name, const cyaml_schema_value_t *schema,
			 void **out, struct err *e) MUST_CHECK;
void yaml_free(const cyaml_schema_value_t *schema, void *data); /* accepts NULL */

/* Optional text, and lists of texts, as members of a struct. */
#define YAML_TEXT(key, type, member) \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 0, 4096)
#define YAML_NEED_TEXT(key, type, member) \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, 4096)
#define YAML_TEXTS(key, type, member)                                                     \
	CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, \
			     &yaml_text_entry, 0, 100000)
#define YAML_LIST(key, type, member, entry)                                                      \
	CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, entry, \
			     0, 100000)
#define YAML_FLAG(key, type, member) \
	CYAML_FIELD_BOOL_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member)

extern const cyaml_schema_value_t yaml_text_entry;

#endif

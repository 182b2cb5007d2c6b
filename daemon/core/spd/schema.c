#include "core/spd/schema.h"

#include "base/file/embed.h"
#include "base/json/jsonin.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DEFS "#/$defs/"

/* The way to a value: one step for each member and item, from the leaf up. */
struct step {
	const struct step *up;
	const char *member; /* NULL: an item */
	size_t item;
};

struct check {
	const json_t *root; /* of the schema */
	struct err *e;
};

static size_t
write_path(const struct step *at, char *out, size_t size)
{
	size_t n = at->up == NULL ? 0 : write_path(at->up, out, size);
	int more = 0;

	if (n >= size)
		return n;
	if (at->member != NULL)
		more = snprintf(out + n, size - n, "%s%.40s", n == 0 ? "" : ".", at->member);
	else if (at->up != NULL)
		more = snprintf(out + n, size - n, "[%zu]", at->item);
	return n + (more < 0 ? 0 : (size_t)more);
}

static bool
refuse(const struct check *c, const struct step *at, const char *what)
{
	char path[sizeof c->e->where] = "";

	write_path(at, path, sizeof path);
	err_set(c->e, REJ_MALFORMED, path, "%s %s", path[0] == '\0' ? "it" : path, what);
	return false;
}

static bool
is_type(const char *name, const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return strcmp(name, "object") == 0;
	case JSON_ARRAY:
		return strcmp(name, "array") == 0;
	case JSON_STRING:
		return strcmp(name, "string") == 0;
	case JSON_INTEGER:
		return strcmp(name, "integer") == 0 || strcmp(name, "number") == 0;
	case JSON_REAL:
		return strcmp(name, "number") == 0;
	case JSON_TRUE:
	case JSON_FALSE:
		return strcmp(name, "boolean") == 0;
	case JSON_NULL:
		break;
	}
	return strcmp(name, "null") == 0;
}

static bool
check_type(const struct check *c, const json_t *schema, json_t *v, const struct step *at)
{
	const json_t *type = json_object_get(schema, "type");
	char what[60];

	for (size_t i = 0; i < json_array_size(type); i++)
		if (is_type(json_words(json_array_get(type, i)), v))
			return true;
	if (type == NULL || (json_is_string(type) && is_type(json_words(type), v)))
		return true;
	snprintf(what, sizeof what, "is no %.20s",
		 json_words(json_is_array(type) ? json_array_get(type, 0) : type));
	return refuse(c, at, what);
}

static bool
check_value(const struct check *c, const json_t *schema, json_t *v, const struct step *at)
{
	const json_t *only = json_object_get(schema, "const");
	const json_t *list = json_object_get(schema, "enum");
	const json_t *minimum = json_object_get(schema, "minimum");
	bool found = list == NULL;

	for (size_t i = 0; !found && i < json_array_size(list); i++)
		found = json_equal(json_array_get(list, i), v) != 0;
	if (!found || (only != NULL && !json_equal(only, v)))
		return refuse(c, at, "has a value that it cannot have");
	if (minimum != NULL && json_is_number(v) &&
	    json_number_value(v) < json_number_value(minimum))
		return refuse(c, at, "is too small");
	return true;
}

static bool check(const struct check *c, const json_t *schema, json_t *v, const struct step *at);

static bool
check_members(const struct check *c, const json_t *schema, json_t *v, const struct step *at)
{
	const json_t *required = json_object_get(schema, "required");
	const json_t *properties = json_object_get(schema, "properties");
	const json_t *others = json_object_get(schema, "additionalProperties");
	const char *name;
	json_t *one;

	for (size_t i = 0; i < json_array_size(required); i++) {
		struct step missing = {at, json_words(json_array_get(required, i)), 0};

		if (json_object_get(v, missing.member) == NULL)
			return refuse(c, &missing, "is missing");
	}
	json_object_foreach(v, name, one)
	{
		const json_t *of = json_object_get(properties, name);
		struct step to = {at, name, 0};

		if (of == NULL && json_is_false(others))
			return refuse(c, &to, "is no member that it has");
		if (!check(c, of != NULL ? of : others, one, &to))
			return false;
	}
	return true;
}

static bool
check_items(const struct check *c, const json_t *schema, json_t *v, const struct step *at)
{
	const json_t *items = json_object_get(schema, "items");
	json_int_t least = json_integer_value(json_object_get(schema, "minItems"));

	if ((json_int_t)json_array_size(v) < least)
		return refuse(c, at, "has too few items");
	for (size_t i = 0; i < json_array_size(v); i++) {
		struct step to = {at, NULL, i};

		if (!check(c, items, json_array_get(v, i), &to))
			return false;
	}
	return true;
}

/* What is wrong is said of the first of them: the others are null. */
static bool
check_any(const struct check *c, const json_t *list, json_t *v, const struct step *at)
{
	for (size_t i = json_array_size(list); i-- > 0;)
		if (check(c, json_array_get(list, i), v, at))
			return true;
	return json_array_size(list) == 0;
}

static bool
check(const struct check *c, const json_t *schema, json_t *v, const struct step *at)
{
	const char *ref = member_text(schema, "$ref");

	if (strncmp(ref, DEFS, sizeof DEFS - 1) == 0)
		schema = json_object_get(json_object_get(c->root, "$defs"), ref + sizeof DEFS - 1);
	return check_type(c, schema, v, at) && check_value(c, schema, v, at) &&
	       check_any(c, json_object_get(schema, "anyOf"), v, at) &&
	       check_items(c, schema, v, at) &&
	       (!json_is_object(v) || check_members(c, schema, v, at));
}

enum code
schema_check(const char *schema, json_t *value, struct err *e)
{
	json_t *root = json_loads(embed_text(schema), 0, NULL);
	struct step top = {NULL, NULL, 0};
	struct err why = {0}; /* also of what is not the last word: of one of several shapes */
	struct check c = {root, &why};
	bool good;

	if (root == NULL)
		return err_set(e, TRY_LIMIT, "", "out of memory; try again");
	good = value != NULL ? check(&c, root, value, &top) : refuse(&c, &top, "is no JSON");
	json_decref(root);
	if (!good)
		*e = why;
	return good ? OK : e->code;
}

json_t *
schema_read(const char *schema, const char *bytes, size_t n, struct err *e)
{
	json_error_t why;
	json_t *value = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, &why);

	if (value == NULL) {
		err_set(e, REJ_MALFORMED, "", "it is no JSON: line %d: %s", why.line, why.text);
		return NULL;
	}
	if (schema_check(schema, value, e) != OK) {
		json_decref(value);
		return NULL;
	}
	return value;
}

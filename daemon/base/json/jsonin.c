#include "base/json/jsonin.h"

#include <stddef.h>

const char *
json_words(const json_t *j)
{
	const char *s = json_string_value(j);

	return s == NULL ? "" : s;
}

const char *
member_text(const json_t *o, const char *name)
{
	return json_words(json_object_get(o, name));
}

const char *
member_maybe(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

#include "base/json/jsonout.h"

#include <math.h>

struct made
made_object(void)
{
	json_t *j = json_object();

	return (struct made){j, j != NULL};
}

struct made
made_array(void)
{
	json_t *j = json_array();

	return (struct made){j, j != NULL};
}

void
made_put(struct made *o, const char *key, json_t *value)
{
	o->ok = json_object_set_new(o->json, key, value) == 0 && o->ok;
}

void
made_text(struct made *o, const char *key, const char *text)
{
	made_put(o, key, text == NULL ? json_null() : json_string(text));
}

void
made_int(struct made *o, const char *key, int64_t v)
{
	made_put(o, key, json_integer((json_int_t)v));
}

void
made_real(struct made *o, const char *key, double v)
{
	made_put(o, key, isfinite(v) ? json_real(v) : json_null());
}

void
made_append(struct made *list, json_t *value)
{
	list->ok = json_array_append_new(list->json, value) == 0 && list->ok;
}

json_t *
made_take(struct made o)
{
	if (!o.ok) {
		json_decref(o.json);
		return NULL;
	}
	return o.json;
}

json_t *
made_texts(char *const *list, size_t n)
{
	struct made a = made_array();

	for (size_t i = 0; i < n; i++)
		made_append(&a, json_string(list[i]));
	return made_take(a);
}

static int
on_dump(const char *bytes, size_t n, void *ctx)
{
	return buf_add(ctx, bytes, n) ? 0 : -1;
}

bool
made_canonical(const json_t *value, struct buf *out)
{
	return json_dump_callback(value, on_dump, out, JSON_COMPACT | JSON_SORT_KEYS) == 0;
}

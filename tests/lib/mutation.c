#include "tests/lib/mutation.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct walk {
	size_t left;
	char *what;
	char path[150];
};

/* A value of a type that nobody expects there. */
static json_t *
other_type(const json_t *v)
{
	if (json_is_string(v))
		return json_integer(-7);
	if (json_is_null(v))
		return json_true();
	return json_is_object(v) ? json_array() : json_string("\xc3\xa4");
}

static bool
mutate_member(struct walk *w, json_t *o, const char *key)
{
	static const char *const ways[] = {"removed", "renamed", "retyped"};
	json_t *v = json_incref(json_object_get(o, key));
	bool done = w->left < 3;

	if (done) {
		snprintf(w->what, 200, "%s.%s %s", w->path, key, ways[w->left]);
		if (w->left == 1)
			json_object_set(o, "renamed", v);
		if (w->left == 2)
			json_object_set_new(o, key, other_type(v));
		else
			json_object_del(o, key);
	} else {
		w->left -= 3;
	}
	json_decref(v);
	return done;
}

static bool
walk(struct walk *w, json_t *v)
{
	size_t length = strlen(w->path);
	const char *key;
	json_t *member;
	void *next;

	if (json_is_array(v)) {
		strncat(w->path, ".0", sizeof w->path - length - 1);
		if (walk(w, json_array_get(v, 0)))
			return true;
	}
	json_object_foreach_safe(v, next, key, member)
	{
		if (mutate_member(w, v, key))
			return true;
		snprintf(w->path + length, sizeof w->path - length, ".%s", key);
		if (walk(w, member))
			return true;
		w->path[length] = '\0';
	}
	w->path[length] = '\0';
	return false;
}

json_t *
mutation_make(const json_t *of, size_t n, char what[200])
{
	json_t *copy = json_deep_copy(of);
	struct walk w = {.left = n};

	w.what = what;
	if (walk(&w, copy))
		return copy;
	json_decref(copy);
	return NULL;
}

#include "office/change.h"

#include "base/json/jsonin.h"

/* PostgreSQL writes bytes as "\x00ff..." and lists of persons as digits alone. */
json_t *
change_person(const json_t *stored)
{
	const char *s = json_words(stored);

	if (s[0] == '\0')
		return json_null();
	return json_sprintf("~%s", s[0] == '\\' ? s + 2 : s);
}

static json_t *
persons(const json_t *stored)
{
	json_t *list = json_array();

	for (size_t i = 0; i < json_array_size(stored); i++)
		json_array_append_new(list, change_person(json_array_get(stored, i)));
	return list;
}

static void
show(json_t *change, const char *key, const struct field *f)
{
	const json_t *v = json_object_get(change, key);

	if (f->type == FIELD_PERSON)
		json_object_set_new(change, key, change_person(v));
	else if (f->type == FIELD_PERSONS && json_is_array(v))
		json_object_set_new(change, key, persons(v));
}

/* Names somebody, or may. */
static bool
is_guarded(const struct field *f)
{
	return (f->flags & FIELD_RESTRICTED) != 0 || f->type == FIELD_PERSON ||
	       f->type == FIELD_PERSONS;
}

void
change_show(json_t *changes, const struct kind *k, enum role role)
{
	size_t i;
	json_t *change;

	json_array_foreach(changes, i, change)
	{
		size_t at = kind_field_index(k, text_of(member_text(change, "field")));

		if (at == kind_n_fields(k))
			continue;
		if (is_guarded(kind_field(k, at)) && !right_has(role, RIGHT_KNOW_PERSONS)) {
			json_object_del(change, "was");
			json_object_del(change, "becomes");
			continue;
		}
		show(change, "was", kind_field(k, at));
		show(change, "becomes", kind_field(k, at));
	}
}

void
change_show_all(json_t *corrections, enum role role)
{
	size_t i;
	json_t *one;

	json_array_foreach(corrections, i, one)
	{
		const struct kind *k = kind_by_name(text_of(member_text(one, "kind")));

		if (k != NULL)
			change_show(json_object_get(one, "changes"), k, role);
	}
}

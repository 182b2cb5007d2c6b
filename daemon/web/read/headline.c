#include "web/read/headline.h"

#include "base/count.h"
#include "base/json/jsonin.h"

#include <stdbool.h>
#include <string.h>

static bool
has_some(json_t *v)
{
	return json_array_size(v) != 0 || json_integer_value(v) > 0;
}

static bool
is_missing(json_t *v)
{
	return v == NULL || json_is_null(v);
}

static bool
is_said(json_t *v)
{
	return json_is_string(v);
}

static bool
is_no(json_t *v)
{
	return json_is_false(v);
}

static bool
sums_to_some(json_t *v)
{
	void *at = json_object_iter(v);

	for (; at != NULL; at = json_object_iter_next(v, at))
		if (json_integer_value(json_object_iter_value(at)) > 0)
			return true;
	return false;
}

static bool
has_set_aside(json_t *v)
{
	for (size_t i = 0; i < json_array_size(v); i++)
		if (member_maybe(json_array_get(v, i), "aside_until") != NULL)
			return true;
	return false;
}

/* As `semsctl status` finds them, and in its order. */
static const struct {
	const char *path[2];
	bool (*is_wrong)(json_t *v);
	struct headline is;
} wrongs[] = {
    {{"gaps", NULL}, has_some, {"Records may be missing since the database was restored.", NULL}},
    {{"database", "is_safe"},
     is_no,
     {"The database is not safe: what is stored might be lost.", NULL}},
    {{"database", "durability_fault"},
     is_said,
     {"Nothing is taken: it would be on one server alone.", NULL}},
    {{"late_groups", NULL},
     has_some,
     {"Records wait to be stored, and whoever sends waits.", NULL}},
    {{"entity", NULL}, is_missing, {"Nothing is set up yet: no record is taken.", NULL}},
    {{"doors", "fault"}, is_said, {"The certificates in force are not those of the files.", NULL}},
    {{"doors", "own_ending"}, NULL, {"A certificate of semsd's own ends.", NULL}},
    {{"doors", "twice"}, NULL, {"One certificate was here twice at once.", NULL}},
    {{"doors", "ending"}, NULL, {"Certificates of those who come end.", NULL}},
    {{"duties", NULL}, has_set_aside, {"A duty is set aside.", NULL}},
    {{"silent_total", NULL}, has_some, {"Feeds are silent.", "/feeds"}},
    {{"quarantine_open", NULL},
     sums_to_some,
     {"Records were refused: see the quarantine.", "/quarantine"}},
    {{"doubles", "records"}, has_some, {"Records are stored twice.", "/doubles"}},
    {{"calendar", "days"}, has_some, {"The calendar is not today's.", NULL}},
};

const struct headline *
headline_next(const json_t *status, size_t *at)
{
	while (*at < COUNT(wrongs)) {
		size_t i = (*at)++;
		json_t *v = json_object_get(status, wrongs[i].path[0]);

		if (wrongs[i].path[1] != NULL)
			v = json_object_get(v, wrongs[i].path[1]);
		/* Without a test of their own: a list with its first ones. */
		if (wrongs[i].is_wrong == NULL ? has_some(json_object_get(v, "first"))
					       : wrongs[i].is_wrong(v))
			return &wrongs[i].is;
	}
	return NULL;
}

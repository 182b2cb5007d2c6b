#include "tests/render/register/register_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static json_t *
loaded(const char *path)
{
	json_error_t why;
	json_t *j = json_load_file(path, 0, &why);

	cr_assert_not_null(j, "%s: line %d: %s", path, why.line, why.text);
	return j;
}

json_t *
register_fixture(void)
{
	return loaded("tests/render/register/register.json");
}

json_t *
framework_fixture(void)
{
	return loaded("tests/render/register/framework.json");
}

json_t *
register_empty(void)
{
	return json_pack("{s:s, s:{s:s}, s:[], s:[]}", "as_of", "2026-11-30", "entity", "name",
			 "Nobody", "scenarios", "controls");
}

static json_t *
scenario_of(size_t i)
{
	int threat = (int)(i % 4) + 1;
	int impact = (int)(i / 4 % 4) + 1;
	int vulnerability = (int)(i / 16 % 4) + 1;
	int residual = threat * impact * vulnerability;
	const char *band = residual >= 27 ? "HIGH" : residual >= 8 ? "MEDIUM" : "LOW";
	char number[32];
	char control[32];
	char title[64];

	snprintf(number, sizeof number, "R-2026-%03zu", i + 1);
	snprintf(control, sizeof control, "C-2026-%03zu", i + 1);
	snprintf(title, sizeof title, "What could happen, the %zuth", i + 1);
	return json_pack(
	    "{s:s, s:s, s:s, s:s, s:[s], s:[{s:s, s:s}], s:{s:s, s:s, s:i, s:i, s:i, s:i, s:s}, "
	    "s:[{s:s, s:s, s:i, s:i, s:i, s:i, s:s}]}",
	    "number", number, "state", "IN_FORCE", "title", title, "text",
	    "A few words on what it is and how it would come to that.", "controls", control,
	    "causes", "question", "WHO", "text", "Somebody with a grudge", "assessment", "number",
	    "AS-2026-001", "on", "2026-03-02", "threat", threat, "impact", impact, "vulnerability",
	    vulnerability, "residual", residual, "residual_band", band, "history", "on",
	    "2026-03-02", "number", "AS-2026-001", "threat", threat, "impact", impact,
	    "vulnerability", vulnerability, "residual", residual, "band", band);
}

json_t *
register_of(size_t n)
{
	static const char *const states[] = {"PROVEN", "FAILING",   "NOT_PROVEN",
					     "SILENT", "UNCOVERED", "EXEMPT"};
	json_t *doc = register_fixture();
	json_t *scenarios = json_array();
	json_t *controls = json_array();
	char number[32];

	for (size_t i = 0; i < n; i++) {
		json_array_append_new(scenarios, scenario_of(i));
		snprintf(number, sizeof number, "C-2026-%03zu", i + 1);
		json_array_append_new(controls,
				      json_pack("{s:s, s:s, s:s, s:s}", "number", number, "title",
						"What is done about it", "state", states[i % 6],
						"side", i % 2 == 0 ? "PREVENTION" : "RECOVERY"));
	}
	json_object_set_new(doc, "scenarios", scenarios);
	json_object_set_new(doc, "controls", controls);
	json_object_del(doc, "flags");
	return doc;
}

void
register_spoil(json_t *j, const char *text)
{
	static const char kept[] =
	    " state standing why question kind side effect as_of on number band ";
	const char *key;
	json_t *value;
	void *next;
	size_t i;
	char word[64];

	json_object_foreach_safe(j, next, key, value)
	{
		snprintf(word, sizeof word, " %s ", key);
		if (json_is_string(value) && strstr(kept, word) == NULL)
			json_object_set_new(j, key, json_string(text));
		else
			register_spoil(value, text);
	}
	json_array_foreach(j, i, value)
	{
		register_spoil(value, text);
	}
}

json_t *
register_at(const json_t *doc, const char *list, size_t i)
{
	json_t *one = json_array_get(json_object_get(doc, list), i);

	cr_assert_not_null(one);
	return one;
}

void
register_make(register_maker make, const json_t *doc, struct buf *out)
{
	struct err e;

	buf_init(out, REGISTER_MAX);
	cr_assert_eq(make(doc, out, &e), OK, "%s", e.text);
}

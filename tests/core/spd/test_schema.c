#include "base/count.h"
#include "core/spd/schema.h"

#include <criterion/criterion.h>

#include <string.h>

static const char whole[] =
    "{\"format\":\"sems-declaration/1\",\"quarter\":\"2026-Q2\",\"revision\":1,"
    "\"document_sha256\":\"00\",\"state\":\"DRAFT\",\"policy\":null,\"events\":[{\"at\":\"x\","
    "\"by\":\"x\",\"action\":\"QA\",\"metric\":null,\"by_dims\":{\"site\":\"T1\"},\"text\":null,"
    "\"reference\":null,\"channel\":null}]}";

/* The schema of a declaration with one thing changed: where it is refused, "" accepted. */
static const char *
refused(const char *from, const char *to)
{
	static struct err e;
	static char text[1000];
	const char *at = strstr(whole, from);
	json_t *j;

	cr_assert_not_null(at, "%s", from);
	snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, to, at + strlen(from));
	e = (struct err){0};
	j = schema_read(SCHEMA_DECLARATION, text, strlen(text), &e);
	cr_expect_eq(j == NULL, e.code == REJ_MALFORMED, "%s", text);
	json_decref(j);
	return e.where;
}

Test(schema, takes_what_fits)
{
	cr_expect_str_eq(refused("null", "null"), "");
	cr_expect_str_eq(refused("\"policy\":null", "\"policy\":{\"any\":1}"), "");
}

Test(schema, names_the_member_at_fault)
{
	static const struct {
		const char *from;
		const char *to;
		const char *where;
	} rows[] = {
	    {"\"revision\":1", "\"revision\":0", "revision"},
	    {"\"revision\":1", "\"revision\":\"1\"", "revision"},
	    {"\"revision\":1", "\"revision\":1.5", "revision"},
	    {"\"revision\":1,", "", "revision"},
	    {"\"revision\"", "\"revision2\"", "revision"},
	    {"\"policy\"", "\"extra\":1,\"policy\"", "extra"},
	    {"sems-declaration/1", "sems-declaration/9", "format"},
	    {"DRAFT", "DRAWN", "state"},
	    {"\"policy\":null", "\"policy\":[]", "policy"},
	    {"\"QA\"", "\"QB\"", "events[0].action"},
	    {"\"T1\"", "1", "events[0].by_dims.site"},
	    {"\"text\":null,", "", "events[0].text"},
	    {"{\"at\"", "null,{\"at\"", "events[0]"},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_expect_str_eq(refused(rows[i].from, rows[i].to), rows[i].where, "row %zu", i);
}

Test(schema, refuses_what_is_no_json)
{
	static const char *const texts[] = {"", "{", "[]", "null", "{\"a\":1,\"a\":1}"};

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct err e = {0};

		cr_expect_null(schema_read(SCHEMA_SPD, texts[i], strlen(texts[i]), &e), "%s",
			       texts[i]);
		cr_expect_eq(e.code, REJ_MALFORMED, "%s", texts[i]);
	}
}

#include "core/spd/declaration.h"

#include <criterion/criterion.h>

#include <jansson.h>

static const char *
written(const char *document, const char *events)
{
	static char text[2048];
	json_t *d = json_loads(document, 0, NULL);
	json_t *list = json_loads(events, 0, NULL);
	struct declaration what = {.quarter = "2026-Q2",
				   .revision = 2,
				   .document_sha256 = "ab12",
				   .state = SPD_IN_QA,
				   .document = d,
				   .events = list};
	struct buf out;
	struct err e = {0};

	buf_init(&out, sizeof text - 1);
	cr_assert_eq(declaration_write(&what, &out, &e), OK, "%s", e.text);
	snprintf(text, sizeof text, "%.*s", (int)out.n, (const char *)out.p);
	buf_fini(&out);
	json_decref(d);
	json_decref(list);
	return text;
}

Test(declaration, is_canonical_and_repeats_the_policy)
{
	cr_expect_str_eq(
	    written("{\"policy\": {\"marking\": \"OFFICIAL\", \"approval\": \"THREE_PEOPLE\"}}",
		    "[{\"by\": \"unix:anna\", \"action\": \"FREEZE\", \"text\": null}]"),
	    "{\"document_sha256\":\"ab12\",\"events\":[{\"action\":\"FREEZE\",\"by\":\"unix:anna\","
	    "\"text\":null}],\"format\":\"sems-declaration/1\",\"policy\":{\"approval\":"
	    "\"THREE_PEOPLE\",\"marking\":\"OFFICIAL\"},\"quarter\":\"2026-Q2\",\"revision\":2,"
	    "\"state\":\"IN_QA\"}");
}

Test(declaration, says_null_for_a_policy_that_is_not_there)
{
	cr_expect_str_eq(written("{}", "[]"),
			 "{\"document_sha256\":\"ab12\",\"events\":[],\"format\":"
			 "\"sems-declaration/1\",\"policy\":null,\"quarter\":\"2026-Q2\","
			 "\"revision\":2,\"state\":\"IN_QA\"}");
}

Test(declaration, fails_rather_than_be_cut_short)
{
	struct declaration what = {
	    .quarter = "2026-Q2", .document_sha256 = "ab12", .events = json_array()};
	struct buf out;
	struct err e = {0};

	buf_init(&out, 16);
	cr_expect_eq(declaration_write(&what, &out, &e), TRY_LIMIT);
	buf_fini(&out);
	json_decref(what.events);
}

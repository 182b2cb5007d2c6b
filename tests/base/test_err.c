#include "base/err.h"
#include "base/text.h"

#include <criterion/criterion.h>

#include <string.h>

Test(err, carries_code_place_and_text)
{
	struct err e;

	cr_expect_eq(err_set(&e, REJ_FIELD, "test.outcome", "is %d", 7), REJ_FIELD);
	cr_expect_eq(e.code, REJ_FIELD);
	cr_expect_str_eq(e.where, "test.outcome");
	cr_expect_str_eq(e.text, "is 7");
}

Test(err, cuts_what_is_too_long)
{
	char big[1000];
	struct err e;

	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	err_set(&e, FATAL_BUG, big, "%s", big);
	cr_expect_eq(strlen(e.where), sizeof e.where - 1);
	cr_expect_eq(strlen(e.text), sizeof e.text - 1);
}

Test(err, says_what_to_do_next_however_long_the_name)
{
	char path[1000];
	struct err e;

	for (size_t i = 0; i < sizeof path - 1; i++)
		path[i] = "/é"[i % 3];
	path[sizeof path - 1] = '\0';
	err_set(&e, REJ_NOT_FOUND, path, "cannot open %s: give it with --map", path);
	cr_expect(text_is_clean_utf8(text_of(e.text)) && text_is_clean_utf8(text_of(e.where)),
		  "%s %s", e.where, e.text);
	cr_expect_eq(strncmp(e.text, "cannot open /é", strlen("cannot open /é")), 0);
	cr_expect_str_eq(e.text + strlen(e.text) - strlen(": give it with --map"),
			 ": give it with --map");
}

Test(err, tells_what_may_be_tried_again)
{
	cr_expect(code_is_retry(TRY_STORE) && code_is_retry(TRY_LIMIT) &&
		  code_is_retry(TRY_SYSTEM));
	cr_expect_not(code_is_retry(OK) || code_is_retry(REJ_FIELD) || code_is_retry(FATAL_CONFIG));
	cr_expect_str_eq(code_name(TRY_LIMIT), "limit");
	cr_expect_str_eq(code_name((enum code)999), "unknown");
}

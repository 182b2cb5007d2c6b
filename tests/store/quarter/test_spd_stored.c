#include "store/quarter/spd_stored.h"

#include <criterion/criterion.h>

#include <string.h>

Test(spd_stored, names_the_member_the_revision_and_what_to_do)
{
	struct err e = {0};

	cr_expect_null(spd_stored("{\"format\":\"sems-spd/2\"}", "2026-Q2", "3", &e));
	cr_expect_eq(e.code, REJ_STATE);
	cr_expect_str_eq(e.where, "as_of");
	for (const char *const *word =
		 (const char *const[]){"2026-Q2 revision 3", "as_of is missing", "spd.verify",
				       NULL};
	     *word != NULL; word++)
		cr_expect_not_null(strstr(e.text, *word), "%s: %s", *word, e.text);
}

Test(spd_stored, takes_no_other_text)
{
	struct err e = {0};

	cr_expect_null(spd_stored("", "2026-Q2", "3", &e));
	cr_expect_eq(e.code, REJ_STATE);
}

#include "base/count.h"
#include "core/spd/marking.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include <string.h>

struct marking_row {
	char marking[80];
	int allowed;
};

ParameterizedTestParameters(marking, tells_what_may_be_entered)
{
	static struct marking_row rows[] = {
	    {"OFFICIAL", 1},
	    {"OFFICIAL-SENSITIVE", 1},
	    {"OFFICIAL-SENSITIVE: COMMERCIAL", 1},
	    {"Vertraulich", 1},
	    {"SECRET", 0},
	    {"TOP SECRET", 0},
	    {"UK SECRET - EYES ONLY", 0},
	    {"secret", 0},
	    {"S E C R E T", 0},
	    {"TOP-S.E.C.R.E.T", 0},
	    {"", 0},
	    {"OFFICIAL\nSENSITIVE", 0},
	    {"OFFICIAL\tSENSITIVE", 0},
	    {"OFFICIAL \xff", 0},
	    {"A marking that goes on for longer than any header line could ever hold", 0},
	};

	return cr_make_param_array(struct marking_row, rows, COUNT(rows));
}

ParameterizedTest(struct marking_row *row, marking, tells_what_may_be_entered)
{
	struct err e;

	cr_expect_eq(marking_check(row->marking, &e) == OK, row->allowed, "%s", row->marking);
}

Test(marking, says_which_field_it_is)
{
	struct err e;

	cr_assert_eq(marking_check("TOP SECRET", &e), REJ_FIELD);
	cr_expect_str_eq(e.where, "marking");
	cr_expect_not_null(strstr(e.text, "OFFICIAL"), "%s", e.text);
}

Test(marking, handling_may_be_empty_and_says_nothing_secret)
{
	struct err e;

	cr_expect_eq(marking_check_handling("", &e), OK);
	cr_expect_eq(marking_check_handling("For the board only", &e), OK);
	cr_expect_eq(marking_check_handling("As TOP SECRET", &e), REJ_FIELD);
	cr_expect_str_eq(e.where, "handling");
	cr_expect_eq(marking_check_handling("two\nlines", &e), REJ_FIELD);
}

#include "base/count.h"
#include "base/near.h"

#include <criterion/criterion.h>

static const char *
nearest(const char *word)
{
	static const char *const names[] = {"init", "import", "status", "spd",      "simulate",
					    "send", "void",   "xray-1", "retention"};
	struct near n = near_to(word);

	for (size_t i = 0; i < COUNT(names); i++)
		near_offer(&n, names[i]);
	return n.best;
}

Test(near, names_what_was_meant)
{
	static const char *const rows[][2] = {
	    {"imprt", "import"}, {"stauts", "status"},    {"STATUS", "status"},
	    {"spdd", "spd"},     {"simulat", "simulate"}, {"sedn", "send"},
	    {"xray1", "xray-1"}, {"ret", "retention"},    {"xray-l", "xray-1"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		cr_expect_not_null(nearest(rows[i][0]), "%s", rows[i][0]);
		if (nearest(rows[i][0]) != NULL)
			cr_expect_str_eq(nearest(rows[i][0]), rows[i][1], "%s", rows[i][0]);
	}
}

Test(near, names_nothing_where_too_little_is_alike)
{
	static const char *const words[] = {
	    "", "q", "export it", "quarantine",
	    "a word that is longer than any name may be, so that it is not compared with any"};

	for (size_t i = 0; i < COUNT(words); i++)
		cr_expect_null(nearest(words[i]), "%s", words[i]);
}

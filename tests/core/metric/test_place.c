#include "core/metric/place.h"

#include <criterion/criterion.h>

#include <string.h>

static const char text[] = "# metrics: of ours\n"
			   "version: 1\n"
			   "metrics:\n"
			   "- id: A1\n"
			   "  persons: {id: source, k: 1}\n"
			   "- {id: A12, sheet: A1,\n"
			   "   by: [site]}\n";

Test(place, finds_the_entries_of_a_list_and_no_other_ids)
{
	cr_expect_eq(place_line(text, place_entry(text, "metrics:", 0), strchr(text, 0), "id"), 4);
	cr_expect_eq(place_line(text, place_entry(text, "metrics:", 1), strchr(text, 0), "id"), 6);
	cr_expect_eq(*place_entry(text, "metrics:", 2), 0);
}

Test(place, finds_whole_words_within_an_entry)
{
	const char *second = place_entry(text, "metrics:", 1);

	cr_expect_eq(place_line(text, text, second, "source"), 5);
	cr_expect_eq(place_line(text, second, strchr(text, 0), "site"), 7);
	/* Part of another word is not it. */
	cr_expect_eq(place_line(text, second, strchr(text, 0), "A1"), 6);
	cr_expect_eq(place_line(text, text, second, "A"), 1);
	cr_expect_eq(place_line(text, second, strchr(text, 0), "colour"), 6);
}

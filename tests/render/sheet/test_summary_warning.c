#include "base/count.h"
#include "tests/render/sheet/book_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>

Test(summary_warning, each_has_its_direction_its_size_and_its_n)
{
	static const char *const sentences[] = {
	    ("TIP hit rate fell by 10.0 pp since the week of 6 April 2026, from 90.0 % to 80.0 % "
	     "(n 100 before, 200 since), worse."),
	    ("TIP hit rate: of 3 points by week 0 above and 1 below the control limits; furthest "
	     "out is that from 6 April 2026 with 70.0 % (n 100; limits 80.0 % to 99.0 %), worse."),
	    ("TIP hit rate: site NMR =Northmoor is below the 99.8 % limits with 75.0 % (n 200; "
	     "limits 83.0 % "
	     "to 96.0 %), worse."),
	};
	struct arena *arena;
	struct sample s;
	struct book b;

	sample_init(&s);
	sample_book(&s, &b, &arena);
	for (size_t i = 0; i < COUNT(sentences); i++)
		cr_expect(sample_says(&b, "summary-warnings", sentences[i]), "%s", sentences[i]);
	sample_fini(&s);
	arena_free(arena);
}

/* Of a site with this value between these limits this is said. */
static void
expect_site(double value, double low, double high, const char *sentence)
{
	struct arena *arena;
	struct sample s;
	struct book b;
	json_t *unit;

	sample_init(&s);
	unit = json_array_get(
	    json_object_get(json_object_get(sample_metric(&s, 0), "funnel"), "units"), 0);
	json_object_set_new(unit, "value", json_real(value));
	json_object_set_new(unit, "low998", json_real(low));
	json_object_set_new(unit, "high998", json_real(high));
	sample_book(&s, &b, &arena);
	cr_expect(sample_says(&b, "summary-warnings", sentence), "%s", sentence);
	sample_fini(&s);
	arena_free(arena);
}

/* A value beyond its limits is never printed as if it were on one, nor two limits as if they were
 * one. */
Test(summary_warning, a_value_and_its_limits_are_told_apart)
{
	expect_site(0.96004, 0.83, 0.96,
		    "TIP hit rate: site NMR =Northmoor is above the 99.8 % limits with 96.004 % "
		    "(n 200; limits 83.0 % to 96.0 %), better.");
	expect_site(0.0091, 0.00972, 0.00991,
		    "TIP hit rate: site NMR =Northmoor is below the 99.8 % limits with 0.9 % "
		    "(n 200; limits 0.97 % to 1.0 %), worse.");
}

Test(summary_warning, there_are_only_so_many_sites)
{
	struct arena *arena;
	struct sample s;
	struct book b;
	json_t *units;

	sample_init(&s);
	units = json_object_get(json_object_get(sample_metric(&s, 0), "funnel"), "units");
	for (size_t i = 0; i < 14; i++) {
		json_t *one = json_deep_copy(json_array_get(units, 0));

		json_object_set_new(one, "unit", json_sprintf("S%zu", i));
		json_array_append_new(units, one);
	}
	sample_book(&s, &b, &arena);
	cr_expect(sample_says(&b, "summary-warnings",
			      "TIP hit rate: 5 more sites are outside the limits."));
	sample_fini(&s);
	arena_free(arena);
}

Test(summary_warning, without_any_it_says_so)
{
	struct arena *arena;
	struct sample s;
	struct book b;

	sample_init(&s);
	json_object_set_new(sample_metric(&s, 0), "chart", json_null());
	json_object_set_new(sample_metric(&s, 0), "funnel", json_null());
	sample_book(&s, &b, &arena);
	cr_expect(sample_says(&b, "summary-warnings",
			      "No level changed; no week and no site is outside its limits."));
	sample_fini(&s);
	arena_free(arena);
}

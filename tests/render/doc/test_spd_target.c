#include "base/count.h"
#include "render/doc/spd_target.h"

#include <criterion/criterion.h>

#include <stdio.h>

static json_t *metric;

static void
drop(void)
{
	json_decref(metric);
}

TestSuite(spd_target, .fini = drop);

static void
take(const char *target)
{
	char text[500];

	json_decref(metric);
	snprintf(text, sizeof text, "{\"unit\":\"%%\",\"target\":%s}", target);
	metric = json_loads(text, 0, NULL);
	cr_assert_not_null(metric, "%s", target);
}

#define BAND "{\"value\":null,\"low\":0.01,\"high\":0.0325,\"set_late\":true}"

static const struct {
	const char *target;
	const char *words;
	const char *digits;
} shown[] = {
    {"{\"value\":0.9985,\"low\":null,\"high\":null}", "99.85 %", "0.9985"},
    {BAND, "1.0 % to 3.25 %", "0.01 to 0.0325"},
    {"{\"value\":null,\"low\":0.01,\"high\":null}", "", ""},
    {"null", "", ""},
};

Test(spd_target, is_a_value_or_the_ends_of_a_band)
{
	for (size_t i = 0; i < COUNT(shown); i++) {
		char words[SPD_CELL];
		char digits[SPD_CELL];

		take(shown[i].target);
		cr_expect_eq(spd_target_words(metric, words), shown[i].words[0] != '\0', "%zu", i);
		cr_expect_eq(spd_target_digits(metric, digits), shown[i].words[0] != '\0', "%zu",
			     i);
		cr_expect_str_eq(words, shown[i].words);
		cr_expect_str_eq(digits, shown[i].digits);
	}
}

Test(spd_target, is_read_against_the_nearer_end)
{
	double end = 0;

	take(BAND);
	cr_expect_eq(*spd_target_near(metric, 0.012, &end), 0.01);
	cr_expect_eq(*spd_target_near(metric, 0.5, &end), 0.0325);
	take("{\"value\":0.9}");
	cr_expect_eq(*spd_target_near(metric, 0.1, &end), 0.9);
	take("null");
	cr_expect_null(spd_target_near(metric, 0.1, &end));
}

Test(spd_target, tells_what_it_was_before_and_whether_it_came_late)
{
	char words[SPD_CELL];

	take(BAND);
	cr_expect(spd_target_is_late(metric));
	cr_expect_not(spd_target_before(metric, words));
	take("{\"replaces\":null,\"replaces_low\":0.02,\"replaces_high\":0.03,\"set_late\":false}");
	cr_expect(spd_target_before(metric, words));
	cr_expect_str_eq(words, "2.0 % to 3.0 %");
	cr_expect_not(spd_target_is_late(metric));
}

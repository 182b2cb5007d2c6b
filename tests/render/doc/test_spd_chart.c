#include "base/count.h"
#include "render/doc/spd_chart.h"

#include <criterion/criterion.h>

static json_t *
metric_of(const char *change, const char *unit)
{
	return json_pack("{s:s, s:{s:o}}", "unit", unit, "chart", "change",
			 json_loads(change, JSON_DECODE_ANY, NULL));
}

Test(spd_chart, says_what_changed_by_how_much_and_since_when)
{
	static const struct {
		const char *change;
		const char *unit;
		const char *want;
	} cases[] = {
	    {"{\"first_day\":\"2026-08-10\",\"before\":0.902,\"after\":0.871,\"difference\":-0."
	     "031}",
	     "%", "fell by 3.1 pp since the week of 10 August 2026, from 90.2 % to 87.1 %"},
	    {"{\"first_day\":\"2026-01-05\",\"before\":0.01,\"after\":0.04,\"difference\":0.03}",
	     "%", "rose by 3.0 pp since the week of 5 January 2026, from 1.0 % to 4.0 %"},
	    {"{\"first_day\":\"some day\",\"before\":0.01,\"after\":0.04,\"difference\":0.03}", "%",
	     "rose by 3.0 pp since the week of some day, from 1.0 % to 4.0 %"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		json_t *metric = metric_of(cases[i].change, cases[i].unit);
		char words[SPD_CELL];

		cr_expect(spd_chart_change(metric, words));
		cr_expect_str_eq(words, cases[i].want);
		json_decref(metric);
	}
}

Test(spd_chart, says_nothing_where_nothing_changed)
{
	json_t *metric = metric_of("null", "%");
	char words[SPD_CELL];

	cr_expect_not(spd_chart_change(metric, words));
	cr_expect_not(spd_chart_change(NULL, words));
	cr_expect_str_eq(spd_chart_variation(NULL), "");
	cr_expect_str_eq(spd_chart_assurance(metric), "");
	json_decref(metric);
}

Test(spd_chart, has_words_for_every_code_of_the_schema)
{
	static const char *const codes[] = {"COMMON_CAUSE", "SPECIAL_CAUSE_CONCERNING",
					    "SPECIAL_CAUSE_HIGHER", "SPECIAL_CAUSE_IMPROVING",
					    "SPECIAL_CAUSE_LOWER"};
	static const char *const assurances[] = {"CONSISTENTLY_MET", "CONSISTENTLY_MISSED",
						 "HIT_OR_MISS"};

	for (size_t i = 0; i < COUNT(codes); i++) {
		json_t *chart = json_pack("{s:s}", "variation", codes[i]);

		cr_expect_str_neq(spd_chart_variation(chart), "");
		cr_expect_str_neq(spd_chart_variation_mark(chart), "");
		json_decref(chart);
	}
	for (size_t i = 0; i < COUNT(assurances); i++) {
		json_t *chart = json_pack("{s:s}", "assurance", assurances[i]);

		cr_expect_str_neq(spd_chart_assurance(chart), "");
		cr_expect_str_neq(spd_chart_assurance_mark(chart), "");
		json_decref(chart);
	}
}

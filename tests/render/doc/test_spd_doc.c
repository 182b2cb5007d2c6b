#include "base/count.h"
#include "render/doc/spd_doc.h"

#include <criterion/criterion.h>

static json_t *
loaded(const char *text)
{
	json_t *j = json_loads(text, 0, NULL);

	cr_assert_not_null(j);
	return j;
}

#define FIGURE(by, reason)                                                                  \
	"{\"interval\": {\"lo\": 0.1, \"hi\": 0.2}, \"interval_by\": " by ", \"clusters\":" \
	" {\"low\": 0.05, \"high\": 0.3, \"reason\": " reason "}}"

static const struct {
	const char *of;
	const char *figure;
	double lo;
	double hi;
	const char *whom;
} rows[] = {
    {"{\"clusters\": \"screener\"}", FIGURE("\"GENERAL\"", "null"), 0.05, 0.3,
     "screeners in general"},
    {"{\"clusters\": \"audit\"}", FIGURE("\"PLAIN\"", "\"FEW_CLUSTERS\""), 0.1, 0.2,
     "these audits: fewer than ten"},
    {"{\"clusters\": \"screener\"}", FIGURE("\"PLAIN\"", "null"), 0.1, 0.2, "these screeners"},
    {"{\"clusters\": null}", FIGURE("\"PLAIN\"", "null"), 0.1, 0.2, ""},
};

Test(spd_doc, says_which_interval_the_status_goes_by_and_for_whom_it_holds)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *metric = loaded(rows[i].of);
		json_t *figure = loaded(rows[i].figure);
		char whom[SPD_CELL];
		double lo = 0;
		double hi = 0;

		cr_assert(spd_interval(figure, &lo, &hi), "row %zu", i);
		spd_interval_for(metric, figure, whom);
		cr_expect_float_eq(lo, rows[i].lo, 0, "row %zu", i);
		cr_expect_float_eq(hi, rows[i].hi, 0, "row %zu", i);
		cr_expect_str_eq(whom, rows[i].whom, "row %zu", i);
		json_decref(figure);
		json_decref(metric);
	}
}

#include "base/count.h"
#include "tests/render/sheet/book_fixture.h"

#include <criterion/criterion.h>

/* A count of what should not happen, which was 8. */
static void
make_count(struct sample *s, double now)
{
	json_t *metric;
	json_t *figure;

	sample_init(s);
	metric = sample_metric(s, 0);
	figure = sample_figure(s, 0);
	json_object_set_new(metric, "name", json_string("Deficiencies"));
	json_object_set_new(metric, "unit", json_string("n"));
	json_object_set_new(metric, "basis", json_string("CENSUS"));
	json_object_set_new(metric, "direction", json_string("DOWN"));
	json_object_set_new(figure, "value", json_real(now));
	json_object_set_new(figure, "change", json_null());
	json_object_set_new(json_object_get(figure, "previous"), "value", json_real(8));
}

static void
expect(struct sample *s, const char *slug, const char *sentence)
{
	struct arena *arena;
	struct book b;

	sample_book(s, &b, &arena);
	cr_expect(sample_says(&b, slug, sentence), "%s: %s", slug, sentence);
	sample_fini(s);
	arena_free(arena);
}

Test(summary_change, what_should_not_happen_is_told_with_its_change)
{
	static const struct {
		double now;
		const char *sentence;
	} cases[] = {
	    {16, "Deficiencies doubled from 8 to 16, worse."},
	    {4, "Deficiencies halved from 8 to 4, better."},
	    {9, "Deficiencies rose from 8 to 9, worse."},
	    {0, "Deficiencies fell from 8 to 0, better."},
	    {8, "Deficiencies stayed at 8."},
	    {12000, "Deficiencies rose from 8 to 12,000, worse."},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sample s = {0};

		make_count(&s, cases[i].now);
		expect(&s, "summary-serious", cases[i].sentence);
	}
}

Test(summary_change, what_is_not_known_of_a_count_is_said)
{
	struct sample s;

	make_count(&s, 16);
	json_object_set_new(sample_figure(&s, 0), "previous", json_null());
	expect(&s, "summary-serious", "Deficiencies: 16; the quarter before is not known.");
	make_count(&s, 16);
	json_object_set_new(sample_metric(&s, 0), "version", json_string("2"));
	expect(&s, "summary-serious",
	       "Deficiencies: 16; the quarter before was counted by another definition.");
	make_count(&s, 16);
	json_object_set_new(json_object_get(sample_figure(&s, 0), "previous"), "value",
			    json_null());
	expect(&s, "summary-serious", "Deficiencies: 16; the quarter before had no figure.");
	make_count(&s, 16);
	json_object_set_new(sample_figure(&s, 0), "value", json_null());
	expect(&s, "summary-serious", "Deficiencies: not known.");
}

/* Findings by severity: those that are serious, and none where there is no row of them. */
Test(summary_change, serious_parts_of_a_count_are_told)
{
	json_t *part;
	struct sample s;

	make_count(&s, 16);
	json_object_set_new(sample_metric(&s, 0), "form", json_string("INFORMATION"));
	json_object_set_new(
	    sample_figure(&s, 0), "details",
	    json_pack("{s:{s:i,s:i,s:i}}", "parts", "CRITICAL", 0, "SERIOUS", 6, "MINOR", 10));
	part = json_deep_copy(sample_figure(&s, 0));
	json_object_set_new(part, "by", json_pack("{s:s}", "severity", "SERIOUS"));
	json_object_set_new(part, "numerator", json_integer(6));
	json_object_set_new(json_object_get(part, "previous"), "numerator", json_integer(2));
	json_array_append_new(json_object_get(sample_metric(&s, 0), "figures"), part);
	expect(&s, "summary-serious", "Deficiencies (serious) rose from 2 to 6, worse.");
	make_count(&s, 16);
	json_object_set_new(sample_figure(&s, 0), "details",
			    json_pack("{s:{s:i}}", "parts", "CRITICAL", 0));
	json_object_set_new(sample_metric(&s, 0), "direction", json_string("TREND"));
	expect(&s, "summary-serious", "Deficiencies (critical): 0.");
}

Test(summary_change, a_rate_is_told_beyond_chance_alone)
{
	json_t *change;
	struct sample s;

	sample_init(&s);
	expect(&s, "summary-changed",
	       "TIP hit rate rose from 80.0 % to 90.0 %, by 10.0 pp (95 % interval +4.0 pp to "
	       "+16.0 pp, screeners in general), better.");
	sample_init(&s);
	change = json_object_get(sample_figure(&s, 0), "change");
	json_object_set_new(change, "low", json_real(-0.01));
	expect(&s, "summary-changed", "No count and no share changed, and no rate beyond chance.");
}

/* All counted: each change is one, and a slight one is only named. */
Test(summary_change, a_share_that_was_all_counted_changed_for_sure)
{
	struct sample s;

	sample_init(&s);
	json_object_set_new(sample_metric(&s, 0), "basis", json_string("CENSUS"));
	json_object_set_new(sample_figure(&s, 0), "change", json_null());
	expect(&s, "summary-changed",
	       "TIP hit rate rose from 80.0 % to 90.0 %, by 10.0 pp, better.");
	sample_init(&s);
	json_object_set_new(sample_metric(&s, 0), "basis", json_string("CENSUS"));
	json_object_set_new(sample_figure(&s, 0), "value", json_real(0.8004));
	expect(&s, "summary-changed", "Changed by less than 0.1 pp: OUT03.");
}

Test(summary_change, nothing_is_compared_with_what_was_counted_otherwise)
{
	struct sample s;

	sample_init(&s);
	json_object_set_new(sample_metric(&s, 0), "version", json_string("2"));
	expect(&s, "summary-changed",
	       "Not compared, since the quarter before was counted by another definition: OUT03.");
	sample_init(&s);
	json_object_set_new(sample_figure(&s, 0), "previous", json_null());
	expect(&s, "summary-changed",
	       "Nothing can be compared: no figure of 2026-Q1, the quarter before, is known.");
	sample_init(&s);
	json_object_set_new(sample_figure(&s, 0), "previous", json_null());
	expect(&s, "summary-status",
	       "Nothing can be compared: no figure of 2026-Q1, the quarter before, is known.");
}

Test(summary_change, a_status_that_changed_is_told_with_both)
{
	struct sample s;

	sample_init(&s);
	expect(&s, "summary-status", "TIP hit rate went from not proven to met.");
	sample_init(&s);
	json_object_set_new(json_object_get(sample_figure(&s, 0), "previous"), "status",
			    json_string("MET"));
	expect(&s, "summary-status", "No status changed.");
}
